using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Ouro.Tests.Users;

/// <summary>A small mail server on loopback, which speaks the protocol and keeps what it is given.</summary>
public sealed class Mailbox : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly Channel<string> letters = Channel.CreateUnbounded<string>();

    public Mailbox()
    {
        listener.Start();
        _ = Serve();
    }

    public string Address => $"smtp://ouro:se%40cret@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>What the next sender is told to its recipient; 250 takes the letter.</summary>
    public Queue<string> Answers { get; } = new();

    /// <summary>What was said to sign in, as the protocol says it.</summary>
    public string? Credentials { get; private set; }

    /// <summary>The next letter, whole.</summary>
    public async Task<string> Next()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await letters.Reader.ReadAsync(patience.Token);
    }

    public bool IsEmpty => letters.Reader.Count == 0;

    async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await Speak(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    async Task Speak(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 mailbox");
        while (await reader.ReadLineAsync() is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO": await writer.WriteLineAsync("250-mailbox\r\n250 AUTH PLAIN"); break;
                case "AUTH":
                    Credentials = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[^1]));
                    await writer.WriteLineAsync("235 welcome");
                    break;
                case "RCPT": await writer.WriteLineAsync(Answers.TryDequeue(out var answer) ? answer : "250 ok"); break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var letter = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } text && text != ".") letter.Append(text).Append('\n');
                    letters.Writer.TryWrite(letter.ToString());
                    await writer.WriteLineAsync("250 kept");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default: await writer.WriteLineAsync("250 ok"); break;
            }
        }
    }

    public void Dispose() => listener.Dispose();
}
