using System.Text.Json;

namespace Ouro;

/// <summary>Which rows of a dataset to read, and in which order.</summary>
public sealed record RowSelection
{
    /// <summary>The column to sort by, with <c>.asc</c> or <c>.desc</c> behind it; null keeps the order of ingestion. Rows without a value come last.</summary>
    public string? Sort { get; init; }
    /// <summary>
    /// Conditions that all hold, <c>column.operator.value</c>, joined with commas: <c>eq</c>, <c>neq</c>, <c>gt</c>, <c>gte</c>, <c>lt</c>,
    /// <c>lte</c>, <c>like</c> and <c>ilike</c> (contains), <c>in</c> (values joined with <c>|</c>), <c>is</c> (<c>null</c>, <c>not_null</c>).
    /// Inside of a value <c>%</c>, <c>,</c> and <c>|</c> are percent-encoded.
    /// </summary>
    public string? Filters { get; init; }
    /// <summary>The cursor of the page before. It belongs to the same sort and filters.</summary>
    public string? After { get; init; }
    /// <summary>The most rows, 1 to 1,000; omitted, 100.</summary>
    public int? Limit { get; init; }
    /// <summary>Rows to skip; only without sort, filters and cursor.</summary>
    public int? Offset { get; init; }
    /// <summary>Whether also to tell what the references on the page name.</summary>
    public bool ResolveRefs { get; init; }
}

/// <summary>What the columns of a dataset hold.</summary>
/// <param name="RowCount">The rows of the dataset.</param>
/// <param name="SampleCount">The rows that were looked at: all of them, or of a large table a sample.</param>
/// <param name="Columns">The columns, in order; at most 100.</param>
public sealed record DatasetSummary(long RowCount, long SampleCount, IReadOnlyList<ColumnSummary> Columns)
{
    /// <summary>Whether every row was looked at.</summary>
    public bool IsExact => SampleCount >= RowCount;
}

/// <summary>What a column holds, as far as its rows were looked at.</summary>
/// <param name="ColumnName">The column.</param>
/// <param name="DataType">Its PostgreSQL type.</param>
/// <param name="Nulls">Rows without a value, of those that were looked at.</param>
/// <param name="Distinct">How many different values the whole column has; estimated where not every row was looked at.</param>
/// <param name="Min">The smallest value of a number or a moment; null for other types.</param>
/// <param name="Max">The largest value.</param>
/// <param name="Histogram">Numbers and moments in bins of one width.</param>
/// <param name="TopValues">The most frequent values, where any comes more than once.</param>
public sealed record ColumnSummary(
    string ColumnName, string DataType, long Nulls, long Distinct, JsonElement? Min, JsonElement? Max,
    IReadOnlyList<HistogramBin> Histogram, IReadOnlyList<TopValue> TopValues)
{
    /// <summary>The column, where newer clients look for it.</summary>
    public string Name => ColumnName;
    /// <summary>The type, where newer clients look for it.</summary>
    public string Type => DataType;
}

/// <summary>A bin of a histogram.</summary>
/// <param name="From">Its lower end, which belongs to it.</param>
/// <param name="To">Its upper end, which belongs to the next one, except at the end.</param>
/// <param name="Count">Rows in it, of those that were looked at.</param>
public sealed record HistogramBin(JsonElement From, JsonElement To, long Count);

/// <summary>A value and how often it comes.</summary>
/// <param name="Value">The value as text, cut after 60 characters.</param>
/// <param name="Count">Rows that have it, of those that were looked at.</param>
public sealed record TopValue(string Value, long Count);
