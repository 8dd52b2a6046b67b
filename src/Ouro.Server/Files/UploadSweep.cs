using Ouro.Server.Data;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>
/// Throws away what nobody wants any more: uploads that did not go on, files of the spool that belong to none, content that nothing has referred to for
/// a day, and what is in the storage and known to nobody. At the start and every hour, a bounded number of rows at a time.
/// </summary>
public sealed class UploadSweep(
    Db db, Clock clock, TimeProvider time, Jobs jobs, UploadSpool spool, OpenUploads open, ObjectStorage storage, ILogger<UploadSweep> log) : BackgroundService
{
    const int Batch = 200;
    static readonly TimeSpan Every = TimeSpan.FromHours(1), Unclaimed = TimeSpan.FromHours(1), Unused = TimeSpan.FromDays(1);

    Guid[] leftovers = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // What is here before the first request is of nobody who still sends.
        leftovers = spool.Ids();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (; !stoppingToken.IsCancellationRequested; await Task.Delay(Every, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing))
            try
            {
                await RemoveSpooled(leftovers, stoppingToken);
                leftovers = [];
                await Sweep(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The next hour is another try. A database or a storage that is away must not take the server with it.
                log.LogWarning(e, "Old uploads cannot be swept away now.");
            }
    }

    /// <summary>Sweeps once, all that is due.</summary>
    public async Task Sweep(CancellationToken ct)
    {
        await RemoveExpired(ct);
        var young = clock.Now() - Unclaimed;
        await RemoveSpooled([.. spool.Ids().Where(id => File.GetLastWriteTimeUtc(spool.File(id).Path) < young)], ct);
        await SweepContent(ct);
    }

    /// <summary>Sweeps the storage alone.</summary>
    public async Task SweepContent(CancellationToken ct)
    {
        var now = clock.Now();
        await BlobStore.Mark(db, now, ct);
        await RemoveUnused(now - Unused, ct);
        await RemoveUnknown(now - Unused, ct);
    }

    async Task RemoveExpired(CancellationToken ct)
    {
        List<Guid> gone;
        do
        {
            gone = await UploadStore.RemoveExpired(db, clock.Now(), Batch, ct);
            foreach (var id in gone)
            {
                if (await open.Interrupt(id, ct) is { } turn)
                    await using (turn) await turn.Close();
                spool.Remove(id);
            }
        }
        while (gone.Count == Batch);
    }

    async Task RemoveSpooled(Guid[] ids, CancellationToken ct)
    {
        foreach (var some in ids.Chunk(Batch))
            foreach (var id in some.Except(await UploadStore.Open(db, some, jobs.Instance, ct))) spool.Remove(id);
    }

    async Task RemoveUnused(DateTimeOffset before, CancellationToken ct)
    {
        List<string> unused;
        int removed;
        do
        {
            (unused, removed) = (await BlobStore.Unused(db, before, Batch, ct), 0);
            foreach (var sha256 in unused)
            {
                await using var tx = await db.Begin(ct);
                // Who brings the same content just now holds it, and will say that it is used.
                if (!await BlobStore.TryHold(tx, sha256, ct) || !await BlobStore.Remove(tx, sha256, ct)) continue;
                await storage.Remove(sha256, ct);
                await tx.Commit(ct);
                removed++;
            }
        }
        while (unused.Count == Batch && removed > 0);
    }

    /// <summary>What was put into the storage by somebody who then did not come to say so.</summary>
    async Task RemoveUnknown(DateTimeOffset before, CancellationToken ct)
    {
        await foreach (var some in Chunks(storage.List(ct), before))
            foreach (var sha256 in some.Except(await BlobStore.Known(db, some, ct)))
            {
                await using var tx = await db.Begin(ct);
                if (!await BlobStore.TryHold(tx, sha256, ct) || await BlobStore.IsKnown(tx, sha256, ct)) continue;
                await storage.Remove(sha256, ct);
                await tx.Commit(ct);
            }
    }

    static async IAsyncEnumerable<string[]> Chunks(IAsyncEnumerable<StoredObject> objects, DateTimeOffset before)
    {
        var some = new List<string>(Batch);
        await foreach (var stored in objects)
        {
            if (stored.StoredAt >= before) continue;
            some.Add(stored.Sha256);
            if (some.Count < Batch) continue;
            yield return [.. some];
            some.Clear();
        }
        if (some.Count > 0) yield return [.. some];
    }
}
