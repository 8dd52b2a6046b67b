using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>A member of an organization.</summary>
/// <param name="OrgId">The organization.</param>
/// <param name="UserId">Who.</param>
/// <param name="User">Who, named.</param>
/// <param name="Role">What they may do.</param>
/// <param name="MembershipType">Whether they belong to it.</param>
/// <param name="AddedAt">Since when.</param>
public sealed record OrganizationMember(Guid OrgId, Guid UserId, UserRef User, Role Role, MembershipType MembershipType, DateTimeOffset AddedAt);

/// <summary>What becomes different about a member; what is not given stays.</summary>
/// <param name="Role"><c>read</c>, <c>write</c> or <c>admin</c>.</param>
/// <param name="MembershipType"><c>internal</c> or <c>external</c>.</param>
public sealed record ChangeOrganizationMember(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Role? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MembershipType? MembershipType = null);

/// <summary>The body on the wire: <c>{"member": {…}}</c>.</summary>
/// <param name="Member">What becomes different.</param>
public sealed record ChangeOrganizationMemberBody(ChangeOrganizationMember Member);

/// <summary>A membership that ended, or was not there.</summary>
/// <param name="OrgId">The organization.</param>
/// <param name="UserId">Who.</param>
public sealed record EndedMembership(Guid OrgId, Guid UserId);

/// <summary>What somebody says who asks to join.</summary>
/// <param name="Message">Why, for the admins; at most 1,000 characters.</param>
public sealed record JoinOrganization(string? Message = null);

/// <summary>Somebody's request to join an organization.</summary>
/// <param name="Id">Its id.</param>
/// <param name="OrgId">The organization.</param>
/// <param name="UserId">Who asks.</param>
/// <param name="User">Who asks, named.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Message">What they say.</param>
/// <param name="CreatedAt">When they asked.</param>
/// <param name="ReviewedAt">When an admin decided.</param>
public sealed record OrganizationJoinRequest(
    Guid Id, Guid OrgId, Guid UserId, UserRef User, RequestStatus Status, string? Message, DateTimeOffset CreatedAt, DateTimeOffset? ReviewedAt);
