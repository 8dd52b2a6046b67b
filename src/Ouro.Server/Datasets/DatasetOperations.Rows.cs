using System.Collections.Concurrent;
using Npgsql;
using Ouro.Server.Events;

namespace Ouro.Server.Datasets;

/// <summary>Rows of datasets: read in pages, and written.</summary>
public sealed partial class DatasetOperations
{
    const int MostRowsOfAPage = 1000;
    const long MostBytesOfAPage = 64 << 20;
    const int MostKnown = 10_000;

    // Names and columns of tables, so that a page is one round trip. What is stale finds no rows or fails in PostgreSQL, and is looked up anew.
    readonly ConcurrentDictionary<Guid, StoredTable> known = new();

    /// <summary>A page of rows, in the order of ingestion; where it is asked for with what its references name.</summary>
    public Task<RowPage> Rows(Actor actor, Guid id, int? limit, int? offset, CancellationToken ct, bool resolveRefs = false)
    {
        var (size, skip) = Contract.Window(limit, offset, 100, MostRowsOfAPage);
        return OnTable(actor, id, async table =>
        {
            var select = table.IsCounted ? DatasetStore.PageByCounting(table, actor, size, skip) : DatasetStore.PageOf(table, actor, size, skip);
            var page = await db.ReadText(select, (reader, token) => ResultRows.Read(reader, size, MostBytesOfAPage, token), ct);
            if (page.Count == 0 && await IsStale(actor, table, ct, page.Truncated is null ? skip : long.MaxValue)) return null;
            if (page is { Count: 0, Truncated: not null }) throw TooLarge($"The row at offset {skip}");
            return new RowPage(page.Rows, new(skip, size, page.Truncated is not null), resolveRefs ? await References.Resolve(db, web, actor, table, page.Rows, ct) : null);
        }, ct);
    }

    /// <summary>Reads a table by what is known of it; anew where its columns are not these any more, which is told by null.</summary>
    async Task<T> OnTable<T>(Actor actor, Guid id, Func<StoredTable, Task<T?>> read, CancellationToken ct) where T : class
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            var table = known.TryGetValue(id, out var kept) ? kept : Known(await Find(actor, id, ct));
            try
            {
                if (await read(table) is { } result) return result;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
            {
                known.TryRemove(id, out _);
            }
        }
        throw Refusal.Conflict("busy", "The columns of this dataset are being changed right now.", "Try again in a moment.");
    }

    /// <summary>The same for what must not miss a column that another server added: by what the database knows of the table now.</summary>
    async Task<T> OnTableNow<T>(Actor actor, Guid id, Func<StoredTable, Task<T?>> read, CancellationToken ct) where T : class
    {
        Known(await Find(actor, id, ct));
        return await OnTable(actor, id, read, ct);
    }

    /// <summary>
    /// No rows may mean that nothing here is this actor's to see, that there are none, that the columns are not these any more, or that pages of this
    /// table are found by counting only, where there are more rows than were <paramref name="skipped"/>. The last two are known from then on.
    /// </summary>
    async Task<bool> IsStale(Actor actor, StoredTable table, CancellationToken ct, long skipped = long.MaxValue)
    {
        var now = await MustOpen(actor, table.AssetId, ct);
        var isCounted = !table.IsCounted && now.RowCount > skipped;
        if (now.Version == table.Version && !isCounted) return false;
        Known(now with { IsCounted = isCounted });
        return true;
    }

    static Refusal TooLarge(string row) =>
        new(413, "row_too_large", $"{row} is larger than {MostBytesOfAPage >> 20} MB.", "Select some of its columns with SQL.");

    /// <summary>Puts rows into a dataset: all of them or none, but for those whose references name nothing.</summary>
    public async Task<WrittenRows> WriteRows(Actor actor, Guid id, RowsBody body, CancellationToken ct)
    {
        while (true)
        {
            var seen = await MustWrite(actor, id, ct);
            // The work on the text is done before others wait for it.
            var rows = RowWriting.Read(seen, body.Rows.Span, body.Mode);
            await using var tx = await db.Begin(ct);
            await tx.Run($"set local lock_timeout = '5s'", ct);
            var table = await DatasetStore.Hold(tx, id, ct) ?? throw Refusal.NoAsset(id);
            if (table.Version != seen.Version) continue;
            var ingested = await RowWriting.Write(tx, actor, table, rows, body.Mode, ct);
            var count = (body.Mode == IngestMode.Overwrite ? 0 : table.RowCount) + ingested.Added;
            // Rows that follow others change nothing about the first ones.
            var isSeen = body.Finalize || body.Mode != IngestMode.Append || table.RowCount < PreviewRows;
            await DatasetStore.SetRows(tx, id, count, clock.Now(), isSeen ? await Preview(tx, table, ct) : null, ct);
            await events.Record(tx, actor, "dataset.rows_written", id, Audience.Asset(id), new { ingested.Inserted, ingested.Skipped, body.Mode }, ct);
            await tx.Commit(ct);
            return new(ingested.Inserted, ingested.Skipped, body.Mode, ingested.Warning);
        }
    }

    StoredTable Known(StoredTable table)
    {
        if (known.Count >= MostKnown) known.Clear();
        return known[table.AssetId] = table;
    }

    async Task<StoredTable> MustOpen(Actor actor, Guid id, CancellationToken ct)
    {
        await assets.MustOpen(actor, id, ct);
        return await Find(actor, id, ct);
    }

    async Task<WritableTable> MustWrite(Actor actor, Guid id, CancellationToken ct)
    {
        var table = await DatasetStore.FindToWrite(db, actor, id, ct) ?? throw Refusal.NoAsset(id);
        return table.MayWrite ? table
            : throw Refusal.Forbidden("update_forbidden", "You may see this dataset and not change it.", "Ask its owner for the role write.");
    }
}
