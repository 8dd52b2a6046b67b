using System.Text.Json;

namespace Ouro;

/// <summary>Something that happened to people, places, keys and rules, as it was written down.</summary>
public sealed record Event
{
    /// <summary>Its number in the log.</summary>
    public long Id { get; init; }
    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }
    /// <summary>What, e.g. <c>organization.member_joined</c>.</summary>
    public string Name { get; init; } = "";
    /// <summary>Who did it; null where it was the command line or the server.</summary>
    public Guid? ActorId { get; init; }
    /// <summary>Who did it, named.</summary>
    public UserRef? Actor { get; init; }
    /// <summary>What it happened to: an account, an organization, a team, an asset, a key, an invitation.</summary>
    public Guid? SubjectId { get; init; }
    /// <summary>What it happened to, named, where it is an account.</summary>
    public UserRef? Subject { get; init; }
    /// <summary>The organization that it happened in.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>The team that it happened in.</summary>
    public Guid? TeamId { get; init; }
    /// <summary>What else is known of it.</summary>
    public JsonElement Data { get; init; }
}

/// <summary>Which events are asked for; what is null is not narrowed.</summary>
public sealed record EventFilter
{
    /// <summary>Only of this name.</summary>
    public string? Name { get; init; }
    /// <summary>Only what this account did.</summary>
    public Guid? ActorId { get; init; }
    /// <summary>Only what happened to this.</summary>
    public Guid? SubjectId { get; init; }
    /// <summary>Only in this team.</summary>
    public Guid? TeamId { get; init; }
    /// <summary>From this moment on.</summary>
    public DateTimeOffset? Since { get; init; }
    /// <summary>Before this moment.</summary>
    public DateTimeOffset? Until { get; init; }
    /// <summary>The most events of one page, 1 to 200.</summary>
    public int? Limit { get; init; }
    /// <summary>The cursor of the page before.</summary>
    public string? After { get; init; }
}
