namespace Ouro.Server.Storage;

/// <summary>
/// Where the content of files is kept, each once, named by the SHA-256 of its bytes (64 hexadecimal digits). What is under a name never changes. The
/// seam between the rooms and the places: a folder (<see cref="LocalStorage"/>) or a bucket.
/// </summary>
public abstract class ObjectStorage
{
    /// <summary>Whether putting something takes long enough to be done before a transaction begins.</summary>
    public virtual bool IsRemote => false;

    /// <summary>Stops the start, with words for the operator, where the place cannot be used.</summary>
    public virtual Task Check(CancellationToken ct) => Task.CompletedTask;

    /// <summary>
    /// Makes a finished file of this machine the content of a name. When it returns, the bytes and the name survive a power cut. What is there
    /// already stays; the file stays too, and is its owner's to remove.
    /// </summary>
    public abstract Task Put(string sha256, SpooledFile file, CancellationToken ct);

    /// <summary>Opens content for reading, as a stream that can be positioned; null where there is none of this name.</summary>
    public abstract Task<Stream?> Open(string sha256, CancellationToken ct);

    /// <summary>Takes content away; nothing where there is none.</summary>
    public abstract Task Remove(string sha256, CancellationToken ct);

    /// <summary>Everything that is kept, in no order.</summary>
    public abstract IAsyncEnumerable<StoredObject> List(CancellationToken ct);

    /// <summary>A link by which the bytes are fetched without this server, for so long; null where the place has none.</summary>
    public virtual Uri? Link(string sha256, string fileName, string contentType, bool isInline, TimeSpan lifetime) => null;

    /// <summary>Whether something that lies in the place can be content: 64 hexadecimal digits in lower case.</summary>
    protected static bool IsName(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}

/// <summary>One object as its place lists it.</summary>
/// <param name="Sha256">Its name.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="StoredAt">When it came.</param>
public sealed record StoredObject(string Sha256, long Size, DateTimeOffset StoredAt);
