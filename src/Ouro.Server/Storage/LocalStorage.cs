using System.Runtime.CompilerServices;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Storage;

/// <summary>Content in a folder of this machine: <c>3f/3f9a…</c>, one file each.</summary>
public sealed class LocalStorage : ObjectStorage
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    readonly string folder, drafts;

    public LocalStorage(string folder)
    {
        this.folder = Directory.CreateDirectory(folder, Private).FullName;
        drafts = Path.Combine(this.folder, "drafts");
        if (!Directory.Exists(drafts)) return;
        // What a crash left; what is younger may be another process's.
        foreach (var left in new DirectoryInfo(drafts).EnumerateFiles())
            if (TimeProvider.System.GetUtcNow() - left.LastWriteTimeUtc > TimeSpan.FromDays(1)) left.Delete();
    }

    /// <summary>
    /// A second name for the same bytes, so that whatever happens between here and the commit of who refers to them, the file that came in is still
    /// there to try again with. The bytes themselves are on the disk already: nothing is called whole before it was (<see cref="ArrivingFile.Sync"/>).
    /// </summary>
    public override Task Put(string sha256, SpooledFile file, CancellationToken ct) => Task.Run(() =>
    {
        var path = PathOf(sha256);
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
        {
            Directory.CreateDirectory(parent, Private);
            Posix.SyncFolder(folder);
        }
        if (File.Exists(path)) return;
        if (!Posix.Link(file.Path, path)) Copy(file, path, ct);
        Posix.SyncFolder(parent);
    }, ct);

    /// <summary>What came in lies on another disk, so it is copied; under a name of its own until it is whole.</summary>
    void Copy(SpooledFile file, string path, CancellationToken ct)
    {
        var draft = Path.Combine(Directory.CreateDirectory(drafts, Private).FullName, Guid.CreateVersion7().ToString("N"));
        try
        {
            using (var from = file.Open())
            using (var to = new FileStream(draft, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                var buffer = new byte[1 << 20];
                for (int read; (read = from.Read(buffer)) > 0;)
                {
                    ct.ThrowIfCancellationRequested();
                    to.Write(buffer, 0, read);
                }
                to.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    public override Task<Stream?> Open(string sha256, CancellationToken ct)
    {
        try
        {
            return Task.FromResult<Stream?>(new SpooledFile(PathOf(sha256)).Open());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public override Task Remove(string sha256, CancellationToken ct)
    {
        var path = PathOf(sha256);
        if (File.Exists(path)) File.Delete(path);
        return Task.CompletedTask;
    }

    public override async IAsyncEnumerable<StoredObject> List([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            if (IsName(file.Name)) yield return new(file.Name, file.Length, file.CreationTimeUtc);
        }
    }

    string PathOf(string sha256) => Path.Combine(folder, sha256[..2], sha256);
}
