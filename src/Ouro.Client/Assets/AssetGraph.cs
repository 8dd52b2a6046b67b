using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>Enough of an asset to name it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="AssetType">Its type.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record AssetRef(Guid Id, AssetType AssetType, string? Name, DateTimeOffset CreatedAt);

/// <summary>What two assets have to do with each other.</summary>
public enum ConnectionType
{
    /// <summary>The source is a comment on the target.</summary>
    Comment,
    /// <summary>A row of the source names the target.</summary>
    Reference,
    /// <summary>The text of the source mentions the target.</summary>
    Mention,
    /// <summary>A run took the source and made the target.</summary>
    Action,
    /// <summary>The source shows the target in itself.</summary>
    Component,
    /// <summary>The source links to the target.</summary>
    Link,
    /// <summary>The source completes an item of the target.</summary>
    Completion,
    /// <summary>The target was made from the source.</summary>
    Derivative,
}

/// <summary>That two assets have to do with each other.</summary>
public sealed record Connection
{
    /// <summary>The connection's id.</summary>
    public Guid Id { get; init; }
    /// <summary>What they have to do with each other.</summary>
    public ConnectionType Type { get; init; }
    /// <summary>Whose doing it was.</summary>
    public Guid? UserId { get; init; }
    /// <summary>The run behind it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Guid? ActionId { get; init; }
    /// <summary>The asset that it goes out from.</summary>
    public Guid SourceId { get; init; }
    /// <summary>The asset that it leads to.</summary>
    public Guid TargetId { get; init; }
    /// <summary>The type of the one.</summary>
    public AssetType SourceAssetType => Source.AssetType;
    /// <summary>The type of the other.</summary>
    public AssetType TargetAssetType => Target.AssetType;
    /// <summary>The one, named.</summary>
    public AssetRef Source { get; init; } = null!;
    /// <summary>The other, named.</summary>
    public AssetRef Target { get; init; } = null!;
    /// <summary>When it came about.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it last changed.</summary>
    public DateTimeOffset LastUpdated { get; init; }
}

/// <summary>Where a run of a route stands.</summary>
public enum ActionStatus
{
    /// <summary>Waiting to begin.</summary>
    Queued,
    /// <summary>Under way.</summary>
    [JsonStringEnumMemberName("in-progress")] InProgress,
    /// <summary>Done.</summary>
    Success,
    /// <summary>Failed.</summary>
    Error,
    /// <summary>Took too long.</summary>
    [JsonStringEnumMemberName("timed-out")] TimedOut,
}

/// <summary>Enough of a run of a route to name it.</summary>
/// <param name="Id">The run's id.</param>
/// <param name="RouteId">The route.</param>
/// <param name="UserId">Who ran it.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="LastUpdated">When it last changed.</param>
public sealed record ActionRef(Guid Id, Guid RouteId, Guid UserId, ActionStatus Status, DateTimeOffset CreatedAt, DateTimeOffset LastUpdated);

/// <summary>The runs that an asset has a part in.</summary>
/// <param name="CreatedBy">The run that made it.</param>
/// <param name="AsInput">The runs that took it, newest first.</param>
public sealed record AssetActions(ActionRef? CreatedBy, IReadOnlyList<ActionRef> AsInput);

/// <summary>A tag on an asset.</summary>
/// <param name="Id">Its id on this asset.</param>
/// <param name="AssetId">The asset.</param>
/// <param name="TagId">The tag's id.</param>
/// <param name="Tag">The tag.</param>
public sealed record AssetTag(Guid Id, Guid AssetId, Guid TagId, Tag Tag);

/// <summary>A word that assets are sorted by.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The word.</param>
public sealed record Tag(Guid Id, string Name);

/// <summary>How much came of an asset: how often it was looked at and used since a time.</summary>
public sealed record AssetImpact
{
    /// <summary>The asset.</summary>
    public Guid AssetId { get; init; }
    /// <summary>Its type.</summary>
    public AssetType AssetType { get; init; }
    /// <summary>Its name.</summary>
    public string? Name { get; init; }
    /// <summary>Its owner.</summary>
    public Guid OwnerUserId { get; init; }
    /// <summary>Times it was opened.</summary>
    public long Views { get; init; }
    /// <summary>The same without machines; none are told apart yet.</summary>
    public long QualityViews => Views;
    /// <summary>Comments on it.</summary>
    public long Comments { get; init; }
    /// <summary>Of these, those by others than its owner.</summary>
    public long ExternalComments { get; init; }
    /// <summary>Reactions to it.</summary>
    public long Reactions { get; init; }
    /// <summary>Of these, those by others than its owner.</summary>
    public long ExternalReactions { get; init; }
    /// <summary>Times it was downloaded.</summary>
    public long Downloads { get; init; }
    /// <summary>Times it was used, for a route.</summary>
    public long Uses { get; init; }
    /// <summary>Times it was opened in the last seven days.</summary>
    [JsonPropertyName("popularity_7d")] public long PopularityOfWeek { get; init; }
    /// <summary>How long its readers stay; not measured.</summary>
    public long? MedianDwellMs { get; init; }
    /// <summary>The quests it was handed in to.</summary>
    public IReadOnlyList<Guid> QuestIds { get; init; } = [];
}

/// <summary>The same of many assets together.</summary>
/// <param name="Assets">How many there are.</param>
/// <param name="Views">Times they were opened.</param>
/// <param name="QualityViews">The same without machines; none are told apart yet.</param>
/// <param name="Comments">Comments on them.</param>
/// <param name="ExternalComments">Of these, those by others than the owner.</param>
/// <param name="Reactions">Reactions to them.</param>
/// <param name="ExternalReactions">Of these, those by others than the owner.</param>
/// <param name="Downloads">Times they were downloaded.</param>
/// <param name="Uses">Times they were used.</param>
public sealed record ImpactTotals(
    long Assets, long Views, long QualityViews, long Downloads, long Comments = 0, long ExternalComments = 0, long Reactions = 0, long ExternalReactions = 0, long Uses = 0);

/// <summary>How much came of some assets.</summary>
/// <param name="Assets">Each of those that the caller may see.</param>
public sealed record ImpactOfAssets(IReadOnlyList<AssetImpact> Assets);

/// <summary>How much came of what an account made, as far as the caller may see it.</summary>
/// <param name="UserId">The account.</param>
/// <param name="Aggregate">All of it together.</param>
/// <param name="Assets">One by one, newest first.</param>
public sealed record UserImpact(Guid UserId, ImpactTotals Aggregate, IReadOnlyList<AssetImpact> Assets);

/// <summary>What to download.</summary>
/// <param name="AssetType">The type that the asset is expected to be of; null takes any.</param>
/// <param name="Format">The format, e.g. <c>csv</c>; null is the type's own.</param>
public sealed record DownloadAsset(AssetType? AssetType = null, string? Format = null);

/// <summary>An address from which an asset's content can be fetched without a credential.</summary>
/// <param name="DownloadUrl">The address.</param>
/// <param name="FileName">What to call the file.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="ExpiresIn">The seconds that the address works.</param>
/// <param name="AssetType">The type of the asset.</param>
public sealed record DownloadLink(string DownloadUrl, string FileName, string ContentType, int ExpiresIn, AssetType AssetType);

/// <summary>What was downloaded.</summary>
/// <param name="FileName">What the server calls it.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Bytes">How large it is.</param>
public sealed record DownloadedAsset(string FileName, string ContentType, long Bytes);
