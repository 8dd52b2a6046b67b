using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Mcp;

namespace Ouro.Server.Assets;

/// <summary>The MCP door of what all assets share.</summary>
public static partial class AssetTools
{
    /// <summary>Find assets that you may see, by words or by filters; without words, browse them newest first. The id of an asset as query finds that one.</summary>
    /// <param name="query">Words to find in names and texts, in web search style: "exact words", or, -without. Or one asset's id.</param>
    /// <param name="asset_type">Only this type, e.g. dataset.</param>
    /// <param name="scope">personal: yours in the personal context; org: of the organization you work in; global: what is public; all: everything you may see.</param>
    /// <param name="org_id">Only of this organization.</param>
    /// <param name="team_id">Only of this team.</param>
    /// <param name="user_id">Only of this owner.</param>
    /// <param name="visibility">Only of this visibility.</param>
    /// <param name="file_type">For files: image, video, audio or pdf.</param>
    /// <param name="extension">For files: the ending, without the dot.</param>
    /// <param name="metadata_filters">For files: other metadata, as an object or its JSON text.</param>
    /// <param name="sort">The order: relevant where there are words, recent where there are none.</param>
    /// <param name="time_window">For sort=popular: the time that counts.</param>
    /// <param name="limit">The most results, 1 to 200.</param>
    /// <param name="offset">Results to skip.</param>
    /// <param name="after">The nextCursor of the answer before: goes on exactly there, which offset cannot while others publish.</param>
    [McpServerTool(Name = "search_assets", ReadOnly = true)]
    public static async partial Task<CallToolResult> SearchAssets(
        SearchOperations searches, Actor actor, string query = "",
        [AllowedValues("dataset", "file", "service", "route", "post", "quest", "comment", "conversation")] AssetType? asset_type = null,
        [AllowedValues("personal", "org", "global", "all")] string? scope = null, Guid? org_id = null, Guid? team_id = null, Guid? user_id = null,
        [AllowedValues("public", "organization", "private", "monetized")] Visibility? visibility = null, string? file_type = null, string? extension = null,
        [ArgumentShape("object", "string")] JsonElement? metadata_filters = null,
        [AllowedValues("relevant", "recent", "popular", "updated")] string? sort = null,
        [AllowedValues("day", "week", "month", "all")] string? time_window = null,
        [Range(1, 200)] int limit = 10, int offset = 0, string? after = null, CancellationToken ct = default)
    {
        if (file_type is not null || extension is not null || metadata_filters is not null)
            throw Refusal.Invalid("metadata_filters_not_available", "This server has no files yet, and file_type, extension and metadata_filters are about files.",
                "Search without them.");
        var page = await searches.Search(actor, new()
        {
            Query = query, Types = asset_type is { } type ? [type] : [], Scope = scope, OrgId = org_id, TeamId = team_id, UserId = user_id,
            Visibility = visibility, Sort = sort, TimeWindow = time_window, Limit = limit, Offset = offset, After = after,
        }, ct);
        return ToolAnswers.List("assets", new Page<AssetHit>([.. page.Items.Select(asset => new AssetHit(asset))], page.Pagination), AssetHit.Bullet, after);
    }

    /// <summary>
    /// Read one asset of any type by its id. The summary says what it is, whose and where; full adds what only its type has: for a dataset its
    /// columns (schema), its size (stats) and its first 5 rows (preview).
    /// </summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="detail">How much to read.</param>
    [McpServerTool(Name = "get_asset", ReadOnly = true)]
    public static async partial Task<CallToolResult> GetAsset(
        AssetOperations assets, Actor actor, Guid id, [AllowedValues("summary", "full")] string detail = "summary", CancellationToken ct = default)
    {
        var (asset, counts, details) = await assets.Open(actor, id, detail == "full", ct);
        return ToolAnswers.One(new OpenedAsset(asset, counts, details));
    }
}
