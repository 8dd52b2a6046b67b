using System.Net.WebSockets;
using System.Text;
using Shouldly;

namespace Ouro.Tests.Conversations;

/// <summary>The protocol by hand: what is not expected next is seen, which a real client would swallow.</summary>
sealed class LiveSocket(ClientWebSocket line) : IAsyncDisposable
{
    readonly byte[] buffer = new byte[1 << 16];
    int asked;

    public static async Task<LiveSocket> Open(TestServer server, string credential)
    {
        var line = new ClientWebSocket();
        await line.ConnectAsync(new($"ws://{server.Root.Authority}/socket.io/?EIO=4&transport=websocket"), default);
        var socket = new LiveSocket(line);
        (await socket.Next())!.ShouldStartWith("0{");
        await socket.Write("40" + $$"""{"access_token":"{{credential}}"}""");
        (await socket.Next())!.ShouldStartWith("40{");
        return socket;
    }

    public Task Send(string json, int? question = null) => Write($"42{question}{json}");

    /// <summary>Sends with a question for an answer, and gives what comes next.</summary>
    public async Task<string> Ask(string json)
    {
        await Write($"42{asked}{json}");
        var answer = await Next();
        answer.ShouldNotBeNull().ShouldStartWith($"43{asked++}");
        return answer;
    }

    /// <summary>What comes next that is no heartbeat; null when the line is closed.</summary>
    public async Task<string?> Next()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var got = await line.ReceiveAsync(buffer, patience.Token);
            if (got.MessageType == WebSocketMessageType.Close) return null;
            var text = Encoding.UTF8.GetString(buffer, 0, got.Count);
            if (text is "1") continue;
            if (text is not "2") return text;
            await Write("3");
        }
    }

    Task Write(string text) => line.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    public ValueTask DisposeAsync()
    {
        line.Dispose();
        return ValueTask.CompletedTask;
    }
}
