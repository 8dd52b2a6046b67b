using System.Runtime.InteropServices;
using System.Text.Json;
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
    Db db, Clock clock, TimeProvider time, EventLog events, Jobs jobs, WebAddress web, AssetOperations assets, DatasetRoles roles, UserSql userSql,
    RunningQueries running, Database database, Settings settings)
{
    const int PreviewRows = 12;
    const int DetailRows = 5;

    /// <summary>Creates a dataset from the text of a schema and rows, all that may go in or nothing.</summary>
    public async Task<WrittenDataset> Create(Actor actor, CreateDataset input, CancellationToken ct)
    {
        Contract.Present(input, "dataset");
        var table = DatasetRules.New(input, Guid.CreateVersion7());
        var rows = input.Rows is { ValueKind: JsonValueKind.Array } given ? RowWriting.Read(table, JsonMarshal.GetRawUtf8Value(given), IngestMode.Append) : null;
        return await TableLocks.Patiently(time, () => Create(actor, input, table, rows, ct), ct);
    }

    async Task<WrittenDataset> Create(Actor actor, CreateDataset input, StoredTable table, JsonRowsInput? rows, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        if (table.References.Any()) await TableLocks.Limit(tx, ct);
        await DatasetStore.CreateTable(tx, table, ct);
        var ingested = rows is null ? null : await RowWriting.Write(tx, actor, table, rows, IngestMode.Append, ct);
        // After the rows, so that their references are looked at all at once, and before the asset is written: see HoldTargets.
        var columns = new List<StoredColumn>();
        foreach (var column in table.Columns) columns.Add(await ColumnWriting.Constrain(tx, table, column, isChecked: false, ct));
        table = table with { Columns = columns, RowCount = ingested?.Inserted ?? 0 };
        var asset = await Publish(tx, actor, table,
            new Asset { Id = table.AssetId, Name = input.Name, Description = input.Description, LicenseId = input.LicenseId, Attribution = input.Attribution ?? new() },
            input.Visibility, input.OrgId, input.TeamId, ct, input);
        await tx.Commit(ct);
        return new(asset, ingested is null ? null : new(ingested.Inserted, ingested.Skipped), ingested?.Warning);
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

    /// <summary>What a full reading of a dataset shows: its columns, its size, a taste of its rows, and what it was made from.</summary>
    public async Task<JsonElement> Details(Actor actor, Guid id, CancellationToken ct)
    {
        var stats = await Stats(actor, id, ct);
        var taste = (await assets.RightsOn(actor, id, ct)).MayOpen ? (await Rows(actor, id, DetailRows, 0, ct)).Rows : default;
        return Wire.Element(new { stats.TableName, Schema = await Schema(actor, id, ct), stats, Preview = taste, Lineage = await Lineage(actor, id, ct) });
    }

    /// <summary>
    /// Takes away the view and the role, in the transaction that deletes the asset, and the table. One with references is left to a job, because
    /// dropping it needs the assets for itself.
    /// </summary>
    public async Task Remove(Tx tx, Guid id, CancellationToken ct)
    {
        if (await DatasetStore.Hold(tx, id, ct) is not { } table) return;
        if (MayQuery) await roles.Remove(tx, table.Table, ct);
        await DatasetStore.DropView(tx, table, ct);
        if (table.References.Any()) await TableRemoval.Add(jobs, tx, table, ct);
        else await DatasetStore.DropTable(tx, table, ct);
        await userSql.Drop(table.Table);
        known.TryRemove(id, out _);
    }

    bool MayQuery => database.IsHardened || settings.UserSql;

    async Task<StoredTable> Find(Actor actor, Guid id, CancellationToken ct) =>
        await DatasetStore.Find(db, actor, id, ct) ?? throw Refusal.NoAsset(id);

    static async Task<JsonElement> Preview(Tx tx, StoredTable table, CancellationToken ct) =>
        (await tx.ReadText(DatasetStore.FirstRows(table, PreviewRows), (reader, token) => ResultRows.Read(reader, PreviewRows, MostBytesOfAPage, token), ct)).Rows.As<JsonElement>();
}
