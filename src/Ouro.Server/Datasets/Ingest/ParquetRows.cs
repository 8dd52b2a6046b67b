using System.Runtime.CompilerServices;
using Ouro.Server.Storage;
using Parquet;
using Parquet.Schema;

namespace Ouro.Server.Datasets;

/// <summary>
/// The rows of a Parquet file, one row group in memory at a time. What the file says of itself is compared with what is there before memory is taken
/// for it: a few bytes may claim billions of rows.
/// </summary>
sealed class ParquetRows : RowReader
{
    const long MaxGroupBytes = 512L * 1024 * 1024;
    const long WorthCollecting = 8L * 1024 * 1024;

    readonly ParquetReader reader;
    readonly FileStream file;
    readonly long length;
    readonly ParquetColumn[] columns;
    readonly string[] headers;
    readonly List<ParquetValues> values = [];
    int group;
    long rowsInGroup;
    long rowOfGroup;
    long bytesOfGroup;
    long bytesBefore;
    long memoryOfGroup;

    ParquetRows(ParquetReader reader, FileStream file, long length)
    {
        this.reader = reader;
        this.file = file;
        this.length = length;
        columns = [.. reader.Schema.Fields.Select(ParquetColumn.Of)];
        headers = [.. columns.Select(column => column.Name)];
    }

    public override IReadOnlyList<string> Headers => headers;

    /// <summary>How many rows the file says that it has.</summary>
    public long Count => reader.Metadata!.NumRows;

    /// <summary>A row group that takes more memory than this is refused.</summary>
    public long MostMemory { get; set; } = MaxGroupBytes;

    public override TypeSet Declared(int column) => columns[column].Declared;

    public override long BytesRead => bytesBefore + (rowsInGroup == 0 ? 0 : (long)((double)rowOfGroup / rowsInGroup * bytesOfGroup));

    public static async Task<ParquetRows> Open(SpooledFile spooled, CancellationToken ct)
    {
        var file = spooled.Open();
        try
        {
            var reader = await Understood(async () =>
            {
                var reader = await ParquetReader.CreateAsync(file, Options(big: false), leaveStreamOpen: true, ct);
                // A decimal of .NET has 28 digits; longer ones are read more slowly.
                if (!reader.Schema.GetDataFields().Any(field => field is DecimalDataField { Precision: > 28 })) return reader;
                await reader.DisposeAsync();
                return await ParquetReader.CreateAsync(file, Options(big: true), leaveStreamOpen: true, ct);
            });
            var rows = await Understood(() => Task.FromResult(new ParquetRows(reader, file, spooled.Length)));
            if (rows.reader.Metadata!.NumRows != rows.reader.RowGroups.Sum(group => group.RowCount))
                throw Lie("its footer counts other rows than its row groups");
            return rows;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    static ParquetOptions Options(bool big) => new() { UseDateOnlyTypeForDates = true, UseBigDecimal = big, TreatByteArrayAsString = false };

    public override async ValueTask<bool> Read(CancellationToken ct)
    {
        while (rowOfGroup == rowsInGroup)
        {
            if (group == reader.RowGroupCount) return false;
            await Understood(async () =>
            {
                await Begin(group, ct);
                return true;
            });
            group++;
        }
        Fill();
        rowOfGroup++;
        RowNumber++;
        return true;
    }

    [MethodImpl(Hot.Path)]
    void Fill()
    {
        Row.Clear();
        try
        {
            foreach (var column in columns) Row.Add(column.Next(Row));
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or EndOfStreamException or InvalidOperationException)
        {
            throw Lie($"row {RowNumber + 1:N0} of it is not there");
        }
    }

    async Task Begin(int number, CancellationToken ct)
    {
        Forget();
        using var rows = reader.OpenRowGroupReader(number);
        bytesBefore += bytesOfGroup;
        (rowOfGroup, rowsInGroup, bytesOfGroup) = (0, rows.RowCount, 0);
        MustBeThere(rows);
        if (rowsInGroup == 0) return;

        foreach (var column in columns)
        {
            var first = values.Count;
            foreach (var field in column.Fields)
            {
                var read = await ParquetValues.Read(rows, field, ct);
                values.Add(read);
                if (field.MaxRepetitionLevel == 0 && read.Places != rowsInGroup || read.Count < Defined(read))
                    throw Lie($"the column “{field.Path}” has {read.Places:N0} values for {rowsInGroup:N0} rows");
            }
            column.Begin(values[first..]);
        }
    }

    static int Defined(ParquetValues read)
    {
        var defined = 0;
        for (var i = 0; i < read.Places; i++)
            if (read.IsDefined(i)) defined++;
        return defined;
    }

    void MustBeThere(ParquetRowGroupReader rows)
    {
        long memory = 0;
        if (rows.RowCount < 0) throw Lie("a row group has fewer than no rows");
        foreach (var column in columns)
            foreach (var field in column.Fields)
            {
                var chunk = rows.GetMetadata(field)?.MetaData ?? throw Lie($"the column “{field.Path}” is missing in a row group");
                var start = chunk.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, chunk.DataPageOffset) : chunk.DataPageOffset;
                if (start < 4 || chunk.TotalCompressedSize < 0 || start > length - chunk.TotalCompressedSize)
                    throw Lie($"the column “{field.Path}” lies beyond its end");
                if (field.MaxRepetitionLevel == 0 ? chunk.NumValues != rows.RowCount : chunk.NumValues < rows.RowCount)
                    throw Lie($"the column “{field.Path}” has {chunk.NumValues:N0} values for {rows.RowCount:N0} rows");
                if (chunk.NumValues > MaxGroupBytes || chunk.TotalUncompressedSize > MaxGroupBytes) memory = long.MaxValue / 2;
                else memory += 16 * chunk.NumValues + chunk.TotalUncompressedSize;
                bytesOfGroup += chunk.TotalCompressedSize;
                memoryOfGroup = memory;
                if (memory > MostMemory)
                    throw Refusal.Invalid("row_group_too_large",
                        $"Reading a row group of this Parquet file takes more than {MostMemory / 1024 / 1024} MiB of memory.",
                        "Write it with smaller row groups, for instance row_group_size=100000.");
            }
    }

    /// <summary>Whatever goes wrong in understanding a file is the file's; the disk's own failures are not.</summary>
    static async Task<T> Understood<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is not (Refusal or OperationCanceledException or UnauthorizedAccessException) && !IsOfTheDisk(e))
        {
            throw Refusal.Invalid("unreadable_file", $"The Parquet file cannot be read: {e.Message}", "It may have been cut off; write it again.");
        }
    }

    /// <summary>
    /// The library complains of a file with the plain exception, which carries no error number of the operating system; and where a lying footer
    /// makes it seek to before the beginning, the system calls the argument invalid (22).
    /// </summary>
    static bool IsOfTheDisk(Exception e) => e is IOException and not EndOfStreamException && e.HResult != new IOException().HResult && e.HResult != 22;

    static Refusal Lie(string what) =>
        Refusal.Invalid("unreadable_file", $"The Parquet file contradicts itself: {what}.", "It may be damaged; write it again.");

    void Forget()
    {
        foreach (var read in values) read.Dispose();
        values.Clear();
        // A row group leaves large arrays, for which the collector is in no hurry: an import would take as much memory as its file is long.
        if (memoryOfGroup > WorthCollecting) GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        memoryOfGroup = 0;
    }

    public override async ValueTask DisposeAsync()
    {
        Forget();
        await reader.DisposeAsync();
        await file.DisposeAsync();
    }
}
