using System.Text.Json;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Assets;

/// <summary>What a room changes about an asset of its type together with what was asked for.</summary>
/// <param name="Metadata">Keys that are merged into its metadata.</param>
/// <param name="Preview">Its new preview; null keeps the one it has.</param>
/// <param name="IsWhole">Whether metadata and preview take the place of those that are there, null too: its content is another now.</param>
/// <param name="State">Whether it is complete now; null leaves that as it is.</param>
public sealed record OwnChange(JsonElement? Metadata = null, JsonElement? Preview = null, bool IsWhole = false, AssetState? State = null);

/// <summary>How an asset becomes different.</summary>
public sealed partial class AssetOperations
{
    /// <summary>Changes an asset of any type. What is not given stays.</summary>
    public async Task<Asset> Update(Actor actor, Guid id, ChangeAsset change, CancellationToken ct)
    {
        Contract.Present(change, "asset");
        await using var tx = await db.Begin(ct);
        await tx.Run($"set local lock_timeout = '3s'", ct);
        var asset = await Change(tx, actor, id, change, ct);
        await tx.Commit(ct);
        return asset;
    }

    /// <summary>The same for a room that changes more with it; the caller commits.</summary>
    public async Task<Asset> Change(Tx tx, Actor actor, Guid id, ChangeAsset change, CancellationToken ct, OwnChange? own = null)
    {
        var held = await MustWrite(tx, actor, id, ct);
        if (change.Visibility is not null || change.OrgId is not null || change.TeamId is not null)
            await AssetStore.KeepTeams(tx, id, change.TeamId is null ? change.OrgId : null, change.TeamId, ct);
        // Of two who change it at once, the second waits here and goes on from what the first made of it.
        var prices = await AssetStore.Hold(tx, id, ct) ?? throw Refusal.NoAsset(id);
        var before = await AssetStore.Find(tx, actor, id, ct) ?? throw Refusal.NoAsset(id);
        var given = AssetRules.Given(change);
        if (given.FirstOrDefault(field => !AssetRules.ForWriters.Contains(field)) is { } managed && !held.MayManage)
            throw Refusal.Forbidden("manage_forbidden", $"Only admins of an asset decide who sees it, where it lives and what it costs; you sent {managed}.", "Ask its owner.");
        if (given.Count == 0 && own is null) return Shaped(before);

        var place = await PlaceAfter(tx, actor, before, change, ct);
        var isMoved = (place.OrgId, place.TeamId) != (before.OrgId, before.TeamId);
        var name = change.Name.IsGiven ? Contract.Name(change.Name.Value) : before.Name;
        var after = AssetRules.MustDescribe(before with
        {
            Name = name, Description = change.Description.Or(before.Description), LicenseId = change.LicenseId.Or(before.LicenseId),
            Attribution = change.Attribution?.Merged(before.Attribution) ?? before.Attribution, OrgId = place.OrgId, TeamId = place.TeamId,
            Visibility = change.Visibility is null && !isMoved ? before.Visibility : await VisibilityAfter(tx, actor, before, place, change.Visibility, isMoved, ct),
            NameUrlSlug = name != before.Name || isMoved ? await FreeSlug(tx, before, name, place.OrgId, ct) : before.NameUrlSlug,
            LastUpdated = clock.Now(),
        });
        await AssetStore.Update(tx, after, PriceRules.After(before.AssetType, prices, change, after.Visibility), own ?? new(), ct);
        if (isMoved) await AssetStore.MoveInheriting(tx, id, place, ct);
        if (place.OrgId != before.OrgId && kinds.GetValueOrDefault(before.AssetType)?.Moved is { } moved) await moved(tx, after, ct);
        if (isMoved || after.Visibility != before.Visibility) await AssetStore.TellReach(tx, id, ct);
        await events.Record(tx, actor, $"{Wire.Name(before.AssetType)}.updated", id, Audience.Asset(id), new { changed = given }, ct);
        return await AssetStore.Find(tx, actor, id, ct) is { } row ? Shaped(row)
            : throw Refusal.Forbidden("manage_forbidden", $"You would not see this {Wire.Name(before.AssetType)} any more; only its owner hides it so.", "Ask its owner, or leave it visible to the organization.");
    }

    /// <summary>Who may change an asset: those with the role write.</summary>
    public Task<HeldRights> MustWrite(Actor actor, Guid id, CancellationToken ct) => MustWrite(db, actor, id, ct);

    static async Task<HeldRights> MustWrite(Session session, Actor actor, Guid id, CancellationToken ct) =>
        await RightsOn(session, actor, id, ct) is var held && held.MayWrite ? held
        : throw Refusal.Forbidden("update_forbidden", $"You may see this {Wire.Name(held.AssetType)} and not change it.", "Ask its owner for the role write.");

    async Task<Place> PlaceAfter(Tx tx, Actor actor, Asset before, ChangeAsset change, CancellationToken ct)
    {
        var org = change.OrgId ?? before.OrgId;
        if (org != before.OrgId || change.TeamId is { } team && team != before.TeamId) return await PlaceFor(tx, actor, org, change.TeamId, ct);
        return (await AssetStore.PlaceOfAsset(tx, actor, before.Id, ct))!;
    }

    static async Task<Visibility> VisibilityAfter(Tx tx, Actor actor, Asset before, Place place, Visibility? asked, bool isMoved, CancellationToken ct)
    {
        // In the global organization the word means everybody; that is not for a move to decide.
        if (isMoved && asked is null && before.Visibility == Visibility.Organization && place.OrgId == Ids.Global)
            throw Refusal.Fields(("visibility", "Say who sees it in the personal context: public or private. It was for the members of its organization."));
        return AssetRules.MustBeVisible(
            actor, place, asked ?? before.Visibility, await ParentPlace(tx, actor, before, ct), privateByDefault: false, place.OrgId == before.OrgId ? before.Visibility : null);
    }

    static async Task<Place?> ParentPlace(Tx tx, Actor actor, Asset asset, CancellationToken ct) => asset.ParentId is not { } parent ? null
        : await AssetStore.PlaceOfAsset(tx, actor, parent, ct) ?? throw Refusal.NoAsset(parent);

    /// <summary>The name in addresses. An address names one asset: where it is taken, the id's last part tells the two apart.</summary>
    static async Task<string> FreeSlug(Tx tx, Asset asset, string? name, Guid org, CancellationToken ct)
    {
        var slug = Contract.Slug(name ?? "");
        // Two that are named at once must not both find the address free.
        await AssetStore.HoldSlug(tx, org, slug, ct);
        return slug.Length > 0 && !await AssetStore.SlugTaken(tx, asset.Id, asset.AssetType, asset.UserId, org, slug, ct)
            ? slug : $"{slug}-{asset.Id.ToString("N")[20..]}".TrimStart('-');
    }
}
