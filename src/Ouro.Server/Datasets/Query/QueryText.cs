using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>
/// A user's SQL made ready to send: the placeholder replaced where SQL expects a name, one closing semicolon dropped, and a way
/// back from a place in what was sent to the place in what was written. This is a convenience and never the boundary:
/// what a query may read is decided by the role that runs it.
/// </summary>
public sealed class QueryText
{
    public const string Placeholder = "{{table}}";
    const int MaximumLength = 200_000;

    readonly List<int> placeholders;
    readonly int growth;

    QueryText(string sql, string firstWord, List<int> placeholders, int growth)
    {
        (Sql, FirstWord, this.placeholders, this.growth) = (sql, firstWord, placeholders, growth);
    }

    /// <summary>What is sent.</summary>
    public string Sql { get; }

    /// <summary>The first word in upper case, which says whether a statement meant to read.</summary>
    public string FirstWord { get; }

    /// <summary>Reads a user's SQL, with <paramref name="view"/> for the placeholder.</summary>
    public static QueryText Read(string written, string view)
    {
        if (written.Length > MaximumLength)
            throw Refusal.Invalid("54000", $"Query failed: the SQL is longer than {MaximumLength:N0} characters.", "Send a shorter query.");
        if (written.Contains('\0', StringComparison.Ordinal) || !IsUnicode(written))
            throw Refusal.Invalid("22021", "Query failed: the SQL contains characters that are no text.", "Send plain Unicode text without NUL.");

        var sql = new StringBuilder(written.Length + 64);
        var placeholders = new List<int>();
        string? firstWord = null;
        var semicolon = -1;
        var name = false; // The token before was the schema's name: a dot may follow.
        foreach (var token in new SqlTokens(written))
        {
            var text = written.AsSpan(token.Start, token.Length);
            if (token.Kind is SqlTokens.Kind.Space)
            {
                sql.Append(text);
                continue;
            }
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
                    placeholders.Add(Characters(written, token.Start));
                    sql.Append(view);
                    break;
                case SqlTokens.Kind.Symbol when text is ";":
                    semicolon = token.Start;
                    sql.Append(' '); // Places stay the same.
                    break;
                default:
                    sql.Append(text);
                    break;
            }
            name = token.Kind is SqlTokens.Kind.Word && text.Equals(DatasetTable.Schema, StringComparison.OrdinalIgnoreCase)
                || token.Kind is SqlTokens.Kind.QuotedName && text.Trim('"').Equals(DatasetTable.Schema, StringComparison.Ordinal);
        }
        if (firstWord is null or ";")
            throw Refusal.Invalid("42601", "Query failed: there is no SQL.", $"For example: select * from {Placeholder} limit 10");
        return new(sql.ToString(), firstWord, placeholders, view.Length - Placeholder.Length);
    }

    /// <summary>
    /// Where, in what was written, a place in what was sent is; both in characters and counted from one, as PostgreSQL does. A place
    /// inside the table's name is the placeholder's.
    /// </summary>
    public int Written(int sent)
    {
        var shift = 0;
        foreach (var placeholder in placeholders)
        {
            var start = placeholder + 1 + shift;
            if (sent <= start) break;
            if (sent < start + Placeholder.Length + growth) return placeholder + 1;
            shift += growth;
        }
        return Math.Max(1, sent - shift);
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
