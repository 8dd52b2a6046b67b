using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ouro.Server.Data;
using Ouro.Server.Storage;

namespace Ouro.Server.Datasets;

/// <summary>
/// A file becomes a table. The types are guessed from the first rows and checked by every other while they are copied; at the first contradiction the
/// copy is taken back, the file is read to its end to learn what its columns really are, and copied again. So no file is read more than three
/// times, and a file that keeps its promises once.
/// </summary>
public static class Importing
{
    const int SampleRows = 10_000;
    const string Savepoint = "import_of_a_file";

    /// <summary>
    /// Makes the table <c>datasets."<paramref name="tableName"/>"</c> anew from the file: the hidden row number, which is its key, and the file's
    /// columns. Without a commit, or after a refusal, everything is as it was.
    /// </summary>
    public static async Task<ImportReport> Load(
        Tx tx, string tableName, SpooledFile file, ImportHints hints, IProgress<IngestProgress>? progress, CancellationToken ct)
    {
        Sql table = $"datasets.{Sql.Identifier(tableName)}";
        await tx.Run($"savepoint {Sql.Identifier(Savepoint)}", ct);
        try
        {
            var format = await FileFormat.Detect(file, hints, ct);
            var plan = await Guess(format, ct);
            var pace = new Pace(progress, file.Length);
            var rows = await Copy(tx, table, format, plan, pace, ct);
            var restarted = rows < 0;
            if (restarted)
            {
                await Back(tx, ct);
                await Learn(format, plan, ct);
                rows = await Copy(tx, table, format, plan, pace, ct);
                if (rows < 0) throw new IOException("The spooled file changed while it was imported.");
            }
            await Number(tx, table, rows, ct);
            await tx.Run($"release savepoint {Sql.Identifier(Savepoint)}", ct);
            return Report(format, plan, rows, restarted);
        }
        catch (Refusal)
        {
            // The caller may go on in its transaction, to write down that the import was refused.
            await Back(tx, ct);
            throw;
        }
    }

    static async Task Back(Tx tx, CancellationToken ct) => await tx.Run($"rollback to savepoint {Sql.Identifier(Savepoint)}", ct);

    static async Task<ImportPlan> Guess(FileFormat format, CancellationToken ct)
    {
        var plan = new ImportPlan();
        await using var reader = await format.Open([], ct);
        // A file that declares its types is believed, until a value does not fit.
        var sample = format.Kind == FileKind.Parquet ? 0 : SampleRows;
        for (var n = 0; n < sample && await reader.Read(ct); n++) plan.Observe(reader);
        plan.Meet(reader);
        if (plan.Columns.Count == 0)
            throw Refusal.Invalid("no_columns", "The file names no columns.", "Send at least one row, or a header.");
        plan.Settle();
        return plan;
    }

    static async Task Learn(FileFormat format, ImportPlan plan, CancellationToken ct)
    {
        await using var reader = await format.Open(plan.SentNames, ct);
        while (await reader.Read(ct)) plan.Observe(reader);
    }

    /// <summary>The number of rows copied; -1 when one of them contradicted the plan, and the copy was given up.</summary>
    static async Task<long> Copy(Tx tx, Sql table, FileFormat format, ImportPlan plan, Pace pace, CancellationToken ct)
    {
        await Create(tx, table, plan, ct);
        var types = plan.Columns.Select(column => column.Chosen ?? ColumnType.Text).ToArray();
        var open = plan.Columns.Select(column => !column.HasValues).ToArray();
        var nulls = new long[types.Length];

        await using var reader = await format.Open(plan.SentNames, ct);
        // The table is new in this transaction, so its rows can be written as they will be after the first vacuum.
        await using var writer = await TableWriter.Open(
            tx, table, plan.Columns.Select(column => column.Name).Prepend(ColumnNames.Row), lenient: false, ct, frozen: true);
        while (await reader.Read(ct))
        {
            if (!Put(reader, writer.StartRow(), types, open, nulls)) return -1;
            await writer.EndRow(ct);
            pace.Tell(reader);
        }
        await writer.Complete(ct);
        pace.Finish(reader);
        for (var i = 0; i < nulls.Length; i++) plan.Columns[i].Nulls = nulls[i];
        return reader.RowNumber;
    }

    [MethodImpl(Hot.Path)]
    static bool Put(RowReader reader, BinaryRows to, ColumnType[] types, bool[] open, long[] nulls)
    {
        var row = reader.Row;
        if (row.Count > types.Length) return false;
        to.Bigint(reader.RowNumber);
        for (var i = 0; i < row.Count; i++)
        {
            ref var cell = ref row[i];
            if (open[i] && !Fitting.IsMissing(row, cell)) return false;
            switch (to.Write(types[i], row, cell))
            {
                case Fit.Null:
                    nulls[i]++;
                    break;
                case Fit.Misfit when types[i] == ColumnType.Text:
                    throw Refusal.Invalid("invalid_text",
                        $"Row {reader.RowNumber:N0} holds a NUL character in “{reader.Headers[i]}”, which the database cannot keep.", "Remove it.",
                        JsonRowsInput.At(reader.RowNumber, reader.Headers[i]));
                case Fit.Misfit:
                    return false;
            }
        }
        for (var i = row.Count; i < types.Length; i++)
        {
            to.Null();
            nulls[i]++;
        }
        return true;
    }

    static async Task Create(Tx tx, Sql table, ImportPlan plan, CancellationToken ct)
    {
        var columns = plan.Columns.Select(column =>
        {
            Sql definition = $"{Sql.Identifier(column.Name)} {Sql.Trusted(column.Type.SqlName())}";
            return definition;
        });
        await tx.Run($"drop table if exists {table}", ct);
        await tx.Run($"create table {table} ({Sql.Identifier(ColumnNames.Row)} bigint generated always as identity, {Sql.Join(", ", columns)})", ct);
    }

    /// <summary>The rows brought their numbers, so the next row's number is told; the key is made over what is already in order.</summary>
    static async Task Number(Tx tx, Sql table, long rows, CancellationToken ct)
    {
        var row = Sql.Identifier(ColumnNames.Row);
        await tx.Run($"alter table {table} alter column {row} restart with {Sql.Trusted($"{rows + 1}")}", ct);
        await tx.Run($"alter table {table} add primary key ({row})", ct);
    }

    static ImportReport Report(FileFormat format, ImportPlan plan, long rows, bool restarted) => new(
        format.Kind, format.Encoding?.Name, (char?)format.Csv?.Delimiter, format.Csv?.HasHeader, rows, restarted,
        [.. plan.Columns.Select(column => new ImportedColumn(column.SentAs, column.Name, column.Type, column.Nulls, column.Widened))]);

    /// <summary>Progress at most five times a second; looking at the clock at each row would cost more than the telling.</summary>
    sealed class Pace(IProgress<IngestProgress>? progress, long totalBytes)
    {
        static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

        long last = Stopwatch.GetTimestamp();

        public void Tell(RowReader reader)
        {
            if ((reader.RowNumber & 0x3ff) != 0 || progress is null || Stopwatch.GetElapsedTime(last) < Interval) return;
            last = Stopwatch.GetTimestamp();
            progress.Report(new(reader.RowNumber, reader.BytesRead, totalBytes));
        }

        public void Finish(RowReader reader) => progress?.Report(new(reader.RowNumber, totalBytes, totalBytes));
    }
}
