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
public sealed class LiveConversations(Identification identification, AssetOperations assets, IServiceProvider services)
{
    // Asked for late: the server of the sockets is made from the options that this class fills.
    SocketIoServer Sockets => services.GetRequiredService<SocketIoServer>();

    static readonly string[] Relayed = ["activity", "llm-response", "llm-response-end"];

    public void Open(SocketIoOptions options)
    {
        options.Connect(Connect).On("conversation:join", Join);
        foreach (var name in Relayed) options.On(name, Relay);
    }

    async Task<object> Connect(SocketConnecting connecting)
    {
        var token = Text(connecting.Auth, "access_token");
        var actor = token is null ? null : await identification.FromSecret(token, connecting.HttpContext.RequestAborted);
        return actor ?? throw new SocketRefused("The access token is not valid, or not valid any more.", new JsonObject { ["code"] = "unauthenticated", ["status"] = 401 });
    }

    async Task<JsonNode?> Join(SocketConnection socket, SocketEvent sent)
    {
        if (!Guid.TryParse(Text(sent.Data, "conversation_id"), out var id)) return No("conversation_id is the uuid of a conversation.");
        try
        {
            await assets.Get((Actor)socket.Identity, id, AssetType.Conversation, socket.Closed);
        }
        catch (Refusal)
        {
            return No("There is no such conversation, or you are not a member of it.");
        }
        socket.Join(Room(id));
        return new JsonObject { ["ok"] = true };
    }

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

    static string Room(Guid conversation) => $"conversation:{conversation}";

    static JsonObject No(string why) => new() { ["ok"] = false, ["error"] = why };

    static string? Text(JsonElement? from, string key) =>
        from is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
