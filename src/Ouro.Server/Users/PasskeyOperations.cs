using Microsoft.AspNetCore.Identity;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>A passkey as its owner sees it.</summary>
public sealed record Passkey(Guid Id, string Name, bool IsBackedUp, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary>Passkeys: what the framework has found right is kept here, named, listed, removed.</summary>
public sealed class PasskeyOperations(Db db, Clock clock, EventLog events)
{
    /// <summary>The most passkeys that one account holds; the list comes whole.</summary>
    public const int Most = 20;

    /// <summary>The caller's passkeys, oldest first.</summary>
    public Task<List<Passkey>> List(Actor actor, CancellationToken ct) => PasskeyStore.Of(db, actor.Id, ct);

    /// <summary>Keeps a passkey that the browser made for the caller.</summary>
    public async Task<Passkey> Add(Actor actor, UserPasskeyInfo passkey, string? name, CancellationToken ct)
    {
        AccountRules.MustBePerson(actor);
        var (id, called) = (Guid.CreateVersion7(), Name(name));
        await using var tx = await db.Begin(ct);
        await UserStore.Hold(tx, actor.Id, ct);
        if ((await PasskeyStore.Of(tx, actor.Id, ct)).Count >= Most)
            throw Refusal.Conflict("too_many_passkeys", $"An account holds at most {Most} passkeys. Remove one that is not used.");
        await PasskeyStore.Add(tx, id, actor.Id, called, passkey, clock.Now(), ct);
        await events.Record(tx, actor, "passkey.added", id, Audience.User(actor.Id), new { name = called }, ct);
        await tx.Commit(ct);
        return new(id, called, passkey.IsBackedUp, clock.Now(), null);
    }

    /// <summary>Calls a passkey something else.</summary>
    public async Task Rename(Actor actor, Guid id, string? name, CancellationToken ct)
    {
        var called = Name(name);
        await using var tx = await db.Begin(ct);
        if (!await PasskeyStore.Rename(tx, actor.Id, id, called, ct)) throw Unknown();
        await events.Record(tx, actor, "passkey.renamed", id, Audience.User(actor.Id), new { name = called }, ct);
        await tx.Commit(ct);
    }

    /// <summary>Removes a passkey; nobody signs in with it any more.</summary>
    public async Task Remove(Actor actor, Guid id, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        if (!await PasskeyStore.Remove(tx, actor.Id, id, ct)) throw Unknown();
        await events.Record(tx, actor, "passkey.removed", id, Audience.User(actor.Id), new { }, ct);
        await tx.Commit(ct);
    }

    /// <summary>A passkey signed its account in: how often it was used is kept, which tells a copied one.</summary>
    public async Task SignIn(Account account, UserPasskeyInfo passkey, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        await PasskeyStore.Use(tx, account.Id, passkey, clock.Now(), ct);
        await events.Record(tx, Actor.Nobody, "user.signed_in", account.Id, Audience.User(account.Id), new { by = "passkey" }, ct);
        await tx.Commit(ct);
    }

    static string Name(string? name) =>
        Contract.Name(name) is { Length: <= 80 } called ? called : throw Refusal.Fields(("name", "A passkey's name is at most 80 characters."));

    static Refusal Unknown() => Refusal.NotFound("passkey_not_found", "You have no such passkey.");
}

static class PasskeyStore
{
    public static Task<List<Passkey>> Of(Session db, Guid user, CancellationToken ct) => db.Query<Passkey>($"""
        select id, name, is_backed_up, created_at, last_used_at from passkeys where user_id = {user} order by created_at, id limit {PasskeyOperations.Most}
        """, ct);

    public static Task Add(Session db, Guid id, Guid user, string name, UserPasskeyInfo key, DateTimeOffset now, CancellationToken ct) => db.Run($"""
        insert into passkeys (id, user_id, name, credential_id, public_key, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up,
          attestation_object, client_data_json, created_at)
        values ({id}, {user}, {name}, {key.CredentialId}, {key.PublicKey}, {(long)key.SignCount}, {key.Transports ?? []}, {key.IsUserVerified}, {key.IsBackupEligible}, {key.IsBackedUp},
          {key.AttestationObject}, {key.ClientDataJson}, {now})
        """, ct);

    public static async Task<bool> Rename(Session db, Guid user, Guid id, string name, CancellationToken ct) =>
        await db.Run($"update passkeys set name = {name} where id = {id} and user_id = {user}", ct) == 1;

    public static async Task<bool> Remove(Session db, Guid user, Guid id, CancellationToken ct) =>
        await db.Run($"delete from passkeys where id = {id} and user_id = {user}", ct) == 1;

    public static Task Use(Session db, Guid user, UserPasskeyInfo key, DateTimeOffset now, CancellationToken ct) => db.Run($"""
        update passkeys set sign_count = {(long)key.SignCount}, is_backed_up = {key.IsBackedUp}, is_user_verified = {key.IsUserVerified}, last_used_at = {now}
        where user_id = {user} and credential_id = {key.CredentialId}
        """, ct);

    static Sql Stored => $"credential_id, public_key, created_at, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, attestation_object, client_data_json, name";

    /// <summary>What the framework checks an assertion by.</summary>
    public static async Task<List<UserPasskeyInfo>> Known(Session db, Guid user, CancellationToken ct) =>
        [.. (await db.Query<StoredPasskey>($"select {Stored} from passkeys where user_id = {user} limit {PasskeyOperations.Most}", ct)).Select(k => k.Info)];

    public static Task<Guid?> Whose(Session db, byte[] credentialId, CancellationToken ct) =>
        db.Maybe<Guid?>($"select user_id from passkeys where credential_id = {credentialId}", ct);

    sealed record StoredPasskey(
        byte[] CredentialId, byte[] PublicKey, DateTimeOffset CreatedAt, long SignCount, string[] Transports, bool IsUserVerified, bool IsBackupEligible, bool IsBackedUp,
        byte[] AttestationObject, byte[] ClientDataJson, string Name)
    {
        public UserPasskeyInfo Info => new(CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports, IsUserVerified, IsBackupEligible, IsBackedUp, AttestationObject, ClientDataJson) { Name = Name };
    }
}
