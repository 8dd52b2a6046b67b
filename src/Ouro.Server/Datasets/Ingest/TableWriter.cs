using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// Rows into a table by binary COPY. Until <see cref="Complete"/> nothing is there; disposing before that gives the COPY up, after which
/// the transaction needs to go back to its savepoint.
/// </summary>
sealed class TableWriter : IAsyncDisposable
{
    const int Full = 128 * 1024;

    readonly NpgsqlRawCopyStream stream;
    readonly BinaryRows rows;
    readonly int columns;
    bool completed;

    TableWriter(NpgsqlRawCopyStream stream, BinaryRows rows, int columns)
    {
        this.stream = stream;
        this.rows = rows;
        this.columns = columns;
    }

    /// <summary>Begins the COPY into a table, whose name is given qualified and quoted.</summary>
    public static async Task<TableWriter> Open(
        Tx tx, Sql table, IEnumerable<string> columns, bool lenient, CancellationToken ct, bool frozen = false, int size = Full + 32 * 1024)
    {
        var names = columns.Select(Sql.Identifier).ToList();
        Sql copy = $"copy {table} ({Sql.Join(", ", names)}) from stdin (format binary{Sql.Trusted(frozen ? ", freeze" : "")})";
        var rows = new BinaryRows(lenient, size);
        rows.Header();
        return new(await tx.Connection.BeginRawBinaryCopyAsync(copy.ToString(), ct), rows, names.Count);
    }

    /// <summary>Begins a row; as many values as there are columns follow.</summary>
    public BinaryRows StartRow()
    {
        rows.StartRow(columns);
        return rows;
    }

    /// <summary>Sends what has gathered, when it is worth a message.</summary>
    public ValueTask EndRow(CancellationToken ct) => rows.Length < Full ? ValueTask.CompletedTask : Send(ct);

    /// <summary>Sends rows that were written elsewhere.</summary>
    public async Task Append(ReadOnlyMemory<byte> written, CancellationToken ct)
    {
        if (rows.Length > 0) await Send(ct);
        await Told(() => stream.WriteAsync(written, ct));
    }

    public async Task Complete(CancellationToken ct)
    {
        rows.Trailer();
        await Send(ct);
        completed = true;
        await Told(() => stream.DisposeAsync());
    }

    async ValueTask Send(CancellationToken ct)
    {
        await Told(() => stream.WriteAsync(rows.Written, ct));
        rows.Reset();
    }

    /// <summary>A row that no page of PostgreSQL can hold is the fault of whoever sent it; everything else that it says is ours.</summary>
    public static async ValueTask Told(Func<ValueTask> send)
    {
        try
        {
            await send();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ProgramLimitExceeded)
        {
            throw Refusal.Invalid("row_too_wide", $"A row does not fit into a page of the database: {e.MessageText}.",
                "Use fewer columns: split the data into several datasets, or turn columns into rows.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (completed) return;
        try
        {
            await stream.CancelAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or ObjectDisposedException)
        {
            // The COPY or its connection had failed already; there is nothing left to give up, and the first failure is being told.
        }
        await stream.DisposeAsync();
    }
}
