using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What everything published shares: who owns it, where it lives, who may see it, what it is called.</summary>
public record Asset
{
    /// <summary>The asset's id, a version 7 uuid.</summary>
    public Guid Id { get; init; }

    /// <summary>What kind of asset this is.</summary>
    public AssetType AssetType { get; init; }

    /// <summary>Its name, 1 to 255 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The name as it stands in addresses.</summary>
    public string? NameUrlSlug { get; init; }

    /// <summary>Its path on the web site, <c>/datasets/{entity}/{name_url_slug}</c>.</summary>
    public string? Slug { get; init; }

    /// <summary>Its absolute web address.</summary>
    public string? Url { get; init; }

    /// <summary>The owner's id.</summary>
    public Guid UserId { get; init; }

    /// <summary>The owner.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UserRef? User { get; init; }

    /// <summary>The organization it lives in; <see cref="Ids.Global"/> is the owner's personal context.</summary>
    public Guid OrgId { get; init; }

    /// <summary>The organization.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OrganizationRef? Organization { get; init; }

    /// <summary>The team it lives in; <see cref="Ids.Global"/> is the catch-all team.</summary>
    public Guid TeamId { get; init; }

    /// <summary>The team.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TeamRef? Team { get; init; }

    /// <summary>What it belongs to: the service of a route, the parent of a comment.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>Who may see it.</summary>
    public Visibility Visibility { get; init; }

    /// <summary>What it is about.</summary>
    public Content? Description { get; init; }

    /// <summary>An SPDX-like licence id.</summary>
    public string? LicenseId { get; init; }

    /// <summary>What only this type of asset has.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Where it comes from; never null.</summary>
    public Attribution Attribution { get; init; } = new();

    /// <summary>How it is sold: <c>none</c>, <c>pay-to-unlock</c> or <c>pay-per-use</c>.</summary>
    public string Monetization { get; init; } = "none";

    /// <summary>The price of unlocking it in the currency that is shown first.</summary>
    public decimal? Price { get; init; }

    /// <summary>The currency that is shown first, <c>usd</c> or <c>btc</c>: of <see cref="Price"/> and <see cref="UnitCost"/>.</summary>
    public string? PriceCurrency { get; init; }

    /// <summary>The price of unlocking it in dollars; null where it is not sold for dollars.</summary>
    public decimal? PriceUsd { get; init; }

    /// <summary>The price of unlocking it in satoshis; null where it is not sold for bitcoin.</summary>
    public long? PriceSats { get; init; }

    /// <summary>The price of one use in the currency that is shown first.</summary>
    public decimal? UnitCost { get; init; }

    /// <summary>The price of one use in dollars.</summary>
    public decimal? UnitCostUsd { get; init; }

    /// <summary>The price of one use in satoshis.</summary>
    public long? UnitCostSats { get; init; }

    /// <summary>What one use is, e.g. <c>call</c>.</summary>
    public string? CostUnit { get; init; }

    /// <summary><c>fixed</c>, <c>variable</c> or <c>runtime</c>.</summary>
    public string? CostAccounting { get; init; }

    /// <summary>The most seconds that one use is billed for.</summary>
    public int? MaxBillableSeconds { get; init; }

    /// <summary>A taste of it: the first rows of a dataset, the first blocks of a post.</summary>
    public JsonElement? Preview { get; init; }

    /// <summary>Whether it is complete.</summary>
    public AssetState State { get; init; } = AssetState.Success;

    /// <summary>The door it came through.</summary>
    public Source Source { get; init; } = Source.Api;

    /// <summary>Whether its team shows it first.</summary>
    public bool IsPinnedInTeam { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset LastUpdated { get; init; }

    /// <summary>In search answers: the passage that matched, with the words between <c>**</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Snippet { get; init; }

    /// <summary>In search answers: where the words were found, <c>name</c> or <c>body</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? MatchSource { get; init; }
}

/// <summary>The kinds of thing that can be an endpoint of a connection.</summary>
public enum AssetType
{
    /// <summary>A person or an agent.</summary>
    User,
    /// <summary>An organization.</summary>
    Organization,
    /// <summary>A team.</summary>
    Team,
    /// <summary>A table that answers SQL.</summary>
    Dataset,
    /// <summary>A file.</summary>
    File,
    /// <summary>A published API.</summary>
    Service,
    /// <summary>One endpoint of a service.</summary>
    Route,
    /// <summary>A document.</summary>
    Post,
    /// <summary>A request for help.</summary>
    Quest,
    /// <summary>A note on an asset.</summary>
    Comment,
    /// <summary>A thread of messages.</summary>
    Conversation,
}

/// <summary>Who may see an asset.</summary>
public enum Visibility
{
    /// <summary>Everybody.</summary>
    Public,
    /// <summary>The owner and those it is shared with.</summary>
    Private,
    /// <summary>The members of its organization.</summary>
    Organization,
    /// <summary>Everybody sees the listing; the content has a price.</summary>
    Monetized,
    /// <summary>Whoever may see its parent.</summary>
    Inherit,
}

/// <summary>Whether an asset, or a piece of work, is complete.</summary>
public enum AssetState
{
    /// <summary>Waiting to begin.</summary>
    Queued,
    /// <summary>Under way.</summary>
    [JsonStringEnumMemberName("in-progress")] InProgress,
    /// <summary>Complete.</summary>
    Success,
    /// <summary>Failed.</summary>
    Error,
}

/// <summary>The door that something came through.</summary>
public enum Source
{
    /// <summary>The web app.</summary>
    Web,
    /// <summary>REST, the SDK or MCP.</summary>
    Api,
}

/// <summary>What somebody may do with an asset; each role includes those before it.</summary>
public enum Role
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>See it.</summary>
    Read,
    /// <summary>Change it.</summary>
    Write,
    /// <summary>Share and delete it.</summary>
    Admin,
}

/// <summary>Where an asset comes from.</summary>
/// <param name="Originality"><c>original</c>, <c>derivative</c> or <c>third-party</c>.</param>
/// <param name="ExternalUrl">Where it was found.</param>
/// <param name="GithubUrl">Its source code.</param>
/// <param name="PaperUrl">Its paper.</param>
/// <param name="DoiUrl">The paper's DOI as an address.</param>
/// <param name="Citation">How to cite it: <c>doi title authors year venue url bibtex source</c>.</param>
/// <param name="RelationType">How it relates to what it cites, e.g. <c>IsDerivedFrom</c>.</param>
/// <param name="Doi">The asset's own DOI.</param>
public sealed record Attribution(
    string Originality = "original",
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalUrl = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? GithubUrl = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PaperUrl = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DoiUrl = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Citation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RelationType = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Doi = null);

/// <summary>Enough of an organization to name it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name in addresses.</param>
public sealed record OrganizationRef(Guid Id, string Name);

/// <summary>Enough of a team to name it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrgId">Its organization.</param>
/// <param name="Name">Its name.</param>
public sealed record TeamRef(Guid Id, Guid OrgId, string Name);
