using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>What its sender says of a file before its bytes come.</summary>
/// <param name="FileName">What it is called.</param>
/// <param name="Visibility">Who will see it; it decides the bucket that the public clients are told.</param>
/// <param name="ContentType">What it is taken for.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sha256">Their sum, which is then checked.</param>
/// <param name="Fingerprint">What its sender knows it by.</param>
public sealed record AnnouncedFile(
    string? FileName, Visibility? Visibility = null, string? ContentType = null, long? Length = null, string? Sha256 = null, string? Fingerprint = null);

/// <summary>Bytes on their way in: announced, received, looked at, and kept until they become a file or nobody wants them.</summary>
public sealed partial class UploadOperations(
    Db db, Clock clock, Settings settings, Jobs jobs, UploadSpool spool, Reception reception, Blobs blobs, StorageLimits limits, SignedLinks links, WebAddress web,
    OpenUploads open)
{
    const string Purpose = "upload links", ReadPurpose = "upload content links";
    static readonly TimeSpan LinkLives = TimeSpan.FromHours(1);

    /// <summary>Announces a file: makes the upload that its bytes go to.</summary>
    public async Task<StoredUpload> Begin(Actor actor, AnnouncedFile file, CancellationToken ct)
    {
        var upload = New(actor, file);
        reception.MustFit(file.Length ?? 0);
        await using var tx = await db.Begin(ct);
        await limits.MustTake(tx, actor, file.Length ?? 0, ct);
        await UploadStore.Add(tx, upload, ct);
        await tx.Commit(ct);
        return upload;
    }

    /// <summary>Refuses so many bytes of somebody before they come.</summary>
    public async Task MayBegin(Actor actor, long bytes, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        await limits.MustTake(tx, actor, bytes, ct);
    }

    /// <summary>An address that takes the bytes of a file without a credential.</summary>
    public async Task<UploadUrl> CreateUrl(Actor actor, CreateUploadUrl input, CancellationToken ct)
    {
        Contract.Present(input, "file_name");
        var upload = await Begin(actor, new(input.FileName, FileRules.Visible(input.Visibility), input.ContentType), ct);
        var token = links.Sign(Purpose, actor, upload.Id, LinkLives);
        return new(upload.UploadId, upload.Bucket, upload.Path, web.Of($"/api/files/uploads/{upload.Id}/content?token={token}"), "PUT",
            new Dictionary<string, string> { ["content-type"] = upload.ContentType ?? Inspection.Unknown.ContentType }, (int)LinkLives.TotalSeconds);
    }

    /// <summary>Receives the bytes at such an address. Until they become a file, sending them again is let be.</summary>
    public async Task<UploadedFile> Put(Guid id, string? token, Stream body, long? length, CancellationToken ct)
    {
        var (actor, _) = await links.Open(Purpose, token, id, ct);
        var upload = actor is null ? null : await UploadStore.Find(db, id, clock.Now(), ct);
        if (upload is null) throw NoUpload(id.ToString());
        if (upload.IsComplete) throw Refusal.Conflict("upload_complete", "The bytes of this upload are here already.", "Complete it, or ask for another address.");
        await limits.MustFit(actor!, length ?? 0, ct);
        // Two who send to one address at once write two files; the first that is whole is it.
        var arrived = await reception.Look(await reception.Take(Guid.CreateVersion7(), body, length, ct), upload.FileName, ct);
        try
        {
            return await Finish(upload, arrived, ct);
        }
        finally
        {
            spool.Remove(arrived.Id);
        }
    }

    /// <summary>Takes a file whole, and keeps it until it becomes an asset.</summary>
    public async Task<UploadedFile> Keep(Actor actor, AnnouncedFile file, Arrived arrived, CancellationToken ct)
    {
        try
        {
            var upload = New(actor, file) with { Received = arrived.Blob.Size, Length = arrived.Blob.Size, Sha256 = arrived.Blob.Sha256 };
            arrived = await reception.Look(arrived, upload.FileName, ct);
            await limits.MustFit(actor, arrived.Blob.Size, ct);
            await blobs.Send(arrived.Blob, spool.File(arrived.Id), ct);
            await using var tx = await db.Begin(ct);
            await blobs.Keep(tx, arrived.Blob, spool.File(arrived.Id), ct);
            await limits.MustTake(tx, actor, arrived.Blob.Size, ct);
            await UploadStore.Add(tx, upload with { Inspection = arrived.Inspection }, ct);
            await tx.Commit(ct);
            return Told(upload, arrived.Blob, arrived.Inspection);
        }
        finally
        {
            spool.Remove(arrived.Id);
        }
    }

    /// <summary>What an upload became, once its bytes are here; or a link to them.</summary>
    public async Task<CompletedUpload> Complete(Actor actor, NamedUpload input, CancellationToken ct)
    {
        Contract.Present(input, "upload_id");
        var id = FileRules.UploadId(input.UploadId);
        var upload = await Own(actor, id, ct);
        if (IsUnsettled(upload)) upload = await Settle(actor, id, ct) is null ? upload : await Own(actor, id, ct);
        if (upload is not { Sha256: { } sha256, Inspection: { } inspection })
            throw Refusal.NotFound("upload_incomplete", $"The bytes of this upload are not here: {upload.Received:N0} arrived.");
        if (input.Download)
            return new() { DownloadUrl = web.Of($"/api/files/uploads/{upload.Id}/content?token={links.Sign(ReadPurpose, actor, upload.Id, LinkLives)}") };
        if (input.FileName is { } renamed && FileRules.Name(renamed) is var name && name != upload.FileName)
        {
            await UploadStore.Rename(db, upload.Id, name, ct);
            upload = upload with { FileName = name };
        }
        return CompletedUpload.Of(Told(upload, new(sha256, upload.Received), inspection));
    }

    /// <summary>Throws an upload away.</summary>
    public async Task<DiscardedUpload> Discard(Actor actor, NamedUpload input, CancellationToken ct)
    {
        Contract.Present(input, "upload_id");
        return new(await Remove(actor, FileRules.UploadId(input.UploadId), ct));
    }

    /// <summary>The caller's uploads that are no files yet, newest first.</summary>
    public async Task<Page<Upload>> List(Actor actor, int? limit, string? after, string? fingerprint, CancellationToken ct)
    {
        var (size, _) = Contract.Window(limit, 0);
        var found = await UploadStore.Of(db, actor, fingerprint, Cursor.Parse(after), size + 1, clock.Now(), ct);
        var page = found.Take(size).Select(Told).ToList();
        var more = found.Count > size;
        return new(page, new(0, size, more, After: more ? new Cursor(page[^1].CreatedAt, page[^1].Id).ToString() : null));
    }

    public async Task<Upload> Get(Actor actor, Guid id, CancellationToken ct) => Told(await Own(actor, id, ct));

    /// <summary>The bytes of an upload by a link, for who wants to look before it becomes a file.</summary>
    public async Task<(StoredUpload Upload, Stream Content)> Read(Guid id, string? token, CancellationToken ct)
    {
        var (actor, _) = await links.Open(ReadPurpose, token, id, ct);
        var upload = actor is null ? null : await UploadStore.Find(db, id, clock.Now(), ct);
        return upload is { Sha256: { } sha256 } ? (upload, await blobs.Open(sha256, ct)) : throw NoUpload(id.ToString());
    }

    /// <summary>What an account uploaded and nobody made a file of, by its id.</summary>
    public async Task<StoredUpload> Own(Actor actor, Guid id, CancellationToken ct) =>
        await UploadStore.Find(db, id, clock.Now(), ct) is { } upload && upload.IsFor(actor) ? upload : throw NoUpload(id.ToString());

    async Task<bool> Remove(Actor actor, Guid id, CancellationToken ct)
    {
        if (await UploadStore.Find(db, id, clock.Now(), ct) is not { } found || !found.IsFor(actor)) return false;
        await using var turn = await open.Interrupt(id, ct) ?? throw Busy();
        await turn.Close();
        await using (var tx = await db.Begin(ct))
        {
            if (await UploadStore.Hold(tx, id, actor, clock.Now(), ct) is null || !await UploadStore.Remove(tx, id, ct)) return false;
            await tx.Commit(ct);
        }
        spool.Remove(id);
        return true;
    }

    /// <summary>Makes a whole file of this machine the content of its upload.</summary>
    async Task<UploadedFile> Finish(StoredUpload upload, Arrived arrived, CancellationToken ct)
    {
        if (upload.Length is { } length && length != arrived.Blob.Size)
            throw new Refusal(460, "size_differs", $"{arrived.Blob.Size:N0} bytes arrived, and {length:N0} were announced.", "Send it again, whole.");
        if (upload.DeclaredSha256 is { } sha256 && sha256 != arrived.Blob.Sha256) throw Differs(sha256, arrived.Blob.Sha256);
        await blobs.Send(arrived.Blob, spool.File(arrived.Id), ct);
        await using var tx = await db.Begin(ct);
        await blobs.Keep(tx, arrived.Blob, spool.File(arrived.Id), ct);
        // One whose length was told has had its room since then.
        if (upload.Length is null) await limits.MustFit(tx, upload.UserId, Ids.Global, arrived.Blob.Size, ct);
        if (!await UploadStore.Complete(tx, upload.Id, arrived.Blob, arrived.Inspection, Expiry(), ct))
            throw Refusal.Conflict("upload_complete", "The bytes of this upload are here already, or it was discarded.", "Complete it, or ask for another address.");
        await tx.Commit(ct);
        return Told(upload, arrived.Blob, arrived.Inspection);
    }

    StoredUpload New(Actor actor, AnnouncedFile file)
    {
        var (id, name, now) = (Guid.CreateVersion7(), FileRules.Name(file.FileName), clock.Now());
        // A type is told as a header to send: it stays one.
        var type = string.IsNullOrWhiteSpace(file.ContentType) ? null : Contract.Line(file.ContentType.Trim(), "content_type");
        foreach (var (text, field) in new[] { (type, "content_type"), (file.Fingerprint, "fingerprint") })
            if (text is not null && Contract.Clean(text, field).Length > 500) throw Refusal.Fields((field, $"{field} has at most 500 characters."));
        return new(id, actor.Id, actor.BoundTo, FileRules.Bucket(file.Visibility), FileRules.PathOf(actor.Id, id, name), name, type, file.Length, FileRules.Sha256(file.Sha256),
            file.Fingerprint, 0, null, null, jobs.Instance, now, Expiry());
    }

    DateTimeOffset Expiry() => clock.Now() + TimeSpan.FromHours(settings.UploadLifetime);

    static UploadedFile Told(StoredUpload upload, Blob blob, Inspection inspection) =>
        new(upload.Id, upload.UploadId, upload.Bucket, upload.Path, blob.Size, inspection.ContentType, upload.FileName, blob.Sha256);

    static Upload Told(StoredUpload upload) => new(
        upload.Id, upload.UploadId, upload.FileName, upload.Length, upload.Received, upload.IsComplete, upload.Fingerprint, upload.CreatedAt, upload.ExpiresAt);

    static Refusal Differs(string declared, string real) => new(460, "checksum_mismatch", $"The bytes have the SHA-256 {real}, and {declared} was announced.", "Send them again.");

    internal static Refusal NoUpload(string name) =>
        Refusal.NotFound("upload_not_found", $"You have no upload {name}: it became a file, was discarded, or was not gone on with for too long.");
}
