using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>JSON that travels as it is: the rows of a dataset or a query, which nobody on the way needs to take apart.</summary>
/// <param name="utf8">One complete JSON value in UTF-8. It is trusted, not checked.</param>
[JsonConverter(typeof(RawJsonConverter))]
public readonly struct RawJson(ReadOnlyMemory<byte> utf8) : IEquatable<RawJson>
{
    /// <summary>The bytes of the value; empty stands for <c>null</c>.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    /// <summary>Reads the value as <typeparamref name="T"/>, in the dialect of <see cref="OuroJson"/>.</summary>
    /// <typeparam name="T">What the value is: a list of rows, say.</typeparam>
    /// <returns>The value; the default of <typeparamref name="T"/> where it is <c>null</c>.</returns>
    public T? As<T>() => Utf8.IsEmpty ? default : JsonSerializer.Deserialize<T>(Utf8.Span, OuroJson.Options);

    /// <summary>Takes the value apart. Dispose of the document when done.</summary>
    /// <returns>A document over the same bytes.</returns>
    public JsonDocument Parse() => JsonDocument.Parse(Utf8.IsEmpty ? "null"u8.ToArray() : Utf8);

    /// <summary>The JSON text.</summary>
    public override string ToString() => Utf8.IsEmpty ? "null" : Encoding.UTF8.GetString(Utf8.Span);

    /// <summary>Whether both are the same text, byte for byte.</summary>
    /// <param name="other">The value to compare with.</param>
    public bool Equals(RawJson other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>Whether both are the same text.</summary>
    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    /// <summary>Whether the texts differ.</summary>
    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);
}

/// <summary>Writes the bytes of a <see cref="RawJson"/> into the stream, and takes the bytes of one value out of it.</summary>
sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override bool HandleNull => true;

    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null) return default;
        using var element = JsonDocument.ParseValue(ref reader);
        return new(JsonMarshal.GetRawUtf8Value(element.RootElement).ToArray());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (value.Utf8.IsEmpty) writer.WriteNullValue();
        else writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
