using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Ouro.Server.Files;

/// <summary>The REST door of uploads.</summary>
public static class UploadEndpoints
{
    public static void MapUploads(this RouteGroupBuilder files)
    {
        files.MapPost("/upload", Upload).WithName("files.upload").Accepts<UploadBody>("application/json").WithMetadata(new DisableRequestSizeLimitAttribute());
        files.MapPost("/upload-url", CreateUrl).WithName("uploads.create_url");
        files.MapPost("/upload/complete", Complete).WithName("uploads.complete");
        files.MapDelete("/upload", Discard).WithName("uploads.discard");
        files.MapGet("/uploads", List).WithName("uploads.list");
        files.MapGet("/uploads/{id}", Get).WithName("uploads.get");
        files.MapTus();
        files.MapPut("/uploads/{id}/content", Put).ExcludeFromDescription().WithMetadata(new DisableRequestSizeLimitAttribute());
        files.MapGet("/uploads/{id}/content", Read).ExcludeFromDescription();
    }

    /// <summary>Upload a whole file in base64; it becomes a file with files.create</summary>
    public static async Task<Envelope<UploadedFile>> Upload(UploadOperations uploads, Reception reception, Actor actor, HttpRequest request, CancellationToken ct)
    {
        await uploads.MayBegin(actor, UploadBytes(request), ct);
        var (body, arrived) = await request.TakeBase64(reception, ct);
        return await uploads.Keep(actor, new(body.FileName, FileRules.Visible(body.Visibility), body.ContentType), arrived, ct).Enveloped();
    }

    /// <summary>An address that takes the bytes of a file without a credential</summary>
    public static Task<Envelope<UploadUrl>> CreateUrl(UploadOperations uploads, Actor actor, CreateUploadUrl body, CancellationToken ct) => uploads.CreateUrl(actor, body, ct).Enveloped();

    /// <summary>What an upload became once its bytes are here, or a link to them</summary>
    public static Task<Envelope<CompletedUpload>> Complete(UploadOperations uploads, Actor actor, NamedUpload body, CancellationToken ct) => uploads.Complete(actor, body, ct).Enveloped();

    /// <summary>Throw an upload away that is no file yet</summary>
    public static Task<Envelope<DiscardedUpload>> Discard(UploadOperations uploads, Actor actor, [FromBody] NamedUpload body, CancellationToken ct) =>
        uploads.Discard(actor, body, ct).Enveloped();

    /// <summary>The caller's uploads that are no files yet, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Upload>>> List(UploadOperations uploads, Actor actor, int? limit, string? after, string? fingerprint, CancellationToken ct) =>
        uploads.List(actor, limit, after, fingerprint, ct).Enveloped();

    /// <summary>How far an upload is</summary>
    public static Task<Envelope<Upload>> Get(UploadOperations uploads, Actor actor, Guid id, CancellationToken ct) => uploads.Get(actor, id, ct).Enveloped();

    /// <summary>Takes the bytes at an address of upload-url</summary>
    public static Task<Envelope<UploadedFile>> Put(UploadOperations uploads, HttpRequest request, Guid id, string? token, CancellationToken ct) =>
        uploads.Put(id, token, request.Body, request.ContentLength, ct).Enveloped();

    /// <summary>The bytes of an upload, by the link that complete hands out</summary>
    public static async Task<IResult> Read(UploadOperations uploads, Guid id, string? token, CancellationToken ct)
    {
        var (upload, content) = await uploads.Read(id, token, ct);
        return new ContentAnswer(new(new(id, upload.Sha256!, upload.Received, upload.Path, upload.FileName, upload.Inspection!.ContentType, upload.Inspection.Charset, upload.CreatedAt),
            IsPublic: false, content));
    }

    /// <summary>Takes in a file that comes as base64 within a JSON body; what stands beside it is told.</summary>
    public static async Task<(UploadBody Besides, Arrived File)> TakeBase64(this HttpRequest request, Reception reception, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.IsSubsetOf(new("application/json")))
            throw new Refusal(415, "unsupported_type", "This call takes JSON with the file in base64.", "Send Content-Type: application/json, or the bytes as they are to /files/create/from-file.");
        reception.MustFit(UploadBytes(request));
        var (besides, hasFile) = (new UploadBody(), false);
        var arrived = await reception.Take(Guid.CreateVersion7(), async to =>
        {
            (besides, hasFile) = await Base64Body.Read(request.Body, bytes => reception.Write(to, bytes, ct), ct);
            if (!hasFile) throw Refusal.Fields(("file_base64", "file_base64 is the file's bytes in base64."));
        });
        return (besides, arrived);
    }

    /// <summary>How many bytes are in such a body at least, where that can be told before: three bytes are four letters, and a megabyte may be of what stands beside.</summary>
    static long UploadBytes(HttpRequest request) =>
        request.ContentLength is { } length && !request.Headers.ContainsKey("Content-Encoding") ? Math.Max(0, (length - (1 << 20)) / 4 * 3) : 0;
}
