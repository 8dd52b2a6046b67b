using Microsoft.AspNetCore.Mvc;

namespace Ouro.Server.Assets;

/// <summary>The REST door of what all assets share.</summary>
public static class AssetEndpoints
{
    public static void MapAssets(this RouteGroupBuilder api)
    {
        api.MapGet("/search/assets", Search).WithName("assets.search");
        api.MapGet("/assets/{id}", Get).WithName("assets.get");
        api.MapPut("/assets/{id}", Update).WithName("assets.update");
        api.MapGet("/assets/{id}/type", Type).WithName("assets.type");
        api.MapPost("/assets/{id}/view", View).WithName("assets.view");
        api.MapGet("/assets/{id}/counts", Counts).WithName("assets.counts");
        api.MapGet("/assets/{id}/permissions", Permissions).WithName("assets.permissions");
        api.MapPut("/assets/{id}/share", Share).WithName("assets.share");
        api.MapDelete("/assets/{id}", Delete).WithName("assets.delete");
    }

    /// <summary>Browse and search the assets that the caller may see</summary>
    public static Task<Envelope<IReadOnlyList<Asset>>> Search(
        SearchOperations searches, Actor actor, string? query, int? limit, int? offset, string? after, string? scope, string? sort,
        [FromQuery(Name = "time_window")] string? timeWindow, string? filters, CancellationToken ct) =>
        searches.Search(actor, SearchOperations.Read(query, limit, offset, after, scope, sort, timeWindow, filters), ct).Enveloped();

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

    /// <summary>Who has which role on an asset</summary>
    public static Task<Envelope<IReadOnlyList<Permission>>> Permissions(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) =>
        assets.Permissions(actor, id, null, ct).Enveloped();

    /// <summary>Give somebody a role on an asset</summary>
    public static Task<Envelope<IReadOnlyList<Permission>>> Share(AssetOperations assets, Actor actor, Guid id, ShareAsset body, CancellationToken ct) =>
        assets.Share(actor, id, body, ct).Enveloped();

    /// <summary>Delete an asset of any type</summary>
    public static Task<Envelope<DeleteResult>> Delete(
        AssetOperations assets, Actor actor, Guid id, [FromQuery(Name = "delete_children")] bool? deleteChildren, [FromQuery(Name = "dry_run")] bool? dryRun, CancellationToken ct) =>
        assets.Delete(actor, id, null, deleteChildren ?? false, dryRun ?? false, ct).Enveloped();
}
