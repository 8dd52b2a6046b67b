using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>
/// The bytes of a file, for somebody who looks at a few of them. However large the file is and whatever it says of itself, no more than
/// <see cref="MostRead"/> of it is read in one look; beyond that, and beyond its end, there is nothing.
/// </summary>
sealed class FileBytes : IDisposable
{
    public const int HeadLength = 64 << 10;
    public const int MostRead = 64 << 20;

    readonly SafeFileHandle handle;
    readonly CancellationToken ct;
    int left = MostRead;

    public FileBytes(SpooledFile file, CancellationToken ct)
    {
        this.ct = ct;
        File = file;
        handle = System.IO.File.OpenHandle(file.Path);
        Length = RandomAccess.GetLength(handle);
        Head = Read(0, HeadLength);
    }

    public SpooledFile File { get; }

    public long Length { get; }

    /// <summary>How it begins.</summary>
    public byte[] Head { get; }

    /// <summary>It is all in <see cref="Head"/>.</summary>
    public bool IsInHead => Head.Length == Length;

    /// <summary>The bytes from a place on; fewer where there are no more.</summary>
    public byte[] Read(long offset, int count)
    {
        ct.ThrowIfCancellationRequested();
        if (offset < 0 || offset >= Length || count <= 0) return [];
        if (Head is not null && offset + count <= Head.Length) return Head[(int)offset..(int)(offset + count)];
        var bytes = new byte[Math.Min(Math.Min(count, left), Length - offset)];
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), offset + read) is > 0 and var more) read += more;
        left -= read;
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>How it ends.</summary>
    public byte[] Tail(int count) => Read(Math.Max(0, Length - count), count);

    /// <summary>The whole of it, where that is no more than so much; else nothing.</summary>
    public byte[]? Whole(int most) => Length > most ? null : Read(0, (int)Length) is var all && all.Length == Length ? all : null;

    public void Dispose() => handle.Dispose();
}

/// <summary>Numbers as files write them. What is not there is an <see cref="ArgumentOutOfRangeException"/>, which ends the look at that detail.</summary>
static class Numbers
{
    public static int Big16(this ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt16BigEndian(b[at..]);

    public static int Little16(this ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt16LittleEndian(b[at..]);

    public static int Little24(this ReadOnlySpan<byte> b, int at) => b[at] | b[at + 1] << 8 | b[at + 2] << 16;

    public static int Big24(this ReadOnlySpan<byte> b, int at) => b[at] << 16 | b[at + 1] << 8 | b[at + 2];

    public static uint Big32(this ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt32BigEndian(b[at..]);

    public static uint Little32(this ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt32LittleEndian(b[at..]);

    public static ulong Big64(this ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt64BigEndian(b[at..]);

    public static ulong Little64(this ReadOnlySpan<byte> b, int at) => BinaryPrimitives.ReadUInt64LittleEndian(b[at..]);

    /// <summary>Whether these bytes are at this place.</summary>
    public static bool Has(this ReadOnlySpan<byte> b, int at, ReadOnlySpan<byte> mark) => b.Length >= at + mark.Length && b.Slice(at, mark.Length).SequenceEqual(mark);
}
