using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ouro.Server.SocketIo;

/// <summary>Puts the Socket.IO protocol (revision 5, on Engine.IO 4) into an application.</summary>
public static class SocketIoSetup
{
    /// <summary>
    /// Registers <see cref="SocketIoServer"/>. Handlers are given here, or by a class of their own through
    /// <c>services.AddOptions&lt;SocketIoOptions&gt;().Configure&lt;TheClass&gt;((options, it) =&gt; options.On(…, it.…))</c>.
    /// </summary>
    public static IServiceCollection AddSocketIo(this IServiceCollection services, Action<SocketIoOptions>? configure = null)
    {
        services.AddOptions<SocketIoOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SocketIoServer>();
        services.AddHostedService(provider => provider.GetRequiredService<SocketIoServer>());
        return services;
    }

    public static IEndpointConventionBuilder MapSocketIo(this IEndpointRouteBuilder endpoints, string path = "/socket.io/")
    {
        var server = endpoints.ServiceProvider.GetRequiredService<SocketIoServer>();
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets(new() { KeepAliveInterval = Timeout.InfiniteTimeSpan }); // the protocol has its own pings
        pipeline.Run(http => Serve(server, http));
        return endpoints.Map(path, pipeline.Build()).WithDisplayName("Socket.IO");
    }

    static async Task Serve(SocketIoServer server, HttpContext http)
    {
        var query = http.Request.Query;
        var (transport, sid) = ((string?)query["transport"], (string?)query["sid"]);
        var onWebSocket = transport == "websocket";
        var session = sid is null ? null : server.Find(sid);

        var error =
            !server.Options.AllowOrigin(http) ? EngineError.Forbidden
            : transport is not ("polling" or "websocket") ? EngineError.UnknownTransport
            : query["EIO"] != "4" ? EngineError.UnsupportedVersion
            : onWebSocket != http.WebSockets.IsWebSocketRequest ? EngineError.BadRequest
            : sid is not null && session is null ? EngineError.UnknownSession
            : session is { OnWebSocket: true } ? EngineError.BadRequest
            : !onWebSocket && !HttpMethods.IsGet(http.Request.Method) && (sid is null || !HttpMethods.IsPost(http.Request.Method))
                ? EngineError.BadMethod
            : session is null && (session = server.Open(onWebSocket)) is null ? EngineError.Full
            : null;

        if (error is not null)
            await EngineError.Write(http, error);
        else if (onWebSocket)
            await ServeWebSocket(session!, http, isNew: sid is null);
        else if (sid is null)
            await EnginePolling.Welcome(session!, http);
        else if (HttpMethods.IsPost(http.Request.Method))
            await EnginePolling.Post(session!, http);
        else
            await EnginePolling.Poll(session!, http);
    }

    static async Task ServeWebSocket(EngineSession session, HttpContext http, bool isNew)
    {
        try
        {
            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            if (isNew)
                session.Send(session.Open);
            await (isNew ? EngineWebSocket.Run(session, socket, http) : EngineWebSocket.Upgrade(session, socket, http));
        }
        finally
        {
            // Whatever went wrong, a session that began here does not outlive its line.
            if (isNew)
            {
                session.End("transport closed");
                session.Drop();
            }
        }
    }
}

/// <summary>How a request is turned away, in the numbers that clients know.</summary>
sealed record EngineError(int Status, int Code, string Message)
{
    public static readonly EngineError
        UnknownTransport = new(400, 0, "Transport unknown"),
        UnknownSession = new(400, 1, "Session ID unknown"),
        BadMethod = new(400, 2, "Bad handshake method"),
        BadRequest = new(400, 3, "Bad request"),
        Forbidden = new(403, 4, "Forbidden"),
        UnsupportedVersion = new(400, 5, "Unsupported protocol version"),
        TooLarge = new(413, 3, "Payload too large"),
        Full = new(503, 3, "Too many sockets");

    public static async Task Write(HttpContext http, EngineError error)
    {
        if (http.RequestAborted.IsCancellationRequested)
            return;
        http.Response.StatusCode = error.Status;
        await http.Response.WriteAsJsonAsync(new JsonObject { ["code"] = error.Code, ["message"] = error.Message });
    }
}
