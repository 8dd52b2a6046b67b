using System.Text;
using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Files;

/// <summary>How what an inspector found is written down.</summary>
public static class Classified
{
    /// <summary>A preview lists no more than so much of anything.</summary>
    public const int MostListed = 100;

    /// <summary>A classification; details that are not known are left out.</summary>
    public static JsonElement As(string inspector, string kind, params (string Name, object? Value)[] details)
    {
        var all = new Dictionary<string, object> { ["inspector"] = inspector, ["kind"] = kind, ["version"] = 1 };
        foreach (var (name, value) in details)
            if (value is not null) all[name] = value;
        return Wire.Element(all);
    }

    /// <summary>Text of a file as it may be kept and shown: without control characters, which the database cannot keep, and not too long.</summary>
    public static string Shown(string text, int most = 200)
    {
        var shown = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length + rune.Utf16SequenceLength > most) break;
            if (!Rune.IsControl(rune) || rune.Value is '\n' or '\t') shown.Append(rune);
        }
        return shown.ToString();
    }
}
