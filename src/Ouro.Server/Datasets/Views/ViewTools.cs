using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Mcp;

namespace Ouro.Server.Datasets;

/// <summary>The MCP door of saved views.</summary>
public static partial class DatasetTools
{
    /// <summary>The saved views of a dataset: each a query with how to draw its result.</summary>
    /// <param name="dataset_id">The dataset's id.</param>
    [McpServerTool(Name = "list_dataset_views", ReadOnly = true)]
    public static async partial Task<CallToolResult> ListDatasetViews(ViewOperations views, Actor actor, Guid dataset_id, CancellationToken ct = default)
    {
        var all = await views.List(actor, dataset_id, ct);
        return ToolAnswers.List("views", new Page<DatasetView>(all, new(0, all.Count, false, all.Count)), v => ($"**{v.Name}** — id: `{v.Id}`", v.Description));
    }

    /// <summary>
    /// Save a view of a dataset, or change one: a query, how to draw its result, or both. Without view_id a new one is made, which needs a name; with
    /// it, what you leave out stays as it is.
    /// </summary>
    /// <param name="dataset_id">The dataset's id.</param>
    /// <param name="view_id">The view to change.</param>
    /// <param name="name">Its name, 1 to 255 characters.</param>
    /// <param name="description">What it shows.</param>
    /// <param name="sql_query">One SELECT; {{table}} stands for the dataset. It is checked and not run.</param>
    /// <param name="config">How to draw it, e.g. {"type": "bar", "category": {"dataKey": "city"}, "series": [{"dataKey": "n", "name": "Count"}]}.</param>
    /// <param name="prompt">Not available here: give sql_query and config.</param>
    [McpServerTool(Name = "write_dataset_view", ReadOnly = false, Destructive = false, Idempotent = false)]
    public static async partial Task<CallToolResult> WriteDatasetView(
        ViewOperations views, Actor actor, Guid dataset_id, Guid? view_id = null, string? name = null, string? description = null, string? sql_query = null,
        [ArgumentShape("object", "string")] JsonElement? config = null, string? prompt = null, CancellationToken ct = default)
    {
        var drawn = Given("config", config, JsonValueKind.Object, "an object");
        return ToolAnswers.One(view_id is { } id
            ? await views.Update(actor, dataset_id, id, new()
            {
                Name = name, Prompt = prompt, Description = description is null ? default : new(description),
                SqlQuery = sql_query is null ? default : new(sql_query), Config = drawn is null ? default : new(drawn),
            }, ct)
            : await views.Create(actor, dataset_id, new() { Name = name, Description = description, SqlQuery = sql_query, Config = drawn, Prompt = prompt }, ct));
    }

    /// <summary>Delete a saved view of a dataset. The dataset stays.</summary>
    /// <param name="dataset_id">The dataset's id.</param>
    /// <param name="view_id">The view's id.</param>
    [McpServerTool(Name = "delete_dataset_view", ReadOnly = false, Destructive = true)]
    public static async partial Task<CallToolResult> DeleteDatasetView(ViewOperations views, Actor actor, Guid dataset_id, Guid view_id, CancellationToken ct = default)
    {
        var view = await views.Delete(actor, dataset_id, view_id, ct);
        return ToolAnswers.One(new { Deleted = true, DatasetId = dataset_id, ViewId = view.Id });
    }
}
