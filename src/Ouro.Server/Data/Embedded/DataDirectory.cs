using System.Diagnostics;

namespace Ouro.Server.Data.Embedded;

/// <summary>
/// The folder that holds everything of one installation. One process owns it at a time; a command may instead join the server that does.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const string LockName = "lock", HolderName = "lock.holder", KeyName = "server.key";
    const int WouldBlockOnLinux = 11, WouldBlockOnMac = 35;

    readonly FileStream? held;

    DataDirectory(string path, HolderKind kind, FileStream? held)
    {
        (Path, Kind, this.held) = (path, kind, held);
        Key = ServerKey.Open(File(KeyName), mayCreate: Owned);
    }

    /// <summary>The folder, absolute and without links.</summary>
    public string Path { get; }

    public HolderKind Kind { get; }

    /// <summary>True when this process holds the lock; false when it is a command that joined a running server.</summary>
    public bool Owned => held is not null;

    public ServerKey Key { get; }

    /// <summary>
    /// Opens the folder, making it when absent. A second server is refused; a command joins a running server; otherwise one waits for the
    /// command that holds it, for at most <paramref name="patience"/> (a minute).
    /// </summary>
    public static async Task<DataDirectory> Open(string path, HolderKind kind, TimeSpan? patience = null, CancellationToken ct = default)
    {
        path = Prepare(System.IO.Path.GetFullPath(path));
        var limit = patience ?? TimeSpan.FromMinutes(1);
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            if (TryLock(path) is { } held)
                return Own(path, kind, held);

            var holder = LockHolder.Read(System.IO.Path.Combine(path, HolderName));
            if (holder is { Kind: HolderKind.Server, Alive: true })
                return kind == HolderKind.Command
                    ? new(path, kind, null)
                    : throw new StartException($"A {holder} already runs on {path}. Stop it first, or choose another folder with --data.");

            // Nobody is named between the moment a holder has the lock and the moment it says so: that is over in an instant.
            if (Stopwatch.GetElapsedTime(since) > limit)
                throw new StartException(holder is null
                    ? $"Another process holds {System.IO.Path.Combine(path, LockName)}, for more than {limit.TotalSeconds:0} s."
                    : $"A {holder} has held {path} for more than {limit.TotalSeconds:0} s. Wait until it is done, or stop it.");
            await Task.Delay(40, ct);
        }
    }

    /// <summary>Whether the server that a command joined is still there.</summary>
    internal bool ServerIsAlive => LockHolder.Read(File(HolderName)) is { Kind: HolderKind.Server, Alive: true };

    /// <summary>A file or folder in here.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Where the server that holds the folder answers; null when none runs, or has not said so yet.</summary>
    public string? Address => LockHolder.Read(File(HolderName)) is { Kind: HolderKind.Server, Alive: true } holder ? holder.Address : null;

    /// <summary>Tells those who find the folder taken where this server answers.</summary>
    public void Announce(string address)
    {
        if (Owned)
            new LockHolder(LiveProcess.Self.Pid, LiveProcess.Self.Started, Kind, address).Write(File(HolderName));
    }

    public void Dispose()
    {
        if (held is null or { CanRead: false })
            return;
        System.IO.File.Delete(File(HolderName));
        // The lock file stays: two processes could otherwise each lock their own, one deleted and one new.
        held.Dispose();
    }

    static DataDirectory Own(string path, HolderKind kind, FileStream held)
    {
        try
        {
            // First the key, then the name: who reads the name and joins must find the key.
            var directory = new DataDirectory(path, kind, held);
            new LockHolder(LiveProcess.Self.Pid, LiveProcess.Self.Started, kind, null).Write(directory.File(HolderName));
            return directory;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>An open file that nobody shares is the kernel's lock (flock): it goes with the process, however that ends.</summary>
    static FileStream? TryLock(string path)
    {
        try
        {
            return new(System.IO.Path.Combine(path, LockName), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e.HResult is WouldBlockOnLinux or WouldBlockOnMac)
        {
            return null;
        }
    }

    static string Prepare(string path)
    {
        try
        {
            if (System.IO.File.Exists(path))
                throw new StartException($"{path} is a file; the data directory must be a folder.");
            Directory.CreateDirectory(path, Private);
            path = Posix.RealPath(path);
            if (!IsOurs(path))
                throw new StartException($"{path} is not empty and holds no Ouro data (no {KeyName} is in it). Choose an empty or a new folder.");

            // Nobody else reads here. The group may keep the right to pass through: the database's own account needs it.
            var mode = System.IO.File.GetUnixFileMode(path);
            if ((mode & ~(Private | UnixFileMode.GroupExecute)) != 0)
                System.IO.File.SetUnixFileMode(path, mode & (Private | UnixFileMode.GroupExecute));
            return path;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StartException($"The data directory {path} cannot be used by {Environment.UserName}: {e.Message}", e);
        }
    }

    static bool IsOurs(string path)
    {
        var names = Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).ToHashSet();
        return names.Contains(KeyName)
            // A first start that was cut short has not got as far as its key; a fresh volume has its lost+found.
            || names.All(name => name is LockName or HolderName or "lost+found" || name!.StartsWith(KeyName, StringComparison.Ordinal));
    }
}
