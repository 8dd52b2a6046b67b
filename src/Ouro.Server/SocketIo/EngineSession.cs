using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Ouro.Server.SocketIo;

/// <summary>
/// One client's line to the server, whichever transport carries it: the packets that wait to go out, the heartbeat, and the end.
/// It ends in one of two ways: at once, or after what was already said is delivered (<c>flush</c>).
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without timer or wait handle holds nothing, and the end disposes the timer.")]
sealed class EngineSession
{
    // What a packet costs beside its bytes, so that a flood of tiny ones meets the bound too.
    const int PacketCost = 64;
    static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    readonly Channel<EnginePacket> outgoing = Channel.CreateUnbounded<EnginePacket>();
    readonly CancellationTokenSource dropped = new();
    readonly SocketIoServer server;
    readonly ITimer heart;
    long queued;
    string? reason;
    bool awaitingPong;
    int polling, posting, upgrading;

    public EngineSession(SocketIoServer server, string id, bool onWebSocket)
    {
        (this.server, Id, OnWebSocket) = (server, id, onWebSocket);
        Client = new SocketClient(server, this);
        // The heart outlives the request that started it and must not keep that request's context.
        using (ExecutionContext.SuppressFlow())
            heart = server.Time.CreateTimer(_ => Beat(), null, Options.PingInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The secret by which the client's requests find their session; never shown to others.</summary>
    public string Id { get; }

    public SocketClient Client { get; }
    public SocketIoOptions Options => server.Options;
    public bool OnWebSocket { get; private set; }
    public WebSocketCloseStatus CloseStatus { get; private set; } = WebSocketCloseStatus.NormalClosure;
    public ChannelReader<EnginePacket> Outgoing => outgoing.Reader;
    public CancellationToken Dropped => dropped.Token;

    /// <summary>Why the session ended; null as long as it lives.</summary>
    public string? Reason
    {
        get
        {
            lock (gate)
                return reason;
        }
    }

    public bool Ended => Reason is not null;

    /// <summary>The first packet: what the client must know about this line.</summary>
    public EnginePacket Open => EnginePacket.Text("0" + new JsonObject
    {
        ["sid"] = Id,
        ["upgrades"] = OnWebSocket ? [] : new JsonArray("websocket"),
        ["pingInterval"] = (long)Options.PingInterval.TotalMilliseconds,
        ["pingTimeout"] = (long)Options.PingTimeout.TotalMilliseconds,
        ["maxPayload"] = Options.MaxPayload,
    }.ToJsonString());

    // One of each at a time: the client's order of requests is the only order there is, and two polls would share out the packets.
    public bool BeginPoll() => Interlocked.Exchange(ref polling, 1) == 0;
    public void EndPoll() => Volatile.Write(ref polling, 0);
    public bool BeginPost() => Interlocked.Exchange(ref posting, 1) == 0;
    public void EndPost() => Volatile.Write(ref posting, 0);
    public bool BeginUpgrade() => !OnWebSocket && Interlocked.Exchange(ref upgrading, 1) == 0;
    public void EndUpgrade() => Volatile.Write(ref upgrading, 0);

    /// <summary>Queues packets that belong together, with nothing in between.</summary>
    public void Send(params ReadOnlySpan<EnginePacket> packets)
    {
        bool tooSlow;
        lock (gate)
        {
            if (reason is not null)
                return;
            foreach (var packet in packets)
            {
                Interlocked.Add(ref queued, packet.Bytes.Length + PacketCost);
                outgoing.Writer.TryWrite(packet);
            }
            tooSlow = Interlocked.Read(ref queued) > Options.MaxQueuedBytes;
        }
        if (tooSlow)
            End("slow consumer");
    }

    public bool TryTake(out EnginePacket packet)
    {
        if (!outgoing.Reader.TryRead(out packet))
            return false;
        Interlocked.Add(ref queued, -(packet.Bytes.Length + PacketCost));
        return true;
    }

    /// <summary>Takes one packet from the client; false when it breaks the protocol.</summary>
    public ValueTask<bool> Receive(ReadOnlyMemory<byte> packet, bool binary, HttpContext http)
    {
        if (binary)
            return Client.Attach(packet);
        switch (packet.Span)
        {
            case [(byte)'1']:
                End("client left");
                return new(true);
            case [(byte)'3']:
                Pong();
                return new(true);
            case [(byte)'4', ..]:
                return Client.Receive(packet[1..], http);
            case [(byte)'6']:
                return new(true);
            default:
                return new(false);
        }
    }

    /// <summary>A client pauses its polling before it upgrades, so a waiting poll is answered.</summary>
    public void Nudge()
    {
        if (Volatile.Read(ref polling) == 1)
            Send(EnginePacket.Noop);
    }

    /// <summary>From now on packets go out on the WebSocket.</summary>
    public bool Upgrade()
    {
        lock (gate)
        {
            if (reason is not null)
                return false;
            OnWebSocket = true;
        }
        Nudge();
        return true;
    }

    public void End(string why, bool flush = false, WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure)
    {
        lock (gate)
        {
            if (reason is not null)
                return;
            (reason, CloseStatus) = (why, status);
            outgoing.Writer.TryComplete();
        }
        Client.Ended(why);
        if (flush)
            heart.Change(GoodbyeTime, Timeout.InfiniteTimeSpan);
        else
            Drop();
    }

    /// <summary>Nothing more goes in or out; the id is unknown from now on.</summary>
    public void Drop()
    {
        heart.Dispose();
        server.Forget(this);
        dropped.Cancel();
    }

    void Pong()
    {
        lock (gate)
        {
            if (reason is not null || !awaitingPong)
                return;
            awaitingPong = false;
            heart.Change(Options.PingInterval, Timeout.InfiniteTimeSpan);
        }
    }

    void Beat()
    {
        bool gone, silent;
        lock (gate)
        {
            (gone, silent) = (reason is not null, awaitingPong);
            awaitingPong = true;
        }
        if (gone)
            Drop();
        else if (silent)
            End("ping timeout");
        else if (Client.IsIdle)
            End("no namespace");
        else
        {
            Send(EnginePacket.Ping);
            lock (gate)
            {
                // An answer may be here already, and the end as well; both set the heart themselves.
                if (awaitingPong && reason is null)
                    heart.Change(Options.PingTimeout, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
