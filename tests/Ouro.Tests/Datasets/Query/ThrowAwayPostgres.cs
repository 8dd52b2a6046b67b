using System.Diagnostics;
using Npgsql;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

/// <summary>A PostgreSQL of its own for these tests, gone with them. <c>OURO_TEST_PG_BIN</c> points at another version.</summary>
public sealed class ThrowAwayPostgres : IAsyncLifetime
{
    readonly string folder = Path.Combine("/tmp", "ouro-pg-" + Guid.CreateVersion7().ToString("N")[^12..]);
    Process? server;

    public string Superuser => $"Host={folder};Username=postgres;Password=postgres;Database=postgres;Pooling=false;Include Error Detail=true";

    static string Programs => Environment.GetEnvironmentVariable("OURO_TEST_PG_BIN")
        ?? Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync($"{folder}/password", "postgres");
        if (Environment.UserName == "root") await Finish(Process.Start("chown", ["-R", "postgres", folder]));
        await Finish(Start("initdb", "-D", $"{folder}/data", "-U", "postgres", "--pwfile", $"{folder}/password", "-A", "scram-sha-256", "--no-sync",
            "-E", "UTF8", "--locale=C"));
        server = Start("postgres", "-D", $"{folder}/data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60");
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Superuser);
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (attempt < 100)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            // SIGQUIT: everything here is thrown away anyway.
            await Finish(Process.Start("kill", ["-QUIT", server.Id.ToString()]));
            await server.WaitForExitAsync();
            server.Dispose();
        }
        Directory.Delete(folder, recursive: true);
    }

    static Process Start(string program, params string[] arguments)
    {
        string[] command = [$"{Programs}/{program}", .. arguments];
        // PostgreSQL refuses to run as root.
        if (Environment.UserName == "root") command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command];
        return Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    static async Task Finish(Process process)
    {
        if (process.StartInfo.RedirectStandardOutput) _ = process.StandardOutput.ReadToEndAsync();
        var errors = process.StartInfo.RedirectStandardError ? await process.StandardError.ReadToEndAsync() : "";
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException(errors);
    }
}
