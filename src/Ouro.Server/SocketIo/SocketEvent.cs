using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ouro.Server.SocketIo;

/// <summary>
/// A named event with its arguments. The JSON of a received event is kept as it was written, so it can be sent on unchanged;
/// where an argument holds <c>{"_placeholder": true, "num": n}</c>, the client sees the n-th attachment.
/// </summary>
public sealed record SocketEvent(string Name, IReadOnlyList<JsonElement> Args, IReadOnlyList<ReadOnlyMemory<byte>> Attachments)
{
    /// <summary>Clients keep these names for themselves and break off when one arrives from outside.</summary>
    static readonly HashSet<string> Reserved =
        ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

    internal static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An event with one argument.</summary>
    public SocketEvent(string name, JsonNode? data) : this(name, [JsonSerializer.SerializeToElement(data, Json)], []) { }

    /// <summary>The first argument, which is the only one in most events; undefined when there is none.</summary>
    public JsonElement Data => Args.Count > 0 ? Args[0] : default;

    /// <summary>An event that other clients can read, or null: what is relayed must not be able to break those who receive it.</summary>
    internal static SocketEvent? Read(Packet packet, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        try
        {
            var items = packet.Data!.Value.EnumerateArray().ToArray();
            var name = items[0].GetString()!;
            var readable = !Reserved.Contains(name) && (attachments.Count == 0 || items.All(item => PlaceholdersFit(item, attachments.Count)));
            return readable ? new(name, items[1..], attachments) : null;
        }
        catch (InvalidOperationException)
        {
            return null; // A string that is half a surrogate pair has no text.
        }
    }

    /// <summary>The packets of this event; they may be given to any number of sockets.</summary>
    internal EnginePacket[] Packets()
    {
        var text = new ArrayBufferWriter<byte>(256);
        text.Write(Attachments.Count == 0 ? "42"u8 : Encoding.ASCII.GetBytes($"45{Attachments.Count}-"));
        text.Write("[\""u8);
        text.Write(JsonEncodedText.Encode(Name, Json.Encoder).EncodedUtf8Bytes);
        text.Write("\""u8);
        foreach (var arg in Args)
        {
            text.Write(","u8);
            text.Write(JsonMarshal.GetRawUtf8Value(arg));
        }
        text.Write("]"u8);
        return [new(text.WrittenMemory), .. Attachments.Select(bytes => new EnginePacket(bytes, Binary: true))];
    }

    static bool PlaceholdersFit(JsonElement value, int count) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().All(item => PlaceholdersFit(item, count)),
        JsonValueKind.Object when value.TryGetProperty("_placeholder", out _) =>
            value.TryGetProperty("num", out var num) && num.ValueKind == JsonValueKind.Number
            && num.TryGetInt32(out var index) && index >= 0 && index < count,
        JsonValueKind.Object => value.EnumerateObject().All(property => PlaceholdersFit(property.Value, count)),
        _ => true,
    };
}
