using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Ouro.Server.SocketIo;

/// <summary>Everybody who is connected to this process, and the rooms they are in.</summary>
public sealed class SocketIoServer(IOptions<SocketIoOptions> options, TimeProvider time, ILogger<SocketIoServer> log) : IHostedLifecycleService
{
    readonly ConcurrentDictionary<string, EngineSession> sessions = new(StringComparer.Ordinal);
    // The gate guards the three below. It is taken before a session's own gate, never after, and held for no waiting.
    readonly Lock gate = new();
    readonly Dictionary<SocketConnection, HashSet<string>> connected = [];
    readonly Dictionary<string, HashSet<SocketConnection>> rooms = new(StringComparer.Ordinal);
    readonly HashSet<SocketConnecting> connecting = [];
    int open;
    volatile bool stopping;

    internal SocketIoOptions Options => options.Value;
    internal TimeProvider Time => time;
    internal ILogger Log => log;

    /// <summary>The sockets that are connected now.</summary>
    public IReadOnlyList<SocketConnection> Sockets
    {
        get
        {
            lock (gate)
                return [.. connected.Keys];
        }
    }

    /// <summary>Addresses everybody in a room.</summary>
    public SocketRoom To(string room) => new(this, room);

    /// <summary>The rooms a socket is in.</summary>
    public IReadOnlyCollection<string> Rooms(SocketConnection socket)
    {
        lock (gate)
            return connected.TryGetValue(socket, out var joined) ? [.. joined] : [];
    }

    /// <summary>
    /// Ends every socket of which this is true, also one that is being let in at this moment (its connect handler may have looked
    /// before the reason came true). The predicate must be quick and call nothing here. Returns how many were connected.
    /// </summary>
    public int DisconnectWhere(Func<SocketConnection, bool> predicate)
    {
        List<SocketConnection> ending;
        lock (gate)
        {
            foreach (var asking in connecting)
                asking.Revoked.Add(predicate);
            ending = [.. connected.Keys.Where(predicate)];
        }
        foreach (var socket in ending)
            socket.Disconnect();
        return ending.Count;
    }

    internal List<SocketConnection> In(string room)
    {
        lock (gate)
            return rooms.TryGetValue(room, out var members) ? [.. members] : [];
    }

    internal void Join(SocketConnection socket, string room)
    {
        lock (gate)
        {
            if (!connected.TryGetValue(socket, out var joined) || !joined.Add(room))
                return;
            if (!rooms.TryGetValue(room, out var members))
                rooms.Add(room, members = []);
            members.Add(socket);
        }
    }

    internal void Leave(SocketConnection socket, string room)
    {
        lock (gate)
            if (connected.TryGetValue(socket, out var joined) && joined.Remove(room))
                LeaveRoom(socket, room);
    }

    internal void Remove(SocketConnection socket)
    {
        lock (gate)
            if (connected.Remove(socket, out var joined))
                foreach (var room in joined)
                    LeaveRoom(socket, room);
    }

    /// <summary>Asks who the client is, and lets it in.</summary>
    internal async Task<SocketConnection> Admit(SocketConnecting asking, EngineSession session)
    {
        lock (gate)
            connecting.Add(asking);
        try
        {
            var identity = await Options.Connecting(asking);
            var socket = new SocketConnection(this, session, NewId(), identity);
            lock (gate)
            {
                if (asking.Revoked.Any(predicate => predicate(socket)))
                    throw new SocketRefused("What this socket was about to use has just been revoked.");
                connected.Add(socket, new(StringComparer.Ordinal));
                foreach (var room in asking.Rooms)
                    Join(socket, room);
                // Inside the gate, so that no message of a room overtakes the welcome.
                session.Send(Packet.Connected(socket.Id));
            }
            socket.Start();
            return socket;
        }
        finally
        {
            lock (gate)
                connecting.Remove(asking);
        }
    }

    /// <summary>A new session, or null when there is no place for one.</summary>
    internal EngineSession? Open(bool onWebSocket)
    {
        if (Interlocked.Increment(ref open) > Options.MaxSockets || stopping)
        {
            Interlocked.Decrement(ref open);
            return null;
        }
        var session = new EngineSession(this, NewId(), onWebSocket);
        sessions[session.Id] = session;
        if (stopping) // the round that ends all sessions may have missed this one
            session.End("server stops", flush: true);
        return session;
    }

    internal EngineSession? Find(string id) => sessions.GetValueOrDefault(id);

    internal void Forget(EngineSession session)
    {
        if (sessions.TryRemove(session.Id, out _))
            Interlocked.Decrement(ref open);
    }

    // Clients come back by themselves when a line breaks, but not when they are told to leave: so nobody is told.
    async Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken)
    {
        stopping = true;
        var leaving = sessions.Values.ToList();
        foreach (var session in leaving)
            session.End("server stops", flush: true);
        await Task.WhenAll(leaving.Select(session => session.Client.Finished)).WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    void LeaveRoom(SocketConnection socket, string room)
    {
        var members = rooms[room];
        members.Remove(socket);
        if (members.Count == 0)
            rooms.Remove(room);
    }

    static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(15));
}

/// <summary>Everybody in a room, as an address.</summary>
public readonly struct SocketRoom(SocketIoServer server, string name)
{
    /// <summary>Sends an event to everybody in the room, except (usually) its sender. Returns to how many.</summary>
    public int Emit(SocketEvent message, SocketConnection? except = null)
    {
        var members = server.In(name);
        if (except is not null)
            members.Remove(except);
        if (members.Count == 0)
            return 0;
        var packets = message.Packets();
        foreach (var member in members)
            member.Send(packets);
        return members.Count;
    }

    public int Emit(string name, JsonNode? data, SocketConnection? except = null) => Emit(new SocketEvent(name, data), except);
}
