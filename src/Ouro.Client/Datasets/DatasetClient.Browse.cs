using System.Text.Json;

namespace Ouro;

/// <summary>Rows of datasets, sorted and filtered, and what their columns hold.</summary>
public sealed partial class DatasetClient
{
    /// <summary>One page of rows, sorted by a column or filtered; its <c>Pagination.After</c> is the cursor of the next one.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="selection">Which rows, and in which order.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">
    /// It is not there, or not the caller's to see (404); there is no such column or operator, or a value is not of its column's type (400); it took
    /// longer than five seconds (408, <c>rows_too_slow</c>).
    /// </exception>
    public async Task<RowPage> RowPageAsync(Guid id, RowSelection selection, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<RawJson>(Selected(id, selection), cancellationToken);
        return new(answer.Data, answer.Pagination ?? new(selection.Offset ?? 0, selection.Limit ?? 100, false),
            answer.ResolvedRefs?.Deserialize<Dictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>>>(Transport.Reading));
    }

    /// <summary>All rows that are selected, in their order, read in pages as they are asked for.</summary>
    /// <typeparam name="T">What a row is: a record, a dictionary, or <see cref="JsonElement"/>.</typeparam>
    /// <param name="id">Its id.</param>
    /// <param name="selection">Which rows, and in which order; its limit is the size of a page.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">As for a page; or a row is no <typeparamref name="T"/> (<c>unexpected_answer</c>).</exception>
    public IAsyncEnumerable<T> RowsAsync<T>(Guid id, RowSelection selection, CancellationToken cancellationToken = default) =>
        Paging.All(async (offset, after, ct) => (await transport.Send<IReadOnlyList<T>>(
            Selected(id, selection with { Limit = selection.Limit ?? RowsOfAPage, Offset = offset, After = after }), ct)).ToPage(),
            selection.Offset ?? 0, selection.After, cancellationToken);

    /// <summary>What the columns hold: histograms, missing and frequent values; of a large table from a sample of its rows.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<DatasetSummary> SummaryAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetSummary>(Call.Get($"datasets/{id}/summary"), cancellationToken);

    static Call Selected(Guid id, RowSelection selection) => Call.Get(
        $"datasets/{id}/data", ("limit", selection.Limit), ("offset", selection.Offset is 0 ? null : selection.Offset), ("sort", selection.Sort),
        ("filters", selection.Filters), ("after", selection.After), ("resolve_refs", selection.ResolveRefs ? true : null));
}
