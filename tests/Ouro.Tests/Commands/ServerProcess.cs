using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Ouro.Tests.Commands;

/// <summary>The real program in a process of its own, as ./ouro starts it, on a data directory of its own.</summary>
public sealed class ServerProcess(string data) : IAsyncDisposable
{
    static readonly string Program = Path.Combine(Path.GetDirectoryName(typeof(Ouro.Server.OuroServer).Assembly.Location)!, "ouro-server.dll");
    readonly StringBuilder output = new();
    Process? process;

    public int Port { get; } = Free();

    public string Output { get { lock (output) return output.ToString(); } }

    public string Key => File.ReadAllText(Path.Combine(data, "owner.key")).Trim();

    public int Id => process!.Id;

    /// <summary>Starts, and returns when it can serve.</summary>
    public async Task Start()
    {
        process = Begin(data, "up", "--port", Port.ToString());
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60) && !process.HasExited; await Task.Delay(50))
            try
            {
                // The last line is printed when everything else was.
                if ((await http.GetAsync($"http://127.0.0.1:{Port}/health/ready")).IsSuccessStatusCode && Output.Contains("MCP ", StringComparison.Ordinal)) return;
            }
            catch (HttpRequestException) { }
        throw new InvalidOperationException($"The server did not come up: {Output}");
    }

    public HttpClient Http()
    {
        var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Port}") };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", Key);
        return http;
    }

    public async Task<JsonElement> Get(string path)
    {
        using var http = Http();
        return (await http.GetFromJsonAsync<JsonElement>("/api" + path)).GetProperty("data");
    }

    /// <summary>What a power cut would do to the server and its database.</summary>
    public async Task KillEverything()
    {
        var postmaster = int.Parse(File.ReadLines(Path.Combine(data, "postgres", "postmaster.pid")).First());
        process!.Kill();
        using var database = Process.GetProcessById(postmaster);
        database.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Ends as an operator ends it; the exit code and how long it took.</summary>
    public async Task<(int Code, TimeSpan Took)> Terminate()
    {
        var began = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", ["-TERM", process!.Id.ToString()])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>A command beside it, or without it.</summary>
    public static Task<(int Code, string Output, string Errors)> Run(string data, params string[] command) => Run(data, new Dictionary<string, string>(), command);

    /// <summary>A command in an environment that says more.</summary>
    public static async Task<(int Code, string Output, string Errors)> Run(string data, Dictionary<string, string> environment, params string[] command)
    {
        var start = Start(data, command);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (standard, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await standard, await errors);
    }

    static Process Begin(string data, params string[] command) => Process.Start(Start(data, command))!;

    static ProcessStartInfo Start(string data, string[] command) => new("dotnet", [Program, .. command, "--data", data]) { RedirectStandardOutput = true, RedirectStandardError = true };

    static int Free()
    {
        using var socket = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        socket.Start();
        return ((System.Net.IPEndPoint)socket.LocalEndpoint).Port;
    }

    void Add(string? line)
    {
        lock (output) output.AppendLine(line);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await Terminate();
        process?.Dispose();
    }
}
