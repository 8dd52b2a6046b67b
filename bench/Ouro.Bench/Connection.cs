using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ouro.Bench;

/// <summary>
/// A kept-alive HTTP/1.1 connection that sends prepared requests, one after the other. It does the least a client can do: on a machine that driver
/// and server share, what the driver takes is missing from the faster server's figure more than from the slower one's.
/// </summary>
sealed class Connection : IDisposable
{
    const int Ok = 200;

    readonly Socket socket;
    byte[] buffer = new byte[16 << 10];
    int length;

    Connection(Socket socket) => this.socket = socket;

    public static async Task<Connection> Open(int port, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and reads its whole answer, which must be 200 and hold <paramref name="expected"/>.</summary>
    public async Task Send(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> expected, CancellationToken ct)
    {
        while (request.Length > 0) request = request[await socket.SendAsync(request, ct)..];
        length = 0;
        while (!IsWhole())
        {
            if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            if (read == 0) throw new BenchException("The server closed the connection.");
            length += read;
        }
        var answer = buffer.AsSpan(0, length);
        if (!Utf8Parser.TryParse(answer[9..], out int status, out _) || status != Ok || answer.IndexOf(expected.Span) < 0)
            throw new BenchException($"Not the expected answer: {Encoding.UTF8.GetString(answer)}");
    }

    public void Dispose() => socket.Dispose();

    bool IsWhole()
    {
        var answer = buffer.AsSpan(0, length);
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var head = answer[..(end + 2)];
        var body = answer[(end + 4)..];
        return Header(head, "content-length"u8) is { IsEmpty: false } announced
            ? Utf8Parser.TryParse(announced, out int size, out _) && body.Length >= size
            : AreWholeChunks(body);
    }

    /// <summary>What stands behind a header's name; empty where there is no such header.</summary>
    static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (head.IndexOf("\r\n"u8) is >= 0 and var end)
        {
            var line = head[..end];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].TrimStart((byte)' ');
            head = head[(end + 2)..];
        }
        return [];
    }

    static bool AreWholeChunks(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf("\r\n"u8) is >= 0 and var end && Utf8Parser.TryParse(body[..end], out int size, out _, 'x'))
        {
            var rest = end + 2 + size + 2;
            if (body.Length < rest) return false;
            if (size == 0) return true;
            body = body[rest..];
        }
        return false;
    }
}
