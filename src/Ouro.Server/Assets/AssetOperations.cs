using System.Text.Json;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;
using Ouro.Server.Teams;

namespace Ouro.Server.Assets;

/// <summary>What all assets have in common: found, looked at, shared, deleted.</summary>
public sealed partial class AssetOperations(Db db, Clock clock, EventLog events, Actors actors, TeamOperations teams, WebAddress web, IEnumerable<AssetKind> kinds)
{
    readonly Dictionary<AssetType, AssetKind> kinds = kinds.ToDictionary(k => k.Type);

    /// <summary>One asset that the actor may see.</summary>
    public Task<Asset> Get(Actor actor, Guid id, CancellationToken ct) => Get(db, actor, id, ct);

    /// <summary>One asset, as a transaction that is not committed yet sees it.</summary>
    public async Task<Asset> Get(Session session, Actor actor, Guid id, CancellationToken ct) =>
        await AssetStore.Find(session, actor, id, ct) is { } row ? Shaped(row) : throw Refusal.NoAsset(id);

    /// <summary>One asset of a type: an id of another type is not there.</summary>
    public async Task<Asset> Get(Actor actor, Guid id, AssetType type, CancellationToken ct) =>
        await Get(actor, id, ct) is var asset && asset.AssetType == type ? asset : throw Refusal.NoAsset(id);

    /// <summary>One asset by its address: <c>/datasets/{entity}/{slug or id}</c>.</summary>
    public async Task<Asset> GetByAddress(Actor actor, AssetType type, string entity, string slug, CancellationToken ct) =>
        Guid.TryParse(slug, out var id) ? await Get(actor, id, type, ct)
        : await AssetStore.FindByAddress(db, actor, type, entity, slug, ct) is { } row ? Shaped(row)
        : throw Refusal.NotFound("asset_not_found", $"There is no {Wire.Name(type)} “{slug}” of {entity}, or it is not shared with you.");

    public async Task<AssetKindAnswer> Type(Actor actor, Guid id, CancellationToken ct) =>
        new((await RightsOn(actor, id, ct)).AssetType);

    /// <summary>Counts that somebody looked.</summary>
    public async Task<AssetKindAnswer?> View(Actor actor, Guid id, CancellationToken ct) =>
        await AssetStore.View(db, actor, id, clock.Now(), ct) ? null : throw Refusal.NoAsset(id);

    /// <summary>Opens an asset, which counts as a look at it: the shared row, how often it was used, and in full what only its type has.</summary>
    public async Task<(Asset Asset, AssetCounts Counts, JsonElement? Details)> Open(Actor actor, Guid id, bool full, CancellationToken ct)
    {
        await View(actor, id, ct);
        var asset = await Get(actor, id, ct);
        var details = full && kinds.GetValueOrDefault(asset.AssetType)?.Details is { } read ? await read(actor, id, ct) : (JsonElement?)null;
        return (asset, await Counts(actor, id, ct), details);
    }

    public async Task<AssetCounts> Counts(Actor actor, Guid id, CancellationToken ct) =>
        await AssetStore.Counts(db, actor, id, ct) ?? throw Refusal.NoAsset(id);

    /// <summary>Who has which role, for its admins; others see the owner and themselves. The owner is first and needs none. The list comes whole and names at most 1,000.</summary>
    public async Task<IReadOnlyList<Permission>> Permissions(Actor actor, Guid id, AssetType? type, CancellationToken ct)
    {
        var asset = type is { } expected ? await Get(actor, id, expected, ct) : await Get(actor, id, ct);
        var owner = new Permission(asset.Id, asset.Id, asset.AssetType, asset.UserId, asset.User!, Role.Admin, asset.CreatedAt, asset.CreatedAt);
        var shares = (await AssetStore.Shares(db, id, ct)).Select(s => s.ToPermission());
        return (await RightsOn(actor, id, ct)).MayManage ? [owner, .. shares] : [owner, .. shares.Where(s => s.UserId == actor.Id)];
    }

