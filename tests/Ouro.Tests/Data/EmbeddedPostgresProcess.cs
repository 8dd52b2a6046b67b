using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ouro.Server.Data.Embedded;

namespace Ouro.Tests.Data;

/// <summary>
/// A second process that opens a data directory and starts its database: this very assembly, run again. Locks, kills and orphans are only
/// honest between processes.
/// </summary>
sealed class EmbeddedPostgresProcess : IDisposable
{
    const string KindSetting = "OURO_TEST_HOLD_AS", FolderSetting = "OURO_TEST_HOLD";

    readonly Process process;

    EmbeddedPostgresProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    public int DatabasePid { get; private set; }

    public string ConnectionString { get; private set; } = "";

    /// <summary>Empty when it came up, else what it said.</summary>
    public string Refusal { get; private set; } = "";

    public static async Task<EmbeddedPostgresProcess> Start(string folder, HolderKind kind, params string[] wrapper)
    {
        string[] words = [.. wrapper, Environment.ProcessPath!.EndsWith("/dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet",
            typeof(EmbeddedPostgresProcess).Assembly.Location];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[KindSetting] = kind.ToString();
        start.Environment[FolderSetting] = folder;
        start.Environment["HOME"] = "/";
        var helper = new EmbeddedPostgresProcess(Process.Start(start)!);
        var line = await helper.process.StandardOutput.ReadLineAsync() ?? "nothing";
        if (line.Split('|') is ["ready", var pid, var connection])
            (helper.DatabasePid, helper.ConnectionString) = (int.Parse(pid), connection);
        else
            helper.Refusal = line;
        return helper;
    }

    /// <summary>Lets it end in order.</summary>
    public async Task End()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
    }

    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    [ModuleInitializer]
    internal static void BecomeHelper()
    {
        if (Environment.GetEnvironmentVariable(FolderSetting) is not { } folder)
            return;
        Hold(folder, Enum.Parse<HolderKind>(Environment.GetEnvironmentVariable(KindSetting)!));
        Environment.Exit(0);
    }

    // Not async: while a module initializer runs, no other thread may enter this assembly.
    static void Hold(string folder, HolderKind kind)
    {
        try
        {
            using var directory = DataDirectory.Open(folder, kind).GetAwaiter().GetResult();
            directory.Announce("http://helper.test");
            var database = EmbeddedPostgres.Start(directory, new() { ThrowAway = true }).GetAwaiter().GetResult();
            Console.WriteLine($"ready|{database.ProcessId ?? 0}|{database.ConnectionString}");
            Console.In.ReadToEnd();
            database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (StartException e)
        {
            Console.WriteLine(e.Message);
        }
    }
}
