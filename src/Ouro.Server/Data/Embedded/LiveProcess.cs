namespace Ouro.Server.Data.Embedded;

/// <summary>
/// A process, known by its id and the moment it started: an id alone may by now belong to somebody else, and nobody else's process is to be
/// signalled.
/// </summary>
sealed record LiveProcess(int Pid, long Started)
{
    public static LiveProcess Self { get; } = Find(Environment.ProcessId)!;

    public bool Alive => Find(Pid) is { } found && found.Started == Started;

    /// <summary>The process that has this id now; null when none has, or when it is dead and only not yet buried.</summary>
    public static LiveProcess? Find(int pid)
    {
        if (!OperatingSystem.IsLinux())
            return pid > 0 && Posix.Signal(pid, 0) ? new(pid, 0) : null;
        try
        {
            // "pid (name) state ppid …": the name may hold anything, so count from its last bracket. The start time is field 22.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new(pid, long.Parse(fields[19]));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool Signal(int signal) => Alive && Posix.Signal(Pid, signal);

    /// <summary>Waits until the process is gone; false when it is still there after that time.</summary>
    public async Task<bool> Gone(TimeSpan within, CancellationToken ct)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (Alive)
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(since) > within)
                return false;
            await Task.Delay(10, ct);
        }
        return true;
    }
}
