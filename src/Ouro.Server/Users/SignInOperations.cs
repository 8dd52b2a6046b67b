using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>Ways into the web app: a link that works once, and a password.</summary>
public sealed class SignInOperations(
    Db db, Clock clock, TimeProvider time, EventLog events, Actors actors, UserManager<Account> accounts, SignInAttempts attempts)
{
    static readonly TimeSpan LinkLives = TimeSpan.FromHours(1);

    /// <summary>A code that signs the account in once, within the hour.</summary>
    public async Task<string> CreateLink(Guid user, CancellationToken ct)
    {
        var code = RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 32);
        await db.Run($"""
            with old as (delete from sign_in_links where expires_at < {clock.Now()})
            insert into sign_in_links (hash, user_id, expires_at) values ({Hash(code)}, {user}, {clock.Now() + LinkLives})
            """, ct);
        return code;
    }

    /// <summary>The account of a link's code, which is used up by this.</summary>
    public async Task<Account> UseLink(string? code, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var user = await tx.Maybe<Guid?>($"delete from sign_in_links where hash = {Hash(code ?? "")} and expires_at > {clock.Now()} returning user_id", ct)
            ?? throw Refusal.Forbidden("sign_in_link_used", "This sign-in link was used already, or its hour is over.", "Make a new one with ./ouro sign-in, or sign in with a password.");
        await events.Record(tx, Actor.Nobody, "user.signed_in", user, Audience.User(user), new { by = "link" }, ct);
        await tx.Commit(ct);
        return await accounts.FindByIdAsync(user.ToString()) ?? throw Wrong();
    }

    /// <summary>The account of a name and its password. After ten wrong ones in five minutes, a name waits.</summary>
    public async Task<Account> WithPassword(string? username, string? password, CancellationToken ct)
    {
        var name = username?.Trim() ?? "";
        if (name.Length > 40) throw Wrong();
        if (!attempts.Take(name, time))
            throw new Refusal(429, "too_many_attempts", "Too many wrong passwords for this name. Wait five minutes, then try again.") { RetryAfter = 300 };
        var account = name.Length is 0 || password is not { Length: > 0 and <= 1000 } ? null : await accounts.FindByNameAsync(name);
        // A name that is not there costs the same time as a wrong password, so that names cannot be tried out.
        bool right;
        // Hashing is slow on purpose; a few at a time leave the machine to others.
        using (await attempts.Turn(ct))
            right = account is { PasswordHash: not null }
                ? await accounts.CheckPasswordAsync(account, password!)
                : accounts.PasswordHasher.VerifyHashedPassword(Nobody, NobodysHash.Value, password is { Length: <= 1000 } ? password : "") == PasswordVerificationResult.Success && false;
        if (!right) throw Wrong();
        attempts.Right(name);
        await using var tx = await db.Begin(ct);
        await events.Record(tx, Actor.Nobody, "user.signed_in", account!.Id, Audience.User(account.Id), new { by = "password" }, ct);
        await tx.Commit(ct);
        return account;
    }

    /// <summary>Whether the caller can sign in with a password already.</summary>
    public async Task<bool> HasPassword(Actor actor, CancellationToken ct) =>
        await db.Maybe<bool>($"select u.password_hash is not null from users u where u.id = {actor.Id}", ct);

    /// <summary>Sets or changes the caller's password, and ends every session: the door signs this one in anew.</summary>
    public async Task<Account> SetPassword(Actor actor, string? current, string? password, CancellationToken ct)
    {
        var account = await accounts.FindByIdAsync(actor.Id.ToString()) ?? throw Wrong();
        if (account.PasswordHash is not null && !await accounts.CheckPasswordAsync(account, current ?? ""))
            throw Refusal.Fields(("current", "This is not your current password."));
        if (password is not { Length: >= 10 and <= 1000 }) throw Refusal.Fields(("password", "A password has at least ten characters."));
        account.PasswordHash = accounts.PasswordHasher.HashPassword(account, password);
        account.SecurityStamp = Guid.CreateVersion7().ToString("N");
        await using (var tx = await db.Begin(ct))
        {
            await tx.Run($"update users set password_hash = {account.PasswordHash}, security_stamp = {account.SecurityStamp} where id = {actor.Id}", ct);
            await events.Record(tx, actor, "user.password_changed", actor.Id, Audience.User(actor.Id), new { }, ct);
            await Actors.Changed(tx, actor.Id, ct);
            await tx.Commit(ct);
        }
        actors.Forget(actor.Id);
        return account;
    }

    static Refusal Wrong() => Refusal.Forbidden("sign_in_refused", "The name or the password is wrong.");

    static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    static readonly Account Nobody = new(Guid.Empty, "", null, "");
    static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<Account>().HashPassword(Nobody, "a password that nobody has"));
}

/// <summary>Wrong passwords of late, by name; kept in the process, because a restart is slower than any guess it allows.</summary>
public sealed class SignInAttempts : IDisposable
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    const int Most = 10;
    readonly ConcurrentDictionary<string, (int Count, long Since)> wrong = new(StringComparer.OrdinalIgnoreCase);

    const int AtOnce = 2;
    readonly SemaphoreSlim turns = new(AtOnce);

    /// <summary>Counts an attempt before it is made, so that many at once are no way past the limit; false when there were too many.</summary>
    public bool Take(string name, TimeProvider time)
    {
        if (wrong.Count > 100_000)
            foreach (var (old, w) in wrong)
                if (time.GetElapsedTime(w.Since) > Window) wrong.TryRemove(old, out _);
        return wrong.AddOrUpdate(name, (1, time.GetTimestamp()),
            (_, w) => time.GetElapsedTime(w.Since) < Window ? (w.Count + 1, w.Since) : (1, time.GetTimestamp())).Count <= Most;
    }

    /// <summary>The right password forgives the wrong ones before it.</summary>
    public void Right(string name) => wrong.TryRemove(name, out _);

    public async Task<IDisposable> Turn(CancellationToken ct)
    {
        await turns.WaitAsync(ct);
        return new Held(turns);
    }

    public void Dispose() => turns.Dispose();

    sealed class Held(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
