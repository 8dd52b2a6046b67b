using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Ouro.Server.Mcp;

/// <summary>The two shapes of a tool's answer: one thing, or a list. Each is said twice, as data for programs and as a compact text for models.</summary>
static class ToolAnswers
{
    /// <summary>One thing, its text the same JSON.</summary>
    public static CallToolResult One<T>(T value)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, OuroJson.Options);
        return Told(Encoding.UTF8.GetString(json), json);
    }

    /// <summary>A list: <c>Found N …</c>, then one bullet for each item.</summary>
    /// <param name="noun">What the items are, in the plural.</param>
    /// <param name="page">The page.</param>
    /// <param name="bullet">An item's line, and what stands below it.</param>
    /// <param name="after">The cursor that the page was asked with; where there was one, going on is by the next.</param>
    public static CallToolResult List<T>(string noun, Page<T> page, Func<T, (string Line, string? Below)> bullet, string? after = null)
    {
        var (items, place) = page;
        var text = new StringBuilder(Header(noun, place.Total ?? items.Count, items.Count, !place.HasMore ? null
            : after is not null && place.After is not null ? $"after={place.After}" : $"offset={place.Offset + items.Count}"));
        foreach (var item in items)
        {
            var (line, below) = bullet(item);
            text.Append("\n- ").Append(Flat(line));
            if (!string.IsNullOrWhiteSpace(below)) text.Append("\n  ").Append(Flat(below));
        }
        var data = new Dictionary<string, object> { ["results"] = items };
        if (place.Total is { } total) data["total"] = total;
        data["hasMore"] = place.HasMore;
        if (place.After is { } next) data["nextCursor"] = next;
        return Told(text.ToString(), JsonSerializer.SerializeToUtf8Bytes(data, OuroJson.Options));
    }

    /// <summary>The same twice, where the text is not the JSON.</summary>
    public static CallToolResult Told<T>(string text, T value) => Told(text, JsonSerializer.SerializeToUtf8Bytes(value, OuroJson.Options));

    /// <summary><c>Found 20 assets (showing 20; more available — call again with offset=20)</c></summary>
    /// <param name="noun">What was found, in the plural.</param>
    /// <param name="count">How many there are, as far as that is known.</param>
    /// <param name="shown">How many are here.</param>
    /// <param name="next">The argument that goes on; null at the end.</param>
    public static string Header(string noun, long count, int shown, string? next) =>
        $"Found {count} {(count == 1 ? noun.TrimEnd('s') : noun)}"
        + (next is not null ? $" (showing {shown}; more available — call again with {next})" : count > shown ? $" (showing {shown})" : "");

    /// <summary>The beginning of a text, whole letters of it.</summary>
    public static string Short(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";
    }

    /// <summary>A word of a command for a shell, whatever is in it.</summary>
    public static string Quoted(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>A text on one line, so that nothing in it looks like the next item.</summary>
    public static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    static CallToolResult Told(string text, byte[] json) => new()
    {
        Content = [new TextContentBlock { Text = text }],
        StructuredContent = JsonElement.Parse(json),
    };
}
