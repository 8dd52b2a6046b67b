using System.Globalization;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>What was found out about atoms, as people who work with them write it.</summary>
static class Facts
{
    static readonly (string Name, string Key)[] Counts = [("Sites", "sites"), ("Atoms", "atoms"), ("Chains", "chains"), ("Molecules", "molecules"), ("Frames", "frames")];

    public static IEnumerable<(string Name, string Value)> Of(JsonElement? told)
    {
        if (told.Text("kind") is { } kind) yield return ("Kind", kind);
        if (told.Text("formula") is { } formula) yield return ("Formula", formula);
        if (Group(told.Part("space_group")) is { } group) yield return ("Space group", group);
        var cell = told.Part("cell");
        if (Edges(cell, ("a", "a"), ("b", "b"), ("c", "c")) is { } lengths) yield return ("Cell", $"{lengths} Å");
        if (Edges(cell, ("α", "alpha"), ("β", "beta"), ("γ", "gamma")) is { } angles) yield return ("Angles", $"{angles} °");
        if (cell.Measure("volume") is { } volume) yield return ("Volume", $"{Number(volume)} Å³");
        foreach (var (name, key) in Counts)
            if (told.Number(key) is { } count) yield return (name, Web.Told.Number(count));
    }

    /// <summary>A formula in pieces: what is written low, and what is not.</summary>
    public static IEnumerable<(string Text, bool IsLow)> Pieces(string formula)
    {
        for (var at = 0; at < formula.Length;)
        {
            var isLow = IsCount(formula, at);
            var end = at + 1;
            while (end < formula.Length && IsCount(formula, end) == isLow) end++;
            yield return (formula[at..end], isLow);
            at = end;
        }
    }

    // A digit that stands after a letter, a bracket or another such digit.
    static bool IsCount(string formula, int at)
    {
        if (!char.IsAsciiDigit(formula[at]) && !(formula[at] == '.' && at > 0 && char.IsAsciiDigit(formula[at - 1]))) return false;
        var first = at;
        while (first > 0 && (char.IsAsciiDigit(formula[first - 1]) || formula[first - 1] == '.')) first--;
        return first > 0 && (char.IsAsciiLetter(formula[first - 1]) || formula[first - 1] is ')' or ']');
    }

    static string? Group(JsonElement? group) => (group.Text("symbol"), group.Number("number")) switch
    {
        ({ } symbol, { } number) => $"{symbol} ({number})",
        ({ } symbol, null) => symbol,
        (null, { } number) => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    static string? Edges(JsonElement? cell, params (string Sign, string Name)[] edges)
    {
        var measured = edges.Select(e => (e.Sign, Value: cell.Measure(e.Name))).ToList();
        return measured.Any(m => m.Value is null) ? null : string.Join(", ", measured.Select(m => $"{m.Sign} = {Number(m.Value!.Value)}"));
    }

    static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
