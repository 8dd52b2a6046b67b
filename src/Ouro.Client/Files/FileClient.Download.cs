using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Ouro;

/// <summary>How far a file is on its way out.</summary>
/// <param name="BytesDone">Bytes that were written.</param>
/// <param name="BytesTotal">The file's size; null until the server has said it.</param>
public sealed record DownloadProgress(long BytesDone, long? BytesTotal);

/// <summary>Files of any size on their way out.</summary>
public sealed partial class FileClient
{
    const int Buffer = 128 << 10;

    /// <summary>
    /// Downloads a file to this machine: goes on by itself after broken connections, and compares the bytes with their SHA-256. Until it is whole it has
    /// another name beside, so that under this one there is all of it or what was there before.
    /// </summary>
    /// <param name="id">Its id.</param>
    /// <param name="path">Where it goes; a file that is there is replaced.</param>
    /// <param name="progress">Is told about ten times a second how far it is.</param>
    /// <param name="cancellationToken">Stops; nothing is left.</param>
    /// <returns>What the server calls it, its media type and size.</returns>
    /// <exception cref="OuroException">
    /// It is not there (404); it is sold and not unlocked (403); its bytes are still awaited (409, <c>file_in_progress</c>); the server was not heard of for a minute
    /// (<c>connection_failed</c>); what arrived is not what the server has (<c>checksum_mismatch</c>).
    /// </exception>
    public async Task<DownloadedAsset> DownloadAsync(Guid id, string path, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var part = $"{path}.{Guid.CreateVersion7():N}.part";
        try
        {
            DownloadedAsset said;
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
                said = await DownloadAsync(id, file, progress, cancellationToken);
            File.Move(part, path, overwrite: true);
            return said;
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Downloads a file into a stream: goes on by itself after broken connections, and compares the bytes with their SHA-256.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="destination">Where the bytes go; it stays the caller's. After a failure it may hold a part of them.</param>
    /// <param name="progress">Is told about ten times a second how far it is.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    /// <returns>What the server calls it, its media type and size.</returns>
    /// <exception cref="OuroException">As for a file of this machine; and where the file got other bytes meanwhile (<c>content_changed</c>).</exception>
    public async Task<DownloadedAsset> DownloadAsync(Guid id, Stream destination, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var taking = new Taking(id, destination, progress);
        for (var (heard, wait) = (Stopwatch.GetTimestamp(), FirstWait); ;)
        {
            var before = taking.Done;
            try
            {
                return await taking.Take(transport, cancellationToken);
            }
            catch (OuroException e) when (MayGoOn(e) && (taking.Done > before || Stopwatch.GetElapsedTime(heard) < Silence))
            {
                if (taking.Done > before) (heard, wait) = (Stopwatch.GetTimestamp(), FirstWait);
                await Task.Delay(e.RetryAfter ?? wait, cancellationToken);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
        }
    }

    /// <summary>A file that is taken, in as many parts as connections break.</summary>
    sealed class Taking(Guid id, Stream destination, IProgress<DownloadProgress>? progress) : IDisposable
    {
        readonly IncrementalHash sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string? tag;
        long told = long.MinValue;

        public long Done { get; private set; }

        public async Task<DownloadedAsset> Take(Transport transport, CancellationToken ct)
        {
            // Always a range: what comes as one is not compressed on the way, so its bytes can be counted.
            var call = Call.Get($"files/{id}/content") with { Headers = tag is null ? [("Range", "bytes=0-")] : [("Range", $"bytes={Done}-"), ("If-Range", tag)] };
            using var answer = await transport.Open(call, ct);
            var said = answer.Content.Headers;
            var isEnd = answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && said.ContentRange?.Length == Done;
            if (!isEnd)
            {
                if (Done > 0 && answer.StatusCode != HttpStatusCode.PartialContent)
                    throw new OuroException((int)answer.StatusCode, "content_changed", "The file got other bytes while it was downloaded.", hint: "Download it once more.");
                tag ??= answer.Headers.ETag?.ToString();
                await Pour(answer, said.ContentRange?.Length, ct);
            }
            Verify();
            return new(Name(said) ?? $"{id}.bin", said.ContentType?.ToString() ?? "application/octet-stream", Done);
        }

        async Task Pour(HttpResponseMessage answer, long? total, CancellationToken ct)
        {
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var buffer = new byte[Buffer];
            Tell(total, isDue: true);
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            for (int read; (read = await Next(body, buffer, stall, ct)) > 0;)
            {
                await destination.WriteAsync(buffer.AsMemory(0, read), ct);
                sum.AppendData(buffer, 0, read);
                Done += read;
                Tell(total, isDue: false);
            }
            if (total is { } all && Done < all) throw new OuroException(0, "connection_failed", "The answer ended too early.");
            Tell(total, isDue: true);
        }

        // Only what arrives is the connection's; what the stream fails at is its owner's to hear of.
        static async Task<int> Next(Stream body, byte[] buffer, CancellationTokenSource stall, CancellationToken ct)
        {
            stall.CancelAfter(Silence);
            try
            {
                return await body.ReadAsync(buffer, stall.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                throw new OuroException(0, "connection_failed", $"The connection broke: {e.Message}", hint: "Download it once more: what was written is a part of it.", inner: e);
            }
        }

        void Verify()
        {
            var real = Convert.ToHexStringLower(sum.GetCurrentHash());
            if (tag?.Trim('"') is { Length: 64 } sha256 && sha256 != real)
                throw new OuroException(200, "checksum_mismatch", $"What arrived has the SHA-256 {real}, and the file {sha256}.", hint: "Download it once more, and tell who runs the server.");
        }

        void Tell(long? total, bool isDue)
        {
            if (progress is null || !isDue && told != long.MinValue && Stopwatch.GetElapsedTime(told) < Pace) return;
            told = Stopwatch.GetTimestamp();
            progress.Report(new(Done, total));
        }

        static string? Name(HttpContentHeaders said) => said.ContentDisposition?.FileNameStar ?? said.ContentDisposition?.FileName?.Trim('"');

        public void Dispose() => sum.Dispose();
    }
}
