using Npgsql;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Xunit;

[assembly: AssemblyFixture(typeof(Ouro.Tests.Datasets.Query.QueryWorld))]

namespace Ouro.Tests.Datasets.Query;

/// <summary>
/// Two databases in one cluster, hardened, each with secrets in the application's own tables; in the first, Ada's dataset and one
/// of somebody else with a secret in it.
/// </summary>
public sealed class QueryWorld : IAsyncLifetime
{
    readonly ThrowAwayPostgres postgres = new();

    public const string Secret = "sesame-4711";
    public const string Application = "ouro_app";
    public static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public DatasetTable Ada { get; } = DatasetTable.New(Guid.CreateVersion7());
    public DatasetTable Other { get; } = DatasetTable.New(Guid.CreateVersion7());
    public DatasetRoles Roles { get; } = new("ouro_one", Key);
    public UserSql Sql { get; private set; } = null!;

    /// <summary>For looking at everything in the first database.</summary>
    public NpgsqlDataSource All { get; private set; } = null!;

    public string Superuser(string database) => new NpgsqlConnectionStringBuilder(postgres.Superuser) { Database = database }.ConnectionString;

    public string App(string database) =>
        new NpgsqlConnectionStringBuilder(postgres.Superuser) { Database = database, Username = Application, Password = "app" }.ConnectionString;

    public string Login(DatasetTable table, string database) => new NpgsqlConnectionStringBuilder(postgres.Superuser)
    {
        Database = database,
        Username = Roles.Role([table]),
        Password = Roles.Password([table]),
    }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        await postgres.InitializeAsync();
        await Run(postgres.Superuser, $"create role {Application} login createrole password 'app'");
        foreach (var database in (string[])["ouro_one", "ouro_two"])
        {
            await Run(postgres.Superuser, $"create database {database} owner {Application}");
            await using var superuser = await Open(Superuser(database));
            await Hardening.Apply(superuser, Application, default);
            await Run(App(database), $"""
                create schema datasets;
                create table public.users (id int, email text);
                insert into public.users values (1, '{Secret}');
                """);
        }
        await CreateTable(Ada, "select i as id, 'row ' || i as name, i * 1.5 as score, i % 2 = 0 as even from generate_series(1, 100) i");
        await CreateTable(Other, $"select 1 as id, '{Secret}' as hidden_column");
        All = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Superuser("ouro_one")) { Pooling = true, MaxPoolSize = 5 });
        Sql = NewSql(new(2, 16, TimeSpan.FromSeconds(5), 16));
    }

    public UserSql NewSql(QueryCapacity capacity) => new(App("ouro_one"), Roles, capacity);

    /// <summary>A dataset's table as the application makes it: rows, a view over them, and the role that reads the view.</summary>
    public async Task CreateTable(DatasetTable table, string rows)
    {
        await using var source = NpgsqlDataSource.Create(App("ouro_one"));
        await using var tx = await new Db(source).Begin(default);
        await Run(tx.Connection, $"""
            create table datasets.{table.Name.Replace("d_", "t_")} as {rows};
            create view {table.Qualified} as select * from datasets.{table.Name.Replace("d_", "t_")};
            """);
        await Roles.Create(tx, table, default);
        await tx.Commit(default);
    }

    public Task<QueryResult> Query(string sql, QueryLimits? limits = null) => Sql.Run(Ada, sql, limits ?? QueryLimits.Default);

    public static async Task<NpgsqlConnection> Open(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    public static async Task Run(string connectionString, string sql)
    {
        await using var connection = await Open(connectionString);
        await Run(connection, sql);
    }

    public static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<T> Scalar<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Sql.DisposeAsync();
        await All.DisposeAsync();
        await postgres.DisposeAsync();
    }
}

/// <summary>Queries of one dataset alone, all of one account.</summary>
static class OneDataset
{
    public static Task<QueryResult> Run(this UserSql sql, DatasetTable table, string written, QueryLimits limits, CancellationToken ct = default) =>
        sql.Run(QueryText.Read(written).Over(table, new Dictionary<Guid, DatasetTable>()), Guid.Empty, limits, ct);
}
