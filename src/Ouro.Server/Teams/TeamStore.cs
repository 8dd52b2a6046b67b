using Ouro.Server.Data;

namespace Ouro.Server.Teams;

static partial class TeamStore
{
    // A key that is bound to another place is nobody here, and sees what everybody sees.
    static Sql From(Guid user, Guid? bound) => $"""
        teams t
        join organizations o on o.id = t.org_id
        left join users u on u.id = {user} and ({bound} is null or t.org_id = {bound})
        left join organization_members m on m.org_id = t.org_id and m.user_id = u.id
        left join team_members tm on tm.team_id = t.id and tm.user_id = u.id
        """;

    // Everybody is in the global organization and in its default team; neither has a roster.
    static Sql OrgRole => $"case when t.org_id <> {Ids.Global} then m.role when u.is_operator then 'admin' when u.id is not null then 'write' end";

    static Sql TeamRole => $"case when t.id <> {Ids.Global} then tm.role else {OrgRole} end";

    static Sql IsSeen => $"(t.visibility = 'public' or {OrgRole} is not null)";

    static Sql SourcePolicy => $"coalesce(t.source_policy, o.source_policy)";

    static Sql ActorTypePolicy => $"coalesce(t.actor_type_policy, o.actor_type_policy)";

    static Sql User(string name)
    {
        var u = Sql.Trusted(name);
        return $"jsonb_build_object('user_id', {u}.id, 'username', {u}.username, 'actor_type', {u}.actor_type, 'avatar_path', {u}.avatar_path)";
    }

    static Sql Columns => $"""
        t.id, t.org_id, jsonb_build_object('id', o.id, 'name', o.name) as organization, t.name, t.visibility, t.default_role, t.join_policy,
        t.id = o.default_team_id as is_default, {SourcePolicy} as source_policy, t.source_policy is null as inherits_source_policy,
        {ActorTypePolicy} as actor_type_policy, t.actor_type_policy is null as inherits_actor_type_policy,
        coalesce(t.description, jsonb_build_object('json', jsonb_build_object('type', 'doc', 'content', jsonb_build_array()), 'text', '')) as description,
        case when t.id <> {Ids.Global} then (select count(*) from team_members c where c.team_id = t.id)::integer end as member_count,
        case when {TeamRole} is not null then jsonb_build_object('user_id', u.id, 'user', {User("u")}, 'role', {TeamRole},
          'membership_type', case when t.org_id = {Ids.Global} then 'internal' else coalesce(m.membership_type, 'external') end,
          'added_at', coalesce(tm.added_at, u.created_at)) end as user_membership,
        case when {TeamRole} is not null then 'joined' when r.id is not null then 'pending' else 'none' end as join_status,
        case when {TeamRole} is null and r.id is not null then jsonb_build_object('id', r.id, 'team_id', r.team_id, 'user_id', r.user_id, 'user', {User("u")},
          'status', r.status, 'message', r.message, 'created_at', r.created_at) end as user_join_request,
        coalesce({OrgRole} = 'admin' or {TeamRole} = 'admin', false) as can_moderate, t.created_at, t.last_updated
        """;

    static Sql Teams(Actor actor) => $"""
        select {Columns}
        from {From(actor.Id, actor.BoundTo)}
        left join team_join_requests r on r.team_id = t.id and r.user_id = u.id and r.status = 'pending'
        where {IsSeen}
        """;

