using System.Globalization;

namespace Ouro;

/// <summary>The log of what happened to people, places, keys and rules. A part of <see cref="OuroClient"/>.</summary>
public sealed class EventClient
{
    readonly Transport transport;

    internal EventClient(Transport transport) => this.transport = transport;

    /// <summary>Everything that happened on this server, newest first; for operators. Read page by page.</summary>
    /// <param name="filter">Which events; null is all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller is no operator (403).</exception>
    public IAsyncEnumerable<Event> ListAsync(EventFilter? filter = null, CancellationToken cancellationToken = default) => All("events", filter, cancellationToken);

    /// <summary>What concerns the caller's own account, newest first: what it did, and what was done to it. Read page by page.</summary>
    /// <param name="filter">Which events; null is all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<Event> MineAsync(EventFilter? filter = null, CancellationToken cancellationToken = default) => All("user/events", filter, cancellationToken);

    IAsyncEnumerable<Event> All(string path, EventFilter? filter, CancellationToken ct) => All(transport, path, filter, ct);

    internal static IAsyncEnumerable<Event> All(Transport transport, string path, EventFilter? filter, CancellationToken ct) => Paging.All(
        async (_, after, token) => (await transport.Send<IReadOnlyList<Event>>(Call.Get(path, ("name", filter?.Name), ("actor_id", filter?.ActorId),
            ("subject_id", filter?.SubjectId), ("team_id", filter?.TeamId), ("since", filter?.Since?.ToString("O", CultureInfo.InvariantCulture)),
            ("until", filter?.Until?.ToString("O", CultureInfo.InvariantCulture)), ("limit", filter?.Limit), ("after", after)), token)).ToPage(),
        0, filter?.After, ct);
}
