using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ouro.Server.Kernel;

/// <summary>What every name and text in the contract must be. Operations check here, so that each door refuses alike.</summary>
public static class Contract
{
    /// <summary>An asset's name: 1 to 255 characters on one line.</summary>
    public static string Name(string? name, string field = "name")
    {
        name = name?.Trim();
        if (string.IsNullOrEmpty(name)) throw Refusal.Fields((field, "Name cannot be empty."));
        if (name.Length > 255) throw Refusal.Fields((field, "Name must be at most 255 characters."));
        return Line(name, field);
    }

    /// <summary>A name or a label stands on one line, among others, and somebody has to see it: no control characters, and something visible.</summary>
    public static string Line(string text, string field)
    {
        foreach (var c in text)
            if (char.IsControl(c) || c is '\u2028' or '\u2029')
                throw Refusal.Fields((field, $"The {field} has a line break or another control character (U+{(int)c:X4}). Remove it."));
        return text.EnumerateRunes().All(r => Rune.IsWhiteSpace(r) || Rune.GetUnicodeCategory(r) == UnicodeCategory.Format)
            ? throw Refusal.Fields((field, $"The {field} has no character that can be seen.")) : text;
    }

    /// <summary>PostgreSQL cannot hold a zero character, and no name or text needs a control character.</summary>
    public static string Clean(string text, string field)
    {
        foreach (var c in text)
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                throw Refusal.Fields((field, $"The {field} has a control character (U+{(int)c:X4}). Remove it."));
        return text;
    }

    /// <summary>JSON that somebody sent to be kept: no larger than this many characters, and of text that PostgreSQL can hold.</summary>
    public static void Bounded(JsonElement json, string field, int most)
    {
        if (json.GetRawText().Length > most) throw Refusal.Fields((field, $"The {field} is larger than {most:N0} characters."));
        Check(json);

        void Check(JsonElement value)
        {
            try
            {
                switch (value.ValueKind)
                {
                    case JsonValueKind.String: Clean(value.GetString()!, field); break;
                    case JsonValueKind.Array: foreach (var item in value.EnumerateArray()) Check(item); break;
                    case JsonValueKind.Object: foreach (var property in value.EnumerateObject()) { Clean(property.Name, field); Check(property.Value); } break;
                }
            }
            catch (InvalidOperationException)
            {
                throw Refusal.Fields((field, $"The {field} has half of a character (a lone surrogate). Send whole ones."));
            }
        }
    }

    public static void Present<T>([System.Diagnostics.CodeAnalysis.NotNull] T? body, string field)
    {
        if (body is null) throw Refusal.Fields((field, $"The body needs the key “{field}”."));
    }

    /// <summary>One of the wire names of an enum.</summary>
    public static T One<T>(string text, string field) where T : struct, Enum =>
        Data.Wire.TryParse<T>(text, out var value)
            ? value
            : throw Refusal.Fields((field, $"{field.Split('.')[^1]} is one of {string.Join(", ", Data.Wire.All<T>())}, not “{text}”."));

    /// <summary>A list's limit and offset within their bounds; what lies outside is refused rather than bent.</summary>
    public static (int Limit, int Offset) Window(int? limit, int? offset, int standard = 20, int most = 200)
    {
        if (limit is < 1 || limit > most) throw Refusal.Fields(("limit", $"limit is 1 to {most}."));
        if (offset is < 0) throw Refusal.Fields(("offset", "offset is 0 or more."));
        return (limit ?? standard, offset ?? 0);
    }

    /// <summary>The name as it stands in addresses: <c>FeNi (P4/mmm)</c> → <c>feni-p4-mmm</c>.</summary>
    public static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name.ToLowerInvariant().Normalize(NormalizationForm.FormD))
        {
            if (c is >= '\u0300' and <= '\u036f') continue;
            if (char.IsWhiteSpace(c) || c is '/' or '_' or '-')
            {
                if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            }
            else if (c is >= 'a' and <= 'z' or >= '0' and <= '9') slug.Append(c);
        }
        return slug.ToString().Trim('-');
    }
}
