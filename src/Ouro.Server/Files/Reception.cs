using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>The folder of files on their way in, and of those that are whole and not yet in the storage.</summary>
public sealed class UploadSpool(Installation installation) : Spool(installation.Directory.File("uploads"));

/// <summary>A file that arrived whole on this machine's disk, and what it is.</summary>
/// <param name="Id">The name that the spool has for it.</param>
/// <param name="Blob">Its sum and size.</param>
public sealed record Arrived(Guid Id, Blob Blob)
{
    /// <summary>What it is called.</summary>
    public string FileName { get; init; } = "file";

    /// <summary>What it is.</summary>
    public Inspection Inspection { get; init; } = Inspection.Unknown;
}

/// <summary>Takes files in that come whole, in one request. What does not arrive whole leaves nothing.</summary>
public sealed class Reception(UploadSpool spool, FileInspection inspection, Settings settings)
{
    const int Buffer = 256 << 10;

    /// <summary>Receives the bytes of a body as they are.</summary>
    public Task<Arrived> Take(Guid id, Stream body, long? length, CancellationToken ct)
    {
        MustFit(length ?? 0);
        return Take(id, arriving => Pour(body, arriving, settings.FileLimit, ct));
    }

    /// <summary>Receives what <paramref name="write"/> writes.</summary>
    public async Task<Arrived> Take(Guid id, Func<ArrivingFile, Task> write)
    {
        try
        {
            await using var arriving = ArrivingFile.Create(spool.File(id));
            await write(arriving);
            await arriving.Sync();
            return new(id, new(arriving.Sha256(), arriving.Length));
        }
        catch (Exception e)
        {
            spool.Remove(id);
            if (IsFull(e)) throw Full();
            throw;
        }
    }

    /// <summary>What arrived, looked at under its name.</summary>
    public async Task<Arrived> Look(Arrived file, string fileName, CancellationToken ct) =>
        file with { FileName = fileName, Inspection = await inspection.Look(spool.File(file.Id), fileName, ct) };

    /// <summary>Writes a piece that must fit what a file may have.</summary>
    public ValueTask Write(ArrivingFile arriving, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        MustFit(arriving.Length + bytes.Length);
        return arriving.Write(bytes, ct);
    }

    public void MustFit(long bytes)
    {
        if (bytes > settings.FileLimit)
            throw new Refusal(413, "file_too_large", $"A file has at most {FileRules.Told(settings.FileLimit)} here.", "Split it, or ask who runs this server for a larger OURO_FILE_LIMIT.");
    }

    /// <summary>Copies a body into a file, up to a limit beyond which it is refused.</summary>
    public async Task Pour(Stream body, ArrivingFile arriving, long most, CancellationToken ct)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;)
            {
                if (arriving.Length + read > most) MustFit(long.MaxValue);
                await arriving.Write(buffer.AsMemory(0, read), ct);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether the disk has no room left, or this account no more of it.</summary>
    public static bool IsFull(Exception e) => e is IOException && (e.HResult is 28 or 122 || e.Message.Contains("No space left", StringComparison.Ordinal));

    public static Refusal Full(string kept = "Nothing of this was kept.") => new(507, "storage_full", $"The server's disk is full. {kept}", "Tell who runs this server, and try again later.");
}
