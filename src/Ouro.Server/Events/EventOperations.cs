using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using Ouro.Server.Data;

namespace Ouro.Server.Events;

/// <summary>The log as people read it. Who reads that of an organization is for the organization to say.</summary>
public sealed class EventOperations(Db db)
{
    /// <summary>Everything on this server, for its operators.</summary>
    public Task<Page<Event>> List(Actor actor, EventFilter filter, CancellationToken ct) =>
        actor is { IsOperator: true, BoundTo: null }
            ? Read(filter, (after, size) => EventStore.Page(db, actor.Id, Sql.True, filter, after, size, ct))
            : throw Refusal.Forbidden("operators_only", "Only operators of this server read all that happened on it.",
                "What concerns you is at /user/events; the log of an organization is for its admins.");

    /// <summary>What concerns the caller's own account; a bound key reads what happened in its place.</summary>
    public Task<Page<Event>> Mine(Actor actor, EventFilter filter, CancellationToken ct) =>
        Read(filter, (after, size) => EventStore.Concerning(db, actor.Id, actor.BoundTo, filter, after, size, ct));

    /// <summary>What happened in an organization, for whom it lets read that.</summary>
    internal Task<Page<Event>> In(Guid org, Actor reader, EventFilter filter, CancellationToken ct) =>
        Read(filter, (after, size) => EventStore.Page(db, reader.Id, $"e.org_id = {org}", filter, after, size, ct));

    static async Task<Page<Event>> Read(EventFilter filter, Func<EventCursor, int, Task<List<Event>>> read)
    {
        var (size, _) = Contract.Window(filter.Limit, null, standard: 50);
        var found = await read(EventCursor.Parse(filter.After), size + 1);
        var page = found.Take(size).ToList();
        var hasMore = found.Count > size;
        return new(page, new(0, size, hasMore, After: hasMore ? new EventCursor(page[^1].At, page[^1].Id).ToString() : null));
    }
}

/// <summary>Where the log continues: after the event of this moment and number. Opaque on the wire.</summary>
public readonly record struct EventCursor(DateTimeOffset At, long Id)
{
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Id);
        return Base64Url.EncodeToString(bytes);
    }

    public static EventCursor Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return new(Cursor.Start.At, long.MaxValue);
        Span<byte> bytes = stackalloc byte[16];
        if (text.Length == 22 && Base64Url.DecodeFromChars(text, bytes, out _, out var count) == OperationStatus.Done && count == 16
            && BinaryPrimitives.ReadInt64BigEndian(bytes) is >= 0 and var ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks)
            return new(new(ticks, TimeSpan.Zero), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
        throw Refusal.Fields(("after", "after is the cursor of an earlier page, unchanged."));
    }
}
