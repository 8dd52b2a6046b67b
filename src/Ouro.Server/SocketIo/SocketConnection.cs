using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Ouro.Server.SocketIo;

/// <summary>A client in the namespace: somebody whom the connect handler let in.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without timer or wait handle holds nothing.")]
public sealed class SocketConnection
{
    // Events that wait for the one before them; a client that is faster is not read further.
    const int Waiting = 16;

    readonly SocketIoServer server;
    readonly EngineSession session;
    readonly CancellationTokenSource closed = new();
    readonly Channel<(SocketEvent Event, ulong? Id)> inbox = Channel.CreateBounded<(SocketEvent, ulong?)>(Waiting);
    volatile bool expelled;
    string? reason;

    internal SocketConnection(SocketIoServer server, EngineSession session, string id, object identity)
    {
        (this.server, this.session, Id, Identity) = (server, session, id, identity);
        Closed = closed.Token;
    }

    /// <summary>Names the socket; not a secret.</summary>
    public string Id { get; }

    /// <summary>What the connect handler returned.</summary>
    public object Identity { get; }

    /// <summary>Cancelled when the socket has ended, though events it sent before may still be handled.</summary>
    public CancellationToken Closed { get; }

    public IReadOnlyCollection<string> Rooms => server.Rooms(this);

    internal Task Finished { get; private set; } = Task.CompletedTask;

    /// <summary>Enters a room; a socket that has ended enters none.</summary>
    public void Join(string room) => server.Join(this, room);

    public void Leave(string room) => server.Leave(this, room);

    public void Emit(SocketEvent message) => session.Send(message.Packets());

    public void Emit(string name, JsonNode? data) => Emit(new SocketEvent(name, data));

    /// <summary>Ends the socket after what was already sent to it; its waiting events are dropped.</summary>
    public void Disconnect(string why = "server disconnect")
    {
        expelled = true;
        server.Remove(this);
        session.Send(Packet.Disconnected);
        session.End(why, flush: true);
    }

    internal void Send(ReadOnlySpan<EnginePacket> packets) => session.Send(packets);

    internal void Start()
    {
        using (ExecutionContext.SuppressFlow()) // an event belongs to no request
            Finished = Task.Run(HandleAll);
    }

    internal async ValueTask<bool> Handle(SocketEvent received, ulong? id)
    {
        try
        {
            await inbox.Writer.WriteAsync((received, id));
        }
        catch (ChannelClosedException)
        {
            // The socket ended while the event was on its way; nobody is wrong.
        }
        return true;
    }

    internal void Close(string why)
    {
        Interlocked.CompareExchange(ref reason, why, null);
        inbox.Writer.TryComplete();
        _ = closed.CancelAsync();
    }

    async Task HandleAll()
    {
        await foreach (var (received, id) in inbox.Reader.ReadAllAsync())
            if (!expelled && server.Options.Handlers.TryGetValue(received.Name, out var handler))
                await Attempt(received.Name, async () =>
                {
                    var answer = await handler(this, received);
                    if (id is { } wanted)
                        session.Send(Packet.Acknowledged(wanted, answer));
                });
        // Only now: until its last event is handled, a client that left by itself still stands in its rooms.
        server.Remove(this);
        await Attempt("disconnect", () => server.Options.Disconnected(this, reason ?? "unknown"));
    }

    // A bug in one handler must not end the socket, and there is nobody else to report it to.
    async Task Attempt(string name, Func<Task> handle)
    {
        try
        {
            await handle();
        }
        catch (Exception bug)
        {
            if (bug is not OperationCanceledException || !Closed.IsCancellationRequested)
                server.Log.LogError(bug, "The socket event {Event} failed", name);
        }
    }
}
