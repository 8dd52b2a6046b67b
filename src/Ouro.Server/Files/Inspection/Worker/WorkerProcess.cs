using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>One process of this program that works as <see cref="InspectionWork"/>. It sees nothing of the server's environment, where secrets are.</summary>
sealed class WorkerProcess : IDisposable
{
    // Managed memory is limited by the runtime, and what libraries take besides by looking.
    const string MostManaged = "0x10000000";
    const long MostMemory = 1L << 30;
    const int LongestAnswer = 1 << 20;

    static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);
    static readonly string[] Kept = ["PATH", "HOME", "TMPDIR", "LANG", "DOTNET_ROOT", "LD_LIBRARY_PATH"];

    readonly Process process;
    readonly StringBuilder errors = new();
    readonly byte[] buffer = new byte[LongestAnswer];
    int received;
    bool isNew = true;

    WorkerProcess(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            // How an accident begins says what it was; the rest may be thousands of lines.
            lock (errors)
                if (errors.Length < 500) errors.Append(line.Data).Append(' ');
        };
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Errors { get { lock (errors) return errors.ToString(); } }

    /// <summary>Starts a process, and returns when it can be asked.</summary>
    public static async Task<WorkerProcess> Start(CancellationToken ct)
    {
        var start = new ProcessStartInfo(Host(), [Path.Combine(AppContext.BaseDirectory, "ouro-server.dll"), "inspect-worker"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment.Clear();
        foreach (var name in Kept)
            if (Environment.GetEnvironmentVariable(name) is { } value) start.Environment[name] = value;
        start.Environment["DOTNET_GCHeapHardLimit"] = MostManaged;
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var started = new WorkerProcess(Process.Start(start)!);
        try
        {
            await started.Line(LongestStart, ct);
            return started;
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    public async Task<WorkerAnswer> Ask(WorkerQuestion question, TimeSpan limit, CancellationToken ct)
    {
        await process.StandardInput.BaseStream.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(question), (byte)'\n'], ct);
        await process.StandardInput.BaseStream.FlushAsync(ct);
        // The first question finds code that was never run, which takes its own time.
        var answer = await Line(isNew ? 2 * limit : limit, ct);
        isNew = false;
        return JsonSerializer.Deserialize<WorkerAnswer>(answer)!;
    }

    /// <summary>The next line that it writes.</summary>
    async Task<byte[]> Line(TimeSpan limit, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(limit);
        var output = process.StandardOutput.BaseStream;
        while (true)
        {
            if (buffer.AsSpan(0, received).IndexOf((byte)'\n') is >= 0 and var end)
            {
                var line = buffer[..end];
                received = 0;
                return line;
            }
            if (received == buffer.Length) throw new InvalidDataException("Its answer is too long.");
            // Reading from a pipe cannot be broken off; it ends when the process does.
            var reading = output.ReadAsync(buffer.AsMemory(received), CancellationToken.None).AsTask();
            while (await Task.WhenAny(reading, Task.Delay(Glance, CancellationToken.None)) != reading)
            {
                late.Token.ThrowIfCancellationRequested();
                MustBeModest();
            }
            var read = await reading;
            if (read == 0) throw new InvalidDataException("It ended.");
            received += read;
        }
    }

    void MustBeModest()
    {
        process.Refresh();
        if (!process.HasExited && process.WorkingSet64 > MostMemory) throw new InvalidDataException($"It took more than {MostMemory >> 20} MiB of memory.");
    }

    /// <summary>The program that runs this one, wherever this process came from.</summary>
    static string Host()
    {
        var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(beside) ? beside : "dotnet";
    }

    public void Dispose()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It was gone already.
        }
        process.Dispose();
    }
}
