using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ouro.Server.Mcp;

/// <summary>
/// The schema of a tool's arguments as models get it with every conversation, so without what only C# has to say: what may be left out is not also
/// null, and a choice lists what can be chosen here.
/// </summary>
static class ToolSchemas
{
    public static JsonElement Of(MethodInfo tool, JsonElement generated)
    {
        var schema = JsonObject.Create(generated)!;
        foreach (var parameter in tool.GetParameters())
        {
            if (schema["properties"]?[parameter.Name!] is not JsonObject argument) continue;
            if (argument.ContainsKey("default") && argument["default"] is null) argument.Remove("default");
            if (argument["type"] is JsonArray types && types.FirstOrDefault(t => t!.GetValue<string>() != "null") is { } type) argument["type"] = type.DeepClone();
            if (argument["enum"] is JsonArray choices)
                for (var i = choices.Count - 1; i >= 0; i--)
                    if (choices[i] is null) choices.RemoveAt(i);
            if (parameter.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed) argument["enum"] = Texts(allowed.Values.Cast<string>());
            if (parameter.GetCustomAttribute<ArgumentShapeAttribute>() is not { } shape) continue;
            argument["type"] = shape.Types is [var only] ? only : Texts(shape.Types);
            if (shape.Types.Contains("array")) argument["items"] = new JsonObject { ["type"] = "object" };
        }
        return JsonSerializer.SerializeToElement(schema);
    }

    static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
