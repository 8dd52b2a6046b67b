namespace Ouro;

/// <summary>A group of people and agents, and what they share.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name in addresses.</param>
/// <param name="DisplayName">The name that people read.</param>
/// <param name="Mission">What it is for.</param>
/// <param name="Membership">The caller's part in it; null for others.</param>
/// <param name="DefaultTeam">Where things go that name no team.</param>
/// <param name="CreatedAt">When it was founded.</param>
/// <param name="LastUpdated">When it last changed.</param>
public sealed record Organization(
    Guid Id, string Name, string? DisplayName, string? Mission, Membership? Membership, TeamRef? DefaultTeam,
    DateTimeOffset CreatedAt, DateTimeOffset LastUpdated);

/// <summary>Somebody's part in an organization.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="MembershipType"><c>internal</c> or <c>external</c>.</param>
public sealed record Membership(Role Role, string MembershipType);
