namespace Ouro;

/// <summary>What it takes to make an agent: an account of a program that its owner answers for.</summary>
public sealed record CreateAgent : ChangeProfile
{
    /// <summary>Its name in addresses: 1 to 40 letters, digits and underscores.</summary>
    public string Username { get; init; } = "";
}

/// <summary>The body on the wire: <c>{"agent": {…}}</c>.</summary>
/// <param name="Agent">The agent to make.</param>
public sealed record CreateAgentBody(CreateAgent Agent);

/// <summary>What becomes different about an agent; what is not given stays.</summary>
public sealed record ChangeAgent : ChangeProfile
{
    /// <summary>Whether it is on. Off, its keys are refused from their next request on.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public bool? Enabled { get; init; }
}

/// <summary>The body on the wire: <c>{"agent": {…}}</c>.</summary>
/// <param name="Agent">What becomes different.</param>
public sealed record ChangeAgentBody(ChangeAgent Agent);

/// <summary>A link with which somebody makes an account here, once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Email">Whom it is meant for; null for whoever has it.</param>
/// <param name="Url">The link.</param>
/// <param name="InvitedBy">Who made it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
public sealed record ServerInvitation(Guid Id, string? Email, string Url, AccountName InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Without the link, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(ServerInvitation)} {{ {Id} }}";
}

/// <summary>What it takes to invite somebody to this server.</summary>
/// <param name="Email">Whom it is meant for; it is sent there where the server can send.</param>
public sealed record CreateServerInvitation(string? Email = null);

/// <summary>The body on the wire: <c>{"invitation": {…}}</c>.</summary>
/// <param name="Invitation">The invitation to make.</param>
public sealed record CreateServerInvitationBody(CreateServerInvitation Invitation);
