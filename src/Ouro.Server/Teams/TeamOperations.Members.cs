using Ouro.Server.Data;
using Ouro.Server.Events;
using Ouro.Server.Users;

namespace Ouro.Server.Teams;

/// <summary>Who comes into a team, and who leaves it.</summary>
public sealed partial class TeamOperations
{
    /// <summary>Joins a team, or files the request that it asks for. Who is in it already stays as they are.</summary>
    public async Task<Team> Join(Actor actor, Guid id, JoinTeam? input, CancellationToken ct)
    {
        var message = Told(input?.Message, "message");
        await using var tx = await db.Begin(ct);
        var there = await Held(tx, actor, id, ct);
        if (there.IsMember) return await Changed(tx, actor, id, [], ct);
        if (TeamRules.MustJoin(there))
        {
            await Enter(tx, actor, there, actor.Id, there.DefaultRole, ct);
            await events.Record(tx, actor, "team.joined", actor.Id, Audience.Team(id), new { role = there.DefaultRole }, ct, there.OrgId, id);
            return await Changed(tx, actor, id, [actor.Id], ct);
        }
        if (await TeamStore.AddRequest(tx, id, actor.Id, message, clock.Now(), ct))
            await events.Record(tx, actor, "team.join_requested", actor.Id, Audience.Team(id), new { }, ct, there.OrgId, id);
        return await Changed(tx, actor, id, [], ct);
    }

    /// <summary>Leaves a team. Who is not in it has left.</summary>
    public async Task<Team> Leave(Actor actor, Guid id, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var there = await Held(tx, actor, id, ct);
        TeamRules.MustNotBeDefault(there, "it has every member of the organization in it; leave the organization instead");
        if (!await TeamStore.RemoveMember(tx, id, actor.Id, ct)) return await Changed(tx, actor, id, [], ct);
        await events.Record(tx, actor, "team.left", actor.Id, Audience.Team(id), new { }, ct, there.OrgId, id);
        return await Changed(tx, actor, id, [actor.Id], ct);
    }

