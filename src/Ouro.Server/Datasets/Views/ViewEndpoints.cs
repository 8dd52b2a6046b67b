namespace Ouro.Server.Datasets;

/// <summary>The REST door of saved views.</summary>
public static class ViewEndpoints
{
    public static void MapViews(this RouteGroupBuilder datasets)
    {
        datasets.MapGet("/{id}/visualizations", List).WithName("views.list");
        datasets.MapPost("/{id}/visualizations", Create).WithName("views.create");
        datasets.MapPut("/{id}/visualizations/{viewId}", Update).WithName("views.update");
        datasets.MapDelete("/{id}/visualizations/{viewId}", Delete).WithName("views.delete");
        datasets.MapGet("/{id}/visualizations/{viewId}/data", Run).WithName("views.run");
    }

    /// <summary>The saved views of a dataset, oldest first</summary>
    public static Task<Envelope<IReadOnlyList<DatasetView>>> List(ViewOperations views, Actor actor, Guid id, CancellationToken ct) =>
        views.List(actor, id, ct).Enveloped();

    /// <summary>Save a view: a query, how to draw its result, or both</summary>
    public static Task<Envelope<DatasetView>> Create(ViewOperations views, Actor actor, Guid id, CreateView body, CancellationToken ct) =>
        views.Create(actor, id, body, ct).Enveloped();

    /// <summary>Change a view; what is absent stays as it is</summary>
    public static Task<Envelope<DatasetView>> Update(ViewOperations views, Actor actor, Guid id, Guid viewId, UpdateView body, CancellationToken ct) =>
        views.Update(actor, id, viewId, body, ct).Enveloped();

    /// <summary>Delete a view</summary>
    public static Task<Envelope<DatasetView>> Delete(ViewOperations views, Actor actor, Guid id, Guid viewId, CancellationToken ct) =>
        views.Delete(actor, id, viewId, ct).Enveloped();

    /// <summary>Run a view's query as the caller</summary>
    public static Task<Envelope<RawJson>> Run(ViewOperations views, Actor actor, Guid id, Guid viewId, CancellationToken ct) =>
        views.Run(actor, id, viewId, ct).Enveloped();
}
