using System.Diagnostics;
using System.Net.Sockets;

namespace Ouro.Bench;

/// <summary>The reference server of tus on Node 22, with its store of files.</summary>
sealed class TusServer : IAsyncDisposable
{
    public const string Name = "@tus/server with @tus/file-store";
    const string Node = "node/bin/node", Library = "@tus/server/package.json";

    readonly Child child;

    TusServer(Child child, int port)
    {
        this.child = child;
        Http = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(10) };
    }

    public HttpClient Http { get; }

    public long? Memory() => TreeMemory.Of(child.Id);

    /// <summary>Null where it cannot be installed or does not start.</summary>
    public static async Task<TusServer?> Start(Repository repository, string folder, CancellationToken ct)
    {
        if (await repository.Package(Node, ct) is not { } node || await repository.Package(Library, ct) is null) return null;
        var (port, script) = (Product.FreePort(), Path.Combine(repository.Root, "bench", "clients", "tus-server.mjs"));
        var child = Child.Start(node, [script, $"{port}", Directory.CreateDirectory(folder).FullName], repository.Root, [("NODE_ENV", "production")]);
        if (await Listening.At(port, child, ct)) return new(child, port);
        await child.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await child.DisposeAsync();
    }
}

/// <summary>nginx, which sends a folder's files with the system's own call for it.</summary>
sealed class Nginx : IAsyncDisposable
{
    public const string Name = "nginx";
    static readonly string[] Places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx"];

    static readonly string[] Temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    readonly Child child;

    Nginx(Child child, int port)
    {
        this.child = child;
        Http = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(10) };
    }

    public HttpClient Http { get; }

    public long? Memory() => TreeMemory.Of(child.Id);

    /// <summary>Null where there is none or it does not start.</summary>
    public static async Task<Nginx?> Start(Scratch scratch, string folder, CancellationToken ct)
    {
        if (Places.FirstOrDefault(File.Exists) is not { } program) return null;
        var (port, settings) = (Product.FreePort(), scratch.File("nginx.conf"));
        var temporary = string.Join(' ', Temporary.Select(what => $"{what}_temp_path {scratch.File("nginx-" + what)};"));
        // The product's files are its account's alone; started by root, nginx would otherwise work as somebody else.
        await File.WriteAllTextAsync(settings, $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            worker_processes auto;
            pid {{scratch.File("nginx.pid")}};
            error_log stderr;
            events { }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              {{temporary}}
              server { listen 127.0.0.1:{{port}}; root {{folder}}; }
            }
            """, ct);
        var child = Child.Start(program, ["-e", "stderr", "-c", settings], scratch.Path, []);
        if (await Listening.At(port, child, ct)) return new(child, port);
        await child.DisposeAsync();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await child.DisposeAsync();
    }
}

/// <summary>Writing and hashing a file as a person would check it: <c>dd … conv=fsync</c>, then <c>sha256sum</c>.</summary>
static class Coreutils
{
    public const string Name = "dd conv=fsync, then sha256sum";

    /// <summary>How long both take together; the copy is gone then.</summary>
    public static async Task<TimeSpan> WriteAndHash(Cargo cargo, Scratch scratch, CancellationToken ct)
    {
        var copy = scratch.File("copy");
        var began = Stopwatch.GetTimestamp();
        await Must("dd", [$"if={cargo.Path}", $"of={copy}", "bs=8M", "conv=fsync", "status=none"]);
        await Must("sha256sum", [copy]);
        var took = Stopwatch.GetElapsedTime(began);
        File.Delete(copy);
        return took;

        async Task Must(string program, string[] args)
        {
            if (await Child.Run(program, args, scratch.Path, [], ct) is not { Succeeded: true }) throw new BenchException($"{program} does not work here.");
        }
    }
}

static class Listening
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when a program that was started takes connections; false where it ended or never does.</summary>
    public static async Task<bool> At(int port, Child child, CancellationToken ct)
    {
        for (var began = Stopwatch.GetTimestamp(); !child.HasEnded && Stopwatch.GetElapsedTime(began) < Patience; await Task.Delay(50, ct))
            try
            {
                using var connection = await Connection.Open(port, ct);
                return true;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        return false;
    }
}
