using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>A group of people and agents, its rules, and how the caller stands to it.</summary>
public sealed record Organization
{
    /// <summary>Its id.</summary>
    public Guid Id { get; init; }
    /// <summary>Its name in addresses: lowercase letters, digits and single dashes.</summary>
    public string Name { get; init; } = "";
    /// <summary>The name that people read.</summary>
    public string? DisplayName { get; init; }
    /// <summary>Its picture.</summary>
    public string? AvatarPath { get; init; }
    /// <summary>What it is for.</summary>
    public string? Mission { get; init; }
    /// <summary>How large it is, in its own words.</summary>
    public string? Size { get; init; }
    /// <summary>Where it is written to.</summary>
    public string? Email { get; init; }
    /// <summary>The domain of its members' e-mail addresses: who joins without one of them is external.</summary>
    public string? Domain { get; init; }
    /// <summary>Links.</summary>
    public IReadOnlyList<ProfileLink> Urls { get; init; } = [];
    /// <summary>The role of new members, unless an admin says otherwise: <c>read</c> or <c>write</c>.</summary>
    public Role BaseRole { get; init; } = Role.Write;
    /// <summary>Whether members may be external.</summary>
    public bool AllowExternalMembers { get; init; }
    /// <summary>Whether external members may make public teams.</summary>
    public bool AllowExternalPublicTeamCreation { get; init; }
    /// <summary>How one comes in.</summary>
    public JoinPolicy JoinPolicy { get; init; }
    /// <summary>Which kinds of account may join.</summary>
    public ActorTypePolicy ActorTypePolicy { get; init; }
    /// <summary>Which doors assets may be created through.</summary>
    public SourcePolicy SourcePolicy { get; init; }
    /// <summary>Who makes things of it public.</summary>
    public PublicPublishing PublicPublishing { get; init; }
    /// <summary><c>public</c> where everybody sees that it is there, else <c>organization</c>.</summary>
    public Visibility Visibility { get; init; }
    /// <summary>The caller's part in it; null for who is no member.</summary>
    public Membership? Membership { get; init; }
    /// <summary>The type of <see cref="Membership"/> once more, where the clients look for it.</summary>
    [JsonPropertyName("membershipType")] public MembershipType? MembershipType => Membership?.MembershipType;
    /// <summary>The role of <see cref="Membership"/> once more, where the clients look for it.</summary>
    [JsonPropertyName("userRole")] public Role? UserRole => Membership?.Role;
    /// <summary>Where things go that name no team.</summary>
    public TeamRef? DefaultTeam { get; init; }
    /// <summary>How many members it has.</summary>
    public int MemberCount { get; init; }
    /// <summary>How the caller stands to it.</summary>
    [JsonPropertyName("joinStatus")] public JoinStatus JoinStatus { get; init; }
    /// <summary>When it was founded.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When what it says of itself, or a rule, last changed.</summary>
    public DateTimeOffset LastUpdated { get; init; }
}

/// <summary>Somebody's part in an organization.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="MembershipType">Whether they belong to it.</param>
public sealed record Membership(Role Role, MembershipType MembershipType);

/// <summary>What an organization says of itself, and its rules; what is not given stays, or is as usual.</summary>
public record OrganizationSettings
{
    /// <summary>The name that people read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> DisplayName { get; init; }
    /// <summary>What it is for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Mission { get; init; }
    /// <summary>How large it is, in its own words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Size { get; init; }
    /// <summary>Where it is written to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Email { get; init; }
    /// <summary>The domain of its members' e-mail addresses.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Domain { get; init; }
    /// <summary>Links; all of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<IReadOnlyList<ProfileLink>?> Urls { get; init; }
    /// <summary>The role of new members: <c>read</c> or <c>write</c> (the standard).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<Role> BaseRole { get; init; }
    /// <summary>Whether members may be external; the standard is no.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<bool> AllowExternalMembers { get; init; }
    /// <summary>Whether external members may make public teams; the standard is no.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<bool> AllowExternalPublicTeamCreation { get; init; }
    /// <summary>How one comes in; the standard is by invitation only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<JoinPolicy> JoinPolicy { get; init; }
    /// <summary>Which kinds of account may join; members who are in stay.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<ActorTypePolicy> ActorTypePolicy { get; init; }
    /// <summary>Which doors assets may be created through.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<SourcePolicy> SourcePolicy { get; init; }
    /// <summary>Who makes things of it public.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<PublicPublishing> PublicPublishing { get; init; }
}

/// <summary>What it takes to found an organization.</summary>
public sealed record CreateOrganization : OrganizationSettings
{
    /// <summary>Its name in addresses: 1 to 80 lowercase letters, digits and single dashes.</summary>
    public string Name { get; init; } = "";
}

/// <summary>The body on the wire: <c>{"organization": {…}}</c>.</summary>
/// <param name="Organization">The organization to found.</param>
public sealed record CreateOrganizationBody(CreateOrganization Organization);

/// <summary>What becomes different about an organization; what is not given stays.</summary>
public sealed record ChangeOrganization : OrganizationSettings
{
    /// <summary>Its name in addresses; the old one leads nowhere any more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Name { get; init; }
}

/// <summary>The body on the wire: <c>{"organization": {…}}</c>.</summary>
/// <param name="Organization">What becomes different.</param>
public sealed record ChangeOrganizationBody(ChangeOrganization Organization);
