using System.Text.Json;

namespace Ouro.Server.SocketIo;

/// <summary>
/// The Socket.IO side of a session: puts packets together, lets the client into the namespace and out again. Called for one packet
/// after the other, except for <see cref="Ended"/>.
/// </summary>
sealed class SocketClient(SocketIoServer server, EngineSession session)
{
    readonly List<ReadOnlyMemory<byte>> attachments = [];
    Packet? unfinished;
    int bytes;
    volatile SocketConnection? connection;
    volatile bool connecting;

    /// <summary>Whether the client has an open line but no business on it.</summary>
    public bool IsIdle => connection is null && !connecting;

    public Task Finished => connection?.Finished ?? Task.CompletedTask;

    public async ValueTask<bool> Receive(ReadOnlyMemory<byte> text, HttpContext http)
    {
        if (unfinished is not null || Packet.Read(text.Span) is not { } packet || packet.Attachments > session.Options.MaxAttachments)
            return false;
        if (packet.Attachments > 0)
        {
            (unfinished, bytes) = (packet, text.Length);
            return true;
        }
        return await Handle(packet, [], http);
    }

    public async ValueTask<bool> Attach(ReadOnlyMemory<byte> data)
    {
        if (unfinished is not { } packet || (bytes += data.Length) > session.Options.MaxPayload)
            return false;
        attachments.Add(data.ToArray());
        if (attachments.Count < packet.Attachments)
            return true;
        ReadOnlyMemory<byte>[] complete = [.. attachments];
        attachments.Clear();
        unfinished = null;
        return await Handle(packet, complete, http: null);
    }

    /// <summary>The session is over: no more events, but those that already arrived are handled.</summary>
    public void Ended(string reason) => connection?.Close(reason);

    async ValueTask<bool> Handle(Packet packet, ReadOnlyMemory<byte>[] complete, HttpContext? http)
    {
        switch (packet.Kind)
        {
            case PacketKind.Connect when packet.Namespace != "/":
                session.Send(Packet.Refused(packet.Namespace, "Invalid namespace"));
                return true;
            case PacketKind.Connect when connection is null:
                await Connect(packet.Data, http!);
                return true;
            case PacketKind.Disconnect when connection is { } leaving && packet.Namespace == "/":
                leaving.Close("client left");
                await leaving.Finished;
                connection = null;
                return true;
            case PacketKind.Event or PacketKind.BinaryEvent when connection is { } sender && packet.Namespace == "/":
                return SocketEvent.Read(packet, complete) is { } received && await sender.Handle(received, packet.Id);
            case PacketKind.Ack or PacketKind.BinaryAck:
                return true; // We never ask for one, but an answer does no harm.
            default:
                return false;
        }
    }

    async Task Connect(JsonElement? auth, HttpContext http)
    {
        var asking = new SocketConnecting(http, auth);
        connecting = true;
        try
        {
            connection = await server.Admit(asking, session);
        }
        catch (SocketRefused refused)
        {
            session.Send(Packet.Refused("/", refused.Message, refused.Data));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            session.End("client left");
        }
        catch (Exception bug)
        {
            server.Log.LogError(bug, "A socket could not be connected");
            session.Send(Packet.Refused("/", "The server could not connect this socket. Try again later."));
        }
        finally
        {
            connecting = false;
        }
        // A session that ended meanwhile had no connection to close.
        if (session.Reason is { } reason)
            connection?.Close(reason);
    }
}
