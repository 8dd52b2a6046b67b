using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Users;

/// <summary>What is known of an account beside its profile, to decide by.</summary>
public sealed record AccountFacts(Guid Id, ActorType ActorType, Guid? OwnerId, Guid[] Organizations);

/// <summary>A picture as it is sent.</summary>
public sealed record Picture(string ContentType, byte[] Bytes);

/// <summary>What an account has, counted.</summary>
public sealed record AccountUsage(long Assets, long Datasets, long Agents, long ApiKeys);

static class UserStore
{
    /// <summary>An account, and the agents that it answers for.</summary>
    public static Task<List<Guid>> WithAgents(Session tx, Guid user, CancellationToken ct) =>
        tx.Query<Guid>($"select id from users where id = {user} or owner_id = {user} order by id", ct);

    /// <summary>A profile as somebody sees it: their following is part of it.</summary>
    static Sql Profile(Guid viewer) => $"""
        u.id as user_id, u.username, u.name, u.avatar_path, u.bio, u.urls, u.actor_type, u.created_at, u.verified_at, u.disabled_at,
        (select jsonb_build_object('user_id', o.id, 'username', o.username) from users o where o.id = u.owner_id) as owner,
        (select jsonb_build_object('user_id', v.id, 'username', v.username) from users v where v.id = u.verified_by) as verified_by,
        (select count(*)::int from follows f where f.followed_user_id = u.id) as followers,
        (select count(*)::int from follows f where f.user_id = u.id) as following,
        exists (select from follows f where f.user_id = {viewer} and f.followed_user_id = u.id) as is_following,
        exists (select from follows f where f.user_id = u.id and f.followed_user_id = {viewer}) as is_followed,
        u.id = {viewer} as is_self,
        to_jsonb(array_remove(array[case when u.is_operator then 'operator' end, case when u.actor_type <> 'base' then u.actor_type end], null)) as badges
        """;

    static Sql IsCalled(string nameOrId) => Guid.TryParse(nameOrId, out var id) ? (Sql)$"u.id = {id}" : $"lower(u.username) = lower({nameOrId})";

    public static Task<UserProfile?> Find(Session db, Guid viewer, string nameOrId, CancellationToken ct) =>
        db.Maybe<UserProfile>($"select {Profile(viewer)} from users u where {IsCalled(nameOrId)}", ct);

