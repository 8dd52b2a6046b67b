using System.Buffers;
using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>Where the rows of a query go, piece by piece, until they end or reach a limit.</summary>
interface IRowSink
{
    /// <summary>How many rows there are so far.</summary>
    int Count { get; }

    /// <summary>How many bytes they take so far.</summary>
    long Length { get; }

    /// <summary>The limit that was reached, or null.</summary>
    Truncation? Truncated { get; }

    /// <summary>Reads a result, the first or one that goes on with the same columns, to its end or to a limit.</summary>
    Task Append(NpgsqlDataReader reader, CancellationToken ct);
}

/// <summary>Rows of PostgreSQL on their way into a table: the text that it writes is the text that COPY reads, so no value is taken apart.</summary>
/// <param name="limits">How much is taken.</param>
/// <param name="begin">Makes the table for these columns and begins the COPY into it.</param>
sealed class CopiedRows(QueryLimits limits, Func<IReadOnlyList<ResultColumn>, CancellationToken, Task<NpgsqlCopyTextWriter>> begin) : IRowSink, IAsyncDisposable
{
    const int Full = 128 << 10;

    readonly Utf8Buffer output = new();
    byte[] cell = ArrayPool<byte>.Shared.Rent(4096);
    NpgsqlCopyTextWriter? copy;
    long sent;

    public int Count { get; private set; }

    public long Length => sent + output.Length;

    public Truncation? Truncated { get; private set; }

    public async Task Append(NpgsqlDataReader reader, CancellationToken ct)
    {
        copy ??= await begin(ResultRows.Columns(reader), ct);
        while (await reader.ReadAsync(ct))
        {
            if (Count == limits.Rows)
            {
                Truncated = Truncation.Rows;
                return;
            }
            var start = output.Length;
            for (var i = 0; i < reader.FieldCount; i++)
            {
                if (i > 0) output.Write((byte)'\t');
                if (reader.IsDBNull(i)) output.Write("\\N"u8);
                else
                {
                    var length = (int)Math.Min(reader.GetBytes(i, 0, null, 0, 0), int.MaxValue);
                    if (Length + length <= limits.Bytes) await Write(reader, i, length, ct);
                    else Truncated = Truncation.Bytes;
                }
                if (Truncated is null) continue;
                output.Length = start;
                return;
            }
            output.Write((byte)'\n');
            Count++;
            if (output.Length >= Full) await Send(ct);
        }
    }

    /// <summary>Ends the COPY; until then nothing is in the table.</summary>
    public async Task Complete(CancellationToken ct)
    {
        await Send(ct);
        await TableWriter.Told(() => copy!.DisposeAsync());
        copy = null;
    }

    public async ValueTask DisposeAsync()
    {
        output.Dispose();
        ArrayPool<byte>.Shared.Return(cell);
        if (copy is null) return;
        try
        {
            await copy.CancelAsync();
            // A writer whose COPY was given up finds it gone, and says so.
            await copy.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or ObjectDisposedException)
        {
            // The COPY or its connection is gone; the first failure is being told.
        }
    }

    async ValueTask Write(NpgsqlDataReader reader, int ordinal, int length, CancellationToken ct)
    {
        if (length > cell.Length)
        {
            ArrayPool<byte>.Shared.Return(cell);
            cell = ArrayPool<byte>.Shared.Rent(length);
        }
        await using (var stream = await reader.GetStreamAsync(ordinal, ct)) await stream.ReadExactlyAsync(cell.AsMemory(0, length), ct);
        Escape(cell.AsSpan(0, length));
    }

    /// <summary>What COPY gives a meaning to, said so that it has none.</summary>
    void Escape(ReadOnlySpan<byte> text)
    {
        while (text.IndexOfAny("\\\t\n\r"u8) is >= 0 and var at)
        {
            output.Write(text[..at]);
            output.Write((byte)'\\');
            output.Write(text[at] switch { (byte)'\t' => (byte)'t', (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', var same => same });
            text = text[(at + 1)..];
        }
        output.Write(text);
    }

    async Task Send(CancellationToken ct)
    {
        await TableWriter.Told(() => copy!.BaseStream.WriteAsync(output.Written, ct));
        sent += output.Length;
        output.Length = 0;
    }
}
