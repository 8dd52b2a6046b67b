using System.Net.Http.Json;
using System.Text.Json;

namespace Ouro.Bench;

/// <summary>The TypeScript reference server of the Model Context Protocol, over streamable HTTP. It wants a session of each client.</summary>
sealed class ReferenceServer : IAsyncDisposable
{
    public const string Name = "TypeScript reference server";
    const string Script = "@modelcontextprotocol/server-everything/dist/index.js";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Child child;

    ReferenceServer(Child child, int port) => (this.child, Port) = (child, port);

    public int Port { get; }

    public long? Memory() => TreeMemory.Of(child.Id);

    /// <summary>Null where it cannot be installed or does not start.</summary>
    public static async Task<ReferenceServer?> Start(Repository repository, CancellationToken ct)
    {
        if (await repository.Package(Script, ct) is not { } script) return null;
        var port = Product.FreePort();
        var server = new ReferenceServer(Child.Start("node", [script, "streamableHttp"], repository.Root, [("PORT", $"{port}"), ("NODE_ENV", "production")]), port);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(Patience);
            while (!server.child.HasEnded)
                try
                {
                    await server.Session(patience.Token);
                    return server;
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(50, patience.Token);
                }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It never answered; its ratios are missing then, and the bench is short.
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        await server.DisposeAsync();
        return null;
    }

    /// <summary>The request of one client, in a session of its own.</summary>
    public async Task<byte[]> Echo(CancellationToken ct) => Load.Post(Port, "/mcp", Mcp.Call("echo", new { message = "hello" }),
        [.. Mcp.Headers, ("mcp-session-id", await Session(ct))]);

    async Task<string> Session(CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Port}") };
        var id = await Begin(http, null, Mcp.Initialize, ct);
        await Begin(http, id, Mcp.Initialized, ct);
        return id!;
    }

    static async Task<string?> Begin(HttpClient http, string? session, object message, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = JsonContent.Create(message) };
        foreach (var (name, value) in Mcp.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (session is not null) request.Headers.TryAddWithoutValidation("mcp-session-id", session);
        using var answer = await http.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsStringAsync(ct);
        return answer.Headers.TryGetValues("mcp-session-id", out var ids) ? ids.First() : null;
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();
}

/// <summary>The words of the protocol that the driver needs, the same for both servers.</summary>
static class Mcp
{
    const string Version = "2025-11-25";

    public static (string Name, string Value)[] Headers { get; } = [("accept", "application/json, text/event-stream"), ("mcp-protocol-version", Version)];

    public static object Initialize { get; } = new
    {
        jsonrpc = "2.0", id = 0, method = "initialize",
        @params = new { protocolVersion = Version, capabilities = new { }, clientInfo = new { name = "ouro-bench", version = "1" } },
    };

    public static object Initialized { get; } = new { jsonrpc = "2.0", method = "notifications/initialized" };

    public static string Call(string tool, object arguments) =>
        JsonSerializer.Serialize(new { jsonrpc = "2.0", id = 1, method = "tools/call", @params = new { name = tool, arguments } });
}