    public static Task<List<UserProfile>> Matching(Session db, Guid viewer, string part, int limit, int offset, CancellationToken ct)
    {
        var pattern = "%" + part.Replace("\\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
        return db.Query<UserProfile>($"""
            select {Profile(viewer)}
            from users u
            where u.username ilike {pattern} or u.name ilike {pattern}
            order by lower(u.username) = lower({part}) desc, lower(u.username)
            {Sql.Limit(limit, offset)}
            """, ct);
    }

    public static Task<List<UserProfile>> AgentsOf(Session db, Guid owner, CancellationToken ct) => db.Query<UserProfile>($"""
        select {Profile(owner)} from users u where u.owner_id = {owner} order by lower(u.username) limit {AccountRules.MostAgents}
        """, ct);

    public static Task<AccountFacts?> Facts(Session db, Guid user, CancellationToken ct) => db.Maybe<AccountFacts>($"""
        select u.id, u.actor_type, u.owner_id, array(select m.org_id from organization_members m where m.user_id = u.id) as organizations
        from users u
        where u.id = {user}
        """, ct);

    /// <summary>Keeps a name to this transaction: accounts and organizations share their names, and no index covers both.</summary>
    public static Task HoldName(Session tx, string name, CancellationToken ct) =>
        tx.Run($"select pg_advisory_xact_lock(hashtextextended(lower({name}), 7))", ct);

    /// <summary>Adds an account; false where its name belongs to another, or to an organization, or its address to another.</summary>
    public static async Task<bool> Add(Session db, NewAccount account, CancellationToken ct) => await db.Run($"""
        insert into users (id, username, name, email, email_verified_at, actor_type, is_operator, owner_id, password_hash, security_stamp, created_at)
        select {account.Id}, {account.Username}, {account.Name}, {account.Email}, case when {account.Email} is null then null else {account.CreatedAt} end,
          {account.ActorType}, {account.IsOperator}, {account.OwnerId}, {account.PasswordHash}, {account.SecurityStamp}, {account.CreatedAt}
        where not exists (select from organizations o where lower(o.name) = lower({account.Username}))
        on conflict do nothing
        """, ct) == 1;

    public static Task Describe(Session db, Guid user, string? name, string bio, JsonElement urls, CancellationToken ct) =>
        db.Run($"update users set name = {name}, bio = {bio}, urls = {urls} where id = {user}", ct);

    public static Task Hold(Session db, Guid user, CancellationToken ct) => db.Run($"select from users where id = {user} for update", ct);

    public static Task Verify(Session db, Guid user, Guid by, DateTimeOffset at, CancellationToken ct) =>
        db.Run($"update users set actor_type = 'verified', verified_by = {by}, verified_at = {at} where id = {user} and actor_type <> 'agent'", ct);

    public static Task Unverify(Session db, Guid user, CancellationToken ct) =>
        db.Run($"update users set actor_type = 'base', verified_by = null, verified_at = null where id = {user} and actor_type = 'verified'", ct);

    public static Task Switch(Session db, Guid user, DateTimeOffset? off, CancellationToken ct) =>
        db.Run($"update users set disabled_at = {off} where id = {user} and (disabled_at is null) <> ({off} is null)", ct);

    public static Task EndSessions(Session db, Guid user, string stamp, CancellationToken ct) =>
        db.Run($"update users set security_stamp = {stamp} where id = {user}", ct);

    public static Task SetPassword(Session db, Guid user, string hash, string stamp, CancellationToken ct) =>
        db.Run($"update users set password_hash = {hash}, security_stamp = {stamp} where id = {user}", ct);

    /// <summary>Gives an account an address that it has proved to own; false where another proved it before.</summary>
    public static async Task<bool> SetEmail(Session db, Guid user, string email, DateTimeOffset at, CancellationToken ct) => await db.Run($"""
        update users set email = {email}, email_verified_at = {at}
        where id = {user} and not exists (select from users o where lower(o.email) = lower({email}) and o.id <> {user})
        """, ct) == 1;

    public static Task SetAvatar(Session db, Guid user, string contentType, byte[] bytes, string version, string path, CancellationToken ct) => db.Run($"""
        with kept as (
          insert into avatars (user_id, content_type, bytes, version) values ({user}, {contentType}, {bytes}, {version})
          on conflict (user_id) do update set content_type = excluded.content_type, bytes = excluded.bytes, version = excluded.version)
        update users set avatar_path = {path} where id = {user}
        """, ct);

    public static Task RemoveAvatar(Session db, Guid user, CancellationToken ct) => db.Run($"""
        with gone as (delete from avatars where user_id = {user})
        update users set avatar_path = null where id = {user}
        """, ct);

    public static Task<Picture?> Avatar(Session db, Guid user, string version, CancellationToken ct) =>
        db.Maybe<Picture>($"select content_type, bytes from avatars where user_id = {user} and version = {version}", ct);

    public static async Task<AccountUsage> Usage(Session db, Guid user, CancellationToken ct) => (await db.Maybe<AccountUsage>($"""
        select (select count(*) from assets a where a.user_id = {user}) as assets,
          (select count(*) from assets a where a.user_id = {user} and a.asset_type = 'dataset') as datasets,
          (select count(*) from users u where u.owner_id = {user}) as agents,
          (select count(*) from api_keys k where k.user_id = {user} and k.revoked_at is null) as api_keys
        """, ct))!;
}
