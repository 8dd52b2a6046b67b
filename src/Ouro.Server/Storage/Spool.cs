namespace Ouro.Server.Storage;

/// <summary>A folder of files on their way in, each named by an id. What people send is nobody else's business.</summary>
public class Spool
{
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string folder;

    public Spool(string folder) => this.folder = Directory.CreateDirectory(folder, Private | UnixFileMode.UserExecute).FullName;

    public SpooledFile File(Guid id) => new(Path.Combine(folder, id.ToString("N")));

    public FileStream Create(Guid id) => new(File(id).Path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 1 << 16, Options = FileOptions.Asynchronous, UnixCreateMode = Private,
    });

    public void Remove(Guid id) => System.IO.File.Delete(File(id).Path);

    public Guid[] Ids() => [.. Directory.EnumerateFiles(folder).Select(Path.GetFileName).Where(n => Guid.TryParseExact(n, "N", out _)).Select(n => Guid.ParseExact(n!, "N"))];
}

/// <summary>A file on the server's disk, complete, which is read as often as it must.</summary>
public sealed record SpooledFile(string Path)
{
    public long Length => new FileInfo(Path).Length;

    /// <summary>The bytes from <paramref name="offset"/> on. Readers bring their own buffers.</summary>
    public FileStream Open(long offset = 0)
    {
        var stream = new FileStream(
            Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        stream.Position = offset;
        return stream;
    }
}
