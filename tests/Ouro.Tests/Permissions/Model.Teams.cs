namespace Ouro.Tests.Permissions;

// Who sees a team, comes in, and leads it.
public sealed partial class Model
{
    /// <summary>Public teams are seen by everybody, internal ones by the members of the organization.</summary>
    public bool Sees(Asker asker, Team team) =>
        team.IsPublic && !(Wrong(Mutation.PublicTeamsAreSeenByMembersOnly) && !IsMember(asker, team.Org))
        || IsMember(asker, team.Org)
        || Wrong(Mutation.InternalTeamsAreSeenByEverybody);

    /// <summary>Admins of the team and of its organization; in the global organization the operators.</summary>
    bool Leads(Asker asker, Team team) => InPlace(asker, team.Org) && (
        team.Members.GetValueOrDefault(asker.Who!) is var role && (role == Role.Admin || role == Role.Write && Wrong(Mutation.MembersEditTeams))
        || Administers(asker, team.Org) && !Wrong(Mutation.OrganizationAdminsEditNoTeams)
        || team.Org.IsGlobal && asker.Who!.IsOperator && !Wrong(Mutation.OperatorsEditNoGlobalTeams));

    /// <summary>A ban keeps out the account and its agents.</summary>
    bool IsBanned(Account who, Team team) => team.Bans.Contains(who) || who.Owner is { } owner && team.Bans.Contains(owner) && !Wrong(Mutation.AgentsOfTheBannedMayJoin);

    public Answer See(Asker asker, Team team) => Credential(asker, visitorsToo: true) ?? (Sees(asker, team) ? Answer.Yes("they see the team") : Answer.NoTeam);

    public Answer Join(Asker asker, Team team) =>
        Unseen(asker, team)
        ?? Stranger(asker, team.Org)
        ?? (team.Members.ContainsKey(asker.Who!) ? Answer.Yes("they are in it already", "joined")
            : IsBanned(asker.Who!, team) && !Wrong(Mutation.BannedMayJoin) ? Answer.No("banned_from_team", "they are banned, or their owner is")
            : !Admits(ActorPolicyOf(team), asker.Who!) && !Wrong(Mutation.ActorPolicyIsNotAskedOfWhoJoins) ? NotAdmitted(ActorPolicyOf(team))
            : team.Join switch
            {
                JoinPolicy.Request when !Wrong(Mutation.RequestsAreNotAsked) => Answer.Yes("they ask to come in", "pending"),
                JoinPolicy.InviteOnly when !Wrong(Mutation.InviteOnlyIsNotAsked) => Answer.No("invite_only", "they come in when asked"),
                _ => Answer.Yes("they come in", "joined"),
            });

    /// <summary>Anyone leaves any team but the default one, which everybody in the organization is in.</summary>
    public Answer Leave(Asker asker, Team team) =>
        Unseen(asker, team)
        ?? Stranger(asker, team.Org)
        ?? (team.IsDefault && !Wrong(Mutation.TheDefaultTeamIsLeft) ? NeverTheDefaultTeam : Answer.Yes("whoever wants leaves"));

    /// <summary>Policies, description, members, roles, requests and bans are for who leads the team.</summary>
    public Answer Lead(Asker asker, Team team) => NotLeading(asker, team) ?? Answer.Yes("they lead the team");

    public Answer Remove(Asker asker, Team team) => NotLeading(asker, team) ?? (team.IsDefault ? NeverTheDefaultTeam : Answer.Yes("they lead the team"));

    /// <summary>Whoever is added could come in if the team were open: adding lifts no ban, and the policy on actors holds. Which is said first is left open.</summary>
    public Answer Add(Asker asker, Team team, Account who)
    {
        if (NotLeading(asker, team) is { } refused) return refused;
        var reasons = new List<string>();
        if (IsBanned(who, team) && !Wrong(Mutation.BannedAreAdded)) reasons.Add("409 member_banned");
        if (!Sees(new(who), team)) reasons.AddRange(["403 *", "404 *", "409 *", "400 *"]);
        if (!Admits(ActorPolicyOf(team), who) && !Wrong(Mutation.WhoIsAddedIsNotAskedAfter)) reasons.AddRange(NotAdmitted(ActorPolicyOf(team)).Right);
        return reasons.Count == 0 ? Answer.Yes("they lead the team") : new("whom they add is kept out", [.. reasons]);
    }

