using System.Diagnostics;

namespace Ouro.Server.Data.Embedded;

/// <summary>The running database: its first process, which all others come from.</summary>
sealed class Postmaster
{
    public const string Port = "5432";

    readonly Cluster cluster;
    readonly DatabaseUser user;
    readonly LiveProcess process;

    Postmaster(Cluster cluster, DatabaseUser user, LiveProcess process) => (this.cluster, this.user, this.process) = (cluster, user, process);

    public int Pid => process.Pid;

    public bool Alive => process.Alive;

    /// <summary>The live one of this cluster that a killed server left behind, if there is one.</summary>
    public static async Task<Postmaster?> Find(Cluster cluster, DatabaseUser user, CancellationToken ct) =>
        PidFile.Read(cluster) is { } file && LiveProcess.Find(file.Pid) is { } process && await WorksIn(process.Pid, cluster.Folder, user, ct) == true
            ? new(cluster, user, process)
            : null;

    /// <summary>
    /// Ends the sessions that a killed postmaster left: they still write to the cluster's shared memory, so it could not start. Each is
    /// known by the folder it works in, never by name alone.
    /// </summary>
    public static async Task EndOrphans(Cluster cluster, DatabaseUser user, CancellationToken ct)
    {
        if (PidFile.Read(cluster) is null || !OperatingSystem.IsLinux())
            return;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var pid) && LiveProcess.Find(pid) is { } orphan
                && await WorksIn(pid, cluster.Folder, user, ct) == true)
            {
                orphan.Signal(Posix.Kill);
                await orphan.Gone(TimeSpan.FromSeconds(5), ct);
            }
        }
        // The id in the file may by now be a stranger's, or that of a corpse not yet buried: PostgreSQL would take either for a running
        // postmaster. What else the file says stays, because by it PostgreSQL finds shared memory that is still in use.
        if (PidFile.Read(cluster) is { } file
            && (LiveProcess.Find(file.Pid) is null || await WorksIn(file.Pid, cluster.Folder, user, ct) == false))
            PidFile.Disown(cluster);
    }

    /// <summary>Starts one, in a session of its own: neither the terminal's Ctrl-C nor the end of the server reaches it.</summary>
    public static async Task<Postmaster> Start(
        Cluster cluster, PostgresBinaries binaries, DatabaseUser user, string socketFolder, EmbeddedPostgresOptions options, CancellationToken ct)
    {
        string[] careless = options.ThrowAway ? ["-c", "fsync=off", "-c", "full_page_writes=off"] : [];
        string[] session = File.Exists("/usr/bin/setsid") || File.Exists("/bin/setsid") ? ["setsid"] : [];
        // `exec` all the way: the process started here becomes the postmaster. `ulimit -v` counts kilobytes.
        const string limited = "ulimit -c 0; ulimit -v \"$1\" && log=\"$2\" && shift 2 && exec \"$@\" </dev/null >>\"$log\" 2>&1";
        var before = File.Exists(cluster.Log) ? new FileInfo(cluster.Log).Length : 0;
        // The log is the server's file, which the database writes to but cannot open: it may hold what users asked.
        if (before == 0)
            Posix.WriteWhole(cluster.Log, "", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var child = Tool.Launch([.. session, "sh", "-c", limited, "sh", $"{options.MemoryLimitMegabytes * 1024L}", cluster.Log,
            .. user.Command([binaries.Postgres, "-D", cluster.Folder, "-k", socketFolder, "-c", "listen_addresses=", "-c", $"port={Port}",
                .. careless])]);

        // What is said before the log is open comes here. Disposing of a process leaves its pipes open.
        child.StandardInput.Close();
        child.StandardOutput.Close();
        using var complaint = child.StandardError;

        var since = Stopwatch.GetTimestamp();
        try
        {
            while (!child.HasExited)
            {
                if (PidFile.Read(cluster) is { Answers: true } file && file.Pid == child.Id && LiveProcess.Find(child.Id) is { } process)
                    return new(cluster, user, process);
                if (Stopwatch.GetElapsedTime(since) > options.StartLimit)
                    throw new StartException($"The database did not start within {options.StartLimit.TotalSeconds:0} s. Its log is {cluster.Log}.");
                await Task.Delay(5, ct);
            }
        }
        catch
        {
            // Nobody would know of it, and so nobody would stop it.
            if (LiveProcess.Find(child.Id) is { } unwanted && !child.HasExited && unwanted.Signal(Posix.Quit))
                await unwanted.Gone(TimeSpan.FromSeconds(5), CancellationToken.None);
            throw;
        }
        var said = await complaint.ReadToEndAsync(ct) + Tail(cluster.Log, before);
        throw new StartException($"The database did not start. It said: {said.Trim()}");
    }

    /// <summary>Waits while it starts or stops; true when it answers, false when it ended.</summary>
    public async Task<bool> Settled(TimeSpan limit, CancellationToken ct)
    {
        var since = Stopwatch.GetTimestamp();
        while (Alive)
        {
            if (PidFile.Read(cluster) is { Answers: true } file && file.Pid == Pid)
                return true;
            if (Stopwatch.GetElapsedTime(since) > limit)
                throw new StartException($"The database (process {Pid}) has not answered for {limit.TotalSeconds:0} s. Its log is {cluster.Log}.");
            await Task.Delay(10, ct);
        }
        return false;
    }

    /// <summary>Reads the settings again.</summary>
    public void Reload() => process.Signal(Posix.Hangup);

    /// <summary>Ends it within ten seconds: in order if that is time enough, else cut short, and the next start recovers.</summary>
    public async Task Stop()
    {
        process.Signal(Posix.Interrupt);
        if (await process.Gone(TimeSpan.FromSeconds(7.5), CancellationToken.None))
            return;
        process.Signal(Posix.Quit);
        if (await process.Gone(TimeSpan.FromSeconds(1.5), CancellationToken.None))
            return;
        process.Signal(Posix.Kill);
        await process.Gone(TimeSpan.FromSeconds(1), CancellationToken.None);
        await EndOrphans(cluster, user, CancellationToken.None);
    }

    /// <summary>Whether it is a PostgreSQL process of this cluster; null when that cannot be seen.</summary>
    static async Task<bool?> WorksIn(int pid, string folder, DatabaseUser user, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        try
        {
            if (File.ReadAllText($"/proc/{pid}/comm").Trim() != "postgres")
                return false;
            if (FolderOf(pid) is { } seen)
                return seen == folder;
        }
        catch (IOException)
        {
            return false;
        }

        // Root without the right to trace (the default in containers) may not look at another account's process; that account itself may,
        // if it has no fewer rights than the process.
        foreach (var way in user.IsServerItself ? [] : new[] { user, user with { ReadsEverywhere = true } })
        {
            if (await Tool.Run(way.Command("readlink", $"/proc/{pid}/cwd"), ct) is { Succeeded: true } answer)
                return answer.Output.TrimEnd('\n') == folder;
        }
        return null;
    }

    static string? FolderOf(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/cwd").LinkTarget;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    static string Tail(string log, long from)
    {
        if (!File.Exists(log))
            return "";
        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = Math.Max(Math.Min(from, file.Length), file.Length - 4000);
        return new StreamReader(file).ReadToEnd();
    }

    /// <summary>What PostgreSQL writes about itself into its folder: process id first, state on the eighth line.</summary>
    sealed record PidFile(int Pid, bool Answers)
    {
        const string Name = "postmaster.pid";

        /// <summary>No process can have it.</summary>
        const int Nobody = int.MaxValue;

        public static PidFile? Read(Cluster cluster)
        {
            try
            {
                var lines = File.ReadAllLines(Path.Combine(cluster.Folder, Name));
                return lines.Length > 0 && int.TryParse(lines[0], out var pid) && pid > 0
                    ? new(pid, lines.Length > 7 && lines[7].Trim() == "ready")
                    : null;
            }
            catch (IOException)
            {
                return null;
            }
        }

        public static void Disown(Cluster cluster)
        {
            var path = Path.Combine(cluster.Folder, Name);
            File.WriteAllLines(path, [$"{Nobody}", .. File.ReadAllLines(path)[1..]]);
        }
    }
}
