using System.Data;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>
/// Runs SQL that users wrote over datasets. What it may read is decided by PostgreSQL: by a login that can read just their views and call
/// functions that only compute (see hardening.sql). Here are the limits: how many at a time, how long, how much.
/// </summary>
public sealed class UserSql : IAsyncDisposable
{
    const string Declare = "declare q no scroll cursor for ";
    const string Explain = "explain (format json) " + Declare;
    const long FirstPiece = 1_000;
    const long LargestPiece = 16 << 20;

    // The backend has two seconds to obey a cancellation; after these, nobody waits for anything any more.
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(2.5);

    readonly DatasetSources sources;
    readonly QueryTurns turns;

    // What is saved may take a minute, so that of all turns it has at most one.
    readonly QueryTurns saving = new(new(1, 4, TimeSpan.FromSeconds(5), 0));

    /// <param name="connectionString">The application's own; the role and password are replaced by those of the datasets' logins.</param>
    /// <param name="roles">The names and passwords of the logins.</param>
    /// <param name="capacity">Limits across all queries; the default fits one server with its database beside it.</param>
    public UserSql(string connectionString, DatasetRoles roles, QueryCapacity? capacity = null)
    {
        capacity ??= QueryCapacity.Default;
        sources = new(connectionString, roles, capacity.Pools);
        turns = new(capacity);
    }

    /// <summary>
    /// Runs one statement that reads, in its account's turn. Refuses with 400 and PostgreSQL's own code, 408 past the time, 429 past the capacity.
    /// </summary>
    public async Task<QueryResult> Run(SentQuery query, Guid account, QueryLimits limits, CancellationToken ct)
    {
        using var turn = await turns.Take(account, ct);
        return await Timed(query, Declare, limits.Time, async (batch, token) =>
        {
            using var json = new ResultRows(limits.Rows, limits.Bytes);
            await batch.ExecuteNonQueryAsync(token);
            await Fetch(batch.Connection!, limits, json, token);
            var result = json.Result();
            // The query is done. The next one need not wait for the rollback on the way back to the pool, a third of a small query's time.
            turn.Dispose();
            return result;
        }, ct);
    }

    /// <summary>Runs one statement like <see cref="Run"/> and hands its rows on as they come, for as long as these limits allow.</summary>
    internal async Task Save(SentQuery query, Guid account, QueryLimits limits, IRowSink rows, CancellationToken ct)
    {
        using var place = await saving.Take(account, ct);
        using var turn = await turns.Take(account, ct);
        await Timed(query, Declare, limits.Time, async (batch, token) =>
        {
            batch.BatchCommands.Insert(1, new(FormattableString.Invariant($"set local statement_timeout = {limits.Time.TotalMilliseconds:0}")));
            if (batch.Connection!.PostgreSqlVersion.Major >= 17) batch.BatchCommands.Insert(2, new("set local transaction_timeout = 0"));
            await batch.ExecuteNonQueryAsync(token);
            await Fetch(batch.Connection, limits, rows, token);
            return rows.Count;
        }, ct);
    }

    /// <summary>How PostgreSQL would run a statement, in its own JSON. Nothing is run, and what would write is refused like in running it.</summary>
    public async Task<RawJson> Plan(SentQuery query, Guid account, CancellationToken ct)
    {
        using var turn = await turns.Take(account, ct);
        var plan = await Timed(query, Explain, QueryLimits.Default.Time, async (batch, token) => (string?)await batch.ExecuteScalarAsync(token), ct);
        return new(Encoding.UTF8.GetBytes(query.Told(plan ?? "[]")));
    }

    /// <summary>Closes what is open for a dataset, before or after its role is dropped.</summary>
    public Task Drop(DatasetTable table) => sources.Drop(table);

    public ValueTask DisposeAsync() => sources.DisposeAsync();

    /// <summary>Does something with the query behind these words, as the login of its datasets and within its time.</summary>
    Task<T> Timed<T>(SentQuery query, string words, TimeSpan limit, Func<NpgsqlBatch, CancellationToken, Task<T>> read, CancellationToken ct) =>
        sources.Use(query.Tables, async source =>
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
            time.CancelAfter(limit);
            var run = Execute(source, query, words, read, time.Token);
            try
            {
                // Also who hangs up keeps the place until the backend has stopped: otherwise hanging up would be a way past the queue.
                return await run.WaitAsync(limit + Grace, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                Forget(run);
                throw QueryError.TimedOut(limit);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw QueryError.TimedOut(limit);
            }
        });

    static async Task<T> Execute<T>(
        NpgsqlDataSource source, SentQuery query, string words, Func<NpgsqlBatch, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        await using var connection = await Open(source, ct);
        try
        {
            // Behind DECLARE … FOR, PostgreSQL's grammar has room for a query only. Returned to the pool, the connection rolls back
            // whatever is still open, also after an error.
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("begin read only"), new(words + query.Sql) } };
            return await read(batch, ct);
        }
        catch (PostgresException error)
        {
            throw QueryError.Of(error, query, words.Length);
        }
        catch (NpgsqlException error) when (error.InnerException is IOException or SocketException)
        {
            throw QueryError.Lost();
        }
    }

    /// <summary>A connection of the login. A role that is missing or has another password is a bug, and no fault of the query.</summary>
    static async Task<NpgsqlConnection> Open(NpgsqlDataSource source, CancellationToken ct)
    {
        try
        {
            return await source.OpenConnectionAsync(ct);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow)
        {
            throw QueryError.Busy();
        }
        catch (NpgsqlException error) when (error.InnerException is TimeoutException)
        {
            throw QueryError.Busy();
        }
    }

    /// <summary>
    /// Reads the cursor in pieces. PostgreSQL keeps what a FETCH yields, on disk if need be, before it sends the first row: a piece is
    /// therefore no larger than what may still come back, judged by the rows so far.
    /// </summary>
    static async Task Fetch(NpgsqlConnection connection, QueryLimits limits, IRowSink rows, CancellationToken ct)
    {
        var piece = FirstPiece;
        while (true)
        {
            var before = rows.Count;
            piece = Math.Min(piece, limits.Rows + 1L - before);
            await Piece(connection, rows, piece, ct);
            if (rows.Truncated is not null || rows.Count < before + piece) return;
            piece = Math.Max(1, Math.Min(limits.Bytes - rows.Length, LargestPiece) * rows.Count / rows.Length);
        }
    }

    static async Task Piece(NpgsqlConnection connection, IRowSink rows, long count, CancellationToken ct)
    {
        var sql = FormattableString.Invariant($"fetch forward {count} from q");
        await using var fetch = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        // Sequential, so that a row of a gigabyte is seen to be one before it is in memory.
        await using var reader = await fetch.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        await rows.Append(reader, ct);
        if (rows.Truncated is not Truncation.Bytes) return;
        fetch.Cancel(); // The rest would be read only to be thrown away.
        try
        {
            while (await reader.NextResultAsync(ct)) { }
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.QueryCanceled)
        {
        }
    }

    /// <summary>Nobody waits for this task any more, and what it ends with is no news.</summary>
    static void Forget(Task task) => task.ContinueWith(
        static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
