using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What a dataset was made from.</summary>
static class LineageStore
{
    public static Task Keep(Session tx, Guid id, JsonElement lineage, CancellationToken ct) => tx.Run($"""
        update assets set metadata = metadata || jsonb_build_object('lineage', {lineage}::jsonb) where id = {id}
        """, ct);

    /// <summary>An edge from each source to what was made from them.</summary>
    public static Task Connect(Session tx, Guid user, Guid[] edges, Guid[] sources, Guid target, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        insert into connections (id, type, user_id, source_id, target_id, created_at, last_updated)
        select e.id, 'derivative', {user}, e.source, {target}, {now}, {now}
        from unnest({edges}, {sources}) e (id, source)
        """, ct);
}
