using System.Globalization;

namespace Ouro.Server.Datasets;

/// <summary>What to read of a dataset.</summary>
/// <param name="Sql">One SELECT; null for the rows as they were put in.</param>
/// <param name="Limit">The most rows, 1 to 1000.</param>
/// <param name="Offset">Rows to skip.</param>
/// <param name="ResolveRefs">Whether to name what references mean.</param>
public sealed record PageOfDataset(string? Sql, int? Limit, int? Offset, bool ResolveRefs);

/// <summary>A page of a dataset.</summary>
/// <param name="Rows">The rows, a JSON array of objects.</param>
/// <param name="Limit">The most rows of a page; null where the SQL says it itself.</param>
/// <param name="Offset">Rows before this page; null where the SQL says it itself.</param>
/// <param name="HasMore">Whether there are more rows.</param>
/// <param name="Warning">Why the rows are fewer than asked for.</param>
/// <param name="ResolvedRefs">Where it was asked for, what the references mean.</param>
public sealed record DatasetPage(RawJson Rows, int? Limit, int? Offset, bool HasMore, string? Warning, IReadOnlyDictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>>? ResolvedRefs = null);

/// <summary>Pages of a user's SELECT.</summary>
static class QueryPaging
{
    /// <summary>
    /// The SELECT with a limit and an offset behind it, where it has none of its own. The limit asks for one row more than the page holds, which
    /// tells whether there is another page.
    /// </summary>
    public static (string Sql, bool IsPaged) Of(string sql, int limit, int offset)
    {
        var (end, closed) = (0, false);
        foreach (var token in new SqlTokens(sql))
        {
            if (token.Kind == SqlTokens.Kind.Space) continue;
            // A second statement is refused, and as it was written.
            if (closed) return (sql, false);
            var text = sql.AsSpan(token.Start, token.Length);
            if (token.Kind == SqlTokens.Kind.Word && IsLimit(text)) return (sql, false);
            closed = token.Kind == SqlTokens.Kind.Symbol && text is ";";
            if (!closed) end = token.Start + token.Length;
        }
        return end == 0 ? (sql, false) : (string.Create(CultureInfo.InvariantCulture, $"{sql.AsSpan(0, end)} LIMIT {limit + 1} OFFSET {offset}"), true);
    }

    static bool IsLimit(ReadOnlySpan<char> word) =>
        word.Equals("limit", StringComparison.OrdinalIgnoreCase) || word.Equals("offset", StringComparison.OrdinalIgnoreCase)
        || word.Equals("fetch", StringComparison.OrdinalIgnoreCase);
}
