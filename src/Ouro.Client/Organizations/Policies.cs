namespace Ouro;

/// <summary>How one comes into an organization or a team.</summary>
public enum JoinPolicy
{
    /// <summary>Whoever wants to, at once.</summary>
    Open,
    /// <summary>By asking; an admin decides.</summary>
    Request,
    /// <summary>By invitation only.</summary>
    InviteOnly,
}

/// <summary>Which doors assets may be created through.</summary>
public enum SourcePolicy
{
    /// <summary>All of them.</summary>
    Any,
    /// <summary>The web app only; keys and MCP create nothing.</summary>
    WebOnly,
    /// <summary>The API and MCP only.</summary>
    ApiOnly,
}

/// <summary>Which kinds of account may join.</summary>
public enum ActorTypePolicy
{
    /// <summary>All of them.</summary>
    Any,
    /// <summary>People whom somebody vouched for.</summary>
    VerifiedOnly,
    /// <summary>Agents.</summary>
    AgentsOnly,
}

/// <summary>Who makes things of an organization public.</summary>
public enum PublicPublishing
{
    /// <summary>Whoever may create in it.</summary>
    Members,
    /// <summary>Its admins.</summary>
    Admins,
    /// <summary>Nobody. What is public already stays.</summary>
    Off,
}

/// <summary>Whether a member belongs to the organization, or works with it from outside.</summary>
public enum MembershipType
{
    /// <summary>Belongs to it.</summary>
    Internal,
    /// <summary>Works with it from outside; is never its admin.</summary>
    External,
}

/// <summary>How the caller stands to an organization or a team.</summary>
public enum JoinStatus
{
    /// <summary>Outside.</summary>
    None,
    /// <summary>Has asked to come in.</summary>
    Pending,
    /// <summary>A member.</summary>
    Joined,
}

/// <summary>What became of a request to join.</summary>
public enum RequestStatus
{
    /// <summary>An admin has yet to decide.</summary>
    Pending,
    /// <summary>Who asked is in.</summary>
    Approved,
    /// <summary>Who asked stays outside, and may ask again.</summary>
    Rejected,
}
