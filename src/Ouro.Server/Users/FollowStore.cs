using Ouro.Server.Data;

namespace Ouro.Server.Users;

static class FollowStore
{
    public static async Task<bool> Remove(Session db, Guid user, Guid followed, CancellationToken ct) =>
        await db.Run($"delete from follows where user_id = {user} and followed_user_id = {followed}", ct) == 1;

    public static Task Add(Session db, Guid user, Guid followed, Guid id, DateTimeOffset at, CancellationToken ct) => db.Run($"""
        insert into follows (user_id, followed_user_id, id, added_at) values ({user}, {followed}, {id}, {at}) on conflict do nothing
        """, ct);

    public static Task<long> Followers(Session db, Guid followed, CancellationToken ct) =>
        db.Maybe<long>($"select count(*) from follows where followed_user_id = {followed}", ct);

    /// <summary>Whom an account follows, newest first.</summary>
    public static Task<List<Follow>> Of(Session db, Guid user, Cursor after, int size, CancellationToken ct) =>
        List(db, $"f.user_id = {user}", $"f.followed_user_id", after, size, ct);

    /// <summary>Who follows an account, newest first.</summary>
    public static Task<List<Follow>> To(Session db, Guid user, Cursor after, int size, CancellationToken ct) =>
        List(db, $"f.followed_user_id = {user}", $"f.user_id", after, size, ct);

    static Task<List<Follow>> List(Session db, Sql whose, Sql other, Cursor after, int size, CancellationToken ct) => db.Query<Follow>($"""
        select f.id, f.user_id, f.followed_user_id, f.added_at,
          jsonb_build_object('user_id', u.id, 'username', u.username, 'actor_type', u.actor_type, 'avatar_path', u.avatar_path) as user
        from follows f
        join users u on u.id = {other}
        where {whose} and (f.added_at, f.id) < ({after.At}, {after.Id})
        order by f.added_at desc, f.id desc
        {Sql.Limit(size)}
        """, ct);
}
