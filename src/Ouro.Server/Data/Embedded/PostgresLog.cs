namespace Ouro.Server.Data.Embedded;

/// <summary>
/// Keeps the database's log small without a process of its own: past the bound, what there is moves to <c>.1</c> and the file begins anew.
/// </summary>
static class PostgresLog
{
    const long Bound = 10_000_000;

    public static void Bind(string path, long bound = Bound)
    {
        if (!File.Exists(path) || new FileInfo(path).Length <= bound)
            return;
        // The database holds the file open and appends, so it is emptied in place; a line written in between is lost.
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = Math.Max(0, file.Length - bound);
        using (var old = new FileStream(path + ".1", new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
            file.CopyTo(old);
        file.SetLength(0);
    }
}
