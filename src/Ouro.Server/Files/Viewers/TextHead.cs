using System.Text;

namespace Ouro.Server.Files;

/// <summary>The beginning of a text as lines, no more and no longer than a page can bear.</summary>
/// <param name="Lines">Its lines, without their ends.</param>
/// <param name="Left">What of the text is not among them, as a sentence; null when nothing is missing.</param>
/// <param name="IsTurned">Whether it holds signs that turn the direction of writing, which can make code look like other code.</param>
sealed record TextHead(IReadOnlyList<string> Lines, string? Left, bool IsTurned)
{
    public const int MostBytes = 256 * 1024;
    const int MostLines = 5_000;
    const int LongestLine = 4_000;

    public static TextHead Of(ShownFile file)
    {
        var bytes = file.Head.Length > MostBytes ? file.Head.AsSpan(0, MostBytes) : file.Head;
        var isWhole = file.IsWhole && bytes.Length == file.Head.Length;
        var text = Decode(bytes, file.Charset);
        // The last character may be cut in its middle.
        if (!isWhole) text = text.TrimEnd('\uFFFD');
        var lines = new List<string>();
        var isLong = false;
        var rest = text.AsSpan();
        while (lines.Count < MostLines && rest.Length > 0)
        {
            var end = rest.IndexOf('\n');
            var line = (end < 0 ? rest : rest[..end]).TrimEnd('\r');
            rest = end < 0 ? [] : rest[(end + 1)..];
            isLong |= line.Length > LongestLine;
            lines.Add(line.Length > LongestLine ? Cut(line) : line.ToString());
        }
        var left = !isWhole ? $"Only the first {Web.Told.Size(bytes.Length)} of {Web.Told.Size(file.Size)} are shown." : null;
        if (rest.Length > 0) left = $"Only the first {Web.Told.Number(lines.Count)} lines are shown.";
        if (isLong) left = $"{left} Lines of more than {Web.Told.Number(LongestLine)} characters are cut.".TrimStart();
        return new(lines, left, text.AsSpan().IndexOfAny(Turning) >= 0);
    }

    public static string Decode(ReadOnlySpan<byte> bytes, string? charset) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, .. var rest] => Encoding.UTF8.GetString(rest),
        [0xFF, 0xFE, 0, 0, .. var rest] => Encoding.UTF32.GetString(rest),
        [0xFF, 0xFE, .. var rest] => Encoding.Unicode.GetString(rest),
        [0xFE, 0xFF, .. var rest] => Encoding.BigEndianUnicode.GetString(rest),
        _ => Called(charset).GetString(bytes),
    };

    // A name that is not known here is read as what nearly everything is.
    static Encoding Called(string? charset) => charset?.ToLowerInvariant() switch
    {
        "utf-16le" or "utf-16" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "utf-32" or "utf-32le" => Encoding.UTF32,
        "iso-8859-1" or "windows-1252" => Encoding.Latin1,
        _ => Encoding.UTF8,
    };

    static string Cut(ReadOnlySpan<char> line) => string.Concat(line[..(char.IsHighSurrogate(line[LongestLine - 1]) ? LongestLine - 1 : LongestLine)], "…");

    static readonly System.Buffers.SearchValues<char> Turning = System.Buffers.SearchValues.Create("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069");
}
