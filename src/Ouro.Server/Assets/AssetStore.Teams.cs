using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>Assets as their teams hold them.</summary>
static partial class AssetStore
{
    /// <summary>
    /// Keeps the teams that something moves between as they are until the transaction ends: the asset's own, the one named, and an organization's default team.
    /// Asked for before the asset itself is held, in one order with everybody else.
    /// </summary>
    public static Task KeepTeams(Session tx, Guid? asset, Guid? org, Guid? team, CancellationToken ct) => tx.Run($"""
        select from teams t
        where t.id in ((select a.team_id from assets a where a.id = {asset}), {team}, (select o.default_team_id from organizations o where o.id = {org}))
        order by t.id
        for share
        """, ct);

    /// <summary>How much of a team's work the actor may see, by type, counted up to 10,000.</summary>
    public static Task<List<CountedKind>> CountOfTeam(Session db, Actor actor, Guid team, CancellationToken ct) => db.Query<CountedKind>($"""
        select a.asset_type, count(*) as count
        from (
          select a.asset_type from assets a
          where a.team_id = {team} and a.asset_type not in ('comment', 'conversation') and {Rights.CanRead(actor)}
          limit 10000) a
        group by a.asset_type
        """, ct);

    public static Task<long> CountPublicOfTeam(Session tx, Guid team, CancellationToken ct) =>
        tx.Maybe<long>($"select count(*) from assets where team_id = {team} and visibility in ('public', 'monetized')", ct);

    /// <summary>Makes what is public or sold in a team, of anybody or of these owners, visible to the organization; what is not sold has no price.</summary>
    public static Task UnpublishOfTeam(Session tx, Guid team, Guid[]? owners, CancellationToken ct) => tx.Run($"""
        update assets a set visibility = 'organization', monetization = 'none', price_currency = null, price_cents = null, price_sats = null, unit_cost_cents = null,
          unit_cost_sats = null, cost_unit = null, cost_accounting = null, max_billable_seconds = null
        where a.team_id = {team} and a.visibility in ('public', 'monetized') and {Of(owners)}
        """, ct);

    /// <summary>
    /// Moves a team's work, of anybody or of these owners, to another team of the same organization; so its addresses stay. What inherits stays with its parent.
    /// </summary>
    public static async Task<long> MoveOfTeam(Session tx, Guid team, Guid to, Guid[]? owners, CancellationToken ct) => await tx.Run($"""
        with recursive moving as (
          select a.id from assets a where a.team_id = {team} and {(owners is null ? Sql.True : (Sql)$"a.visibility <> 'inherit' and {Of(owners)}")}
          union
          select c.id from assets c join moving m on c.parent_id = m.id where c.visibility = 'inherit')
        update assets a set team_id = {to} from moving m where a.id = m.id
        """, ct);

    static Sql Of(Guid[]? owners) => owners is null ? Sql.True : $"a.user_id = any({owners})";

    /// <summary>What came into any of these teams, newest first: each is read only as far as the page needs it.</summary>
    public static Sql FeedOf(Actor actor, Guid[] teams, Cursor after, int limit) => Named(actor, $"""
        select a.*
        from unnest({teams}) mine (id)
        cross join lateral (
          select a.* from assets a
          where a.team_id = mine.id and a.parent_id is null and (a.created_at, a.id) < ({after.At}, {after.Id}) and {Rights.CanRead(actor)}
          order by {Newest}
          {Sql.Limit(limit)}) a
        order by {Newest}
        {Sql.Limit(limit)}
        """, Newest, Sql.Empty);

    public static Task<List<AssetRow>> Feed(Session db, Actor actor, Cursor after, int limit, CancellationToken ct) =>
        db.Query<AssetRow>(FeedOf(actor, actor.Teams, after, limit), ct);

