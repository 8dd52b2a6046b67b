using System.Globalization;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Users;

namespace Ouro.Server.Assets;

/// <summary>How much came of assets: views and downloads, by the day.</summary>
public sealed class ImpactOperations(Db db, Clock clock, UserOperations users)
{
    const int MostIds = 200;

    /// <summary>Of the assets of these ids that the actor may see.</summary>
    public async Task<ImpactOfAssets> Impact(Actor actor, string? ids, string? since, CancellationToken ct)
    {
        var wanted = Ids(ids, "ids") ?? throw Refusal.Fields(("ids", "ids is missing: uuids with commas between them."));
        return new(await Of(actor, $"a.id = any({wanted})", Since(since), MostIds, ct));
    }

    /// <summary>Of what an account made and the actor may see: all of it together, and the newest one by one.</summary>
    public async Task<UserImpact> Impact(Actor actor, string nameOrId, string? since, int? limit, string? assetIds, CancellationToken ct)
    {
        var (size, _) = Contract.Window(limit, null, 50);
        var (wanted, from) = (Ids(assetIds, "asset_ids"), Since(since));
        var user = await users.Get(actor, nameOrId, ct);
        Sql which = wanted is null ? (Sql)$"a.user_id = {user.UserId}" : $"a.user_id = {user.UserId} and a.id = any({wanted})";
        return new(user.UserId, (await ImpactStore.Together(db, actor, which, from, ct))!, await Of(actor, which, from, size, ct));
    }

    async Task<IReadOnlyList<AssetImpact>> Of(Actor actor, Sql which, DateOnly since, int limit, CancellationToken ct) =>
        await ImpactStore.EachOf(db, actor, which, since, DateOnly.FromDateTime(clock.Now().UtcDateTime).AddDays(-6), limit, ct);

    static Guid[]? Ids(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length > MostIds) throw Refusal.Fields((field, $"{field} holds at most {MostIds} ids."));
        return [.. parts.Select(part => Guid.TryParse(part, out var id) ? id
            : throw Refusal.Fields((field, $"{field} holds uuids with commas between them, not “{Short(part)}”.")))];
    }

    static string Short(string part) => part.Length <= 50 ? part : part[..50] + "…";

    static DateOnly Since(string? since) =>
        string.IsNullOrWhiteSpace(since) ? DateOnly.MinValue
        // A plus in an address that nobody escaped arrives as a space.
        : DateTimeOffset.TryParse(since.Trim().Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            || DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at)
            ? DateOnly.FromDateTime(at.UtcDateTime)
            : throw Refusal.Fields(("since", "since is a time such as 2026-01-31T00:00:00Z."));
}

static class ImpactStore
{
    public static Task<List<AssetImpact>> EachOf(Session db, Actor actor, Sql which, DateOnly since, DateOnly week, int limit, CancellationToken ct) => db.Query<AssetImpact>($"""
        select a.id as asset_id, a.asset_type, a.name, a.user_id as owner_user_id, v.views, v.downloads, v.popularity_of_week
        from (
          select a.id, a.asset_type, a.name, a.user_id, a.created_at from assets a
          where {which} and {Rights.CanRead(actor)}
          order by a.created_at desc, a.id desc
          limit {limit}) a
        cross join lateral (
          select coalesce(sum(views) filter (where day >= {since}), 0)::bigint as views,
            coalesce(sum(downloads) filter (where day >= {since}), 0)::bigint as downloads,
            coalesce(sum(views) filter (where day >= {week}), 0)::bigint as popularity_of_week
          from asset_views where asset_id = a.id) v
        order by a.created_at desc, a.id desc
        """, ct);

    public static Task<ImpactTotals?> Together(Session db, Actor actor, Sql which, DateOnly since, CancellationToken ct) => db.Maybe<ImpactTotals>($"""
        select count(distinct a.id) as assets, coalesce(sum(v.views), 0)::bigint as views, coalesce(sum(v.views), 0)::bigint as quality_views,
          coalesce(sum(v.downloads), 0)::bigint as downloads
        from assets a
        left join asset_views v on v.asset_id = a.id and v.day >= {since}
        where {which} and {Rights.CanRead(actor)}
        """, ct);
}
