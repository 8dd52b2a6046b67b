using System.Diagnostics;
using System.Net;

namespace Ouro;

/// <summary>A file as the body of a request: sent as it is read, from where the stream stood, and told how far it is. The stream stays the caller's.</summary>
sealed class FileBody : HttpContent
{
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    readonly Stream file;
    readonly long start;
    readonly IProgress<ImportProgressReport>? progress;

    public FileBody(Stream file, long start, string? mediaType, IProgress<ImportProgressReport>? progress)
    {
        (this.file, this.start, this.progress) = (file, start, progress);
        Headers.TryAddWithoutValidation("Content-Type", mediaType ?? "application/octet-stream");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (file.CanSeek) file.Position = start;
        long? total = TryComputeLength(out var length) ? length : null;
        var (sent, told) = (0L, Stopwatch.GetTimestamp());
        var buffer = new byte[128 * 1024];
        progress?.Report(new("uploading", 0, total));
        for (int read; (read = await Next(buffer, cancellationToken)) > 0;)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            sent += read;
            if (progress is null || Stopwatch.GetElapsedTime(told) < Pace) continue;
            told = Stopwatch.GetTimestamp();
            progress.Report(new("uploading", sent, total));
        }
        progress?.Report(new("uploading", sent, total));
    }

    // A file that cannot be read is not a connection that failed, and what sends it would take the one for the other.
    async Task<int> Next(byte[] buffer, CancellationToken ct)
    {
        try
        {
            return await file.ReadAsync(buffer, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OuroException(0, "file_unreadable", $"The file cannot be read: {e.Message}", inner: e);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.CanSeek ? file.Length - start : 0;
        return file.CanSeek;
    }
}
