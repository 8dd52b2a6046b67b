using System.Text.Json;
using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>What PostgreSQL says about a user's SQL, said to the user: their places, their placeholder, no names of ours.</summary>
static class QueryError
{
    const int LongestText = 2_000;

    static readonly HashSet<string> Readers = ["SELECT", "WITH", "VALUES", "TABLE", "("];

    public static Refusal Of(PostgresException error, QueryText query, int prefix, DatasetTable table)
    {
        if (error.SqlState == PostgresErrorCodes.QueryCanceled) return TimedOut(null);
        var position = error.Position > prefix ? query.Written(error.Position - prefix) : (int?)null;
        var details = Details(position, Ours(error.Detail, table));
        if (Writes(error, query, table) is { } verb)
            return new(400, PostgresErrorCodes.ReadOnlySqlTransaction, $"Query failed: only reads are possible; {verb}.",
                "Start with SELECT, WITH, VALUES or TABLE. Rows are changed through the dataset's data, not through SQL.", details);
        return new(400, error.SqlState, $"Query failed: {Ours(error.MessageText, table)}", Ours(error.Hint, table), details);
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
    static string? Writes(PostgresException error, QueryText query, DatasetTable table) => error.SqlState switch
    {
        PostgresErrorCodes.SyntaxError when !Readers.Contains(query.FirstWord) && char.IsAsciiLetter(query.FirstWord[0]) =>
            $"this one starts with {Short(query.FirstWord)}",
        PostgresErrorCodes.ReadOnlySqlTransaction => "this one would write",
        PostgresErrorCodes.SyntaxError when Says(error, "INTO is not allowed") => "this one would create a table",
        PostgresErrorCodes.InvalidCursorDefinition => "this one would create a table",
        PostgresErrorCodes.FeatureNotSupported when Says(error, "WITH") => "this one writes inside WITH",
        PostgresErrorCodes.FeatureNotSupported when Says(error, "FOR ") => "this one locks rows",
        // The role may always read its own view, so what it may not do is to lock it.
        PostgresErrorCodes.InsufficientPrivilege when Says(error, table.Name) => "this one locks rows",
        _ => null,
    };

    static bool Says(PostgresException error, string words) => error.MessageText.Contains(words, StringComparison.Ordinal);

    static string? Ours(string? text, DatasetTable table)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return Short(text).Replace($"{DatasetTable.Schema}.{table.Name}", QueryText.Placeholder, StringComparison.Ordinal)
            .Replace(table.Name, QueryText.Placeholder, StringComparison.Ordinal);
    }

    /// <summary>An error may quote a value of any size.</summary>
    static string Short(string text) => text.Length <= LongestText ? text : $"{text.AsSpan(0, LongestText)}…";
}
