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
    /// <summary>The first rows, which tell what the columns hold where <see cref="Rows"/> come later; the server makes the preview of the rows it has.</summary>
    public JsonElement? Preview { get; init; }
    /// <summary>Column → what its ids name; a row with an id that names nothing the caller may see is left out and told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<string, ColumnRef?>? Refs { get; init; }
    /// <summary>Column → its closed set of values; a row with another value refuses all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<string, ColumnValues?>? EnumColumns { get; init; }
    /// <summary>An SPDX-like licence id.</summary>
    public string? LicenseId { get; init; }
    /// <summary>Where it comes from.</summary>
    public Attribution? Attribution { get; init; }
    /// <summary>The organization to put it in; omitted, the context of the request.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>The team to put it in; omitted, the organization's default team.</summary>
    public Guid? TeamId { get; init; }
    /// <summary>May say <c>columns</c>, <c>refs</c> and <c>enum_columns</c> once more, as the public clients do.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>The body on the wire: <c>{"dataset": {…}}</c>.</summary>
/// <param name="Dataset">The dataset to create.</param>
public sealed record CreateDatasetBody(CreateDataset Dataset);

/// <summary>Rows for a dataset.</summary>
/// <param name="Rows">The rows, each an object of column → value.</param>
/// <param name="Mode"><c>append</c>, <c>overwrite</c> or <c>upsert</c> (on the column <c>id</c>).</param>
/// <param name="Finalize">Whether these are the last of several parts, so that the preview is made anew from all rows.</param>
public sealed record WriteRows(JsonElement Rows, IngestMode Mode = IngestMode.Append, bool Finalize = false);

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
/// <param name="Refs">References for which rows were left out; null where there were none.</param>
/// <param name="Rows">At most ten of the values for which rows were left out.</param>
public sealed record IngestWarning(
    string Message, IReadOnlyList<IgnoredColumn> IgnoredColumns,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RefWarning? Refs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<SkippedRow>? Rows = null);

/// <summary>References for which rows were left out.</summary>
/// <param name="MissingCount">Values that name nothing, or nothing that the writer may see.</param>
/// <param name="TypeMismatchCount">Values that name an asset of another type than the column's.</param>
/// <param name="MalformedCount">Values that are no ids.</param>
/// <param name="SkippedRowCount">Rows that were left out.</param>
/// <param name="Columns">The columns, each with some of the ids that were missing.</param>
public sealed record RefWarning(
    long MissingCount, long TypeMismatchCount, long MalformedCount, long SkippedRowCount, IReadOnlyList<RefWarningColumn> Columns);

/// <summary>A column of references for which rows were left out.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Kind">What it names.</param>
/// <param name="Missing">At most ten of the ids that name nothing the writer may see.</param>
public sealed record RefWarningColumn(string Column, RefKind Kind, IReadOnlyList<Guid> Missing);

/// <summary>A row that was left out.</summary>
/// <param name="Row">Its place among the rows that were sent, from 1.</param>
/// <param name="Column">The column.</param>
/// <param name="Value">The value, cut to 80 characters.</param>
/// <param name="Problem"><c>missing</c>, <c>type_mismatch</c> or <c>malformed</c>.</param>
public sealed record SkippedRow(long Row, string Column, string Value, string Problem);

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
    /// <summary>What people are shown as its name; null shows the name itself.</summary>
    public string? Label { get; init; }
    /// <summary>What a reference names.</summary>
    public RefKind? RefKind { get; init; }
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
/// <param name="QueryId">An id of one's own, by which the query can be cancelled while it waits or runs.</param>
public sealed record QueryDataset(string Query, Guid? QueryId = null);

/// <summary>That a query was told to stop.</summary>
/// <param name="QueryId">The id that it was given.</param>
public sealed record CancelledQuery(Guid QueryId);

/// <summary>What a dataset was made from. The query is there for who may open the dataset and everything that it was made from.</summary>
/// <param name="Query">The query that made it; null where it was made otherwise, or where something that it reads is not the caller's to open.</param>
/// <param name="DatasetId">What <c>{{table}}</c> stands for in the query.</param>
/// <param name="Datasets">Those of the datasets that it was made from which the caller may open.</param>
/// <param name="Truncated">What of the result was left out; null where it is whole.</param>
public sealed record DatasetLineage(string? Query, Guid? DatasetId, IReadOnlyList<Guid> Datasets, string? Truncated);

/// <summary>What it takes to make a dataset of what a query yields.</summary>
public sealed record CreateFromQuery
{
    /// <summary>Its name, 1 to 255 characters.</summary>
    public string? Name { get; init; }
    /// <summary>One SELECT, with <c>{{table}}</c> for <see cref="DatasetId"/> and <c>{{dataset:<i>id</i>}}</c> for any other dataset.</summary>
    public string? Query { get; init; }
    /// <summary>What <c>{{table}}</c> stands for; not needed where the query says only <c>{{dataset:<i>id</i>}}</c>.</summary>
    public Guid? DatasetId { get; init; }
    /// <summary>An id of one's own, by which the query can be cancelled.</summary>
    public Guid? QueryId { get; init; }
    /// <summary>Who may see it; omitted, it is private.</summary>
    public Visibility? Visibility { get; init; }
    /// <summary>What it is about.</summary>
    public Content? Description { get; init; }
    /// <summary>An SPDX-like licence id.</summary>
    public string? LicenseId { get; init; }
    /// <summary>Where it comes from; omitted, it is a derivative.</summary>
    public Attribution? Attribution { get; init; }
    /// <summary>The organization to put it in; omitted, the context of the request.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>The team to put it in; omitted, the organization's default team.</summary>
    public Guid? TeamId { get; init; }
}

/// <summary>The answer to a query.</summary>
/// <param name="Columns">The columns, in order, with their PostgreSQL types.</param>
/// <param name="Rows">The rows, a JSON array of objects.</param>
/// <param name="RowCount">Rows in <paramref name="Rows"/>.</param>
/// <param name="Truncated">Whether a limit cut the result; null where it is whole.</param>
public sealed record QueryAnswer(IReadOnlyList<DatasetColumn> Columns, RawJson Rows, int RowCount, string? Truncated);

/// <summary>A page of rows.</summary>
/// <param name="Rows">The rows, a JSON array of objects.</param>
/// <param name="Pagination">Where the page stands.</param>
/// <param name="ResolvedRefs">Where it was asked for, what the references on the page name: column → id → the thing. What the caller may not see is not there.</param>
public sealed record RowPage(
    RawJson Rows, Pagination Pagination, IReadOnlyDictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>>? ResolvedRefs = null);

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
