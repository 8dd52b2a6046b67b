using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>Rich text: a TipTap document and the same as markdown. A plain string on the wire is read as one paragraph a line.</summary>
/// <param name="Json">The document, <c>{"type":"doc","content":[…]}</c>.</param>
/// <param name="Text">The markdown.</param>
[JsonConverter(typeof(ContentConverter))]
public sealed record Content(JsonElement Json, string Text)
{
    /// <summary>Content of plain text: one paragraph a line.</summary>
    /// <param name="text">The text.</param>
    public static Content Of(string text)
    {
        var paragraphs = text.Split('\n').Where(line => line.Length > 0).Select(line => (JsonNode)new JsonObject
        {
            ["type"] = "paragraph",
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = line }),
        });
        var document = new JsonObject { ["type"] = "doc", ["content"] = new JsonArray([.. paragraphs]) };
        return new(JsonSerializer.SerializeToElement(document), text);
    }
}

/// <summary>Reads a string or <c>{json, text}</c>; writes the object with both keys, as the clients need.</summary>
public sealed class ContentConverter : JsonConverter<Content>
{
    /// <inheritdoc/>
    public override Content? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return Content.Of(reader.GetString()!);
        var element = JsonElement.ParseValue(ref reader);
        if (element.ValueKind != JsonValueKind.Object)
            throw new JsonException("Content is a string, or an object with json and text.");
        var text = element.TryGetProperty("text", out var t) && t.ValueKind == JsonValueKind.String ? t.GetString()! : "";
        return element.TryGetProperty("json", out var json) && json.ValueKind == JsonValueKind.Object
            ? new(json.Clone(), text)
            : Content.Of(text);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Content value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("json");
        value.Json.WriteTo(writer);
        writer.WriteString("text", value.Text);
        writer.WriteEndObject();
    }
}
