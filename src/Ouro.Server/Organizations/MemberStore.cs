using Ouro.Server.Data;

namespace Ouro.Server.Organizations;

/// <summary>Members of organizations, and who asks to be one. The roster of the default team is the organization's, so both change in one statement.</summary>
static class MemberStore
{
    static Sql Columns => $"""
        m.org_id, m.user_id, jsonb_build_object('user_id', u.id, 'username', u.username, 'actor_type', u.actor_type, 'avatar_path', u.avatar_path) as user,
        m.role, m.membership_type, m.added_at
        """;

    public static Task<List<OrganizationMember>> Of(Session db, Guid org, Cursor? after, int size, int skip, CancellationToken ct) =>
        db.Query<OrganizationMember>(Roster(org, after, size, skip), ct);

    /// <summary>A page of the roster; its plan is held by a test.</summary>
    internal static Sql Roster(Guid org, Cursor? after, int size, int skip) => $"""
        select {Columns}
        from organization_members m
        join users u on u.id = m.user_id
        where m.org_id = {org} and {(after is { } at ? $"(m.added_at, m.user_id) > ({at.At}, {at.Id})" : Sql.True)}
        order by m.added_at, m.user_id
        {Sql.Limit(size, skip)}
        """;

    public static Task<OrganizationMember?> Find(Session db, Guid org, Guid user, CancellationToken ct) => db.Maybe<OrganizationMember>($"""
        select {Columns}
        from organization_members m
        join users u on u.id = m.user_id
        where m.org_id = {org} and m.user_id = {user}
        """, ct);

    public static Task<long> CountOf(Session db, Guid user, CancellationToken ct) =>
        db.Maybe<long>($"select count(*) from organization_members where user_id = {user}", ct);

    public static Task<bool> HasOtherAdmin(Session tx, Guid org, Guid[] users, CancellationToken ct) =>
        tx.Maybe<bool>($"select exists (select from organization_members where org_id = {org} and role = 'admin' and user_id <> all({users}))", ct);

    public static Task<bool> HasAdminAmong(Session tx, Guid org, Guid[] users, CancellationToken ct) =>
        tx.Maybe<bool>($"select exists (select from organization_members where org_id = {org} and role = 'admin' and user_id = any({users}))", ct);

    /// <summary>Makes somebody a member, and ends what was open about that; false where they are one already.</summary>
    public static async Task<bool> Add(Session tx, Guid org, Guid user, Role role, MembershipType type, DateTimeOffset now, CancellationToken ct)
    {
        var added = await tx.Run($"""
            with added as (
              insert into organization_members (org_id, user_id, role, membership_type, added_at) values ({org}, {user}, {role}, {type}, {now})
              on conflict do nothing
              returning org_id),
            counted as (
              update organizations o set member_count = o.member_count + 1
              from added
              where o.id = added.org_id
              returning o.default_team_id)
            insert into team_members (team_id, user_id, role, added_at, read_at)
            select default_team_id, {user}, {role}, {now}, {now} from counted
            on conflict (team_id, user_id) do update set role = excluded.role
            """, ct) == 1;
        if (added)
            await tx.Run($"""
                with asked as (
                  update organization_join_requests set status = 'approved', reviewed_at = {now}
                  where org_id = {org} and user_id = {user} and status = 'pending')
                update invitations set ended_at = {now}, accepted_by = {user}
                where org_id = {org} and user_id = {user} and ended_at is null
                """, ct);
        return added;
    }

    /// <summary>Changes what somebody is in an organization. Who may only read there reads in all its teams; what a team's admin gives them after that stands.</summary>
    public static Task Change(Session tx, Guid org, Guid user, Role role, MembershipType type, CancellationToken ct) => tx.Run($"""
        with changed as (
          update organization_members set role = {role}, membership_type = {type}
          where org_id = {org} and user_id = {user}
          returning org_id)
        update team_members m set role = {role}
        from changed
        join organizations o on o.id = changed.org_id
        join teams t on t.org_id = o.id
        where m.team_id = t.id and m.user_id = {user} and (t.id = o.default_team_id or {role} = 'read')
        """, ct);

    /// <summary>Takes accounts out of an organization, of all its teams, and of what they had asked for in them.</summary>
    public static Task Remove(Session tx, Guid org, Guid[] users, CancellationToken ct) => tx.Run($"""
        with gone as (
          delete from organization_members where org_id = {org} and user_id = any({users}) returning org_id),
        counted as (
          update organizations o set member_count = o.member_count - (select count(*) from gone) where o.id = {org}),
        asked as (
          delete from team_join_requests r using teams t
          where t.id = r.team_id and t.org_id = {org} and r.user_id = any({users}) and r.status = 'pending')
        delete from team_members m using teams t
        where t.id = m.team_id and t.org_id = {org} and m.user_id = any({users})
        """, ct);

    static Sql RequestColumns => $"""
        r.id, r.org_id, r.user_id, jsonb_build_object('user_id', u.id, 'username', u.username, 'actor_type', u.actor_type, 'avatar_path', u.avatar_path) as user,
        r.status, r.message, r.created_at, r.reviewed_at
        """;

    public static Task AddRequest(Session tx, Guid id, Guid org, Guid user, string? message, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        insert into organization_join_requests (id, org_id, user_id, message, created_at) values ({id}, {org}, {user}, {message}, {now})
        """, ct);

    /// <summary>The requests of everybody, or of one account.</summary>
    public static Task<List<OrganizationJoinRequest>> Requests(
        Session db, Guid org, Guid? user, RequestStatus? status, Cursor after, int size, int skip, CancellationToken ct) => db.Query<OrganizationJoinRequest>($"""
        select {RequestColumns}
        from organization_join_requests r
        join users u on u.id = r.user_id
        where r.org_id = {org} and (r.created_at, r.id) < ({after.At}, {after.Id})
          and {(user is { } one ? (Sql)$"r.user_id = {one}" : Sql.True)} and {(status is { } only ? (Sql)$"r.status = {only}" : Sql.True)}
        order by r.created_at desc, r.id desc
        {Sql.Limit(size, skip)}
        """, ct);

    /// <summary>An open request, with what decides about it now.</summary>
    public static Task<Asking?> Asking(Session tx, Guid org, Guid id, CancellationToken ct) => tx.Maybe<Asking>($"""
        select r.user_id, u.actor_type as kind, u.email
        from organization_join_requests r
        join users u on u.id = r.user_id
        where r.id = {id} and r.org_id = {org} and r.status = 'pending'
        """, ct);

    public static Task<OrganizationJoinRequest?> Decide(Session tx, Guid id, RequestStatus status, Guid by, DateTimeOffset now, CancellationToken ct) =>
        tx.Maybe<OrganizationJoinRequest>($"""
            with decided as (
              update organization_join_requests set status = {status}, reviewed_at = {now}, reviewed_by = {by}
              where id = {id}
              returning *)
            select {RequestColumns}
            from decided r
            join users u on u.id = r.user_id
            """, ct);
}

/// <summary>Who asks to join, as their account is now.</summary>
sealed record Asking(Guid UserId, ActorType Kind, string? Email);
