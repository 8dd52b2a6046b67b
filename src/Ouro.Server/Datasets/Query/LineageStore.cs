using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What a dataset was made from.</summary>
static class LineageStore
{
    public static Task Keep(Session tx, Guid id, JsonElement lineage, CancellationToken ct) => tx.Run($"""
        update assets set metadata = metadata || jsonb_build_object('lineage', {lineage}::jsonb) where id = {id}
        """, ct);
}
