using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What became of rows that were sent.</summary>
/// <param name="Inserted">Rows that are in the table now.</param>
/// <param name="Skipped">Rows that were left out.</param>
/// <param name="Added">By how many rows the table grew.</param>
/// <param name="Warning">What was left out, and why; null where nothing was.</param>
sealed record Ingested(long Inserted, long Skipped, long Added, IngestWarning? Warning);

/// <summary>Rows of a request into a dataset's table, all or none, in the transaction of the caller.</summary>
static class RowWriting
{
    public static readonly Ingested Nothing = new(0, 0, 0, null);

    public static async Task<Ingested> Append(Tx tx, StoredTable table, JsonElement rows, CancellationToken ct)
    {
        var input = Read(table, rows);
        return Done(input, input.Count == 0 ? 0 : await input.CopyTo(tx, table.From, null, ct));
    }

    public static async Task<Ingested> Overwrite(Tx tx, StoredTable table, JsonElement rows, CancellationToken ct)
    {
        var input = Read(table, rows);
        await tx.Run($"truncate {table.From} restart identity", ct);
        return Done(input, input.Count == 0 ? 0 : await input.CopyTo(tx, table.From, null, ct));
    }

    /// <summary>Rows whose <c>id</c> is there replace the named columns of that row, in its place; the others are appended. Of two with one id the last counts.</summary>
    public static async Task<Ingested> Upsert(Tx tx, StoredTable table, JsonElement rows, CancellationToken ct)
    {
        if (!table.Columns.Exists(c => c.Name == "id"))
            throw Refusal.Invalid("no_id_column", "An upsert matches rows by the column id, and this dataset has none.", "Append the rows, or overwrite the dataset.");
        var input = Read(table, rows);
        if (input.Count == 0) return Done(input, 0);
        for (var i = 0; i < input.Count; i++)
            if (input.Value(i, "id").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
                throw Refusal.Invalid("row_without_id", $"Row {i + 1:N0} has no id.", "Every row of an upsert needs one.");

        var sent = Sql.Identifier("sent_rows");
        var row = Sql.Identifier(ColumnNames.Row);
        await tx.Run($"create temp table {sent} ({row} bigint generated always as identity, like {table.View}) on commit drop", ct);
        await input.CopyTo(tx, sent, null, ct);
        await tx.Run($"delete from {sent} s using {sent} later where later.id = s.id and later.{row} > s.{row}", ct);
        // The first upsert of a dataset pays for the index by which all later ones find their rows.
        await tx.Run($"create index if not exists {Sql.Identifier(table.PhysicalName + "_id")} on {table.From} (id)", ct);
        var named = input.NamedColumns.Select(Sql.Identifier).ToList();
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
        return Done(input, changed + added) with { Added = added };
    }

    static JsonRowsInput Read(StoredTable table, JsonElement rows) => JsonRowsInput.Read(
        rows, [.. table.Columns.Select(c => new TableColumn(c.Name, c.Type))],
        table.Columns.DistinctBy(c => c.SentAs).ToDictionary(c => c.SentAs, c => c.Name));

    static Ingested Done(JsonRowsInput input, long inserted) =>
        new(inserted, 0, inserted, input.IgnoredColumns is { Count: > 0 } ignored
            ? new($"{ignored.Count} columns of the rows are not in the dataset and were left out: {string.Join(", ", ignored.Select(i => i.Column))}.", ignored)
            : null);
}
