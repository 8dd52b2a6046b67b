using System.Security.Cryptography;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Storage;

/// <summary>
/// A file being received: each byte goes to the disk and into the SHA-256 as it comes. Every 4 MiB are handed to the disk while the next ones
/// arrive, so that little is left to wait for at the end, and little is lost with the power.
/// </summary>
public sealed class ArrivingFile : IAsyncDisposable
{
    /// <summary>What may have to be sent again after a crash.</summary>
    public const int Piece = 8 << 20;

    /// <summary>What the disk is given at once: half, so that the other half can arrive meanwhile.</summary>
    const int Step = Piece / 2;

    // The disk begins early, so that the end of a step is soon there.
    const int Early = 1 << 20;

    const int WorthSharing = 64 << 10;

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly FileStream file;
    IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    Task<long> syncing = Task.FromResult(0L);
    long begun;

    ArrivingFile(FileStream file) => this.file = file;

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes that surely survive a power cut.</summary>
    public long Synced { get; private set; }

    /// <summary>A file from its beginning; what stood there before is gone.</summary>
    public static ArrivingFile Create(SpooledFile at) => new(Open(at, FileMode.Create));

    /// <summary>A file that goes on at a place; what lies behind it is cut off, and what lies before it is read once, for the sum.</summary>
    public static async Task<ArrivingFile> Continue(SpooledFile at, long from, CancellationToken ct)
    {
        var arriving = new ArrivingFile(Open(at, FileMode.OpenOrCreate));
        try
        {
            if (arriving.file.Length < from) throw new IOException($"{at.Path} has {arriving.file.Length} bytes, and {from} were received.");
            arriving.file.SetLength(from);
            var buffer = new byte[1 << 20];
            for (int read; (read = await arriving.file.ReadAsync(buffer, ct)) > 0;) arriving.hash.AppendData(buffer, 0, read);
            arriving.Length = arriving.Synced = arriving.begun = from;
            arriving.syncing = Task.FromResult(from);
            return arriving;
        }
        catch
        {
            await arriving.DisposeAsync();
            throw;
        }
    }

    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        // The sum takes longer than writing; with many bytes at once both are done side by side.
        var summing = bytes.Length < WorthSharing ? null : Task.Run(() => hash.AppendData(bytes.Span), CancellationToken.None);
        try
        {
            file.Write(bytes.Span);
        }
        finally
        {
            if (summing is not null) await summing;
        }
        if (summing is null) hash.AppendData(bytes.Span);
        Length += bytes.Length;
        if (Length - begun >= Early)
        {
            Posix.BeginWriting(file.SafeFileHandle, begun, Length - begun);
            begun = Length;
        }
        if (syncing.IsCompleted) Synced = await syncing;
        if (Length - Synced >= Step && syncing.IsCompleted) BeginSync();
        // A disk that is slower than the network: the network waits.
        else if (Length - Synced >= 4 * Piece) Synced = await syncing;
    }

    /// <summary>Waits for what is on its way to the disk, and sends what came meanwhile after it.</summary>
    public async Task CatchUp()
    {
        Synced = await syncing;
        if (Length - Synced >= Step) BeginSync();
    }

    /// <summary>When it returns, all bytes so far are on the disk.</summary>
    public async Task Sync()
    {
        await syncing;
        if (Synced < Length)
        {
            BeginSync();
            Synced = await syncing;
        }
    }

    /// <summary>The SHA-256 of all bytes so far.</summary>
    public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

    /// <summary>Remembers how it stands.</summary>
    public FileMark Mark() => new(Length, hash.Clone());

    /// <summary>Throws away what came since; a mark is good for once.</summary>
    public async Task Return(FileMark mark)
    {
        await syncing;
        file.SetLength(mark.Length);
        file.Position = mark.Length;
        hash.Dispose();
        (Length, Synced, begun, hash) = (mark.Length, Math.Min(Synced, mark.Length), Math.Min(begun, mark.Length), mark.Hash);
        syncing = Task.FromResult(Synced);
    }

    void BeginSync()
    {
        var upTo = Length;
        syncing = Task.Run(() =>
        {
            RandomAccess.FlushToDisk(file.SafeFileHandle);
            return upTo;
        });
    }

    static FileStream Open(SpooledFile at, FileMode mode) => new(at.Path, new FileStreamOptions
    {
        Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.None, UnixCreateMode = Private,
    });

    public async ValueTask DisposeAsync()
    {
        await syncing.ContinueWith(_ => { }, TaskScheduler.Default);
        await file.DisposeAsync();
        hash.Dispose();
    }
}

/// <summary>How an <see cref="ArrivingFile"/> stood at a moment.</summary>
public sealed record FileMark(long Length, IncrementalHash Hash);
