using Ouro.Server.Data;

namespace Ouro.Server.Events;

static class EventStore
{
    /// <summary>A page of the log, newest first, as <paramref name="reader"/> reads it. What happens to an asset is told by the asset and not here.</summary>
    public static Task<List<Event>> Page(Session db, Guid reader, Sql where, EventFilter filter, EventCursor after, int size, CancellationToken ct) =>
        Named(db, reader, Newest(where, filter, after, size), size, ct);

    /// <summary>What an account did and what was done to it, in one place or everywhere. Each way is read along an index of its own.</summary>
    public static Task<List<Event>> Concerning(Session db, Guid user, Guid? place, EventFilter filter, EventCursor after, int size, CancellationToken ct)
    {
        Sql[] ways = [$"e.actor_id = {user}", $"e.audience = 'user' and e.audience_id = {user}", $"e.subject_id = {user}"];
        return Named(db, user, Sql.Join(" union ", ways.Select(way => (Sql)$"({Newest($"{way} and ({place} is null or e.org_id = {place})", filter, after, size)})")), size, ct);
    }

    /// <summary>A page of it before anything is named; its plan is held by a test.</summary>
    internal static Sql Newest(Sql where, EventFilter filter, EventCursor after, int size)
    {
        List<Sql> all = [where, $"e.audience <> 'asset'", $"(e.at, e.id) < ({after.At}, {after.Id})"];
        if (filter.Name is { } name) all.Add($"e.name = {name}");
        if (filter.ActorId is { } actor) all.Add($"e.actor_id = {actor}");
        if (filter.SubjectId is { } subject) all.Add($"e.subject_id = {subject}");
        if (filter.TeamId is { } team) all.Add($"e.team_id = {team}");
        if (filter.Since is { } since) all.Add($"e.at >= {since.ToUniversalTime()}");
        if (filter.Until is { } until) all.Add($"e.at < {until.ToUniversalTime()}");
        return $"""
            select e.id, e.at, e.name, e.actor_id, e.subject_id, e.audience_id, e.org_id, e.team_id, e.data
            from events e
            where {Sql.Join(" and ", all)}
            order by e.at desc, e.id desc
            {Sql.Limit(size)}
            """;
    }

    // What somebody deleted may have been private: that it went is told to others, what it was called is not.
    static Task<List<Event>> Named(Session db, Guid reader, Sql page, int size, CancellationToken ct) => db.Query<Event>($"""
        select e.id, e.at, e.name, e.actor_id, {Person("a")} as actor, e.subject_id, {Person("s")} as subject, e.org_id, e.team_id,
          case when e.name = 'asset.deleted' and e.audience_id is distinct from {reader} then e.data - 'name' - 'deleted_children' else e.data end as data
        from ({page}) e
        left join users a on a.id = e.actor_id
        left join users s on s.id = e.subject_id
        order by e.at desc, e.id desc
        {Sql.Limit(size)}
        """, ct);

    static Sql Person(string name)
    {
        var u = Sql.Trusted(name);
        return $"case when {u}.id is null then null else jsonb_build_object('user_id', {u}.id, 'username', {u}.username, 'actor_type', {u}.actor_type, 'avatar_path', {u}.avatar_path) end";
    }
}
