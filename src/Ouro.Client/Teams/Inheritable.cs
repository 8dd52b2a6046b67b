using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>Reads a policy that may be the organization's: null or <c>inherit</c> is none of one's own.</summary>
/// <typeparam name="T">The policy.</typeparam>
public sealed class InheritableConverter<T> : JsonConverter<T?> where T : struct, Enum
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null || reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("inherit") ? null : JsonSerializer.Deserialize<T>(ref reader, options);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T? value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, options);
}

/// <summary>The same for a change, where what is absent stays.</summary>
/// <typeparam name="T">The policy.</typeparam>
public sealed class OptionalInheritableConverter<T> : JsonConverter<Optional<T?>> where T : struct, Enum
{
    static readonly InheritableConverter<T> Given = new();

    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override Optional<T?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(Given.Read(ref reader, typeof(T?), options));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Optional<T?> value, JsonSerializerOptions options) => Given.Write(writer, value.Value, options);
}
