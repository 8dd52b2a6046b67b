using System.Text.Json;
using System.Text.Json.Serialization;
using Ouro.Server.Assets;

namespace Ouro.Server.Datasets;

/// <summary>Rows of a dataset as a tool shows them.</summary>
public sealed record PageAnswer(
    JsonElement Rows, int? Offset, int? Limit, [property: JsonPropertyName("hasMore")] bool HasMore, int RowCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning)
{
    internal static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>> NoRefs = new Dictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>>();

    public IReadOnlyDictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>> ResolvedRefs { get; init; } = NoRefs;
}

/// <summary>A dataset that was just made or changed.</summary>
public sealed record CreatedDataset : AssetSummary
{
    public CreatedDataset(Asset asset, IReadOnlyList<DatasetColumn> columns, RowIngest? ingest, IngestWarning? warning) : base(asset)
    {
        TableName = asset.Metadata?.GetProperty("table_name").GetString();
        Schema = [.. columns.Select(c => new { c.ColumnName, c.DataType })];
        Refs = asset.Metadata?.GetProperty("refs");
        EnumColumns = asset.Metadata?.GetProperty("enum_columns");
        (RowIngest, IngestWarning) = (ingest, warning);
    }

    public string? TableName { get; }
    public IReadOnlyList<object> Schema { get; }
    public JsonElement? Refs { get; }
    public JsonElement? EnumColumns { get; }
    public RowIngest? RowIngest { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IngestWarning? IngestWarning { get; }
}
