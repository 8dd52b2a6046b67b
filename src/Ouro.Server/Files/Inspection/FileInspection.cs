using System.Text.Json;
using Ouro.Server.Data;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>
/// Looks at files that came in. What our own code reads of headers and lists is read here; what needs a library that was written for honest files is
/// read by a process of its own, which may die of it.
/// </summary>
public sealed class FileInspection(IEnumerable<FileLook> looks, ILogger<FileInspection> log) : IAsyncDisposable
{
    const int MostText = 8 << 20;

    /// <summary>A look takes no longer, whoever looks.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    readonly InspectionWorker worker = new(Limit, log);

    /// <summary>The process that reads what is dangerous, while there is one.</summary>
    internal int? WorkerId => worker.ProcessId;

    /// <summary>Tells what a file is. Its name only decides between types that its bytes leave open. It never fails: what cannot be read is unknown.</summary>
    public async Task<Inspection> Look(SpooledFile file, string fileName, CancellationToken ct)
    {
        var seen = await Task.Run(() => Examine(file, fileName, ct), ct);
        if (seen.ContentType == "application/pdf") seen = seen with { Pages = (await worker.Ask(new(WorkerQuestion.Pages, file.Path), ct))?.Pages };
        foreach (var look in looks)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Limit);
            try
            {
                seen = await look.Look(file, fileName, seen, limit.Token);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                log.LogWarning(e, "A file of {Length} bytes, {ContentType}, is kept without what {Inspector} would say of it.",
                    file.Length, seen.ContentType, look.Inspector);
            }
        }
        return seen;
    }

    Inspection Examine(SpooledFile file, string fileName, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        var seen = Inspection.Unknown;
        try
        {
            using var bytes = new FileBytes(file, limit.Token);
            Texts? text = null;
            seen = Signatures.Of(bytes) is { } type ? new(type) : Told(bytes, fileName, out text);
            return Detailed(bytes, seen, text, limit.Token);
        }
        catch (Exception e) when (e is IOException and not EndOfStreamException or UnauthorizedAccessException)
        {
            log.LogWarning(e, "A file that came in could not be read to tell what it is.");
            return seen;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // A header that lies sends its reader astray in ways that nobody lists; it is the file's fault, and the file goes without details.
            log.LogDebug(e, "A file that is called {ContentType} does not go on like that.", seen.ContentType);
            return seen;
        }
    }

    /// <summary>What a file is whose first bytes may be anything: a page, text, or something behind a few bytes that do not belong to it.</summary>
    static Inspection Told(FileBytes bytes, string fileName, out Texts? text)
    {
        text = Texts.Of(bytes);
        if (text is not null) return new(TextTypes.Of(text.Head, bytes.IsInHead, fileName)) { Charset = text.Charset };
        // Browsers look for the beginning of a page before they look for bytes that no page holds.
        if (Markup.Of(Texts.Windows1252.GetString(bytes.Head), null) is { } page) return new(page);
        return bytes.Head.AsSpan(0, Math.Min(bytes.Head.Length, 1024)).IndexOf("%PDF-"u8) >= 0 ? new("application/pdf") : Inspection.Unknown;
    }

    static Inspection Detailed(FileBytes bytes, Inspection seen, Texts? text, CancellationToken ct)
    {
        var type = seen.ContentType;
        switch (type.Split('/')[0])
        {
            case "image" when type == "image/svg+xml":
                return text is not null && Markup.Size(text.Head) is var (across, down) ? seen with { Width = across, Height = down } : seen;
            case "image":
                return Pictures.Size(bytes, type) is var (width, height) ? seen with { Width = width, Height = height } : seen;
            case "audio" when type != "audio/mp4":
                return seen with { Duration = Sound.Duration(bytes, type) };
            case "audio" or "video":
                var film = Film.Of(bytes, type);
                return seen with { Duration = film.Duration, Width = film.Width, Height = film.Height };
            case "model":
                return seen with { Classification = Models.Of(bytes, type) };
            case "chemical" when text is not null:
                return seen with { Classification = Structure(type, text.Read(bytes, MostText), bytes.Length <= MostText) };
        }
        var (inspector, contents) = type switch
        {
            "application/zip" or "application/java-archive" or "application/x-npz" => ("zip", ZipContents.Of(bytes)),
            "application/x-tar" => ("tar", TarContents.Of(bytes)),
            "application/gzip" => ("tar", TarContents.OfGzip(bytes, ct)),
            _ => default,
        };
        return contents is null ? seen : seen with { Classification = Archive(inspector, contents), Preview = Listed(contents) };
    }

    static JsonElement? Structure(string type, string text, bool isWhole) => type switch
    {
        "chemical/x-cif" => Crystals.Cif(text, isWhole),
        "chemical/x-mmcif" => Molecules.Mmcif(text, isWhole),
        "chemical/x-pdb" => Molecules.Pdb(text, isWhole),
        "chemical/x-xyz" => Molecules.Xyz(text, isWhole),
        "chemical/x-vasp-poscar" => Crystals.Poscar(text),
        _ => Molecules.Mol(text, isWhole, isMany: type == "chemical/x-mdl-sdfile"),
    };

    static JsonElement Archive(string inspector, Contents contents)
    {
        var isWhole = contents.Count == contents.Entries.Count;
        var size = isWhole ? contents.Entries.Sum(e => (decimal)e.Size) : (decimal?)null;
        var extensions = contents.Entries.Where(e => !e.Name.EndsWith('/')).Select(e => MediaTypes.Normal(Path.GetExtension(e.Name))).OfType<string>().Distinct();
        return Classified.As(inspector, "archive", ("entries", contents.Count), ("size", size),
            ("extensions", extensions.Order(StringComparer.Ordinal).Take(Classified.MostListed).ToArray()));
    }

    static JsonElement Listed(Contents contents) =>
        Wire.Element(contents.Entries.Take(Classified.MostListed).Select(e => new { name = Classified.Shown(e.Name), size = e.Size }).ToArray());

    public ValueTask DisposeAsync() => worker.DisposeAsync();
}
