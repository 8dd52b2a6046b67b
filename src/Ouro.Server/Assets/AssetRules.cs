using System.Text.Json;
using Ouro.Server.Teams;

namespace Ouro.Server.Assets;

/// <summary>Where an asset may go, and who sees it when nobody says.</summary>
public static class AssetRules
{
    /// <summary>What the role write changes; all else is for admins: who sees it, where it lives, what it costs.</summary>
    public static readonly string[] ForWriters = ["name", "description", "license_id", "attribution"];

    /// <summary>What metadata says of a file that was read out of its bytes, and goes with them to who may open it.</summary>
    public static readonly string[] OfContent = ["classification", "sha256"];

    /// <summary>The fields that a change gives, by their names on the wire; an object that says nothing is none.</summary>
    public static List<string> Given(ChangeAsset change) =>
        [.. Data.Wire.Element(change).EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Object || field.Value.EnumerateObject().Any()).Select(field => field.Name)];

    /// <summary>
    /// The visibility that an asset has in its place: the one asked for, or where nobody says, its team's. What it had there before it may keep.
    /// </summary>
    public static Visibility MustBeVisible(Actor actor, Place place, Visibility? asked, Place? parent, bool privateByDefault, Visibility? before = null)
    {
        var visibility = asked ?? (place.OrgId == Ids.Global
            ? privateByDefault ? Visibility.Private : Visibility.Public
            : place.TeamVisibility);
        // Everybody is in the global organization, so there the word means everybody.
        if (place.OrgId == Ids.Global && visibility == Visibility.Organization) visibility = Visibility.Public;
        if (visibility == Visibility.Inherit && parent is null) throw Refusal.Fields(("visibility", "inherit needs a parent; this asset has none."));
        if (visibility == Visibility.Inherit && (parent!.OrgId, parent.TeamId) != (place.OrgId, place.TeamId))
            throw Refusal.Fields(("visibility", "What inherits lives where its parent lives."));
        if (visibility is not (Visibility.Public or Visibility.Monetized)) return visibility;
        if (place.TeamVisibility == Visibility.Organization)
            throw Refusal.Forbidden("internal_team", "This team is internal to its organization: nothing in it can be public or sold.",
                "Put it into a public team, or make it visible to the organization.");
        if (visibility != before) TeamRules.MustPublish(place.PublicPublishing, actor.Administers(place.OrgId));
        return visibility;
    }

    /// <summary>Why somebody sees that an asset is there and cannot open it.</summary>
    public static Refusal Locked(Asset asset) => Refusal.Forbidden(
        "unlock_required", PriceRules.Told(asset) is { } prices ? $"Unlock “{asset.Name}” to open it: it costs {prices}."
            : asset.Visibility == Visibility.Inherit ? $"Unlock what “{asset.Name}” belongs to first; it is sold."
            : $"Unlock “{asset.Name}” to open it; it is not for sale at the moment.",
        "This server takes no payments yet. Ask its owner to share it with you.");

    /// <summary>The place that a team is for who may put something there.</summary>
    public static Place MustPlaceIn(Actor actor, Standing? there, Guid? team)
    {
        // The default team is its organization's; whoever names no other must be in that.
        if (team is null && there?.OrgRole is null) throw TeamRules.NoMember();
        if (there is not { IsSeen: true }) throw Refusal.Fields(("team_id", $"There is no team {team} in this organization."));
        TeamRules.MustContribute(there, actor.Source);
        return new(there.OrgId, there.TeamId, there.Visibility, there.PublicPublishing);
    }

    static readonly string[] Originalities = ["original", "derivative", "third-party"];
    static readonly string[] Relations = ["IsSupplementTo", "IsDerivedFrom", "References", "IsVariantFormOf", "IsIdenticalTo"];

    /// <summary>What an asset says of itself, within bounds: every list of assets carries it, and a word that a client does not know breaks it.</summary>
    public static Asset MustDescribe(Asset draft)
    {
        if (draft.Description is { } description) MustDescribe(description);
        if (draft.LicenseId is { } licence && Contract.Clean(licence, "license_id").Length > 100)
            throw Refusal.Fields(("license_id", "A licence is named by at most 100 characters, as SPDX does."));
        var attribution = draft.Attribution with { Originality = draft.Attribution.Originality ?? "original" };
        if (!Originalities.Contains(attribution.Originality))
            throw Refusal.Fields(("attribution.originality", $"originality is one of {string.Join(", ", Originalities)}."));
        if (attribution.RelationType is { } relation && !Relations.Contains(relation))
            throw Refusal.Fields(("attribution.relation_type", $"relation_type is one of {string.Join(", ", Relations)}."));
        Contract.Bounded(Data.Wire.Element(attribution), "attribution", 10_000);
        return draft with { Attribution = attribution };
    }

    /// <summary>A description of at most 100,000 characters, as text and as document.</summary>
    public static void MustDescribe(Content description)
    {
        if (Contract.Clean(description.Text, "description").Length > 100_000)
            throw Refusal.Fields(("description", "A description has at most 100,000 characters. Put more into a post or a file."));
        Contract.Bounded(description.Json, "description", 1_000_000);
    }

    /// <summary>The path of an asset on the web site.</summary>
    public static string Path(AssetRow row) =>
        $"/{Data.Wire.Name(row.AssetType)}s/{(row.OrgId == Ids.Global ? row.Username : row.OrgName)}/{(string.IsNullOrEmpty(row.NameUrlSlug) ? row.Id.ToString() : row.NameUrlSlug)}";
}
