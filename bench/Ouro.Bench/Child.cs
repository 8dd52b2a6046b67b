using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ouro.Bench;

/// <summary>A process that a bench started, and ends: in order if that is time enough, else with all its descendants.</summary>
sealed class Child : IAsyncDisposable
{
    const int Terminate = 15;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly Process process;
    readonly Task drained;
    bool isDisposed;

    Child(Process process, Task drained) => (this.process, this.drained) = (process, drained);

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>How a program ended and what it said.</summary>
    public sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        public bool Succeeded => ExitCode == 0;
    }

    /// <summary>Starts a program whose words nobody reads, unless its errors go somewhere, in the environment of this one without the product's settings.</summary>
    public static Child Start(string program, IEnumerable<string> args, string folder, IEnumerable<(string Name, string Value)> environment, Stream? errors = null)
    {
        var process = Process.Start(About(program, args, folder, environment)) ?? throw new BenchException($"{program} did not start.");
        // A full pipe would hold the process up.
        return new(process, Task.WhenAll(
            process.StandardOutput.BaseStream.CopyToAsync(Stream.Null), process.StandardError.BaseStream.CopyToAsync(errors ?? Stream.Null)));
    }

    /// <summary>Runs a program to its end; null where there is no such program.</summary>
    public static async Task<Outcome?> Run(
        string program, IEnumerable<string> args, string folder, IEnumerable<(string Name, string Value)> environment, CancellationToken ct)
    {
        Process? process;
        try
        {
            process = Process.Start(About(program, args, folder, environment));
        }
        catch (Win32Exception)
        {
            return null;
        }
        if (process is null) return null;
        await using var child = new Child(process, Task.CompletedTask);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>Starts a program whose lines are heard as they come.</summary>
    public static Child Start(string program, IEnumerable<string> args, string folder, Action<string> hear)
    {
        var process = Process.Start(About(program, args, folder, [])) ?? throw new BenchException($"{program} did not start.");
        return new(process, Task.WhenAll(Hear(), process.StandardError.BaseStream.CopyToAsync(Stream.Null)));

        async Task Hear()
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line) hear(line);
        }
    }

    /// <summary>How it ended, when it has said everything.</summary>
    public async Task<int> Ended(CancellationToken ct)
    {
        await process.WaitForExitAsync(ct);
        await drained;
        return process.ExitCode;
    }

    /// <summary>Ends it as nothing can be done against, and leaves its descendants alone.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Who could not start another one may end it twice.
        if (isDisposed) return;
        isDisposed = true;
        if (!process.HasExited)
        {
            _ = kill(process.Id, Terminate);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        await drained;
        process.Dispose();
    }

    static ProcessStartInfo About(string program, IEnumerable<string> args, string folder, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, args) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("OURO_", StringComparison.Ordinal) && name != "OURO_POSTGRES_BIN").ToArray())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    [DllImport("libc", SetLastError = true)]
    static extern int kill(int process, int signal);
}
