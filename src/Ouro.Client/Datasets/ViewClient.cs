using System.Text.Json;

namespace Ouro;

/// <summary>Saved views of datasets. A part of <see cref="OuroClient"/>.</summary>
public sealed class ViewClient
{
    readonly Transport transport;

    internal ViewClient(Transport transport) => this.transport = transport;

    /// <summary>The views of a dataset, oldest first; there are at most 200.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The dataset is not there, or not the caller's to see (404).</exception>
    public Task<IReadOnlyList<DatasetView>> ListAsync(Guid datasetId, CancellationToken cancellationToken = default) =>
        transport.Data<IReadOnlyList<DatasetView>>(Call.Get(Path(datasetId)), cancellationToken);

    /// <summary>Saves a view.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="view">Its name, and a query, how to draw its result, or both.</param>
    /// <param name="cancellationToken">Stops waiting; the view may have been saved.</param>
    /// <exception cref="OuroException">
    /// The query fails (400, its code is the SQLSTATE); the caller may only read the dataset (403); it is not there (404); it has 200 views (409).
    /// </exception>
    public Task<DatasetView> CreateAsync(Guid datasetId, CreateView view, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetView>(Call.Post(Path(datasetId), view), cancellationToken);

    /// <summary>Changes a view; what is not given stays as it is.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="id">The view.</param>
    /// <param name="change">What changes.</param>
    /// <param name="cancellationToken">Stops waiting; the view may have been changed.</param>
    /// <exception cref="OuroException">The query fails (400, its code is the SQLSTATE); the caller may only read the dataset (403); it or the view is not there (404).</exception>
    public Task<DatasetView> UpdateAsync(Guid datasetId, Guid id, UpdateView change, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetView>(Call.Put(Path(datasetId, id), change), cancellationToken);

    /// <summary>Deletes a view.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="id">The view.</param>
    /// <param name="cancellationToken">Stops waiting; the view may have been deleted.</param>
    /// <returns>The view as it was.</returns>
    /// <exception cref="OuroException">The caller may only read the dataset (403); it or the view is not there (404).</exception>
    public Task<DatasetView> DeleteAsync(Guid datasetId, Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetView>(Call.Delete(Path(datasetId, id)), cancellationToken);

    /// <summary>Runs a view's query as the caller, who must be allowed to read every dataset in it.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="id">The view.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="OuroException">The query fails (400, its code is the SQLSTATE); the view or a dataset is not there, or not the caller's to see (404).</exception>
    public async Task<ViewAnswer> RunAsync(Guid datasetId, Guid id, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<RawJson>(Call.Get(Path(datasetId, id) + "/data"), cancellationToken);
        return new(answer.Metadata!.Value.GetProperty("view").Deserialize<DatasetView>(Transport.Reading)!, DatasetClient.Answered(answer));
    }

    static string Path(Guid dataset) => $"datasets/{dataset}/visualizations";

    static string Path(Guid dataset, Guid view) => $"{Path(dataset)}/{view}";
}
