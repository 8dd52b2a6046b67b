using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
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
        var answer = new PageAnswer(rows, page.Offset, page.Limit, page.HasMore, rows.GetArrayLength(), page.Warning) { ResolvedRefs = page.ResolvedRefs ?? PageAnswer.NoRefs };
        return response_format == "json" ? ToolAnswers.One(answer) : ToolAnswers.Told(MarkdownTable.Of(answer), answer);
    }

    /// <summary>
    /// Make a dataset of rows: a table that answers SQL. Columns and their types are worked out from the rows: numbers, true and false, ISO dates and
    /// timestamps, everything else as text. Column names become lowercase snake_case. All rows are put in, or nothing is made; only rows whose
    /// references name nothing that you may see are left out and told in ingest_warning.
    /// </summary>
    /// <param name="name">Its name, 1 to 255 characters.</param>
    /// <param name="data">The rows: a list of objects of column → value, or the JSON text of one.</param>
    /// <param name="org_id">The organization to put it in; omitted, the one that you work in.</param>
    /// <param name="team_id">The team to put it in; omitted, the organization's default team.</param>
    /// <param name="visibility">Who may see it. What is private is seen by you and those it is shared with.</param>
    /// <param name="description">What it is about.</param>
    /// <param name="refs">Columns that hold ids of assets or runs: column → {"kind": "asset" or "action", "asset_type": optional}.</param>
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
            Name = name, Rows = Given("data", data, JsonValueKind.Array, "a list of objects, one for each row"), OrgId = org_id, TeamId = team_id,
            Visibility = visibility, Description = description is null ? null : Content.Of(description), LicenseId = license_id, Attribution = Given<Attribution>("attribution", attribution, JsonValueKind.Object, "an object"),
            Refs = Given<Dictionary<string, ColumnRef?>>("refs", refs, JsonValueKind.Object, RefsShape),
            EnumColumns = Given<Dictionary<string, ColumnValues?>>("enum_columns", enum_columns, JsonValueKind.Object, EnumsShape),
        }, ct);
        return ToolAnswers.One(new CreatedDataset(written.Asset, await datasets.Schema(actor, written.Asset.Id, ct), written.RowIngest, written.Warning));
    }

    /// <summary>
    /// Change what a dataset says of itself, what its columns mean, and its rows; what you leave out stays. The rows are written last: where they are
    /// refused, the other changes were made. Columns are added, renamed and dropped with edit_dataset_columns.
    /// </summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="name">Its new name.</param>
    /// <param name="visibility">Who may see it.</param>
    /// <param name="data">Rows: a list of objects of column → value, or the JSON text of one. Columns that the dataset does not have are left out.</param>
    /// <param name="data_mode">append adds the rows, overwrite replaces all rows, upsert changes those with the same id and adds the others.</param>
    /// <param name="description">What it is about.</param>
    /// <param name="org_id">The organization to move it to.</param>
    /// <param name="team_id">The team to move it to.</param>
    /// <param name="refs">Columns to make references: column → {"kind": "asset" or "action", "asset_type": optional}; null makes one plain again.</param>
    /// <param name="enum_columns">Columns to close: column → {"values": [...]}; null opens one again.</param>
    /// <param name="license_id">An SPDX-like licence id.</param>
    /// <param name="attribution">What changes about where the data comes from.</param>
    [McpServerTool(Name = "update_dataset", ReadOnly = false, Destructive = true, Idempotent = false)]
    public static async partial Task<CallToolResult> UpdateDataset(
        DatasetOperations datasets, Actor actor, Guid id, string? name = null,
        [AllowedValues("private", "organization", "public", "monetized")] Visibility? visibility = null,
        [ArgumentShape("array", "string")] JsonElement? data = null, [AllowedValues("append", "overwrite", "upsert")] IngestMode data_mode = IngestMode.Append,
        string? description = null, Guid? org_id = null, Guid? team_id = null, [ArgumentShape("object", "string")] JsonElement? refs = null,
        [ArgumentShape("object", "string")] JsonElement? enum_columns = null, string? license_id = null, [ArgumentShape("object")] JsonElement? attribution = null,
        CancellationToken ct = default)
    {
        var rows = Given("data", data, JsonValueKind.Array, "a list of objects, one for each row");
        var asset = await datasets.Update(actor, id, new()
        {
            Name = name is null ? default : new(name), Visibility = visibility, OrgId = org_id, TeamId = team_id,
            Description = description is null ? default : new(Content.Of(description)), LicenseId = license_id is null ? default : new(license_id),
            Attribution = Given<ChangeAttribution>("attribution", attribution, JsonValueKind.Object, "an object"),
            Refs = Given<Dictionary<string, ColumnRef?>>("refs", refs, JsonValueKind.Object, RefsShape),
            EnumColumns = Given<Dictionary<string, ColumnValues?>>("enum_columns", enum_columns, JsonValueKind.Object, EnumsShape),
        }, ct);
        var written = rows is null ? null : await datasets.WriteRows(actor, id, new(JsonMarshal.GetRawUtf8Value(rows.Value).ToArray(), data_mode, Finalize: true), ct);
        return ToolAnswers.One(new CreatedDataset(
            asset, await datasets.Schema(actor, id, ct), written is null ? null : new(written.Inserted, written.Skipped, written.Mode), written?.Warning));
    }

    /// <summary>
    /// Change the columns of a dataset, one operation after the other, all or none. Each is an object with op and what belongs to it: {"op": "add",
    /// "name", "type", "nullable", "label", "enum_values", "ref"}, {"op": "update", "column", "type", "label", "enum_values", "ref"}, {"op": "rename",
    /// "column", "new_name"}, {"op": "drop", "column"}. Types: text, bigint, double precision, numeric, boolean, date, timestamptz, uuid, enum (needs
    /// enum_values), reference (needs ref: {"kind": "asset" or "action", "asset_type": optional}). A new type converts every value, or is refused.
    /// </summary>
    /// <param name="dataset_id">The dataset's id.</param>
    /// <param name="operations">The operations: a list of objects, or the JSON text of one.</param>
    [McpServerTool(Name = "edit_dataset_columns", ReadOnly = false, Destructive = true, Idempotent = false)]
    public static async partial Task<CallToolResult> EditDatasetColumns(
        DatasetOperations datasets, Actor actor, Guid dataset_id, [ArgumentShape("array", "string")] JsonElement operations, CancellationToken ct = default)
    {
        var given = Given("operations", operations, JsonValueKind.Array, "a list of objects, each with an op")!.Value;
        var edited = await datasets.EditColumns(actor, dataset_id, [.. given.EnumerateArray().Select(Edit)], ct);
        return ToolAnswers.One(new { dataset_id, Operations = edited, Schema = (await datasets.Schema(actor, dataset_id, ct)).Select(c => new { c.ColumnName, c.DataType }) });
    }

    /// <summary>Models write keys in either style; both mean the same.</summary>
    static ColumnEdit Edit(JsonElement operation, int place)
    {
        try
        {
            if (operation.ValueKind != JsonValueKind.Object) throw new JsonException();
            var keys = operation.EnumerateObject().Select(key => KeyValuePair.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(key.Name), (JsonNode?)JsonNode.Parse(key.Value.GetRawText())));
            var edit = new JsonObject(keys.DistinctBy(key => key.Key));
            return edit.ContainsKey("op") ? edit.Deserialize<ColumnEdit>(OuroJson.Options)! : throw new JsonException("", "$.op", null, null);
        }
        catch (JsonException e)
        {
            throw Refusal.Fields(("operations", $"operations[{place}]{e.Path?.TrimStart('$')} is not of the expected shape: an operation has an op (add, update, rename or drop) and what belongs to it."));
        }
    }

    /// <summary>A value that came as itself or as its JSON text.</summary>
    static JsonElement? Given(string argument, JsonElement? given, JsonValueKind kind, string shape)
    {
        if (given is not { } value) return null;
        try
        {
            if (value.ValueKind == JsonValueKind.String) value = JsonElement.Parse(value.GetString()!);
        }
        catch (JsonException e)
        {
            throw Refusal.Fields((argument, $"{argument} is not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Send {shape}."));
        }
        return value.ValueKind == kind ? value : throw Refusal.Fields((argument, $"{argument} is {shape}."));
    }

    const string RefsShape = """an object of column → {"kind": "asset" or "action", "asset_type": optional}""";
    const string EnumsShape = """an object of column → {"values": ["…"]}""";

    static T? Given<T>(string argument, JsonElement? given, JsonValueKind kind, string shape) where T : class
    {
        try
        {
            return Given(argument, given, kind, shape)?.Deserialize<T>(OuroJson.Options);
        }
        catch (JsonException e)
        {
            throw Refusal.Fields((argument, $"{argument}{e.Path?.TrimStart('$')} is not of the expected shape: {argument} is {shape}."));
        }
    }
}
