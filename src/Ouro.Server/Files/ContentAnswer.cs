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

    const int Step = 256 << 10;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var bytes = content.Bytes;
        Inert.Guard(httpContext, content.IsPublic);
        var (file, headers, type) = (content.File, httpContext.Response.Headers, Inert.Type(content.File.ContentType));
        // Its owner may take it back, or put other bytes in its place: who keeps a copy asks whether it is still this one.
        headers.CacheControl = content.IsPublic ? "public, max-age=60" : "private, no-cache";
        headers.ContentDisposition = Disposition.Of(file.FileName, isInline: MayShow(file.ContentType));
        // The framework decides which bytes are asked for. It would send them through another buffer and blocks of 4 KiB, and read a file on another thread.
        var asked = new AskedBytes(bytes.Length);
        await TypedResults.Stream(
            asked, file.Charset is null ? type : $"{type}; charset={file.Charset}", lastModified: Whole(file.StoredAt),
            entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true).ExecuteAsync(httpContext);
        if (asked.AreWanted) await Send(httpContext, bytes, asked.Position);
    }

    static async Task Send(HttpContext context, Stream bytes, long from)
    {
        var (response, ct, left) = (context.Response, context.RequestAborted, context.Response.ContentLength!.Value);
        try
        {
            await response.StartAsync(ct);
            if (bytes is not FileStream) bytes.Position = from;
            while (left > 0)
            {
                var memory = response.BodyWriter.GetMemory(Step);
                memory = memory[..(int)Math.Min(memory.Length, left)];
                // Read asynchronously, a file is read by another thread of the same pool, for each step.
                var read = bytes is FileStream file ? RandomAccess.Read(file.SafeFileHandle, memory.Span, from) : await bytes.ReadAsync(memory, ct);
                if (read == 0) throw new EndOfStreamException($"Content ends {left:N0} bytes too early.");
                response.BodyWriter.Advance(read);
                (from, left) = (from + read, left - read);
                if ((await response.BodyWriter.FlushAsync(ct)).IsCompleted) return;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Whoever asked is gone.
            context.Abort();
        }
    }

    /// <summary>Whether a browser may show it by itself. HTML, SVG and XML can hold programs, and are not among these.</summary>
    public static bool MayShow(string contentType) =>
        Shown.Contains(contentType) || contentType.StartsWith("audio/", StringComparison.Ordinal) || contentType.StartsWith("video/", StringComparison.Ordinal);

    // Headers know whole seconds only.
    static DateTimeOffset Whole(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
}

/// <summary>Stands for bytes while it is decided which of them are asked for: remembers from where on, and whether they are read at all.</summary>
sealed class AskedBytes(long length) : Stream
{
    public bool AreWanted { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => Position, _ => length };

    public override int Read(byte[] buffer, int offset, int count)
    {
        AreWanted = true;
        return 0;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read([], 0, 0));

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
