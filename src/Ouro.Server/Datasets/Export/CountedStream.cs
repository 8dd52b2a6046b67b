namespace Ouro.Server.Datasets;

/// <summary>
/// A stream that only goes forward, for a writer that wants to know where it is: it counts what it passes on, and gathers what is written
/// without waiting until somebody waits.
/// </summary>
sealed class CountedStream(Stream to) : Stream
{
    readonly MemoryStream gathered = new();
    long passed;

    public override bool CanRead => false;
    public override bool CanSeek => true;
    public override bool CanWrite => true;
    public override long Length => Position;

    public override long Position
    {
        get => passed + gathered.Length;
        set => throw new NotSupportedException("This stream only goes forward.");
    }

    public override void Write(byte[] buffer, int offset, int count) => gathered.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => gathered.Write(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        gathered.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        gathered.Write(buffer, offset, count);
        return Task.CompletedTask;
    }

    public override void Flush() { }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await to.WriteAsync(gathered.GetBuffer().AsMemory(0, (int)gathered.Length), cancellationToken);
        passed += gathered.Length;
        gathered.SetLength(0);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("This stream only goes forward.");
    public override void SetLength(long value) => throw new NotSupportedException();
}
