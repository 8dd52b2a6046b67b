using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Events;

/// <summary>Who may hear of an event: every reader filters by it, with the same rule as a list.</summary>
public readonly record struct Audience(string Kind, Guid? Id)
{
    /// <summary>Whoever may read the asset.</summary>
    public static Audience Asset(Guid asset) => new("asset", asset);

    /// <summary>One account.</summary>
    public static Audience User(Guid user) => new("user", user);

    /// <summary>The members of a team.</summary>
    public static Audience Team(Guid team) => new("team", team);

    /// <summary>The members of an organization.</summary>
    public static Audience Organization(Guid organization) => new("organization", organization);

    /// <summary>Those who operate the server.</summary>
    public static readonly Audience Operators = new("operators", null);
}

/// <summary>The log of what happened. A row is written in the transaction of its cause.</summary>
public sealed class EventLog(Clock clock)
{
    /// <summary>
    /// Writes that <paramref name="name"/> happened to <paramref name="subject"/>; in <paramref name="org"/> and <paramref name="team"/>, whose admins
    /// read it. Of an asset, both are told from its row.
    /// </summary>
    public Task Record(
        Tx tx, Actor actor, string name, Guid subject, Audience audience, object data, CancellationToken ct, Guid? org = null, Guid? team = null) => tx.Run($"""
        insert into events (at, name, actor_id, subject_id, audience, audience_id, data, org_id, team_id)
        select {clock.Now()}, {name}, {(actor.IsSignedIn ? actor.Id : (Guid?)null)}, {subject}, {audience.Kind}, {audience.Id}, {JsonSerializer.SerializeToElement(data, Wire.Options)},
          coalesce({org ?? (audience.Kind == "organization" ? audience.Id : null)}, a.org_id), coalesce({team ?? (audience.Kind == "team" ? audience.Id : null)}, a.team_id)
        from (select) one
        left join assets a on a.id = {subject}
        """, ct);
}
