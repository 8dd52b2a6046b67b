using System.Text.Json;
using Ouro.Server.Assets;
using Ouro.Server.Data;

namespace Ouro.Server.Files;

/// <summary>The bytes of a file, ready to be sent.</summary>
/// <param name="File">What they are.</param>
/// <param name="IsPublic">Whether anybody may keep a copy.</param>
/// <param name="Bytes">The bytes, as a stream that can be positioned.</param>
public sealed record FileContent(StoredFile File, bool IsPublic, Stream Bytes);

/// <summary>A file as its page shows it.</summary>
/// <param name="MayWrite">Whether its visitor may change it.</param>
/// <param name="MayManage">Whether they may share and delete it.</param>
/// <param name="MayOpen">Whether they may see its bytes.</param>
/// <param name="Views">How often it was looked at.</param>
/// <param name="Downloads">How often it was fetched.</param>
/// <param name="File">Its bytes; null where they are awaited, or not for this visitor.</param>
/// <param name="Start">The first of them.</param>
/// <param name="Size">How many there are, also where they are sold.</param>
/// <param name="ContentType">What they are; empty where they are awaited.</param>
public sealed record FileHead(
    bool MayWrite, bool MayManage, bool MayOpen, long Views, long Downloads, StoredFile? File, byte[] Start, long? Size, string ContentType);

/// <summary>Reading the bytes.</summary>
public sealed partial class FileOperations
{
    const string ContentPurpose = "file content links";
    const int MostOfStart = 256 << 10;
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

    /// <summary>A small picture of an image, once it is made, for who may open the file.</summary>
    public Task<Thumbnail?> Thumbnail(Actor actor, Guid id, CancellationToken ct) => FileStore.ThumbnailOf(db, actor, id, ct);

    /// <summary>What the page of a file shows, which may count as a look at it.</summary>
    public async Task<FileHead> Head(Actor actor, Asset asset, bool isLook, CancellationToken ct)
    {
        if (isLook) await assets.View(actor, asset.Id, ct);
        var found = await FileStore.Find(db, actor, asset.Id, ct) ?? throw Refusal.NoAsset(asset.Id);
        var standing = (await FileStore.Standing(db, actor, asset.Id, ct))!;
        var open = found.MayOpen ? found.File : null;
        return new(standing.MayWrite, standing.MayManage, found.MayOpen, standing.Views, standing.Downloads, open, open is null ? [] : await Start(open, ct),
            found.File?.Size, found.File?.ContentType ?? "");
    }

    async Task<byte[]> Start(StoredFile file, CancellationToken ct)
    {
        var start = new byte[Math.Min(file.Size, MostOfStart)];
        await using var bytes = await blobs.Open(file.Sha256, ct);
        await bytes.ReadExactlyAsync(start, ct);
        return start;
    }

    /// <summary>The bytes of a file that the actor may open, or of an upload of theirs; and which of the two it is.</summary>
    public async Task<(StoredFile Stored, bool IsFile, Stream Bytes)> Bytes(Actor actor, Guid id, CancellationToken ct)
    {
        if (await FileStore.Find(db, actor, id, ct) is not null)
        {
            var content = await Content(actor, id, null, ct);
            return (content.File, true, content.Bytes);
        }
        var upload = await uploads.Own(actor, id, ct);
        if (upload is not { Sha256: { } sha256, Inspection: { } seen })
            throw Refusal.Conflict("upload_incomplete", $"The bytes of this upload are not here yet: {upload.Received:N0} arrived.", "Send the rest first.");
        return (new(id, sha256, upload.Received, upload.Path, upload.FileName, seen.ContentType, seen.Charset, upload.CreatedAt), false, await blobs.Open(sha256, ct));
    }

    /// <summary>What a full reading of a file shows: what its bytes are, a taste of them, and where they are for who may open them.</summary>
    public async Task<JsonElement> Details(Actor actor, Guid id, CancellationToken ct)
    {
        var asset = await assets.Get(actor, id, AssetType.File, ct);
        var mayOpen = await FileStore.Find(db, actor, id, ct) is { MayOpen: true, File: not null };
        var preview = asset.Preview is { ValueKind: JsonValueKind.Array } rows ? Wire.Element(rows.EnumerateArray().Take(5)) : (JsonElement?)null;
        return Wire.Element(new { asset.Metadata, Preview = preview, FileUrl = mayOpen ? (await Data(actor, id, ct)).Url : null });
    }

    /// <summary>What is in it, in words.</summary>
    public async Task<string> Contents(Actor actor, Guid id, CancellationToken ct) =>
        await FileStore.Find(db, actor, id, ct) is { File: { } file } ? $"its content, {file.FileName}, {FileRules.Told(file.Size)}" : "what was announced of it";

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
