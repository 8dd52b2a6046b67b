namespace Ouro.Server.Datasets;

/// <summary>What a query yields, made a dataset of its own.</summary>
public sealed partial class DatasetOperations
{
    /// <summary>
    /// Runs one SELECT and makes a dataset of its rows, all or nothing, that remembers what it was made from. It is private unless something else
    /// is asked for, whatever the datasets are that it was made from.
    /// </summary>
    public async Task<WrittenDataset> CreateFromQuery(Actor actor, CreateFromQuery input, CancellationToken ct)
    {
        var name = Contract.Name(input.Name);
        await assets.PlaceFor(actor, input.OrgId, input.TeamId, ct);
        var query = await Ready(actor, input.DatasetId, new(input.Query ?? ""), ct);
        return await running.Run(actor.Id, input.QueryId, stop => AsTheirLogin(actor, query, () => Save(actor, input with { Name = name }, query, stop), stop), ct);
    }

    /// <summary>What a dataset was made from, as far as the actor may open it: a query tells of all that it reads, so it is shown to who may read all of that.</summary>
    public async Task<DatasetLineage> Lineage(Actor actor, Guid id, CancellationToken ct)
    {
        await Find(actor, id, ct);
        if (await LineageStore.Find(db, id, ct) is not { } kept) return new(null, null, [], null);
        var open = (await DatasetStore.FindAll(db, actor, [id, .. kept.Datasets], ct)).Select(t => t.AssetId).ToHashSet();
        return kept.Datasets.Append(id).All(open.Contains) ? kept : new(null, null, [.. kept.Datasets.Where(open.Contains)], null);
    }

    async Task<WrittenDataset> Save(Actor actor, CreateFromQuery input, SentQuery query, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        StoredTable? table = null;
        await using var tx = await db.Begin(ct);
        await using var rows = new CopiedRows(QueryLimits.Saved, async (columns, token) =>
        {
            table = DatasetRules.New(id, input.Name, DatasetRules.Columns(columns));
            await DatasetStore.CreateTable(tx, table, token);
            return await tx.Connection.BeginTextImportAsync($"copy {table.From} ({table.ColumnList}) from stdin", token);
        });
        await userSql.Save(query, actor.Id, QueryLimits.Saved, rows, ct);
        await rows.Complete(ct);

        var cut = DatasetRules.ToldSaved(rows.Truncated);
        var asset = await Publish(tx, actor, table! with { RowCount = rows.Count }, new Asset
        {
            Id = id, Name = input.Name, Description = input.Description, LicenseId = input.LicenseId,
            Attribution = input.Attribution ?? new() { Originality = "derivative" },
        }, input.Visibility ?? Visibility.Private, input.OrgId, input.TeamId, ct);
        Guid[] sources = [.. query.Tables.Select(t => t.Id)];
        await LineageStore.Keep(tx, id, new(input.Query, input.DatasetId, sources, cut), ct);
        foreach (var source in sources) await assets.Connect(tx, actor, ConnectionType.Derivative, source, id, ct);
        asset = await assets.Get(tx, actor, id, ct);
        await tx.Commit(ct);
        return new(asset, new(rows.Count, 0), cut is null ? null : new(cut, []));
    }
}
