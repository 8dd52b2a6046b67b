using Ouro.Server.Data;

namespace Ouro.Server.Storage;

/// <summary>Brings content into the storage and writes down that it is there, so that what the database refers to can always be read.</summary>
public sealed class Blobs(ObjectStorage storage, Clock clock)
{
    /// <summary>Sends a finished file on its way to a storage that takes long; a transaction that keeps it does not wait for that.</summary>
    public Task Send(Blob blob, SpooledFile file, CancellationToken ct) => storage.IsRemote ? storage.Put(blob.Sha256, file, ct) : Task.CompletedTask;

    /// <summary>
    /// Makes a finished file content that may be referred to, in the transaction of who refers to it. The file stays until that is committed:
    /// whatever happens before, it is still there.
    /// </summary>
    public async Task Keep(Tx tx, Blob blob, SpooledFile file, CancellationToken ct)
    {
        // Who takes unused content away holds it too: either it is gone now and brought again, or it stays.
        await BlobStore.Hold(tx, blob.Sha256, ct);
        await storage.Put(blob.Sha256, file, ct);
        await BlobStore.Add(tx, blob, clock.Now(), ct);
    }

    public async Task<Stream> Open(string sha256, CancellationToken ct) =>
        await storage.Open(sha256, ct) ?? throw new IOException($"The content {sha256} is not in the storage.");
}
