namespace Ouro.Server.Users;

/// <summary>The REST door of accounts and API keys.</summary>
public static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder api)
    {
        api.MapPost("/users/get-token", Exchange).WithName("api_keys.exchange");
        api.MapGet("/user", Current).WithName("users.current");
        api.MapGet("/user/profile", Profile).WithName("users.profile");
        api.MapPut("/user/profile", Update).WithName("users.update");
        api.MapPut("/user/avatar", SetAvatar).WithName("users.set_avatar");
        api.MapDelete("/user/avatar", RemoveAvatar).WithName("users.remove_avatar");
        api.MapPut("/user/email", ChangeEmail).WithName("users.change_email");
        api.MapPost("/user/sign-out-everywhere", SignOutEverywhere).WithName("users.sign_out_everywhere");
        api.MapGet("/user/plan-info", PlanInfo).WithName("users.plan_info");
        api.MapGet("/users/search", Search).WithName("users.search");
        api.MapGet("/users/{nameOrId}", Get).WithName("users.get");
        api.MapPut("/users/{nameOrId}/follow", Follow).WithName("users.follow");
        api.MapGet("/users/{nameOrId}/follows", Follows).WithName("users.follows");
        api.MapGet("/users/{nameOrId}/followers", Followers).WithName("users.followers");
        api.MapPut("/users/{nameOrId}/verification", Verify).WithName("users.verify");
        api.MapDelete("/users/{nameOrId}/verification", Unverify).WithName("users.unverify");
        api.MapGet("/user/api-keys", Keys).WithName("api_keys.list");
        api.MapPost("/user/api-keys", CreateKey).WithName("api_keys.create");
        api.MapDelete("/user/api-keys/{id}", RevokeKey).WithName("api_keys.revoke");
        api.MapAgents();
    }

    /// <summary>Exchange an API key for an access token</summary>
    public static Task<TokenAnswer> Exchange(ApiKeyOperations keys, TokenRequest body, CancellationToken ct) => keys.Exchange(body, ct);

    /// <summary>The account behind the credential</summary>
    public static Envelope<Identity> Current(Actor actor) => new(UserOperations.Current(actor));

    /// <summary>The caller's own profile</summary>
    public static Task<Envelope<UserProfile>> Profile(UserOperations users, Actor actor, CancellationToken ct) => users.Profile(actor, ct).Enveloped();

    /// <summary>Change the caller's profile; what is absent stays as it is</summary>
    public static Task<Envelope<UserProfile>> Update(UserOperations users, Actor actor, ChangeProfileBody body, CancellationToken ct) =>
        users.Update(actor, body.User, ct).Enveloped();

    /// <summary>Give the caller a picture: the bytes of a PNG, JPEG, WebP or GIF file, at most 512 KiB</summary>
    public static Task<Envelope<UserProfile>> SetAvatar(UserOperations users, Actor actor, Stream body, CancellationToken ct) =>
        users.SetAvatar(actor, body, ct).Enveloped();

    /// <summary>Take the caller's picture away</summary>
    public static Task<Envelope<UserProfile>> RemoveAvatar(UserOperations users, Actor actor, CancellationToken ct) => users.RemoveAvatar(actor, ct).Enveloped();

    /// <summary>Ask for another e-mail address; it counts once its link is opened</summary>
    public static Task<Envelope<AskedEmail>> ChangeEmail(EmailOperations emails, Actor actor, ChangeEmail body, CancellationToken ct) =>
        emails.ChangeEmail(actor, body, ct).Enveloped();

    /// <summary>End all web sessions of the caller; API keys stay</summary>
    public static Task<Envelope<SessionsEnded>> SignOutEverywhere(UserOperations users, Actor actor, CancellationToken ct) =>
        users.SignOutEverywhere(actor, ct).Enveloped();

    /// <summary>What the caller may have here, and has</summary>
    public static Task<Envelope<PlanInfo>> PlanInfo(UserOperations users, Actor actor, CancellationToken ct) => users.PlanInfo(actor, ct).Enveloped();

    /// <summary>A profile, by username or id</summary>
    public static Task<Envelope<UserProfile>> Get(UserOperations users, Actor actor, string nameOrId, CancellationToken ct) =>
        users.Get(actor, nameOrId, ct).Enveloped();

    /// <summary>Follow an account, or no longer</summary>
    public static Task<Envelope<FollowState>> Follow(UserOperations users, Actor actor, string nameOrId, CancellationToken ct) =>
        users.Follow(actor, nameOrId, ct).Enveloped();

    /// <summary>Whom an account follows, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Follow>>> Follows(UserOperations users, Actor actor, string nameOrId, int? limit, string? after, CancellationToken ct) =>
        users.Follows(actor, nameOrId, limit, after, ct).Enveloped();

    /// <summary>Who follows an account, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Follow>>> Followers(UserOperations users, Actor actor, string nameOrId, int? limit, string? after, CancellationToken ct) =>
        users.Followers(actor, nameOrId, limit, after, ct).Enveloped();

    /// <summary>Vouch for a person</summary>
    public static Task<Envelope<UserProfile>> Verify(UserOperations users, Actor actor, string nameOrId, CancellationToken ct) =>
        users.Verify(actor, nameOrId, ct).Enveloped();

    /// <summary>Take a verification back</summary>
    public static Task<Envelope<UserProfile>> Unverify(UserOperations users, Actor actor, string nameOrId, CancellationToken ct) =>
        users.Unverify(actor, nameOrId, ct).Enveloped();

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
