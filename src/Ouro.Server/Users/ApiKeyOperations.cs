using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

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
        // A key that an agent made for itself would outlive the one that its owner revokes.
        if (actor.Kind == ActorType.Agent && (await UserStore.Facts(db, actor.Id, ct))?.OwnerId is not null) AccountRules.MustBePerson(actor);
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
    public Task<ApiKey> Revoke(Actor actor, Guid id, CancellationToken ct) => Revoke(actor, actor.Id, id, ct);

    /// <summary>Revokes a key of an account that the caller is, or answers for.</summary>
    public async Task<ApiKey> Revoke(Actor actor, Guid user, Guid id, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var key = await ApiKeyStore.Revoke(tx, user, actor.BoundTo, id, clock.Now(), ct)
            ?? throw Refusal.NotFound("api_key_not_found", "There is no such API key of yours, or it is revoked already.");
        await events.Record(tx, actor, "api_key.revoked", key.Id, Audience.User(user), new { key.Name, key.Hint }, ct, key.OrgId);
        await Actors.Changed(tx, user, ct);
        await tx.Commit(ct);
        actors.Forget(user);
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

static class ApiKeyStore
{
    static Sql Columns => $"k.id, k.name, k.hint, k.org_id, k.created_at, k.last_used_at";

    public static Task Add(Session db, ApiKey key, Guid user, byte[] hash, CancellationToken ct) => db.Run($"""
        insert into api_keys (id, user_id, name, hash, hint, org_id, created_at)
        values ({key.Id}, {user}, {key.Name}, {hash}, {key.Hint}, {key.OrgId}, {key.CreatedAt})
        """, ct);

    /// <summary>An account's keys; of one place where <paramref name="place"/> names it.</summary>
    public static Task<List<ApiKey>> Of(Session db, Guid user, Guid? place, CancellationToken ct) => db.Query<ApiKey>($"""
        select {Columns}
        from api_keys k
        where k.user_id = {user} and k.revoked_at is null and ({place} is null or k.org_id = {place})
        order by k.created_at desc
        limit {ApiKeyOperations.Most}
        """, ct);

    public static Task<ApiKey?> Revoke(Session db, Guid user, Guid? place, Guid key, DateTimeOffset now, CancellationToken ct) => db.Maybe<ApiKey>($"""
        update api_keys k set revoked_at = {now}
        where k.id = {key} and k.user_id = {user} and k.revoked_at is null and ({place} is null or k.org_id = {place})
        returning {Columns}
        """, ct);
}
