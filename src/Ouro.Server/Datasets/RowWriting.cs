using System.Globalization;
using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What became of rows that were sent.</summary>
/// <param name="Inserted">Rows that are in the table now.</param>
/// <param name="Skipped">Rows that were left out.</param>
/// <param name="Added">By how many rows the table grew.</param>
/// <param name="Warning">What was left out, and why; null where nothing was.</param>
sealed record Ingested(long Inserted, long Skipped, long Added, IngestWarning? Warning);

/// <summary>Rows of a request into a dataset's table, all that may go in or none, in the transaction of the caller.</summary>
static class RowWriting
{
    /// <summary>The rows of a request, checked against a table before anybody waits for it.</summary>
    public static JsonRowsInput Read(StoredTable table, ReadOnlySpan<byte> rows, IngestMode mode)
    {
        if (mode == IngestMode.Upsert && !table.Columns.Exists(c => c.Name == "id"))
            throw Refusal.Invalid("no_id_column", "An upsert matches rows by the column id, and this dataset has none.", "Append the rows, or overwrite the dataset.");
        var input = JsonRowsInput.Read(rows,
            [.. table.Columns.Select(c => new TableColumn(c.Name, c.Type, c.Reference is not null, c.Values, c.Required && mode != IngestMode.Upsert))],
            table.Columns.DistinctBy(c => c.SentAs).ToDictionary(c => c.SentAs, c => c.Name));
        return mode == IngestMode.Upsert && input.FirstWithout("id") is { } row
            ? throw Refusal.Invalid("row_without_id", $"Row {row + 1:N0} has no id.", "Every row of an upsert needs one.", JsonRowsInput.At(row + 1, "id"))
            : input;
    }

    public static async Task<Ingested> Write(Tx tx, Actor actor, StoredTable table, JsonRowsInput input, IngestMode mode, CancellationToken ct)
    {
        var (leftOut, refs, rows) = await References.Check(tx, actor, table, input, ct);
        if (mode == IngestMode.Overwrite) await tx.Run($"truncate {table.From} restart identity", ct);
        var (inserted, added) = (0L, 0L);
        if (leftOut.Count == input.Count) { }
        else if (mode == IngestMode.Upsert) (inserted, added) = await Upsert(tx, table, input, leftOut, ct);
        else inserted = added = await input.CopyTo(tx, table.From, leftOut, ct);
        return new(inserted, leftOut.Count, added, Warning(input, refs, rows));
    }

    /// <summary>Rows whose <c>id</c> is there replace the named columns of that row, in its place; the others are appended. Of two with one id the last counts.</summary>
    static async Task<(long Inserted, long Added)> Upsert(Tx tx, StoredTable table, JsonRowsInput input, HashSet<int> leftOut, CancellationToken ct)
    {
        var sent = Sql.Identifier("sent_rows");
        var row = Sql.Identifier(ColumnNames.Row);
        await tx.Run($"create temp table {sent} ({row} bigint generated always as identity, like {table.View}) on commit drop", ct);
        await input.CopyTo(tx, sent, leftOut, ct);
        await tx.Run($"delete from {sent} s using {sent} later where later.id = s.id and later.{row} > s.{row}", ct);
        // The first upsert of a dataset pays for the index by which all later ones find their rows.
        await tx.Run($"create index if not exists {Sql.Identifier(table.PhysicalName + "_id")} on {table.From} (id)", ct);
        var named = input.NamedColumns.Select(Sql.Identifier).ToList();
        try
        {
            var changed = await tx.Maybe<long>($"""
                with changed as (
                  update {table.From} t set {Sql.Join(", ", named.Select(n => (Sql)$"{n} = s.{n}"))} from {sent} s where t.id = s.id returning s.id)
                select count(distinct id) from changed
                """, ct);
            var added = await tx.Run($"""
                insert into {table.From} ({Sql.Join(", ", named)})
                select {Sql.Join(", ", named.Select(n => (Sql)$"s.{n}"))} from {sent} s
                where not exists (select from {table.From} t where t.id = s.id)
                order by s.{row}
                """, ct);
            return (changed + added, added);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.NotNullViolation)
        {
            throw Refusal.Invalid("value_missing", $"A row has no value in “{e.ColumnName}”, and every row needs one.", "Send one, or let the column be empty.",
                Wire.Element(new { column = e.ColumnName }));
        }
    }

    static IngestWarning? Warning(JsonRowsInput input, RefWarning? refs, List<SkippedRow> rows)
    {
        var ignored = input.IgnoredColumns;
        List<string> told = [];
        if (refs is not null)
            told.Add(string.Create(CultureInfo.InvariantCulture, $"{refs.SkippedRowCount:N0} of {input.Count:N0} rows were left out, because their references name nothing that you may see, or something of another type."));
        if (ignored.Count > 0)
            told.Add($"{ignored.Count} columns of the rows are not in the dataset and were left out: {string.Join(", ", ignored.Select(i => i.Column))}.");
        return told.Count == 0 ? null : new(string.Join(" ", told), ignored, refs, rows.Count > 0 ? rows : null);
    }
}
