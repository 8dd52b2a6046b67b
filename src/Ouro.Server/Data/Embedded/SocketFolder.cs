using System.Security.Cryptography;

namespace Ouro.Server.Data.Embedded;

/// <summary>
/// The folder of the database's socket, the only way in. The path of a socket may have 107 bytes and a data directory may be deeper, so it
/// lies in a short run-time folder, and the data directory remembers where.
/// </summary>
static class SocketFolder
{
    const string RecordName = "postgres.socket";
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const int LongestPath = 107;

    /// <summary>Where the database of this data directory answers, or last answered.</summary>
    public static string? Recorded(DataDirectory directory)
    {
        var record = directory.File(RecordName);
        return File.Exists(record) ? File.ReadAllText(record).Trim() : null;
    }

    /// <summary>A folder for a database about to start: the last one, while it can still be had, since clients may know it.</summary>
    public static string Prepare(DataDirectory directory, DatabaseUser user)
    {
        var folder = Recorded(directory) is { } last && Fits(last) && Have(last, user) ? last : Make(user);
        // Its former owner is not alive, and its process id may by now be another's, which PostgreSQL would take for a running database.
        foreach (var left in Directory.GetFiles(folder, ".s.PGSQL.*"))
            File.Delete(left);
        Posix.WriteWhole(directory.File(RecordName), folder + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return folder;
    }

    public static void Remove(DataDirectory directory)
    {
        if (Recorded(directory) is { } folder && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        File.Delete(directory.File(RecordName));
    }

    static bool Fits(string folder) => System.Text.Encoding.UTF8.GetByteCount($"{folder}/.s.PGSQL.5432") <= LongestPath;

    static string Make(DatabaseUser user)
    {
        string?[] parents = user.IsServerItself
            ? [Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), Path.GetTempPath(), "/tmp"]
            : ["/run", "/tmp"];
        foreach (var parent in parents)
        {
            if (string.IsNullOrEmpty(parent) || !Directory.Exists(parent))
                continue;
            var folder = Path.Combine(parent, $"ouro-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
            if (Fits(folder) && Have(folder, user))
                return folder;
        }
        throw new StartException($"No short run-time folder for the database's socket can be made in {string.Join(", ", parents.OfType<string>())}.");
    }

    static bool Have(string folder, DatabaseUser user)
    {
        try
        {
            if (!Path.Exists(folder))
            {
                Directory.CreateDirectory(folder, Private);
                user.Own(folder);
            }
            // In a folder that all may write to, somebody else may have been first.
            return user.IsServerItself
                ? new DirectoryInfo(folder) is { LinkTarget: null, UnixFileMode: Private }
                : Posix.Stat(folder) is { } found && found.User == user.Uid && found.Mode == (0x4000 | (int)Private);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
