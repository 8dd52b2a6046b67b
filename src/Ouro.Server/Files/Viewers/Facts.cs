using System.Globalization;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>What was found out about atoms, as people who work with them write it.</summary>
static class Facts
{
    public static IEnumerable<(string Name, string Value)> Of(JsonElement? told)
    {
        if (told.Text("kind") is { } kind) yield return ("Kind", kind);
        if (told.Text("formula") is { } formula) yield return ("Formula", formula);
        if (Group(told) is { } group) yield return ("Space group", group);
        var cell = told.Part("cell") is { ValueKind: JsonValueKind.Object } part ? part : told;
        if (Edges(cell, ("a", "a"), ("b", "b"), ("c", "c")) is { } lengths) yield return ("Cell", $"{lengths} Å");
        if (Edges(cell, ("α", "alpha"), ("β", "beta"), ("γ", "gamma")) is { } angles) yield return ("Angles", $"{angles} °");
        if ((cell.Measure("volume") ?? told.Measure("volume")) is { } volume) yield return ("Volume", $"{Number(volume)} Å³");
        if (told.Number("sites") is { } sites) yield return ("Sites", Web.Told.Number(sites));
        if (told.Number("atoms") is { } atoms) yield return ("Atoms", Web.Told.Number(atoms));
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

    static string? Group(JsonElement? told)
    {
        var number = told.Number("space_group_number");
        return (told.Text("space_group"), number ?? told.Number("space_group")) switch
        {
            ({ } name, { } n) => $"{name} ({n})",
            ({ } name, null) => name,
            (null, { } n) => n.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    static string? Edges(JsonElement? cell, params (string Sign, string Name)[] edges)
    {
        var measured = edges.Select(e => (e.Sign, Value: cell.Measure(e.Name))).ToList();
        return measured.Any(m => m.Value is null) ? null : string.Join(", ", measured.Select(m => $"{m.Sign} = {Number(m.Value!.Value)}"));
    }

    static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
