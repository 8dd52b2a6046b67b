using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ouro.Server.SocketIo;

/// <summary>What the server does with its sockets: who may connect, which events it understands, how long it waits, how much it takes.</summary>
public sealed class SocketIoOptions
{
    /// <summary>How long a silent socket rests before it is pinged. Also how long a client has to enter the namespace.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a ping may stay unanswered before the client counts as gone.</summary>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Bytes in one polling request, one WebSocket message, or one event together with its attachments.</summary>
    public int MaxPayload { get; set; } = 1_000_000;

    /// <summary>Binary attachments of one event.</summary>
    public int MaxAttachments { get; set; } = 10;

    /// <summary>Open sockets, connected or not; the next one gets 503 and tries again later.</summary>
    public int MaxSockets { get; set; } = 10_000;

    /// <summary>Bytes that may wait for one client. Whoever reads more slowly than the room talks is disconnected.</summary>
    public int MaxQueuedBytes { get; set; } = 4_000_000;

    /// <summary>
    /// Whether a request may use sockets at all, asked for every request. By default: requests without an <c>Origin</c> (no browser
    /// sends those) and pages of this very host. Whoever lets cookies speak for a user must keep this exact.
    /// </summary>
    public Func<HttpContext, bool> AllowOrigin { get; set; } = OwnHostOnly;

    internal Func<SocketConnecting, Task<object>> Connecting { get; private set; } =
        _ => throw new SocketRefused("This server accepts no sockets.");

    internal Dictionary<string, Func<SocketConnection, SocketEvent, Task<JsonNode?>>> Handlers { get; } = new(StringComparer.Ordinal);

    internal Func<SocketConnection, string, Task> Disconnected { get; private set; } = (_, _) => Task.CompletedTask;

    /// <summary>Says who a client is: returns its identity, or throws <see cref="SocketRefused"/>. Without it nobody is let in.</summary>
    public SocketIoOptions Connect(Func<SocketConnecting, Task<object>> handler)
    {
        Connecting = handler;
        return this;
    }

    /// <summary>
    /// Handles one event. The answer goes to a client that asked for an acknowledgement (null: an empty one). Events of one socket
    /// are handled one after the other, in the order in which they were sent. Events without a handler are ignored.
    /// </summary>
    public SocketIoOptions On(string name, Func<SocketConnection, SocketEvent, Task<JsonNode?>> handler)
    {
        Handlers.Add(name, handler);
        return this;
    }

    /// <summary>Called once when a connected socket has ended and its last event is handled, with the reason.</summary>
    public SocketIoOptions Disconnect(Func<SocketConnection, string, Task> handler)
    {
        Disconnected = handler;
        return this;
    }

    static bool OwnHostOnly(HttpContext http) =>
        http.Request.Headers.Origin is not [{ } origin, ..]
        || (Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && string.Equals(page.Authority, Authority(http.Request, page), StringComparison.OrdinalIgnoreCase));

    // A host is written without its scheme's own port; behind a proxy only the page still knows the scheme.
    static string Authority(HttpRequest request, Uri page) =>
        request.Host.Port is { } port && !(page.IsDefaultPort && port == page.Port) ? request.Host.Value! : request.Host.Host;
}

/// <summary>A client that asks to be let in.</summary>
public sealed class SocketConnecting
{
    internal SocketConnecting(HttpContext http, JsonElement? auth) => (HttpContext, Auth) = (http, auth);

    /// <summary>The request that carries the question: for cookies, headers and services. Not to be kept.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The object that the client sent as <c>auth</c>, if any.</summary>
    public JsonElement? Auth { get; }

    internal HashSet<string> Rooms { get; } = new(StringComparer.Ordinal);

    /// <summary>What was disconnected while this client was on its way in: it may be one of them.</summary>
    internal List<Func<SocketConnection, bool>> Revoked { get; } = [];

    /// <summary>Puts the socket into a room before it can miss anything there.</summary>
    public void Join(string room) => Rooms.Add(room);
}

/// <summary>Thrown by a connect handler to turn a client away; message and data reach the client's <c>connect_error</c>.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is thrown as a decision, not as an accident.")]
public sealed class SocketRefused(string message, JsonNode? data = null) : Exception(message)
{
    /// <summary>Hides the dictionary of the base type, which has no use here.</summary>
    public new JsonNode? Data { get; } = data;
}
