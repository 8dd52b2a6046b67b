using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Ouro.Server.Files;

/// <summary>
/// The door of uploads that can be resumed: tus 1.0.0 (https://tus.io) with creation, creation-with-upload, checksum, termination and expiration. Its
/// calls are a protocol that clients bring along; they are described in docs/guides/uploads.md.
/// </summary>
public static class TusEndpoints
{
    const string Version = "1.0.0", Bytes = "application/offset+octet-stream";

    /// <summary>What a page of another address may read of an answer.</summary>
    public static readonly string[] Headers =
    [
        "Location", "Upload-Offset", "Upload-Length", "Upload-Expires", "Upload-Metadata", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size",
        "Tus-Checksum-Algorithm", "Ouro-Upload-Id",
    ];

    public static void MapTus(this RouteGroupBuilder files)
    {
        files.MapMethods("/uploads", ["POST", "OPTIONS"], Many).ExcludeFromDescription().WithMetadata(new DisableRequestSizeLimitAttribute());
        files.MapMethods("/uploads/{id}", ["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"], One).ExcludeFromDescription().WithMetadata(new DisableRequestSizeLimitAttribute());
    }

    /// <summary>For a door whose pages are asked for their head as for themselves.</summary>
    public static void MapTusHead(this RouteGroupBuilder files) => files.MapGet("/uploads/{id}", One).ExcludeFromDescription();

    public static Task<IResult> Many(UploadOperations uploads, Settings settings, HttpContext context, CancellationToken ct) => Method(context) switch
    {
        "OPTIONS" => Task.FromResult(Options(context, settings)),
        "POST" => Create(uploads, Who(context), context, ct),
        var other => throw NoMethod(context, other),
    };

    public static Task<IResult> One(UploadOperations uploads, Settings settings, HttpContext context, Guid id, CancellationToken ct) => Method(context) switch
    {
        "OPTIONS" => Task.FromResult(Options(context, settings)),
        "HEAD" or "GET" => Stand(uploads, Who(context), context, id, ct),
        "PATCH" => Append(uploads, Who(context), context, id, ct),
        "DELETE" => Terminate(uploads, Who(context), id, ct),
        var other => throw NoMethod(context, other),
    };

    static IResult Options(HttpContext context, Settings settings)
    {
        var headers = context.Response.Headers;
        headers["Tus-Version"] = Version;
        headers["Tus-Extension"] = "creation,creation-with-upload,checksum,termination,expiration";
        headers["Tus-Max-Size"] = settings.FileLimit.ToString(CultureInfo.InvariantCulture);
        headers["Tus-Checksum-Algorithm"] = string.Join(',', TusRules.Algorithms.Keys);
        return Results.NoContent();
    }

    static async Task<IResult> Create(UploadOperations uploads, Actor actor, HttpContext context, CancellationToken ct)
    {
        var (request, answer) = (context.Request, context.Response.Headers);
        if (request.Headers.ContainsKey("Upload-Concat"))
            throw Refusal.Fields(("Upload-Concat", "Uploads are not put together of several here. Send one, in pieces one after the other."));
        var length = TusRules.Number(request.Headers["Upload-Length"], "Upload-Length");
        var announced = TusRules.Announced(length, TusRules.Metadata(request.Headers["Upload-Metadata"]));
        var isBytes = IsBytes(request);
        if (!isBytes && request.ContentLength > 0) throw NotBytes();
        var portion = isBytes ? PortionAt(request, 0) : new(0, Stream.Null, 0, null);
        var upload = await uploads.Begin(actor, announced, ct);
        answer.Location = $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path.Value!.TrimEnd('/')}/{upload.Id}";
        answer["Ouro-Upload-Id"] = upload.UploadId;
        // One without bytes is whole at once.
        if (isBytes || length == 0) upload = await uploads.Append(actor, upload.Id, portion, ct);
        Tell(answer, upload);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    static async Task<IResult> Stand(UploadOperations uploads, Actor actor, HttpContext context, Guid id, CancellationToken ct)
    {
        var (upload, answer) = (await uploads.Standing(actor, id, ct), context.Response.Headers);
        Tell(answer, upload);
        answer["Upload-Length"] = upload.Length!.Value.ToString(CultureInfo.InvariantCulture);
        answer["Upload-Metadata"] = TusRules.Metadata(upload);
        answer["Ouro-Upload-Id"] = upload.UploadId;
        answer.CacheControl = "no-store";
        return Results.StatusCode(StatusCodes.Status200OK);
    }

    static async Task<IResult> Append(UploadOperations uploads, Actor actor, HttpContext context, Guid id, CancellationToken ct)
    {
        if (!IsBytes(context.Request)) throw NotBytes();
        Tell(context.Response.Headers, await uploads.Append(actor, id, PortionAt(context.Request, TusRules.Number(context.Request.Headers["Upload-Offset"], "Upload-Offset")), ct));
        return Results.NoContent();
    }

    static async Task<IResult> Terminate(UploadOperations uploads, Actor actor, Guid id, CancellationToken ct)
    {
        await uploads.Terminate(actor, id, ct);
        return Results.NoContent();
    }

    /// <summary>The method as it is meant, for who can send only some of them; and the version, which is told in every answer.</summary>
    static string Method(HttpContext context)
    {
        var (request, answer) = (context.Request, context.Response.Headers);
        // Only of a POST: what may be sent without a token of our pages must stay what it is.
        var method = HttpMethods.IsPost(request.Method) && request.Headers["X-HTTP-Method-Override"].ToString() is { Length: > 0 } meant ? meant.ToUpperInvariant() : request.Method;
        answer["Tus-Resumable"] = Version;
        if (method == "OPTIONS" || request.Headers["Tus-Resumable"] == Version) return method;
        answer["Tus-Version"] = Version;
        throw new Refusal(412, "tus_version", $"This speaks tus {Version}, and the request does not.", $"Send Tus-Resumable: {Version}.");
    }

    static Actor Who(HttpContext context) => Actor.Of(context) is { IsSignedIn: true } actor ? actor : throw Refusal.Unauthenticated("This needs a credential.");

    static bool IsBytes(HttpRequest request) => MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(Bytes, StringComparison.OrdinalIgnoreCase);

    static Portion PortionAt(HttpRequest request, long offset) =>
        new(offset, request.Body, request.Headers.ContainsKey("Content-Encoding") ? null : request.ContentLength, TusRules.Checksum(request.Headers["Upload-Checksum"]));

    static void Tell(IHeaderDictionary answer, StoredUpload upload)
    {
        answer["Upload-Offset"] = upload.Received.ToString(CultureInfo.InvariantCulture);
        answer["Upload-Expires"] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
    }

    static Refusal NotBytes() => new(415, "unsupported_type", "The bytes of an upload are sent as they are.", $"Send Content-Type: {Bytes}.");

    static Refusal NoMethod(HttpContext context, string method) => new(405, "method_not_allowed", $"{context.Request.Path} does not answer {method}.");
}
