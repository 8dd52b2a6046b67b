namespace Ouro.Tests.Permissions;

// What one may do with an asset that is there.
public sealed partial class Model
{
    const int MostParents = 3;

    public Answer Read(Asker asker, Thing thing) =>
        Credential(asker, visitorsToo: true) ?? (Reads(asker, thing) ? Answer.Yes("they may read it") : Answer.NoAsset);

    public Answer Open(Asker asker, Thing thing) =>
        Unreadable(asker, thing) ?? (Opens(asker, thing) ? Answer.Yes("they may open it") : Answer.No("unlock_required", "it is sold, and they have not unlocked it"));

    public Answer Change(Asker asker, Thing thing) =>
        Unreadable(asker, thing) ?? (Writes(asker, thing) ? Answer.Yes("they may write it") : Answer.No("update_forbidden", "they read it and do not write it"));

    public Answer Manage(Asker asker, Thing thing) => Unmanageable(asker, thing) ?? Answer.Yes("they may manage it");

    public Answer Share(Asker asker, Thing thing) =>
        Unreadable(asker, thing) ?? (Manages(asker, thing) ? Answer.Yes("they may manage it") : Answer.No("share_forbidden", "they do not manage it"));

    public Answer Delete(Asker asker, Thing thing) =>
        Unreadable(asker, thing) ?? (Manages(asker, thing) ? Answer.Yes("they may manage it") : Answer.No("delete_forbidden", "they do not manage it"));

    /// <summary>What one may do is told to oneself, and about others to who manages the asset.</summary>
    public Answer Explain(Asker asker, Thing thing, Account whom)
    {
        var about = whom == asker.Who ? asker : new(whom);
        return Unreadable(asker, thing)
            ?? (about != asker && !Manages(asker, thing) ? Answer.No("explain_forbidden", "they ask about somebody else and do not manage it") : null)
            ?? Answer.Yes("they may know", string.Join(' ', new[] { ("read", Reads(about, thing)), ("open", Opens(about, thing)), ("write", Writes(about, thing)), ("manage", Manages(about, thing)) }
                .Where(right => right.Item2).Select(right => right.Item1)));
    }

    /// <summary>What is public, or for sale, is read by everybody; what inherits, by who reads its parent.</summary>
    public bool Reads(Asker asker, Thing thing, int up = MostParents) =>
        thing.Visibility is Visibility.Public or Visibility.Monetized
        || HasRole(asker, thing, Role.Read)
        || IsForItsOrganization(asker, thing)
        || AdministersIt(asker, thing)
        || ParentOf(thing, up) is { } parent && Reads(asker, parent, Next(up));

    /// <summary>Of what is sold, everybody reads what it says of itself and few its content.</summary>
    public bool Opens(Asker asker, Thing thing, int up = MostParents) =>
        thing.Visibility == Visibility.Public
        || thing.Visibility == Visibility.Monetized && Wrong(Mutation.WhatIsSoldOpensForEverybody)
        || HasRole(asker, thing, Role.Read)
        || IsForItsOrganization(asker, thing)
        || AdministersIt(asker, thing)
        || ParentOf(thing, up) is { } parent && Opens(asker, parent, Next(up));

    public bool Writes(Asker asker, Thing thing, int up = MostParents) =>
        HasRole(asker, thing, Wrong(Mutation.ReadSharesWrite) ? Role.Read : Role.Write)
        || AdministersIt(asker, thing)
        || GivesRights(thing, up) is { } parent && Writes(asker, parent, Next(up));

    public bool Manages(Asker asker, Thing thing, int up = MostParents) =>
        HasRole(asker, thing, Wrong(Mutation.WriteSharesManage) ? Role.Write : Role.Admin)
        || AdministersIt(asker, thing)
        || GivesRights(thing, up) is { } parent && Manages(asker, parent, Next(up));

    /// <summary>The owner has every role, wherever they have gone meanwhile; others hold what was shared with them. A team's roles give none.</summary>
    bool HasRole(Asker asker, Thing thing, Role role) => InPlace(asker, thing.Org) && (
        Owns(asker.Who!, thing)
        || !Wrong(Mutation.SharesAreNotLookedAt) && thing.Shares.GetValueOrDefault(asker.Who!, Role.None) >= role
        || Wrong(Mutation.TeamAdminsManageAssets) && thing.Team.Members.GetValueOrDefault(asker.Who!) == Role.Admin);

    bool Owns(Account who, Thing thing) =>
        (thing.Owner == who || Wrong(Mutation.OwnersOfAgentsOwnTheirThings) && thing.Owner.Owner == who)
        && !(Wrong(Mutation.OwnersLoseTheirThingsWhenTheyLeave) && PartOf(who, thing.Org) is null);

    /// <summary>Any member, internal or external, sees what is visible to the organization.</summary>
    bool IsForItsOrganization(Asker asker, Thing thing) => thing.Visibility == Visibility.Organization && (
        Wrong(Mutation.OrganizationThingsAreForEverybody)
        || IsMember(asker, thing.Org) && !(Wrong(Mutation.ExternalMembersSeeNothing) && PartOf(asker, thing.Org)!.IsExternal));

    /// <summary>Admins act on what lives in their organization, as far as it is visible beyond its owner.</summary>
    bool AdministersIt(Asker asker, Thing thing) =>
        !Wrong(Mutation.OrganizationAdminsAreOrdinaryMembers) && Administers(asker, thing.Org)
            && (thing.Visibility is Visibility.Public or Visibility.Organization or Visibility.Monetized
                || Wrong(Mutation.OrganizationAdminsOpenWhatIsPrivate) && thing.Visibility == Visibility.Private)
        || Wrong(Mutation.OperatorsAdministerTheGlobalOrganizationsAssets) && thing.Org.IsGlobal && asker.Who is { IsOperator: true };

    Thing? ParentOf(Thing thing, int up) => thing.Visibility == Visibility.Inherit && up > 0 && !Wrong(Mutation.InheritanceIsNotFollowed) ? thing.Parent : null;

    /// <summary>A comment is read by who reads its parent, and written by who wrote it.</summary>
    Thing? GivesRights(Thing thing, int up) =>
        Wrong(Mutation.InheritanceGivesNoWriting) || thing.IsComment && !Wrong(Mutation.CommentsAreWrittenByWhoWritesTheirParent) ? null : ParentOf(thing, up);

    int Next(int up) => Wrong(Mutation.InheritanceHasNoEnd) ? up : up - 1;

    Answer? Unreadable(Asker asker, Thing thing) => Credential(asker) ?? (Reads(asker, thing) ? null : Answer.NoAsset);

    /// <summary>Who does not even write it is told that; who writes and does not manage it, what is missing.</summary>
    Answer? Unmanageable(Asker asker, Thing thing) =>
        Unreadable(asker, thing) is { } refused ? refused
        : Manages(asker, thing) ? null
        : Writes(asker, thing) ? Answer.No("manage_forbidden", "they write it and do not manage it")
        : Answer.No("update_forbidden", "they read it and do not write it");
}