    /// <summary>Approving lets in whom the policy on actors admits, now that they come in.</summary>
    public Answer Approve(Asker asker, Team team, Account who) =>
        Lead(asker, team) is { IsYes: false } refused ? refused
        : !Admits(ActorPolicyOf(team), who) && !Wrong(Mutation.WhoIsAddedIsNotAskedAfter) ? NotAdmitted(ActorPolicyOf(team))
        : Answer.Yes("they lead the team");

    /// <summary>Who is not a member can be banned too; admins of the organization cannot.</summary>
    public Answer Ban(Asker asker, Team team, Account who) =>
        NotLeading(asker, team)
        ?? (team.Org.Members.GetValueOrDefault(who)?.Role == Role.Admin && !Wrong(Mutation.OrganizationAdminsCanBeBanned)
            ? new Answer("admins of the organization cannot be banned", "403 *", "409 *", "400 *")
            : Answer.Yes("they lead the team"));

    public Answer DeleteTeam(Asker asker, Team team) => NotLeading(asker, team) ?? (team.IsDefault && !Wrong(Mutation.TheDefaultTeamIsDeleted) ? NeverTheDefaultTeam : Answer.Yes("they lead the team"));

    /// <summary>Who leads sees all requests to come in; others their own.</summary>
    public Answer SeeRequests(Asker asker, Team team) =>
        Unseen(asker, team) ?? Answer.Yes("who leads sees all, others their own", (Leads(asker, team) || Wrong(Mutation.RequestsAreForEverybody) ? team.Requests.Count : team.Requests.Contains(asker.Who!) ? 1 : 0).ToString());

    /// <summary>Who makes a team internal stays inside: an admin from outside the organization would not see it any more.</summary>
    public Answer MakeInternal(Asker asker, Team team) =>
        NotLeading(asker, team)
        ?? (team.Org.IsGlobal ? new Answer("in the global organization teams are public", "400 *", "403 *", "409 *")
            : !IsMember(asker, team.Org) && !Wrong(Mutation.OutsidersMakeTeamsInternal) ? Answer.No("not_a_member", "they would be left outside")
            : team.HoldsPublicThings && !Wrong(Mutation.PublicThingsComeAlongIntoInternalTeams) ? Answer.Clash("team_has_public_assets", "something in it is public")
            : Answer.Yes("they lead the team", "organization"));

    public Answer MakePublic(Asker asker, Team team) =>
        NotLeading(asker, team)
        ?? (team is { IsDefault: true, Org.IsGlobal: false } ? NeverTheDefaultTeam
            : MayNotPublish(asker, team.Org) is { } refused && !team.IsPublic && !Wrong(Mutation.PublicTeamsNeedNoPermission) ? refused
            : Answer.Yes("they lead the team", "public"));

    /// <summary>Internal members who may write found teams; external ones public teams, where the organization lets them; in the global organization everybody.</summary>
    public Answer FoundTeam(Asker asker, Org org, Visibility? visibility)
    {
        var isPublic = visibility == Visibility.Public || visibility is null && org.IsGlobal;
        return Credential(asker)
            ?? BoundElsewhere(asker, org)
            ?? (org.IsGlobal ? null
                : PartOf(asker, org) is not { } part ? Wrong(Mutation.StrangersFoundTeams) ? null
                    : Sees(asker, org) ? Answer.No("not_a_member", "they are no member") : Answer.NoOrganization with { Right = ["404 organization_not_found", "403 not_a_member"] }
                : part.Role < Role.Write && !Wrong(Mutation.ReadersFoundTeams) ? new Answer("their role is read", part.IsExternal ? ["403 read_only_role", "403 external_team_creation"] : ["403 read_only_role"])
                : part.IsExternal && !Wrong(Mutation.ExternalsFoundTeams) && !(org.AllowsExternalTeams && (isPublic || Wrong(Mutation.ExternalsFoundInternalTeams)))
                    ? Answer.No("external_team_creation", "external members found public teams, where the organization lets them")
                : null)
            ?? (isPublic && !Wrong(Mutation.PublicTeamsNeedNoPermission) ? MayNotPublish(asker, org) : null)
            ?? Answer.Yes("they may found a team", isPublic ? "public" : "organization");
    }

    static readonly Answer NeverTheDefaultTeam = new("the default team has every member of the organization, for ever", "409 *", "403 *", "400 *");

    Answer? Unseen(Asker asker, Team team) => Credential(asker) ?? (Sees(asker, team) ? null : Answer.NoTeam);

    Answer? NotLeading(Asker asker, Team team) => Unseen(asker, team) ?? (Leads(asker, team) ? null : Answer.No("*", "they do not lead the team"));
}
