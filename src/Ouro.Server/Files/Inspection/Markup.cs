using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Ouro.Server.Files;

/// <summary>
/// Whether a browser could take a text for a page, a drawing or XML, by the rules that browsers follow (the WHATWG's of MIME sniffing). Such text is
/// called so whatever its name is, since it is as dangerous as that.
/// </summary>
static partial class Markup
{
    static readonly string[] WholePages = ["!DOCTYPE HTML", "HTML", "HEAD", "SCRIPT", "IFRAME", "STYLE", "TITLE", "BODY"];
    static readonly SearchValues<char> EndsOfNames = SearchValues.Create(" \t\r\n\f/>");
    static readonly string[] PartsOfPages = ["H1", "DIV", "FONT", "TABLE", "A", "B", "BR", "P"];

    /// <param name="text">How the file begins, without a byte order mark.</param>
    /// <param name="named">The type that its name speaks of.</param>
    public static string? Of(ReadOnlySpan<char> text, string? named)
    {
        text = text.TrimStart("\t\n\f\r ");
        if (text.Length < 2 || text[0] != '<') return null;
        if (Begins(text, ["!DOCTYPE HTML"])) return "text/html";
        var root = Root(text);
        if (root is "svg") return "image/svg+xml";
        if (text.StartsWith("<?xml")) return root is "html" ? "application/xhtml+xml" : "application/xml";
        if (Begins(text, WholePages)) return "text/html";
        // A text in Markdown often begins with a piece of HTML, which is allowed there.
        if (named == "text/markdown") return null;
        if (Begins(text, PartsOfPages) || text.StartsWith("<!--")) return "text/html";
        return named is "application/xml" or "application/xhtml+xml" or "image/svg+xml" && char.IsLetter(text[1]) ? "application/xml" : null;
    }

    /// <summary>How large a drawing says that it is: in pixels, or else by what it shows.</summary>
    public static (int Width, int Height)? Size(string text)
    {
        if (SvgTag().Match(text) is not { Success: true } tag) return null;
        var said = Attribute().Matches(tag.Value).DistinctBy(a => a.Groups[1].Value).ToDictionary(a => a.Groups[1].Value, a => a.Groups[2].Value);
        var shown = said.GetValueOrDefault("viewBox")?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return Pixels(said.GetValueOrDefault("width") ?? shown?.ElementAtOrDefault(2)) is { } width && Pixels(said.GetValueOrDefault("height") ?? shown?.ElementAtOrDefault(3)) is { } height
            ? (width, height) : null;
    }

    static int? Pixels(string? length) =>
        double.TryParse(length?.Trim().EndsWith("px", StringComparison.Ordinal) == true ? length.Trim()[..^2] : length, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Film.Pixels(Math.Round(number)) : null;

    static bool Begins(ReadOnlySpan<char> text, string[] tags)
    {
        foreach (var tag in tags)
            if (text.Length > tag.Length + 1 && text[1..].StartsWith(tag, StringComparison.OrdinalIgnoreCase) && text[tag.Length + 1] is ' ' or '>' or '\t' or '\n' or '\f' or '\r') return true;
        return false;
    }

    /// <summary>The name of the first element, without its prefix, behind declarations and comments; null where it is not among what was read.</summary>
    static string? Root(ReadOnlySpan<char> text)
    {
        while (text.Length > 1 && text[0] == '<')
        {
            int end;
            if (text.StartsWith("<!--")) end = Behind(text, "-->", 4);
            else if (text[1] == '?') end = Behind(text, "?>", 2);
            else if (text[1] == '!') end = BehindDeclaration(text);
            else
            {
                var name = text[1..];
                var stop = name.IndexOfAny(EndsOfNames);
                if (stop < 0) return null;
                name = name[..stop];
                return name[(name.IndexOf(':') + 1)..].ToString();
            }
            if (end < 0) return null;
            text = text[end..].TrimStart("\t\n\f\r ");
        }
        return null;
    }

    static int Behind(ReadOnlySpan<char> text, string mark, int from) => text[from..].IndexOf(mark) is >= 0 and var at ? from + at + mark.Length : -1;

    /// <summary>A document type may hold declarations of its own in brackets, and any sign between quotation marks.</summary>
    static int BehindDeclaration(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = 2; i < text.Length; i++)
        {
            if (text[i] is '"' or '\'')
            {
                var close = text[(i + 1)..].IndexOf(text[i]);
                if (close < 0) return -1;
                i += close + 1;
            }
            else if (text[i] == '[') depth++;
            else if (text[i] == ']') depth--;
            else if (text[i] == '>' && depth <= 0) return i + 1;
        }
        return -1;
    }

    [GeneratedRegex("""<(?:[\w-]+:)?svg\s[^>]*>""")]
    private static partial Regex SvgTag();

    [GeneratedRegex("""\s(width|height|viewBox)\s*=\s*["']([^"']*)["']""")]
    private static partial Regex Attribute();
}
