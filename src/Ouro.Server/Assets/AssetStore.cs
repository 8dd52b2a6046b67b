using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>An asset as it is stored, with the names that its address and its nested records are made from.</summary>
public sealed record AssetRow : Asset
{
    public string Username { get; init; } = "";
    public ActorType OwnerKind { get; init; }
    public string? OwnerAvatar { get; init; }
    public string OrgName { get; init; } = "";
    public string TeamName { get; init; } = "";
    public Guid TeamOrgId { get; init; }
}

static partial class AssetStore
{
    /// <summary>Whether what was read out of a file is kept from this actor: to others it is for sale.</summary>
    public static Sql HidesContent(Actor actor) => $"(a.asset_type = 'file' and a.visibility in ('monetized', 'inherit') and not {Rights.CanOpen(actor)})";

    /// <summary>What travels of an asset; its preview is content, and goes to who may open it.</summary>
    public static Sql Columns(Actor actor) => $"""
        a.id, a.asset_type, a.name, a.name_url_slug, a.user_id, a.org_id, a.team_id, a.parent_id, a.visibility, a.description, a.license_id,
        case when {HidesContent(actor)} then a.metadata - {AssetRules.OfContent} else a.metadata end as metadata, a.attribution, case when {Rights.CanOpen(actor)} then a.preview end as preview, a.state, a.source, a.created_at, a.last_updated,
        a.monetization, a.price_currency, a.price_cents * 0.01 as price_usd, a.price_sats, a.unit_cost_cents * 0.01 as unit_cost_usd, a.unit_cost_sats,
        case a.price_currency when 'btc' then a.price_sats else a.price_cents * 0.01 end as price,
        case a.price_currency when 'btc' then a.unit_cost_sats else a.unit_cost_cents * 0.01 end as unit_cost,
        a.cost_unit, a.cost_accounting, a.max_billable_seconds,
        u.username, u.actor_type as owner_kind, u.avatar_path as owner_avatar, o.name as org_name, t.name as team_name, t.org_id as team_org_id
        """;

    public static Sql From => $"""
        assets a
        join users u on u.id = a.user_id
        join organizations o on o.id = a.org_id
        join teams t on t.id = a.team_id
        """;

