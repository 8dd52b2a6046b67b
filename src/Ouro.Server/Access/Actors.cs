using System.Collections.Concurrent;
using Ouro.Server.Data;

namespace Ouro.Server.Access;

/// <summary>
/// Loads who asks. What was loaded stays for a minute, and goes at once when the account, its key or its memberships change: here after the
/// commit, in other processes by the notification. While notifications do not arrive, nothing is kept.
/// </summary>
public sealed class Actors(Db db, TimeProvider time)
{
    /// <summary>The channel on which a changed account is told.</summary>
    public const string Channel = "ouro_actors";

    static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    const int Most = 20_000;
    readonly ConcurrentDictionary<string, (Credentialed Actor, long Until)> known = new();
    volatile bool listening;
    int generation;

    /// <summary>The actor behind an API key's secret; null where there is no such key any more.</summary>
    public Task<Credentialed?> ByKey(byte[] hash, CancellationToken ct) =>
        Find("k" + Convert.ToHexString(hash), $"k.hash = {hash}", ct);

    /// <summary>The actor behind the key that an access token was exchanged for.</summary>
    public Task<Credentialed?> ByKeyId(Guid key, CancellationToken ct) =>
        Find("i" + key, $"k.id = {key}", ct);

    /// <summary>The actor behind a web session.</summary>
    public async Task<Credentialed?> ByUser(Guid user, CancellationToken ct)
    {
        var kept = Kept_("u" + user, out var before);
        if (kept is not null) return kept;
        var loaded = await db.Maybe<Credentialed>($"select {Account} from users u where u.id = {user} and u.disabled_at is null", ct);
        return Keep("u" + user, loaded, before);
    }

    async Task<Credentialed?> Find(string name, Sql which, CancellationToken ct)
    {
        var kept = Kept_(name, out var before);
        if (kept is not null) return kept;
        // A key's last use is kept to the minute: the same statement writes it, and only once a minute.
        var loaded = await db.Maybe<Credentialed>($"""
            with used as (
              update api_keys k set last_used_at = now()
              where {which} and k.revoked_at is null and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute'))
            select {Account}, k.id as key_id, k.name as key_name, k.org_id as bound_to
            from api_keys k
            join users u on u.id = k.user_id
            where {which} and k.revoked_at is null and u.disabled_at is null
            """, ct);
        return Keep(name, loaded, before);
    }

    static Sql Account => $"""
        u.id, u.username, u.email, u.actor_type as kind, u.is_operator, u.security_stamp, u.avatar_path,
        array(select m.org_id from organization_members m where m.user_id = u.id) as organizations,
        array(select m.org_id from organization_members m where m.user_id = u.id and m.role = 'admin') as admin_of,
        array(select m.team_id from team_members m where m.user_id = u.id) as teams
        """;

    Credentialed? Kept_(string name, out int before)
    {
        before = Volatile.Read(ref generation);
        return listening && known.TryGetValue(name, out var kept) && kept.Until > time.GetTimestamp() ? kept.Actor : null;
    }

    Credentialed? Keep(string name, Credentialed? actor, int before)
    {
        // What was read while something changed may be the state before it: it serves this request and is not kept.
        if (actor is null || !listening || before != Volatile.Read(ref generation)) return actor;
        if (known.Count > Most) known.Clear();
        known[name] = (actor, time.GetTimestamp() + (long)(Kept.TotalSeconds * time.TimestampFrequency));
        return actor;
    }

    /// <summary>Tells every process, when the transaction commits, that this account is not what it was.</summary>
    public static Task Changed(Session tx, Guid user, CancellationToken ct) =>
        tx.Run($"select pg_notify({Channel}, {user.ToString()})", ct);

    /// <summary>The same of several accounts.</summary>
    public static Task Changed(Session tx, IReadOnlyCollection<Guid> users, CancellationToken ct) => users.Count == 0 ? Task.CompletedTask
        : tx.Run($"select pg_notify({Channel}, id::text) from unnest({users.ToArray()}) id", ct);

    /// <summary>Told of each account that was forgotten: what stays open as somebody looks again who that is.</summary>
    public event Action<Guid>? Forgotten;

    /// <summary>Forgets an account here; after a commit in this process, and when another process tells.</summary>
    public void Forget(Guid user)
    {
        Interlocked.Increment(ref generation);
        foreach (var (name, kept) in known)
            if (kept.Actor.Id == user) known.TryRemove(name, out _);
        Forgotten?.Invoke(user);
    }

    /// <summary>Whether notifications arrive. When they stop, everything is forgotten and nothing is kept.</summary>
    public void Listening(bool arrives)
    {
        listening = arrives;
        Interlocked.Increment(ref generation);
        known.Clear();
    }
}

/// <summary>An account as it was loaded from a credential.</summary>
public sealed record Credentialed(
    Guid Id, string Username, string? Email, ActorType Kind, bool IsOperator, string SecurityStamp, Guid[] Organizations,
    Guid[] AdminOf, Guid[] Teams, string? AvatarPath = null, Guid? KeyId = null, string? KeyName = null, Guid? BoundTo = null)
{
    public Actor As(Source source) => new()
    {
        Id = Id, Username = Username, Email = Email, Kind = Kind, IsOperator = IsOperator, Organizations = Organizations,
        AdminOf = AdminOf, Teams = Teams, AvatarPath = AvatarPath,
        KeyId = KeyId, KeyName = KeyName, BoundTo = BoundTo, Source = source, Context = BoundTo ?? Ids.Global,
    };
}
