using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>A place within an organization where people and agents work on one thing: its mission, its rules, and what the caller is in it.</summary>
public sealed record Team
{
    /// <summary>Its id.</summary>
    public Guid Id { get; init; }

    /// <summary>Its organization's id; <see cref="Ids.Global"/> is the one that everybody is in.</summary>
    public Guid OrgId { get; init; }

    /// <summary>Its organization's id, under the name that some clients read.</summary>
    public Guid OrganizationId => OrgId;

    /// <summary>Its organization.</summary>
    public OrganizationRef Organization { get; init; } = new(Guid.Empty, "");

    /// <summary>Its name in addresses: lowercase letters, digits and single dashes, once in its organization.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its name once more, where clients look for what stands in addresses.</summary>
    public string Slug => Name;

    /// <summary>Its absolute web address.</summary>
    public string Url { get; init; } = "";

    /// <summary>What it is for.</summary>
    public Content Description { get; init; } = Content.Of("");

    /// <summary>Who sees it: <see cref="Visibility.Public"/> is everybody, <see cref="Visibility.Organization"/> the members of the organization.</summary>
    public Visibility Visibility { get; init; }

    /// <summary>Whether things go here that name no team. Everybody in the organization is in this one.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The role of who joins: <see cref="Role.Read"/> or <see cref="Role.Write"/>.</summary>
    public Role DefaultRole { get; init; }

    /// <summary>How one comes in.</summary>
    public JoinPolicy JoinPolicy { get; init; }

    /// <summary>Through which doors things are created here: the team's own rule, or the organization's.</summary>
    public SourcePolicy SourcePolicy { get; init; }

    /// <summary>Whether <see cref="SourcePolicy"/> is the organization's.</summary>
    public bool InheritsSourcePolicy { get; init; }

    /// <summary>Which accounts join: the team's own rule, or the organization's.</summary>
    public ActorTypePolicy ActorTypePolicy { get; init; }

    /// <summary>Whether <see cref="ActorTypePolicy"/> is the organization's.</summary>
    public bool InheritsActorTypePolicy { get; init; }

    /// <summary>Whether things can be created here with an API key or over MCP, as agents do.</summary>
    public bool AgentCanCreate => SourcePolicy != SourcePolicy.WebOnly;

    /// <summary>How many are in it; null for the team that everybody is in.</summary>
    [JsonPropertyName("memberCount")] public int? MemberCount { get; init; }

    /// <summary>The caller's part in it; null for others.</summary>
    [JsonPropertyName("userMembership")] public TeamMember? UserMembership { get; init; }

    /// <summary>Whether the caller is in it, has asked to be, or neither.</summary>
    [JsonPropertyName("joinStatus")] public JoinStatus JoinStatus { get; init; }

    /// <summary>Whether the caller has asked to be in it.</summary>
    public bool JoinRequestPending => JoinStatus == JoinStatus.Pending;

    /// <summary>The caller's own request to be in it, while nobody has reviewed it.</summary>
    [JsonPropertyName("userJoinRequest")] public TeamJoinRequest? UserJoinRequest { get; init; }

    /// <summary>Whether the caller is an admin of it: of the team, or of its organization.</summary>
    [JsonPropertyName("canModerate")] public bool CanModerate { get; init; }

    /// <summary>
    /// What is in it that the caller may see, counted up to 10,000: <c>assets</c>, and of these <c>datasets</c>, <c>files</c> and so on; and <c>members</c>. Not in lists.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Metrics { get; init; }

    /// <summary>Who is in it, at most 1,000; only where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TeamMember>? Members { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset LastUpdated { get; init; }
}

/// <summary>Somebody in a team.</summary>
/// <param name="UserId">Who.</param>
/// <param name="User">Who, named.</param>
/// <param name="Role">What they may do in it.</param>
/// <param name="MembershipType">Their part in the organization: <c>internal</c>, or <c>external</c>, which those are too who are not in it.</param>
/// <param name="AddedAt">Since when.</param>
public sealed record TeamMember(Guid UserId, UserRef User, Role Role, MembershipType MembershipType, DateTimeOffset AddedAt);

/// <summary>Somebody's wish to be in a team.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="TeamId">The team.</param>
/// <param name="UserId">Who asks.</param>
/// <param name="User">Who asks, named.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Message">What they say for themselves.</param>
/// <param name="CreatedAt">When they asked.</param>
/// <param name="ReviewedAt">When it was decided; null while it is not.</param>
public sealed record TeamJoinRequest(
    Guid Id, Guid TeamId, Guid UserId, UserRef User, RequestStatus Status, string? Message, DateTimeOffset CreatedAt, DateTimeOffset? ReviewedAt);

/// <summary>Somebody who is kept out of a team, with their agents.</summary>
/// <param name="Id">The ban's id.</param>
/// <param name="TeamId">The team.</param>
/// <param name="UserId">Who.</param>
/// <param name="User">Who, named.</param>
/// <param name="Reason">Why.</param>
/// <param name="CreatedAt">Since when.</param>
public sealed record TeamBan(Guid Id, Guid TeamId, Guid UserId, UserRef User, string? Reason, DateTimeOffset CreatedAt);

/// <summary>A team that was deleted, and where its things went.</summary>
/// <param name="Id">The team.</param>
/// <param name="Name">Its name.</param>
/// <param name="MovedTo">The organization's default team, which has them now.</param>
/// <param name="MovedAssets">How many there were.</param>
public sealed record DeletedTeam(Guid Id, string Name, Guid MovedTo, long MovedAssets);
