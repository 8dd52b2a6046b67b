using System.Security.Cryptography;
using Ouro.Server.Data;

namespace Ouro.Server.Storage;

/// <summary>What came of comparing the storage with the database.</summary>
/// <param name="Objects">Pieces of content that were looked at.</param>
/// <param name="Bytes">Their bytes, all of which were read.</param>
/// <param name="Missing">Content that is referred to and not in the storage; the first hundred.</param>
/// <param name="Damaged">Content whose bytes are not what its name says; the first hundred.</param>
/// <param name="Orphans">Objects that the database does not know; the first hundred. A sweep takes those away that are older than a day.</param>
/// <param name="MissingCount">How many are missing.</param>
/// <param name="DamagedCount">How many are damaged.</param>
/// <param name="OrphanCount">How many are not known.</param>
public sealed record Verified(
    long Objects, long Bytes, IReadOnlyList<string> Missing, IReadOnlyList<string> Damaged, IReadOnlyList<string> Orphans, long MissingCount, long DamagedCount, long OrphanCount)
{
    public bool Ok => MissingCount == 0 && DamagedCount == 0;
}

/// <summary>Reads every object and compares its bytes with its name; and lists what is in one of storage and database and not in the other.</summary>
public sealed class Verification(Db db, ObjectStorage storage)
{
    const int Told = 100, PageSize = 500;

    /// <param name="progress">Told how many bytes were read, after each object.</param>
    /// <param name="ct">Stops in between; nothing was changed.</param>
    public async Task<Verified> Verify(IProgress<(long Objects, long Bytes)>? progress, CancellationToken ct)
    {
        var (objects, bytes) = (0L, 0L);
        var (missing, damaged, orphans) = (new Found(), new Found(), new Found());
        for (var after = ""; ;)
        {
            var page = await BlobStore.All(db, after, PageSize, ct);
            foreach (var blob in page)
            {
                var (size, sum) = await Read(blob.Sha256, ct);
                // What was taken away since the page was read is not missing.
                if (sum is null) { if (await BlobStore.IsKnown(db, blob.Sha256, ct)) missing.Add(blob.Sha256); }
                else if (size != blob.Size || sum != blob.Sha256) damaged.Add(blob.Sha256);
                (objects, bytes) = (objects + 1, bytes + size);
                progress?.Report((objects, bytes));
            }
            if (page.Count < PageSize) break;
            after = page[^1].Sha256;
        }
        await foreach (var stored in storage.List(ct))
            if (!await BlobStore.IsKnown(db, stored.Sha256, ct)) orphans.Add(stored.Sha256);
        return new(objects, bytes, missing.First, damaged.First, orphans.First, missing.Count, damaged.Count, orphans.Count);
    }

    async Task<(long Size, string? Sha256)> Read(string name, CancellationToken ct)
    {
        await using var content = await storage.Open(name, ct);
        if (content is null) return (0, null);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (size, buffer) = (0L, new byte[1 << 20]);
        for (int read; (read = await content.ReadAsync(buffer, ct)) > 0; size += read) hash.AppendData(buffer, 0, read);
        return (size, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    sealed class Found
    {
        public List<string> First { get; } = [];

        public long Count { get; private set; }

        public void Add(string name)
        {
            if (Count++ < Told) First.Add(name);
        }
    }
}
