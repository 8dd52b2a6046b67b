using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Assets;
using Ouro.Server.Mcp;

namespace Ouro.Server.Datasets;

/// <summary>The MCP door of datasets.</summary>
public static partial class DatasetTools
{
    /// <summary>
    /// Read rows of a dataset: one SELECT of your own, or without sql a page of the rows as they were put in. Look at the columns with get_asset
    /// (detail="full") first; aggregate in SQL rather than reading everything.
    /// </summary>
    /// <param name="dataset_id">The dataset's id.</param>
    /// <param name="sql">One SELECT in PostgreSQL's dialect; {{table}} stands for the dataset. Only reading is possible, for at most 10 seconds.</param>
    /// <param name="limit">The most rows, 1 to 1000. SQL with a LIMIT or OFFSET of its own keeps that instead.</param>
    /// <param name="offset">Rows to skip.</param>
    /// <param name="resolve_refs">Also name what the rows' references mean; not together with sql.</param>
    /// <param name="response_format">The text of the answer: md is a table, json the rows.</param>
    [McpServerTool(Name = "query_dataset", ReadOnly = true)]
    public static async partial Task<CallToolResult> QueryDataset(
        DatasetOperations datasets, Actor actor, Guid dataset_id, string? sql = null, [Range(1, 1000)] int limit = 100,
        int offset = 0, bool resolve_refs = false, [AllowedValues("md", "json")] string? response_format = null,
        CancellationToken ct = default)
    {
        var page = await datasets.Page(actor, dataset_id, new(sql, limit, offset, resolve_refs), ct);
        var rows = page.Rows.As<JsonElement>();
        var answer = new PageAnswer(rows, page.Offset, page.Limit, page.HasMore, rows.GetArrayLength(), page.Warning);
        return response_format == "json" ? ToolAnswers.One(answer) : ToolAnswers.Told(MarkdownTable.Of(answer), answer);
    }

    /// <summary>
    /// Make a dataset of rows: a table that answers SQL. Columns and their types are worked out from the rows: numbers, true and false, ISO dates and
    /// timestamps, everything else as text. Column names become lowercase snake_case. All rows are put in, or nothing is made.
    /// </summary>
    /// <param name="name">Its name, 1 to 255 characters.</param>
    /// <param name="data">The rows: a list of objects of column → value, or the JSON text of one.</param>
    /// <param name="org_id">The organization to put it in; omitted, the one that you work in.</param>
    /// <param name="team_id">The team to put it in; omitted, the organization's default team.</param>
    /// <param name="visibility">Who may see it. What is private is seen by you and those it is shared with.</param>
    /// <param name="description">What it is about.</param>
    /// <param name="refs">Columns that hold references: column → {"kind": "asset" or "action"}.</param>
    /// <param name="enum_columns">Columns with a closed set of values: column → {"values": [...]}.</param>
    /// <param name="license_id">An SPDX-like licence id, e.g. CC-BY-4.0.</param>
    /// <param name="attribution">
    /// Where the data comes from, any of: originality (original, derivative or third-party), external_url, github_url, paper_url, doi_url, citation,
    /// relation_type.
    /// </param>
    [McpServerTool(Name = "create_dataset", ReadOnly = false, Destructive = false, Idempotent = false)]
    public static async partial Task<CallToolResult> CreateDataset(
        DatasetOperations datasets, Actor actor, string name, [ArgumentShape("array", "string")] JsonElement? data = null,
        Guid? org_id = null, Guid? team_id = null,
        [AllowedValues("private", "organization", "public")] Visibility visibility = Visibility.Private, string? description = null,
        [ArgumentShape("object", "string")] JsonElement? refs = null, [ArgumentShape("object", "string")] JsonElement? enum_columns = null,
        string? license_id = null, [ArgumentShape("object")] JsonElement? attribution = null, CancellationToken ct = default)
    {
        var written = await datasets.Create(actor, new()
        {
            Name = name, Rows = ToolArguments.Given("data", data, JsonValueKind.Array, "a list of objects, one for each row"), OrgId = org_id, TeamId = team_id,
            Visibility = visibility, Description = description is null ? null : Content.Of(description), LicenseId = license_id, Attribution = Origin(attribution),
            Refs = ToolArguments.Given("refs", refs, JsonValueKind.Object, "an object"), EnumColumns = ToolArguments.Given("enum_columns", enum_columns, JsonValueKind.Object, "an object"),
        }, ct);
        return ToolAnswers.One(new CreatedDataset(written, await datasets.Schema(actor, written.Asset.Id, ct)));
    }

    static Attribution? Origin(JsonElement? attribution)
    {
        try
        {
            return attribution?.Deserialize<Attribution>(OuroJson.Options);
        }
        catch (JsonException e)
        {
            throw Refusal.Fields(("attribution", $"attribution{e.Path?.TrimStart('$')} is not of the expected shape."));
        }
    }
}

/// <summary>Rows of a dataset as a tool shows them.</summary>
public sealed record PageAnswer(
    JsonElement Rows, int? Offset, int? Limit, [property: JsonPropertyName("hasMore")] bool HasMore, int RowCount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning)
{
    public object ResolvedRefs { get; } = new { };
}

/// <summary>A dataset that was just made.</summary>
public sealed record CreatedDataset : AssetSummary
{
    public CreatedDataset(WrittenDataset written, IReadOnlyList<DatasetColumn> columns) : base(written.Asset)
    {
        TableName = written.Asset.Metadata?.GetProperty("table_name").GetString();
        Schema = [.. columns.Select(c => new { c.ColumnName, c.DataType })];
        (RowIngest, IngestWarning) = (written.RowIngest, written.Warning);
    }

    public string? TableName { get; }
    public IReadOnlyList<object> Schema { get; }
    public object Refs { get; } = new { };
    public object EnumColumns { get; } = new { };
    public RowIngest? RowIngest { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IngestWarning? IngestWarning { get; }
}
