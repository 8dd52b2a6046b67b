using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What became of rows that were written.</summary>
/// <param name="Inserted">Rows that are in the table now.</param>
/// <param name="Skipped">Rows that were left out; the warning says why.</param>
/// <param name="Mode">How they were put in.</param>
/// <param name="Warning">What was left out of them; null where nothing was.</param>
public sealed record WrittenRows(long Inserted, long Skipped, IngestMode Mode = IngestMode.Append, IngestWarning? Warning = null)
{
    /// <summary>Both together, as one answer to rows that were sent in parts.</summary>
    internal WrittenRows Plus(WrittenRows next) =>
        this with { Inserted = Inserted + next.Inserted, Skipped = Skipped + next.Skipped, Warning = Together(Warning, next.Warning) };

    static IngestWarning? Together(IngestWarning? first, IngestWarning? next) => (first, next) switch
    {
        (null, _) => next,
        (_, null) => first,
        _ => next with
        {
            IgnoredColumns = [.. first.IgnoredColumns.Concat(next.IgnoredColumns).GroupBy(c => c.Column).Select(c => new IgnoredColumn(c.Key, c.Sum(i => i.Count))).Take(Most.Columns)],
            Refs = Together(first.Refs, next.Refs),
            Rows = first.Rows is null ? next.Rows : [.. first.Rows.Concat(next.Rows ?? []).Take(Most.Rows)],
        },
    };

    static RefWarning? Together(RefWarning? first, RefWarning? next) => (first, next) switch
    {
        (null, _) => next,
        (_, null) => first,
        _ => new(first.MissingCount + next.MissingCount, first.TypeMismatchCount + next.TypeMismatchCount, first.MalformedCount + next.MalformedCount,
            first.SkippedRowCount + next.SkippedRowCount,
            [.. first.Columns.Concat(next.Columns).GroupBy(c => (c.Column, c.Kind)).Select(c => new RefWarningColumn(c.Key.Column, c.Key.Kind, [.. c.SelectMany(i => i.Missing).Distinct().Take(Most.Missing)]))]),
    };

    /// <summary>How much a warning names.</summary>
    internal static class Most
    {
        public const int Columns = 20, Rows = 10, Missing = 10;
    }

    internal static WrittenRows? Of<T>(Envelope<T> answer) =>
        answer.RowIngest is { } rows ? new(rows.Inserted, rows.Skipped, rows.Mode, answer.Warning) : null;
}

/// <summary>A dataset that was just created, with what became of its rows.</summary>
public sealed record CreatedDataset : Asset
{
    /// <summary>What became of the rows that it was created with.</summary>
    [JsonIgnore]
    public WrittenRows Rows { get; init; } = new(0, 0);
}
