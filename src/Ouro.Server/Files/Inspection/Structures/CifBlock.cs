using System.Globalization;

namespace Ouro.Server.Files;

/// <summary>
/// A block of a CIF file, read by the syntax of STAR: names and values, loops of them, quotation marks that end before a space, and texts between
/// lines that begin with a semicolon. Names are compared in lower case, with the dots of mmCIF and of newer dictionaries as underscores.
/// </summary>
sealed class CifBlock
{
    readonly string text;
    readonly Dictionary<string, Token> items = [];
    readonly List<(string[] Names, List<Token> Values)> loops = [];

    readonly record struct Token(int Start, int Length, bool IsQuoted);

    CifBlock(string text) => this.text = text;

    public string Name { get; private set; } = "";

    public bool HasCell => items.ContainsKey("_cell_length_a");

    /// <summary>The first block that has a cell, else the first that has anything.</summary>
    public static CifBlock Read(string text)
    {
        var block = new CifBlock(text);
        CifBlock? first = null;
        List<string>? names = null;
        List<Token>? values = null;
        string? item = null;
        for (var at = 0; block.Next(ref at) is { } token;)
        {
            var word = token.IsQuoted ? default : text.AsSpan(token.Start, token.Length);
            if (word.StartsWith("data_", StringComparison.OrdinalIgnoreCase))
            {
                if (block.HasCell) break;
                if (block.items.Count + block.loops.Count > 0) first ??= block;
                block = new(text) { Name = word[5..].ToString() };
                (names, values, item) = (null, null, null);
            }
            else if (word.Equals("loop_", StringComparison.OrdinalIgnoreCase)) (names, values, item) = ([], null, null);
            else if (word.StartsWith("save_", StringComparison.OrdinalIgnoreCase) || word.Equals("stop_", StringComparison.OrdinalIgnoreCase)) (names, values, item) = (null, null, null);
            else if (word.StartsWith("_"))
            {
                var name = word.ToString().ToLowerInvariant().Replace('.', '_');
                if (names is not null && values is null) names.Add(name);
                else (names, values, item) = (null, null, name);
            }
            else if (names is { Count: > 0 })
            {
                if (values is null) block.loops.Add(([.. names], values = []));
                values.Add(token);
            }
            else if (item is not null)
            {
                block.items.TryAdd(item, token);
                item = null;
            }
        }
        return block.HasCell || first is null ? block : first;
    }

    /// <summary>The value of the first of these names that has one; <c>?</c> and <c>.</c> are none.</summary>
    public string? Value(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (items.TryGetValue(name, out var token) && Said(token) is { } value) return value;
        return null;
    }

    public double? Number(params ReadOnlySpan<string> names) => Value(names) is { } value ? Number(value) : null;

    /// <summary>A column of a loop, or the one value of an item; null where there is none of this name.</summary>
    public IReadOnlyList<string?>? Column(string name)
    {
        foreach (var (names, values) in loops)
            if (Array.IndexOf(names, name) is >= 0 and var column)
                return [.. Enumerable.Range(0, values.Count / names.Length).Select(row => Said(values[row * names.Length + column]))];
        return items.TryGetValue(name, out var token) ? [Said(token)] : null;
    }

    /// <summary>A number that may carry its uncertainty: <c>5.64(2)</c>.</summary>
    public static double? Number(string value)
    {
        var digits = value.IndexOf('(') is > 0 and var uncertain ? value.AsSpan(0, uncertain) : value;
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    string? Said(Token token)
    {
        var value = text.AsSpan(token.Start, token.Length);
        return !token.IsQuoted && value is "?" or "." ? null : value.Trim().ToString();
    }

    Token? Next(ref int at)
    {
        while (at < text.Length)
        {
            var c = text[at];
            if (char.IsWhiteSpace(c)) at++;
            else if (c == '#') at = EndOfLine(at);
            else if (c == ';' && (at == 0 || text[at - 1] is '\n' or '\r'))
            {
                var start = at + 1;
                var end = text.IndexOf("\n;", start, StringComparison.Ordinal);
                at = end < 0 ? text.Length : end + 2;
                return new(start, (end < 0 ? text.Length : end) - start, true);
            }
            else if (c is '\'' or '"')
            {
                var line = EndOfLine(at);
                var close = at + 1;
                while (close < line && (text[close] != c || close + 1 < line && !char.IsWhiteSpace(text[close + 1]))) close++;
                var token = new Token(at + 1, close - at - 1, true);
                at = Math.Min(close + 1, line);
                return token;
            }
            else
            {
                var start = at;
                while (at < text.Length && !char.IsWhiteSpace(text[at])) at++;
                return new(start, at - start, false);
            }
        }
        return null;
    }

    int EndOfLine(int from) => text.AsSpan(from).IndexOfAny('\n', '\r') is >= 0 and var end ? from + end : text.Length;
}
