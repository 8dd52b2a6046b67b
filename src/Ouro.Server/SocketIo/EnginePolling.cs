using System.Buffers;
using System.Buffers.Text;

namespace Ouro.Server.SocketIo;

/// <summary>The transport of plain requests: a GET waits for packets, a POST brings some. Packets are separated by \x1e, bytes are base64.</summary>
static class EnginePolling
{
    const byte Separator = 0x1e;

    // The Python client refuses to read more in one answer, and gives the connection up.
    const int PacketsPerPoll = 16;

    public static Task Welcome(EngineSession session, HttpContext http) => Answer(http, [session.Open]);

    public static async Task Poll(EngineSession session, HttpContext http)
    {
        if (!session.BeginPoll())
        {
            // Which of the two would get which packet? The client has lost count, so it starts again.
            session.End("two polls at once");
            await EngineError.Write(http, EngineError.BadRequest);
            return;
        }
        var packets = new List<EnginePacket>();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, session.Dropped);
            await session.Outgoing.WaitToReadAsync(either.Token);
            var bytes = 0;
            while (packets.Count < PacketsPerPoll && bytes < session.Options.MaxPayload && session.TryTake(out var packet))
            {
                packets.Add(packet);
                bytes += packet.Bytes.Length;
            }
        }
        catch (OperationCanceledException)
        {
            session.End("transport closed");
        }
        finally
        {
            session.EndPoll(); // Before the answer: the next poll may be here as soon as the client has read it.
        }
        if (packets.Count > 0)
            await Answer(http, packets);
        else if (!session.Ended)
            await Answer(http, [EnginePacket.Noop]); // The session has moved to a WebSocket.
        else
        {
            session.Drop(); // Everything was said. Clients take this for a broken line and come back if they may.
            await EngineError.Write(http, EngineError.UnknownSession);
        }
    }

    public static async Task Post(EngineSession session, HttpContext http)
    {
        if (!session.BeginPost())
        {
            session.End("two posts at once");
            await EngineError.Write(http, EngineError.BadRequest);
            return;
        }
        EngineError? error;
        try
        {
            error = await Read(http, session.Options.MaxPayload) is { } body
                ? await Receive(session, body, http) ? null : EngineError.BadRequest
                : EngineError.TooLarge;
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            session.End("transport closed");
            return;
        }
        finally
        {
            session.EndPost();
        }
        if (error is not null)
        {
            session.End(error.Message);
            await EngineError.Write(http, error);
            return;
        }
        http.Response.ContentType = "text/plain; charset=UTF-8";
        http.Response.ContentLength = 2;
        await http.Response.Body.WriteAsync("ok"u8.ToArray());
    }

    static async ValueTask<bool> Receive(EngineSession session, ReadOnlyMemory<byte> body, HttpContext http)
    {
        while (true)
        {
            var end = body.Span.IndexOf(Separator);
            var packet = end < 0 ? body : body[..end];
            var binary = packet.Span is [(byte)'b', ..];
            if (binary)
            {
                var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(packet.Length)];
                if (Base64.DecodeFromUtf8(packet.Span[1..], bytes, out _, out var length) != OperationStatus.Done)
                    return false;
                packet = bytes.AsMemory(0, length);
            }
            if (!await session.Receive(packet, binary, http))
                return false;
            if (end < 0 || session.Ended)
                return true;
            body = body[(end + 1)..];
        }
    }

    /// <summary>The whole body, or null when it is too large; what is too large is not read.</summary>
    static async Task<ReadOnlyMemory<byte>?> Read(HttpContext http, int limit)
    {
        if (http.Request.ContentLength > limit)
            return null;
        var body = new ArrayBufferWriter<byte>(4096);
        int count;
        while ((count = await http.Request.Body.ReadAsync(body.GetMemory(4096), http.RequestAborted)) > 0)
        {
            body.Advance(count);
            if (body.WrittenCount > limit)
                return null;
        }
        return body.WrittenMemory;
    }

    static async Task Answer(HttpContext http, List<EnginePacket> packets)
    {
        var body = new ArrayBufferWriter<byte>(256);
        foreach (var packet in packets)
        {
            if (body.WrittenCount > 0)
                body.Write([Separator]);
            if (!packet.Binary)
            {
                body.Write(packet.Bytes.Span);
                continue;
            }
            body.Write("b"u8);
            Base64.EncodeToUtf8(packet.Bytes.Span, body.GetSpan(Base64.GetMaxEncodedToUtf8Length(packet.Bytes.Length)), out _, out var length);
            body.Advance(length);
        }
        http.Response.ContentType = "text/plain; charset=UTF-8";
        http.Response.ContentLength = body.WrittenCount;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(body.WrittenMemory);
    }
}
