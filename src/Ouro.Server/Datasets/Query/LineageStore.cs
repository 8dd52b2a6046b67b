using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What a dataset was made from.</summary>
static class LineageStore
{
    public static Task Keep(Session tx, Guid id, DatasetLineage lineage, CancellationToken ct) => tx.Run($"""
        update dataset_tables set lineage = {Wire.Element(lineage)} where asset_id = {id}
        """, ct);

    public static async Task<DatasetLineage?> Find(Session db, Guid id, CancellationToken ct) =>
        await db.Maybe<string>($"select lineage::text from dataset_tables where asset_id = {id}", ct) is { } kept ? Wire.Json<DatasetLineage>(kept) : null;
}
