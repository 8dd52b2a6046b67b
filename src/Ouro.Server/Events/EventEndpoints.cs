using Microsoft.AspNetCore.Mvc;

namespace Ouro.Server.Events;

/// <summary>The REST door of the log.</summary>
public static class EventEndpoints
{
    public static void MapEvents(this RouteGroupBuilder api)
    {
        api.MapGet("/events", List).WithName("events.list");
        api.MapGet("/user/events", Mine).WithName("events.mine");
    }

    /// <summary>Everything that happened on this server, newest first; for operators</summary>
    public static Task<Envelope<IReadOnlyList<Event>>> List(EventOperations events, Actor actor, [AsParameters] EventQuery query, CancellationToken ct) =>
        events.List(actor, query.Filter, ct).Enveloped();

    /// <summary>What concerns the caller's own account, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Event>>> Mine(EventOperations events, Actor actor, [AsParameters] EventQuery query, CancellationToken ct) =>
        events.Mine(actor, query.Filter, ct).Enveloped();
}

/// <summary>A filter of events as it stands in an address.</summary>
public sealed record EventQuery(
    [property: FromQuery(Name = "name")] string? Name, [property: FromQuery(Name = "actor_id")] Guid? ActorId,
    [property: FromQuery(Name = "subject_id")] Guid? SubjectId, [property: FromQuery(Name = "team_id")] Guid? TeamId,
    [property: FromQuery(Name = "since")] DateTimeOffset? Since, [property: FromQuery(Name = "until")] DateTimeOffset? Until,
    [property: FromQuery(Name = "limit")] int? Limit, [property: FromQuery(Name = "after")] string? After)
{
    public EventFilter Filter => new()
    {
        Name = Name, ActorId = ActorId, SubjectId = SubjectId, TeamId = TeamId, Since = Since, Until = Until, Limit = Limit, After = After,
    };
}
