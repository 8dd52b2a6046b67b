using System.Buffers;
using System.Buffers.Binary;
using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// All rows of a table as lines of text. PostgreSQL sends them by binary COPY, which costs it little, and this program spells the values out at the
/// same time on another core.
/// </summary>
static class CopyOut
{
    const int Piece = 64 * 1024;

    public static async Task Write(Db db, StoredTable table, RowLines lines, Stream to, CancellationToken ct)
    {
        await using var connection = await db.Source.OpenConnectionAsync(ct);
        var copy = await connection.BeginRawBinaryCopyAsync(Copy(table).ToString(), ct);
        try
        {
            using var output = new Utf8Buffer();
            using var rows = new CopiedTuples(copy);
            lines.Begin(output);
            while (await rows.Next(ct))
            {
                lines.Add(output, rows.Current.Span);
                if (output.Length < Piece) continue;
                await to.WriteAsync(output.Written, ct);
                output.Length = 0;
            }
            await to.WriteAsync(output.Written, ct);
        }
        catch
        {
            try
            {
                await copy.CancelAsync();
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The COPY had ended or failed by itself, and what went wrong first is being told.
            }
            throw;
        }
        await copy.DisposeAsync();
    }

    /// <summary>The columns in their order; those whose binary form is not worth knowing come as text.</summary>
    static Sql Copy(StoredTable table) => $"""
        copy (
          select {Sql.Join(", ", table.Columns.Select(c => (Sql)$"{Sql.Identifier(c.Name)}{Sql.Trusted(c.Type is ColumnType.Numeric or ColumnType.Uuid ? "::text" : "")}"))}
          from {table.From}
          order by {Sql.Identifier(ColumnNames.Row)}) to stdout (format binary)
        """;
}

/// <summary>The tuples of a binary COPY, one after the other: each value behind its length, -1 for null.</summary>
sealed class CopiedTuples(NpgsqlRawCopyStream copy) : IDisposable
{
    const int HeaderBytes = 19;

    byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
    int start, end;
    bool hasBegun;

    /// <summary>The values of the tuple, valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    public async ValueTask<bool> Next(CancellationToken ct)
    {
        if (!hasBegun)
        {
            while (end - start < HeaderBytes) await More(ct);
            start += HeaderBytes;
            hasBegun = true;
        }
        int length;
        while ((length = Length(buffer.AsSpan(start, end - start))) < 0) await More(ct);
        if (length == 0)
        {
            // What follows the last tuple is the end of the COPY itself.
            while (await copy.ReadAsync(buffer, ct) > 0) { }
            return false;
        }
        Current = buffer.AsMemory(start + 2, length - 2);
        start += length;
        return true;
    }

    /// <summary>The bytes of the tuple that begins here; 0 behind the last one, -1 where its end has not come yet.</summary>
    static int Length(ReadOnlySpan<byte> tuple)
    {
        if (tuple.Length < 2) return -1;
        var fields = BinaryPrimitives.ReadInt16BigEndian(tuple);
        if (fields < 0) return 0;
        var at = 2;
        for (var i = 0; i < fields; i++)
        {
            if (tuple.Length < at + 4) return -1;
            at += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(tuple[at..]));
            if (tuple.Length < at) return -1;
        }
        return at;
    }

    async ValueTask More(CancellationToken ct)
    {
        if (start > 0 && start == end) start = end = 0;
        if (end == buffer.Length)
        {
            var larger = end - start > buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(2 * buffer.Length) : buffer;
            buffer.AsSpan(start, end - start).CopyTo(larger);
            if (larger != buffer) ArrayPool<byte>.Shared.Return(buffer);
            (buffer, end, start) = (larger, end - start, 0);
        }
        var read = await copy.ReadAsync(buffer.AsMemory(end), ct);
        if (read == 0) throw new IOException("The COPY ended in the middle of a row.");
        end += read;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}
