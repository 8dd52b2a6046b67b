using DbUp;
using DbUp.Engine.Output;
using Npgsql;

namespace Ouro.Server.Data;

/// <summary>Where the database is, and as whom it is spoken to.</summary>
/// <param name="Connection">An Npgsql connection string; of a superuser, or of a plain owner on managed PostgreSQL.</param>
/// <param name="Name">The database; made when it is not there.</param>
/// <param name="AppRole">The role of requests, made when it is not there: no superuser, but it may make the datasets' roles.</param>
/// <param name="AppPassword">Its password.</param>
public sealed record DatabaseOptions(string Connection, string Name, string AppRole, string AppPassword);

/// <summary>
/// The migrated and hardened database. Two identities: the superuser only prepares, at the start; every request runs as the application role.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    const long PreparationLock = 0x4f75726f;

    readonly NpgsqlDataSource app;

    Database(NpgsqlDataSource app, string name, bool hardened, string connection)
    {
        (this.app, Name, IsHardened, AppConnection) = (app, name, hardened, connection);
        Db = new(app);
    }

    public Db Db { get; }

    public string Name { get; }

    /// <summary>Whether PUBLIC was taken away what users' SQL must not reach. Without a superuser it cannot be.</summary>
    public bool IsHardened { get; }

    /// <summary>The connection string of requests; the datasets' own roles connect like it under their own names.</summary>
    public string AppConnection { get; }

    public static async Task<Database> Open(DatabaseOptions options, ILogger log, CancellationToken ct)
    {
        await using var turn = await Turn(options, ct);
        var isSuperuser = await Prepare(turn, options, ct);
        var connection = new NpgsqlConnectionStringBuilder(options.Connection)
        {
            Database = options.Name, ApplicationName = "ouro", MaxPoolSize = 40, Timezone = "UTC", IncludeErrorDetail = false,
            // A statement that is used again is planned once. An unused connection is a process of up to 10 MB, and a new one a matter of
            // milliseconds: they go soon.
            MaxAutoPrepare = 50, AutoPrepareMinUsages = 3, ConnectionIdleLifetime = 10, ConnectionPruningInterval = 5, NoResetOnClose = true,
        };
        if (isSuperuser) (connection.Username, connection.Password) = (options.AppRole, options.AppPassword);

        try
        {
            await Migrate(connection.ConnectionString, log, ct);
        }
        catch (PostgresException e) when (isSuperuser && e.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            // The role is from before this server's key: a new key, or a data directory that was made anew.
            await Run(turn, $"alter role {Sql.Identifier(options.AppRole)} password {Sql.Literal(options.AppPassword)}", ct);
            await Migrate(connection.ConnectionString, log, ct);
        }
        var hardened = isSuperuser && await Harden(options, ct);
        var app = new NpgsqlDataSourceBuilder(connection.ConnectionString);
        // A statement that makes a role holds what is kept of its password; that stays out of traces.
        app.ConfigureTracing(traces => traces.ConfigureCommandFilter(command => !command.CommandText.Contains("password", StringComparison.Ordinal)));
        return new(app.Build(), options.Name, hardened, connection.ConnectionString);
    }

    /// <summary>A server and a command, or two servers, may find the same empty PostgreSQL at once: one prepares it, the others wait and find it ready.</summary>
    static async Task<NpgsqlConnection> Turn(DatabaseOptions options, CancellationToken ct)
    {
        NpgsqlConnection connection;
        try
        {
            // The database itself may not be there yet; this one always is, but managed services may keep it closed.
            connection = await Connected(options, "postgres", ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege)
        {
            connection = await Connected(options, options.Name, ct);
        }
        await Run(connection, $"select pg_advisory_lock({PreparationLock})", ct);
        return connection;
    }

    static async Task<NpgsqlConnection> Connected(DatabaseOptions options, string database, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.Connection) { Database = database, Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    static async Task Run(NpgsqlConnection connection, Sql sql, CancellationToken ct)
    {
        await using var command = sql.Command(connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Makes the role and the database where they are missing; answers whether the connection is a superuser's.</summary>
    static async Task<bool> Prepare(NpgsqlConnection connection, DatabaseOptions options, CancellationToken ct)
    {
        Sql look = $"""
            select rolsuper as is_superuser,
              exists (select from pg_roles where rolname = {options.AppRole}) as has_role,
              exists (select from pg_database where datname = {options.Name}) as has_database,
              exists (select from pg_database d join pg_roles o on o.oid = d.datdba where d.datname = {options.Name} and o.rolname = {options.AppRole}) as is_owner
            from pg_roles where rolname = current_user
            """;
        Found found;
        await using (var command = look.Command(connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            await reader.ReadAsync(ct);
            found = Rows<Found>.Reader(reader)(reader);
        }
        if (!found.IsSuperuser) return false;
        var (role, database) = (Sql.Identifier(options.AppRole), Sql.Identifier(options.Name));
        if (!found.HasRole) await Run(connection, $"create role {role} login createrole password {Sql.Literal(options.AppPassword)}", ct);
        if (!found.HasDatabase) await Run(connection, $"create database {database} owner {role} encoding 'UTF8' template template0", ct);
        else if (!found.IsOwner)
        {
            // Somebody else's database stays theirs; the role gets what it needs to live in it.
            await Run(connection, $"grant create, connect, temporary on database {database} to {role}", ct);
            await using var inside = await Connected(options, options.Name, ct);
            await Run(inside, $"grant usage, create on schema public to {role}", ct);
        }
        return true;
    }

    sealed record Found(bool IsSuperuser, bool HasRole, bool HasDatabase, bool IsOwner);

    static async Task<bool> Harden(DatabaseOptions options, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.Connection) { Database = options.Name, Pooling = false });
        await using var connection = await source.OpenConnectionAsync(ct);
        return (await Hardening.Apply(connection, options.AppRole, ct)).Done;
    }

    /// <summary>Brings the schema to this program's version.</summary>
    static async Task Migrate(string connectionString, ILogger log, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        var scripts = typeof(Database).Assembly.GetManifestResourceNames().Where(IsMigration).ToArray();
        if (await IsCurrent(connection, scripts, ct)) return;
        var result = DeployChanges.To.PostgresqlDatabase(connectionString)
            .WithScriptsEmbeddedInAssembly(typeof(Database).Assembly, IsMigration)
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .LogTo(new MigrationLog(log))
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"The migration {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    static bool IsMigration(string resource) => resource.Contains(".Migrations.", StringComparison.Ordinal);

    // Asking costs a millisecond, loading the migrator a hundred.
    static async Task<bool> IsCurrent(NpgsqlConnection connection, string[] scripts, CancellationToken ct)
    {
        try
        {
            await using var ask = new NpgsqlCommand("select count(*) from public.schemaversions where scriptname = any($1)", connection) { Parameters = { new() { Value = scripts } } };
            return (long)(await ask.ExecuteScalarAsync(ct))! == scripts.Length;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    sealed class MigrationLog(ILogger log) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) { }
        public void LogDebug(string format, params object[] args) { }
        public void LogInformation(string format, params object[] args) => log.LogInformation("{Migration}", string.Format(format, args));
        public void LogWarning(string format, params object[] args) => log.LogWarning("{Migration}", string.Format(format, args));
        public void LogError(string format, params object[] args) => log.LogError("{Migration}", string.Format(format, args));
        public void LogError(Exception ex, string format, params object[] args) => log.LogError(ex, "{Migration}", string.Format(format, args));
    }
}
