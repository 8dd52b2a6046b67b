using Ouro.Server.Data;

namespace Ouro.Server.Files;

/// <summary>An upload as it is kept.</summary>
public sealed record StoredUpload(
    Guid Id, Guid UserId, Guid? BoundTo, string Bucket, string Path, string FileName, string? ContentType, long? Length, string? DeclaredSha256, string? Fingerprint, long Received,
    string? Sha256, Inspection? Inspection, string Instance, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public bool IsComplete => Sha256 is not null;

    /// <summary>Whether it is this actor's. A bound key has what came by keys of the same bound.</summary>
    public bool IsFor(Actor actor) => UserId == actor.Id && (actor.BoundTo is null || actor.BoundTo == BoundTo);

    public string UploadId => $"{Bucket}/{Path}";
}

static class UploadStore
{
    static Sql Columns => $"""
        id, user_id, bound_to, bucket, path, file_name, content_type, length, declared_sha256, fingerprint, received, sha256, inspection, instance, created_at, expires_at
        """;

    public static Task Add(Session tx, StoredUpload upload, CancellationToken ct) => tx.Run($"""
        insert into uploads ({Columns})
        values ({upload.Id}, {upload.UserId}, {upload.BoundTo}, {upload.Bucket}, {upload.Path}, {upload.FileName}, {upload.ContentType}, {upload.Length}, {upload.DeclaredSha256},
          {upload.Fingerprint}, {upload.Received}, {upload.Sha256}, {(upload.Inspection is null ? null : Wire.Element(upload.Inspection))}, {upload.Instance},
          {upload.CreatedAt}, {upload.ExpiresAt})
        """, ct);

    /// <summary>An upload, whoever's; who asks for one without a credential has its link.</summary>
    public static Task<StoredUpload?> Find(Session db, Guid id, DateTimeOffset now, CancellationToken ct) =>
        db.Maybe<StoredUpload>($"select {Columns} from uploads where id = {id} and expires_at > {now}", ct);

    /// <summary>An upload, whoever's, also one whose time is over and that is still there.</summary>
    public static Task<StoredUpload?> Any(Session db, Guid id, CancellationToken ct) => db.Maybe<StoredUpload>($"select {Columns} from uploads where id = {id}", ct);

    /// <summary>An upload of an account, held until the transaction ends.</summary>
    public static Task<StoredUpload?> Hold(Session tx, Guid id, Actor actor, DateTimeOffset now, CancellationToken ct) =>
        tx.Maybe<StoredUpload>($"select {Columns} from uploads where id = {id} and {IsFor(actor)} and expires_at > {now} for update", ct);

    public static Task<StoredUpload?> ByPath(Session db, string path, Actor actor, DateTimeOffset now, CancellationToken ct) =>
        db.Maybe<StoredUpload>($"select {Columns} from uploads where path = {path} and {IsFor(actor)} and expires_at > {now}", ct);

    /// <summary>An account's uploads, newest first; with a fingerprint only those of this file.</summary>
    public static Task<List<StoredUpload>> Of(Session db, Actor actor, string? fingerprint, Cursor after, int size, DateTimeOffset now, CancellationToken ct) => db.Query<StoredUpload>($"""
        select {Columns}
        from uploads
        where {IsFor(actor)} and expires_at > {now} and (created_at, id) < ({after.At}, {after.Id}) {Known(fingerprint)}
        order by created_at desc, id desc
        {Sql.Limit(size)}
        """, ct);

    static Sql IsFor(Actor actor)
    {
        if (actor.BoundTo is { } place) return $"(user_id = {actor.Id} and bound_to = {place})";
        return $"user_id = {actor.Id}";
    }

    /// <summary>How many uploads an account has; no more than <paramref name="most"/> are counted.</summary>
    public static Task<long> Count(Session tx, Guid user, int most, CancellationToken ct) =>
        tx.Maybe<long>($"select count(*) from (select from uploads where user_id = {user} {Sql.Limit(most)}) u", ct);

    static Sql Known(string? fingerprint) => fingerprint is null ? Sql.Empty : $"and fingerprint = {fingerprint}";

    /// <summary>Writes down how much has arrived; false where the upload is gone.</summary>
    public static async Task<bool> Advance(Session db, Guid id, long received, DateTimeOffset expires, CancellationToken ct) =>
        await db.Run($"update uploads set received = {received}, expires_at = {expires} where id = {id} and sha256 is null", ct) == 1;

    /// <summary>Writes down that all of it is here; false where it is gone, or was whole before.</summary>
    public static async Task<bool> Complete(Session tx, Guid id, Storage.Blob blob, Inspection inspection, DateTimeOffset expires, CancellationToken ct) => await tx.Run($"""
        update uploads set received = {blob.Size}, length = {blob.Size}, sha256 = {blob.Sha256}, inspection = {Wire.Element(inspection)}, expires_at = {expires}
        where id = {id} and sha256 is null
        """, ct) == 1;

    public static Task Rename(Session db, Guid id, string fileName, CancellationToken ct) => db.Run($"update uploads set file_name = {fileName} where id = {id}", ct);

    public static async Task<bool> Remove(Session tx, Guid id, CancellationToken ct) => await tx.Run($"delete from uploads where id = {id}", ct) == 1;

    /// <summary>Takes away what nobody went on with; the ids, of which this machine may have files.</summary>
    public static Task<List<Guid>> RemoveExpired(Session db, DateTimeOffset now, int most, CancellationToken ct) => db.Query<Guid>($"""
        delete from uploads where id in (select id from uploads where expires_at <= {now} order by expires_at {Sql.Limit(most)} for update skip locked) returning id
        """, ct);

    /// <summary>Which of these are still awaited here.</summary>
    public static Task<List<Guid>> Open(Session db, Guid[] ids, string instance, CancellationToken ct) =>
        db.Query<Guid>($"select id from uploads where id = any({ids}) and sha256 is null and instance = {instance}", ct);
}
