using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>Addresses that accounts prove to own, and lost passwords that they replace: what goes by links.</summary>
public sealed class EmailOperations(
    Db db, Clock clock, TimeProvider time, EventLog events, Actors actors, AccountLinks links, SignInOperations signIn, SignInAttempts attempts)
{
    /// <summary>The most links that are shown to operators.</summary>
    const int Most = 200;

    /// <summary>Whether letters are sent; where not, operators pass links on.</summary>
    public bool AreSent => links.AreSent;

    /// <summary>Asks for another address. It counts once the link that goes to it is used.</summary>
    public async Task<AskedEmail> ChangeEmail(Actor actor, ChangeEmail input, CancellationToken ct)
    {
        AccountRules.MustBePerson(actor);
        var email = AccountRules.MustBeEmail(input?.Email);
        await signIn.MustKnowPassword(actor.Id, input!.Password, "password", ct);
        attempts.MustNotFlood(email, time);
        await using var tx = await db.Begin(ct);
        await links.Verify(tx, actor.Id, email, ct);
        await events.Record(tx, actor, "user.email_asked", actor.Id, Audience.User(actor.Id), new { }, ct);
        await tx.Commit(ct);
        return new(email);
    }

    /// <summary>Whose address a link proves, before it does.</summary>
    public async Task<AccountLink> Waiting(LinkKind kind, string? code, CancellationToken ct) => await links.Find(db, kind, code, ct) ?? throw Gone();

    /// <summary>The account has proved that the address is its own.</summary>
    public async Task<AccountLink> VerifyEmail(string? code, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var link = await links.Take(tx, LinkKind.VerifyEmail, code, ct) ?? throw Gone();
        // Of two accounts that prove one address at once, the second finds it taken.
        await tx.Run($"select pg_advisory_xact_lock(hashtextextended({"email " + link.Email!.ToLowerInvariant()}, 0))", ct);
        if (!await UserStore.SetEmail(tx, link.UserId, link.Email!, clock.Now(), ct))
            throw Refusal.Conflict("email_taken", "Another account has proved that this address is its own.", "Sign in to that account, or use another address.");
        await events.Record(tx, Actor.Nobody, "user.email_verified", link.UserId, Audience.User(link.UserId), new { }, ct);
        await Actors.Changed(tx, link.UserId, ct);
        await tx.Commit(ct);
        actors.Forget(link.UserId);
        return link;
    }

    /// <summary>Somebody lost a password. The answer is the same, and takes as long, whether there is such an account or not.</summary>
    public async Task ForgotPassword(string? nameOrEmail, CancellationToken ct)
    {
        var account = nameOrEmail?.Trim() ?? "";
        if (account.Length is 0 or > 254) throw Refusal.Fields(("account", "Say the name or the e-mail address of the account."));
        attempts.MustNotFlood(Contract.Clean(account, "account"), time);
        await using var tx = await db.Begin(ct);
        await links.Lose(tx, account, ct);
        await tx.Commit(ct);
    }

    /// <summary>Replaces a lost password, and ends every session of the account.</summary>
    public async Task<Account> ResetPassword(string? code, string? password, CancellationToken ct)
    {
        AccountRules.MustBePassword(password);
        var hash = await signIn.Hash(password!, ct);
        await using var tx = await db.Begin(ct);
        var link = await links.Take(tx, LinkKind.ResetPassword, code, ct) ?? throw Gone();
        await LinkStore.Drop(tx, LinkKind.ResetPassword, link.UserId, ct);
        await UserStore.SetPassword(tx, link.UserId, hash, Guid.CreateVersion7().ToString("N"), ct);
        await events.Record(tx, Actor.Nobody, "user.password_changed", link.UserId, Audience.User(link.UserId), new { by = "link" }, ct);
        await Actors.Changed(tx, link.UserId, ct);
        await tx.Commit(ct);
        actors.Forget(link.UserId);
        attempts.Right(link.Username);
        return await signIn.Account(link.UserId);
    }

    /// <summary>The links that wait to be passed on, with their addresses; none where letters are sent.</summary>
    public async Task<List<(AccountLink Link, string Address)>> Open(Actor actor, CancellationToken ct)
    {
        AccountRules.MustOperate(actor);
        return links.AreSent ? [] : [.. (await LinkStore.Open(db, clock.Now(), Most, ct)).Select(link => (link, links.Address(link)))];
    }

    static Refusal Gone() => Refusal.Forbidden("link_used", "This link was used already, or its time is over.", "Ask for a new one where you got it.");
}
