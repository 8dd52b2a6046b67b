using Ouro.Server.Data;

namespace Ouro.Server.Users;

/// <summary>What a link is for.</summary>
public enum LinkKind
{
    /// <summary>Proves that an address is the account's.</summary>
    VerifyEmail,
    /// <summary>Replaces a password that was lost.</summary>
    ResetPassword,
}

/// <summary>A link that was given out and not used yet.</summary>
public sealed record AccountLink(Guid Id, LinkKind Kind, Guid UserId, string Username, string? Email, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

static class LinkStore
{
    static Sql Columns => $"l.id, l.kind, l.user_id, u.username, l.email, l.created_at, l.expires_at";

    /// <summary>Adds a link, once; those whose time is over go.</summary>
    public static async Task<bool> Add(
        Session db, Guid id, LinkKind kind, Guid user, string? email, DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        await db.Run($"delete from account_links where expires_at < {now}", ct);
        return await db.Run($"""
            insert into account_links (id, kind, user_id, email, created_at, expires_at) values ({id}, {kind}, {user}, {email}, {now}, {until})
            on conflict do nothing
            """, ct) == 1;
    }

    public static Task<AccountLink?> Find(Session db, Guid id, LinkKind kind, DateTimeOffset now, CancellationToken ct) => db.Maybe<AccountLink>($"""
        select {Columns} from account_links l join users u on u.id = l.user_id where l.id = {id} and l.kind = {kind} and l.expires_at > {now}
        """, ct);

    /// <summary>Uses a link up.</summary>
    public static Task<AccountLink?> Take(Session db, Guid id, LinkKind kind, DateTimeOffset now, CancellationToken ct) => db.Maybe<AccountLink>($"""
        delete from account_links l using users u
        where l.id = {id} and l.kind = {kind} and l.expires_at > {now} and u.id = l.user_id
        returning {Columns}
        """, ct);

    public static Task Drop(Session db, LinkKind kind, Guid user, CancellationToken ct) =>
        db.Run($"delete from account_links where kind = {kind} and user_id = {user}", ct);

    /// <summary>The newest links that nobody used yet.</summary>
    public static Task<List<AccountLink>> Open(Session db, DateTimeOffset now, int most, CancellationToken ct) => db.Query<AccountLink>($"""
        select {Columns} from account_links l join users u on u.id = l.user_id where l.expires_at > {now} order by l.created_at desc, l.id desc limit {most}
        """, ct);

    /// <summary>The address that an account asked for last and did not prove yet.</summary>
    public static Task<string?> PendingEmail(Session db, Guid user, DateTimeOffset now, CancellationToken ct) => db.Maybe<string>($"""
        select email from account_links where user_id = {user} and kind = {LinkKind.VerifyEmail} and expires_at > {now} order by created_at desc limit 1
        """, ct);

    /// <summary>Whom somebody means who lost their password: the name, or a proved address. Agents have no password.</summary>
    public static Task<Guid?> WhoLost(Session db, string nameOrEmail, CancellationToken ct) => db.Maybe<Guid?>($"""
        select u.id from users u
        where (lower(u.username) = lower({nameOrEmail}) or (lower(u.email) = lower({nameOrEmail}) and u.email_verified_at is not null))
          and u.actor_type <> 'agent' and u.disabled_at is null
        """, ct);
}
