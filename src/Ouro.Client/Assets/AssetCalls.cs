using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What an asset is, by its id.</summary>
/// <param name="AssetType">Its type.</param>
public sealed record AssetKindAnswer(AssetType AssetType);

/// <summary>Gives somebody a role on an asset.</summary>
/// <param name="Permission">Whom, and what.</param>
public sealed record ShareAsset(Sharing Permission);

/// <summary>Whom, and what they may do.</summary>
/// <param name="User">Who.</param>
/// <param name="Role">What they may do: <c>read</c>, <c>write</c> or <c>admin</c>; <c>none</c> takes the right back.</param>
public sealed record Sharing([property: JsonRequired] SharedWith User, [property: JsonRequired] Role Role);

/// <summary>Who an asset is shared with.</summary>
/// <param name="UserId">The person's or agent's id.</param>
public sealed record SharedWith([property: JsonRequired] Guid UserId);

/// <summary>One person's right on one asset.</summary>
/// <param name="Id">The permission's id.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="AssetType">Its type.</param>
/// <param name="UserId">Who holds it.</param>
/// <param name="User">Who holds it, named.</param>
/// <param name="Role">What they may do.</param>
/// <param name="CreatedAt">When it was given.</param>
/// <param name="LastUpdated">When it last changed.</param>
public sealed record Permission(
    Guid Id, Guid AssetId, AssetType AssetType, Guid UserId, UserRef User, Role Role, DateTimeOffset CreatedAt, DateTimeOffset LastUpdated);

/// <summary>How often an asset was looked at and used.</summary>
/// <param name="Views">Times it was opened.</param>
/// <param name="Comments">Comments on it.</param>
/// <param name="Reactions">Reactions to it.</param>
/// <param name="Downloads">Times it was downloaded.</param>
/// <param name="EarningsTotal">What it earned, in dollars; nothing while there are no payments.</param>
public sealed record AssetCounts(long Views, long Comments, long Reactions, long Downloads, decimal EarningsTotal = 0);

/// <summary>What a deletion removed, or with <c>dry_run</c> would remove.</summary>
/// <param name="Id">The asset.</param>
/// <param name="Name">Its name.</param>
/// <param name="AssetType">Its type.</param>
/// <param name="DeletedChildren">What went with it.</param>
/// <param name="DryRun">Whether nothing was removed.</param>
public sealed record DeleteResult(Guid Id, string? Name, AssetType AssetType, IReadOnlyList<DeletedChild> DeletedChildren, bool DryRun);

/// <summary>An asset that was deleted with its parent.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="AssetType">Its type.</param>
public sealed record DeletedChild(Guid Id, string? Name, AssetType AssetType);

/// <summary>That somebody looked at an asset.</summary>
/// <param name="Source">The door, <c>web</c> or <c>api</c>.</param>
/// <param name="Type">How it was looked at, e.g. <c>full</c>.</param>
/// <param name="Pathname">Where.</param>
public sealed record ViewAsset(string? Source = null, string? Type = null, string? Pathname = null);

/// <summary>What to search for among the assets that the caller may see.</summary>
public sealed record AssetSearch
{
    /// <summary>Words to find, or one asset's id; null browses, newest first.</summary>
    public string? Query { get; init; }
    /// <summary>The most results of one page; more than 200 are 200.</summary>
    public int Limit { get; init; } = 20;
    /// <summary>Results to skip; <see cref="After"/> is exact and has no slope.</summary>
    public int Offset { get; init; }
    /// <summary>The cursor of the page before.</summary>
    public string? After { get; init; }
    /// <summary><c>personal</c>, <c>org</c>, <c>global</c> or <c>all</c>.</summary>
    public string? Scope { get; init; }
    /// <summary><c>relevant</c>, <c>recent</c>, <c>popular</c> or <c>updated</c>.</summary>
    public string? Sort { get; init; }
    /// <summary>For <c>popular</c>: <c>day</c>, <c>week</c>, <c>month</c> or <c>all</c>.</summary>
    public string? TimeWindow { get; init; }
    /// <summary>Any of these types.</summary>
    public IReadOnlyList<AssetType> Types { get; init; } = [];
    /// <summary>Only assets of this organization.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>Only assets of this team.</summary>
    public Guid? TeamId { get; init; }
    /// <summary>Only assets of this owner.</summary>
    public Guid? UserId { get; init; }
    /// <summary>Any of these visibilities.</summary>
    public IReadOnlyList<Visibility> Visibilities { get; init; } = [];
    /// <summary>Only assets under this licence.</summary>
    public string? LicenseId { get; init; }
    /// <summary>No assets of this owner.</summary>
    public Guid? ExcludeUserId { get; init; }
    /// <summary>No assets of these organizations.</summary>
    public IReadOnlyList<Guid> ExcludeOrgIds { get; init; } = [];
    /// <summary>
    /// An object of what the metadata holds: <c>extension</c> and <c>file_type</c> (image, video, audio, pdf, 3d model, atomic structure), or any other key;
    /// each is one value or a list of those that will do.
    /// </summary>
    public JsonElement? MetadataFilters { get; init; }
    /// <summary>Only assets that came through this door.</summary>
    public Source? Source { get; init; }
    /// <summary>Only assets without a parent.</summary>
    public bool TopLevelOnly { get; init; }
}
