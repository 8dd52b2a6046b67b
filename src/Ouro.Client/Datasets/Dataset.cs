using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What it takes to create a dataset from a schema and rows, as the public Python client sends it.</summary>
public sealed record CreateDataset : Pricing
{
    /// <summary>Its name, 1 to 255 characters.</summary>
    public string? Name { get; init; }
    /// <summary>Who may see it; omitted, it follows its place: private in the personal context.</summary>
    public Visibility? Visibility { get; init; }
    /// <summary>What it is about.</summary>
    public Content? Description { get; init; }
    /// <summary>One <c>CREATE TABLE</c> statement; it is parsed and never executed. Omitted, the columns are worked out from <see cref="Rows"/>.</summary>
    public string? Schema { get; init; }
    /// <summary>The rows, each an object of column → value.</summary>
    public JsonElement? Rows { get; init; }
    /// <summary>The first rows, for previews; taken from <see cref="Rows"/> where both are given.</summary>
    public JsonElement? Preview { get; init; }
    /// <summary>Column → <c>{"kind": "asset"|"action"}</c>; for columns that hold references.</summary>
    public JsonElement? Refs { get; init; }
    /// <summary>Column → <c>{"values": […]}</c>; for columns with a closed set of values.</summary>
    public JsonElement? EnumColumns { get; init; }
    /// <summary>An SPDX-like licence id.</summary>
    public string? LicenseId { get; init; }
    /// <summary>Where it comes from.</summary>
    public Attribution? Attribution { get; init; }
    /// <summary>The organization to put it in; omitted, the context of the request.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>The team to put it in; omitted, the organization's default team.</summary>
    public Guid? TeamId { get; init; }
    /// <summary>What it is made from, set by the server for files.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>The body on the wire: <c>{"dataset": {…}}</c>.</summary>
/// <param name="Dataset">The dataset to create.</param>
public sealed record CreateDatasetBody(CreateDataset Dataset);

/// <summary>Rows for a dataset.</summary>
/// <param name="Rows">The rows, each an object of column → value.</param>
/// <param name="Mode"><c>append</c>, <c>overwrite</c> or <c>upsert</c> (on the column <c>id</c>).</param>
public sealed record WriteRows(JsonElement Rows, IngestMode Mode = IngestMode.Append);

/// <summary>What happens to the rows that a dataset already has.</summary>
public enum IngestMode
{
    /// <summary>They stay.</summary>
    Append,
    /// <summary>They go first.</summary>
    Overwrite,
    /// <summary>Those with the same <c>id</c> are replaced.</summary>
    Upsert,
}

/// <summary>How many rows an ingest took.</summary>
/// <param name="Inserted">Rows that are in the table now.</param>
/// <param name="Skipped">Rows that were left out; the warning says why.</param>
/// <param name="Mode">How they were put in.</param>
public sealed record RowIngest(long Inserted, long Skipped, IngestMode Mode = IngestMode.Append);

/// <summary>What an ingest left out.</summary>
/// <param name="Message">The whole in words.</param>
/// <param name="IgnoredColumns">Columns that the table does not have, with the number of rows that named them; at most 20.</param>
public sealed record IngestWarning(string Message, IReadOnlyList<IgnoredColumn> IgnoredColumns);

/// <summary>A column of the rows that the table does not have.</summary>
/// <param name="Column">Its name as sent.</param>
/// <param name="Count">Rows that named it.</param>
public sealed record IgnoredColumn(string Column, long Count);

/// <summary>A column of a dataset, under both generations of names.</summary>
/// <param name="ColumnName">Its name: lowercase snake_case.</param>
/// <param name="DataType">Its PostgreSQL type, e.g. <c>bigint</c>.</param>
/// <param name="IsNullable">Whether a value may be missing.</param>
public sealed record DatasetColumn(string ColumnName, string DataType, bool IsNullable = true)
{
    /// <summary>The name, where newer clients look for it.</summary>
    public string Name => ColumnName;
    /// <summary>The type, where newer clients look for it.</summary>
    public string Type => DataType;
    /// <summary><c>reference</c>, <c>enum</c> or null.</summary>
    public string? SemanticType { get; init; }
    /// <summary>What a reference names: <c>asset</c> or <c>action</c>.</summary>
    public string? RefKind { get; init; }
    /// <summary>The only asset type that a reference may name.</summary>
    public AssetType? AssetType { get; init; }
    /// <summary>The closed set of values.</summary>
    public IReadOnlyList<string>? EnumValues { get; init; }
    /// <summary>The foreign key behind a reference.</summary>
    public string? FkConstraintName { get; init; }
    /// <summary>The schema of the referenced table.</summary>
    public string? ForeignTableSchema { get; init; }
    /// <summary>The referenced table.</summary>
    public string? ForeignTableName { get; init; }
    /// <summary>The referenced column.</summary>
    public string? ForeignColumnName { get; init; }
}

/// <summary>The size of a dataset.</summary>
/// <param name="Count">Its rows.</param>
/// <param name="IsEstimate">Always false: rows are counted as they come in.</param>
/// <param name="ColumnCount">Its columns.</param>
/// <param name="Columns">Their names, in order.</param>
/// <param name="TableName">The table's label.</param>
/// <param name="Schema">Always <c>datasets</c>.</param>
/// <param name="SizeBytes">Bytes on disk, indexes included.</param>
public sealed record DatasetStats(
    long Count, bool IsEstimate, [property: JsonPropertyName("columnCount")] int ColumnCount,
    IReadOnlyList<string> Columns, string TableName, string Schema, long SizeBytes);

/// <summary>SQL to run on datasets.</summary>
/// <param name="Query">
/// One SELECT of PostgreSQL's dialect; <c>{{table}}</c> stands for the dataset, and <c>{{dataset:<i>id</i>}}</c> for any other that the caller may read.
/// </param>
public sealed record QueryDataset(string Query);

/// <summary>The answer to a query.</summary>
/// <param name="Columns">The columns, in order, with their PostgreSQL types.</param>
/// <param name="Rows">The rows, a JSON array of objects.</param>
/// <param name="RowCount">Rows in <paramref name="Rows"/>.</param>
/// <param name="Truncated">Whether a limit cut the result; null where it is whole.</param>
public sealed record QueryAnswer(IReadOnlyList<DatasetColumn> Columns, RawJson Rows, int RowCount, string? Truncated);

/// <summary>A page of rows.</summary>
/// <param name="Rows">The rows, a JSON array of objects.</param>
/// <param name="Pagination">Where the page stands.</param>
public sealed record RowPage(RawJson Rows, Pagination Pagination);

/// <summary>A file on its way into a dataset.</summary>
/// <param name="Id">The import's id.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Stage">What is happening: <c>receiving</c>, <c>loading</c>, <c>done</c> or <c>failed</c>.</param>
/// <param name="FileName">The file's name.</param>
/// <param name="BytesTotal">The file's size, once known.</param>
/// <param name="BytesDone">Bytes read so far in this stage.</param>
/// <param name="RowsDone">Rows loaded so far.</param>
/// <param name="DatasetId">The dataset, once it is there; until then there is none.</param>
/// <param name="Error">Why it failed; nothing of it was kept.</param>
/// <param name="Report">What was guessed: delimiter, header, and each column with its type, and what did not fit.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record ImportJob(
    Guid Id, AssetState Status, string Stage, string FileName, long? BytesTotal, long BytesDone, long RowsDone,
    Guid? DatasetId, Failure? Error, JsonElement? Report, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt);

/// <summary>What is known of a file before it is read.</summary>
public sealed record ImportFile
{
    /// <summary>The dataset's name; omitted, the file's.</summary>
    public string? Name { get; init; }
    /// <summary>The file's name; its ending helps to tell what it is.</summary>
    public string? FileName { get; init; }
    /// <summary>The media type.</summary>
    public string? ContentType { get; init; }
    /// <summary>Who may see the dataset.</summary>
    public Visibility? Visibility { get; init; }
    /// <summary>The organization to put it in.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>The team to put it in.</summary>
    public Guid? TeamId { get; init; }
    /// <summary>What it is about.</summary>
    public string? Description { get; init; }
}