    // What others brought since I came or last read everything, and I have not looked at.
    static Sql IsUnread(Actor actor) => $"""
        a.team_id = tm.team_id and a.created_at > tm.read_at and a.user_id <> tm.user_id and a.parent_id is null and {Rights.CanRead(actor)}
          and not exists (select from asset_seen s where s.user_id = tm.user_id and s.asset_id = a.id)
        """;

    /// <summary>How much is unread in each of the actor's teams, or in those of one organization.</summary>
    public static Sql UnreadsOf(Actor actor, Guid? org, Guid? team) => $"""
        select tm.team_id, (select count(*) from (select from assets a where {IsUnread(actor)} limit 1000) unread)::integer as count
        from team_members tm
        join teams t on t.id = tm.team_id
        where tm.user_id = {actor.Id} and ({org} is null or t.org_id = {org}) and ({team} is null or t.id = {team})
          and ({actor.BoundTo} is null or t.org_id = {actor.BoundTo})
        order by tm.added_at desc
        limit 1000
        """;

    public static Task<List<UnreadCount>> Unreads(Session db, Actor actor, Guid? org, Guid? team, CancellationToken ct) => db.Query<UnreadCount>(UnreadsOf(actor, org, team), ct);

    public static Task<List<AssetRow>> Unread(Session db, Actor actor, Guid team, int limit, int offset, CancellationToken ct) => db.Query<AssetRow>(Named(actor, $"""
        select a.* from assets a
        join team_members tm on tm.team_id = {team} and tm.user_id = {actor.Id}
        where {IsUnread(actor)}
        order by {Newest}
        {Sql.Limit(limit, offset)}
        """, Newest, Sql.Empty), ct);

    public static Task<List<Guid>> UnreadAmong(Session db, Actor actor, Guid[] shown, CancellationToken ct) => db.Query<Guid>($"""
        select a.id
        from assets a
        join team_members tm on tm.team_id = a.team_id and tm.user_id = {actor.Id}
        where a.id = any({shown}) and {IsUnread(actor)}
        """, ct);

    /// <summary>The teams that the actor came into last, by name; what is unread in each is counted up to 100.</summary>
    public static Task<List<JoinedTeam>> Joined(Session db, Actor actor, int limit, CancellationToken ct) => db.Query<JoinedTeam>($"""
        select t.id, t.org_id, o.name as org_name, t.name, (select count(*) from (select from assets a where {IsUnread(actor)} limit 100) unread)::integer as unread
        from (select m.* from team_members m where m.user_id = {actor.Id} order by m.added_at desc, m.team_id {Sql.Limit(limit)}) tm
        join teams t on t.id = tm.team_id
        join organizations o on o.id = t.org_id
        order by t.name, o.name
        """, ct);

    /// <summary>The newest few of each type, newest first.</summary>
    public static Task<List<AssetRow>> NewestOfTeam(Session db, Actor actor, Guid team, AssetType[] types, int each, CancellationToken ct) => db.Query<AssetRow>(Named(actor, $"""
        select a.*
        from unnest({types.Select(t => Wire.Name(t)).ToArray()}) kinds (name)
        cross join lateral (
          select a.* from assets a
          where a.team_id = {team} and a.asset_type = kinds.name and {Rights.CanRead(actor)}
          order by {Newest}
          {Sql.Limit(each)}) a
        """, Newest, Sql.Empty), ct);

    /// <summary>Whether the actor is in the team, all of which they have read now.</summary>
    public static async Task<bool> ReadAll(Session db, Guid user, Guid team, DateTimeOffset now, CancellationToken ct) =>
        await db.Run($"update team_members set read_at = {now} where team_id = {team} and user_id = {user}", ct) == 1;
}

/// <summary>How many assets of a type.</summary>
sealed record CountedKind(AssetType AssetType, long Count);

/// <summary>How much is unread in a team.</summary>
sealed record UnreadCount(Guid TeamId, int Count);

/// <summary>A team that somebody is in, and how much of it they have not read, up to 100.</summary>
public sealed record JoinedTeam(Guid Id, Guid OrgId, string OrgName, string Name, int Unread);
