namespace Ouro.Tests.Permissions;

// Who sees an organization, comes in, and administers it.
public sealed partial class Model
{
    /// <summary>Its members, whom it invited, and everybody where it is discoverable or has a public team.</summary>
    public bool Sees(Asker asker, Org org) =>
        org.IsGlobal || Wrong(Mutation.OrganizationsAreSeenByEverybody)
        || IsMember(asker, org)
        || InPlace(asker, org) && org.Invited.Contains(asker.Who!) && !Wrong(Mutation.TheInvitedSeeNothing)
        || IsDiscoverable(org)
        || org.Teams.Any(t => t.IsPublic) && !Wrong(Mutation.PublicTeamsShowNoOrganization);

    bool IsDiscoverable(Org org) => org.Join is JoinPolicy.Open or JoinPolicy.Request && !Wrong(Mutation.DiscoverableOrganizationsAreNot);

    public Answer See(Asker asker, Org org) => Credential(asker, visitorsToo: true) ?? (Sees(asker, org) ? Answer.Yes("they see the organization") : Answer.NoOrganization);

    /// <summary>Who is in it is for those who are.</summary>
    public Answer SeeRoster(Asker asker, Org org) =>
        Unseen(asker, org) ?? (IsMember(asker, org) || Wrong(Mutation.RostersAreForEverybody) ? Answer.Yes("they are a member") : Answer.No("*", "they are no member"));

    public Answer Edit(Asker asker, Org org) =>
        Unseen(asker, org) ?? (Administers(asker, org) || Wrong(Mutation.MembersEditOrganizations) && IsMember(asker, org) ? Answer.Yes("they administer it") : NotAnAdmin);

    public Answer SeeEvents(Asker asker, Org org) =>
        Unseen(asker, org) ?? (Administers(asker, org) || Wrong(Mutation.EventsAreForMembers) && IsMember(asker, org) ? Answer.Yes("they administer it") : NotAnAdmin);

    /// <summary>A bound key is refused before anything is looked up. The policy on actors comes first, then how one comes in; who is in already stays in.</summary>
    public Answer Join(Asker asker, Org org) =>
        Credential(asker)
        ?? Stranger(asker, org)
        ?? Unseen(asker, org)
        ?? (IsMember(asker, org) ? Answer.Yes("they are in it already", "joined")
            : !Admits(org.Actors, asker.Who!) && !Wrong(Mutation.OrganizationsActorPolicyIsNotAsked) ? NotAdmitted(org.Actors)
            : org.Join switch
            {
                _ when Wrong(Mutation.OrganizationsJoinPolicyIsNotAsked) => Answer.Yes("they come in", "joined"),
                JoinPolicy.Open => Answer.Yes("they come in", "joined"),
                JoinPolicy.Request => Answer.Yes("they ask to come in", "pending"),
                _ => Answer.No("invitation_needed", "they come in when asked"),
            });

    /// <summary>There is always an admin.</summary>
    public Answer Leave(Asker asker, Org org) => Unseen(asker, org) ?? Stranger(asker, org) ?? LastAdmin(asker.Who!, org) ?? Answer.Yes("whoever wants leaves");

    public Answer Remove(Asker asker, Org org, Account who) => NotAdministering(asker, org) ?? LastAdmin(who, org) ?? Answer.Yes("they administer it");

    public Answer SetRole(Asker asker, Org org, Account who, Role role) =>
        NotAdministering(asker, org)
        ?? (role == Role.Admin && org.Members[who].IsExternal && !Wrong(Mutation.ExternalsMayBeAdmins) ? new Answer("an external member is never an admin", "400 *", "403 *", "409 *") : null)
        ?? (role < Role.Admin ? LastAdmin(who, org) : null)
        ?? Answer.Yes("they administer it");

    public Answer Invite(Asker asker, Org org, bool external) =>
        Unseen(asker, org)
        ?? (Administers(asker, org) || Wrong(Mutation.MembersInvite) && IsMember(asker, org) ? null : NotAnAdmin)
        ?? (external && !org.AllowsExternalMembers && !Wrong(Mutation.ExternalsAreNeverRefused) ? Answer.No("external_members_not_allowed", "the organization takes no external members") : null)
        ?? Answer.Yes("they administer it");

    /// <summary>The place that a request runs in: the one it names, its key's, or the personal context.</summary>
    public Answer RunIn(Asker asker, Org? named) =>
        Credential(asker) is { } refused ? refused
        : named is not null && asker.BoundTo is { } bound && bound != named && !Wrong(Mutation.PlacesAreNotChecked) ? Answer.BoundElsewhere
        : named is { IsGlobal: false } && PartOf(asker.Who!, named) is null && !Wrong(Mutation.PlacesAreNotChecked) ? Answer.No("org_context_forbidden", "they are no member of the place they name")
        : Answer.Yes("they may be there", (named ?? asker.BoundTo)?.Name ?? "ouro");

    /// <summary>A key that is bound elsewhere sees what everybody sees and takes no part in it.</summary>
    Answer? Stranger(Asker asker, Org org) => InPlace(asker, org) ? null : Answer.BoundElsewhere with { Right = ["403 *"] };

    static readonly Answer NotAnAdmin = Answer.No("*", "they do not administer it");

    Answer? NotAdministering(Asker asker, Org org) => Unseen(asker, org) ?? (Administers(asker, org) ? null : NotAnAdmin);

    Answer? LastAdmin(Account who, Org org) =>
        org.Members.GetValueOrDefault(who)?.Role == Role.Admin && org.Members.Values.Count(p => p.Role == Role.Admin) == 1 && !Wrong(Mutation.TheLastAdminLeaves)
            ? Answer.Clash("last_admin", "there is no other admin")
            : null;

    Answer? Unseen(Asker asker, Org org) => Credential(asker) ?? (Sees(asker, org) ? null : Answer.NoOrganization);
}
