using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Datasets;

/// <summary>Saved views of datasets: listed, saved, changed, deleted, run.</summary>
public sealed class ViewOperations(Db db, Clock clock, EventLog events, AssetOperations assets, DatasetOperations datasets)
{
    /// <summary>The views of a dataset, oldest first, for who may open it: a query tells what is in the rows. The list comes whole; a dataset has at most 200.</summary>
    public async Task<IReadOnlyList<DatasetView>> List(Actor actor, Guid datasetId, CancellationToken ct)
    {
        if (!(await RightsOn(actor, datasetId, ct)).MayOpen) await assets.MustOpen(actor, datasetId, ct);
        return await ViewStore.Visible(db, datasetId, ct);
    }

    /// <summary>Saves a view. Its query is planned first, so that what is saved can be run.</summary>
    public async Task<DatasetView> Create(Actor actor, Guid datasetId, CreateView input, CancellationToken ct)
    {
        ViewRules.MustChange(await RightsOn(actor, datasetId, ct));
        var view = ViewRules.New(actor, datasetId, input, clock.Now());
        await MustRun(actor, view, ct);

        await using var tx = await db.Begin(ct);
        if (await ViewStore.CountHeld(tx, datasetId, ct) >= ViewRules.Most)
            throw Refusal.Conflict("too_many_views", $"A dataset has at most {ViewRules.Most} views.", "Delete one, or change one.");
        await ViewStore.Add(tx, view, ct);
        await events.Record(tx, actor, "dataset_view.created", datasetId, Audience.Asset(datasetId), new { view.Id, view.Name }, ct);
        await tx.Commit(ct);
        return view;
    }

    /// <summary>Changes a view; what is not given stays as it is.</summary>
    public async Task<DatasetView> Update(Actor actor, Guid datasetId, Guid id, UpdateView change, CancellationToken ct)
    {
        ViewRules.MustChange(await RightsOn(actor, datasetId, ct));
        // A query is planned before anything is held, because it may have to wait for its turn.
        if (change.SqlQuery.IsGiven) await MustRun(actor, ViewRules.Changed(await Find(actor, datasetId, id, ct), change, clock.Now()), ct);

        await using var tx = await db.Begin(ct);
        var view = ViewRules.Changed(await ViewStore.Hold(tx, datasetId, id, ct) ?? throw NoView(id), change, clock.Now());
        await ViewStore.Change(tx, view, ct);
        await events.Record(tx, actor, "dataset_view.updated", datasetId, Audience.Asset(datasetId), new { view.Id, view.Name }, ct);
        await tx.Commit(ct);
        return view;
    }

    /// <summary>Deletes a view and answers what it was.</summary>
    public async Task<DatasetView> Delete(Actor actor, Guid datasetId, Guid id, CancellationToken ct)
    {
        ViewRules.MustChange(await RightsOn(actor, datasetId, ct));
        await using var tx = await db.Begin(ct);
        var view = await ViewStore.Hold(tx, datasetId, id, ct) ?? throw NoView(id);
        await ViewStore.Remove(tx, id, ct);
        await events.Record(tx, actor, "dataset_view.deleted", datasetId, Audience.Asset(datasetId), new { view.Id, view.Name }, ct);
        await tx.Commit(ct);
        return view;
    }

    /// <summary>Runs a view's query as whoever looks, so that it shows nobody more than they may read; without a query, the dataset's own rows.</summary>
    public async Task<ViewAnswer> Run(Actor actor, Guid datasetId, Guid id, CancellationToken ct)
    {
        var view = await Find(actor, datasetId, id, ct);
        return new(view, await datasets.Query(actor, datasetId, new(view.SqlQuery ?? $"select * from {QueryText.Placeholder}"), ct));
    }

    async Task<DatasetView> Find(Actor actor, Guid datasetId, Guid id, CancellationToken ct)
    {
        await RightsOn(actor, datasetId, ct);
        return await ViewStore.Find(db, datasetId, id, ct) ?? throw NoView(id);
    }

    async Task<HeldRights> RightsOn(Actor actor, Guid datasetId, CancellationToken ct) =>
        await assets.RightsOn(actor, datasetId, ct) is var held && held.AssetType == AssetType.Dataset ? held : throw Refusal.NoAsset(datasetId);

    async Task MustRun(Actor actor, DatasetView view, CancellationToken ct)
    {
        if (view.SqlQuery is { } sql) await datasets.Plan(actor, view.DatasetId, new(sql), ct);
    }

    static Refusal NoView(Guid id) => Refusal.NotFound("view_not_found", $"This dataset has no view {id}.");
}
