namespace Ouro;

/// <summary>What kind of account this is.</summary>
public enum ActorType
{
    /// <summary>A person.</summary>
    Base,
    /// <summary>An AI agent.</summary>
    Agent,
    /// <summary>A person whom somebody vouched for.</summary>
    Verified,
}

/// <summary>Enough of an account to name it.</summary>
/// <param name="UserId">Its id.</param>
/// <param name="Username">Its name in addresses.</param>
/// <param name="ActorType">What kind of account it is.</param>
/// <param name="AvatarPath">Its picture.</param>
public sealed record UserRef(Guid UserId, string Username, ActorType ActorType, string? AvatarPath = null)
{
    /// <summary>Whether it is an AI agent.</summary>
    public bool IsAgent => ActorType == ActorType.Agent;
}

/// <summary>The account behind a credential, as the clients' start-up reads it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Its id, once more.</param>
/// <param name="Username">Its name in addresses.</param>
/// <param name="Email">Its e-mail address, or null.</param>
/// <param name="ActorType">What kind of account it is.</param>
public sealed record Identity(Guid Id, Guid UserId, string Username, string? Email, ActorType ActorType);
