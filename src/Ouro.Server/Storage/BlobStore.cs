using Ouro.Server.Data;

namespace Ouro.Server.Storage;

/// <summary>A piece of content.</summary>
/// <param name="Sha256">The SHA-256 of its bytes, 64 hexadecimal digits; its name in the storage.</param>
/// <param name="Size">Its bytes.</param>
public sealed record Blob(string Sha256, long Size);

static class BlobStore
{
    /// <summary>Keeps others from taking this content away, or bringing it, until the transaction ends.</summary>
    public static Task Hold(Session tx, string sha256, CancellationToken ct) =>
        tx.Run($"select pg_advisory_xact_lock(hashtextextended({sha256}, 5))", ct);

    /// <summary>The same where nobody else holds it.</summary>
    public static Task<bool> TryHold(Session tx, string sha256, CancellationToken ct) =>
        tx.Maybe<bool>($"select pg_try_advisory_xact_lock(hashtextextended({sha256}, 5))", ct);

    public static Task Add(Session tx, Blob blob, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        insert into blobs (sha256, size, created_at) values ({blob.Sha256}, {blob.Size}, {now})
        on conflict (sha256) do update set unused_since = null
        """, ct);

    public static Task<bool> IsKnown(Session db, string sha256, CancellationToken ct) =>
        db.Maybe<bool>($"select exists (select from blobs where sha256 = {sha256})", ct);

    /// <summary>Which of these are known.</summary>
    public static Task<List<string>> Known(Session db, string[] sha256, CancellationToken ct) => db.Query<string>($"select sha256 from blobs where sha256 = any({sha256})", ct);

    /// <summary>Writes down which content nothing refers to, and which something refers to again.</summary>
    public static Task Mark(Session db, DateTimeOffset now, CancellationToken ct) => db.Run(Marking(now), ct);

    // By the index of each: a list of all that is used is too large to be held in memory, and looking through it once for each would take hours.
    internal static Sql Marking(DateTimeOffset now) => $"""
        update blobs b set unused_since = case when b.unused_since is null then {now} end
        where (b.unused_since is null) = (not exists (select from files f where f.sha256 = b.sha256) and not exists (select from uploads u where u.sha256 = b.sha256))
        """;

    /// <summary>Content that nothing has referred to since before a moment.</summary>
    public static Task<List<string>> Unused(Session db, DateTimeOffset before, int most, CancellationToken ct) => db.Query<string>($"""
        select sha256 from blobs where unused_since < {before} order by unused_since {Sql.Limit(most)}
        """, ct);

    /// <summary>Whether it was still without use, and is gone now.</summary>
    public static async Task<bool> Remove(Session tx, string sha256, CancellationToken ct) => await tx.Run($"""
        delete from blobs b where b.sha256 = {sha256} and b.unused_since is not null
          and not exists (select from files f where f.sha256 = b.sha256) and not exists (select from uploads u where u.sha256 = b.sha256)
        """, ct) == 1;

    /// <summary>A page of all content by name, for who compares it with the storage.</summary>
    public static Task<List<Blob>> All(Session db, string after, int most, CancellationToken ct) => db.Query<Blob>($"""
        select sha256, size from blobs where sha256 > {after} order by sha256 {Sql.Limit(most)}
        """, ct);
}
