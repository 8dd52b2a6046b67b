using System.Buffers;
using System.Globalization;
using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>
/// Rows of PostgreSQL as a JSON array of objects. Reads the text that PostgreSQL itself writes (the command asked for
/// <c>AllResultTypesAreUnknown</c>), because the driver's own types lose months of intervals, large numerics and infinity; a cell
/// goes from the connection's buffer to the JSON without becoming an object on the way.
/// </summary>
/// <param name="rows">At most this many rows; one more says that there are more.</param>
/// <param name="bytes">At most this much JSON.</param>
/// <param name="isNumbered">Whether the last column is the row's own number, which is kept beside the JSON.</param>
public sealed class ResultRows(int rows, long bytes, bool isNumbered = false) : IRowSink, IDisposable
{
    // A cell up to this size is (nearly always) here already with its row; a larger one is worth waiting for.
    const int SmallCell = 4096;

    readonly Utf8Buffer output = new();
    byte[] cell = ArrayPool<byte>.Shared.Rent(SmallCell);
    ResultColumn[] columns = [];
    ResultType[] types = [];
    byte[][]? keys;

    /// <summary>How many rows there are so far.</summary>
    public int Count { get; private set; }

    /// <summary>How much JSON there is so far.</summary>
    public long Length => output.Length;

    /// <summary>The limit that was reached, or null.</summary>
    public Truncation? Truncated { get; private set; }

    /// <summary>The number of each row, where they are numbered.</summary>
    public List<long> Numbers { get; } = [];

    /// <summary>One whole result. The reader is left where <see cref="Append"/> leaves it.</summary>
    public static async Task<QueryResult> Read(NpgsqlDataReader reader, int rows, long bytes, CancellationToken ct)
    {
        using var json = new ResultRows(rows, bytes);
        await json.Append(reader, ct);
        return json.Result();
    }

    /// <summary>
    /// Reads a result, the first or one that goes on with the same columns, to its end or to a limit. At the limit of bytes the reader is
    /// left in the middle of a row, which may be much larger than memory when it is read with <c>SequentialAccess</c>: cancel the command
    /// before disposing of the reader.
    /// </summary>
    public async Task Append(NpgsqlDataReader reader, CancellationToken ct)
    {
        keys ??= Describe(reader);
        while (await reader.ReadAsync(ct))
        {
            if (Count == rows)
            {
                Truncated = Truncation.Rows;
                return;
            }
            var start = output.Length;
            output.Write(Count == 0 ? "[{"u8 : ",{"u8);
            for (var i = 0; i < keys.Length; i++)
            {
                output.Write(keys[i]);
                if (reader.IsDBNull(i)) output.Write("null"u8);
                else
                {
                    var length = reader.GetBytes(i, 0, null, 0, 0);
                    if (output.Length + length > bytes) Truncated = Truncation.Bytes;
                    else JsonCell.Write(output, types[i], await Cell(reader, i, (int)length, ct));
                }
                if (Truncated is null && output.Length < bytes) continue;
                Truncated = Truncation.Bytes;
                output.Length = start;
                return;
            }
            output.Write((byte)'}');
            if (isNumbered) Numbers.Add(long.Parse(reader.GetString(keys.Length), CultureInfo.InvariantCulture));
            Count++;
        }
    }

    /// <summary>What was read.</summary>
    public QueryResult Result()
    {
        output.Write(Count == 0 ? "[]"u8 : "]"u8);
        return new(columns, new(output.ToArray()), Count, Truncated);
    }

    public void Dispose()
    {
        output.Dispose();
        ArrayPool<byte>.Shared.Return(cell);
        cell = [];
    }

    ValueTask<Memory<byte>> Cell(NpgsqlDataReader reader, int ordinal, int length, CancellationToken ct)
    {
        if (length > cell.Length)
        {
            ArrayPool<byte>.Shared.Return(cell);
            cell = ArrayPool<byte>.Shared.Rent(length);
        }
        var text = cell.AsMemory(0, length);
        if (length > SmallCell) return Large(reader, ordinal, text, ct);
        if (length > 0) reader.GetBytes(ordinal, 0, cell, 0, length);
        return new(text);
    }

    static async ValueTask<Memory<byte>> Large(NpgsqlDataReader reader, int ordinal, Memory<byte> text, CancellationToken ct)
    {
        await using var stream = await reader.GetStreamAsync(ordinal, ct);
        await stream.ReadExactlyAsync(text, ct);
        return text;
    }

    /// <summary>The columns of a result, each with a name of its own.</summary>
    public static ResultColumn[] Columns(NpgsqlDataReader reader)
    {
        var columns = new ResultColumn[reader.FieldCount];
        HashSet<string>? taken = columns.Length > 1 ? new(columns.Length, StringComparer.Ordinal) : null;
        for (var i = 0; i < columns.Length; i++) columns[i] = new(Free(reader.GetName(i), taken), ResultType.Of(reader.GetDataTypeOID(i)).Name);
        return columns;
    }

    byte[][] Describe(NpgsqlDataReader reader)
    {
        columns = isNumbered ? Columns(reader)[..^1] : Columns(reader);
        types = new ResultType[columns.Length];
        var described = new byte[columns.Length][];
        using var key = new Utf8Buffer();
        for (var i = 0; i < columns.Length; i++)
        {
            types[i] = ResultType.Of(reader.GetDataTypeOID(i));
            key.Length = 0;
            if (i > 0) key.Write((byte)',');
            JsonCell.WriteString(key, columns[i].Name);
            key.Write((byte)':');
            described[i] = key.ToArray();
        }
        return described;
    }

    /// <summary>SQL may call two columns alike, an object may not.</summary>
    static string Free(string name, HashSet<string>? taken)
    {
        if (taken is null || taken.Add(name)) return name;
        for (var i = 2; ; i++)
        {
            var candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
            if (taken.Add(candidate)) return candidate;
        }
    }
}
