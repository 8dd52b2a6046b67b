using System.Text;

namespace Ouro.Server.Data.Embedded;

/// <summary>The files of the database: made once, under the settings that every start writes anew.</summary>
sealed class Cluster(DataDirectory directory)
{
    public const string Superuser = "ouro";

    const string FolderName = "postgres", DraftName = "postgres.new-";
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Folder { get; } = directory.File(FolderName);

    public string Log { get; } = directory.File("postgres.log");

    public bool Exists => Directory.Exists(Folder);

    public string Password => directory.Key.Derive("postgres superuser");

    /// <summary>The version that made it, the only one that can open it; null before there is one.</summary>
    public int? Major =>
        !Exists ? null
        : int.TryParse(File.ReadAllText(Path.Combine(Folder, "PG_VERSION")), out var major) ? major
        : throw new StartException($"{Folder} holds no readable PG_VERSION: it is damaged. Restore it from a backup.");

    /// <summary>Makes the cluster beside its place and moves it there when it is whole and on the disk: a start cut short leaves nothing.</summary>
    public async Task Create(PostgresBinaries binaries, DatabaseUser user, string socketFolder, bool sync, CancellationToken ct)
    {
        foreach (var left in Directory.GetDirectories(directory.Path, DraftName + "*"))
            Directory.Delete(left, recursive: true);

        var draft = directory.File(DraftName + Environment.ProcessId);
        Directory.CreateDirectory(draft, Private);
        user.Own(draft);

        // The password passes through the one private folder that both accounts can reach.
        var password = Path.Combine(socketFolder, "password");
        Posix.WriteWhole(password, Password + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        user.Own(password);
        try
        {
            string[] common = [binaries.InitDb, "--pgdata", draft];
            string[] locale = binaries.Major >= 17
                ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
                : [OperatingSystem.IsMacOS() ? "--locale=C" : "--locale=C.UTF-8"];
            await Must(user.Command([.. common, $"--username={Superuser}", $"--pwfile={password}", "--auth-local=scram-sha-256",
                "--auth-host=scram-sha-256", "--encoding=UTF8", .. locale, "--data-checksums", "--no-instructions", "--no-sync"]), ct);

            var own = Path.Combine(draft, "postgresql.conf");
            File.WriteAllText(own, "include 'ouro.conf'  # written anew at every start\n\n# Your own settings, which win, from the next start on.\n");
            user.Own(own);
            WriteSettings(draft, binaries.Major, user);
            // Once at the end instead of file by file: nothing refers to the cluster before it is moved.
            if (sync)
                await Must(user.Command([.. common, "--sync-only"]), ct);
        }
        finally
        {
            File.Delete(password);
        }
        Directory.Move(draft, Folder);
        Posix.SyncFolder(directory.Path);
    }

    /// <summary>Makes an existing cluster fit for this start: today's settings, and the account that runs it today as its owner.</summary>
    public async Task Ready(int major, DatabaseUser user, CancellationToken ct)
    {
        WriteSettings(Folder, major, user);
        // Another account had it: it was restored by root, or PostgreSQL's own account came only after the first start.
        if (!user.IsServerItself && Posix.Stat(Folder) is { } found && found.User != user.Uid)
            await Must(["chown", "-R", "--no-dereference", $"{user.Uid}:{user.Gid}", "--", Folder], ct);
        // PostgreSQL refuses a folder that others can read.
        File.SetUnixFileMode(Folder, Private);
    }

    static async Task Must(string[] words, CancellationToken ct)
    {
        var outcome = await Tool.Run(words, ct);
        if (!outcome.Succeeded)
            throw new StartException($"The database cannot be made ready: `{string.Join(' ', words)}` said: "
                + (outcome.Complaint + outcome.Output).Trim());
    }

    /// <summary>Sized for a small machine: a server and its database together idle below 200 MB, and a large COPY runs at the disk's speed.</summary>
    static void WriteSettings(string folder, int major, DatabaseUser user)
    {
        var text = new StringBuilder("""
            # Written by Ouro at every start. Your own settings belong into postgresql.conf.
            max_connections = 100
            shared_buffers = 128MB
            huge_pages = off
            work_mem = 8MB
            maintenance_work_mem = 64MB
            effective_cache_size = 1GB
            max_locks_per_transaction = 128

            # No replica reads this log: rows copied into a table made in the same transaction need not be written twice.
            wal_level = minimal
            max_wal_senders = 0
            # All of it is touched at once and kept, and what an import copies does not pass through it.
            wal_buffers = 4MB
            wal_compression = on
            max_wal_size = 2GB
            min_wal_size = 80MB
            checkpoint_timeout = 15min
            checkpoint_completion_target = 0.9

            random_page_cost = 1.1
            jit = off
            max_worker_processes = 4
            max_parallel_workers = 2
            autovacuum_max_workers = 2
            max_logical_replication_workers = 0

            password_encryption = 'scram-sha-256'
            unix_socket_permissions = 0700
            timezone = 'UTC'
            default_text_search_config = 'pg_catalog.english'

            # Standard error goes to postgres.log in the data directory; the server keeps that file small.
            logging_collector = off
            log_destination = 'stderr'
            log_line_prefix = '%m [%p] %q%u@%d '
            log_timezone = 'UTC'
            log_checkpoints = off
            lc_messages = 'C'

            """);
        if (major >= 18)
            text.Append("io_workers = 1\n");

        var path = Path.Combine(folder, "ouro.conf");
        if (File.Exists(path) && File.ReadAllText(path) == text.ToString())
            return;
        // A broken restore must not make a link of it: root writes here, in a folder that is another account's.
        File.Delete(path);
        File.WriteAllText(path, text.ToString());
        user.Own(path);
    }
}
