using System.Text;

namespace Ouro.Server.Kernel;

/// <summary>What a browser is told to do with bytes that it fetches, and what they are called: the value of a <c>Content-Disposition</c>.</summary>
public static class Disposition
{
    /// <summary>The name twice: in ASCII for old clients, and as it is. Quotes, controls and slashes have no place in either.</summary>
    public static string Of(string name, bool isInline = false)
    {
        var clean = string.Concat(name.Select(c => char.IsControl(c) || c is '/' or '\\' or '"' ? '_' : c));
        var ascii = string.Concat(clean.EnumerateRunes().Select(rune => rune.IsAscii ? rune.ToString() : "_"));
        var escaped = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(clean))
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~') escaped.Append((char)b);
            else escaped.Append('%').Append(b.ToString("X2"));
        return $"{(isInline ? "inline" : "attachment")}; filename=\"{ascii}\"; filename*=UTF-8''{escaped}";
    }
}
