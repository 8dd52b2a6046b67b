using Npgsql;
using Ouro.Server.Data;
using Ouro.Server.Data.Embedded;
using Xunit;

[assembly: AssemblyFixture(typeof(Ouro.Tests.TestCluster))]

namespace Ouro.Tests;

/// <summary>One real PostgreSQL for all tests of a run, with a migrated and hardened template from which each server gets a database of its own.</summary>
public sealed class TestCluster : IAsyncLifetime
{
    const string Template = "ouro_template";
    const string AppRole = "ouro_app";
    const string AppPassword = "for tests only";
    static int databases;
    static readonly SemaphoreSlim OneClone = new(1);

    static DataDirectory directory = null!;
    static EmbeddedPostgres postgres = null!;

    public static string Superuser(string database = "postgres") =>
        new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = database, Pooling = false }.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        directory = await DataDirectory.Open(Path.Combine(Path.GetTempPath(), "ouro-tests-" + Guid.CreateVersion7().ToString("N")[20..]), HolderKind.Server);
        postgres = await EmbeddedPostgres.Start(directory, new() { ThrowAway = true });
        // The template is made without pooling, because a database with connections cannot be cloned.
        await using (await Open(Template)) { }
        NpgsqlConnection.ClearAllPools();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await postgres.DisposeAsync();
        var path = directory.Path;
        directory.Dispose();
        Directory.Delete(path, recursive: true);
    }

    /// <summary>A new database, as a freshly started server would find its own.</summary>
    public static async Task<Database> Clone()
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await OneClone.WaitAsync();
        try
        {
            await Run($"create database {name} template {Template} owner {AppRole}");
            return await Open(name);
        }
        finally
        {
            OneClone.Release();
        }
    }

    public static Task<Database> Open(string name) => Database.Open(
        new(postgres.ConnectionString, name, AppRole, AppPassword), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, default);

    public static async Task Run(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(Superuser(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
