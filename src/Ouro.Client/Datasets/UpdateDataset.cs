using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What becomes different about a dataset; what is not given stays. Rows are written by another call.</summary>
public sealed record UpdateDataset : ChangeAsset
{
    /// <summary>Column → what its ids name; the values that are there must all do so. Null makes the column plain again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<string, ColumnRef?>? Refs { get; init; }
    /// <summary>Column → its closed set of values, in which all that are there must be. Null opens the column again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<string, ColumnValues?>? EnumColumns { get; init; }
    /// <summary>Keys to merge into its metadata. What the server knows of the table itself (its columns, say) stays as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public JsonElement? Metadata { get; init; }
}

/// <summary>The body on the wire: <c>{"dataset": {…}}</c>.</summary>
/// <param name="Dataset">What becomes different.</param>
public sealed record UpdateDatasetBody(UpdateDataset Dataset);
