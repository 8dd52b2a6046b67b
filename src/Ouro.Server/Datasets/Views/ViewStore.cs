using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

static class ViewStore
{
    static Sql Columns => $"id, dataset_id, name, description, sql_query, config, engine_type, created_by, created_at, last_updated";

    public static Task<List<DatasetView>> Visible(Session db, Guid dataset, CancellationToken ct) => db.Query<DatasetView>($"""
        select {Columns}
        from dataset_views
        where dataset_id = {dataset}
        order by created_at, id
        limit {ViewRules.Most}
        """, ct);

    public static Task<DatasetView?> Find(Session db, Guid dataset, Guid id, CancellationToken ct) => db.Maybe<DatasetView>($"""
        select {Columns} from dataset_views where dataset_id = {dataset} and id = {id}
        """, ct);

    /// <summary>The view, held against other changes until the transaction ends.</summary>
    public static Task<DatasetView?> Hold(Session tx, Guid dataset, Guid id, CancellationToken ct) => tx.Maybe<DatasetView>($"""
        select {Columns} from dataset_views where dataset_id = {dataset} and id = {id} for update
        """, ct);

    /// <summary>How many views a dataset has, with nobody adding one until the transaction ends.</summary>
    public static async Task<long> CountHeld(Session tx, Guid dataset, CancellationToken ct)
    {
        await tx.Run($"select pg_advisory_xact_lock(hashtext({"dataset_views " + dataset}))", ct);
        return await tx.Maybe<long>($"select count(*) from dataset_views where dataset_id = {dataset}", ct);
    }

    public static Task Add(Session tx, DatasetView view, CancellationToken ct) => tx.Run($"""
        insert into dataset_views (id, dataset_id, name, description, sql_query, config, engine_type, created_by, created_at, last_updated)
        values ({view.Id}, {view.DatasetId}, {view.Name}, {view.Description}, {view.SqlQuery}, {view.Config}, {view.EngineType}, {view.CreatedBy},
          {view.CreatedAt}, {view.LastUpdated})
        """, ct);

    public static Task Change(Session tx, DatasetView view, CancellationToken ct) => tx.Run($"""
        update dataset_views
        set name = {view.Name}, description = {view.Description}, sql_query = {view.SqlQuery}, config = {view.Config}, last_updated = {view.LastUpdated}
        where id = {view.Id}
        """, ct);

    public static Task Remove(Session tx, Guid id, CancellationToken ct) => tx.Run($"delete from dataset_views where id = {id}", ct);
}
