using System.Text.Json;

namespace Ouro;

/// <summary>Rows of datasets, page by page and written.</summary>
public sealed partial class DatasetClient
{
    /// <summary>One page of rows in the order of their ingestion, as JSON.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="limit">The most rows, 1 to 1,000. A page of very large rows holds fewer and says that there are more.</param>
    /// <param name="offset">Rows to skip.</param>
    /// <param name="resolveRefs">Whether also to tell what the references on the page name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404); limit or offset are out of bounds (400).</exception>
    public async Task<RowPage> RowPageAsync(Guid id, int limit = 100, int offset = 0, bool resolveRefs = false, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<RawJson>(
            Call.Get($"datasets/{id}/data", ("limit", limit), ("offset", offset), ("resolve_refs", resolveRefs ? true : null)), cancellationToken);
        return new(answer.Data, answer.Pagination ?? new(offset, limit, false),
            answer.ResolvedRefs?.Deserialize<Dictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>>>(Transport.Reading));
    }

    /// <summary>All rows in pages of 1,000, read as they are asked for, each with what its references name.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404).</exception>
    public async IAsyncEnumerable<RowPage> RowPagesAsync(
        Guid id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var offset = 0; ;)
        {
            var page = await RowPageAsync(id, RowsOfAPage, offset, resolveRefs: true, cancellationToken);
            using var rows = page.Rows.Parse();
            var count = rows.RootElement.GetArrayLength();
            if (count > 0) yield return page;
            if (count == 0 || !page.Pagination.HasMore) yield break;
            offset += count;
        }
    }

    /// <summary>Puts rows into a dataset in one request: all of them or none, but for those whose references name nothing the caller may see.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="rows">The rows, and what becomes of those that are there.</param>
    /// <param name="cancellationToken">Stops waiting; the rows may have been written.</param>
    /// <exception cref="OuroException">
    /// A value does not fit its column (400); the caller may only read (403); the dataset is not there (404); somebody else is writing (409, <c>busy</c>);
    /// the rows are too many for one request (413).
    /// </exception>
    public async Task<WrittenRows> WriteRowsAsync(Guid id, WriteRows rows, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<RowIngest>(Call.Post($"datasets/{id}/data", rows), cancellationToken);
        return new(answer.Data.Inserted, answer.Data.Skipped, answer.Data.Mode, answer.Warning);
    }

    /// <summary>Puts rows of one's own type into a dataset; see the other overload.</summary>
    /// <typeparam name="T">What a row is: a record, or a dictionary.</typeparam>
    /// <param name="id">The dataset's id.</param>
    /// <param name="rows">The rows; they are gone through once.</param>
    /// <param name="mode">What becomes of the rows that are there.</param>
    /// <param name="cancellationToken">Gives up; what was sent so far stays.</param>
    /// <returns>What became of all of them.</returns>
    /// <exception cref="OuroException">
    /// A value does not fit its column (400); the caller may only read (403); the dataset is not there (404); somebody else is writing (409, <c>busy</c>).
    /// </exception>
    public Task<WrittenRows> WriteRowsAsync<T>(Guid id, IEnumerable<T> rows, IngestMode mode = IngestMode.Append, CancellationToken cancellationToken = default) =>
        WriteRowsAsync(id, rows.ToAsyncEnumerable(), mode, cancellationToken);

    /// <summary>
    /// Puts rows of one's own type into a dataset as they come, in parts below a megabyte. When a part fails, those before it stay.
    /// </summary>
    /// <typeparam name="T">What a row is: a record, or a dictionary.</typeparam>
    /// <param name="id">The dataset's id.</param>
    /// <param name="rows">The rows; no more than two parts of them are in memory at a time.</param>
    /// <param name="mode">What becomes of the rows that are there.</param>
    /// <param name="cancellationToken">Gives up; what was sent so far stays.</param>
    /// <returns>What became of all of them.</returns>
    /// <exception cref="OuroException">
    /// A value does not fit its column (400); the caller may only read (403); the dataset is not there (404); somebody else is writing (409, <c>busy</c>).
    /// </exception>
    public async Task<WrittenRows> WriteRowsAsync<T>(Guid id, IAsyncEnumerable<T> rows, IngestMode mode = IngestMode.Append, CancellationToken cancellationToken = default)
    {
        WrittenRows? written = null;
        var waiting = default(JsonElement?);
        await foreach (var part in TypedRows.Batches(rows, cancellationToken))
        {
            if (waiting is { } ready) written = await Next(ready, last: false);
            waiting = part;
        }
        return await Next(waiting ?? JsonElement.Parse("[]"), last: true);

        // Only the first part of an overwrite clears the table; the others join it.
        async Task<WrittenRows> Next(JsonElement part, bool last)
        {
            var next = await WriteRowsAsync(id, new WriteRows(part, written is null || mode != IngestMode.Overwrite ? mode : IngestMode.Append, last), cancellationToken);
            return written?.Plus(next) ?? next;
        }
    }
}
