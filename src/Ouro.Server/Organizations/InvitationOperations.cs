using System.Text.Json;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;
using Ouro.Server.Users;

namespace Ouro.Server.Organizations;

/// <summary>Invitations into organizations: for an account, an e-mail address, or whoever has the link. Each is used once, within seven days.</summary>
public sealed class InvitationOperations(
    Db db, Clock clock, WebAddress web, Jobs jobs, LinkCodes codes, Mail mail, EventLog events, Actors actors, UserOperations users, OrganizationOperations organizations)
{
    /// <summary>The kind of job that sends an invitation to an address.</summary>
    public const string Letter = "invitation_letter";

    const string Purpose = "organization invitation";

    static readonly TimeSpan Lives = TimeSpan.FromDays(7);
    const int MostOpen = 500;

    /// <summary>Invites. The code of a link is in this answer, in the letter to an address where letters are sent, and nowhere else.</summary>
    public async Task<NewInvitation> Create(Actor actor, Guid orgId, CreateInvitation input, CancellationToken ct)
    {
        Contract.Present(input, "invitation");
        if (input.UserId is not null && input.Email is not null)
            throw Refusal.Fields(("invitation.email", "An invitation is for an account, for an address, or for neither; not for both."));
        var email = OrganizationRules.Email(input.Email, "invitation.email");
        var invited = input.UserId is { } user ? await users.Get(actor, user.ToString(), ct) : null;
        await using var tx = await db.Begin(ct);
        var organization = OrganizationRules.MustAdminister(await OrganizationOperations.Held(tx, actor, orgId, ct));
        var (role, type) = (input.Role ?? organization.BaseRole, input.MembershipType ?? MembershipType.Internal);
        OrganizationRules.MustBePart(organization, role, type, "invitation");
        if (invited is not null)
        {
            OrganizationRules.MustAdmit(invited.ActorType, organization.ActorTypePolicy, organization.Name);
            if (await MemberStore.Find(tx, orgId, invited.UserId, ct) is not null)
                throw Refusal.Conflict("already_a_member", $"{invited.Username} is a member of {organization.Name} already.", "Change their role instead.");
        }
        var now = clock.Now();
        await InvitationStore.Replace(tx, orgId, invited?.UserId, email, now, ct);
        if (await InvitationStore.CountOpen(tx, orgId, ct) >= MostOpen)
            throw Refusal.Conflict("too_many_invitations", $"An organization has at most {MostOpen} open invitations.", "Take some back, or wait until they are answered or end.");
        var made = new Invitation { Id = Guid.CreateVersion7(), OrgId = orgId, UserId = invited?.UserId, Email = email, Role = role, MembershipType = type, CreatedAt = now, ExpiresAt = now + Lives };
        await InvitationStore.Add(tx, made, actor.Id, ct);
        if (email is not null && mail.IsSet) await jobs.Add(tx, Guid.CreateVersion7(), Letter, null, "waiting", Wire.Element(made.Id), ct);
        await events.Record(tx, actor, "invitation.created", made.Id, Audience.Organization(orgId), Told(made, invited?.Username), ct);
        made = (await InvitationStore.FindOpen(tx, orgId, made.Id, ct))!;
        await tx.Commit(ct);
        return invited is not null ? new(made, null, null) : new(made, codes.Of(Purpose, made.Id), Address(made.Id));
    }

    /// <summary>The open invitations of an organization, newest first; for its admins.</summary>
    public async Task<Page<Invitation>> List(Actor actor, Guid orgId, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset);
        OrganizationRules.MustAdminister(await organizations.Get(actor, orgId, ct));
        var found = await InvitationStore.OpenOf(db, orgId, Cursor.Parse(after), size + 1, skip, ct);
        return OrganizationOperations.Paged(found, size, skip, invitation => new Cursor(invitation.CreatedAt, invitation.Id).ToString());
    }

    /// <summary>Takes an invitation back.</summary>
    public async Task<Invitation> Revoke(Actor actor, Guid orgId, Guid id, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        OrganizationRules.MustAdminister(await OrganizationOperations.Held(tx, actor, orgId, ct));
        var invitation = await InvitationStore.FindOpen(tx, orgId, id, ct) ?? throw Over();
        await InvitationStore.End(tx, id, null, clock.Now(), ct);
        await events.Record(tx, actor, "invitation.revoked", id, Audience.Organization(orgId), Told(invitation, invitation.User?.Username), ct);
        await tx.Commit(ct);
        return invitation;
    }

    /// <summary>The open invitations that are addressed to the caller; a bound key has none.</summary>
    public async Task<IReadOnlyList<Invitation>> Mine(Actor actor, CancellationToken ct) => actor.BoundTo is null ? await InvitationStore.For(db, actor, ct) : [];

    /// <summary>Who invites to what, for the page of a link or of an invitation of one's own.</summary>
    public async Task<(Invitation Invitation, Organization Organization)> Look(Actor actor, AnswerInvitation input, CancellationToken ct)
    {
        var invitation = await Find(db, actor, input, ct) ?? throw Over();
        return (invitation, await OrganizationStore.Load(db, actor, invitation.OrgId, ct) ?? throw Over());
    }

    /// <summary>Follows an invitation: past the organization's join policy, not past which kinds of account it admits.</summary>
    public async Task<Organization> Accept(Actor actor, AnswerInvitation input, CancellationToken ct)
    {
        OrganizationRules.MustBeFree(actor);
        await using (var tx = await db.Begin(ct))
        {
            if (await Held(tx, actor, input, ct) is not { } invitation)
                // Asked once more, whoever it led in is in.
                return Named(input) is { } id && await InvitationStore.AcceptedInto(tx, actor.Id, id, ct) is { } before
                    && await OrganizationStore.Find(tx, actor, before, ct) is { JoinStatus: JoinStatus.Joined } joined ? joined : throw Over();
            var organization = (await OrganizationStore.Load(tx, actor, invitation.OrgId, ct))!;
            // A link that a member opens remains for whom it was meant.
            if (organization.JoinStatus == JoinStatus.Joined) return organization;
            await Enter(tx, actor, invitation, organization, ct);
            await tx.Commit(ct);
            actors.Forget(actor.Id);
            return await organizations.Get(actor, invitation.OrgId, ct);
        }
    }

    async Task Enter(Tx tx, Actor actor, Invitation invitation, Organization organization, CancellationToken ct)
    {
        OrganizationRules.MustAdmit(actor.Kind, organization.ActorTypePolicy, organization.Name);
        OrganizationRules.MustBePart(organization, invitation.Role, invitation.MembershipType, "invitation");
        await organizations.Enter(tx, actor, organization, actor.Id, invitation.Role, invitation.MembershipType, "invitation", ct);
        await InvitationStore.End(tx, invitation.Id, actor.Id, clock.Now(), ct);
        await events.Record(tx, actor, "invitation.accepted", invitation.Id, Audience.Organization(invitation.OrgId), Told(invitation, invitation.User?.Username), ct);
    }

    /// <summary>Declines an invitation; it ends.</summary>
    public async Task<Invitation> Decline(Actor actor, AnswerInvitation input, CancellationToken ct)
    {
        OrganizationRules.MustBeFree(actor);
        await using var tx = await db.Begin(ct);
        var invitation = await Held(tx, actor, input, ct) ?? throw Over();
        await InvitationStore.End(tx, invitation.Id, null, clock.Now(), ct);
        await events.Record(tx, actor, "invitation.declined", invitation.Id, Audience.Organization(invitation.OrgId), Told(invitation, invitation.User?.Username), ct);
        await tx.Commit(ct);
        return invitation;
    }

    /// <summary>An open invitation whose organization is held; looked for again then, because two may answer at once.</summary>
    async Task<Invitation?> Held(Tx tx, Actor actor, AnswerInvitation input, CancellationToken ct)
    {
        if (await Find(tx, actor, input, ct) is not { } invitation) return null;
        await OrganizationStore.Hold(tx, invitation.OrgId, ct);
        return await Find(tx, actor, input, ct);
    }

    async Task<Invitation?> Find(Session session, Actor actor, AnswerInvitation input, CancellationToken ct) =>
        Named(input) is not { } id ? null
        : input.Code is not null ? await InvitationStore.FindLinked(session, id, ct)
        : await InvitationStore.FindFor(session, actor, id, ct);

    Guid? Named(AnswerInvitation input) => input is { Code: null, Id: null }
        ? throw Refusal.Fields(("code", "Say which invitation: the code of its link, or its id where it is addressed to you."))
        : input.Code is null ? input.Id : codes.Read(Purpose, input.Code);

    string Address(Guid id) => web.Of("/invitations/" + codes.Of(Purpose, id));

    /// <summary>Sends an invitation to its address: the job itself. What ended meanwhile needs no letter any more.</summary>
    internal async Task<JsonElement> Send(Job job, CancellationToken ct)
    {
        if (await InvitationStore.FindLinked(db, job.Input.GetGuid(), ct) is { Email: { } email } invitation && mail.IsSet)
            await mail.Send(new(email, $"{Inviter(invitation)} invites you to {invitation.Organization.Name}", $"""
                {Inviter(invitation)} invites you into the organization {invitation.Organization.Name} at {web.Root}. This link works once, for seven days:

                {Address(invitation.Id)}
                """), ct);
        return JsonSerializer.SerializeToElement(new { });
    }

    /// <summary>These links, as sign-up asks about them: who has no account yet makes one and is in.</summary>
    internal SignUpTicket Ticket => new(
        async (session, code, ct) =>
        {
            if (codes.Read(Purpose, code) is not { } id || await InvitationStore.FindLinked(session, id, ct) is not { } invitation) return null;
            var organization = (await OrganizationStore.Load(session, Actor.Nobody, invitation.OrgId, ct))!;
            OrganizationRules.MustAdmit(ActorType.Base, organization.ActorTypePolicy, organization.Name);
            return new($"{Inviter(invitation)} invites you to {organization.DisplayName ?? organization.Name}.", invitation.Email);
        },
        async (tx, code, user, ct) =>
        {
            var account = new Actor { Id = user };
            if (await Held(tx, account, new(code), ct) is not { } invitation) return false;
            await Enter(tx, account, invitation, (await OrganizationStore.Load(tx, account, invitation.OrgId, ct))!, ct);
            return true;
        });

    static string Inviter(Invitation invitation) => invitation.CreatedBy?.Username ?? "Somebody";

    static object Told(Invitation invitation, string? username) => new
    {
        to = invitation.UserId is not null ? "account" : invitation.Email is not null ? "address" : "link", username, invitation.Role, invitation.MembershipType,
    };

    static Refusal Over() => Refusal.NotFound("invitation_not_found", "This invitation is not open: it was used, taken back or declined, or its seven days are over.");
}
