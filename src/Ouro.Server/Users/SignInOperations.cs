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
        if (await db.Run($"""
            with old as (delete from sign_in_links where expires_at < {clock.Now()})
            insert into sign_in_links (hash, user_id, expires_at)
            select {HashOf(code)}, u.id, {clock.Now() + LinkLives} from users u where u.id = {user} and u.actor_type <> 'agent'
            """, ct) == 0)
            throw Refusal.Forbidden("agents_cannot", "An agent does not sign in to the web app.", "Give it an API key.");
        return code;
    }

    /// <summary>Whom a link's code would sign in. Looking does not use it up, so that a preview of the link does no harm.</summary>
    public async Task<string> Whose(string? code, CancellationToken ct) => await db.Maybe<string>($"""
        select u.username from sign_in_links l join users u on u.id = l.user_id where l.hash = {HashOf(code ?? "")} and l.expires_at > {clock.Now()}
        """, ct) ?? throw LinkUsed();

    /// <summary>The account of a link's code, which is used up by this.</summary>
    public async Task<Account> UseLink(string? code, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var user = await tx.Maybe<Guid?>($"delete from sign_in_links where hash = {HashOf(code ?? "")} and expires_at > {clock.Now()} returning user_id", ct)
            ?? throw LinkUsed();
        await events.Record(tx, Actor.Nobody, "user.signed_in", user, Audience.User(user), new { by = "link" }, ct);
        await tx.Commit(ct);
        return await Account(user);
    }

    /// <summary>An account as sign-in sees it.</summary>
    public async Task<Account> Account(Guid user) => await accounts.FindByIdAsync(user.ToString()) ?? throw Wrong();

    /// <summary>The account of a name and its password. After ten wrong ones in five minutes, a name waits.</summary>
    public async Task<Account> WithPassword(string? username, string? password, CancellationToken ct)
    {
        var name = username?.Trim() ?? "";
        if (name.Length > 40) throw Wrong();
        Count(name);
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
        AccountRules.MustBePerson(actor);
        var account = await MustKnowPassword(actor.Id, current, "current", ct);
        AccountRules.MustBePassword(password);
        account.PasswordHash = await Hash(password!, ct);
        account.SecurityStamp = Guid.CreateVersion7().ToString("N");
        await using (var tx = await db.Begin(ct))
        {
            await UserStore.SetPassword(tx, actor.Id, account.PasswordHash, account.SecurityStamp, ct);
            await events.Record(tx, actor, "user.password_changed", actor.Id, Audience.User(actor.Id), new { by = "password" }, ct);
            await Actors.Changed(tx, actor.Id, ct);
            await tx.Commit(ct);
        }
        actors.Forget(actor.Id);
        return account;
    }

    /// <summary>Who has a password must say it before what matters changes; a wrong one is an attempt like any other.</summary>
    public async Task<Account> MustKnowPassword(Guid user, string? password, string field, CancellationToken ct)
    {
        var account = await Account(user);
        if (account.PasswordHash is null) return account;
        Count(account.Username);
        bool right;
        using (await attempts.Turn(ct)) right = password is { Length: <= 1000 } && await accounts.CheckPasswordAsync(account, password);
        if (!right) throw Refusal.Fields((field, "This is not your current password."));
        attempts.Right(account.Username);
        return account;
    }

    /// <summary>What is kept of a password. Hashing is slow on purpose; a few at a time leave the machine to others.</summary>
    public async Task<string> Hash(string password, CancellationToken ct)
    {
        using (await attempts.Turn(ct)) return accounts.PasswordHasher.HashPassword(Nobody, password);
    }

    void Count(string name)
    {
        if (!attempts.Take(name, time))
            throw new Refusal(429, "too_many_attempts", "Too many wrong passwords for this name. Wait five minutes, then try again.") { RetryAfter = 300 };
    }

    static Refusal LinkUsed() => Refusal.Forbidden("sign_in_link_used", "This sign-in link was used already, or its hour is over.", "Make a new one with ./ouro sign-in, or sign in with a password.");

    static Refusal Wrong() => Refusal.Forbidden("sign_in_refused", "The name or the password is wrong.");

    static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    static readonly Account Nobody = new(Guid.Empty, "", null, "");
    static readonly Lazy<string> NobodysHash = new(() => new PasswordHasher<Account>().HashPassword(Nobody, "a password that nobody has"));
}
