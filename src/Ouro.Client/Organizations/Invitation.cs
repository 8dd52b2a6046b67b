using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>An invitation into an organization that is still open: it is used once, within seven days.</summary>
public sealed record Invitation
{
    /// <summary>Its id.</summary>
    public Guid Id { get; init; }
    /// <summary>The organization.</summary>
    public Guid OrgId { get; init; }
    /// <summary>The organization, named.</summary>
    public OrganizationRef Organization { get; init; } = null!;
    /// <summary>The account that it is for; null where it is for whoever has its link.</summary>
    public Guid? UserId { get; init; }
    /// <summary>The account that it is for, named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public UserRef? User { get; init; }
    /// <summary>The address that its link is for.</summary>
    public string? Email { get; init; }
    /// <summary>What the new member may do.</summary>
    public Role Role { get; init; }
    /// <summary>Whether the new member belongs to the organization.</summary>
    public MembershipType MembershipType { get; init; }
    /// <summary>Who invites; null where the account is gone.</summary>
    public UserRef? CreatedBy { get; init; }
    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What it takes to invite somebody: an account, an e-mail address, or neither for a link that works for whoever has it.</summary>
/// <param name="UserId">The account.</param>
/// <param name="Email">The address that the link is sent to, where the server sends mail.</param>
/// <param name="Role"><c>read</c>, <c>write</c> or <c>admin</c>; omitted, the organization's base role.</param>
/// <param name="MembershipType"><c>internal</c>, the standard, or <c>external</c>.</param>
public sealed record CreateInvitation(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? UserId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Email = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Role? Role = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MembershipType? MembershipType = null);

/// <summary>The body on the wire: <c>{"invitation": {…}}</c>.</summary>
/// <param name="Invitation">The invitation to make.</param>
public sealed record CreateInvitationBody(CreateInvitation Invitation);

/// <summary>A new invitation. One that has a link shows it this once.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Code">The code of the link; null where the invitation is for an account, which finds it among its own.</param>
/// <param name="Url">The link.</param>
public sealed record NewInvitation(Invitation Invitation, string? Code, string? Url)
{
    /// <summary>Without the code, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(NewInvitation)} {{ {Invitation.Id} }}";
}

/// <summary>Which invitation is meant: the one of a link's code, or one of the caller's own by its id.</summary>
/// <param name="Code">The code of a link.</param>
/// <param name="Id">The id of an invitation that is addressed to the caller.</param>
public sealed record AnswerInvitation(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Id = null)
{
    /// <summary>Without the code, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(AnswerInvitation)} {{ {Id} }}";
}
