using System.Text.Json;

namespace Ouro.Server.Mcp;

/// <summary>What a resource holds: one JSON text.</summary>
static class ResourceAnswers
{
    public const string Json = "application/json";

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, OuroJson.Options);
}
