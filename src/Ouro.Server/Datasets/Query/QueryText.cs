using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>
/// A user's SQL, read as far as it must be before it is sent: which datasets it names where SQL expects a name, and one closing semicolon
/// dropped. This is a convenience and never the boundary: what a query may read is decided by the role that runs it.
/// </summary>
public sealed class QueryText
{
    /// <summary>Stands for the dataset that is asked.</summary>
    public const string Placeholder = "{{table}}";

    /// <summary>The beginning of what stands for any other: <c>{{dataset:…}}</c>.</summary>
    public const string OtherDataset = "{{dataset:";

    const int MaximumLength = 200_000;
    const int MostDatasets = 16;

    readonly string written;
    readonly string firstWord;
    readonly List<(int Start, int Length, Guid? Dataset)> placeholders;

    QueryText(string written, string firstWord, List<(int, int, Guid?)> placeholders)
    {
        (this.written, this.firstWord, this.placeholders) = (written, firstWord, placeholders);
        Others = [.. this.placeholders.Select(p => p.Dataset).OfType<Guid>().Distinct()];
    }

    /// <summary>The datasets that are named by their ids.</summary>
    public IReadOnlyList<Guid> Others { get; }

    /// <summary>Another dataset, as SQL names it.</summary>
    public static string Named(Guid dataset) => $"{OtherDataset}{dataset}}}}}";

    /// <summary>Reads a user's SQL. Refuses what cannot be sent at all.</summary>
    public static QueryText Read(string written)
    {
        if (written.Length > MaximumLength)
            throw Refusal.Invalid("54000", $"Query failed: the SQL is longer than {MaximumLength:N0} characters.", "Send a shorter query.");
        if (written.Contains('\0', StringComparison.Ordinal) || !IsUnicode(written))
            throw Refusal.Invalid("22021", "Query failed: the SQL contains characters that are no text.", "Send plain Unicode text without NUL.");

        var placeholders = new List<(int, int, Guid?)>();
        string? firstWord = null;
        var semicolon = -1;
        var name = false; // The token before was the schema's name: a dot may follow.
        foreach (var token in new SqlTokens(written))
        {
            if (token.Kind is SqlTokens.Kind.Space) continue;
            var text = written.AsSpan(token.Start, token.Length);
            if (semicolon >= 0)
                throw At("42601", "one statement at a time.", "Remove what follows the semicolon.", written, semicolon);
            firstWord ??= token.Kind is SqlTokens.Kind.Word ? text.ToString().ToUpperInvariant() : text[..1].ToString();
            switch (token.Kind)
            {
                case SqlTokens.Kind.Parameter:
                    // PostgreSQL waits for a value and then gives up on the whole connection.
                    throw At("42P02", $"there is no parameter {text}.", "Write the value itself into the SQL.", written, token.Start);
                case SqlTokens.Kind.UnicodeName:
                    throw At("0A000", "names written as U&\"…\" are not supported.", "Write the name as it is.", written, token.Start);
                case SqlTokens.Kind.Symbol when text is "." && name:
                    // Nothing is read this way, but PostgreSQL would name the columns of a table whose name was guessed.
                    throw At("42501", $"tables of the schema {DatasetTable.Schema} have no names.", $"Write {Placeholder} for this dataset's table.",
                        written, token.Start);
                case SqlTokens.Kind.Placeholder:
                    placeholders.Add((token.Start, token.Length, text is Placeholder ? null : Id(written, token)));
                    break;
                case SqlTokens.Kind.Symbol when text is ";":
                    semicolon = token.Start;
                    break;
            }
            name = token.Kind is SqlTokens.Kind.Word && text.Equals(DatasetTable.Schema, StringComparison.OrdinalIgnoreCase)
                || token.Kind is SqlTokens.Kind.QuotedName && text.Trim('"').Equals(DatasetTable.Schema, StringComparison.Ordinal);
        }
        if (firstWord is null or ";")
            throw Refusal.Invalid("42601", "Query failed: there is no SQL.", $"For example: select * from {Placeholder} limit 10");
        // Places stay the same without the semicolon.
        var read = new QueryText(semicolon < 0 ? written : $"{written.AsSpan(0, semicolon)} {written.AsSpan(semicolon + 1)}", firstWord, placeholders);
        return read.Others.Count <= MostDatasets ? read
            : throw Refusal.Invalid("54001", $"Query failed: it names {read.Others.Count} datasets, and one query reads at most {MostDatasets}.", "Join fewer at a time.");
    }

    /// <summary>The query over these tables, the placeholders replaced by what they stand for.</summary>
    /// <param name="home">What <c>{{table}}</c> stands for; null where nothing is.</param>
    /// <param name="others">The datasets that are named by their ids.</param>
    public SentQuery Over(DatasetTable? home, IReadOnlyDictionary<Guid, DatasetTable> others)
    {
        var sql = new StringBuilder(written.Length + 64);
        var places = new List<SentQuery.Place>(placeholders.Count);
        var tables = new Dictionary<DatasetTable, string>();
        var from = 0;
        foreach (var (start, length, dataset) in placeholders)
        {
            var table = (dataset is { } id ? others[id] : home)
                ?? throw At("42P01", $"there is no dataset here that {Placeholder} stands for.", "Write {{dataset:<id>}} for each dataset.", written, start);
            sql.Append(written, from, start - from).Append(table.Qualified);
            places.Add(new(Characters(written, start), length, table.Qualified.Length));
            if (dataset is null || !tables.ContainsKey(table)) tables[table] = written.Substring(start, length);
            from = start + length;
        }
        // What names no dataset still runs as somebody: as the dataset that was asked.
        if (tables.Count == 0) tables.Add(home ?? throw Refusal.Invalid("42P01", "Query failed: it names no dataset.", "Write {{dataset:<id>}} where a table stands."), Placeholder);
        return new(sql.Append(written, from, written.Length - from).ToString(), firstWord, places, tables);
    }

    static Guid Id(string written, SqlTokens.Token token)
    {
        var text = written.AsSpan(token.Start, token.Length);
        return text.EndsWith("}}", StringComparison.Ordinal) && Guid.TryParseExact(text[OtherDataset.Length..^2].Trim(), "D", out var id) ? id
            : throw At("42602", $"{text} does not name a dataset.", "Write {{dataset:<id>}} with the dataset's uuid.", written, token.Start);
    }

    static Refusal At(string code, string problem, string hint, string written, int index) =>
        new(400, code, $"Query failed: {problem}", hint, QueryError.Details(Characters(written, index) + 1, null));

    /// <summary>PostgreSQL counts characters, .NET halves of them.</summary>
    static int Characters(string text, int index)
    {
        var count = index;
        for (var i = 0; i < index; i++)
            if (char.IsLowSurrogate(text[i])) count--;
        return count;
    }

    static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i])) return false;
        }
        return true;
    }
}
