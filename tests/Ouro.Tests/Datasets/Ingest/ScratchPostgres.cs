using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Ouro.Server.Data;
using Ouro.Tests.Datasets.Ingest;
using Xunit;

[assembly: AssemblyFixture(typeof(ScratchPostgres))]

namespace Ouro.Tests.Datasets.Ingest;

/// <summary>A PostgreSQL of its own for these tests, thrown away after them.</summary>
public sealed class ScratchPostgres : IAsyncLifetime
{
    readonly string folder = Path.Combine(Path.GetTempPath(), $"ouro-scratch-{Guid.CreateVersion7():N}");
    Process? server;
    NpgsqlDataSource? source;

    public Db Db => new(source!);

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(folder);
        var root = Environment.UserName == "root";
        if (root) await Run("chown", "postgres", folder);
        await Run(root, "initdb", "-D", $"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");

        var port = FreePort();
        string[] start = ["-D", $"{folder}/data", "-p", $"{port}", "-k", folder, "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1"];
        server = Start(root, "postgres", start);
        source = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Include Error Detail=true");
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Db.Run($"create schema datasets", CancellationToken.None);
                return;
            }
            catch (NpgsqlException) when (attempt < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (source is not null) await source.DisposeAsync();
        if (server is not null)
        {
            var line = (await File.ReadAllLinesAsync($"{folder}/data/postmaster.pid"))[0];
            await Run("kill", "-QUIT", line); // nothing is worth keeping
            await server.WaitForExitAsync();
        }
        Directory.Delete(folder, recursive: true);
    }

    static async Task Run(bool root, string program, params string[] arguments)
    {
        using var process = Start(root, program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    static async Task Run(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync();
    }

    static Process Start(bool root, string program, string[] arguments)
    {
        var path = Directory.GetDirectories("/usr/lib/postgresql").Order().Select(version => $"{version}/bin/{program}").Last(File.Exists);
        // PostgreSQL refuses to run as root.
        var info = root
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        info.RedirectStandardOutput = info.RedirectStandardError = true;
        info.WorkingDirectory = "/";
        var process = Process.Start(info)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
