using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ouro;

/// <summary>What all assets share: search, sharing, deletion. A part of <see cref="OuroClient"/>.</summary>
public sealed class AssetClient
{
    readonly Transport transport;

    internal AssetClient(Transport transport) => this.transport = transport;

    /// <summary>
    /// All assets that a search finds among those the caller may see, read page by page. The order by creation is read exactly, by cursor; the
    /// others may shift while they are read.
    /// </summary>
    /// <param name="search">What to find; null is everything, newest first. Its limit is the size of a page, not of the whole.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The search is malformed (400).</exception>
    public IAsyncEnumerable<Asset> SearchAsync(AssetSearch? search = null, CancellationToken cancellationToken = default)
    {
        search ??= new() { Limit = 100 };
        return Paging.All((offset, after, ct) => SearchPageAsync(search with { Offset = offset, After = after }, ct), search.Offset, search.After, cancellationToken);
    }

    /// <summary>One page of the assets that a search finds.</summary>
    /// <param name="search">What to find, and which page of it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The search is malformed (400).</exception>
    public async Task<Page<Asset>> SearchPageAsync(AssetSearch search, CancellationToken cancellationToken = default) =>
        (await transport.Send<IReadOnlyList<Asset>>(Call.Get("search/assets", ("query", search.Query), ("limit", search.Limit),
            ("offset", search.Offset == 0 ? null : search.Offset), ("after", search.After), ("scope", search.Scope), ("sort", search.Sort),
            ("time_window", search.TimeWindow), ("filters", Filters(search))), cancellationToken)).ToPage();

    /// <summary>One asset of any type.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<Asset> GetAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<Asset>(Call.Get($"assets/{id}"), cancellationToken);

    /// <summary>Changes an asset of any type. What is not given stays as it is.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been changed.</param>
    /// <returns>The asset as it is now.</returns>
    /// <exception cref="OuroException">
    /// It is not there, or not the caller's to see (404); the caller may not change it, or not that of it (403); or a value is malformed (400).
    /// </exception>
    public Task<Asset> UpdateAsync(Guid id, ChangeAsset change, CancellationToken cancellationToken = default) =>
        transport.Data<Asset>(Call.Put($"assets/{id}", new ChangeAssetBody(change)), cancellationToken);

    /// <summary>The type of an asset.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public async Task<AssetType> TypeAsync(Guid id, CancellationToken cancellationToken = default) =>
        (await transport.Data<AssetKindAnswer>(Call.Get($"assets/{id}/type"), cancellationToken)).AssetType;

    /// <summary>Counts that somebody looked at an asset.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="view">How it was looked at; null says nothing of it.</param>
    /// <param name="cancellationToken">Stops waiting; the view may have been counted.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task ViewAsync(Guid id, ViewAsset? view = null, CancellationToken cancellationToken = default) =>
        transport.Send<AssetKindAnswer?>(Call.Post($"assets/{id}/view", view), cancellationToken);

    /// <summary>How often an asset was looked at and used.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<AssetCounts> CountsAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<AssetCounts>(Call.Get($"assets/{id}/counts"), cancellationToken);

    /// <summary>Who has which role on an asset, its owner first; at most 1,000.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<IReadOnlyList<Permission>> PermissionsAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<IReadOnlyList<Permission>>(Call.Get($"assets/{id}/permissions"), cancellationToken);

    /// <summary>Gives somebody a role on an asset, changes it, or takes it back. For admins of the asset.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="userId">Who is to have it.</param>
    /// <param name="role">What they may do; <see cref="Role.None"/> takes the right back.</param>
    /// <param name="cancellationToken">Stops waiting; the role may have been given.</param>
    /// <returns>Who has which role now.</returns>
    /// <exception cref="OuroException">
    /// The asset is not there, or there is no such account (404); the caller is no admin of it (403); or the account is its owner (400).
    /// </exception>
    public Task<IReadOnlyList<Permission>> ShareAsync(Guid id, Guid userId, Role role, CancellationToken cancellationToken = default) =>
        transport.Data<IReadOnlyList<Permission>>(Call.Put($"assets/{id}/share", new ShareAsset(new(new(userId), role))), cancellationToken);

    /// <summary>Deletes an asset of any type.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="deleteChildren">Whether what belongs to it goes with it.</param>
    /// <param name="dryRun">Whether only to tell what would go.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been deleted.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404); or the caller is no admin of it (403).</exception>
    public Task<DeleteResult> DeleteAsync(Guid id, bool deleteChildren = false, bool dryRun = false, CancellationToken cancellationToken = default) =>
        transport.Data<DeleteResult>(Deletion("assets", id, deleteChildren, dryRun), cancellationToken);

    internal static Call Deletion(string room, Guid id, bool deleteChildren, bool dryRun) =>
        Call.Delete($"{room}/{id}", ("delete_children", deleteChildren ? true : null), ("dry_run", dryRun ? true : null));

    /// <summary>The filters as the address carries them, the JSON text of an object; null where nothing is filtered.</summary>
    static string? Filters(AssetSearch search)
    {
        var filters = new JsonObject();
        if (search.Types.Count > 0) filters["asset_type"] = Wire(search.Types);
        if (search.OrgId is { } org) filters["org_id"] = org;
        if (search.TeamId is { } team) filters["team_id"] = team;
        if (search.UserId is { } user) filters["user_id"] = user;
        if (search.Visibility is { } visibility) filters["visibility"] = Wire(visibility);
        if (search.Source is { } source) filters["source"] = Wire(source);
        if (search.TopLevelOnly) filters["top_level_only"] = true;
        return filters.Count == 0 ? null : filters.ToJsonString();
    }

    static JsonNode? Wire<T>(T value) => JsonSerializer.SerializeToNode(value, OuroJson.Options);
}
