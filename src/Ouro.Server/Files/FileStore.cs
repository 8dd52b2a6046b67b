using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Files;

/// <summary>The bytes of a file, as they are kept.</summary>
public sealed record StoredFile(
    Guid AssetId, string Sha256, long Size, string Path, string FileName, string ContentType, string? Charset, DateTimeOffset StoredAt);

/// <summary>A file for who may see that it is there: its bytes where they are here, and whether they are for this actor.</summary>
public sealed record FoundFile(Guid Id, Visibility Visibility, AssetState State, bool MayOpen, StoredFile? File);

/// <summary>How a file stands to somebody.</summary>
public sealed record FileStanding(bool MayWrite, bool MayManage, long Views, long Downloads);

static class FileStore
{
    static Sql Columns => $"f.asset_id, f.sha256, f.size, f.path, f.file_name, f.content_type, f.charset, f.stored_at";

    public static Task<FoundFile?> Find(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<FoundFile>($"""
        select a.id, a.visibility, a.state, {Rights.CanOpen(actor)} as may_open, case when f.asset_id is not null then json_build_object(
          'asset_id', f.asset_id, 'sha256', f.sha256, 'size', f.size, 'path', f.path, 'file_name', f.file_name, 'content_type', f.content_type,
          'charset', f.charset, 'stored_at', f.stored_at) end as file
        from assets a
        left join files f on f.asset_id = a.id
        where a.id = {id} and a.asset_type = 'file' and {Rights.CanRead(actor)}
        """, ct);

    /// <summary>How often a file was looked at and fetched, and what this actor may do with it.</summary>
    public static Task<FileStanding?> Standing(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<FileStanding>($"""
        select {Rights.CanWrite(actor)} as may_write, {Rights.CanManage(actor)} as may_manage, v.views, v.downloads
        from assets a
        cross join lateral (
          select coalesce(sum(views), 0)::bigint as views, coalesce(sum(downloads), 0)::bigint as downloads from asset_views where asset_id = a.id) v
        where a.id = {id} and {Rights.CanRead(actor)}
        """, ct);

    /// <summary>The bytes that an asset has now, held until the transaction ends; null where it has none.</summary>
    public static async Task<StoredFile?> Hold(Session tx, Guid id, CancellationToken ct)
    {
        // Where there is no row yet, there is nothing else to hold.
        await HoldId(tx, id, ct);
        return await tx.Maybe<StoredFile>($"select {Columns} from files f where f.asset_id = {id} for update", ct);
    }

    /// <summary>Of several who make or fill a file of one id, one does at a time.</summary>
    public static Task HoldId(Session tx, Guid id, CancellationToken ct) => tx.Run($"select pg_advisory_xact_lock(hashtextextended({id.ToString()}, 7))", ct);

    /// <summary>Gives an asset its bytes, or others than it had; its path stays.</summary>
    public static Task Put(Session tx, StoredFile file, CancellationToken ct) => tx.Run($"""
        insert into files (asset_id, sha256, size, path, file_name, content_type, charset, stored_at)
        values ({file.AssetId}, {file.Sha256}, {file.Size}, {file.Path}, {file.FileName}, {file.ContentType}, {file.Charset}, {file.StoredAt})
        on conflict (asset_id) do update set sha256 = excluded.sha256, size = excluded.size, file_name = excluded.file_name, content_type = excluded.content_type,
          charset = excluded.charset, stored_at = excluded.stored_at
        """, ct);

    public static Task<bool> HasThumbnail(Session db, string sha256, CancellationToken ct) =>
        db.Maybe<bool>($"select exists (select from blob_thumbnails where sha256 = {sha256})", ct);

    /// <summary>Keeps a small picture; nothing where its content is gone, or another was quicker.</summary>
    public static Task KeepThumbnail(Session db, string sha256, Thumbnail made, CancellationToken ct) => db.Run($"""
        insert into blob_thumbnails (sha256, content_type, width, height, bytes)
        select sha256, {made.ContentType}, {made.Width}, {made.Height}, {made.Content} from blobs where sha256 = {sha256}
        on conflict do nothing
        """, ct);

    /// <summary>The small picture of a file for who may open it.</summary>
    public static Task<Thumbnail?> ThumbnailOf(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<Thumbnail>($"""
        select t.bytes as content, t.content_type, t.width, t.height
        from assets a
        join files f on f.asset_id = a.id
        join blob_thumbnails t on t.sha256 = f.sha256
        where a.id = {id} and {Rights.CanOpen(actor)}
        """, ct);

    /// <summary>Whether an asset has this id, or an upload whose file will have it.</summary>
    public static Task<bool> IsTaken(Session tx, Guid id, CancellationToken ct) =>
        tx.Maybe<bool>($"select exists (select from assets where id = {id}) or exists (select from uploads where id = {id})", ct);

    /// <summary>One at a time counts what an account or an organization has, and adds to it.</summary>
    public static Task HoldUsage(Session tx, Guid whose, CancellationToken ct) => tx.Run($"select pg_advisory_xact_lock(hashtextextended({whose.ToString()}, 6))", ct);

    /// <summary>What an account has in its personal context, with what it is uploading.</summary>
    public static Task<Usage?> UsageOfUser(Session db, Guid user, CancellationToken ct) => db.Maybe<Usage>($"""
        select f.bytes + u.bytes as bytes, f.files
        from (
          select coalesce(sum(f.size), 0)::bigint as bytes, count(*) as files
          from files f join assets a on a.id = f.asset_id
          where a.user_id = {user} and a.org_id = {Ids.Global}) f,
          (select coalesce(sum(greatest(length, received)), 0)::bigint as bytes from uploads where user_id = {user}) u
        """, ct);

    public static Task<Usage?> UsageOfOrganization(Session db, Guid organization, CancellationToken ct) => db.Maybe<Usage>($"""
        select coalesce(sum(f.size), 0)::bigint as bytes, count(*) as files
        from files f join assets a on a.id = f.asset_id
        where a.org_id = {organization}
        """, ct);
}

/// <summary>How much room files take.</summary>
public sealed record Usage(long Bytes, long Files);
