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
            ("time_window", search.TimeWindow), ("metadata_filters", search.MetadataFilters?.GetRawText()), ("filters", Filters(search))), cancellationToken)).ToPage();

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

    /// <summary>What belongs to an asset and the caller may see: the routes of a service, the comments on a post. Newest first, read page by page.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public IAsyncEnumerable<Asset> ChildrenAsync(Guid id, CancellationToken cancellationToken = default) =>
        Paging.All(async (offset, after, ct) => (await transport.Send<IReadOnlyList<Asset>>(
            Call.Get($"assets/{id}/children", ("limit", 100), ("offset", offset), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>What an asset has to do with others that the caller may see, newest first, read page by page.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public IAsyncEnumerable<Connection> ConnectionsAsync(Guid id, CancellationToken cancellationToken = default) =>
        Paging.All(async (offset, _, ct) => (await transport.Send<IReadOnlyList<Connection>>(
            Call.Get($"assets/{id}/connections", ("limit", 200), ("offset", offset)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>The runs of routes that an asset came out of or went into: the newest of them.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="status">Only runs that took the asset and stand so; null is any.</param>
    /// <param name="limit">The most of these, 1 to 200.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<AssetActions> ActionsAsync(Guid id, ActionStatus? status = null, int limit = 200, CancellationToken cancellationToken = default) =>
        transport.Data<AssetActions>(Call.Get($"assets/{id}/actions", ("role", "both"), ("status", status), ("limit", limit)), cancellationToken);

    /// <summary>The tags of an asset.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<IReadOnlyList<AssetTag>> TagsAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<IReadOnlyList<AssetTag>>(Call.Get($"assets/{id}/tags"), cancellationToken);

    /// <summary>The routes that take an asset as input, read page by page.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public IAsyncEnumerable<Asset> CompatibleRoutesAsync(Guid id, CancellationToken cancellationToken = default) =>
        Paging.All(async (offset, _, ct) => (await transport.Send<IReadOnlyList<Asset>>(
            Call.Get($"assets/{id}/compatible-routes", ("limit", 100), ("offset", offset)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>How much came of some assets; those that the caller may not see are left out.</summary>
    /// <param name="ids">Their ids, at most 200.</param>
    /// <param name="since">Counts from this day on; null counts everything.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">There are no ids, or too many (400).</exception>
    public async Task<IReadOnlyList<AssetImpact>> ImpactAsync(IEnumerable<Guid> ids, DateTimeOffset? since = null, CancellationToken cancellationToken = default) =>
        (await transport.Data<ImpactOfAssets>(Call.Get("assets/impact", ("ids", string.Join(',', ids)), ("since", since?.ToString("O"))), cancellationToken)).Assets;

    /// <summary>Writes an asset's content into a stream as it arrives.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="destination">Where the bytes go. After a failure it may hold a part of them.</param>
    /// <param name="format">The format, e.g. <c>csv</c>; null is the type's own.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>What the server calls it, and how large it is.</returns>
    /// <exception cref="OuroException">
    /// It is not there, or not the caller's to see (404); it is sold and not unlocked (403, <c>unlock_required</c>); there is no such format (400); or the
    /// connection broke (<c>connection_failed</c>).
    /// </exception>
    public Task<DownloadedAsset> DownloadAsync(Guid id, Stream destination, string? format = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return transport.Download(Call.Post($"assets/{id}/download", new DownloadAsset(Format: format)) with { Large = true }, id, destination, cancellationToken);
    }

    /// <summary>Makes an address from which an asset's content can be fetched for a quarter of an hour, without a credential.</summary>
    /// <param name="id">The asset's id.</param>
    /// <param name="format">The format, e.g. <c>csv</c>; null is the type's own.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">
    /// It is not there, or not the caller's to see (404); it is sold and not unlocked (403, <c>unlock_required</c>); or there is no such format (400).
    /// </exception>
    public Task<DownloadLink> DownloadUrlAsync(Guid id, string? format = null, CancellationToken cancellationToken = default) =>
        transport.Data<DownloadLink>(Call.Post($"assets/{id}/download-url", new DownloadAsset(Format: format)), cancellationToken);

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
        if (search.Visibilities.Count > 0) filters["visibility"] = Wire(search.Visibilities);
        if (search.LicenseId is { } licence) filters["license_id"] = licence;
        if (search.ExcludeUserId is { } other) filters["exclude_user_id"] = other;
        if (search.ExcludeOrgIds.Count > 0) filters["exclude_org_ids"] = Wire(search.ExcludeOrgIds);
        if (search.Source is { } source) filters["source"] = Wire(source);
        if (search.TopLevelOnly) filters["top_level_only"] = true;
        return filters.Count == 0 ? null : filters.ToJsonString();
    }

    static JsonNode? Wire<T>(T value) => JsonSerializer.SerializeToNode(value, OuroJson.Options);
}
