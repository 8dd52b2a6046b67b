using System.Runtime.CompilerServices;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Ouro.Server.Mcp;

/// <summary>
/// The arguments of a call, held against the schema that the tool shows: a model is told every problem at once, by the argument's name. What the
/// values mean is checked at the desk.
/// </summary>
static class ToolArguments
{
    public const string Invalid = "invalid_arguments";

    // A schema never changes while its tool lives, and taking it apart costs more than reading the arguments of a call.
    static readonly ConditionalWeakTable<Tool, Expected> Known = [];

    sealed record Expected(Dictionary<string, Argument> Arguments, HashSet<string> Required);

    sealed record Argument(JsonElement Schema, List<string> Types);

    /// <summary>The arguments that say something: models fill what they leave out with null or a blank text.</summary>
    public static Dictionary<string, JsonElement> Read(Tool tool, IDictionary<string, JsonElement>? given)
    {
        var (known, required) = Known.GetValue(tool, Of);
        var read = new Dictionary<string, JsonElement>();
        var misshapen = new List<(string, string)>();
        var mistaken = new List<(string, string)>();
        foreach (var (name, value) in given ?? new Dictionary<string, JsonElement>())
        {
            if (!known.TryGetValue(name, out var argument))
                misshapen.Add((name, $"{tool.Name} has no argument {name}; it takes {(known.Count == 0 ? "none" : string.Join(", ", known.Keys))}."));
            else if (SaysNothing(value) && !required.Contains(name)) { }
            else if (!IsOfType(argument, value))
                misshapen.Add((name, $"{name} is {Article(argument.Types)}, not {Found(value)}."));
            else
            {
                if (Mistake(argument.Schema, name, value) is { } mistake) mistaken.Add((name, mistake));
                read[name] = value;
            }
        }
        foreach (var name in required.Where(name => given?.ContainsKey(name) is not true))
            misshapen.Add((name, $"{name} is missing."));
        if (misshapen.Count > 0) throw Refused(Invalid, [.. misshapen, .. mistaken]);
        return mistaken.Count > 0 ? throw Refusal.Fields([.. mistaken]) : read;
    }

    /// <summary>A value that came as itself or as its JSON text.</summary>
    public static JsonElement? Given(string argument, JsonElement? given, JsonValueKind kind, string shape)
    {
        if (given is not { } value) return null;
        try
        {
            if (value.ValueKind == JsonValueKind.String) value = JsonElement.Parse(value.GetString()!);
        }
        catch (JsonException e)
        {
            throw Refusal.Fields((argument, $"{argument} is not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Send {shape}."));
        }
        return value.ValueKind == kind ? value : throw Refusal.Fields((argument, $"{argument} is {shape}."));
    }

    static Refusal Refused(string code, List<(string Name, string Problem)> problems) => new(400, code,
        string.Join(" ", problems.Select(p => p.Problem)), "The tool's input schema says what it takes.",
        JsonSerializer.SerializeToElement(problems.ToDictionary(p => p.Name, p => p.Problem)));

    static bool SaysNothing(JsonElement value) =>
        value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined || value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString());

    static Expected Of(Tool tool)
    {
        var schema = tool.InputSchema;
        return new(
            schema.TryGetProperty("properties", out var arguments) ? arguments.EnumerateObject().ToDictionary(a => a.Name, a => new Argument(a.Value, Types(a.Value))) : [],
            schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!).ToHashSet() : []);
    }

    static bool IsOfType(Argument argument, JsonElement value)
    {
        var types = argument.Types;
        return types.Count == 0 || types.Contains(value.ValueKind switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Array => "array",
            JsonValueKind.Object => "object",
            JsonValueKind.Number => types.Contains("integer") ? value.TryGetInt32(out _) ? "integer" : "number" : "number",
            _ => "null",
        });
    }

    static List<string> Types(JsonElement argument) => !argument.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!).Where(t => t != "null")]
        : [type.GetString()!];

    static string? Mistake(JsonElement argument, string name, JsonElement value)
    {
        if (argument.TryGetProperty("format", out var format) && format.ValueEquals("uuid") && !value.TryGetGuid(out _))
            return $"{name} is a uuid, not “{Short(value)}”.";
        if (argument.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(c => JsonElement.DeepEquals(c, value)))
            return $"{name} is one of {string.Join(", ", choices.EnumerateArray().Where(c => c.ValueKind == JsonValueKind.String))}, not “{Short(value)}”.";
        return null;
    }

    static string Article(List<string> types) => string.Join(" or ", types.Select(t => t switch
    {
        "string" => "a text", "integer" => "a whole number", "number" => "a number", "boolean" => "true or false", "array" => "a list", _ => "an object",
    }));

    static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"the text “{Short(value)}”",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => Short(value),
    };

    static string Short(JsonElement value) => ToolAnswers.Short(value.ToString(), 80);
}
