using System.Text.Json;
using System.Text.Json.Nodes;
using Ouro.Server.Access;
using Ouro.Server.Assets;
using Ouro.Server.SocketIo;

namespace Ouro.Server.Conversations;

/// <summary>
/// The sockets of conversations: who may see one may join it, and what members say while they think, type and stream reaches the other
/// members' sockets unchanged. The public Python client cannot renew its token without this door.
/// </summary>
public sealed class LiveConversations(Identification identification, Actors actors, AssetOperations assets, IServiceProvider services, ILogger<LiveConversations> log)
{
    // Asked for late: the server of the sockets is made from the options that this class fills.
    SocketIoServer Sockets => services.GetRequiredService<SocketIoServer>();

    static readonly string[] Relayed = ["activity", "llm-response", "llm-response-end"];

    public void Open(SocketIoOptions options)
    {
        options.Connect(Connect).On("conversation:join", Join);
        actors.Forgotten += user => _ = LookAgain(user);
        foreach (var name in Relayed) options.On(name, Relay);
    }

    async Task<object> Connect(SocketConnecting connecting)
    {
        var token = Text(connecting.Auth, "access_token");
        try
        {
            return (token is null ? null : await identification.FromSecret(token, connecting.HttpContext.RequestAborted))
                ?? throw Refusal.Unauthenticated("The access token is not valid, or not valid any more.");
        }
        catch (Refusal refused)
        {
            throw new SocketRefused(refused.Message, new JsonObject { ["code"] = refused.Code, ["status"] = refused.Status });
        }
    }

    /// <summary>Who changed is looked at anew.</summary>
    Task LookAgain(Guid user) => LookAgain(Sockets.Sockets.Where(s => ((Actor)s.Identity).Id == user));

    /// <summary>Who is in a conversation that others may see than before is looked at anew; in any, where the change was one of many things.</summary>
    public void Hear(string what) => _ = LookAgain(Guid.TryParse(what, out var id) ? Sockets.In(Room(id)) : Sockets.Sockets);

    /// <summary>A socket whose key was revoked ends, and rooms that it may not be in any more are left.</summary>
    async Task LookAgain(IEnumerable<SocketConnection> sockets)
    {
        foreach (var socket in sockets)
            try
            {
                if (await Now(socket) is not { } actor) socket.Disconnect("credential revoked");
                else
                    foreach (var room in socket.Rooms)
                        if (!await MayJoin(actor, Guid.Parse(room[RoomPrefix.Length..]), socket.Closed)) socket.Leave(room);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Whoever cannot be asked about is sent away, and comes back.
                if (e is not Refusal) log.LogWarning(e, "A socket was ended because its rights could not be looked up");
                socket.Disconnect("credential unknown");
            }
            catch (OperationCanceledException) { }
    }

    Task<Actor?> Now(SocketConnection socket) => identification.FromKey(((Actor)socket.Identity).KeyId!.Value, socket.Closed);

    async Task<bool> MayJoin(Actor actor, Guid conversation, CancellationToken ct)
    {
        try
        {
            return (await assets.Get(actor, conversation, AssetType.Conversation, ct)).Id == conversation;
        }
        catch (Refusal)
        {
            return false;
        }
    }

    async Task<JsonNode?> Join(SocketConnection socket, SocketEvent sent)
    {
        if (!Guid.TryParse(Text(sent.Data, "conversation_id"), out var id)) return No("conversation_id is the uuid of a conversation.");
        if (!await MayNow(socket, id)) return No("There is no such conversation, or you are not a member of it.");
        socket.Join(Room(id));
        // The right may have been taken while the door opened, by somebody who did not see this socket in the room yet.
        if (await MayNow(socket, id)) return new JsonObject { ["ok"] = true };
        socket.Leave(Room(id));
        return No("You are not a member of this conversation any more.");
    }

    async Task<bool> MayNow(SocketConnection socket, Guid conversation) => await Now(socket) is { } actor && await MayJoin(actor, conversation, socket.Closed);

    Task<JsonNode?> Relay(SocketConnection socket, SocketEvent sent)
    {
        if (Guid.TryParse(Text(sent.Data, "conversation_id"), out var id) && socket.Rooms.Contains(Room(id)))
            Sockets.To(Room(id)).Emit(AsSentBy((Actor)socket.Identity, sent), except: socket);
        return Task.FromResult<JsonNode?>(null);
    }

    /// <summary>Nobody speaks for somebody else: a user_id that is not the sender's is corrected to it.</summary>
    static SocketEvent AsSentBy(Actor actor, SocketEvent sent)
    {
        if (Text(sent.Data, "user_id") is not { } said || said == actor.Id.ToString()) return sent;
        var corrected = JsonNode.Parse(sent.Data.GetRawText())!.AsObject();
        corrected["user_id"] = actor.Id.ToString();
        if (corrected["data"] is JsonObject data && data.ContainsKey("user_id")) data["user_id"] = actor.Id.ToString();
        return sent with { Args = [JsonSerializer.SerializeToElement(corrected), .. sent.Args.Skip(1)] };
    }

    const string RoomPrefix = "conversation:";

    static string Room(Guid conversation) => RoomPrefix + conversation;

    static JsonObject No(string why) => new() { ["ok"] = false, ["error"] = why };

    static string? Text(JsonElement? from, string key) =>
        from is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
