using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>The answer to "why may they", told by the same conditions that decide it.</summary>
public sealed class AccessOperations(Db db, Actors actors, AssetOperations assets)
{
    /// <summary>What an account may do with an asset: everybody asks for themselves, and who manages the asset for anybody.</summary>
    public async Task<AccessExplanation> Explain(Actor actor, Guid? user, Guid? asset, CancellationToken ct)
    {
        var id = asset ?? throw Refusal.Fields(("asset_id", "Say which asset: asset_id is its uuid."));
        var who = user ?? actor.Id;
        var held = await assets.RightsOn(actor, id, ct);
        if (who != actor.Id && !held.MayManage)
            throw Refusal.Forbidden("explain_forbidden", "Only who manages an asset is told what others may do with it.", "Ask for yourself, or ask its owner.");
        // About oneself it is told for the key that asks, which may reach less far than the account.
        var asked = who == actor.Id ? actor
            : (await actors.ByUser(who, ct))?.As(Source.Web) ?? throw Refusal.NotFound("user_not_found", $"There is no account {who}.");
        var reasons = await AccessStore.Reasons(db, asked, id, ct) ?? throw Refusal.NoAsset(id);
        return new(new(asked.Id, asked.Username, asked.Kind), id, reasons.Visibility, AccessRules.Explained(asked, reasons));
    }
}

static class AccessStore
{
    public static Task<AccessReasons?> Reasons(Session db, Actor actor, Guid asset, CancellationToken ct) => db.Maybe<AccessReasons>($"""
        select a.visibility, o.name as org_name, p.role as shared,
          {Rights.WhyRead(actor)} as read, {Rights.WhyOpen(actor)} as open, {Rights.WhyWrite(actor)} as write, {Rights.WhyManage(actor)} as manage
        from assets a
        join organizations o on o.id = a.org_id
        left join permissions p on p.asset_id = a.id and p.user_id = {actor.Id}
        where a.id = {asset}
        """, ct);
}

/// <summary>Which way gives each right, and what else there is to say about it.</summary>
public sealed record AccessReasons(
    Visibility Visibility, string OrgName, Role? Shared, string? Read, string? Open, string? Write, string? Manage);