    public static Task<Team?> Find(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<Team>($"{Teams(actor)} and t.id = {id}", ct);

    public static Task<Team?> FindByName(Session db, Actor actor, string org, string name, CancellationToken ct) => db.Maybe<Team>($"""
        {Teams(actor)} and t.name = {name} and lower(o.name) = lower({org})
        """, ct);

    public static Task<List<Team>> Visible(Session db, Actor actor, TeamList which, Cursor after, int limit, int offset, CancellationToken ct)
    {
        List<Sql> filters = [$"(t.created_at, t.id) < ({after.At}, {after.Id})"];
        if (which.OrgId is { } org) filters.Add($"t.org_id = {org}");
        if (which.Joined) filters.Add($"{TeamRole} is not null");
        if (which.PublicOnly) filters.Add($"t.visibility = 'public'");
        if (which.Query is { Length: > 0 } words)
            filters.Add($"(position(lower({words}) in t.name) > 0 or position(lower({words}) in lower(t.description ->> 'text')) > 0)");
        return db.Query<Team>($"""
            {Teams(actor)} and {Sql.Join(" and ", filters)}
            order by t.created_at desc, t.id desc
            {Sql.Limit(limit, offset)}
            """, ct);
    }

    /// <summary>What an account is to a team, as a key that may be bound to a place carries it; null where there is no such team.</summary>
    public static Task<Standing?> Standing(Session db, Guid user, Guid? bound, Guid team, CancellationToken ct) =>
        db.Maybe<Standing>($"{Standings(user, bound)} where t.id = {team}", ct);

    /// <summary>The same for a team of an organization, its default team where none is named.</summary>
    public static Task<Standing?> StandingIn(Session db, Guid user, Guid? bound, Guid org, Guid? team, CancellationToken ct) =>
        db.Maybe<Standing>($"{Standings(user, bound)} where o.id = {org} and t.id = coalesce({team}, o.default_team_id)", ct);

    static Sql Standings(Guid user, Guid? bound) => $"""
        select t.id as team_id, t.name as team_name, o.id as org_id, o.name as org_name, o.default_team_id, d.visibility as default_visibility, t.visibility,
          t.default_role, t.join_policy, {SourcePolicy} as source_policy, {ActorTypePolicy} as actor_type_policy, o.public_publishing,
          o.allow_external_public_team_creation, u.id as user_id, coalesce(u.actor_type, 'base') as kind, {OrgRole} as org_role, m.membership_type, {TeamRole} as team_role,
          exists (select from team_bans b where b.team_id = t.id and b.user_id in (u.id, u.owner_id)) as is_banned
        from {From(user, bound)}
        join teams d on d.id = o.default_team_id
        """;

    /// <summary>Keeps a team as it is until the transaction ends: against whoever changes it, its members or its bans. False where it is gone.</summary>
    public static async Task<bool> Hold(Session tx, Guid team, CancellationToken ct) =>
        await tx.Maybe<Guid?>($"select id from teams where id = {team} for update", ct) is not null;

    /// <summary>The same beside others who only put things there.</summary>
    public static Task Keep(Session tx, Guid[] teams, CancellationToken ct) => tx.Run($"select from teams where id = any({teams}) order by id for share", ct);

    public static async Task<bool> Add(Session tx, NewTeam team, CancellationToken ct) => await tx.Run($"""
        insert into teams (id, org_id, name, visibility, description, default_role, join_policy, source_policy, actor_type_policy, created_by, created_at, last_updated)
        values ({team.Id}, {team.OrgId}, {team.Name}, {team.Visibility}, {(team.Description is null ? null : Wire.Element(team.Description))}, {team.DefaultRole},
          {team.JoinPolicy}, {Word(team.SourcePolicy)}, {Word(team.ActorTypePolicy)}, {team.CreatedBy}, {team.CreatedAt}, {team.CreatedAt})
        on conflict (org_id, name) do nothing
        """, ct) == 1;

    /// <summary>What a team says of itself and its rules, as they are stored: a policy that is null is the organization's.</summary>
    public static Task<NewTeam?> Stored(Session tx, Guid id, CancellationToken ct) => tx.Maybe<NewTeam>($"""
        select id, org_id, name, visibility, description, default_role, join_policy, source_policy, actor_type_policy, created_by, created_at from teams where id = {id}
        """, ct);

    /// <summary>Whether no other team of the organization has the name.</summary>
    public static async Task<bool> Update(Session tx, NewTeam team, DateTimeOffset now, CancellationToken ct) => await tx.Run($"""
        update teams set name = {team.Name}, visibility = {team.Visibility}, description = {(team.Description is null ? null : Wire.Element(team.Description))},
          default_role = {team.DefaultRole}, join_policy = {team.JoinPolicy}, source_policy = {Word(team.SourcePolicy)}, actor_type_policy = {Word(team.ActorTypePolicy)},
          last_updated = {now}
        where id = {team.Id} and not exists (select from teams t where t.org_id = {team.OrgId} and t.name = {team.Name} and t.id <> {team.Id})
        """, ct) == 1;

    /// <summary>Keeps a name of an organization's teams to this transaction until it ends.</summary>
    public static Task HoldName(Session tx, Guid org, string name, CancellationToken ct) =>
        tx.Run($"select pg_advisory_xact_lock(hashtextextended({name}, hashtext({"team of " + org})))", ct);

    /// <summary>Takes a team away that holds nothing any more, with its members, bans and requests; whoever was in it.</summary>
    public static Task<List<Guid>> Remove(Session tx, Guid id, CancellationToken ct) => tx.Query<Guid>($"""
        with gone as (delete from teams where id = {id} returning id)
        select m.user_id from team_members m join gone g on g.id = m.team_id
        """, ct);

    static string? Word<T>(T? policy) where T : struct, Enum => policy is { } word ? Wire.Name(word) : null;
}

/// <summary>A team as it is stored.</summary>
sealed record NewTeam(
    Guid Id, Guid OrgId, string Name, Visibility Visibility, Content? Description, Role DefaultRole, JoinPolicy JoinPolicy, SourcePolicy? SourcePolicy,
    ActorTypePolicy? ActorTypePolicy, Guid? CreatedBy, DateTimeOffset CreatedAt);
