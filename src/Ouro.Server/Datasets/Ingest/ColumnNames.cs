using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>
/// Column names as they are written: lowercase snake_case, so that SQL needs no quotes. Capitals inside a word begin a new one
/// (<c>userID</c> → <c>user_id</c>, <c>IMDBRating</c> → <c>imdb_rating</c>); letters of every script stay letters; everything else
/// becomes one underscore.
/// </summary>
public static class ColumnNames
{
    /// <summary>The hidden column that numbers the rows in the order of ingestion.</summary>
    public const string Row = "_row";

    /// <summary>PostgreSQL's limit, less the hidden column.</summary>
    public const int MaxColumns = 1600 - 1;

    const int MaxBytes = 63;

    static readonly HashSet<string> Reserved = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", Row];

    /// <summary>Whether PostgreSQL, or this program, has a column of this name in every table.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name.Trim().ToLowerInvariant());

    /// <summary>One distinct name for each header, in order. The n-th column without a name is <c>column_n</c>.</summary>
    public static IReadOnlyList<string> For(IReadOnlyList<string> headers)
    {
        if (headers.Count == 0) throw Refusal.Invalid("no_columns", "There are no columns.", "Send at least one named column.");
        MustNotExceed(headers.Count);

        var names = new List<string>(headers.Count);
        var taken = new HashSet<string>(headers.Count);
        foreach (var header in headers) names.Add(Next(header, names.Count, taken));
        return names;
    }

    /// <summary>The name for one more column beside those that are <paramref name="taken"/>, which it joins.</summary>
    internal static string Next(string header, int position, HashSet<string> taken)
    {
        var name = Normalize(header);
        if (name.Length == 0) name = $"column_{position + 1}";
        var candidate = name;
        for (var n = 2; !taken.Add(candidate); n++) candidate = Cut(name, MaxBytes - $"_{n}".Length) + $"_{n}";
        return candidate;
    }

    internal static void MustNotExceed(int columns)
    {
        if (columns > MaxColumns)
            throw Refusal.Invalid("too_many_columns",
                $"There are {columns:N0} columns; a dataset holds at most {MaxColumns:N0}.",
                "Turn repeated columns into rows (one row for each name and value), or split the data into several datasets.");
    }

    /// <summary>
    /// The name alone, without regard to its neighbours; empty where nothing of the header is left. What is already normal stays as it is,
    /// so a row's keys and the columns of its table meet whichever spelling was sent.
    /// </summary>
    public static string Normalize(string header)
    {
        var name = new StringBuilder(header.Length + 4);
        Rune before = default;
        for (var i = 0; i < header.Length;)
        {
            Rune.DecodeFromUtf16(header.AsSpan(i), out var rune, out var length);
            i += length;
            if (!IsPart(rune))
            {
                // A leading underscore says something (“private”, “index”); one that stands for a space does not.
                if (name.Length > 0 || rune.Value == '_') Underscore(name);
                before = default;
                continue;
            }
            if (Rune.IsUpper(rune) && BeginsWord(before, header.AsSpan(i))) Underscore(name);
            name.Append(Rune.ToLowerInvariant(rune).ToString());
            before = rune;
        }

        while (name.Length > 0 && name[^1] == '_') name.Length--;
        if (name.Length == 0) return "";
        if (char.IsDigit(name[0])) name.Insert(0, '_');
        var cut = Cut(name.ToString(), MaxBytes);
        return Reserved.Contains(cut) ? cut + "_" : cut;
    }

    static bool IsPart(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    static bool BeginsWord(Rune before, ReadOnlySpan<char> after)
    {
        if (before == default) return false;
        if (Rune.IsLower(before)) return true;
        return Rune.IsUpper(before) && Rune.DecodeFromUtf16(after, out var next, out _) == System.Buffers.OperationStatus.Done && Rune.IsLower(next);
    }

    static void Underscore(StringBuilder name)
    {
        if (name.Length == 0 || name[^1] != '_') name.Append('_');
    }

    /// <summary>PostgreSQL would cut a longer name itself, perhaps within a letter, and two long names could then meet.</summary>
    static string Cut(string name, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= bytes) return name;
        var length = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0) break;
            length += rune.Utf16SequenceLength;
        }
        return name[..length].TrimEnd('_');
    }
}
