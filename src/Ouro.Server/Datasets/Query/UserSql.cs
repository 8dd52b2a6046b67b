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

    // The backend has two seconds to obey a cancellation; after these, nobody waits for anything any more.
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(2.5);

    readonly DatasetSources sources;
    readonly QueryTurns turns;

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
            await batch.ExecuteNonQueryAsync(token);
            var result = await Fetch(batch.Connection!, limits, token);
            // The query is done. The next one need not wait for the rollback on the way back to the pool, a third of a small query's time.
            turn.Dispose();
            return result;
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
    static async Task<QueryResult> Fetch(NpgsqlConnection connection, QueryLimits limits, CancellationToken ct)
    {
        using var json = new ResultRows(limits.Rows, limits.Bytes);
        var piece = FirstPiece;
        while (true)
        {
            var before = json.Count;
            piece = Math.Min(piece, limits.Rows + 1L - before);
            await Piece(connection, json, piece, ct);
            if (json.Truncated is not null || json.Count < before + piece) return json.Result();
            piece = Math.Max(1, (limits.Bytes - json.Length) * json.Count / json.Length);
        }
    }

    static async Task Piece(NpgsqlConnection connection, ResultRows json, long rows, CancellationToken ct)
    {
        var sql = FormattableString.Invariant($"fetch forward {rows} from q");
        await using var fetch = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        // Sequential, so that a row of a gigabyte is seen to be one before it is in memory.
        await using var reader = await fetch.ExecuteReaderAsync(CommandBehavior.SequentialAccess, ct);
        await json.Append(reader, ct);
        if (json.Truncated is not Truncation.Bytes) return;
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
