using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What it takes to create a team. The caller becomes its admin.</summary>
/// <param name="Name">Its name: 1 to 80 lowercase letters, digits and single dashes.</param>
/// <param name="OrgId">The organization to create it in; null is the one that the call runs in.</param>
public sealed record CreateTeam(string Name, Guid? OrgId = null)
{
    /// <summary>What it is for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Content? Description { get; init; }
    /// <summary><see cref="Visibility.Public"/> or <see cref="Visibility.Organization"/>; null is the members of the organization, and in the global one everybody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Visibility? Visibility { get; init; }
    /// <summary>The role of who joins: <see cref="Role.Read"/> or <see cref="Role.Write"/>, which it is where none is named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Role? DefaultRole { get; init; }
    /// <summary>How one comes in; null is open.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public JoinPolicy? JoinPolicy { get; init; }
    /// <summary>Through which doors things are created here; null (or <c>inherit</c>) is the organization's rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(InheritableConverter<SourcePolicy>))] public SourcePolicy? SourcePolicy { get; init; }
    /// <summary>Which accounts join; null (or <c>inherit</c>) is the organization's rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(InheritableConverter<ActorTypePolicy>))] public ActorTypePolicy? ActorTypePolicy { get; init; }
}

/// <summary>The body on the wire: <c>{"team": {…}}</c>.</summary>
/// <param name="Team">The team to create.</param>
public sealed record CreateTeamBody(CreateTeam Team);

/// <summary>What becomes different about a team; what is not given stays.</summary>
public sealed record ChangeTeam
{
    /// <summary>Its new name; its address follows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Name { get; init; }
    /// <summary>What it is for; null takes the description away.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<Content?> Description { get; init; }
    /// <summary>Who sees it: <see cref="Visibility.Public"/> or <see cref="Visibility.Organization"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Visibility? Visibility { get; init; }
    /// <summary>Where it becomes internal with public things in it: whether these become visible to the organization only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool Unpublish { get; init; }
    /// <summary>The role of who joins from now on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Role? DefaultRole { get; init; }
    /// <summary>How one comes in from now on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public JoinPolicy? JoinPolicy { get; init; }
    /// <summary>Through which doors things are created here; a given null (or <c>inherit</c>) is the organization's rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonConverter(typeof(OptionalInheritableConverter<SourcePolicy>))] public Optional<SourcePolicy?> SourcePolicy { get; init; }
    /// <summary>Which accounts join from now on; a given null (or <c>inherit</c>) is the organization's rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault), JsonConverter(typeof(OptionalInheritableConverter<ActorTypePolicy>))] public Optional<ActorTypePolicy?> ActorTypePolicy { get; init; }
}

/// <summary>The body on the wire: <c>{"team": {…}}</c>.</summary>
/// <param name="Team">What becomes different.</param>
public sealed record ChangeTeamBody(ChangeTeam Team);

/// <summary>Which teams to list, among those that the caller may see; newest first.</summary>
public sealed record TeamList
{
    /// <summary>Only those of this organization.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>Only those that the caller is in.</summary>
    public bool Joined { get; init; }
    /// <summary>Only those that everybody sees.</summary>
    public bool PublicOnly { get; init; }
    /// <summary>Only those whose name or description holds this text.</summary>
    public string? Query { get; init; }
    /// <summary>The most of one page, 1 to 200.</summary>
    public int? Limit { get; init; }
    /// <summary>Teams to skip; <see cref="After"/> is exact.</summary>
    public int? Offset { get; init; }
    /// <summary>The cursor of the page before.</summary>
    public string? After { get; init; }
}

/// <summary>Joins a team.</summary>
/// <param name="Message">What to say for oneself, where joining files a request; at most 2,000 characters.</param>
public sealed record JoinTeam([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message = null);

/// <summary>Puts somebody into a team.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Role">What they may do in it; null is the team's default role.</param>
public sealed record AddTeamMember([property: JsonRequired] Guid UserId, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Role? Role = null);

/// <summary>Changes what somebody may do in a team.</summary>
/// <param name="Role"><see cref="Role.Read"/>, <see cref="Role.Write"/> or <see cref="Role.Admin"/>.</param>
public sealed record ChangeTeamMember([property: JsonRequired] Role Role);

/// <summary>Keeps somebody out of a team.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Reason">Why, for the other admins and for who is kept out; at most 2,000 characters.</param>
/// <param name="RemoveContributions">Whether what they and their agents made here moves to the organization's default team.</param>
public sealed record BanFromTeam(
    [property: JsonRequired] Guid UserId, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null, bool RemoveContributions = false);

/// <summary>What is unread in the caller's teams: a count for each, or of one team the things themselves.</summary>
public sealed record TeamUnreads
{
    /// <summary>Team → how many things in it are unread, at most 1,000.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<Guid, int>? Unreads { get; init; }
    /// <summary><c>preview</c> where it is of one team.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? ViewMode { get; init; }
    /// <summary>The team.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Guid? TeamId { get; init; }
    /// <summary>How many things in it are unread, at most 1,000.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int? UnreadCount { get; init; }
    /// <summary>A page of them, newest first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<Asset>? Results { get; init; }
}
