using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Ouro.Server.SocketIo;

/// <summary>What Engine.IO carries: text that begins with the digit of its type, or the bytes of an attachment.</summary>
readonly record struct EnginePacket(ReadOnlyMemory<byte> Bytes, bool Binary = false)
{
    public static readonly EnginePacket Ping = Text("2");
    public static readonly EnginePacket Noop = Text("6");

    public static EnginePacket Text(string text) => new(Encoding.UTF8.GetBytes(text));
}

enum PacketKind { Connect, Disconnect, Event, Ack, ConnectError, BinaryEvent, BinaryAck }

/// <summary>
/// One Socket.IO packet as a client writes it: kind, number of attachments, namespace, id of the wanted acknowledgement, JSON, as in
/// <c>51-/room,7["draw",{"_placeholder":true,"num":0}]</c>.
/// </summary>
sealed record Packet(PacketKind Kind, string Namespace, ulong? Id, JsonElement? Data, int Attachments)
{
    public static readonly EnginePacket Disconnected = EnginePacket.Text("41");

    /// <summary>Reads a packet, or returns null for anything that a client may not send.</summary>
    public static Packet? Read(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text) || text is not [>= (byte)'0' and <= (byte)'6', ..])
            return null;
        var kind = (PacketKind)(text[0] - '0');
        text = text[1..];

        var attachments = 0;
        if (kind is PacketKind.BinaryEvent or PacketKind.BinaryAck)
        {
            if (!Utf8Parser.TryParse(text, out attachments, out var digits) || attachments < 0 || text[digits..] is not [(byte)'-', ..])
                return null;
            text = text[(digits + 1)..];
        }

        var path = "/";
        if (text is [(byte)'/', ..])
        {
            var comma = text.IndexOf((byte)',');
            path = Encoding.UTF8.GetString(comma < 0 ? text : text[..comma]).Split('?')[0]; // a query is not part of the name
            text = comma < 0 ? [] : text[(comma + 1)..];
        }

        ulong? id = null;
        if (text is [>= (byte)'0' and <= (byte)'9', ..])
        {
            if (!Utf8Parser.TryParse(text, out ulong number, out var digits))
                return null;
            id = number;
            text = text[digits..];
        }

        try
        {
            JsonElement? data = text.IsEmpty ? null : JsonElement.Parse(text);
            return Fits(kind, data) ? new(kind, path, id, data, attachments) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static EnginePacket Connected(string socketId) => EnginePacket.Text($$"""40{"sid":"{{socketId}}"}""");

    public static EnginePacket Refused(string path, string message, JsonNode? data = null)
    {
        var error = new JsonObject { ["message"] = message };
        if (data is not null)
            error["data"] = data.DeepClone();
        return EnginePacket.Text($"44{(path == "/" ? "" : path + ",")}{error.ToJsonString(SocketEvent.Json)}");
    }

    public static EnginePacket Acknowledged(ulong id, JsonNode? answer) =>
        EnginePacket.Text($"43{id}[{answer?.ToJsonString(SocketEvent.Json)}]");

    static bool Fits(PacketKind kind, JsonElement? data) => kind switch
    {
        PacketKind.Connect => data is null or { ValueKind: JsonValueKind.Object },
        PacketKind.Disconnect => data is null,
        PacketKind.Event or PacketKind.BinaryEvent =>
            data is { ValueKind: JsonValueKind.Array } items && items.GetArrayLength() > 0 && items[0].ValueKind == JsonValueKind.String,
        PacketKind.Ack or PacketKind.BinaryAck => data is { ValueKind: JsonValueKind.Array },
        _ => false, // only servers refuse
    };
}
