using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Ouro;

/// <summary>How far a file is on its way.</summary>
/// <param name="BytesDone">Bytes that the server has, or that were sent of what it awaits.</param>
/// <param name="BytesTotal">The file's size.</param>
/// <param name="UploadId">The upload; null for what goes in one request.</param>
public sealed record UploadProgress(long BytesDone, long BytesTotal, Guid? UploadId = null);

/// <summary>Files of any size on their way in.</summary>
public sealed partial class FileClient
{
    const int Small = 1 << 20, Edge = 64 << 10;

    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100), Silence = TimeSpan.FromMinutes(1), FirstWait = TimeSpan.FromMilliseconds(200), LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Uploads a file of this machine. Above a mebibyte it is sent in pieces of 8 MiB: that goes on by itself after broken connections and over a restart of
    /// the server, and a later call with the same unchanged file goes on where an earlier one stopped.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="about">What to call the asset and where to put it; its name is the file's where none is given.</param>
    /// <param name="progress">Is told about ten times a second how far it is.</param>
    /// <param name="cancellationToken">Stops. What arrived waits for a day, for a call that goes on.</param>
    /// <exception cref="OuroException">
    /// It is larger than the server takes, or than there is room for (413); its disk is full (507); it was not heard of for a minute (<c>connection_failed</c>); the
    /// file cannot be read (<c>file_unreadable</c>).
    /// </exception>
    public async Task<Asset> UploadAsync(string path, CreateFile? about = null, IProgress<UploadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await Upload(file, Path.GetFileName(path), File.GetLastWriteTimeUtc(path).Ticks, about, progress, cancellationToken);
    }

    /// <summary>Uploads a stream from where it stands to its end, as a file of this machine.</summary>
    /// <param name="file">The bytes. The stream can seek, must not be used meanwhile, and stays the caller's.</param>
    /// <param name="fileName">What the file is called, with its extension.</param>
    /// <param name="about">What to call the asset and where to put it.</param>
    /// <param name="progress">Is told about ten times a second how far it is.</param>
    /// <param name="cancellationToken">Stops. What arrived waits for a day, for a call that goes on.</param>
    /// <exception cref="OuroException">As for a file of this machine.</exception>
    public Task<Asset> UploadAsync(
        Stream file, string fileName, CreateFile? about = null, IProgress<UploadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.CanSeek ? Upload(file, fileName, 0, about, progress, cancellationToken)
            : throw new ArgumentException("A stream that is uploaded in pieces can seek. One that cannot goes with CreateFromFileAsync.", nameof(file));
    }

    async Task<Asset> Upload(Stream file, string fileName, long changed, CreateFile? about, IProgress<UploadProgress>? progress, CancellationToken ct)
    {
        about ??= new();
        var (start, length) = (file.Position, file.Length - file.Position);
        // What an address can say; the rest needs a body of its own.
        var isPlain = about with { Name = null, Visibility = null, Description = null, OrgId = null, TeamId = null } == new CreateFile();
        if (length <= Small && isPlain)
        {
            progress?.Report(new(0, length));
            var small = await CreateFromFileAsync(file, fileName, about, ct);
            progress?.Report(new(length, length));
            return small;
        }
        var fingerprint = await Fingerprint(file, start, fileName, length, changed, ct);
        var sending = new Sending(uploads, file, start, length, progress);
        for (var (heard, wait, began, made) = (Stopwatch.GetTimestamp(), FirstWait, 0, false); ;)
            try
            {
                sending.Upload ??= await Earlier(fingerprint, length, ct)
                    ?? await uploads.BeginAsync(new(fileName, length) { Visibility = about.Visibility, Fingerprint = fingerprint }, ct);
                for (var offset = await uploads.OffsetAsync(sending.Upload.Value, ct); offset < length; (heard, wait) = (Stopwatch.GetTimestamp(), FirstWait))
                    offset = await sending.Piece(offset, ct);
                made = true;
                return await CreateAsync(about with { Id = sending.Upload, UploadId = null, Name = string.IsNullOrWhiteSpace(about.Name) ? fileName : about.Name }, ct);
            }
            catch (OuroException e) when (IsGone(e) && sending.Upload is { } upload)
            {
                // The answer that it was made may have been lost: a file has its upload's id.
                if (made && await Made(upload, ct) is { } asset) return asset;
                if (began++ > 0) throw;
                (sending.Upload, made) = (null, false);
            }
            catch (OuroException e) when (MayGoOn(e) && Stopwatch.GetElapsedTime(heard) < Silence)
            {
                await Task.Delay(e.RetryAfter ?? wait, ct);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
    }

    static bool MayGoOn(OuroException e) => e.Status is 408 or 423 or 429 or 502 or 503 or 504 || e.Status == 0 && e.Code is "connection_failed" or "timed_out"
        || e.Code is "offset_differs" or "upload_incomplete";

    // The answer to a question of the offset has no body that could name a code.
    static bool IsGone(OuroException e) => e.Code is "upload_not_found" or "upload_expired" || e.Status is 404 or 410 && e.Code == "unexpected_answer";

    async Task<Asset?> Made(Guid id, CancellationToken ct)
    {
        try
        {
            return await GetAsync(id, ct);
        }
        catch (OuroException e) when (e.Status == 404)
        {
            return null;
        }
    }

    async Task<Guid?> Earlier(string fingerprint, long length, CancellationToken ct)
    {
        await foreach (var upload in uploads.ListAsync(fingerprint, ct))
            if (upload.Length == length) return upload.Id;
        return null;
    }

    /// <summary>What a file is known by without reading all of it.</summary>
    static async Task<string> Fingerprint(Stream file, long start, string name, long length, long changed, CancellationToken ct)
    {
        var edges = new byte[2 * Edge + 16];
        BinaryPrimitives.WriteInt64LittleEndian(edges, length);
        BinaryPrimitives.WriteInt64LittleEndian(edges.AsSpan(8), changed);
        file.Position = start;
        var first = await file.ReadAtLeastAsync(edges.AsMemory(16, Edge), (int)Math.Min(Edge, length), throwOnEndOfStream: false, ct);
        file.Position = start + Math.Max(0, length - Edge);
        var last = await file.ReadAtLeastAsync(edges.AsMemory(16 + first, Edge), (int)Math.Min(Edge, length), throwOnEndOfStream: false, ct);
        return "sha256-" + Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), 0, .. edges.AsSpan(0, 16 + first + last)]));
    }

    /// <summary>A file that is sent piece by piece, and tells how far it is.</summary>
    sealed class Sending(UploadClient uploads, Stream file, long start, long length, IProgress<UploadProgress>? progress)
    {
        long told = long.MinValue;

        public Guid? Upload { get; set; }

        public async Task<long> Piece(long offset, CancellationToken ct)
        {
            Tell(offset, isDue: true);
            var now = await uploads.Append(Upload!.Value, offset, file, start + offset, (int)Math.Min(UploadClient.Piece, length - offset), sent => Tell(offset + sent, isDue: false), ct);
            Tell(now, isDue: true);
            return now;
        }

        void Tell(long done, bool isDue)
        {
            if (progress is null || !isDue && told != long.MinValue && Stopwatch.GetElapsedTime(told) < Pace) return;
            told = Stopwatch.GetTimestamp();
            progress.Report(new(done, length, Upload));
        }
    }
}
