using Npgsql;
using Ouro.Server.Data;
using Parquet;
using Parquet.Schema;

namespace Ouro.Server.Datasets;

/// <summary>Rows as a Parquet file, one row group in memory at a time.</summary>
static class ParquetOut
{
    // A group is as large as its columns allow within some ten megabytes.
    const int MaxRows = 1 << 16;
    const int MaxCells = 1 << 20;
    const int MaxTextBytes = 8 << 20;

    public static async Task Write(Db db, StoredTable table, Stream to, CancellationToken ct)
    {
        await MustHold(db, table, ct);
        List<ParquetOutColumn> columns = [.. table.Columns.Select(ParquetOutColumn.Of)];
        var most = Math.Clamp(MaxCells / columns.Count, 1, MaxRows);
        // Nothing leaves before a group is whole, and the file's end says where everything is.
        var output = new CountedStream(to);
        await db.Read(Rows(table, columns), async (reader, token) =>
        {
            await using var writer = await ParquetWriter.CreateAsync(
                new ParquetSchema(columns.Select(c => c.Field)), output, new() { CompressionMethod = CompressionMethod.Snappy }, cancellationToken: token);
            var (rows, text) = (0, 0L);
            while (await reader.ReadAsync(token))
            {
                for (var i = 0; i < columns.Count; i++) text += columns[i].Take(reader, i);
                if (++rows < most && text < MaxTextBytes) continue;
                await Group(writer, columns, output, token);
                (rows, text) = (0, 0);
            }
            if (rows > 0) await Group(writer, columns, output, token);
            return true;
        }, ct);
        await output.FlushAsync(ct);
    }

    /// <summary>What writes and reads Parquet knows the years 1 to 9999, and PostgreSQL more, and infinity. It is looked for before the first byte.</summary>
    static async Task MustHold(Db db, StoredTable table, CancellationToken ct)
    {
        var moments = table.Columns.Where(c => c.Type is ColumnType.Date or ColumnType.Timestamptz).ToList();
        if (moments.Count == 0) return;
        var outside = await db.Read($"select {Sql.Join(", ", moments.Select(IsOutside))} from {table.From}", async (reader, token) =>
        {
            await reader.ReadAsync(token);
            return moments.Where((_, i) => !reader.IsDBNull(i) && reader.GetBoolean(i)).FirstOrDefault();
        }, ct);
        if (outside is not null)
            throw Refusal.Invalid("value_not_in_format", $"The column “{outside.Name}” holds a date that Parquet has no place for: infinity, or outside of the years 1 to 9999.",
                "Export as csv or jsonl, which hold every date as text.");

        static Sql IsOutside(StoredColumn column) => $"bool_or({Sql.Identifier(column.Name)} < '0001-01-01' or {Sql.Identifier(column.Name)} >= '10000-01-01')";
    }

    static Sql Rows(StoredTable table, List<ParquetOutColumn> columns) => $"""
        select {Sql.Join(", ", table.Columns.Zip(columns, (column, parquet) => parquet.IsText ? $"{Sql.Identifier(column.Name)}::text" : Sql.Identifier(column.Name)))}
        from {table.From}
        order by {Sql.Identifier(ColumnNames.Row)}
        """;

    static async Task Group(ParquetWriter writer, List<ParquetOutColumn> columns, CountedStream output, CancellationToken ct)
    {
        using (var group = writer.CreateRowGroup())
            foreach (var column in columns)
                await column.Write(group, ct);
        await output.FlushAsync(ct);
    }
}

/// <summary>The values of one column of the row group that is being gathered.</summary>
abstract class ParquetOutColumn(DataField named)
{
    public DataField Field => named;

    /// <summary>Whether the values are asked of PostgreSQL as text.</summary>
    public virtual bool IsText => false;

    /// <summary>Takes the value of a row, and says how many bytes of text it holds.</summary>
    public abstract int Take(NpgsqlDataReader row, int ordinal);

    /// <summary>Writes what was gathered, and begins anew.</summary>
    public abstract Task Write(ParquetRowGroupWriter group, CancellationToken ct);

    /// <summary>A numeric has as many digits as it likes and a Parquet decimal has not: it travels as text, whole.</summary>
    public static ParquetOutColumn Of(StoredColumn column) => column.Type switch
    {
        ColumnType.Boolean => new ParquetOutValues<bool>(new DataField<bool?>(column.Name)),
        ColumnType.Bigint => new ParquetOutValues<long>(new DataField<long?>(column.Name)),
        ColumnType.DoublePrecision => new ParquetOutValues<double>(new DataField<double?>(column.Name)),
        ColumnType.Date => new ParquetOutValues<DateOnly>(new DataField<DateOnly?>(column.Name)),
        ColumnType.Timestamptz => new ParquetOutValues<DateTime>(new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, true, DateTimeTimeUnit.Micros, true)),
        _ => new ParquetOutTexts(new(column.Name, typeof(string), true)),
    };
}

sealed class ParquetOutValues<T>(DataField named) : ParquetOutColumn(named) where T : struct
{
    readonly List<T?> values = [];

    public override int Take(NpgsqlDataReader row, int ordinal)
    {
        values.Add(row.IsDBNull(ordinal) ? null : row.GetFieldValue<T>(ordinal));
        return 0;
    }

    public override async Task Write(ParquetRowGroupWriter group, CancellationToken ct)
    {
        await group.WriteAsync<T>(Field, values.ToArray().AsMemory(), cancellationToken: ct);
        values.Clear();
    }
}

sealed class ParquetOutTexts(DataField named) : ParquetOutColumn(named)
{
    readonly List<string?> values = [];

    public override bool IsText => true;

    public override int Take(NpgsqlDataReader row, int ordinal)
    {
        var value = row.IsDBNull(ordinal) ? null : row.GetString(ordinal);
        values.Add(value);
        return 2 * (value?.Length ?? 0);
    }

    public override async Task Write(ParquetRowGroupWriter group, CancellationToken ct)
    {
        await group.WriteAsync(Field, values!);
        values.Clear();
    }
}
