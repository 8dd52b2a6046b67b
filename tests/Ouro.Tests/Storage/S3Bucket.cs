using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ouro.Tests.Storage;

/// <summary>Objects and unfinished uploads of one bucket. A file is written under a new name and then becomes the content of a key all at once.</summary>
public sealed class S3Bucket(string folder)
{
    // The real ones refuse smaller parts, but for the last.
    const long SmallestPart = 5 << 20;

    readonly string folder = Directory.CreateDirectory(folder).FullName;
    readonly ConcurrentDictionary<string, Kept> objects = [];
    readonly ConcurrentDictionary<string, Upload> uploads = [];

    sealed record Kept(string Path, long Size, string ETag, DateTimeOffset ModifiedAt);

    sealed record Upload(string Key, ConcurrentDictionary<int, Kept> Parts);

    public IEnumerable<string> Keys => objects.Keys;

    public int Unfinished => uploads.Count;

    public string PathOf(string key) => objects[key].Path;

    public async Task<string> Put(string key, Func<Stream, Task> receive, string? sha256 = null) => (objects[key] = await Write(receive, sha256)).ETag;

    public async Task<string> PutPart(string key, string upload, int number, Func<Stream, Task> receive) => (Begun(key, upload).Parts[number] = await Write(receive)).ETag;

    async Task<Kept> Write(Func<Stream, Task> receive, string? sha256 = null)
    {
        var path = Path.Combine(folder, Guid.CreateVersion7().ToString("N"));
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous)) await receive(file);
            await using var written = File.OpenRead(path);
            if (sha256 is not null && Convert.ToBase64String(await SHA256.HashDataAsync(written)) != sha256)
                throw new S3Error(HttpStatusCode.BadRequest, "BadDigest", "The SHA256 you specified did not match the calculated checksum.");
            written.Position = 0;
            return new(path, written.Length, Quoted(await Md5(written)), TimeProvider.System.GetUtcNow());
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    public string Begin(string key)
    {
        var id = Guid.CreateVersion7().ToString("N");
        uploads[id] = new(key, []);
        return id;
    }

    Upload Begun(string key, string id) => uploads.TryGetValue(id, out var upload) && upload.Key == key ? upload
        : throw new S3Error(HttpStatusCode.NotFound, "NoSuchUpload", "The specified multipart upload does not exist. It may have been aborted or completed.");

    public async Task<string> Complete(string key, string id, (int Number, string ETag)[] named)
    {
        var upload = Begun(key, id);
        if (!named.Select(p => p.Number).SequenceEqual(named.Select(p => p.Number).Order().Distinct()))
            throw new S3Error(HttpStatusCode.BadRequest, "InvalidPartOrder", "The list of parts was not in ascending order.");
        var parts = named.Select(p => upload.Parts.TryGetValue(p.Number, out var part) && part.ETag.Trim('"') == p.ETag.Trim('"') ? part
            : throw new S3Error(HttpStatusCode.BadRequest, "InvalidPart", "One or more of the specified parts could not be found.")).ToArray();
        if (parts.SkipLast(1).Any(p => p.Size < SmallestPart)) throw new S3Error(HttpStatusCode.BadRequest, "EntityTooSmall", "A part is smaller than allowed.");
        var whole = await Write(async file =>
        {
            foreach (var part in parts)
            {
                await using var read = File.OpenRead(part.Path);
                await read.CopyToAsync(file);
            }
        });
        var tag = Quoted(await Md5(new MemoryStream([.. parts.SelectMany(p => Convert.FromHexString(p.ETag.Trim('"')))])) + $"-{parts.Length}");
        objects[key] = whole with { ETag = tag };
        Abort(key, id);
        return tag;
    }

    public void Abort(string key, string id)
    {
        foreach (var part in Begun(key, id).Parts.Values) File.Delete(part.Path);
        uploads.TryRemove(id, out _);
    }

    public void Remove(string key) => objects.TryRemove(key, out _);

    public async Task Send(HttpContext context, string key, long? cutAfter)
    {
        if (!objects.TryGetValue(key, out var kept)) throw new S3Error(HttpStatusCode.NotFound, "NoSuchKey", "The specified key does not exist.");
        var (from, to) = (0L, kept.Size - 1);
        var response = context.Response;
        if (RangeHeaderValue.TryParse(context.Request.Headers.Range.ToString(), out var asked) && asked.Ranges.Single() is var range)
        {
            (from, to) = range.From is { } first ? (first, Math.Min(range.To ?? to, to)) : (Math.Max(0, kept.Size - range.To!.Value), to);
            if (from >= kept.Size) throw new S3Error(HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable");
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{to}/{kept.Size}";
        }
        string Said(string name, string otherwise) => context.Request.Query[name] is [{ } instead] ? instead : otherwise;
        response.ContentType = Said("response-content-type", "binary/octet-stream");
        if (Said("response-content-disposition", "") is { Length: > 0 } disposition) response.Headers.ContentDisposition = disposition;
        response.Headers.ETag = kept.ETag;
        response.Headers.LastModified = kept.ModifiedAt.ToString("R", CultureInfo.InvariantCulture);
        response.ContentLength = to - from + 1;
        if (context.Request.Method == "HEAD") return;
        if (cutAfter is null)
        {
            await response.SendFileAsync(kept.Path, from, to - from + 1, context.RequestAborted);
            return;
        }
        await response.SendFileAsync(kept.Path, from, Math.Min(cutAfter.Value, to - from + 1), context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        // What was flushed is on its way before the connection breaks.
        await Task.Delay(100);
        context.Abort();
    }

    public XElement List(XNamespace names, string prefix, string after, int most)
    {
        var all = objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(o.Key, after) > 0).OrderBy(o => o.Key, StringComparer.Ordinal).ToList();
        var page = all.Take(Math.Min(most, 1000)).ToList();
        var more = page.Count < all.Count;
        return new XElement(names + "ListBucketResult", new XElement(names + "KeyCount", page.Count), new XElement(names + "IsTruncated", more),
            more ? new XElement(names + "NextContinuationToken", page[^1].Key) : null,
            page.Select(o => new XElement(names + "Contents", new XElement(names + "Key", o.Key), new XElement(names + "Size", o.Value.Size), new XElement(names + "ETag", o.Value.ETag),
                new XElement(names + "LastModified", o.Value.ModifiedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)))));
    }

    static string Quoted(string tag) => $"\"{tag}\"";

#pragma warning disable CA5351 // The protocol's own checksum, which protects nothing.
    static async Task<string> Md5(Stream content) => Convert.ToHexStringLower(await MD5.HashDataAsync(content));
#pragma warning restore CA5351
}
