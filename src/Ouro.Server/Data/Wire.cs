using System.Text.Json;

namespace Ouro.Server.Data;

/// <summary>The one JSON dialect, shared with the SDK; and the wire names of enums, which the database keeps too.</summary>
public static class Wire
{
    public static JsonSerializerOptions Options => OuroJson.Options;

    public static string Name<T>(T value) where T : struct, Enum => Names<T>.ByValue[value];

    public static T Parse<T>(string name) where T : struct, Enum => Names<T>.ByName[name];

    public static bool TryParse<T>(string? name, out T value) where T : struct, Enum
    {
        value = default;
        return name is not null && Names<T>.ByName.TryGetValue(name, out value);
    }

    public static IEnumerable<string> All<T>() where T : struct, Enum => Names<T>.ByName.Keys;

    public static T? Json<T>(string text) => JsonSerializer.Deserialize<T>(text, Options);

    public static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, Options);

    static class Names<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue =
            Enum.GetValues<T>().ToDictionary(v => v, v => JsonSerializer.SerializeToElement(v, Options).GetString()!);
        public static readonly Dictionary<string, T> ByName = ByValue.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);
    }
}
