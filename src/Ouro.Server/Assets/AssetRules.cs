namespace Ouro.Server.Assets;

/// <summary>Where an asset may go, and who sees it when nobody says.</summary>
public static class AssetRules
{
    /// <summary>The visibility that a new asset gets in its place.</summary>
    public static Visibility MustBeVisible(Actor actor, Place place, Visibility? asked, bool privateByDefault)
    {
        var visibility = asked ?? (place.OrgId == Ids.Global
            ? privateByDefault ? Visibility.Private : Visibility.Public
            : place.TeamVisibility);
        // Everybody is in the global organization, so there the word means everybody.
        if (place.OrgId == Ids.Global && visibility == Visibility.Organization) visibility = Visibility.Public;
        return visibility switch
        {
            Visibility.Monetized => throw Refusal.Invalid(
                "monetized_not_available", "Assets cannot be sold on this server yet.", "Choose public, organization or private."),
            Visibility.Inherit => throw Refusal.Fields(("visibility", "inherit needs a parent; this asset has none.")),
            Visibility.Public when place.TeamVisibility == Visibility.Organization => throw Refusal.Forbidden(
                "internal_team", "This team is internal to its organization: nothing in it can be public.", "Put it into a public team, or make it visible to the organization."),
            _ => visibility,
        };
    }

    /// <summary>Refuses a place that the actor may not put things into.</summary>
    public static void MustPlaceIn(Actor actor, Guid org)
    {
        if (actor.BoundTo is { } bound && bound != org)
            throw Refusal.Forbidden("api_key_org_mismatch", "This API key is bound to another place; it cannot create here.");
        if (!actor.IsMemberOf(org))
            throw Refusal.Forbidden("not_a_member", "Only members of the organization can create in it.", "Ask one of its admins to add you.");
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
