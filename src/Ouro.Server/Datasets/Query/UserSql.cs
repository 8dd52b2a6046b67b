using System.Data;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>How many queries of users run and wait at a time, in this process.</summary>
/// <param name="Running">At a time; one core is left to everything else.</param>
/// <param name="Waiting">In the queue; the next one is told to come back.</param>
/// <param name="Patience">The longest wait in the queue.</param>
/// <param name="Pools">How many datasets keep open connections.</param>
public sealed record QueryCapacity(int Running, int Waiting, TimeSpan Patience, int Pools)
{
    public static QueryCapacity Default { get; } = new(Math.Max(1, Environment.ProcessorCount - 1), 16, TimeSpan.FromSeconds(5), 16);
}

/// <summary>
/// Runs SQL that users wrote over one dataset. What it may read is decided by PostgreSQL: the dataset's own role, which can read one
/// view and call functions that only compute (see hardening.sql). Here are the limits: how many at a time, how long, how much.
/// </summary>
public sealed class UserSql : IAsyncDisposable
{
    const string Prefix = "declare q no scroll cursor for ";
    const long FirstPiece = 1_000;

    // The backend has two seconds to obey a cancellation; after these, nobody waits for anything any more.
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(2.5);

    readonly DatasetSources sources;
    readonly ConcurrencyLimiter limiter;
    readonly QueryCapacity capacity;

    /// <param name="connectionString">The application's own; the role and password are replaced by each dataset's.</param>
    /// <param name="roles">The names and passwords of datasets' roles.</param>
    /// <param name="capacity">Limits across all queries; the default fits one server with its database beside it.</param>
    public UserSql(string connectionString, DatasetRoles roles, QueryCapacity? capacity = null)
    {
        this.capacity = capacity ?? QueryCapacity.Default;
        sources = new(connectionString, roles, this.capacity.Pools);
        limiter = new(new()
        {
            PermitLimit = this.capacity.Running,
            QueueLimit = this.capacity.Waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
    }

    /// <summary>Runs one statement that reads. Refuses with 400 and PostgreSQL's own code, 408 past the time, 429 past the capacity.</summary>
    public async Task<QueryResult> Run(DatasetTable table, string sql, QueryLimits limits, CancellationToken ct)
    {
        var query = QueryText.Read(sql, table.Qualified);
        using var permit = await Permit(ct);
        return await sources.Use(table, async source =>
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
            time.CancelAfter(limits.Time);
            var run = Execute(source, table, query, limits, permit, time.Token);
            try
            {
                // Also who hangs up keeps the place until the backend has stopped: otherwise hanging up would be a way past the queue.
                return await run.WaitAsync(limits.Time + Grace, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                Forget(run);
                throw QueryError.TimedOut(limits.Time);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw QueryError.TimedOut(limits.Time);
            }
        });
    }

    /// <summary>Closes what is open for a dataset, before or after its role is dropped.</summary>
    public Task Drop(DatasetTable table) => sources.Drop(table);

    public async ValueTask DisposeAsync()
    {
        await limiter.DisposeAsync();
        await sources.DisposeAsync();
    }

    async Task<RateLimitLease> Permit(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(capacity.Patience);
        try
        {
            var permit = await limiter.AcquireAsync(1, patience.Token);
            if (permit.IsAcquired) return permit;
            permit.Dispose();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
        throw QueryError.Busy();
    }

    static async Task<QueryResult> Execute(
        NpgsqlDataSource source, DatasetTable table, QueryText query, QueryLimits limits, RateLimitLease permit, CancellationToken ct)
    {
        await using var connection = await Open(source, ct);
        try
        {
            // Behind DECLARE … FOR, PostgreSQL's grammar has room for a query only. Returned to the pool, the connection rolls back
            // whatever is still open, also after an error.
            await using var declare = new NpgsqlBatch(connection) { BatchCommands = { new("begin read only"), new(Prefix + query.Sql) } };
            await declare.ExecuteNonQueryAsync(ct);
            var result = await Fetch(connection, limits, ct);
            // The query is done. The next one need not wait for the rollback on the way back to the pool, a third of a small query's time.
            permit.Dispose();
            return result;
        }
        catch (PostgresException error)
        {
            throw QueryError.Of(error, query, Prefix.Length, table);
        }
        catch (NpgsqlException error) when (error.InnerException is IOException or SocketException)
        {
            throw QueryError.Lost();
        }
    }

    /// <summary>A connection of the dataset's role. A role that is missing or has another password is a bug, and no fault of the query.</summary>
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