    public static Task<AssetRow?> Find(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<AssetRow>($"""
        select {Columns(actor)}
        from {From}
        where a.id = {id} and {Rights.CanRead(actor)}
        """, ct);

    public static Task<AssetRow?> FindByAddress(Session db, Actor actor, AssetType type, string entity, string slug, CancellationToken ct) =>
        db.Maybe<AssetRow>($"""
            select {Columns(actor)}
            from {From}
            where a.name_url_slug = {slug} and a.asset_type = {type} and {Rights.CanRead(actor)}
              and lower(case when a.org_id = {Ids.Global} then u.username else o.name end) = lower({entity})
            order by a.created_at, a.id
            limit 1
            """, ct);

    /// <summary>What the actor may do with an asset that they may read; null where they may not even do that.</summary>
    public static Task<HeldRights?> RightsOn(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<HeldRights>($"""
        select a.id, a.asset_type, a.name, a.user_id, {Rights.CanWrite(actor)} as may_write, {Rights.CanManage(actor)} as may_manage,
          {Rights.CanOpen(actor)} as may_open
        from assets a
        where a.id = {id} and {Rights.CanRead(actor)}
        """, ct);

    public static Task Add(Session tx, Asset asset, Prices prices, CancellationToken ct) => tx.Run($"""
        insert into assets (id, asset_type, user_id, org_id, team_id, parent_id, name, name_url_slug, visibility, description, license_id,
          metadata, attribution, preview, state, source, created_at, last_updated, monetization, price_currency, price_cents, price_sats,
          unit_cost_cents, unit_cost_sats, cost_unit, cost_accounting, max_billable_seconds)
        values ({asset.Id}, {asset.AssetType}, {asset.UserId}, {asset.OrgId}, {asset.TeamId}, {asset.ParentId}, {asset.Name}, {asset.NameUrlSlug},
          {asset.Visibility}, {(asset.Description is null ? null : Wire.Element(asset.Description))}, {asset.LicenseId}, {asset.Metadata},
          {Wire.Element(asset.Attribution)}, {asset.Preview}, {asset.State}, {asset.Source}, {asset.CreatedAt}, {asset.LastUpdated},
          {prices.Monetization}, {prices.PriceCurrency}, {prices.PriceCents}, {prices.PriceSats}, {prices.UnitCostCents}, {prices.UnitCostSats},
          {prices.CostUnit}, {prices.CostAccounting}, {prices.MaxBillableSeconds})
        """, ct);

    /// <summary>Holds an asset against others who change it until the transaction ends, and tells how it is sold.</summary>
    public static Task<Prices?> Hold(Session tx, Guid id, CancellationToken ct) => tx.Maybe<Prices>($"""
        select monetization, price_currency, price_cents, price_sats, unit_cost_cents, unit_cost_sats, cost_unit, cost_accounting, max_billable_seconds
        from assets where id = {id}
        for no key update
        """, ct);

    public static Task Update(Session tx, Asset asset, Prices prices, OwnChange own, CancellationToken ct) => tx.Run($"""
        update assets set
          name = {asset.Name}, name_url_slug = {asset.NameUrlSlug}, visibility = {asset.Visibility}, org_id = {asset.OrgId}, team_id = {asset.TeamId},
          description = {(asset.Description is null ? null : Wire.Element(asset.Description))}, license_id = {asset.LicenseId},
          attribution = {Wire.Element(asset.Attribution)},
          metadata = case when {own.IsWhole} then {own.Metadata}::jsonb else coalesce(metadata || {own.Metadata}::jsonb, metadata, {own.Metadata}::jsonb) end,
          preview = case when {own.IsWhole} then {own.Preview} else coalesce({own.Preview}, preview) end,
          state = coalesce({(own.State is { } state ? Wire.Name(state) : null)}, state), last_updated = {asset.LastUpdated}, monetization = {prices.Monetization},
          price_currency = {prices.PriceCurrency}, price_cents = {prices.PriceCents}, price_sats = {prices.PriceSats},
          unit_cost_cents = {prices.UnitCostCents}, unit_cost_sats = {prices.UnitCostSats}, cost_unit = {prices.CostUnit},
          cost_accounting = {prices.CostAccounting}, max_billable_seconds = {prices.MaxBillableSeconds}
        where id = {asset.Id}
        """, ct);

    /// <summary>What inherits from a moved asset goes with it, under an address of its own.</summary>
    public static Task MoveInheriting(Session tx, Guid id, Place place, CancellationToken ct) => tx.Run($"""
        with recursive below as (
          select c.id from assets c where c.parent_id = {id} and c.visibility = 'inherit'
          union all
          select c.id from assets c join below b on c.parent_id = b.id where c.visibility = 'inherit')
        update assets a set org_id = {place.OrgId}, team_id = {place.TeamId},
          name_url_slug = case when a.org_id <> {place.OrgId} and exists (
              select from assets o where o.name_url_slug = a.name_url_slug and o.asset_type = a.asset_type and o.org_id = {place.OrgId} and o.id <> a.id)
            then a.name_url_slug || '-' || right(replace(a.id::text, '-', ''), 12) else a.name_url_slug end
        from below b where a.id = b.id
        """, ct);

    public static Task<bool> SlugTaken(Session tx, Guid except, AssetType type, Guid user, Guid org, string slug, CancellationToken ct) => tx.Maybe<bool>($"""
        select exists (select from assets where name_url_slug = {slug} and asset_type = {type} and org_id = {org} and id <> {except}
          and (org_id <> {Ids.Global} or user_id = {user}))
        """, ct);

    public static Task Touch(Session tx, Guid id, DateTimeOffset now, System.Text.Json.JsonElement? preview, CancellationToken ct) => tx.Run($"""
        update assets set last_updated = {now}, preview = coalesce({preview}, preview) where id = {id}
        """, ct);

    public static Task<List<AssetRow>> Search(Session db, Actor actor, AssetSearch search, Sql filters, SearchOrder order, CancellationToken ct) =>
        db.Query<AssetRow>(Found(actor, search, filters, order), ct);

    /// <summary>The page is found first and named after: joins and snippets are for its rows only.</summary>
    public static Sql Found(Actor actor, AssetSearch search, Sql filters, SearchOrder order)
    {
        Sql which = $"{Rights.CanRead(actor)} and {filters}";
        // What nobody looked at comes after what somebody did, newest first; so neither part reads everything.
        Sql among = order.PopularSince is null ? (Sql)$"select a.*{order.Ranks} from assets a where {which}" : $"""
            (select a.*, v.views as popularity from viewed v join assets a on a.id = v.asset_id where {which})
            union all
            (select a.*, 0 as popularity from assets a where {which} and a.id not in (select v.asset_id from viewed v)
              order by a.created_at desc, a.id desc {Sql.Limit((long)search.Offset + search.Limit + 1)})
            """;
        Sql viewed = order.PopularSince is not { } day ? Sql.Empty : $"""
            with viewed as materialized (
              select asset_id, sum(views)::bigint as views from asset_views where day >= {day} group by asset_id having sum(views) > 0)

            """;
        Sql page = $"select * from ({among}) a order by {order.By} {Sql.Limit(search.Limit + 1, search.Offset)}";
        return $"{viewed}{Named(actor, page, order.By, order.Columns)}";
    }

    static Sql Newest => $"a.created_at desc, a.id desc";

    /// <summary>A page of assets with all that travels of them, in its order.</summary>
    static Sql Named(Actor actor, Sql page, Sql order, Sql columns) => $"""
        select {Columns(actor)}{columns}
        from ({page}) a
        join users u on u.id = a.user_id
        join organizations o on o.id = a.org_id
        join teams t on t.id = a.team_id
        order by {order}
        """;

    /// <summary>The channel on which it is told that others may see an asset than before.</summary>
    public const string ReachChannel = "ouro_reach";

    /// <summary>Tells every process, when the transaction commits, that who may see this asset changed, or that of many: what is open because of that is looked at again.</summary>
    public static Task TellReach(Session tx, Guid? id, CancellationToken ct) => tx.Run($"select pg_notify({ReachChannel}, {id?.ToString() ?? "many"})", ct);

    /// <summary>Whether there was something to look at.</summary>
    public static Task<bool> View(Session db, Actor actor, Guid id, DateTimeOffset now, CancellationToken ct) => db.Maybe<bool>($"""
        with seen as ({Looks.Seen(actor, id)}),
        counted as ({Looks.Counted(now)}),
        noted as ({Looks.Noted(actor, now)})
        select exists (select from seen)
        """, ct);

    public static Task<AssetCounts?> Counts(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<AssetCounts>($"""
        select v.views, 0::bigint as comments, 0::bigint as reactions, v.downloads
        from assets a
        cross join lateral (
          select coalesce(sum(views), 0)::bigint as views, coalesce(sum(downloads), 0)::bigint as downloads from asset_views where asset_id = a.id) v
        where a.id = {id} and {Rights.CanRead(actor)}
        """, ct);

    public static Task CountDownload(Session db, Guid id, DateOnly today, CancellationToken ct) => db.Run($"""
        insert into asset_views (asset_id, day, views, downloads) select id, {today}, 0, 1 from assets where id = {id}
        on conflict (asset_id, day) do update set downloads = asset_views.downloads + 1
        """, ct);

    public static Task<List<SharedWithRow>> Shares(Session db, Guid id, CancellationToken ct) => db.Query<SharedWithRow>($"""
        select p.id, p.asset_id, a.asset_type, p.user_id, u.username, u.actor_type, u.avatar_path, p.role, p.created_at, p.last_updated
        from permissions p
        join users u on u.id = p.user_id
        join assets a on a.id = p.asset_id
        where p.asset_id = {id}
        order by p.created_at, p.id
        limit 1000
        """, ct);

    /// <summary>Whether there was an account to share with.</summary>
    public static async Task<bool> Share(Session tx, Guid asset, Guid user, Guid granter, Role role, DateTimeOffset now, CancellationToken ct) => await tx.Run(
        role == Role.None
            ? (Sql)$"delete from permissions where asset_id = {asset} and user_id = {user}"
            : (Sql)$"""
                insert into permissions (id, asset_id, user_id, granter_id, role, created_at, last_updated)
                select {Guid.CreateVersion7()}, {asset}, id, {granter}, {role}, {now}, {now} from users where id = {user}
                on conflict (asset_id, user_id) do update set role = excluded.role, granter_id = excluded.granter_id, last_updated = excluded.last_updated
                """, ct) == 1;

    /// <summary>All that belongs to an asset; what the actor may not see has no name.</summary>
    public static Task<List<DeletedChild>> Children(Session tx, Actor actor, Guid id, CancellationToken ct) => tx.Query<DeletedChild>($"""
        with recursive below as (
          select c.id from assets c where c.parent_id = {id}
          union all
          select c.id from assets c join below b on c.parent_id = b.id)
        select a.id, case when {Rights.CanRead(actor)} then a.name end as name, a.asset_type
        from below b
        join assets a on a.id = b.id
        limit 10001
        """, ct);

    public static async Task<bool> Remove(Session tx, Guid id, CancellationToken ct) => await tx.Run($"delete from assets where id = {id}", ct) == 1;

    /// <summary>Keeps an address to this transaction until it ends.</summary>
    public static Task HoldSlug(Session tx, Guid org, string slug, CancellationToken ct) =>
        tx.Run($"select pg_advisory_xact_lock(hashtextextended({slug}, hashtext({org.ToString()})))", ct);

    /// <summary>Where an asset lives that the actor may read.</summary>
    public static Task<Place?> PlaceOfAsset(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<Place>($"""
        select a.org_id, a.team_id, t.visibility as team_visibility, o.public_publishing
        from assets a
        join teams t on t.id = a.team_id
        join organizations o on o.id = a.org_id
        where a.id = {id} and {Rights.CanRead(actor)}
        """, ct);
}

/// <summary>What somebody may do with an asset.</summary>
public sealed record HeldRights(Guid Id, AssetType AssetType, string? Name, Guid UserId, bool MayWrite, bool MayManage, bool MayOpen);

/// <summary>Where an asset lives, who hears of things there, and who makes things public there.</summary>
public sealed record Place(Guid OrgId, Guid TeamId, Visibility TeamVisibility, PublicPublishing PublicPublishing = PublicPublishing.Members);

/// <summary>How a list of assets is ordered, and what that needs.</summary>
/// <param name="By">The order.</param>
/// <param name="Ranks">What it needs besides the asset's own columns.</param>
/// <param name="Columns">What only the rows of the page get.</param>
/// <param name="Moment">The moment that the list goes down by, where it has a cursor.</param>
sealed record SearchOrder(Sql By, Sql Ranks, Sql Columns, Func<Asset, DateTimeOffset>? Moment = null)
{
    /// <summary>For the order by views: those from this day on count.</summary>
    public DateOnly? PopularSince { get; init; }
}

/// <summary>A permission, with the name of who holds it.</summary>
sealed record SharedWithRow(
    Guid Id, Guid AssetId, AssetType AssetType, Guid UserId, string Username, ActorType ActorType, string? AvatarPath, Role Role,
    DateTimeOffset CreatedAt, DateTimeOffset LastUpdated)
{
    public Permission ToPermission() =>
        new(Id, AssetId, AssetType, UserId, new(UserId, Username, ActorType, AvatarPath), Role, CreatedAt, LastUpdated);
}
