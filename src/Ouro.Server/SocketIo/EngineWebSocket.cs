using System.Buffers;
using System.Net.WebSockets;

namespace Ouro.Server.SocketIo;

/// <summary>The transport of one WebSocket: a message per packet, in both directions at once.</summary>
static class EngineWebSocket
{
    const int RestingBuffer = 4096, LargestRestingBuffer = 65_536;
    static readonly TimeSpan UpgradeTime = TimeSpan.FromSeconds(10), NudgeTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Carries a session until it ends.</summary>
    public static async Task Run(EngineSession session, WebSocket socket, HttpContext http)
    {
        var sending = SendAll(session, socket);
        try
        {
            await ReceiveAll(session, socket, http);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The line broke, or the session was dropped; both end here.
        }
        session.End("transport closed");
        session.Drop();
        await sending;
        if (socket.State == WebSocketState.CloseReceived)
            await Quietly(() => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted));
    }

    /// <summary>Moves a polling session here: the client tries the line with a probe, stops polling, and then says so.</summary>
    public static async Task Upgrade(EngineSession session, WebSocket socket, HttpContext http)
    {
        if (!session.BeginUpgrade())
            return;
        var upgraded = false;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, session.Dropped);
        limit.CancelAfter(UpgradeTime);
        var nudging = Task.CompletedTask;
        try
        {
            var buffer = new ArrayBufferWriter<byte>(16);
            if (await Read(socket, buffer, 16, limit.Token) == WebSocketMessageType.Text && buffer.WrittenSpan.SequenceEqual("2probe"u8))
            {
                await socket.SendAsync("3probe"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
                nudging = Nudge(session, limit.Token);
                upgraded = await Read(socket, buffer, 16, limit.Token) == WebSocketMessageType.Text
                    && buffer.WrittenSpan.SequenceEqual("5"u8) && session.Upgrade();
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // A line that does not work is no loss: the session goes on polling.
        }
        finally
        {
            await limit.CancelAsync();
            await nudging;
            session.EndUpgrade();
        }
        if (upgraded)
            await Run(session, socket, http);
        else
            socket.Abort();
    }

    // The client may have begun another poll before it read our answer to its probe, so asking once is not enough.
    static async Task Nudge(EngineSession session, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            session.Nudge();
            await Task.Delay(NudgeTime, until).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task SendAll(EngineSession session, WebSocket socket)
    {
        try
        {
            while (await session.Outgoing.WaitToReadAsync(session.Dropped))
                while (session.TryTake(out var packet))
                {
                    var kind = packet.Binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
                    await socket.SendAsync(packet.Bytes, kind, true, session.Dropped);
                }
            await socket.CloseOutputAsync(session.CloseStatus, null, session.Dropped);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            session.End("transport closed");
        }
    }

    static async Task ReceiveAll(EngineSession session, WebSocket socket, HttpContext http)
    {
        var buffer = new ArrayBufferWriter<byte>(RestingBuffer);
        while (await Read(socket, buffer, session.Options.MaxPayload, session.Dropped) is var kind and not WebSocketMessageType.Close)
        {
            if (session.Ended)
                continue; // Still reading, so that our goodbye is not cut off by what the client had on its way.
            if (kind is null)
                session.End("payload too large", flush: true, WebSocketCloseStatus.MessageTooBig);
            else if (!await session.Receive(buffer.WrittenMemory, kind == WebSocketMessageType.Binary, http))
                session.End("protocol error", flush: true, WebSocketCloseStatus.ProtocolError);
            if (buffer.Capacity > LargestRestingBuffer)
                buffer = new(RestingBuffer);
        }
    }

    /// <summary>Reads one message into the buffer and returns its kind; null for one that is too large, which is read but not kept.</summary>
    static async ValueTask<WebSocketMessageType?> Read(
        WebSocket socket, ArrayBufferWriter<byte> buffer, int limit, CancellationToken ct)
    {
        buffer.ResetWrittenCount();
        var tooLarge = false;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.GetMemory(1024), ct);
            if (part.MessageType == WebSocketMessageType.Close)
                return part.MessageType;
            buffer.Advance(part.Count);
            tooLarge |= buffer.WrittenCount > limit;
            if (tooLarge)
                buffer.ResetWrittenCount();
            if (part.EndOfMessage)
                return tooLarge ? null : part.MessageType;
        }
    }

    static async Task Quietly(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // Whoever was to hear it is gone.
        }
    }
}