    /// <summary>Gives, changes or takes back a role. Admins of the asset only.</summary>
    public async Task<IReadOnlyList<Permission>> Share(Actor actor, Guid id, ShareAsset input, CancellationToken ct)
    {
        Contract.Present(input.Permission?.User, "permission");
        var (user, role) = (input.Permission.User.UserId, input.Permission.Role);
        await using (var tx = await db.Begin(ct))
        {
            var held = await MustShare(tx, actor, id, ct);
            if (user == held.UserId)
                throw Refusal.Invalid("owner_needs_no_role", "The owner of an asset has every right on it already.");
            if (!await AssetStore.Share(tx, id, user, actor.Id, role, clock.Now(), ct) && role != Role.None)
                throw Refusal.NotFound("user_not_found", $"There is no account {user} to share with.");
            await events.Record(tx, actor, "asset.shared", id, Audience.User(user), new { user_id = user, role }, ct);
            // What they hold open looks again whether they still may.
            await Actors.Changed(tx, user, ct);
            await tx.Commit(ct);
        }
        actors.Forget(user);
        // Who gave their own right away has done so, and sees nothing of it any more.
        return await AssetStore.RightsOn(db, actor, id, ct) is null ? [] : await Permissions(actor, id, null, ct);
    }

    /// <summary>Who may share an asset: its admins.</summary>
    public Task<HeldRights> MustShare(Actor actor, Guid id, CancellationToken ct) => MustShare(db, actor, id, ct);

    static async Task<HeldRights> MustShare(Session session, Actor actor, Guid id, CancellationToken ct) =>
        await RightsOn(session, actor, id, ct) is { MayManage: true } held ? held
        : throw Refusal.Forbidden("share_forbidden", "Only admins of an asset can share it.", "Ask its owner.");

    /// <summary>Deletes an asset, with what belongs to it where that is asked for. A dry run only tells what would go.</summary>
    public async Task<DeleteResult> Delete(Actor actor, Guid id, AssetType? type, bool? deleteChildren, bool dryRun, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        await tx.Run($"set local lock_timeout = '3s'", ct);
        var held = await RightsOn(tx, actor, id, ct);
        if (type is { } expected && held.AssetType != expected) throw Refusal.NoAsset(id);
        if (!held.MayManage)
            throw Refusal.Forbidden("delete_forbidden", "Only admins of an asset can delete it.", "Ask its owner.");
        var children = await AssetStore.Children(tx, actor, id, ct);
        if (children.Count > 10_000)
            throw Refusal.Conflict("too_many_children", "More than 10,000 assets belong to this one. Delete some of them first.");
        // A service without its routes is nothing, so they go with it unless somebody says no.
        if (children.Count > 0 && !dryRun && !(deleteChildren ?? held.AssetType == AssetType.Service))
            throw Refusal.Conflict("has_children", $"{children.Count} assets belong to this one.", "Delete with delete_children=true to delete them too.");
        var result = new DeleteResult(id, held.Name, held.AssetType, children, dryRun);
        if (dryRun) return result;

        await AssetStore.TellReach(tx, id, ct);
        foreach (var child in children) await Remove(tx, child.AssetType, child.Id, ct);
        await Remove(tx, held.AssetType, id, ct);
        // Who may hear of it will no longer be read from the asset, so the event goes to its owner; where it was still is.
        await events.Record(tx, actor, "asset.deleted", id, Audience.User(held.UserId), result, ct);
        // Of several who delete at once, one does.
        if (!await AssetStore.Remove(tx, id, ct)) throw Refusal.NoAsset(id);
        await tx.Commit(ct);
        return result;
    }

    async Task Remove(Tx tx, AssetType type, Guid id, CancellationToken ct)
    {
        if (kinds.TryGetValue(type, out var kind)) await kind.Remove(tx, id, ct);
    }

