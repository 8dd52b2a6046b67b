namespace Ouro;

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
