namespace Ouro;

/// <summary>What datasets say of themselves and of their columns, and how that changes.</summary>
public sealed partial class DatasetClient
{
    /// <summary>Changes what a dataset says of itself and what its columns mean; what is not given stays.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="changes">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been changed.</param>
    /// <exception cref="OuroException">
    /// Values that are there do not have the new meaning (400, <c>values_do_not_fit</c>); the caller may only read (403); it is not there (404); others
    /// hold the table (503, <c>table_busy</c>).
    /// </exception>
    public Task<Asset> UpdateAsync(Guid id, UpdateDataset changes, CancellationToken cancellationToken = default) =>
        transport.Data<Asset>(Call.Put($"datasets/{id}", new UpdateDatasetBody(changes)), cancellationToken);

    /// <summary>Adds a column; the rows that are there have no value in it.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="column">The column.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been added.</param>
    /// <exception cref="OuroException">
    /// Its name or type cannot be (400); there is one of that name (409, <c>column_exists</c>); the caller may only read (403); the dataset is not there
    /// (404); others hold the table (503, <c>table_busy</c>).
    /// </exception>
    public Task<DatasetColumn> AddColumnAsync(Guid id, AddColumn column, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetColumn>(Call.Post($"datasets/{id}/columns", column), cancellationToken);

    /// <summary>Renames a column, or gives it another type, label or meaning: every value is converted, or nothing is changed.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="column">The column's name.</param>
    /// <param name="changes">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been changed.</param>
    /// <exception cref="OuroException">
    /// Values do not fit the new type or meaning (400, <c>values_do_not_fit</c>); the caller may only read (403); the dataset or column is not there
    /// (404); others hold the table (503, <c>table_busy</c>).
    /// </exception>
    public Task<DatasetColumn> UpdateColumnAsync(Guid id, string column, UpdateColumn changes, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetColumn>(Call.Patch($"datasets/{id}/columns/{Uri.EscapeDataString(column)}", changes), cancellationToken);

    /// <summary>Takes a column away, with all that is in it.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="column">The column's name.</param>
    /// <param name="cancellationToken">Stops waiting; it may be gone.</param>
    /// <exception cref="OuroException">
    /// It is the only one (409, <c>last_column</c>); the caller may only read (403); the dataset or column is not there (404); others hold the table
    /// (503, <c>table_busy</c>).
    /// </exception>
    public Task<DroppedColumn> DropColumnAsync(Guid id, string column, CancellationToken cancellationToken = default) =>
        transport.Data<DroppedColumn>(Call.Delete($"datasets/{id}/columns/{Uri.EscapeDataString(column)}"), cancellationToken);
}