    /// <summary>Fills in what every new asset has, and stores it; the caller commits.</summary>
    public async Task<Asset> Add(Tx tx, Actor actor, Asset draft, Visibility? asked, Guid? orgId, Guid? teamId, CancellationToken ct, Pricing? pricing = null)
    {
        draft = AssetRules.MustDescribe(draft);
        // Until it is committed, its team stays what it is: nobody is banned, and nothing made internal, behind its back.
        await AssetStore.KeepTeams(tx, null, teamId is null ? orgId ?? actor.Context : null, teamId, ct);
        var place = await PlaceFor(tx, actor, orgId, teamId, ct);
        var now = clock.Now();
        var name = Contract.Name(draft.Name);
        var asset = draft with
        {
            Name = name, NameUrlSlug = await FreeSlug(tx, draft with { UserId = actor.Id }, name, place.OrgId, ct), UserId = actor.Id, OrgId = place.OrgId,
            TeamId = place.TeamId, Source = actor.Source, CreatedAt = now, LastUpdated = now,
            Visibility = AssetRules.MustBeVisible(actor, place, asked, await ParentPlace(tx, actor, draft, ct), privateByDefault: draft.AssetType == AssetType.Dataset),
        };
        await AssetStore.Add(tx, asset, PriceRules.After(asset.AssetType, Prices.Free, pricing ?? new(), asset.Visibility), ct);
        await events.Record(tx, actor, $"{Wire.Name(asset.AssetType)}.created", asset.Id, Audience.Asset(asset.Id), new { asset.Name, asset.AssetType }, ct);
        return asset;
    }

    /// <summary>The asset of this id, or nothing: a search finds what a load would load.</summary>
    public async Task<List<AssetRow>> Lookup(Actor actor, Guid id, CancellationToken ct) =>
        await AssetStore.Find(db, actor, id, ct) is { } row ? [row] : [];

    /// <summary>Where a new asset goes; refused where this actor may not put anything.</summary>
    public Task<Place> PlaceFor(Actor actor, Guid? orgId, Guid? teamId, CancellationToken ct) => PlaceFor(db, actor, orgId, teamId, ct);

    async Task<Place> PlaceFor(Session session, Actor actor, Guid? orgId, Guid? teamId, CancellationToken ct)
    {
        var org = orgId ?? actor.Context;
        TeamRules.MustBeInPlace(actor, org);
        return AssetRules.MustPlaceIn(actor, await teams.StandingIn(session, actor, org, teamId, ct), teamId);
    }

    /// <summary>What the actor may do with an asset that they may see.</summary>
    public Task<HeldRights> RightsOn(Actor actor, Guid id, CancellationToken ct) => RightsOn(db, actor, id, ct);

    /// <summary>The same, refused where the asset is sold and this actor has not unlocked it: before its content is read.</summary>
    public async Task<HeldRights> MustOpen(Actor actor, Guid id, CancellationToken ct) =>
        await RightsOn(actor, id, ct) is { MayOpen: true } held ? held : throw AssetRules.Locked(await Get(actor, id, ct));

    static async Task<HeldRights> RightsOn(Session session, Actor actor, Guid id, CancellationToken ct) =>
        await AssetStore.RightsOn(session, actor, id, ct) ?? throw Refusal.NoAsset(id);

    /// <summary>An asset as it travels: with its address, and with its owner and place named.</summary>
    public Asset Shaped(AssetRow row)
    {
        var path = AssetRules.Path(row);
        var shape = kinds.GetValueOrDefault(row.AssetType)?.Shape;
        var asset = row with
        {
            Slug = path,
            Url = web.Of(path),
            User = new(row.UserId, row.Username, row.OwnerKind, row.OwnerAvatar),
            Organization = new(row.OrgId, row.OrgName),
            Team = new(row.TeamId, row.TeamOrgId, row.TeamName),
        };
        return shape is null ? asset : shape(asset);
    }
}
