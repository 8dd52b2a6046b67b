using System.Text.Json;
using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Events;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>Files: made of what was uploaded, changed, given other bytes, read.</summary>
public sealed partial class FileOperations(
    Db db, Clock clock, EventLog events, AssetOperations assets, UploadOperations uploads, Reception reception, UploadSpool spool, Blobs blobs,
    ObjectStorage storage, ThumbnailWork thumbnails, StorageLimits limits, SignedLinks links, WebAddress web, Settings settings)
{
    /// <summary>Makes a file of bytes that were uploaded, or announces one whose bytes come later.</summary>
    public async Task<Asset> Create(Actor actor, CreateFile input, CancellationToken ct)
    {
        Contract.Present(input, "file");
        var named = input.UploadId is { } given ? FileRules.UploadId(given) : input.Id;
        await using var tx = await db.Begin(ct);
        var upload = named is { } id ? await UploadStore.Hold(tx, id, actor, clock.Now(), ct) : null;
        if (upload is { IsComplete: false })
        {
            await tx.DisposeAsync();
            if (await uploads.Settle(actor, upload.Id, ct) is not null) return await Create(actor, input, ct);
            throw Refusal.Conflict("upload_incomplete", $"The bytes of this upload are not here yet: {upload.Received:N0} arrived.", "Send the rest, then create the file.");
        }
        if (upload is null && input.State is not (AssetState.InProgress or AssetState.Queued))
            throw named is null
                ? Refusal.Fields(("file.id", "id names the upload that the file is made of. Upload the bytes first, or say state: in-progress to send them later."))
                : UploadOperations.NoUpload(named.Value.ToString());
        var asset = upload is null ? await Announce(tx, actor, input, named ?? Guid.CreateVersion7(), ct)
            : await Publish(tx, actor, input, Content(upload), upload.Path, ct, upload.Id);
        await tx.Commit(ct);
        return asset;
    }

    /// <summary>Makes a file of the bytes of one request.</summary>
    public async Task<Asset> CreateFromFile(Actor actor, CreateFile input, string? fileName, Stream body, long? length, CancellationToken ct)
    {
        var name = FileRules.Name(fileName ?? input.Name);
        await assets.PlaceFor(actor, input.OrgId, input.TeamId, ct);
        await limits.MustFit(actor, length ?? 0, ct);
        var arrived = await reception.Look(await reception.Take(Guid.CreateVersion7(), body, length, ct), name, ct);
        try
        {
            await blobs.Send(arrived.Blob, spool.File(arrived.Id), ct);
            await using var tx = await db.Begin(ct);
            await blobs.Keep(tx, arrived.Blob, spool.File(arrived.Id), ct);
            var asset = await Publish(tx, actor, input with { Id = arrived.Id }, arrived, FileRules.PathOf(actor.Id, arrived.Id, name), ct);
            await tx.Commit(ct);
            return asset;
        }
        finally
        {
            spool.Remove(arrived.Id);
        }
    }

    /// <summary>Changes what a file says of itself, and with an upload also its bytes.</summary>
    public async Task<Asset> Update(Actor actor, Guid id, UpdateFile input, CancellationToken ct)
    {
        Contract.Present(input, "file");
        await MustWrite(actor, id, ct);
        await using var tx = await db.Begin(ct);
        await tx.Run($"set local lock_timeout = '3s'", ct);
        var file = await FileStore.Hold(tx, id, ct);
        var upload = input.UploadId is { } given ? await UploadStore.Hold(tx, FileRules.UploadId(given), actor, clock.Now(), ct) ?? throw UploadOperations.NoUpload(given)
            : FileRules.UploadIn(input.Metadata, file?.Path) is { } path && await UploadStore.ByPath(tx, path, actor, clock.Now(), ct) is { } found
                ? await UploadStore.Hold(tx, found.Id, actor, clock.Now(), ct) : null;
        if (upload is { IsComplete: false })
            throw Refusal.Conflict("upload_incomplete", $"The bytes of this upload are not here yet: {upload.Received:N0} arrived.", "Send the rest, then update the file.");
        if (upload is not null) await UploadStore.Remove(tx, upload.Id, ct);
        var asset = upload is not null ? await Fill(tx, actor, id, input, Content(upload), file, ct)
            : FileRules.MustStayBounded(await assets.Change(tx, actor, id, input, ct, Own(input, file is not null)));
        await tx.Commit(ct);
        return asset;
    }

    /// <summary>Gives a file other bytes, or those that it was announced with; its id and path stay.</summary>
    public async Task<Asset> Replace(Actor actor, Guid id, UpdateFile? input, Arrived arrived, string? fileName, CancellationToken ct)
    {
        try
        {
            await MustWrite(actor, id, ct);
            arrived = await reception.Look(arrived, FileRules.Name(fileName), ct);
            await limits.MustFit(actor, arrived.Blob.Size, ct);
            await blobs.Send(arrived.Blob, spool.File(arrived.Id), ct);
            await using var tx = await db.Begin(ct);
            await tx.Run($"set local lock_timeout = '3s'", ct);
            await blobs.Keep(tx, arrived.Blob, spool.File(arrived.Id), ct);
            var asset = await Fill(tx, actor, id, input ?? new(), arrived, await FileStore.Hold(tx, id, ct), ct);
            await tx.Commit(ct);
            return asset;
        }
        finally
        {
            spool.Remove(arrived.Id);
        }
    }

    /// <summary>The same with bytes that are here.</summary>
    public async Task<Asset> ReplaceWith(Actor actor, Guid id, UpdateFile input, Stream content, string? fileName, CancellationToken ct)
    {
        await MustWrite(actor, id, ct);
        return await Replace(actor, id, input, await reception.Take(Guid.CreateVersion7(), content, content.Length, ct), fileName, ct);
    }

    /// <summary>Who may change a file: those with the role write. It is asked before bytes come, and again when they are here.</summary>
    public async Task MustWrite(Actor actor, Guid id, CancellationToken ct)
    {
        if ((await assets.RightsOn(actor, id, ct)).AssetType != AssetType.File) throw Refusal.NoAsset(id);
        await assets.MustWrite(actor, id, ct);
    }

    /// <summary>What the server found out about an upload of the caller's, or about a file.</summary>
    public async Task<FileMetadata> Metadata(Actor actor, Guid id, CancellationToken ct)
    {
        if (await FileStore.Find(db, actor, id, ct) is not null)
        {
            var asset = await assets.Get(actor, id, AssetType.File, ct);
            return new(asset.Metadata, asset.Preview);
        }
        var upload = await uploads.Own(actor, id, ct);
        if (!upload.IsComplete) return new(null, null);
        var content = Content(upload);
        var said = FileRules.Metadata(id, upload.Path, upload.FileName, content.Blob, content.Inspection, upload.CreatedAt);
        return new(FileRules.WithBucket(said, upload.Bucket), content.Inspection.Preview);
    }

    /// <summary>Where the bytes are, by an address that needs no credential.</summary>
    public async Task<FileData> Data(Actor actor, Guid id, CancellationToken ct)
    {
        var found = await MustBeHere(actor, id, ct);
        var file = found.File!;
        if (found.Visibility == Visibility.Public) return new(web.Of($"/api/files/{id}/content?v={file.StoredAt.ToUnixTimeMilliseconds()}"));
        // A bucket's own link takes the work off this server, and works for its hour whatever becomes of its maker's rights.
        var direct = settings.S3Links ? storage.Link(file.Sha256, file.FileName, Inert.Type(file.ContentType), ContentAnswer.MayShow(file.ContentType), ContentLives) : null;
        return new(direct?.ToString() ?? web.Of($"/api/files/{id}/content?token={links.Sign(ContentPurpose, actor, id, ContentLives)}"));
    }

    /// <summary>How much room the caller's files take, and those of an organization.</summary>
    public async Task<StorageUsage> Usage(Actor actor, Guid? organization, CancellationToken ct)
    {
        if (organization is not { } org || org == Ids.Global) return await limits.OfUser(db, actor.Id, ct);
        if (!actor.IsMemberOf(org)) throw Refusal.NotFound("organization_not_found", $"There is no organization {org}, or you are not a member of it.");
        return await limits.OfOrganization(org, ct);
    }

    async Task<Asset> Announce(Tx tx, Actor actor, CreateFile input, Guid id, CancellationToken ct)
    {
        await FileStore.HoldId(tx, id, ct);
        if (await FileStore.IsTaken(tx, id, ct)) throw IsTaken(id);
        return await Add(tx, actor, input, Draft(input, id, FileRules.Awaited(input.Metadata), null) with { State = input.State!.Value }, ct);
    }

    /// <summary>Makes an asset of bytes that are kept; the caller commits.</summary>
    async Task<Asset> Publish(Tx tx, Actor actor, CreateFile input, Arrived content, string path, CancellationToken ct, Guid? upload = null)
    {
        var (id, now) = (content.Id, clock.Now());
        if (upload is { } used) await UploadStore.Remove(tx, used, ct);
        if (await FileStore.IsTaken(tx, id, ct)) throw IsTaken(id);
        var metadata = FileRules.Metadata(id, path, content.FileName, content.Blob, content.Inspection, now, FileRules.OwnMetadata(input.Metadata));
        var asset = await Add(tx, actor, input, Draft(input with { Name = string.IsNullOrWhiteSpace(input.Name) ? content.FileName : input.Name }, id, metadata, content.Inspection.Preview), ct);
        await limits.MustFit(tx, actor.Id, asset.OrgId, content.Blob.Size, ct);
        await Store(tx, actor, id, content, path, ct);
        return asset;
    }

    static Asset Draft(CreateFile input, Guid id, JsonElement metadata, JsonElement? preview) => new()
    {
        Id = id, AssetType = AssetType.File, Name = input.Name, Description = input.Description, LicenseId = input.LicenseId, Attribution = input.Attribution ?? new(),
        ParentId = input.ParentId, Metadata = metadata, Preview = preview,
    };

    async Task<Asset> Add(Tx tx, Actor actor, CreateFile input, Asset draft, CancellationToken ct)
    {
        var asset = await assets.Add(tx, actor, draft, input.Visibility, input.OrgId, input.TeamId, ct, input);
        return await assets.Get(tx, actor, asset.Id, ct);
    }

    /// <summary>Gives an asset that is there the bytes, and all that is said of them; the caller commits.</summary>
    async Task<Asset> Fill(Tx tx, Actor actor, Guid id, UpdateFile input, Arrived content, StoredFile? before, CancellationToken ct)
    {
        var asset = await assets.Get(tx, actor, id, ct);
        if (asset.AssetType != AssetType.File) throw Refusal.NoAsset(id);
        var path = before?.Path ?? FileRules.PathOf(asset.UserId, id, content.FileName);
        var metadata = FileRules.Metadata(id, path, content.FileName, content.Blob, content.Inspection, clock.Now(),
            asset.Metadata, FileRules.OwnMetadata(input.Metadata));
        asset = FileRules.MustStayBounded(await assets.Change(tx, actor, id, input, ct, new(metadata, content.Inspection.Preview, IsWhole: true, AssetState.Success)));
        // What was there counts no more, and what is there now counts whole.
        await limits.MustFit(tx, asset.UserId, asset.OrgId, content.Blob.Size - (before?.Size ?? 0), ct);
        await Store(tx, actor, id, content, path, ct);
        return asset;
    }

    async Task Store(Tx tx, Actor actor, Guid id, Arrived content, string path, CancellationToken ct)
    {
        var (blob, seen) = (content.Blob, content.Inspection);
        await FileStore.Put(tx, new(id, blob.Sha256, blob.Size, path, content.FileName, seen.ContentType, seen.Charset, clock.Now()), ct);
        await thumbnails.Add(tx, actor, blob, seen.ContentType, ct);
        await events.Record(tx, actor, "file.uploaded", id, Audience.Asset(id), new { blob.Size, seen.ContentType, content.FileName }, ct);
    }

    /// <summary>What a change without bytes says of metadata and of how the awaited bytes stand.</summary>
    static OwnChange? Own(UpdateFile input, bool hasBytes)
    {
        if (input.State == AssetState.Success && !hasBytes)
            throw Refusal.Conflict("file_in_progress", "The bytes of this file are not here yet, so it cannot be complete.", "Send them with PUT /files/{id}/content.");
        var metadata = FileRules.OwnMetadata(input.Metadata);
        var state = hasBytes ? null : input.State;
        return metadata is null && state is null ? null : new(metadata, State: state);
    }

    /// <summary>A file that moved must fit where it is now; the caller commits.</summary>
    public Task Moved(Tx tx, Asset asset, CancellationToken ct) => limits.MustFit(tx, asset.UserId, asset.OrgId, 0, ct);

    static Arrived Content(StoredUpload upload) =>
        new(upload.Id, new(upload.Sha256!, upload.Received)) { FileName = upload.FileName, Inspection = upload.Inspection ?? Inspection.Unknown };

    static Refusal IsTaken(Guid id) => Refusal.Conflict("file_exists", $"There is an asset {id} already.", "Update it, or upload the bytes again under another id.");
}
