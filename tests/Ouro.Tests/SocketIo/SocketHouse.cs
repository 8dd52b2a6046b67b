using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ouro.Server.SocketIo;
using Shouldly;

namespace Ouro.Tests.SocketIo;

/// <summary>A server with nothing but sockets, a few events to try them with, and a hand for requests that no real client would make.</summary>
sealed class SocketHouse : IAsyncDisposable
{
    readonly Action<SocketIoOptions>? configure;
    WebApplication app = null!;

    SocketHouse(Action<SocketIoOptions>? configure) => this.configure = configure;

    public string Url { get; private set; } = "http://127.0.0.1:0";
    public SocketIoServer Server => app.Services.GetRequiredService<SocketIoServer>();
    public ConcurrentQueue<string> Handled { get; } = [];
    public ConcurrentQueue<string> Left { get; } = [];
    public HttpClient Http { get; } = new();

    public static async Task<SocketHouse> Start(Action<SocketIoOptions>? configure = null)
    {
        var house = new SocketHouse(configure);
        await house.Open();
        return house;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Runs a scenario of the real client and returns what it saw.</summary>
    public async Task<JsonElement> Client(string scenario, string transports)
    {
        var result = await NodeClient.Run("socketio.mjs", Url, scenario, transports);
        result.ExitCode.ShouldBe(0, result.Errors + result.Output);
        return JsonElement.Parse(result.Output);
    }

    public string Address(string? sid = null, string transport = "polling") =>
        $"{Url}/socket.io/?EIO=4&transport={transport}" + (sid is null ? "" : $"&sid={sid}");

    public async Task<string> Handshake()
    {
        var text = await Http.GetStringAsync(Address());
        text[0].ShouldBe('0');
        return JsonElement.Parse(text[1..]).GetProperty("sid").GetString()!;
    }

    /// <summary>Polls by hand: a session whose client is in the namespace.</summary>
    public async Task<string> Enter(string name = "raw")
    {
        var sid = await Handshake();
        (await Post(sid, $$"""40{"token":"secret","name":"{{name}}"}""")).ShouldBe((HttpStatusCode.OK, "ok"));
        (await Poll(sid)).ShouldStartWith("40{\"sid\":");
        return sid;
    }

    public Task<string> Poll(string sid) => Http.GetStringAsync(Address(sid));

    public async Task<(HttpStatusCode Status, string Body)> Post(string sid, string body)
    {
        var response = await Http.PostAsync(Address(sid), new StringContent(body, Encoding.UTF8, "text/plain"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<(HttpStatusCode Status, int Code)> Refusal(string url, HttpMethod? method = null)
    {
        var response = await Http.SendAsync(new(method ?? HttpMethod.Get, url));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("code").GetInt32());
    }

    async Task Open()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(Url);
        builder.Logging.ClearProviders();
        builder.Services.AddSocketIo(options =>
        {
            Answer(options);
            configure?.Invoke(options);
        });
        app = builder.Build();
        app.MapSocketIo();
        await app.StartAsync();
        Url = app.Urls.Single();
    }

    // Where a real deployment would replace the process.
    async Task Restart()
    {
        var old = app;
        await old.StopAsync();
        await old.DisposeAsync();
        await Open();
    }

    void Answer(SocketIoOptions options) => options
        .Connect(async asking =>
        {
            await Task.Yield();
            return asking.Auth is { } auth && auth.GetProperty("token").GetString() == "secret"
                ? auth.GetProperty("name").GetString()!
                : throw new SocketRefused("This token is not valid.", new JsonObject { ["code"] = "bad_token" });
        })
        .On("whoami", (socket, _) => Ack((string)socket.Identity))
        .On("echo", (_, sent) => Ack(JsonNode.Parse(sent.Data.GetRawText())))
        .On("nothing", (_, _) => Ack(null))
        .On("count", (_, sent) => Ack(sent.Attachments.Count > 0 ? sent.Attachments[0].Length : sent.Data.GetString()!.Length))
        .On("join", (socket, sent) =>
        {
            socket.Join(sent.Data.GetString()!);
            return Ack(new JsonObject { ["ok"] = true });
        })
        .On("leave", (socket, sent) =>
        {
            socket.Leave(sent.Data.GetString()!);
            return Ack(null);
        })
        .On("say", (socket, sent) => Ack(Server.To(sent.Data.GetString()!).Emit(sent, except: socket)))
        .On("repeat", (socket, sent) =>
        {
            socket.Emit(sent with { Name = "said" });
            return Ack(null);
        })
        .On("flood", (socket, sent) =>
        {
            for (var number = 0; number < sent.Data.GetInt32(); number++)
                socket.Emit("said", number);
            return Ack(null);
        })
        .On("slowly", async (socket, sent) =>
        {
            var number = sent.Data.GetInt32();
            await Task.Delay(20 - number);
            Handled.Enqueue($"{number} of {socket.Rooms.Count}");
            return number;
        })
        .On("fails", (_, _) => throw new InvalidOperationException("a bug"))
        .On("revoke", (_, sent) =>
        {
            var name = sent.Data.GetString();
            Server.DisconnectWhere(socket => (string)socket.Identity == name);
            return Ack(null);
        })
        .On("restart", (_, _) =>
        {
            _ = Task.Run(Restart);
            return Ack(null);
        })
        .Disconnect((socket, reason) =>
        {
            Left.Enqueue($"{socket.Identity}: {reason}");
            return Task.CompletedTask;
        });

    static Task<JsonNode?> Ack(JsonNode? answer) => Task.FromResult(answer);
}
