using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace Ouro.Server.Files;

/// <summary>
/// The bytes of a file as an answer: by ranges, with what a cache needs. What somebody published never runs as a page of this site, whatever it is:
/// its type is not guessed, it stands in a sandbox of its own, and what is not known to be harmless to look at is only saved.
/// </summary>
public sealed class ContentAnswer(FileContent content) : IResult
{
    static readonly FrozenSet<string> Shown = FrozenSet.ToFrozenSet(
    [
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/tiff", "image/vnd.microsoft.icon",
        "text/plain", "text/csv", "text/tab-separated-values", "text/markdown", "application/json", "application/pdf",
    ]);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var bytes = content.Bytes;
        Inert.Guard(httpContext, content.IsPublic);
        var (file, headers, type) = (content.File, httpContext.Response.Headers, Inert.Type(content.File.ContentType));
        // Its owner may take it back, or put other bytes in its place: who keeps a copy asks whether it is still this one.
        headers.CacheControl = content.IsPublic ? "public, max-age=60" : "private, no-cache";
        headers.ContentDisposition = Disposition.Of(file.FileName, isInline: MayShow(file.ContentType));
        await TypedResults.Stream(
            bytes, file.Charset is null ? type : $"{type}; charset={file.Charset}", lastModified: Whole(file.StoredAt),
            entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true).ExecuteAsync(httpContext);
    }

    /// <summary>Whether a browser may show it by itself. HTML, SVG and XML can hold programs, and are not among these.</summary>
    public static bool MayShow(string contentType) =>
        Shown.Contains(contentType) || contentType.StartsWith("audio/", StringComparison.Ordinal) || contentType.StartsWith("video/", StringComparison.Ordinal);

    // Headers know whole seconds only.
    static DateTimeOffset Whole(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
}
