using System.Text.Json;
using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>What PostgreSQL says about a user's SQL, said to the user: their places, their placeholders, no names of ours.</summary>
static class QueryError
{
    const int LongestText = 2_000;

    // The words that statements of PostgreSQL begin with and that do something else than read. What begins with none of them is misspelt.
    static readonly HashSet<string> Others =
    [
        "ABORT", "ALTER", "ANALYZE", "BEGIN", "CALL", "CHECKPOINT", "CLOSE", "CLUSTER", "COMMENT", "COMMIT", "COPY", "CREATE", "DEALLOCATE", "DECLARE",
        "DELETE", "DISCARD", "DO", "DROP", "END", "EXECUTE", "EXPLAIN", "FETCH", "GRANT", "IMPORT", "INSERT", "LISTEN", "LOAD", "LOCK", "MERGE", "MOVE",
        "NOTIFY", "PREPARE", "REASSIGN", "REFRESH", "REINDEX", "RELEASE", "RESET", "REVOKE", "ROLLBACK", "SAVEPOINT", "SECURITY", "SET", "SHOW", "START",
        "TRUNCATE", "UNLISTEN", "UPDATE", "VACUUM",
    ];

    public static Refusal Of(PostgresException error, SentQuery query, int prefix)
    {
        if (error.SqlState == PostgresErrorCodes.QueryCanceled) return TimedOut(null);
        var position = error.Position > prefix ? query.Written(error.Position - prefix) : (int?)null;
        var details = Details(position, Ours(error.Detail, query));
        if (Writes(error, query) is { } verb)
            return new(400, PostgresErrorCodes.ReadOnlySqlTransaction, $"Query failed: only reads are possible; {verb}.",
                "Start with SELECT, WITH, VALUES or TABLE. Rows are changed through the dataset's data, not through SQL.", details);
        return new(400, error.SqlState, $"Query failed: {Ours(error.MessageText, query)}", Ours(error.Hint, query), details);
    }

    public static Refusal TimedOut(TimeSpan? after) => new(408, PostgresErrorCodes.QueryCanceled,
        $"Query failed: it took too long and was stopped{(after is { } time ? FormattableString.Invariant($" after {time.TotalSeconds:0.#} s") : "")}.",
        "Read fewer rows: filter earlier, join on equal keys, or add a LIMIT.");

    public static Refusal Busy() =>
        new(429, "queries_busy", "Too many queries are running just now.", "Try again in a few seconds.") { RetryAfter = 5 };

    public static Refusal Lost() => new(400, PostgresErrorCodes.ConnectionFailure, "Query failed: the database gave up on this query.",
        "It may need more memory than one query gets: read fewer rows, or build smaller values.");

    public static JsonElement? Details(int? position, string? detail)
    {
        if (position is null && detail is null) return null;
        var details = new Dictionary<string, object>();
        if (position is { } place) details["position"] = place;
        if (detail is not null) details["detail"] = detail;
        return JsonSerializer.SerializeToElement(details);
    }

    /// <summary>What the query does instead of reading, or null where it reads.</summary>
    static string? Writes(PostgresException error, SentQuery query) => error.SqlState switch
    {
        PostgresErrorCodes.SyntaxError when Others.Contains(query.FirstWord) => $"this one starts with {query.FirstWord}",
        PostgresErrorCodes.ReadOnlySqlTransaction => "this one would write",
        PostgresErrorCodes.SyntaxError when Says(error, "INTO is not allowed") => "this one would create a table",
        PostgresErrorCodes.InvalidCursorDefinition => "this one would create a table",
        PostgresErrorCodes.FeatureNotSupported when Says(error, "WITH") => "this one writes inside WITH",
        PostgresErrorCodes.FeatureNotSupported when Says(error, "FOR ") => "this one locks rows",
        // The role may always read its own views, so what it may not do is to lock them.
        PostgresErrorCodes.InsufficientPrivilege when query.Tables.Any(table => Says(error, table.Name)) => "this one locks rows",
        _ => null,
    };

    static bool Says(PostgresException error, string words) => error.MessageText.Contains(words, StringComparison.Ordinal);

    static string? Ours(string? text, SentQuery query) => string.IsNullOrEmpty(text) ? null : query.Told(Short(text));

    /// <summary>An error may quote a value of any size.</summary>
    static string Short(string text) => text.Length <= LongestText ? text : $"{text.AsSpan(0, LongestText)}…";
}
