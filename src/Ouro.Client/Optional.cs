using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>A value of an update: absent, which leaves what is there as it is, or given, and then perhaps null.</summary>
/// <typeparam name="T">The value's type; nullable where null means something.</typeparam>
[JsonConverter(typeof(OptionalConverter))]
public readonly record struct Optional<T>
{
    /// <summary>A given value.</summary>
    public Optional(T value) => (Value, IsGiven) = (value, true);

    /// <summary>The value; the type's default where none is given.</summary>
    public T Value { get; }

    /// <summary>Whether there is a value, which may be null.</summary>
    public bool IsGiven { get; }

    /// <summary>The given value, or <paramref name="current"/>.</summary>
    public T Or(T current) => IsGiven ? Value : current;

    /// <summary>A value is given by writing it.</summary>
    public static implicit operator Optional<T>(T value) => new(value);
}

/// <summary>Reads and writes an <see cref="Optional{T}"/> as its value. Properties leave absent ones out with <c>JsonIgnore(WhenWritingDefault)</c>.</summary>
public sealed class OptionalConverter : JsonConverterFactory
{
    /// <inheritdoc/>
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    /// <inheritdoc/>
    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    sealed class Of<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return JsonSerializer.Deserialize<T>(ref reader, options)!;
            }
            catch (JsonException e)
            {
                // Its path and its line begin at this value. Thrown without them, it gets those of the whole text on its way out.
                throw new JsonException(e.Message, e);
            }
        }

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.Value, options);
    }
}
