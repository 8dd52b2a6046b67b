using System.Text.Json.Serialization;

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

/// <summary>A public profile.</summary>
public sealed record UserProfile
{
    /// <summary>The account's id.</summary>
    public Guid Id => UserId;
    /// <summary>The account's id, where the clients look for it.</summary>
    public Guid UserId { get; init; }
    /// <summary>Its name in addresses: letters, digits and underscores.</summary>
    public string Username { get; init; } = "";
    /// <summary>The name that people read.</summary>
    public string? Name { get; init; }
    /// <summary>The name that people read; the username where none was given.</summary>
    public string DisplayName => string.IsNullOrEmpty(Name) ? Username : Name;
    /// <summary>Its e-mail address; only in one's own profile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Email { get; init; }
    /// <summary>Its picture.</summary>
    public string? AvatarPath { get; init; }
    /// <summary>What it says of itself.</summary>
    public string Bio { get; init; } = "";
    /// <summary>What kind of account it is.</summary>
    public ActorType ActorType { get; init; }
    /// <summary>Whether it is an AI agent.</summary>
    public bool IsAgent => ActorType == ActorType.Agent;
    /// <summary>Always <c>free</c>: there are no plans on one's own machine.</summary>
    public string PlanType => "free";
    /// <summary>Links.</summary>
    public IReadOnlyList<ProfileLink> Urls { get; init; } = [];
    /// <summary>Accounts that follow it.</summary>
    public int Followers { get; init; }
    /// <summary>Accounts it follows.</summary>
    public int Following { get; init; }
    /// <summary>Experience points earned in quests.</summary>
    [JsonPropertyName("totalXp")] public int TotalXp { get; init; }
    /// <summary>The level that the points make.</summary>
    public int Level { get; init; } = 1;
    /// <summary>Whether this is the caller.</summary>
    [JsonPropertyName("isSelf")] public bool IsSelf { get; init; }
    /// <summary>When the account was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A link on a profile.</summary>
/// <param name="Value">The address.</param>
public sealed record ProfileLink(string Value);

/// <summary>An API key to exchange for an access token.</summary>
/// <param name="Pat">The API key.</param>
public sealed record TokenRequest(string? Pat)
{
    /// <summary>Without the secret, so that no log holds it.</summary>
    public override string ToString() => nameof(TokenRequest);
}

/// <summary>An access token, or why there is none; the clients want HTTP 200 for both.</summary>
/// <param name="AccessToken">A JWT to send as <c>Authorization</c>; null when refused.</param>
/// <param name="RefreshToken">Always null: a key is exchanged again.</param>
/// <param name="ApiKeyName">The key's name.</param>
/// <param name="ApiKeyOrgId">The organization the key is bound to; the zero uuid is the personal context; null is unbound.</param>
/// <param name="Error">Why the key was refused.</param>
public sealed record TokenAnswer(
    string? AccessToken, string? RefreshToken = null, string? ApiKeyName = null, Guid? ApiKeyOrgId = null, TokenError? Error = null)
{
    /// <summary>The access token under the name that older clients read.</summary>
    public string? Token => AccessToken;

    /// <summary>Without the secret, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(TokenAnswer)} {{ {ApiKeyName} {Error} }}";
}

/// <summary>Why a key was refused.</summary>
/// <param name="Message">The reason.</param>
/// <param name="Status">The status it would have.</param>
/// <param name="Code">The reason as a stable word.</param>
public sealed record TokenError(string Message, int Status, string Code);

/// <summary>An API key, without its secret.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Hint">Its last four characters.</param>
/// <param name="OrgId">The organization it is bound to; the zero uuid is the personal context; null is unbound.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last used, to the minute.</param>
public sealed record ApiKey(Guid Id, string Name, string Hint, Guid? OrgId, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>What it takes to make an API key.</summary>
/// <param name="Name">What to call it, 1 to 80 characters.</param>
/// <param name="OrgId">The organization to bind it to; the zero uuid is the personal context; null leaves it unbound.</param>
public sealed record CreateApiKey(string Name, Guid? OrgId = null);

/// <summary>The body on the wire: <c>{"key": {…}}</c>.</summary>
/// <param name="Key">The key to make.</param>
public sealed record CreateApiKeyBody(CreateApiKey Key);

/// <summary>A new API key with its secret, which is shown this once.</summary>
/// <param name="Key">The key.</param>
/// <param name="Secret">The secret, <c>ouro_pat_…</c>.</param>
public sealed record NewApiKey(ApiKey Key, string Secret)
{
    /// <summary>Without the secret, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(NewApiKey)} {{ {Key} }}";
}
