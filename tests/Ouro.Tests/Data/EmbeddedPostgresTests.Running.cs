using System.Diagnostics;
using Npgsql;
using Ouro.Server.Data.Embedded;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Data;

/// <summary>How these tests look at processes and ask their databases.</summary>
public sealed partial class EmbeddedPostgresTests
{
    static string Status(int pid, string field) =>
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    static string Environments(int pid) => File.ReadAllText($"/proc/{pid}/environ");

    static bool IsAlive(int pid) => LiveProcess.Find(pid) is not null;

    /// <summary>kill -9, only ever of a process that this test started.</summary>
    static void Kill(int pid) => LiveProcess.Find(pid)!.Signal(Posix.Kill).ShouldBeTrue();

    sealed record Running(DataDirectory Directory, EmbeddedPostgres Database) : IAsyncDisposable
    {
        public int Pid => Database.ProcessId!.Value;

        public string SocketFolder => new NpgsqlConnectionStringBuilder(Database.ConnectionString).Host!;

        public static async Task<Running> Start(string folder, EmbeddedPostgresOptions? options = null, HolderKind kind = HolderKind.Server)
        {
            var directory = await DataDirectory.Open(folder, kind);
            try
            {
                return new(directory, await EmbeddedPostgres.Start(directory, options ?? ThrowAway));
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }

        public static async Task<string> Ask(string connectionString, string sql)
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 60;
            return Convert.ToString(await command.ExecuteScalarAsync()) ?? "";
        }

        public Task<string> Ask(string sql) => Ask(Database.ConnectionString, sql);

        public async Task Until(string sql, string answer)
        {
            var since = Stopwatch.GetTimestamp();
            while (true)
            {
                try
                {
                    (await Ask(sql)).ShouldBe(answer);
                    return;
                }
                catch (NpgsqlException) when (Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(15))
                {
                    await Task.Delay(50);
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Database.DisposeAsync();
            Directory.Dispose();
        }
    }
}
