using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;
using Ouro.Server.Users;

namespace Ouro.Server.Organizations;

// Who is in an organization, and who asks to be.
public sealed partial class OrganizationOperations
{
    /// <summary>The members of an organization, longest first; for its members.</summary>
    public async Task<Page<OrganizationMember>> Members(Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, standard: 50);
        var organization = await Get(actor, id, ct);
        OrganizationRules.MustHaveRoster(id);
        if (organization.Membership is null) throw Refusal.Forbidden("not_a_member", $"Only members of {organization.Name} see who is in it.", "Join it first.");
        var found = await MemberStore.Of(db, id, string.IsNullOrEmpty(after) ? null : Cursor.Parse(after), size + 1, skip, ct);
        return Paged(found, size, skip, member => new Cursor(member.AddedAt, member.UserId).ToString());
    }

    /// <summary>Joins, or asks to where admins decide. Once more it changes nothing.</summary>
    public async Task<Organization> Join(Actor actor, Guid id, JoinOrganization? input, CancellationToken ct)
    {
        OrganizationRules.MustBeFree(actor, id);
        var message = OrganizationRules.Text(input?.Message, "message", 1000, lines: true);
        await using (var tx = await db.Begin(ct))
        {
            var organization = await Held(tx, actor, id, ct);
            if (organization.JoinStatus == JoinStatus.Joined) return organization;
            OrganizationRules.MustAdmit(actor.Kind, organization.ActorTypePolicy, organization.Name);
            if (organization.JoinPolicy == JoinPolicy.InviteOnly)
                throw Refusal.Forbidden("invitation_needed", $"One comes into {organization.Name} by invitation only (join_policy invite_only).", "Ask one of its admins to invite you.");
            var type = OrganizationRules.TypeOf(organization, actor.Email);
            OrganizationRules.MustBePart(organization, organization.BaseRole, type, "organization");
            if (organization.JoinPolicy == JoinPolicy.Open)
                await Enter(tx, actor, organization, actor.Id, organization.BaseRole, type, "joining", ct);
            else if (organization.JoinStatus == JoinStatus.None)
            {
                var request = Guid.CreateVersion7();
                await MemberStore.AddRequest(tx, request, id, actor.Id, message, clock.Now(), ct);
                await events.Record(tx, actor, "organization.join_requested", actor.Id, Audience.Organization(id), new { request_id = request, actor.Username }, ct);
            }
            await tx.Commit(ct);
        }
        actors.Forget(actor.Id);
        return await Get(actor, id, ct);
    }

    /// <summary>Makes an account a member, or gives a member another role; for who operates the machine, past the rules of who may join.</summary>
    public async Task<OrganizationMember> SetMember(Actor actor, Guid id, Guid user, Role role, MembershipType type, CancellationToken ct)
    {
        OrganizationRules.MustHaveRoster(id);
        await using (var tx = await db.Begin(ct))
        {
            await OrganizationStore.Hold(tx, id, ct);
            var organization = await OrganizationStore.Load(tx, actor, id, ct) ?? throw Unknown(id.ToString());
            OrganizationRules.MustBePart(organization, role, type, "member");
            if (await MemberStore.Find(tx, id, user, ct) is { } member) await Become(tx, actor, member, role, type, ct);
            else await Enter(tx, actor, organization, user, role, type, "the command line", ct);
            await tx.Commit(ct);
        }
        actors.Forget(user);
        return (await MemberStore.Find(db, id, user, ct))!;
    }

    /// <summary>Changes a member's role or type.</summary>
    public async Task<OrganizationMember> UpdateMember(Actor actor, Guid id, Guid user, ChangeOrganizationMember input, CancellationToken ct)
    {
        Contract.Present(input, "member");
        await using (var tx = await db.Begin(ct))
        {
            var organization = OrganizationRules.MustAdminister(await Held(tx, actor, id, ct));
            var member = await MemberStore.Find(tx, id, user, ct) ?? throw NoMember(user, organization);
            var (role, type) = (input.Role ?? member.Role, input.MembershipType ?? member.MembershipType);
            if ((role, type) == (member.Role, member.MembershipType)) return member;
            OrganizationRules.MustBePart(organization, role, type, "member", member.MembershipType);
            await Become(tx, actor, member, role, type, ct);
            await tx.Commit(ct);
        }
        actors.Forget(user);
        return await MemberStore.Find(db, id, user, ct) ?? throw Unknown(id.ToString());
    }

    /// <summary>Takes somebody out of an organization and all its teams; one's own id is leaving, which admins need not allow.</summary>
    public async Task<EndedMembership> RemoveMember(Actor actor, Guid id, Guid user, CancellationToken ct)
    {
        Guid[] going;
        await using (var tx = await db.Begin(ct))
        {
            var organization = await Held(tx, actor, id, ct);
            OrganizationRules.MustHaveRoster(id);
            var isLeaving = user == actor.Id;
            if (!isLeaving) OrganizationRules.MustAdminister(organization);
            // Who is not in it any more has left, whoever saw to it.
            else if (organization.Membership is null) return new(id, user);
            var member = await MemberStore.Find(tx, id, user, ct) ?? throw NoMember(user, organization);
            // Somebody's agents go with them: whoever left would still come in with their keys.
            going = [.. await UserStore.WithAgents(tx, user, ct)];
            if (await MemberStore.HasAdminAmong(tx, id, going, ct)) OrganizationRules.MustKeepAdmin(await MemberStore.HasOtherAdmin(tx, id, going, ct));
            await MemberStore.Remove(tx, id, going, ct);
            var data = new { member.User.Username, member.Role, member.MembershipType };
            if (isLeaving) await events.Record(tx, actor, "organization.member_left", user, Audience.Organization(id), data, ct);
            else await events.Record(tx, actor, "organization.member_removed", user, Audience.Organization(id), data, ct);
            await Actors.Changed(tx, going, ct);
            await tx.Commit(ct);
        }
        foreach (var gone in going) actors.Forget(gone);
        return new(id, user);
    }

    /// <summary>Requests to join, newest first: all of them for admins, for others their own.</summary>
    public async Task<Page<OrganizationJoinRequest>> JoinRequests(
        Actor actor, Guid id, RequestStatus? status, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset);
        var organization = await Get(actor, id, ct);
        Guid? only = organization.UserRole == Role.Admin ? null : actor.Id;
        var found = await MemberStore.Requests(db, id, only, status, Cursor.Parse(after), size + 1, skip, ct);
        return Paged(found, size, skip, request => new Cursor(request.CreatedAt, request.Id).ToString());
    }

    /// <summary>Lets somebody in who asked, if the rules of now admit them.</summary>
    public async Task<OrganizationJoinRequest> ApproveRequest(Actor actor, Guid id, Guid requestId, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var (organization, asking) = await Asked(tx, actor, id, requestId, ct);
        OrganizationRules.MustAdmit(asking.Kind, organization.ActorTypePolicy, organization.Name);
        var type = OrganizationRules.TypeOf(organization, asking.Email);
        OrganizationRules.MustBePart(organization, organization.BaseRole, type, "organization");
        await Enter(tx, actor, organization, asking.UserId, organization.BaseRole, type, "request", ct);
        var decided = await MemberStore.Decide(tx, requestId, RequestStatus.Approved, actor.Id, clock.Now(), ct);
        await tx.Commit(ct);
        actors.Forget(asking.UserId);
        return decided!;
    }

    /// <summary>Declines a request. Who asked may ask again.</summary>
    public async Task<OrganizationJoinRequest> RejectRequest(Actor actor, Guid id, Guid requestId, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var (_, asking) = await Asked(tx, actor, id, requestId, ct);
        var decided = await MemberStore.Decide(tx, requestId, RequestStatus.Rejected, actor.Id, clock.Now(), ct);
        await events.Record(tx, actor, "organization.join_request_rejected", asking.UserId, Audience.Organization(id), new { request_id = requestId, decided!.User.Username }, ct);
        await tx.Commit(ct);
        return decided;
    }

    /// <summary>Makes an account a member, in its organization's transaction; whoever calls forgets the account after the commit.</summary>
    internal async Task<bool> Enter(Tx tx, Actor actor, Organization organization, Guid user, Role role, MembershipType type, string by, CancellationToken ct)
    {
        if (await MemberStore.CountOf(tx, user, ct) >= OrganizationRules.MostMemberships)
            throw Refusal.Conflict("too_many_organizations", $"An account is a member of at most {OrganizationRules.MostMemberships:N0} organizations.", "Leave one first.");
        if (!await MemberStore.Add(tx, organization.Id, user, role, type, clock.Now(), ct)) return false;
        var member = (await MemberStore.Find(tx, organization.Id, user, ct))!;
        await events.Record(tx, actor, "organization.member_joined", user, Audience.Organization(organization.Id), new { member.User.Username, role, membership_type = type, by }, ct);
        await Actors.Changed(tx, user, ct);
        return true;
    }

    async Task Become(Tx tx, Actor actor, OrganizationMember member, Role role, MembershipType type, CancellationToken ct)
    {
        if (member.Role == Role.Admin && role != Role.Admin) OrganizationRules.MustKeepAdmin(await MemberStore.HasOtherAdmin(tx, member.OrgId, [member.UserId], ct));
        await MemberStore.Change(tx, member.OrgId, member.UserId, role, type, ct);
        await events.Record(tx, actor, "organization.member_updated", member.UserId, Audience.Organization(member.OrgId),
            new { member.User.Username, role, membership_type = type, from = new { member.Role, member.MembershipType } }, ct);
        await Actors.Changed(tx, member.UserId, ct);
    }

    static async Task<(Organization, Asking)> Asked(Tx tx, Actor actor, Guid id, Guid request, CancellationToken ct)
    {
        var organization = OrganizationRules.MustAdminister(await Held(tx, actor, id, ct));
        return (organization, await MemberStore.Asking(tx, id, request, ct)
            ?? throw Refusal.NotFound("join_request_not_found", "There is no such open request to join: it was decided, or is another organization's."));
    }

    static Refusal NoMember(Guid user, Organization organization) =>
        Refusal.NotFound("member_not_found", $"The account {user} is no member of {organization.Name}.");
}
