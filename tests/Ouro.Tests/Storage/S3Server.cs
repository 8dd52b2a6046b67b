using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ouro.Tests.Storage;

/// <summary>What an S3-compatible store answers when it refuses.</summary>
public sealed class S3Error(HttpStatusCode status, string code, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;
    public string Code { get; } = code;
}

/// <summary>Something that goes wrong with requests of a method whose target contains a text, after some that went well.</summary>
public sealed class Trouble(string method, string part)
{
    int seen;

    public int Skip { get; init; }
    public int Times { get; init; } = 1;
    public HttpStatusCode? Status { get; init; }
    public string Code { get; init; } = "InternalError";

    /// <summary>The connection breaks after so many bytes of the body, whichever way it goes.</summary>
    public long? CutAfter { get; init; }

    /// <summary>The work is done and nobody hears of it.</summary>
    public bool LosesAnswer { get; init; }

    public TimeSpan Delay { get; init; }

    public bool Befalls(string asked, string target)
    {
        if (asked != method || !target.Contains(part, StringComparison.Ordinal)) return false;
        var number = Interlocked.Increment(ref seen);
        return number > Skip && number <= Skip + Times;
    }
}

/// <summary>
/// A store that speaks as much of S3 as Ouro uses, checks every signature as the real ones do, and fails when it is told to. Content is on disk, so that
/// the memory of this process is the client's.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string AccessKey = "OUROTESTKEY", SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLE", Region = "eu-test-1";

    static readonly XNamespace Names = "http://s3.amazonaws.com/doc/2006-03-01/";

    readonly string folder = Directory.CreateTempSubdirectory("ouro-s3-").FullName;
    readonly WebApplication app;
    readonly Dictionary<string, S3Bucket> buckets;

    S3Server(string[] names)
    {
        buckets = names.ToDictionary(name => name, name => new S3Bucket(Path.Combine(folder, name)));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(Handle);
    }

    public static async Task<S3Server> Start(params string[] buckets)
    {
        var server = new S3Server(buckets);
        await server.app.StartAsync();
        return server;
    }

    public Uri Root => new(app.Urls.Single());

    public S3Bucket this[string bucket] => buckets[bucket];

    /// <summary>Every request, as its method and target, with how its payload was signed.</summary>
    public ConcurrentQueue<(string Method, string Target, string Payload)> Requests { get; } = [];

    public ConcurrentBag<Trouble> Troubles { get; } = [];

    /// <summary>How much later it is at the store than it is here.</summary>
    public TimeSpan Ahead { get; set; }

    public int Count(string method, string part = "") => Requests.Count(r => r.Method == method && r.Target.Contains(part, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    async Task Handle(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        Requests.Enqueue((context.Request.Method, target, context.Request.Headers["x-amz-content-sha256"].ToString()));
        var trouble = Troubles.FirstOrDefault(t => t.Befalls(context.Request.Method, target));
        try
        {
            if (trouble is not null) await Task.Delay(trouble.Delay, context.RequestAborted);
            if (trouble?.Status is { } status) throw new S3Error(status, trouble.Code, "It was told to fail.");
            if (trouble?.CutAfter is { } cut && context.Request.Method == "PUT")
            {
                await Swallow(context.Request.Body, cut, context.RequestAborted);
                context.Abort();
                return;
            }
            var signature = S3Signature.Verify(context.Request, target, TimeProvider.System.GetUtcNow() + Ahead);
            var path = Uri.UnescapeDataString(target.Split('?')[0]).TrimStart('/').Split('/', 2);
            if (!buckets.TryGetValue(path[0], out var bucket)) throw new S3Error(HttpStatusCode.NotFound, "NoSuchBucket", "The specified bucket does not exist");
            if (trouble?.LosesAnswer is true)
            {
                var answer = context.Response.Body;
                context.Response.Body = Stream.Null;
                await Answer(context, bucket, path.ElementAtOrDefault(1) ?? "", signature, null);
                context.Response.Body = answer;
                context.Abort();
                return;
            }
            await Answer(context, bucket, path.ElementAtOrDefault(1) ?? "", signature, trouble?.CutAfter);
        }
        catch (S3Error e)
        {
            context.Response.StatusCode = (int)e.Status;
            if (context.Request.Method == "HEAD") return;
            // A body that nobody read would otherwise end the connection.
            await Swallow(context.Request.Body, long.MaxValue, context.RequestAborted);
            await Write(context, new XElement("Error", new XElement("Code", e.Code), new XElement("Message", e.Message), new XElement("RequestId", context.TraceIdentifier)));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The client went away.
        }
    }

    static async Task Answer(HttpContext context, S3Bucket bucket, string key, S3Signature signature, long? cutAfter)
    {
        var (request, response, ct) = (context.Request, context.Response, context.RequestAborted);
        string Asked(string name) => request.Query[name].ToString();
        switch (request.Method)
        {
            case "GET" when key.Length == 0 && Asked("list-type") == "2":
                await Write(context, bucket.List(Names, Asked("prefix"), Asked("continuation-token"), int.TryParse(Asked("max-keys"), out var most) ? most : 1000));
                break;
            case "GET" or "HEAD" when key.Length > 0:
                await bucket.Send(context, key, cutAfter);
                break;
            case "PUT" when request.Query.ContainsKey("partNumber"):
                response.Headers.ETag = await bucket.PutPart(key, Asked("uploadId"), int.Parse(Asked("partNumber")), file => signature.Receive(request, file, ct));
                break;
            case "PUT" when key.Length > 0:
                response.Headers.ETag = await bucket.Put(key, file => signature.Receive(request, file, ct), request.Headers["x-amz-checksum-sha256"]);
                break;
            case "POST" when request.Query.ContainsKey("uploads"):
                await Write(context, new XElement(Names + "InitiateMultipartUploadResult", new XElement(Names + "Key", key), new XElement(Names + "UploadId", bucket.Begin(key))));
                break;
            case "POST" when request.Query.ContainsKey("uploadId"):
                var body = new MemoryStream();
                await signature.Receive(request, body, ct);
                var parts = from part in XDocument.Parse(Encoding.UTF8.GetString(body.ToArray())).Root!.Elements()
                            select (int.Parse(part.Elements().Single(e => e.Name.LocalName == "PartNumber").Value), part.Elements().Single(e => e.Name.LocalName == "ETag").Value);
                await Write(context, new XElement(Names + "CompleteMultipartUploadResult", new XElement(Names + "Key", key),
                    new XElement(Names + "ETag", await bucket.Complete(key, Asked("uploadId"), [.. parts]))));
                break;
            case "DELETE" when request.Query.ContainsKey("uploadId"):
                bucket.Abort(key, Asked("uploadId"));
                response.StatusCode = 204;
                break;
            case "DELETE" when key.Length > 0:
                bucket.Remove(key);
                response.StatusCode = 204;
                break;
            default:
                throw new S3Error(HttpStatusCode.NotImplemented, "NotImplemented", "A header or query you provided implies functionality that is not implemented.");
        }
    }

    static Task Write(HttpContext context, XElement answer)
    {
        var text = Encoding.UTF8.GetBytes("""<?xml version="1.0" encoding="UTF-8"?>""" + "\n" + answer.ToString(SaveOptions.DisableFormatting));
        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = text.Length;
        return context.Response.Body.WriteAsync(text, context.RequestAborted).AsTask();
    }

    static async Task Swallow(Stream body, long most, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        for (int read; most > 0 && (read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most)), ct)) > 0;) most -= read;
    }
}
