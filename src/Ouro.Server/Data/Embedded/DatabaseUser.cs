using System.Diagnostics;

namespace Ouro.Server.Data.Embedded;

/// <summary>
/// The account the database's processes run under. PostgreSQL refuses root, so a server that is root hands them to another account;
/// otherwise they run as the server itself does.
/// </summary>
sealed record DatabaseUser(string? Name, uint Uid, uint Gid)
{
    /// <summary>True when the account must be allowed to read everything, because the data lies below a folder it cannot enter.</summary>
    public bool ReadsEverywhere { get; init; }

    public bool IsServerItself => Name is null;

    public static DatabaseUser Choose(string? asked)
    {
        if (!Environment.IsPrivilegedProcess)
            return new(null, 0, 0);
        if (!OperatingSystem.IsLinux())
            throw new StartException("PostgreSQL does not run as root. Start the server as an ordinary user.");

        string[] names = asked is null ? ["postgres", "nobody"] : [asked];
        foreach (var name in names)
        {
            if (File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(f => f.Length > 3 && f[0] == name) is { } account)
                return account[2] == "0"
                    ? throw new StartException($"PostgreSQL does not run as root, and {name} is root. Name another account in OURO_POSTGRES_USER.")
                    : new(name, uint.Parse(account[2]), uint.Parse(account[3]));
        }
        throw new StartException($"PostgreSQL does not run as root, and there is no account {string.Join(" or ", names)}. "
            + "Make one (`useradd --system postgres`), or start the server as an ordinary user.");
    }

    /// <summary>
    /// The account with what it takes to reach these paths. A capability is given only when the path lies below a folder that the account
    /// cannot enter (root's home, a private temporary folder), since with it the database could read every file of the machine.
    /// </summary>
    public async Task<DatabaseUser> Reaching(string[] paths, CancellationToken ct)
    {
        if (IsServerItself)
            return this;
        string[] test = ["sh", "-c", "for p; do test -x \"$p\" || exit 1; done", "sh", .. paths];
        foreach (var way in new[] { this, this with { ReadsEverywhere = true } })
        {
            if ((await Tool.Run(way.Command(test), ct)).Succeeded)
                return way;
        }
        throw new StartException($"The account {Name}, which runs the database, cannot enter {string.Join(" or ", paths)}. "
            + "Put them where every account may pass (chmod o+x on the folders above), or start the server as an ordinary user.");
    }

    /// <summary>The words that run a command as this account, which keeps no other rights and can gain none.</summary>
    public string[] Command(params string[] words)
    {
        if (IsServerItself)
            return words;
        string[] change = ["setpriv", $"--reuid={Uid}", $"--regid={Gid}", "--clear-groups", "--no-new-privs"];
        string[] read = ReadsEverywhere ? ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"] : ["--inh-caps=-all"];
        return [.. change, .. read, "--", .. words];
    }

    /// <summary>Gives a file or folder to the account.</summary>
    public void Own(string path)
    {
        if (!IsServerItself)
            Posix.Give(path, Uid, Gid);
    }

    /// <summary>Lets the account, but nobody else, pass through a folder that stays the server's.</summary>
    public void MayPass(string path)
    {
        if (IsServerItself)
            return;
        Posix.Give(path, 0, Gid);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupExecute);
    }
}

/// <summary>A program run to its end.</summary>
static class Tool
{
    public sealed record Outcome(int Code, string Output, string Complaint)
    {
        public bool Succeeded => Code == 0;
    }

    public static async Task<Outcome> Run(string[] words, CancellationToken ct)
    {
        using var process = Launch(words);
        process.StandardInput.Close();
        using var outputs = process.StandardOutput;
        using var complaints = process.StandardError;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var complaint = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return new(process.ExitCode, await output, await complaint);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>
    /// Starts a program with an environment of its own: the server's holds secrets, and what an operator set for psql must not reach the database.
    /// </summary>
    public static Process Launch(string[] words)
    {
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new StartException($"{words[0]} cannot be run: {e.Message} On Debian, `apt-get install util-linux` brings setpriv and setsid.", e);
        }
    }
}
