using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Ouro.Server.Storage;

/// <summary>
/// An object of a bucket, read as it arrives: one GET from where reading begins, another after a change of place. A connection that breaks is opened
/// again where it broke; the object never changes, so the bytes go on as if nothing had been.
/// </summary>
sealed class S3Content(AmazonS3Client client, string bucket, string key, long length) : Stream
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(200);
    const int Tries = 4;

    GetObjectResponse? answer;
    long position;
    // Where the answer is: it is of use only while that is where the reader is.
    long arrived;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct = default)
    {
        if (position >= length || buffer.Length == 0) return 0;
        for (var attempt = 1; ; attempt++)
            try
            {
                return await ReadOnce(buffer, ct);
            }
            catch (OperationCanceledException e) when (!ct.IsCancellationRequested && attempt == Tries)
            {
                throw new IOException($"The store said nothing of {key} for {Patience.TotalSeconds} seconds.", e);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && attempt < Tries
                && e is IOException or HttpRequestException or OperationCanceledException or AmazonClientException)
            {
                Drop();
                await Task.Delay(Pause * attempt, ct);
            }
    }

    async Task<int> ReadOnce(Memory<byte> buffer, CancellationToken ct)
    {
        // A store that says nothing for so long is as good as gone.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        if (answer is null || arrived != position)
        {
            Drop();
            answer = await client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key, ByteRange = new(position, length - 1) }, patience.Token);
            arrived = position;
        }
        var read = await answer.ResponseStream.ReadAsync(buffer, patience.Token);
        if (read == 0) throw new EndOfStreamException($"The store ended {key} at {position} of {length} bytes.");
        arrived = position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For readers that know no other way; it holds a thread of the pool.</summary>
    public override int Read(byte[] buffer, int offset, int count) => Task.Run(() => ReadAsync(buffer, offset, count, CancellationToken.None)).GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => length + offset,
    };

    protected override void Dispose(bool disposing)
    {
        if (disposing) Drop();
        base.Dispose(disposing);
    }

    /// <summary>Breaks the connection where more would come; nobody waits for what is not wanted.</summary>
    void Drop()
    {
        answer?.Dispose();
        answer = null;
    }

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
