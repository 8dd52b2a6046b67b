using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Datasets;

/// <summary>A dataset as it was just written: the asset, how many rows came in, and what was left out.</summary>
/// <param name="Asset">The dataset.</param>
/// <param name="RowIngest">How many rows came in; null where none were sent, because a client that reads a count does not send them later.</param>
/// <param name="Warning">What was left out.</param>
public sealed record WrittenDataset(Asset Asset, RowIngest? RowIngest, IngestWarning? Warning);

/// <summary>Tables that answer SQL: made, read, written, asked, deleted.</summary>
public sealed partial class DatasetOperations(
    Db db, Clock clock, EventLog events, AssetOperations assets, DatasetRoles roles, UserSql userSql, Database database, Settings settings)
{
    const int PreviewRows = 12;
    const int DetailRows = 5;
    const int MostRowsOfAPage = 1000;
    const long MostBytesOfAPage = 64 << 20;

    // Names and columns of tables, so that a page is one round trip. What is stale shows itself as an error of PostgreSQL and is looked up anew.
    readonly ConcurrentDictionary<Guid, StoredTable> known = new();

    /// <summary>Creates a dataset from the text of a schema and rows, all or nothing.</summary>
    public async Task<WrittenDataset> Create(Actor actor, CreateDataset input, CancellationToken ct)
    {
        Contract.Present(input, "dataset");
        if (Holds(input.Refs) || Holds(input.EnumColumns))
            throw Refusal.Invalid("columns_not_available", "Reference and enum columns are not available on this server yet.", "Create the dataset with plain columns.");
        var rows = input.Rows ?? default;
        var columns = DatasetRules.Columns(input, rows);
        var id = Guid.CreateVersion7();
        var table = DatasetRules.New(id, input.Name, columns);

        await using var tx = await db.Begin(ct);
        await DatasetStore.CreateTable(tx, table, ct);
        var ingested = rows.ValueKind == JsonValueKind.Array ? await RowWriting.Append(tx, table, rows, ct) : RowWriting.Nothing;
        table = table with { RowCount = ingested.Inserted };
        var asset = await Publish(tx, actor, table, new Asset { Id = id, Name = input.Name, Description = input.Description, LicenseId = input.LicenseId, Attribution = input.Attribution ?? new() },
            input.Visibility, input.OrgId, input.TeamId, ct, input);
        await tx.Commit(ct);
        return new(asset, input.Rows is null ? null : new(ingested.Inserted, ingested.Skipped), ingested.Warning);
    }

    /// <summary>Makes a filled table a dataset: its view, its role, its asset with a preview. The caller commits.</summary>
    public async Task<Asset> Publish(
        Tx tx, Actor actor, StoredTable table, Asset draft, Visibility? visibility, Guid? org, Guid? team, CancellationToken ct, Pricing? pricing = null)
    {
        await DatasetStore.CreateView(tx, table, ct);
        if (MayQuery) await roles.Create(tx, table.Table, ct);
        var preview = await Preview(tx, table, ct);
        var asset = await assets.Add(tx, actor, draft with { AssetType = AssetType.Dataset, Metadata = DatasetRules.Metadata(table), Preview = preview }, visibility, org, team, ct, pricing);
        await DatasetStore.Add(tx, table, ct);
        return await assets.Get(tx, actor, asset.Id, ct);
    }

    public async Task<IReadOnlyList<DatasetColumn>> Schema(Actor actor, Guid id, CancellationToken ct) =>
        [.. (await Find(actor, id, ct)).Columns.Select(c => c.ToColumn())];

    public async Task<DatasetStats> Stats(Actor actor, Guid id, CancellationToken ct)
    {
        var table = await Find(actor, id, ct);
        var size = await DatasetStore.SizeOf(db, table, ct);
        return new(table.RowCount, false, table.Columns.Count, [.. table.Columns.Select(c => c.Name)], table.Label, DatasetTable.Schema, size);
    }

    /// <summary>What a full reading of a dataset shows: its columns, its size, and a taste of its rows.</summary>
    public async Task<JsonElement> Details(Actor actor, Guid id, CancellationToken ct)
    {
        var stats = await Stats(actor, id, ct);
        var taste = (await assets.RightsOn(actor, id, ct)).MayOpen ? (await Rows(actor, id, DetailRows, 0, ct)).Rows : default;
        return Wire.Element(new { stats.TableName, Schema = (await Schema(actor, id, ct)).Select(c => new { c.ColumnName, c.DataType }), stats, Preview = taste });
    }

    /// <summary>A page of rows, in the order of ingestion.</summary>
    public Task<RowPage> Rows(Actor actor, Guid id, int? limit, int? offset, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, 100, MostRowsOfAPage);
        return OnTable(actor, id, async table =>
        {
            var page = await db.ReadText(DatasetStore.PageOf(table, actor, size, skip), (reader, token) => ResultRows.Read(reader, size, MostBytesOfAPage, token), ct);
            // No rows may mean that there are none, or that nothing here is this actor's to see.
            if (page.Count == 0) await assets.MustOpen(actor, id, ct);
            if (page is { Count: 0, Truncated: not null }) throw TooLarge($"The row at offset {skip}");
            return new RowPage(page.Rows, new(skip, size, page.Truncated is not null));
        }, ct);
    }

    /// <summary>Reads a table by what is known of it; once more where its columns have changed meanwhile.</summary>
    async Task<T> OnTable<T>(Actor actor, Guid id, Func<StoredTable, Task<T>> read, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            var table = known.TryGetValue(id, out var kept) ? kept : known[id] = await Find(actor, id, ct);
            try
            {
                return await read(table);
            }
            catch (PostgresException e) when (attempt == 0 && e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
            {
                known.TryRemove(id, out _);
            }
        }
    }

    static Refusal TooLarge(string row) =>
        new(413, "row_too_large", $"{row} is larger than {MostBytesOfAPage >> 20} MB.", "Select some of its columns with SQL.");

    /// <summary>Puts rows into a dataset; all of them or none.</summary>
    public async Task<WrittenDataset> WriteRows(Actor actor, Guid id, WriteRows input, CancellationToken ct)
    {
        if (input.Rows.ValueKind != JsonValueKind.Array) throw Refusal.Fields(("rows", "rows is a list of objects."));
        await MustWrite(actor, id, ct);
        await using var tx = await db.Begin(ct);
        await tx.Run($"set local lock_timeout = '5s'", ct);
        var table = await DatasetStore.Hold(tx, id, ct) ?? throw Refusal.NoAsset(id);
        var ingested = input.Mode switch
        {
            IngestMode.Overwrite => await RowWriting.Overwrite(tx, table, input.Rows, ct),
            IngestMode.Upsert => await RowWriting.Upsert(tx, table, input.Rows, ct),
            _ => await RowWriting.Append(tx, table, input.Rows, ct),
        };
        var count = (input.Mode == IngestMode.Overwrite ? 0 : table.RowCount) + ingested.Added;
        await DatasetStore.SetRowCount(tx, id, count, ct);
        await AssetStore.Touch(tx, id, clock.Now(), await Preview(tx, table, ct), ct);
        await events.Record(tx, actor, "dataset.rows_written", id, Audience.Asset(id), new { ingested.Inserted, ingested.Skipped, input.Mode }, ct);
        var asset = await assets.Get(tx, actor, id, ct);
        await tx.Commit(ct);
        return new(asset, new(ingested.Inserted, ingested.Skipped, input.Mode), ingested.Warning);
    }

    /// <summary>Takes away the table, its view and its role, in the transaction that deletes the asset.</summary>
    public async Task Remove(Tx tx, Guid id, CancellationToken ct)
    {
        if (await DatasetStore.Hold(tx, id, ct) is not { } table) return;
        if (MayQuery) await roles.Remove(tx, table.Table, ct);
        await DatasetStore.Drop(tx, table, ct);
        await userSql.Drop(table.Table);
        known.TryRemove(id, out _);
    }

    bool MayQuery => database.IsHardened || settings.UserSql;

    async Task<StoredTable> Find(Actor actor, Guid id, CancellationToken ct) =>
        await DatasetStore.Find(db, actor, id, ct) ?? throw Refusal.NoAsset(id);

    async Task MustWrite(Actor actor, Guid id, CancellationToken ct)
    {
        var held = await assets.RightsOn(actor, id, ct);
        if (held.AssetType != AssetType.Dataset) throw Refusal.NoAsset(id);
        if (!held.MayWrite) throw Refusal.Forbidden("update_forbidden", "You may read this dataset and not change it.", "Ask its owner for the role write.");
    }

    static async Task<JsonElement> Preview(Tx tx, StoredTable table, CancellationToken ct) =>
        (await tx.ReadText(DatasetStore.FirstRows(table, PreviewRows), (reader, token) => ResultRows.Read(reader, PreviewRows, MostBytesOfAPage, token), ct)).Rows.As<JsonElement>();

    static bool Holds(JsonElement? declared) => declared is { ValueKind: JsonValueKind.Object } d && d.EnumerateObject().Any();
}
