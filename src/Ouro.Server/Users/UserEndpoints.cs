namespace Ouro.Server.Users;

/// <summary>The REST door of accounts and API keys.</summary>
public static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder api)
    {
        api.MapPost("/users/get-token", Exchange).WithName("api_keys.exchange");
        api.MapGet("/user", Current).WithName("users.current");
        api.MapGet("/user/profile", Profile).WithName("users.profile");
        api.MapGet("/users/search", Search).WithName("users.search");
        api.MapGet("/users/{nameOrId}", Get).WithName("users.get");
        api.MapGet("/user/api-keys", Keys).WithName("api_keys.list");
        api.MapPost("/user/api-keys", CreateKey).WithName("api_keys.create");
        api.MapDelete("/user/api-keys/{id}", RevokeKey).WithName("api_keys.revoke");
    }

    /// <summary>Exchange an API key for an access token</summary>
    public static Task<TokenAnswer> Exchange(ApiKeyOperations keys, TokenRequest body, CancellationToken ct) => keys.Exchange(body, ct);

    /// <summary>The account behind the credential</summary>
    public static Envelope<Identity> Current(Actor actor) => new(UserOperations.Current(actor));

    /// <summary>The caller's own profile</summary>
    public static Task<Envelope<UserProfile>> Profile(UserOperations users, Actor actor, CancellationToken ct) => users.Profile(actor, ct).Enveloped();

    /// <summary>A profile, by username or id</summary>
    public static Task<Envelope<UserProfile>> Get(UserOperations users, Actor actor, string nameOrId, CancellationToken ct) =>
        users.Get(actor, nameOrId, ct).Enveloped();

    /// <summary>Find accounts by a part of their name</summary>
    public static Task<Envelope<IReadOnlyList<UserProfile>>> Search(
        UserOperations users, Actor actor, string? query, int? limit, int? offset, CancellationToken ct) =>
        users.Search(actor, query, limit, offset, ct).Enveloped();

    /// <summary>The caller's API keys</summary>
    public static Task<Envelope<List<ApiKey>>> Keys(ApiKeyOperations keys, Actor actor, CancellationToken ct) => keys.List(actor, ct).Enveloped();

    /// <summary>Make an API key; its secret is in this answer only</summary>
    public static Task<Envelope<NewApiKey>> CreateKey(ApiKeyOperations keys, Actor actor, CreateApiKeyBody body, CancellationToken ct) =>
        keys.Create(actor, body.Key, ct).Enveloped();

    /// <summary>Revoke an API key</summary>
    public static Task<Envelope<ApiKey>> RevokeKey(ApiKeyOperations keys, Actor actor, Guid id, CancellationToken ct) =>
        keys.Revoke(actor, id, ct).Enveloped();
}
