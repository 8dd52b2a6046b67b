using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>What somebody says who makes an account.</summary>
public sealed record SignUp(string? Username, string? Password, string? Name = null, string? Email = null, string? Invitation = null)
{
    /// <summary>Without the password, so that no log holds it.</summary>
    public override string ToString() => $"{nameof(SignUp)} {{ {Username} }}";
}

/// <summary>What an invitation says to who has no account yet.</summary>
public sealed record Admission(string Says, string? Email = null);

/// <summary>
/// A kind of invitation, registered by the room that makes it. <paramref name="Look"/> tells what a code says, null where it is none of these or is not
/// good any more; <paramref name="Use"/> uses it up in the transaction that made the account, and tells whether it was still good.
/// </summary>
public sealed record SignUpTicket(
    Func<Session, string, CancellationToken, Task<Admission?>> Look, Func<Tx, string, Guid, CancellationToken, Task<bool>> Use);

/// <summary>How people make accounts of their own.</summary>
public sealed class SignUpOperations(
    Db db, Settings settings, TimeProvider time, EventLog events, UserOperations users, SignInOperations signIn, SignInAttempts attempts, AccountLinks links,
    IEnumerable<SignUpTicket> tickets)
{
    /// <summary>Whether anybody may, without an invitation.</summary>
    public bool IsOpen => settings.SignUp == "open";

    /// <summary>Whether an address must be given: where it can be asked whether it is the person's.</summary>
    public bool NeedsEmail => links.AreSent;

    /// <summary>What an invitation says; refused where it does not admit.</summary>
    public async Task<Admission?> Look(string? invitation, CancellationToken ct)
    {
        if (settings.SignUp == "closed")
            throw Refusal.Forbidden("sign_up_closed", "Nobody makes accounts here by themselves.", "Ask who runs this server for one.");
        if (string.IsNullOrWhiteSpace(invitation))
            return IsOpen ? null : throw Refusal.Forbidden("sign_up_by_invitation", "An account here needs an invitation.", "Ask somebody who is here already for a link.");
        foreach (var ticket in tickets)
            if (await ticket.Look(db, invitation, ct) is { } admission) return admission;
        throw Gone();
    }

    /// <summary>
    /// Makes an account. <paramref name="joined"/> is done in the same transaction, for who has more to do with a new account than its invitation says.
    /// </summary>
    public async Task<Account> SignUp(SignUp input, Func<Tx, Guid, Task>? joined, CancellationToken ct)
    {
        await Look(input.Invitation, ct);
        var account = users.New(input.Username, null, ActorType.Base) with { Name = AccountRules.DisplayName(input.Name) };
        AccountRules.MustBePassword(input.Password);
        var email = string.IsNullOrWhiteSpace(input.Email) && !NeedsEmail ? null : AccountRules.MustBeEmail(input.Email);
        if (email is not null) attempts.MustNotFlood(email, time);
        account = account with { PasswordHash = await signIn.Hash(input.Password!, ct) };
        await using var tx = await db.Begin(ct);
        await users.Add(tx, Actor.Nobody, account, ct);
        if (!string.IsNullOrWhiteSpace(input.Invitation) && !await Used(tx, input.Invitation, account.Id, ct)) throw Gone();
        if (joined is not null) await joined(tx, account.Id);
        // Whether another account has the address is told to who opens its letters, and to nobody here.
        if (email is not null) await links.Verify(tx, account.Id, email, ct);
        await events.Record(tx, Actor.Nobody, "user.signed_up", account.Id, Audience.User(account.Id), new { account.Username, invited = !string.IsNullOrWhiteSpace(input.Invitation) }, ct);
        await tx.Commit(ct);
        return await signIn.Account(account.Id);
    }

    async Task<bool> Used(Tx tx, string invitation, Guid user, CancellationToken ct)
    {
        foreach (var ticket in tickets)
            if (await ticket.Use(tx, invitation, user, ct)) return true;
        return false;
    }

    static Refusal Gone() => Refusal.Forbidden("sign_up_invitation_gone", "This invitation was used already, was withdrawn, or its time is over.", "Ask for a new one.");
}
