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
    /// <param name="file_type">Only files of this kind: image, video, audio, pdf, 3d model or atomic structure.</param>
    /// <param name="extension">Only files with this ending, e.g. cif.</param>
    /// <param name="metadata_filters">What else the metadata holds: key → value, or key → list of values that will do; an object or its JSON text.</param>
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
        var page = await searches.Search(actor, new()
        {
            Query = query, Types = asset_type is { } type ? [type] : [], Scope = scope, OrgId = org_id, TeamId = team_id, UserId = user_id,
            Visibilities = visibility is { } only ? [only] : [], MetadataFilters = Metadata(file_type, extension, ToolArguments.Given("metadata_filters", metadata_filters, JsonValueKind.Object, "an object")),
            Sort = sort, TimeWindow = time_window, Limit = limit, Offset = offset, After = after,
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

    static JsonElement? Metadata(string? fileType, string? extension, JsonElement? filters)
    {
        var all = filters?.EnumerateObject().ToDictionary(filter => filter.Name, filter => (object)filter.Value) ?? [];
        if (fileType is not null) all["file_type"] = fileType;
        if (extension is not null) all["extension"] = extension;
        return all.Count == 0 ? null : Data.Wire.Element(all);
    }

    /// <summary>Give somebody a role on an asset that you are an admin of, or change it. Whoever is mentioned or linked to gets no access by that; this gives it.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="user_id">The id of the account that is to have the role.</param>
    /// <param name="role">read sees it, write changes it too, admin shares and deletes it too; none takes the role back.</param>
    [McpServerTool(Name = "share_asset", ReadOnly = false, Destructive = true, Idempotent = true)]
    public static async partial Task<CallToolResult> ShareAsset(
        AssetOperations assets, Actor actor, Guid id, Guid user_id, [AllowedValues("read", "write", "admin", "none")] Role role = Role.Read, CancellationToken ct = default)
    {
        await assets.Share(actor, id, new(new(new(user_id), role)), ct);
        return ToolAnswers.One(new { id, user_id, role });
    }

    /// <summary>Delete an asset of any type for ever. Look first with dry_run=true; what others made of it or wrote on it goes too with delete_children=true.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="delete_children">Also delete what belongs to it: the routes of a service, the comments on a post. Omitted: only for services.</param>
    /// <param name="dry_run">Only tell what would go.</param>
    [McpServerTool(Name = "delete_asset", ReadOnly = false, Destructive = true)]
    public static async partial Task<CallToolResult> DeleteAsset(
        AssetOperations assets, Actor actor, Guid id, bool? delete_children = null, bool dry_run = false, CancellationToken ct = default)
    {
        var gone = await assets.Delete(actor, id, null, delete_children, dry_run, ct);
        return ToolAnswers.One(new { deleted = !gone.DryRun, gone.Id, gone.Name, gone.AssetType, gone.DeletedChildren, deleted_children_count = gone.DeletedChildren.Count, gone.DryRun });
    }

    /// <summary>Get the content of an asset as a file: a link that works for a quarter of an hour without a credential, and the command that fetches it.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="asset_type">The type that you expect; another is refused.</param>
    /// <param name="format">The format of the file, e.g. csv; omitted, the type's own.</param>
    [McpServerTool(Name = "download_asset", ReadOnly = true, Idempotent = false)]
    public static async partial Task<CallToolResult> DownloadAsset(
        DownloadOperations downloads, Actor actor, Guid id, [AllowedValues("dataset", "file", "post")] AssetType? asset_type = null, string? format = null,
        CancellationToken ct = default)
    {
        var link = await downloads.DownloadUrl(actor, id, new(asset_type, format), ct);
        return ToolAnswers.One(new { id, link.DownloadUrl, link.FileName, link.ContentType, link.ExpiresIn, link.AssetType, command = $"curl -f -o {ToolAnswers.Quoted(link.FileName)} {ToolAnswers.Quoted(link.DownloadUrl)}" });
    }

    /// <summary>What was published to a team and you may see, newest first; or only what you have not read. get_asset marks what it reads.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="unread_only">Only what others published since you joined and you have not opened; for members.</param>
    /// <param name="offset">Results to skip.</param>
    /// <param name="limit">The most results, 1 to 50.</param>
    /// <param name="asset_type">Only this type, e.g. dataset; not together with unread_only.</param>
    [McpServerTool(Name = "get_team_feed", ReadOnly = true)]
    public static async partial Task<CallToolResult> GetTeamFeed(
        FeedOperations feeds, Actor actor, Guid id, bool unread_only = false, int offset = 0, [Range(1, 50)] int limit = 20,
        [AllowedValues("dataset", "file", "service", "route", "post", "quest")] AssetType? asset_type = null, CancellationToken ct = default)
    {
        var page = await (unread_only ? feeds.UnreadPreview(actor, id, limit, offset, ct) : feeds.Activity(actor, id, asset_type, limit, offset, null, ct));
        return ToolAnswers.List("assets", new Page<AssetHit>([.. page.Items.Select(asset => new AssetHit(asset))], page.Pagination), AssetHit.Bullet);
    }
}
