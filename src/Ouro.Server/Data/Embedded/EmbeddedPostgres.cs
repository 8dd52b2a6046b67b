using System.Diagnostics;
using Npgsql;

namespace Ouro.Server.Data.Embedded;

/// <summary>
/// The PostgreSQL that comes with the server: made, started, watched and stopped by whoever owns the data directory. It answers on a socket
/// only, under a password that follows from the server's key.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    readonly DataDirectory directory;
    readonly EmbeddedPostgresOptions options;
    readonly Cluster cluster;
    readonly DatabaseUser user;
    readonly CancellationTokenSource stopping = new();
    PostgresBinaries? binaries;
    Postmaster? postmaster;
    bool socketPrepared;
    Task watching = Task.CompletedTask;

    EmbeddedPostgres(DataDirectory directory, EmbeddedPostgresOptions options)
    {
        (this.directory, this.options) = (directory, options);
        cluster = new(directory);
        user = DatabaseUser.Choose(options.RunAs);
    }

    /// <summary>To the database <c>postgres</c>, as its superuser. It stays the same when the database is restarted.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The first process of the database; null when this is a command that joined a running server.</summary>
    public int? ProcessId => postmaster?.Pid;

    /// <summary>
    /// Makes the database answer. Who owns the data directory starts it, or takes over a live one that a killed server left, and stops it
    /// in the end; a command that joined a server uses the server's and leaves it alone.
    /// </summary>
    public static async Task<EmbeddedPostgres> Start(
        DataDirectory directory, EmbeddedPostgresOptions? options = null, CancellationToken ct = default)
    {
        var database = new EmbeddedPostgres(directory, options ?? new());
        if (!directory.Owned)
        {
            await database.Join(ct);
            return database;
        }

        try
        {
            var took = Stopwatch.GetTimestamp();
            var how = await database.TakeOver(ct) ? "taken over, running" : await database.Launch(ct);
            database.options.Log.LogInformation("The database is {How} (PostgreSQL {Major}, process {Pid}, {Milliseconds:0} ms)",
                how, database.cluster.Major, database.ProcessId, Stopwatch.GetElapsedTime(took).TotalMilliseconds);
            database.watching = Task.Run(database.Watch, CancellationToken.None);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the database within ten seconds, if it is ours.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stopping.IsCancellationRequested)
            return;
        await stopping.CancelAsync();
        await watching;
        if (postmaster is { } running)
            await running.Stop();
        if (postmaster is not null || socketPrepared)
            SocketFolder.Remove(directory);
        postmaster = null;
        stopping.Dispose();
    }

    async Task Join(CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            // The server may itself be starting, so its socket may not be there yet.
            if (SocketFolder.Recorded(directory) is { } folder && await Answers(folder, ct) is null)
                return;
            if (!directory.ServerIsAlive)
                throw new StartException($"The server on {directory.Path} has just ended. Run the command again: it starts the database itself.");
            if (Stopwatch.GetElapsedTime(since) > options.StartLimit)
                throw new StartException($"The server on {directory.Path} runs, but its database does not answer. "
                    + "If that server uses a database elsewhere, name the same one with --database.");
            await Task.Delay(50, ct);
        }
    }

    async Task<bool> TakeOver(CancellationToken ct)
    {
        if (!cluster.Exists || await Postmaster.Find(cluster, user, ct) is not { } running)
            return false;
        if (!await running.Settled(options.StartLimit, ct))
            return false;
        // Its folder may be gone from a swept /tmp, and then nobody reaches it any more.
        var refused = SocketFolder.Recorded(directory) is { } folder ? await Answers(folder, ct) : "its socket is not recorded";
        if (refused is not null)
        {
            options.Log.LogWarning("A database left running (process {Pid}) cannot be reached ({Reason}) and is started anew", running.Pid, refused);
            await running.Stop();
            return false;
        }
        postmaster = running;
        user.MayPass(directory.Path);
        await cluster.Ready(cluster.Major!.Value, user, ct);
        running.Reload();
        return true;
    }

    async Task<string> Launch(CancellationToken ct)
    {
        var isNew = !cluster.Exists;
        PostgresLog.Bind(cluster.Log);
        binaries ??= await PostgresBinaries.Find(options, cluster.Major, ct);
        user.MayPass(directory.Path);
        var able = await user.Reaching([directory.Path, binaries.Postgres], ct);
        var socket = SocketFolder.Prepare(directory, able);
        socketPrepared = true;
        if (isNew)
        {
            await cluster.Create(binaries, able, socket, sync: !options.ThrowAway, ct);
        }
        else
        {
            await Postmaster.EndOrphans(cluster, able, ct);
            await cluster.Ready(binaries.Major, able, ct);
        }
        postmaster = await Postmaster.Start(cluster, binaries, able, socket, options, ct);
        if (await Answers(socket, ct) is { } refused)
            throw new StartException($"The database started but refuses its own server: {refused}");
        return isNew ? "made" : "started";
    }

    /// <summary>Restarts the database when it dies. Requests fail meanwhile; the pool's next connections find it in the same place.</summary>
    async Task Watch()
    {
        var ct = stopping.Token;
        var failures = 0;
        try
        {
            while (true)
            {
                await Task.Delay(failures == 0 ? Glance : TimeSpan.FromSeconds(Math.Min(30, 1 << failures)), ct);
                try
                {
                    PostgresLog.Bind(cluster.Log);
                    if (postmaster is { Alive: true })
                        continue;
                    options.Log.LogError("The database (process {Pid}) ended by itself and is started again. Its log is {Path}",
                        ProcessId, cluster.Log);
                    var how = await Launch(ct);
                    options.Log.LogWarning("The database is {How} again (process {Pid})", how, ProcessId);
                    failures = 0;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    failures = Math.Min(failures + 1, 5);
                    options.Log.LogError(e, "The database cannot be started; the next attempt follows");
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Being disposed of.
        }
    }

    /// <summary>Null when the database answers there with our password, else why not.</summary>
    async Task<string?> Answers(string socketFolder, CancellationToken ct)
    {
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = socketFolder,
            Port = int.Parse(Postmaster.Port),
            Username = Cluster.Superuser,
            Password = cluster.Password,
            Database = "postgres",
        };
        ConnectionString = connection.ConnectionString;
        connection.Pooling = false;
        connection.Timeout = 5;
        // Only knocking: the catalogue of types is read by those who come in.
        var door = new NpgsqlDataSourceBuilder(connection.ConnectionString);
        door.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        try
        {
            await using var source = door.Build();
            await using var knock = await source.OpenConnectionAsync(ct);
            return null;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new StartException($"The database in {cluster.Folder} does not know the key {directory.File("server.key")}: "
                + "both must come from the same installation or backup.", e);
        }
        catch (NpgsqlException e)
        {
            return e.Message;
        }
    }
}
