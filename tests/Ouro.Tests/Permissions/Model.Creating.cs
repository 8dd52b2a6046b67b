namespace Ouro.Tests.Permissions;

// Who makes things, and where; a team is the boundary of what is in it.
public sealed partial class Model
{
    public Answer Create(Asker asker, Team team, Visibility? visibility) =>
        Credential(asker)
        ?? BoundElsewhere(asker, team.Org)
        ?? MayNotCreate(asker, team)
        ?? Boundary(asker, team, Visible(team, visibility))
        ?? Answer.Yes("they may create there", $"{Word(Visible(team, visibility))} {Word(asker.Door == Door.Web ? Source.Web : Source.Api)}");

    /// <summary>Moving needs the right to manage the asset and to create where it goes; what it becomes on the way is part of the move.</summary>
    public Answer Move(Asker asker, Thing thing, Team team, Visibility? visibility)
    {
        var becomes = visibility ?? thing.Visibility;
        return Unmanageable(asker, thing)
            ?? BoundElsewhere(asker, team.Org)
            ?? MayNotCreate(asker, team)
            ?? (team.Org.IsGlobal && thing.Visibility == Visibility.Organization && visibility is null ? new Answer("in the global organization it would become public unsaid", "400 invalid_fields") : null)
            ?? Boundary(asker, team, Visible(team, becomes), thing)
            ?? Answer.Yes("they may move it there", Word(Visible(team, becomes)));
    }

    /// <summary>What stays where it is and becomes visible to others.</summary>
    public Answer Publish(Asker asker, Thing thing, Visibility visibility) =>
        Unmanageable(asker, thing)
        ?? Boundary(asker, thing.Team, Visible(thing.Team, visibility), thing)
        ?? Answer.Yes("they may manage it", Word(Visible(thing.Team, visibility)));

    /// <summary>The one order of reasons why somebody does not create in a team; null where they may.</summary>
    Answer? MayNotCreate(Asker asker, Team team) =>
        !Sees(asker, team) ? new Answer("they do not see the team", "404 team_not_found", "400 invalid_fields")
        : WrongSource(asker, team)
        ?? (IsBanned(asker.Who!, team) && !Wrong(Mutation.BannedMayCreate) ? Answer.No("banned_from_team", "they are banned, or their owner is") : null)
        ?? (Leads(asker, team) ? null
            : team.Members.TryGetValue(asker.Who!, out var role) ? AsTeamMember(asker, team, role)
            : PartOf(asker, team.Org) is { } part ? AsMemberOfTheOrganization(asker.Who!, team, part)
            : Wrong(Mutation.StrangersMayCreateInPublicTeams) ? null
            : Answer.No("not_a_member", "they are a member of neither the team nor its organization"));

    /// <summary>The source policy comes before every role: not even an admin gets around it.</summary>
    Answer? WrongSource(Asker asker, Team team) => (SourcePolicyOf(team), SourceOf(asker)) switch
    {
        (SourcePolicy.WebOnly, Source.Api) when !Wrong(Mutation.WebOnlyIsNotAsked) && !(Wrong(Mutation.WebOnlySparesAdmins) && Leads(asker, team)) => Answer.No("web_only", "only the web creates here"),
        (SourcePolicy.ApiOnly, Source.Web) when !Wrong(Mutation.ApiOnlyIsNotAsked) => Answer.No("api_only", "only the API and MCP create here"),
        _ => null,
    };

    /// <summary>The role in the team decides, also against a greater one in the organization. Whoever came from outside may write like anybody else.</summary>
    Answer? AsTeamMember(Asker asker, Team team, Role role) =>
        role >= Role.Write ? Wrong(Mutation.StrangersWhoJoinedMayNotCreate) && !IsMember(asker, team.Org) ? Answer.No("not_a_member", "") : null
        : Wrong(Mutation.ReadersMayCreate) || Wrong(Mutation.ReadersOfATeamMayCreateAsMembersOfTheOrganization) && PartOf(asker, team.Org)?.Role >= Role.Write ? null
        : Answer.No("read_only_role", "their role in the team is read");

    /// <summary>Who could join at a click may contribute at once.</summary>
    Answer? AsMemberOfTheOrganization(Account who, Team team, Part part) =>
        part.Role < Role.Write && !Wrong(Mutation.ReadersOfTheOrganizationMayCreate) ? Answer.No("read_only_role", "their role in the organization is read")
        : team.IsDefault || Wrong(Mutation.MembersCreateInEveryTeam) ? null
        : !Admits(ActorPolicyOf(team), who) && !Wrong(Mutation.ActorPolicyIsNotAskedOfWhoCreates) ? NotAdmitted(ActorPolicyOf(team))
        : team.Join switch
        {
            JoinPolicy.Open when !Wrong(Mutation.MembersCreateOnlyWhereTheyJoined) => null,
            _ => Answer.No("join_first", "they have not joined"),
        };

    /// <summary>Unsaid, the team decides; in the personal context what is made is private. In the global organization, everybody is the organization.</summary>
    Visibility Visible(Team team, Visibility? said) => said switch
    {
        Visibility.Organization when team.Org.IsGlobal => Visibility.Public,
        { } it => it,
        null when Wrong(Mutation.OmittedVisibilityIsPublic) => Visibility.Public,
        null when Wrong(Mutation.OmittedVisibilityIsPrivate) => Visibility.Private,
        null when !team.IsPublic => Visibility.Organization,
        null => team.Org.IsGlobal ? Visibility.Private : Visibility.Public,
    };

    /// <summary>Nothing public is in an internal team, and the organization says who makes things public or sells them. What is so already stays.</summary>
    Answer? Boundary(Asker asker, Team team, Visibility visibility, Thing? was = null) =>
        visibility is not (Visibility.Public or Visibility.Monetized) ? null
        : !team.IsPublic && !Wrong(Mutation.InternalTeamsHoldPublicThings) ? Answer.No("internal_team", "nothing in an internal team is public")
        : was?.Visibility == visibility ? null
        : MayNotPublish(asker, team.Org);

    Answer? MayNotPublish(Asker asker, Org org) => org.Publishing switch
    {
        _ when Wrong(Mutation.PublicThingsNeedNoPermission) => null,
        Publishing.Off => Answer.No("public_publishing_off", "nobody makes things public here"),
        Publishing.Admins when !Administers(asker, org) && !Wrong(Mutation.PublishingForAdminsIsForMembers) => Answer.No("public_publishing_admins", "only admins of the organization make things public"),
        _ => null,
    };

    static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
