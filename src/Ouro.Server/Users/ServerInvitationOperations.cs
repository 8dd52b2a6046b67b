using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Users;

/// <summary>Invitations to this server, by its operators.</summary>
public sealed class ServerInvitationOperations(Db db, Clock clock, EventLog events, AccountLinks links)
{
    static readonly TimeSpan Lives = TimeSpan.FromDays(7);

    /// <summary>The invitations that nobody used yet, newest first.</summary>
    public async Task<List<ServerInvitation>> List(Actor actor, CancellationToken ct)
    {
        AccountRules.MustOperate(actor);
        return [.. (await ServerInvitationStore.Open(db, clock.Now(), ct)).Select(Linked)];
    }

    /// <summary>Makes a link that admits one person; sent to them where that can be.</summary>
    public async Task<ServerInvitation> Create(Actor actor, CreateServerInvitation input, CancellationToken ct)
    {
        AccountRules.MustOperate(actor);
        Contract.Present(input, "invitation");
        var email = string.IsNullOrWhiteSpace(input.Email) ? null : AccountRules.MustBeEmail(input.Email);
        var (id, now) = (Guid.CreateVersion7(), clock.Now());
        await using var tx = await db.Begin(ct);
        await ServerInvitationStore.Add(tx, id, email, actor.Id, now, now + Lives, ct);
        if (email is not null && links.AreSent) await links.Invite(tx, id, ct);
        await events.Record(tx, actor, "server_invitation.created", id, Audience.Operators, new { }, ct);
        await tx.Commit(ct);
        return Linked(new(id, email, "", new(actor.Id, actor.Username), now, now + Lives));
    }

    /// <summary>Withdraws an invitation that nobody used yet.</summary>
    public async Task<ServerInvitation> Withdraw(Actor actor, Guid id, CancellationToken ct)
    {
        AccountRules.MustOperate(actor);
        await using var tx = await db.Begin(ct);
        var invitation = await ServerInvitationStore.Remove(tx, id, ct) ?? throw Refusal.NotFound("server_invitation_not_found", "There is no such invitation, or somebody used it.");
        await events.Record(tx, actor, "server_invitation.withdrawn", id, Audience.Operators, new { }, ct);
        await tx.Commit(ct);
        return Linked(invitation);
    }

    ServerInvitation Linked(ServerInvitation invitation) => invitation with { Url = links.InvitationAddress(invitation.Id) };

    /// <summary>These invitations, as sign-up asks about them.</summary>
    public SignUpTicket Ticket => new(
        async (session, code, ct) => links.Invitation(code) is { } id && await ServerInvitationStore.Find(session, id, clock.Now(), ct) is { } invitation
            ? new($"{invitation.InvitedBy.Username} invites you to make an account here.", invitation.Email) : null,
        async (tx, code, user, ct) =>
        {
            if (links.Invitation(code) is not { } id || !await ServerInvitationStore.Use(tx, id, user, clock.Now(), ct)) return false;
            await events.Record(tx, Actor.Nobody, "server_invitation.used", id, Audience.Operators, new { user_id = user }, ct);
            return true;
        });
}

static class ServerInvitationStore
{
    const int Most = 500;

    static Sql Columns => $"""
        i.id, i.email, '' as url, (select jsonb_build_object('user_id', u.id, 'username', u.username) from users u where u.id = i.invited_by) as invited_by, i.created_at, i.expires_at
        """;

    public static Task Add(Session db, Guid id, string? email, Guid by, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) => db.Run($"""
        insert into server_invitations (id, email, invited_by, created_at, expires_at) values ({id}, {email}, {by}, {now}, {until})
        """, ct);

    public static Task<List<ServerInvitation>> Open(Session db, DateTimeOffset now, CancellationToken ct) => db.Query<ServerInvitation>($"""
        select {Columns} from server_invitations i where i.used_at is null and i.expires_at > {now} order by i.created_at desc, i.id desc limit {Most}
        """, ct);

    public static Task<ServerInvitation?> Find(Session db, Guid id, DateTimeOffset now, CancellationToken ct) => db.Maybe<ServerInvitation>($"""
        select {Columns} from server_invitations i where i.id = {id} and i.used_at is null and i.expires_at > {now}
        """, ct);

    public static async Task<bool> Use(Session db, Guid id, Guid user, DateTimeOffset now, CancellationToken ct) => await db.Run($"""
        update server_invitations set used_by = {user}, used_at = {now} where id = {id} and used_at is null and expires_at > {now}
        """, ct) == 1;

    public static Task<ServerInvitation?> Remove(Session db, Guid id, CancellationToken ct) =>
        db.Maybe<ServerInvitation>($"delete from server_invitations i where i.id = {id} and i.used_at is null returning {Columns}", ct);
}
