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

    /// <summary>The path of an asset on the web site.</summary>
    public static string Path(AssetRow row) =>
        $"/{Data.Wire.Name(row.AssetType)}s/{(row.OrgId == Ids.Global ? row.Username : row.OrgName)}/{(string.IsNullOrEmpty(row.NameUrlSlug) ? row.Id.ToString() : row.NameUrlSlug)}";
}
