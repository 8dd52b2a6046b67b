namespace Ouro.Server.Datasets;

/// <summary>What one query may take. The role's own limits (16 MB to sort in, 256 MB on disk) hold besides.</summary>
/// <param name="Rows">At most this many rows come back.</param>
/// <param name="Bytes">At most this many bytes come back.</param>
/// <param name="Time">The time from the start of the query to its last row; queueing is not counted.</param>
public sealed record QueryLimits(int Rows, long Bytes, TimeSpan Time)
{
    public static QueryLimits Default { get; } = new(10_000, 16 << 20, TimeSpan.FromSeconds(10));

    /// <summary>Of a result that is saved as a dataset and not sent to anybody.</summary>
    public static QueryLimits Saved { get; } = new(1_000_000, 1L << 30, TimeSpan.FromSeconds(60));
}

/// <summary>Why a result is not whole.</summary>
public enum Truncation { Rows, Bytes }

/// <summary>A column of a result: its name in the JSON, and PostgreSQL's name of its type.</summary>
public sealed record ResultColumn(string Name, string Type);

/// <summary>The answer to a query.</summary>
/// <param name="Columns">The columns in order.</param>
/// <param name="Rows">An array of objects, their keys in the order of the columns.</param>
/// <param name="Count">How many rows there are.</param>
/// <param name="Truncated">The limit that cut the result, or null where it is whole.</param>
public sealed record QueryResult(IReadOnlyList<ResultColumn> Columns, RawJson Rows, int Count, Truncation? Truncated);
