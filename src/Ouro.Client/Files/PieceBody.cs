using System.Net;

namespace Ouro;

/// <summary>A part of a file as the body of a request.</summary>
sealed class PieceBody(Stream file, long from, int length, Action<long> sent) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        for (var done = 0; done < length;)
        {
            var read = await Next(done, buffer.AsMemory(0, Math.Min(buffer.Length, length - done)), cancellationToken);
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            sent(done += read);
        }
    }

    // A file that cannot be read is not a connection that failed, and what sends it would take the one for the other.
    async Task<int> Next(int done, Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            file.Position = from + done;
            var read = await file.ReadAsync(buffer, ct);
            return read > 0 ? read : throw new EndOfStreamException("It became shorter while it was sent.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OuroException(0, "file_unreadable", $"The file cannot be read: {e.Message}", inner: e);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
