using System.Diagnostics;

namespace Ouro.Tests;

/// <summary>A client of another world: runs a script of <c>tests/clients</c> in Node, with the packages that its lock file names.</summary>
public static class NodeClient
{
    static readonly TimeSpan ScriptTime = TimeSpan.FromSeconds(60), InstallTime = TimeSpan.FromMinutes(5);
    static readonly Lazy<Task> Installed = new(Install);

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Root();

    static string Folder { get; } = Path.Combine(Repository, "tests", "clients");

    /// <summary>What a script printed and how it ended.</summary>
    public sealed record Result(int ExitCode, string Output, string Errors);

    public static async Task<Result> Run(string script, params string[] args)
    {
        await Installed.Value;
        return await Start("node", [script, .. args], ScriptTime);
    }

    /// <summary>The folder of a package that the lock file names.</summary>
    public static async Task<string> Package(string name)
    {
        await Installed.Value;
        return Path.Combine(Folder, "node_modules", name);
    }

    static async Task Install()
    {
        // Several test processes may find the packages missing at once; npm would let them spoil each other's work.
        await using var turn = await Turn();
        // npm writes this file last; one older than the lock file is of other packages.
        var installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
        if (File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            return;
        var npm = await Start("npm", ["ci", "--no-audit", "--no-fund"], InstallTime);
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm ci failed in {Folder}: {npm.Errors}");
    }

    static async Task<FileStream> Turn()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new(Path.Combine(Folder, "..", "Ouro.Tests", "obj", "npm.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < InstallTime)
            {
                await Task.Delay(200);
            }
        }
    }

    static async Task<Result> Start(string program, string[] args, TimeSpan limit)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var clock = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(clock.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', args)} took longer than {limit}.");
        }
        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>The folder of the repository.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ouro.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
