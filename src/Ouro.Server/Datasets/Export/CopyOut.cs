using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>Rows as the text that PostgreSQL's COPY writes, passed on as it comes: this program never looks at a value.</summary>
static class CopyOut
{
    const int Piece = 64 * 1024;

    public static Task Csv(Db db, StoredTable table, Stream to, CancellationToken ct) => Copy(db, $"""
        copy (
          select {Sql.Join(", ", table.Columns.Select(c => (Sql)$"{Plain(c)} as {Sql.Identifier(c.Name)}"))}
          from {table.From}
          order by {Sql.Identifier(ColumnNames.Row)}) to stdout (format csv, header)
        """, to, ct);

    /// <summary>JSON holds no control characters, so as delimiter and quotation mark they keep COPY from quoting anything.</summary>
    public static Task JsonLines(Db db, StoredTable table, Stream to, CancellationToken ct) => Copy(db, $"""
        copy (
          select row_to_json(r)
          from (select {table.ColumnList} from {table.From} order by {Sql.Identifier(ColumnNames.Row)}) r) to stdout (format csv, delimiter E'\x02', quote E'\x01')
        """, to, ct);

    /// <summary>Booleans as words and moments in ISO 8601, as in every other answer; infinity and years before Christ as PostgreSQL has them.</summary>
    static Sql Plain(StoredColumn column)
    {
        var name = Sql.Identifier(column.Name);
        return column.Type switch
        {
            ColumnType.Boolean => $"{name}::text",
            ColumnType.Timestamptz => $"""
                case when {name} >= '0001-01-01' and {name} < 'infinity' then replace({name}::text, ' ', 'T') || ':00' else {name}::text end
                """,
            _ => name,
        };
    }

    static async Task Copy(Db db, Sql copy, Stream to, CancellationToken ct)
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        var rows = (NpgsqlCopyTextReader)await connection.BeginTextExportAsync(copy.ToString(), ct);
        try
        {
            // The bytes are UTF-8 already, and are worth more than the characters that the reader would make of them.
            await rows.BaseStream.CopyToAsync(to, Piece, ct);
        }
        catch
        {
            await rows.CancelAsync();
            throw;
        }
        await rows.DisposeAsync();
    }
}
