using Microsoft.AspNetCore.Mvc;

namespace Ouro.Server.Assets;

/// <summary>The REST door of what all assets share.</summary>
public static class AssetEndpoints
{
    public static void MapAssets(this RouteGroupBuilder api)
    {
        api.MapGet("/search/assets", Search).WithName("assets.search");
        api.MapGet("/assets/impact", Impact).WithName("assets.impact");
        api.MapGet("/users/{nameOrId}/impact", ImpactOfUser).WithName("users.impact");
        api.MapGet("/access/explain", Explain).WithName("access.explain");
        api.MapGet("/assets/{id}", Get).WithName("assets.get");
        api.MapPut("/assets/{id}", Update).WithName("assets.update");
        api.MapGet("/assets/{id}/type", Type).WithName("assets.type");
        api.MapPost("/assets/{id}/view", View).WithName("assets.view");
        api.MapGet("/assets/{id}/counts", Counts).WithName("assets.counts");
        api.MapGet("/assets/{id}/permissions", Permissions).WithName("assets.permissions");
        api.MapPut("/assets/{id}/share", Share).WithName("assets.share");
        api.MapGet("/assets/{id}/children", Children).WithName("assets.children");
        api.MapGet("/assets/{id}/connections", Connections).WithName("assets.connections");
        api.MapGet("/assets/{id}/actions", Actions).WithName("assets.actions");
        api.MapGet("/assets/{id}/tags", Tags).WithName("assets.tags");
        api.MapGet("/assets/{id}/compatible-routes", CompatibleRoutes).WithName("assets.compatible_routes");
        api.MapPost("/assets/{id}/download", Download).WithName("assets.download");
        api.MapPost("/assets/{id}/download-url", DownloadUrl).WithName("assets.download_url");
        api.MapGet("/assets/{id}/download", DownloadByLink).ExcludeFromDescription();
        api.MapDelete("/assets/{id}", Delete).WithName("assets.delete");
    }

    /// <summary>Browse and search the assets that the caller may see</summary>
    public static Task<Envelope<IReadOnlyList<Asset>>> Search(
        SearchOperations searches, Actor actor, string? query, int? limit, int? offset, string? after, string? scope, string? sort,
        [FromQuery(Name = "time_window")] string? timeWindow, string? filters, [FromQuery(Name = "metadata_filters")] string? metadataFilters, CancellationToken ct) =>
        searches.Search(actor, SearchText.Read(query, limit, offset, after, scope, sort, timeWindow, filters, metadataFilters), ct).Enveloped();

    /// <summary>What an account may do with an asset, and which rule decides</summary>
    public static Task<Envelope<AccessExplanation>> Explain(
        AccessOperations access, Actor actor, [FromQuery(Name = "user_id")] Guid? userId, [FromQuery(Name = "asset_id")] Guid? assetId, CancellationToken ct) =>
        access.Explain(actor, userId, assetId, ct).Enveloped();

    /// <summary>One asset of any type</summary>
    public static Task<Envelope<Asset>> Get(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) => assets.Get(actor, id, ct).Enveloped();

    /// <summary>Change an asset of any type; what is not sent stays</summary>
    public static Task<Envelope<Asset>> Update(AssetOperations assets, Actor actor, Guid id, ChangeAssetBody body, CancellationToken ct) =>
        assets.Update(actor, id, body.Asset, ct).Enveloped();

    /// <summary>The type of an asset</summary>
    public static Task<Envelope<AssetKindAnswer>> Type(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) => assets.Type(actor, id, ct).Enveloped();

    /// <summary>Count that somebody looked at an asset</summary>
    public static Task<Envelope<AssetKindAnswer?>> View(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) => assets.View(actor, id, ct).Enveloped();

    /// <summary>How often an asset was looked at and used</summary>
    public static Task<Envelope<AssetCounts>> Counts(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) => assets.Counts(actor, id, ct).Enveloped();

    /// <summary>How much came of some assets: views and downloads since a day</summary>
    public static Task<Envelope<ImpactOfAssets>> Impact(ImpactOperations impact, Actor actor, string? ids, string? since, CancellationToken ct) =>
        impact.Impact(actor, ids, since, ct).Enveloped();

