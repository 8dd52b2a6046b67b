using System.Globalization;
using System.Text;

namespace Ouro;

/// <summary>What is said of a file before it is sent in pieces.</summary>
/// <param name="FileName">What it is called, with its extension.</param>
/// <param name="Length">Its bytes.</param>
public sealed record NewUpload(string FileName, long Length)
{
    /// <summary>What its sender takes it for; the server looks for itself.</summary>
    public string? ContentType { get; init; }
    /// <summary>Who will see the file.</summary>
    public Visibility? Visibility { get; init; }
    /// <summary>The SHA-256 of all bytes, hexadecimal; where it differs at the end, the upload begins anew.</summary>
    public string? Sha256 { get; init; }
    /// <summary>What its sender knows the file by, to find the upload again.</summary>
    public string? Fingerprint { get; init; }
}

/// <summary>Uploads in pieces, by tus 1.0.0. <see cref="FileClient.UploadAsync(string, CreateFile?, IProgress{UploadProgress}?, CancellationToken)"/> does all of it.</summary>
public sealed partial class UploadClient
{
    /// <summary>The most that is sent in one request, and that may have to be sent again.</summary>
    internal const int Piece = 8 << 20;

    static readonly TimeSpan Silence = TimeSpan.FromMinutes(1), Finishing = TimeSpan.FromMinutes(10);
    static readonly (string, string) Version = ("Tus-Resumable", "1.0.0");

    /// <summary>Announces a file that is sent in pieces.</summary>
    /// <param name="upload">What it is called and how long it is.</param>
    /// <param name="cancellationToken">Gives up; the upload may have begun, and expires.</param>
    /// <returns>The upload's id; the file made of it has the same.</returns>
    /// <exception cref="OuroException">It is larger than the server takes, or than there is room for (413).</exception>
    public Task<Guid> BeginAsync(NewUpload upload, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(upload);
        (string Key, string? Value)[] said =
        [
            ("filename", upload.FileName), ("filetype", upload.ContentType), ("visibility", upload.Visibility?.ToString().ToLowerInvariant()),
            ("sha256", upload.Sha256), ("fingerprint", upload.Fingerprint),
        ];
        var metadata = string.Join(',', said.Where(s => s.Value is not null).Select(s => $"{s.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(s.Value!))}"));
        return transport.Headers(new Call(HttpMethod.Post, "files/uploads")
        {
            Headers = [Version, ("Upload-Length", upload.Length.ToString(CultureInfo.InvariantCulture)), ("Upload-Metadata", metadata)],
        }, answer => answer.Headers.Location is { } at && Guid.TryParse(at.ToString().Split('/')[^1], out var id) ? id : throw NotTus("Location"), cancellationToken);
    }

    /// <summary>How much of an upload is safe with the server; sending goes on behind it.</summary>
    /// <param name="id">The upload's id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The caller has no such upload (404), or it expired (410).</exception>
    public Task<long> OffsetAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Headers(new Call(HttpMethod.Head, $"files/uploads/{id}") { Headers = [Version] }, Offset, cancellationToken);

    /// <summary>Sends the next bytes of an upload, once.</summary>
    /// <param name="id">The upload's id.</param>
    /// <param name="offset">Where the upload stands.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Stops in the middle; what arrived is kept.</param>
    /// <returns>Where the upload stands now. With its last byte it is whole.</returns>
    /// <exception cref="OuroException">
    /// The upload stands elsewhere (409, <c>offset_differs</c>); somebody else is sending (423); there is no such upload (404, 410); the disk is full (507).
    /// </exception>
    public Task<long> AppendAsync(Guid id, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) =>
        Append(id, offset, () => new ReadOnlyMemoryContent(bytes), cancellationToken);

    /// <summary>Sends a piece of a file; a connection on which nothing moves for a minute counts as broken.</summary>
    internal async Task<long> Append(Guid id, long offset, Stream file, long from, int length, Action<long> sent, CancellationToken ct)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(ct);
        stall.CancelAfter(Silence);
        try
        {
            return await Append(id, offset, () => new PieceBody(file, from, length, all =>
            {
                // When all is sent, the server may still have to put it where it is kept.
                stall.CancelAfter(all == length ? Finishing : Silence);
                sent(all);
            }), stall.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new OuroException(0, "timed_out", "The connection stands still.", hint: "What arrived is kept; go on from there.", inner: e);
        }
    }

    Task<long> Append(Guid id, long offset, Func<HttpContent> bytes, CancellationToken ct) =>
        transport.Headers(new Call(HttpMethod.Patch, $"files/uploads/{id}")
        {
            Headers = [Version, ("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture))], Large = true, Repeatable = false,
            Content = () =>
            {
                var content = bytes();
                content.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
                return content;
            },
        }, Offset, ct);

    static long Offset(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Upload-Offset", out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset : throw NotTus("Upload-Offset");

    static OuroException NotTus(string header) => new(200, "unexpected_answer", $"The answer has no {header}.", hint: "Check that what stands between passes headers on.");
}
