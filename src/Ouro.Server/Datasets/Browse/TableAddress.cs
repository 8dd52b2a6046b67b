namespace Ouro.Server.Datasets;

/// <summary>The address of a dataset's table, sorted and filtered: what every link of that page is made from.</summary>
public sealed record TableAddress(string Path, RowOrder? Order, IReadOnlyList<RowFilter> Filters)
{
    public string? FilterText => Filters.Count == 0 ? null : string.Join(',', Filters);

    /// <summary>Whether the rows are all there, in the order of ingestion.</summary>
    public bool IsPlain => Order is null && Filters.Count == 0;

    /// <summary>Sorted by a column: upwards, then downwards, then not at all.</summary>
    public string SortedBy(StoredColumn column) => (this with
    {
        Order = Order?.Column.Name != column.Name ? new(column, false) : Order.IsDescending ? null : new(column, true),
    }).ToString();

    public string Without(RowFilter filter) => (this with { Filters = [.. Filters.Where(f => f != filter)] }).ToString();

    public string With(RowFilter filter) => (this with { Filters = [.. Filters, filter] }).ToString();

    /// <summary>The page with the form that filters by a column.</summary>
    public string Filtering(string column) => At("filter", column) + "#filter";

    public string At(string name, string value) => Written((name, value));

    public override string ToString() => Written();

    string Written(params (string Name, string? Value)[] more)
    {
        var query = string.Join('&', (((string Name, string? Value)[])[("sort", Order?.ToString()), ("filters", FilterText), .. more])
            .Where(q => q.Value is not null).Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value!)}"));
        return query.Length == 0 ? Path : $"{Path}?{query}";
    }
}