    /// <summary>Who is in a team that the actor may see, longest first.</summary>
    public async Task<Page<TeamMember>> Members(Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, 50);
        await Standing(actor, id, ct);
        var found = await TeamStore.Members(db, id, string.IsNullOrEmpty(after) ? Oldest : Cursor.Parse(after), size + 1, skip, ct);
        return Paged(found, size, skip, m => new(m.AddedAt, m.UserId));
    }

    /// <summary>Puts somebody into a team whom its policies admit. Who is in it already stays as they are.</summary>
    public async Task<TeamMember> AddMember(Actor actor, Guid id, AddTeamMember input, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var there = await Moderated(tx, actor, id, "its members are the organization's", ct);
        var role = TeamRules.MustHold(input.Role ?? there.DefaultRole);
        var theirs = await Theirs(tx, there, input.UserId, ct);
        if (theirs.IsMember) return (await TeamStore.Member(tx, id, input.UserId, ct))!;
        TeamRules.MustAdd(theirs);
        await Enter(tx, actor, theirs, input.UserId, role, ct);
        await events.Record(tx, actor, "team.member_added", input.UserId, Audience.User(input.UserId), new { role }, ct, there.OrgId, id);
        var member = (await TeamStore.Member(tx, id, input.UserId, ct))!;
        await Commit(tx, [input.UserId], ct);
        return member;
    }

    /// <summary>Changes what somebody may do in a team.</summary>
    public async Task<TeamMember> ChangeMember(Actor actor, Guid id, Guid user, ChangeTeamMember input, CancellationToken ct)
    {
        var role = TeamRules.MustHold(input.Role);
        await using var tx = await db.Begin(ct);
        var there = await Moderated(tx, actor, id, "roles in it are the organization's; change them there", ct);
        var before = await TeamStore.Member(tx, id, user, ct) ?? throw NoMember(there, user);
        await TeamStore.ChangeMember(tx, id, user, role, ct);
        await events.Record(tx, actor, "team.member_changed", user, Audience.User(user), new { from = before.Role, to = role }, ct, there.OrgId, id);
        await Commit(tx, [user], ct);
        return before with { Role = role };
    }

    /// <summary>Takes somebody out of a team; oneself is a leave.</summary>
    public async Task<Team> RemoveMember(Actor actor, Guid id, Guid user, CancellationToken ct)
    {
        if (user == actor.Id) return await Leave(actor, id, ct);
        await using var tx = await db.Begin(ct);
        var there = await Moderated(tx, actor, id, "its members are the organization's; remove them there", ct);
        if (!await TeamStore.RemoveMember(tx, id, user, ct)) throw NoMember(there, user);
        await events.Record(tx, actor, "team.member_removed", user, Audience.User(user), new { }, ct, there.OrgId, id);
        return await Changed(tx, actor, id, [user], ct);
    }

    /// <summary>Requests to come into a team, newest first: all of them for its admins, one's own for others.</summary>
    public async Task<Page<TeamJoinRequest>> JoinRequests(Actor actor, Guid id, RequestStatus? status, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, 50);
        var there = await Standing(actor, id, ct);
        var found = await TeamStore.RequestsOf(db, id, there.CanModerate ? null : actor.Id, status, Cursor.Parse(after), size + 1, skip, ct);
        return Paged(found, size, skip, r => new(r.CreatedAt, r.Id));
    }

    /// <summary>Lets somebody in who asked, with the team's default role.</summary>
    public async Task<TeamJoinRequest> Approve(Actor actor, Guid id, Guid request, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var (there, asked) = await Asked(tx, actor, id, request, ct);
        var theirs = await Theirs(tx, there, asked.UserId, ct);
        if (!theirs.IsMember)
        {
            TeamRules.MustAdd(theirs);
            await Enter(tx, actor, theirs, asked.UserId, there.DefaultRole, ct);
        }
        return await Reviewed(tx, actor, there, asked, RequestStatus.Approved, ct);
    }

    /// <summary>Decides that somebody who asked does not come in. They may ask again.</summary>
    public async Task<TeamJoinRequest> Reject(Actor actor, Guid id, Guid request, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var (there, asked) = await Asked(tx, actor, id, request, ct);
        return await Reviewed(tx, actor, there, asked, RequestStatus.Rejected, ct);
    }

    /// <summary>Who is kept out of a team, newest first; for its admins.</summary>
    public async Task<Page<TeamBan>> Bans(Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, 50);
        TeamRules.MustModerate(await Standing(actor, id, ct));
        return Paged(await TeamStore.BansOf(db, id, Cursor.Parse(after), size + 1, skip, ct), size, skip, b => new(b.CreatedAt, b.Id));
    }

    /// <summary>Keeps an account and its agents out of a team; on request also moves what they made there to the organization's default team.</summary>
    public async Task<TeamBan> Ban(Actor actor, Guid id, BanFromTeam input, CancellationToken ct)
    {
        var reason = Told(input.Reason, "reason");
        await using var tx = await db.Begin(ct);
        var there = await Moderated(tx, actor, id, "nobody is banned from it; remove them from the organization", ct);
        var theirs = await Theirs(tx, there, input.UserId, ct);
        if (theirs.OrgRole == Role.Admin)
            throw Refusal.Forbidden("organization_admin", $"This account is an admin of {there.OrgName}, and cannot be banned from its teams.", "Change their role in the organization first.");
        var kept = await UserStore.WithAgents(tx, input.UserId, ct);
        await TeamStore.AddBan(tx, id, input.UserId, reason, actor.Id, clock.Now(), ct);
        await TeamStore.RemoveAll(tx, id, [.. kept], actor.Id, clock.Now(), ct);
        var moved = input.RemoveContributions ? await contents.Move(tx, id, (there.DefaultTeamId, there.DefaultVisibility), [.. kept], ct) : 0;
        await events.Record(tx, actor, "team.banned", input.UserId, Audience.User(input.UserId), new { reason, moved_assets = moved }, ct, there.OrgId, id);
        var ban = (await TeamStore.BanOf(tx, id, input.UserId, ct))!;
        await Commit(tx, kept, ct);
        return ban;
    }

    /// <summary>Lifts a ban. It makes nobody a member again.</summary>
    public async Task<TeamBan> Unban(Actor actor, Guid id, Guid user, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var there = await Moderated(tx, actor, id, "nobody is banned from it", ct);
        var ban = await TeamStore.BanOf(tx, id, user, ct) ?? throw Refusal.NotFound("ban_not_found", $"{user} is not banned from {there.Told}.");
        await TeamStore.RemoveBan(tx, id, user, ct);
        await events.Record(tx, actor, "team.unbanned", user, Audience.User(user), new { }, ct, there.OrgId, id);
        await tx.Commit(ct);
        return ban;
    }

    static async Task<Standing> Moderated(Tx tx, Actor actor, Guid id, string defaultTeam, CancellationToken ct)
    {
        var there = await Held(tx, actor, id, ct);
        TeamRules.MustModerate(there);
        TeamRules.MustNotBeDefault(there, defaultTeam);
        return there;
    }

    async Task<(Standing, TeamJoinRequest)> Asked(Tx tx, Actor actor, Guid id, Guid request, CancellationToken ct)
    {
        var there = await Held(tx, actor, id, ct);
        TeamRules.MustModerate(there);
        var asked = await TeamStore.Request(tx, id, request, ct) ?? throw Refusal.NotFound("request_not_found", $"There is no request {request} to join {there.Told}.");
        return asked.Status == RequestStatus.Pending ? (there, asked)
            : throw Refusal.Conflict("request_reviewed", $"This request was {Wire.Name(asked.Status)} already.", "Change the member, or ban them, where that was wrong.");
    }

    async Task<TeamJoinRequest> Reviewed(Tx tx, Actor actor, Standing there, TeamJoinRequest asked, RequestStatus status, CancellationToken ct)
    {
        var now = clock.Now();
        await TeamStore.Review(tx, there.TeamId, asked.UserId, status, actor.Id, now, ct);
        if (status == RequestStatus.Approved)
            await events.Record(tx, actor, "team.join_approved", asked.UserId, Audience.User(asked.UserId), new { request_id = asked.Id }, ct, there.OrgId, there.TeamId);
        else
            await events.Record(tx, actor, "team.join_rejected", asked.UserId, Audience.User(asked.UserId), new { request_id = asked.Id }, ct, there.OrgId, there.TeamId);
        await Commit(tx, [asked.UserId], ct);
        return asked with { Status = status, ReviewedAt = now };
    }

    /// <summary>Makes somebody a member; what they asked for is decided by it.</summary>
    async Task Enter(Tx tx, Actor actor, Standing theirs, Guid user, Role role, CancellationToken ct)
    {
        // Who is removed from the organization right now does not slip into its internal team.
        if (theirs.Visibility == Visibility.Organization && !await TeamStore.HoldInOrganization(tx, theirs.OrgId, user, ct))
            throw TeamRules.NoTeam(theirs.TeamId.ToString());
        await TeamStore.AddMember(tx, theirs.TeamId, user, role, clock.Now(), ct);
        await TeamStore.Review(tx, theirs.TeamId, user, RequestStatus.Approved, actor.Id, clock.Now(), ct);
    }

    static async Task<Standing> Theirs(Tx tx, Standing there, Guid user, CancellationToken ct) =>
        await TeamStore.Standing(tx, user, null, there.TeamId, ct) is { UserId: not null } theirs ? theirs
            : throw Refusal.NotFound("user_not_found", $"There is no account {user}.");

    static string? Told(string? text, string field)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        if (text.Length > 2000) throw Refusal.Fields((field, $"The {field} has at most 2,000 characters."));
        return Contract.Clean(text, field);
    }

    static Refusal NoMember(Standing there, Guid user) => Refusal.NotFound("member_not_found", $"{user} is not a member of {there.Told}.");
}
