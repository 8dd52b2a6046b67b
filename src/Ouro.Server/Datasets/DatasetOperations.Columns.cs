using System.Text.Json;
using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Datasets;

/// <summary>What became of one change of several.</summary>
/// <param name="Op">What was done.</param>
/// <param name="Result">The column as it is now, or the name of the one that is gone.</param>
public sealed record EditedColumn(ColumnOp Op, object Result);

/// <summary>What datasets say of themselves and of their columns, and how that changes.</summary>
public sealed partial class DatasetOperations
{
    /// <summary>Changes what a dataset says of itself, and what its columns mean: all of it or nothing.</summary>
    public async Task<Asset> Update(Actor actor, Guid id, UpdateDataset input, CancellationToken ct)
    {
        Contract.Present(input, "dataset");
        var metadata = DatasetRules.OwnMetadata(input.Metadata);
        var edits = ColumnRules.Edits(input.Refs ?? DatasetRules.RefsOf(input.Metadata), input.EnumColumns ?? DatasetRules.EnumsOf(input.Metadata)).ToList();
        if (edits.Count > 0) return (await Edit(actor, id, edits, input, metadata, ct)).Asset;
        await MustWrite(actor, id, ct);
        await using var tx = await db.Begin(ct);
        await tx.Run($"set local lock_timeout = '3s'", ct);
        var asset = DatasetRules.MustStayBounded(await assets.Change(tx, actor, id, input, ct, metadata is null ? null : new(metadata)));
        await tx.Commit(ct);
        return asset;
    }

    /// <summary>Adds a column; the rows that are there have no value in it.</summary>
    public async Task<DatasetColumn> AddColumn(Actor actor, Guid id, AddColumn input, CancellationToken ct)
    {
        Contract.Present(input, "name");
        return (DatasetColumn)(await EditColumns(actor, id, [new()
        {
            Op = ColumnOp.Add, Name = input.Name, Type = input.Type, Nullable = input.Nullable, Label = input.Label,
            EnumValues = input.EnumValues is null ? default : new(input.EnumValues), Ref = input.Ref is null ? default : new(input.Ref),
        }], ct)).Single().Result;
    }

    /// <summary>Renames a column, gives it another type, label or meaning: every value is converted, or nothing is changed.</summary>
    public async Task<DatasetColumn> UpdateColumn(Actor actor, Guid id, string column, UpdateColumn input, CancellationToken ct)
    {
        Contract.Present(input, "column");
        return (DatasetColumn)(await EditColumns(actor, id, [new()
        {
            Op = ColumnOp.Update, Column = column, NewName = input.NewName, Type = input.Type, Label = input.Label, EnumValues = input.EnumValues, Ref = input.Ref,
        }], ct)).Single().Result;
    }

    /// <summary>Takes a column away, with all that is in it.</summary>
    public async Task<DroppedColumn> DropColumn(Actor actor, Guid id, string column, CancellationToken ct) =>
        (DroppedColumn)(await EditColumns(actor, id, [new() { Op = ColumnOp.Drop, Column = column }], ct)).Single().Result;

    /// <summary>Several changes of columns, one after the other, all or none.</summary>
    public async Task<IReadOnlyList<EditedColumn>> EditColumns(Actor actor, Guid id, IReadOnlyList<ColumnEdit> edits, CancellationToken ct)
    {
        if (edits.Count is 0 or > MostEdits) throw Refusal.Fields(("operations", $"operations are 1 to {MostEdits} changes of columns."));
        return (await Edit(actor, id, edits, null, null, ct)).Edited;
    }

    const int MostEdits = 100;

    async Task<(Asset Asset, List<EditedColumn> Edited)> Edit(
        Actor actor, Guid id, IReadOnlyList<ColumnEdit> edits, UpdateDataset? change, JsonElement? metadata, CancellationToken ct)
    {
        await MustWrite(actor, id, ct);
        var (table, asset, edited) = await TableLocks.Patiently(time, () => EditOnce(actor, id, edits, change, metadata, ct), ct);
        known[id] = table;
        await ColumnWriting.Validate(db, table, ct);
        return (asset, edited);
    }

    async Task<(StoredTable Table, Asset Asset, List<EditedColumn> Edited)> EditOnce(
        Actor actor, Guid id, IReadOnlyList<ColumnEdit> edits, UpdateDataset? change, JsonElement? metadata, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        await TableLocks.Limit(tx, ct);
        var table = await DatasetStore.Hold(tx, id, ct) ?? throw Refusal.NoAsset(id);
        table = table with { Version = table.Version + 1 };
        await DatasetStore.DropView(tx, table, ct);
        var edited = new List<EditedColumn>();
        foreach (var (edit, number) in edits.Select((edit, i) => (edit, i + 1)))
            try
            {
                table = await Apply(tx, actor, table, edit, edited, ct);
            }
            catch (Refusal refusal) when (edits.Count > 1)
            {
                throw new Refusal(refusal.Status, refusal.Code, $"Change {number} of {edits.Count}: {refusal.Message} None of the changes was made.", refusal.Hint, refusal.Details);
            }

        await DatasetStore.CreateView(tx, table, ct);
        if (MayQuery) await roles.Grant(tx, table.Table, ct);
        await DatasetStore.SetColumns(tx, table, ct);
        await events.Record(tx, actor, "dataset.columns_changed", id, Audience.Asset(id), new { changes = edits.Select(e => new { e.Op, Column = e.Column ?? e.Name }) }, ct);
        // Last, because it writes the asset: see HoldTargets.
        var own = new OwnChange(DatasetRules.Metadata(table, metadata), await Preview(tx, table, ct));
        var asset = DatasetRules.MustStayBounded(await assets.Change(tx, actor, id, change ?? new UpdateDataset(), ct, own));
        await tx.Commit(ct);
        return (table, asset, edited);
    }

    static async Task<StoredTable> Apply(Tx tx, Actor actor, StoredTable table, ColumnEdit edit, List<EditedColumn> edited, CancellationToken ct)
    {
        var before = edit.Op == ColumnOp.Add ? null : ColumnRules.Find(table, edit.Column ?? edit.Name);
        var after = await ColumnWriting.Change(tx, actor, table, before, ColumnRules.After(table, before, edit), ct);
        edited.Add(new(edit.Op, after is null ? new DroppedColumn(before!.Name) : after.ToColumn()));
        var columns = table.Columns.ToList();
        if (before is null) columns.Add(after!);
        else if (after is null) columns.Remove(before);
        else columns[columns.IndexOf(before)] = after;
        return table with { Columns = columns };
    }
}
