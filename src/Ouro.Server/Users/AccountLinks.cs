using System.Text.Json;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>What is to be sent, as it waits in the queue: which link or invitation, or who lost a password.</summary>
public sealed record Posting(string What, Guid? Id = null, string? Account = null);

/// <summary>Links that go to people's mailboxes: made, written as letters by a job, used up.</summary>
public sealed class AccountLinks(Db db, Clock clock, Jobs jobs, EventLog events, LinkCodes codes, Mail mail, WebAddress web)
{
    /// <summary>The kind of job that writes letters.</summary>
    public const string Job = "letter";

    const string Lost = "lost_password";
    const string Invited = "invitation";
    const string Waiting = "waiting";
    static readonly JsonElement Done = JsonSerializer.SerializeToElement(new { });

    /// <summary>Whether letters are sent; where not, operators pass links on.</summary>
    public bool AreSent => mail.IsSet;

    /// <summary>Asks an account to prove an address, in the transaction of its cause.</summary>
    public async Task Verify(Tx tx, Guid user, string email, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        // Of several addresses asked for, the last one counts.
        await LinkStore.Drop(tx, LinkKind.VerifyEmail, user, ct);
        await LinkStore.Add(tx, id, LinkKind.VerifyEmail, user, email, clock.Now(), clock.Now() + TimeSpan.FromHours(24), ct);
        if (mail.IsSet) await Post(tx, new(Wire.Name(LinkKind.VerifyEmail), id), ct);
    }

    /// <summary>
    /// Somebody lost a password, they say. Who that is, is looked up by the job: the request does the same, whether there is such an account or not.
    /// </summary>
    public Task Lose(Tx tx, string nameOrEmail, CancellationToken ct) => Post(tx, new(Lost, Account: nameOrEmail), ct);

    /// <summary>Sends an invitation to whom it is meant for.</summary>
    public Task Invite(Tx tx, Guid invitation, CancellationToken ct) => Post(tx, new(Invited, invitation), ct);

    Task Post(Tx tx, Posting posting, CancellationToken ct) => jobs.Add(tx, Guid.CreateVersion7(), Job, null, Waiting, Wire.Element(posting), ct);

    public string Address(AccountLink link) =>
        web.Of(link.Kind == LinkKind.VerifyEmail ? "/verify-email?code=" : "/reset-password?code=") + codes.Of(Wire.Name(link.Kind), link.Id);

    public string InvitationAddress(Guid invitation) => web.Of("/sign-up?invitation=") + codes.Of(Invited, invitation);

    public Guid? Invitation(string? code) => codes.Read(Invited, code);

    /// <summary>The link that a code is of; null where it was used, or its time is over.</summary>
    public async Task<AccountLink?> Find(Session session, LinkKind kind, string? code, CancellationToken ct) =>
        codes.Read(Wire.Name(kind), code) is { } id ? await LinkStore.Find(session, id, kind, clock.Now(), ct) : null;

    /// <summary>The same, used up by this.</summary>
    public async Task<AccountLink?> Take(Tx tx, LinkKind kind, string? code, CancellationToken ct) =>
        codes.Read(Wire.Name(kind), code) is { } id ? await LinkStore.Take(tx, id, kind, clock.Now(), ct) : null;

    /// <summary>Writes the letter of a posting: the job itself. What was used or ended meanwhile needs no letter any more.</summary>
    public async Task<JsonElement> Write(Job job, CancellationToken ct)
    {
        var posting = job.Input.Deserialize<Posting>(Wire.Options)!;
        var letter = posting.What switch
        {
            Lost => await LostPassword(job.Id, posting.Account!, ct),
            Invited => await Invitation(posting.Id!.Value, ct),
            _ => await Verification(posting.Id!.Value, ct),
        };
        if (letter is not null && mail.IsSet) await mail.Send(letter, ct);
        return Done;
    }

    // The link has the job's id, so that a second try finds what the first one made.
    async Task<Letter?> LostPassword(Guid id, string nameOrEmail, CancellationToken ct)
    {
        if (await LinkStore.WhoLost(db, nameOrEmail, ct) is not { } user) return null;
        await using (var tx = await db.Begin(ct))
        {
            if (await LinkStore.Add(tx, id, LinkKind.ResetPassword, user, null, clock.Now(), clock.Now() + TimeSpan.FromHours(1), ct))
                await events.Record(tx, Actor.Nobody, "user.password_lost", user, Audience.User(user), new { }, ct);
            await tx.Commit(ct);
        }
        return await LinkStore.Find(db, id, LinkKind.ResetPassword, clock.Now(), ct) is not { } link || await ProvedEmail(user, ct) is not { } email ? null
            : new(email, "Choose a new password", $"""
                Somebody, you I hope, said that the password of the account {link.Username} is lost. Choose a new one here within the hour:

                {Address(link)}

                If it was not you, do nothing: the old password goes on working.
                """);
    }

    Task<string?> ProvedEmail(Guid user, CancellationToken ct) =>
        db.Maybe<string>($"select email from users where id = {user} and email_verified_at is not null", ct);

    async Task<Letter?> Verification(Guid id, CancellationToken ct) =>
        await LinkStore.Find(db, id, LinkKind.VerifyEmail, clock.Now(), ct) is not { Email: { } email } link ? null
        : new(email, "Is this your address?", $"""
            The account {link.Username} says that this is its address. If that is so, open this page within a day and confirm it:

            {Address(link)}

            If you know of no such account, do nothing.
            """);

    async Task<Letter?> Invitation(Guid id, CancellationToken ct) =>
        await ServerInvitationStore.Find(db, id, clock.Now(), ct) is not { Email: { } email } invitation ? null
        : new(email, $"{invitation.InvitedBy.Username} invites you", $"""
            {invitation.InvitedBy.Username} invites you to make an account at {web.Root}. This link admits one person, for seven days:

            {InvitationAddress(id)}
            """);
}
