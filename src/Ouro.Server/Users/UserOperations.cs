using System.Text.RegularExpressions;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>An account that is about to be.</summary>
public sealed record NewAccount(
    Guid Id, string Username, string? Email, ActorType ActorType, bool IsOperator, string SecurityStamp, DateTimeOffset CreatedAt);

/// <summary>What anybody may ask about accounts, and how one is made.</summary>
public sealed partial class UserOperations(Db db, Clock clock, EventLog events)
{
    /// <summary>The caller as the clients' start-up reads it.</summary>
    public static Identity Current(Actor actor) => new(actor.Id, actor.Id, actor.Username, actor.Email, actor.Kind);

    /// <summary>The caller's own profile.</summary>
    public async Task<UserProfile> Profile(Actor actor, CancellationToken ct) =>
        await UserStore.Find(db, actor.Id.ToString(), ct) is { } profile
            ? profile with { IsSelf = true, Email = actor.Email }
            : throw Unknown(actor.Username);

    /// <summary>Somebody's profile, by username or id.</summary>
    public async Task<UserProfile> Get(Actor actor, string nameOrId, CancellationToken ct) =>
        await UserStore.Find(db, nameOrId, ct) is { } profile
            ? profile with { IsSelf = profile.UserId == actor.Id }
            : throw Unknown(nameOrId);

    /// <summary>Accounts whose username or name holds <paramref name="query"/>, exact matches first.</summary>
    public async Task<Page<UserProfile>> Search(Actor actor, string? query, int? limit, int? offset, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset);
        var found = await UserStore.Matching(db, Contract.Clean(query?.Trim() ?? "", "query"), size + 1, skip, ct);
        var page = found.Take(size).Select(u => u with { IsSelf = u.UserId == actor.Id }).ToList();
        return new(page, new(skip, size, found.Count > size));
    }

    /// <summary>Makes an account. For the command line and the first start; sign-up is a matter of its own.</summary>
    public async Task<NewAccount> Create(string username, ActorType kind, string? email, bool isOperator, CancellationToken ct)
    {
        if (!Username().IsMatch(username))
            throw Refusal.Fields(("username", "A username is 1 to 40 letters, digits and underscores."));
        // These would be hidden behind a call of the same path.
        if (username.ToLowerInvariant() is "search")
            throw Refusal.Fields(("username", $"The username “{username}” is reserved."));
        if (email is not null && !(email.Length <= 254 && Email().IsMatch(email)))
            throw Refusal.Fields(("email", $"“{email}” is not an e-mail address."));
        var account = new NewAccount(Guid.CreateVersion7(), username, email, kind, isOperator, Guid.CreateVersion7().ToString("N"), clock.Now());
        await using var tx = await db.Begin(ct);
        if (!await UserStore.Add(tx, account, ct))
            throw Refusal.Conflict("username_taken", $"There is already an account called “{username}”, or one with this e-mail address.");
        await events.Record(tx, Actor.Nobody, "user.created", account.Id, Audience.Operators, new { account.Username, account.ActorType }, ct);
        await tx.Commit(ct);
        return account;
    }

    static Refusal Unknown(string nameOrId) => Refusal.NotFound("user_not_found", $"There is no account “{nameOrId}”.");

    [GeneratedRegex("^[A-Za-z0-9_]{1,40}$")]
    private static partial Regex Username();

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+$")]
    private static partial Regex Email();
}

/// <summary>API keys: made, listed, revoked.</summary>
public sealed class ApiKeyOperations(Db db, Clock clock, EventLog events, Actors actors, Identification identification, AccessTokens tokens)
{
    /// <summary>The most keys one account can hold; the list comes whole.</summary>
    public const int Most = 100;

    /// <summary>The caller's keys, newest first; a bound key sees those of its own place.</summary>
    public async Task<List<ApiKey>> List(Actor actor, CancellationToken ct) => await ApiKeyStore.Of(db, actor.Id, actor.BoundTo, ct);

    /// <summary>Makes a key. Its secret is in the answer and nowhere else.</summary>
    public async Task<NewApiKey> Create(Actor actor, CreateApiKey input, CancellationToken ct)
    {
        Contract.Present(input, "key");
        // A key must not reach further than the key that made it.
        if (actor.BoundTo is { } bound && input.OrgId != bound)
            throw Refusal.Forbidden("api_key_org_mismatch", "A bound API key makes only keys with the same bound.");
        return await Create(actor, actor.Id, input, ct);
    }

    /// <summary>Makes a key for an account, as the operator at the machine may.</summary>
    public async Task<NewApiKey> Create(Actor actor, Guid user, CreateApiKey input, CancellationToken ct)
    {
        var name = Contract.Name(input.Name, "key.name");
        if (name.Length > 80) throw Refusal.Fields(("key.name", "A key's name is at most 80 characters."));
        if (input.OrgId is { } org && user == actor.Id && !actor.IsMemberOf(org))
            throw Refusal.Fields(("key.org_id", "A key can be bound only to an organization that you are a member of."));
        var secret = ApiKeySecret.New();
        var key = new ApiKey(Guid.CreateVersion7(), name, secret[^4..], input.OrgId, clock.Now(), null);
        await using var tx = await db.Begin(ct);
        // Two keys at once must not pass the cap together.
        await tx.Run($"select from users where id = {user} for update", ct);
        if ((await ApiKeyStore.Of(tx, user, null, ct)).Count >= Most)
            throw Refusal.Conflict("too_many_api_keys", $"An account holds at most {Most} keys. Revoke one that is not used.");
        await ApiKeyStore.Add(tx, key, user, ApiKeySecret.Hash(secret), ct);
        await events.Record(tx, actor, "api_key.created", key.Id, Audience.User(user), new { key.Name, key.Hint, key.OrgId }, ct, key.OrgId);
        await tx.Commit(ct);
        return new(key, secret);
    }

    /// <summary>Revokes a key; the next request with it, or with a token of it, is refused.</summary>
    public async Task<ApiKey> Revoke(Actor actor, Guid id, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var key = await ApiKeyStore.Revoke(tx, actor.Id, actor.BoundTo, id, clock.Now(), ct)
            ?? throw Refusal.NotFound("api_key_not_found", "You have no such API key, or it is revoked already.");
        await events.Record(tx, actor, "api_key.revoked", key.Id, Audience.User(actor.Id), new { key.Name, key.Hint }, ct, key.OrgId);
        await Actors.Changed(tx, actor.Id, ct);
        await tx.Commit(ct);
        actors.Forget(actor.Id);
        return key;
    }

    /// <summary>Exchanges a key for an access token. A wrong key is an answer here, because the clients show only such an answer well.</summary>
    public async Task<TokenAnswer> Exchange(TokenRequest input, CancellationToken ct)
    {
        try
        {
            var actor = input?.Pat is { Length: > 0 } pat && pat.Count(c => c == '.') != 2 ? await identification.FromSecret(pat.Trim(), ct) : null;
            return actor is { KeyId: { } key }
                ? new(tokens.Issue(actor.Id, key), null, actor.KeyName, actor.BoundTo)
                : new(null, Error: new("This API key is not valid: it is mistyped, or it was revoked.", 401, "invalid_api_key"));
        }
        catch (Refusal refused)
        {
            return new(null, Error: new(refused.Message, refused.Status, refused.Code));
        }
    }
}
