using Ouro.Server.Assets;

namespace Ouro.Server.Files;

/// <summary>The bytes of a file, ready to be sent.</summary>
/// <param name="File">What they are.</param>
/// <param name="IsPublic">Whether anybody may keep a copy.</param>
/// <param name="Bytes">The bytes, as a stream that can be positioned.</param>
public sealed record FileContent(StoredFile File, bool IsPublic, Stream Bytes);

/// <summary>Reading the bytes.</summary>
public sealed partial class FileOperations
{
    const string ContentPurpose = "file content links";
    static readonly TimeSpan ContentLives = TimeSpan.FromHours(1);

    /// <summary>The bytes of a file for who may open it: by a credential, by a link, or for anybody where it is public.</summary>
    public async Task<FileContent> Content(Actor actor, Guid id, string? token, CancellationToken ct)
    {
        if (token is not null)
        {
            var (who, _) = await links.Open(ContentPurpose, token, id, ct);
            actor = who ?? throw Refusal.NoAsset(id);
        }
        var file = await MustBeHere(actor, id, ct);
        return new(file.File!, file.Visibility == Visibility.Public, await blobs.Open(file.File!.Sha256, ct));
    }

    /// <summary>The file as a download, which the asset's own call counts.</summary>
    public async Task<Download> Download(Actor actor, Guid id, string? format, CancellationToken ct)
    {
        if (format is not null) throw Refusal.Fields(("format", "A file is downloaded as it is; leave format away."));
        var file = (await MustBeHere(actor, id, ct)).File!;
        return new(file.FileName, file.ContentType, async (to, token) =>
        {
            await using var content = await blobs.Open(file.Sha256, token);
            await content.CopyToAsync(to, 256 << 10, token);
        }, file.Size);
    }

    /// <summary>A file that may be opened and has its bytes.</summary>
    async Task<FoundFile> MustBeHere(Actor actor, Guid id, CancellationToken ct)
    {
        var file = await FileStore.Find(db, actor, id, ct) ?? throw Refusal.NoAsset(id);
        if (!file.MayOpen) throw AssetRules.Locked(await assets.Get(actor, id, ct));
        return file.File is not null ? file
            : throw Refusal.Conflict("file_in_progress", "The bytes of this file are not here yet.", "Ask again later, or send them with PUT /files/{id}/content.");
    }
}
