using Ouro.Server.Data;

namespace Ouro.Server.Teams;

static partial class TeamStore
{
    /// <summary>Whether somebody came in who was not there.</summary>
    public static async Task<bool> AddMember(Session tx, Guid team, Guid user, Role role, DateTimeOffset now, CancellationToken ct) => await tx.Run($"""
        insert into team_members (team_id, user_id, role, added_at, read_at) values ({team}, {user}, {role}, {now}, {now})
        on conflict do nothing
        """, ct) == 1;

    public static async Task<bool> ChangeMember(Session tx, Guid team, Guid user, Role role, CancellationToken ct) =>
        await tx.Run($"update team_members set role = {role} where team_id = {team} and user_id = {user}", ct) == 1;

    public static async Task<bool> RemoveMember(Session tx, Guid team, Guid user, CancellationToken ct) =>
        await tx.Run($"delete from team_members where team_id = {team} and user_id = {user}", ct) == 1;

    /// <summary>Ends the memberships and requests of those who are not in the team's organization; whose memberships they were.</summary>
    public static Task<List<Guid>> RemoveStrangers(Session tx, Guid team, DateTimeOffset now, CancellationToken ct) => tx.Query<Guid>($"""
        with strangers as (
          select s.user_id from (
            select user_id from team_members where team_id = {team}
            union
            select user_id from team_join_requests where team_id = {team} and status = 'pending') s
          where not exists (select from organization_members m join teams t on t.org_id = m.org_id where t.id = {team} and m.user_id = s.user_id)),
        rejected as (
          update team_join_requests set status = 'rejected', reviewed_at = {now} where team_id = {team} and status = 'pending' and user_id in (select user_id from strangers))
        delete from team_members where team_id = {team} and user_id in (select user_id from strangers)
        returning user_id
        """, ct);

    /// <summary>Keeps somebody's part in an organization until the transaction ends, so that nobody comes in who is just being removed.</summary>
    public static async Task<bool> HoldInOrganization(Session tx, Guid org, Guid user, CancellationToken ct) =>
        await tx.Maybe<Guid?>($"select user_id from organization_members where org_id = {org} and user_id = {user} for key share", ct) is not null;

    static Sql Roster => $"""
        select tm.user_id, {User("u")} as user, tm.role, coalesce(m.membership_type, case when t.org_id = {Ids.Global} then 'internal' else 'external' end) as membership_type,
          tm.added_at
        from team_members tm
        join teams t on t.id = tm.team_id
        join users u on u.id = tm.user_id
        left join organization_members m on m.org_id = t.org_id and m.user_id = tm.user_id
        """;

    public static Task<List<TeamMember>> Members(Session db, Guid team, Cursor after, int limit, int offset, CancellationToken ct) => db.Query<TeamMember>($"""
        {Roster}
        where tm.team_id = {team} and (tm.added_at, tm.user_id) > ({after.At}, {after.Id})
        order by tm.added_at, tm.user_id
        {Sql.Limit(limit, offset)}
        """, ct);

    public static Task<TeamMember?> Member(Session db, Guid team, Guid user, CancellationToken ct) => db.Maybe<TeamMember>($"""
        {Roster}
        where tm.team_id = {team} and tm.user_id = {user}
        """, ct);

    /// <summary>Whether there was no open request of this account yet.</summary>
    public static async Task<bool> AddRequest(Session tx, Guid team, Guid user, string? message, DateTimeOffset now, CancellationToken ct) => await tx.Run($"""
        insert into team_join_requests (id, team_id, user_id, message, created_at) values ({Guid.CreateVersion7()}, {team}, {user}, {message}, {now})
        on conflict (team_id, user_id) where status = 'pending' do nothing
        """, ct) == 1;

    static Sql Requests => $"""
        select r.id, r.team_id, r.user_id, {User("u")} as user, r.status, r.message, r.created_at, r.reviewed_at
        from team_join_requests r
        join users u on u.id = r.user_id
        """;

    /// <summary>Requests to come into a team, newest first: everybody's, or one account's own.</summary>
    public static Task<List<TeamJoinRequest>> RequestsOf(
        Session db, Guid team, Guid? only, RequestStatus? status, Cursor after, int limit, int offset, CancellationToken ct) => db.Query<TeamJoinRequest>($"""
        {Requests}
        where r.team_id = {team} and ({only} is null or r.user_id = {only}) and ({(status is { } s ? Wire.Name(s) : null)} is null or r.status = {(status is { } t ? Wire.Name(t) : null)})
          and (r.created_at, r.id) < ({after.At}, {after.Id})
        order by r.created_at desc, r.id desc
        {Sql.Limit(limit, offset)}
        """, ct);

    public static Task<TeamJoinRequest?> Request(Session db, Guid team, Guid id, CancellationToken ct) =>
        db.Maybe<TeamJoinRequest>($"{Requests} where r.id = {id} and r.team_id = {team}", ct);

    /// <summary>Decides the open request of an account, if there is one.</summary>
    public static Task Review(Session tx, Guid team, Guid user, RequestStatus status, Guid reviewer, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        update team_join_requests set status = {status}, reviewed_at = {now}, reviewed_by = {reviewer} where team_id = {team} and user_id = {user} and status = 'pending'
        """, ct);

    static Sql Bans => $"""
        select b.id, b.team_id, b.user_id, {User("u")} as user, b.reason, b.created_at
        from team_bans b
        join users u on u.id = b.user_id
        """;

    public static Task<List<TeamBan>> BansOf(Session db, Guid team, Cursor after, int limit, int offset, CancellationToken ct) => db.Query<TeamBan>($"""
        {Bans}
        where b.team_id = {team} and (b.created_at, b.id) < ({after.At}, {after.Id})
        order by b.created_at desc, b.id desc
        {Sql.Limit(limit, offset)}
        """, ct);

    public static Task<TeamBan?> BanOf(Session db, Guid team, Guid user, CancellationToken ct) =>
        db.Maybe<TeamBan>($"{Bans} where b.team_id = {team} and b.user_id = {user}", ct);

    public static Task AddBan(Session tx, Guid team, Guid user, string? reason, Guid by, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        insert into team_bans (id, team_id, user_id, reason, created_by, created_at) values ({Guid.CreateVersion7()}, {team}, {user}, {reason}, {by}, {now})
        on conflict (team_id, user_id) do update set reason = coalesce(excluded.reason, team_bans.reason)
        """, ct);

    /// <summary>Ends memberships and open requests.</summary>
    public static Task RemoveAll(Session tx, Guid team, Guid[] users, Guid reviewer, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        with rejected as (
          update team_join_requests set status = 'rejected', reviewed_at = {now}, reviewed_by = {reviewer} where team_id = {team} and user_id = any({users}) and status = 'pending')
        delete from team_members where team_id = {team} and user_id = any({users})
        """, ct);

    public static async Task<bool> RemoveBan(Session tx, Guid team, Guid user, CancellationToken ct) =>
        await tx.Run($"delete from team_bans where team_id = {team} and user_id = {user}", ct) == 1;
}
