using Ouro.Server.Data;

namespace Ouro.Server.Users;

static class UserStore
{
    static Sql Profile => $"u.id as user_id, u.username, u.name, u.avatar_path, u.bio, u.actor_type, u.created_at";

    public static Task<UserProfile?> Find(Session db, string nameOrId, CancellationToken ct) => db.Maybe<UserProfile>(
        Guid.TryParse(nameOrId, out var id)
            ? (Sql)$"select {Profile} from users u where u.id = {id}"
            : $"select {Profile} from users u where lower(u.username) = lower({nameOrId})", ct);

    public static Task<List<UserProfile>> Matching(Session db, string part, int limit, int offset, CancellationToken ct)
    {
        var pattern = "%" + part.Replace("\\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
        return db.Query<UserProfile>($"""
            select {Profile}
            from users u
            where u.username ilike {pattern} or u.name ilike {pattern}
            order by lower(u.username) = lower({part}) desc, lower(u.username)
            {Sql.Limit(limit, offset)}
            """, ct);
    }

    public static async Task<bool> Add(Session db, NewAccount account, CancellationToken ct) => await db.Run($"""
        insert into users (id, username, email, actor_type, is_operator, security_stamp, created_at)
        values ({account.Id}, {account.Username}, {account.Email}, {account.ActorType}, {account.IsOperator}, {account.SecurityStamp}, {account.CreatedAt})
        on conflict do nothing
        """, ct) == 1;
}

static class ApiKeyStore
{
    static Sql Columns => $"k.id, k.name, k.hint, k.org_id, k.created_at, k.last_used_at";

    public static Task Add(Session db, ApiKey key, Guid user, byte[] hash, CancellationToken ct) => db.Run($"""
        insert into api_keys (id, user_id, name, hash, hint, org_id, created_at)
        values ({key.Id}, {user}, {key.Name}, {hash}, {key.Hint}, {key.OrgId}, {key.CreatedAt})
        """, ct);

    /// <summary>An account's keys; of one place where <paramref name="place"/> names it.</summary>
    public static Task<List<ApiKey>> Of(Session db, Guid user, Guid? place, CancellationToken ct) => db.Query<ApiKey>($"""
        select {Columns}
        from api_keys k
        where k.user_id = {user} and k.revoked_at is null and ({place} is null or k.org_id = {place})
        order by k.created_at desc
        limit {ApiKeyOperations.Most}
        """, ct);

    public static Task<ApiKey?> Revoke(Session db, Guid user, Guid? place, Guid key, DateTimeOffset now, CancellationToken ct) => db.Maybe<ApiKey>($"""
        update api_keys k set revoked_at = {now}
        where k.id = {key} and k.user_id = {user} and k.revoked_at is null and ({place} is null or k.org_id = {place})
        returning {Columns}
        """, ct);
}