    /// <summary>How much came of what an account made, as far as the caller may see it</summary>
    public static Task<Envelope<UserImpact>> ImpactOfUser(
        ImpactOperations impact, Actor actor, string nameOrId, string? since, int? limit, [FromQuery(Name = "asset_ids")] string? assetIds, CancellationToken ct) =>
        impact.Impact(actor, nameOrId, since, limit, assetIds, ct).Enveloped();

    /// <summary>Who has which role on an asset</summary>
    public static Task<Envelope<IReadOnlyList<Permission>>> Permissions(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) =>
        assets.Permissions(actor, id, null, ct).Enveloped();

    /// <summary>Give somebody a role on an asset</summary>
    public static Task<Envelope<IReadOnlyList<Permission>>> Share(AssetOperations assets, Actor actor, Guid id, ShareAsset body, CancellationToken ct) =>
        assets.Share(actor, id, body, ct).Enveloped();

    /// <summary>What belongs to an asset, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Asset>>> Children(
        SearchOperations searches, Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct) =>
        searches.Children(actor, id, limit, offset, after, ct).Enveloped();

    /// <summary>What an asset has to do with others, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Connection>>> Connections(AssetOperations assets, Actor actor, Guid id, int? limit, int? offset, CancellationToken ct) =>
        assets.Connections(actor, id, limit, offset, ct).Enveloped();

    /// <summary>The runs of routes that an asset came out of or went into</summary>
    public static Task<Envelope<object?>> Actions(
        AssetOperations assets, Actor actor, Guid id, string? role, string? status, int? limit, int? offset, CancellationToken ct) =>
        assets.Actions(actor, id, role, status, limit, offset, ct).Enveloped(role);

    /// <summary>The tags of an asset</summary>
    public static Task<Envelope<IReadOnlyList<AssetTag>>> Tags(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) => assets.Tags(actor, id, ct).Enveloped();

    /// <summary>The routes that take an asset as input</summary>
    public static Task<Envelope<IReadOnlyList<Asset>>> CompatibleRoutes(
        AssetOperations assets, Actor actor, Guid id, string? sort, int? limit, int? offset, CancellationToken ct) =>
        assets.CompatibleRoutes(actor, id, sort, limit, offset, ct).Enveloped();

    /// <summary>The content of an asset as a file; without a body, in its type's own format</summary>
    public static Task<IResult> Download(DownloadOperations downloads, Actor actor, Guid id, DownloadAsset? body, CancellationToken ct) =>
        downloads.Download(actor, id, body, ct).Sent();

    /// <summary>A link to the content of an asset that needs no credential and works for a quarter of an hour</summary>
    public static Task<Envelope<DownloadLink>> DownloadUrl(DownloadOperations downloads, Actor actor, Guid id, DownloadAsset? body, CancellationToken ct) =>
        downloads.DownloadUrl(actor, id, body, ct).Enveloped();

    /// <summary>What such a link leads to</summary>
    public static Task<IResult> DownloadByLink(DownloadOperations downloads, Guid id, string? token, CancellationToken ct) => downloads.ByLink(id, token, ct).Sent();

    /// <summary>Delete an asset of any type</summary>
    public static Task<Envelope<DeleteResult>> Delete(
        AssetOperations assets, Actor actor, Guid id, [FromQuery(Name = "delete_children")] bool? deleteChildren, [FromQuery(Name = "dry_run")] bool? dryRun, CancellationToken ct) =>
        assets.Delete(actor, id, null, deleteChildren, dryRun ?? false, ct).Enveloped();
}

/// <summary>Shapes that the contract gives to an answer and that no record has.</summary>
static class AssetEnvelopes
{
    /// <summary>Runs as the public clients ask for them: as a list, as the one that made the asset, or as both.</summary>
    public static async Task<Envelope<object?>> Enveloped(this Task<(ActionRef? CreatedBy, Page<ActionRef> AsInput)> answer, string? role)
    {
        var (made, took) = await answer;
        return role switch
        {
            "input" => new(took.Items) { Pagination = took.Pagination },
            "output" => new(made),
            _ => new(new AssetActions(made, took.Items)) { Pagination = took.Pagination },
        };
    }
}
