using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>What kind of text a text is. A name is believed where the text could be that.</summary>
static class TextTypes
{
    /// <summary>Looked for, in this order, in a text whose name says nothing.</summary>
    static readonly string[] Telling =
        ["chemical/x-mmcif", "chemical/x-cif", "chemical/x-pdb", "chemical/x-mdl-sdfile", "chemical/x-mdl-molfile", "model/gltf+json", "application/json", "application/x-ndjson",
         "model/stl", "chemical/x-xyz", "model/obj", "text/tab-separated-values", "text/csv"];

    public static string Of(string text, bool isWhole, string? fileName)
    {
        var named = Path.GetFileName(fileName) is "POSCAR" or "CONTCAR" ? "chemical/x-vasp-poscar" : MediaTypes.OfName(fileName);
        if (Markup.Of(text, named) is { } markup) return markup;
        if (named is not null)
        {
            if (named.EndsWith("+json", StringComparison.Ordinal) && Json(text, isWhole) is null) return MediaTypes.Text;
            if (MediaTypes.IsFreelyNamed(named) || named is "text/html" or "text/csv" or "text/tab-separated-values") return named;
            // Structures of proteins are called .cif too, and several JSON values .json.
            if (named == "chemical/x-cif" && Is("chemical/x-mmcif", text, isWhole)) return "chemical/x-mmcif";
            if (named is "application/json" or "application/x-ndjson") return Json(text, isWhole) ?? MediaTypes.Text;
            if (named == MediaTypes.Text) return Telling[..2].FirstOrDefault(type => Is(type, text, isWhole)) ?? MediaTypes.Text;
            if (Is(named, text, isWhole)) return named;
        }
        return Telling.FirstOrDefault(type => Is(type, text, isWhole)) ?? MediaTypes.Text;
    }

    static bool Is(string type, string text, bool isWhole) => type switch
    {
        "chemical/x-cif" => IsCif(text) && (text.Contains("\n_", StringComparison.Ordinal) || text.Contains("loop_", StringComparison.OrdinalIgnoreCase)),
        "chemical/x-mmcif" => IsCif(text) && (text.Contains("\n_atom_site.", StringComparison.Ordinal) || text.Contains("\n_entry.id", StringComparison.Ordinal)),
        "chemical/x-pdb" => IsPdb(text),
        "chemical/x-xyz" => IsXyz(text),
        "chemical/x-mdl-molfile" => IsMol(text),
        "chemical/x-mdl-sdfile" => IsMol(text) && (!isWhole || text.Contains("\n$$$$", StringComparison.Ordinal)) && text.Contains("M  END", StringComparison.Ordinal),
        "chemical/x-vasp-poscar" => IsPoscar(text),
        "model/gltf+json" => text.Contains("\"asset\"", StringComparison.Ordinal) && text.Contains("\"version\"", StringComparison.Ordinal)
            && (text.Contains("\"meshes\"", StringComparison.Ordinal) || text.Contains("\"scenes\"", StringComparison.Ordinal) || text.Contains("\"nodes\"", StringComparison.Ordinal))
            && Json(text, isWhole) == "application/json",
        "application/json" or "application/x-ndjson" => text.AsSpan().TrimStart() is ['{' or '[', ..] && Json(text, isWhole) == type,
        "model/stl" => text.AsSpan().TrimStart().StartsWith("solid") && text.Contains("facet normal", StringComparison.Ordinal),
        "model/obj" => IsObj(text),
        "text/csv" => IsTable(text, ',') || IsTable(text, ';'),
        "text/tab-separated-values" => IsTable(text, '\t'),
        _ => false,
    };

    /// <summary>One value is JSON, several are JSON lines; null where the text is neither.</summary>
    static string? Json(string text, bool isWhole)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), isWhole,
            new(new() { AllowMultipleValues = true, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 1000 }));
        var values = 0;
        try
        {
            while (reader.Read())
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject)) values++;
        }
        catch (JsonException)
        {
            return null;
        }
        return values switch { 0 => null, 1 => "application/json", _ => "application/x-ndjson" };
    }

    static bool IsCif(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
            if (line.TrimStart() is [not '#', ..] said) return said.StartsWith("data_", StringComparison.OrdinalIgnoreCase) && said.Length > 5;
        return false;
    }

    static bool IsPdb(string text)
    {
        var lines = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (lines++ == 0 && line.StartsWith("HEADER    ") || line.StartsWith("CRYST1 ")) return true;
            if ((line.StartsWith("ATOM  ") || line.StartsWith("HETATM")) && line.Length >= 54 && IsNumber(line[30..38]) && IsNumber(line[38..46]) && IsNumber(line[46..54])) return true;
            if (lines > 2000) return false;
        }
        return false;
    }

    static bool IsXyz(string text)
    {
        var lines = Lines(text, 3);
        return lines.Length == 3 && int.TryParse(lines[0], out var atoms) && atoms > 0 && Words(lines[2]) is [var symbol, var x, var y, var z, ..]
            && symbol.Length <= 5 && IsNumber(x) && IsNumber(y) && IsNumber(z);
    }

    static bool IsMol(string text)
    {
        var lines = Lines(text, 4);
        return lines.Length == 4 && (lines[3].Contains("V2000", StringComparison.Ordinal) || lines[3].Contains("V3000", StringComparison.Ordinal));
    }

    static bool IsPoscar(string text)
    {
        var lines = Lines(text, 5);
        return lines.Length == 5 && IsNumber(lines[1].Trim()) && lines[2..].All(line => Words(line) is [var x, var y, var z, ..] && IsNumber(x) && IsNumber(y) && IsNumber(z));
    }

    static bool IsObj(string text)
    {
        var vertices = 0;
        foreach (var line in Lines(text, 2000))
            if (line.StartsWith("v ", StringComparison.Ordinal) && Words(line) is [_, var x, var y, var z, ..] && IsNumber(x) && IsNumber(y) && IsNumber(z) && ++vertices == 3) return true;
        return false;
    }

    /// <summary>Without a name that says so, text is a table where ten lines, or all of at least three, are divided as often.</summary>
    static bool IsTable(string text, char delimiter)
    {
        var lines = Lines(text, 11).Where(l => l.Length > 0).Take(10).ToList();
        if (lines.Count < 3) return false;
        var divided = lines[0].Count(c => c == delimiter);
        return divided > 0 && lines.TrueForAll(line => line.Count(c => c == delimiter) == divided) && !lines[0].TrimEnd().EndsWith('.');
    }

    static string[] Lines(string text, int most) => [.. text.Split('\n', most + 1).Take(most).Select(line => line.TrimEnd('\r'))];

    static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    static bool IsNumber(ReadOnlySpan<char> text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
