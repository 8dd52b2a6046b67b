using System.Buffers;
using System.Globalization;
using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>
/// Rows of PostgreSQL as a JSON array of objects. Reads the text that PostgreSQL itself writes (the command asked for
/// <c>AllResultTypesAreUnknown</c>), because the driver's own types lose months of intervals, large numerics and infinity; a cell
/// goes from the connection's buffer to the JSON without becoming an object on the way.
/// </summary>
public static class ResultRows
{
    // A cell up to this size is (nearly always) here already with its row; a larger one is worth waiting for.
    const int SmallCell = 4096;

    /// <summary>
    /// Reads the current result to its end or to a limit. At the limit of bytes the reader is left in the middle of a row, which may be
    /// much larger than memory when it is read with <c>SequentialAccess</c>: cancel the command before disposing of the reader.
    /// </summary>
    public static async Task<QueryResult> Read(NpgsqlDataReader reader, int rows, long bytes, CancellationToken ct)
    {
        var columns = Describe(reader, out var types, out var keys);
        using var output = new Utf8Buffer();
        var cell = ArrayPool<byte>.Shared.Rent(SmallCell);
        var count = 0;
        Truncation? truncated = null;
        try
        {
            output.Write((byte)'[');
            while (truncated is null && await reader.ReadAsync(ct))
            {
                if (count == rows)
                {
                    truncated = Truncation.Rows;
                    break;
                }
                var start = output.Length;
                output.Write(count == 0 ? "{"u8 : ",{"u8);
                for (var i = 0; i < types.Length; i++)
                {
                    output.Write(keys[i]);
                    if (reader.IsDBNull(i))
                    {
                        output.Write("null"u8);
                        continue;
                    }
                    var length = reader.GetBytes(i, 0, null, 0, 0);
                    if (output.Length + length > bytes)
                    {
                        truncated = Truncation.Bytes;
                        break;
                    }
                    if (length > cell.Length)
                    {
                        ArrayPool<byte>.Shared.Return(cell);
                        cell = ArrayPool<byte>.Shared.Rent((int)length);
                    }
                    if (length <= SmallCell)
                    {
                        if (length > 0) reader.GetBytes(i, 0, cell, 0, (int)length);
                    }
                    else
                    {
                        await using var stream = await reader.GetStreamAsync(i, ct);
                        await stream.ReadExactlyAsync(cell.AsMemory(0, (int)length), ct);
                    }
                    JsonCell.Write(output, types[i], cell.AsSpan(0, (int)length));
                }
                output.Write((byte)'}');
                if (truncated is null && output.Length < bytes) count++;
                else
                {
                    truncated = Truncation.Bytes;
                    output.Length = start;
                }
            }
            output.Write((byte)']');
            return new(columns, new(output.ToArray()), count, truncated);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cell);
        }
    }

    static ResultColumn[] Describe(NpgsqlDataReader reader, out ResultType[] types, out byte[][] keys)
    {
        var count = reader.FieldCount;
        var columns = new ResultColumn[count];
        (types, keys) = (new ResultType[count], new byte[count][]);
        using var key = new Utf8Buffer();
        HashSet<string>? taken = count > 1 ? new(count, StringComparer.Ordinal) : null;
        for (var i = 0; i < count; i++)
        {
            types[i] = ResultType.Of(reader.GetDataTypeOID(i));
            var name = Free(reader.GetName(i), taken);
            columns[i] = new(name, types[i].Name);
            key.Length = 0;
            if (i > 0) key.Write((byte)',');
            JsonCell.WriteString(key, name);
            key.Write((byte)':');
            keys[i] = key.ToArray();
        }
        return columns;
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
