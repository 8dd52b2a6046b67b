namespace Ouro.Server.Teams;

/// <summary>What somebody is to a team, with the rules that it has for them: all that a decision about the two needs, as one query tells it.</summary>
public sealed record Standing
{
    public Guid TeamId { get; init; }
    public string TeamName { get; init; } = "";
    public Guid OrgId { get; init; }
    public string OrgName { get; init; } = "";
    public Guid DefaultTeamId { get; init; }
    public Visibility DefaultVisibility { get; init; }
    public Visibility Visibility { get; init; }
    public Role DefaultRole { get; init; }
    public JoinPolicy JoinPolicy { get; init; }

    /// <summary>The team's own, or where it has none the organization's.</summary>
    public SourcePolicy SourcePolicy { get; init; }

    /// <summary>The team's own, or where it has none the organization's.</summary>
    public ActorTypePolicy ActorTypePolicy { get; init; }

    /// <summary>Who makes things public in the organization.</summary>
    public PublicPublishing PublicPublishing { get; init; }
    public bool AllowExternalPublicTeamCreation { get; init; }

    /// <summary>Null for who has not signed in, and for a key that is bound to another place.</summary>
    public Guid? UserId { get; init; }
    public ActorType Kind { get; init; }
    public Role? OrgRole { get; init; }

    /// <summary>Null for who is not in the organization.</summary>
    public MembershipType? MembershipType { get; init; }
    public Role? TeamRole { get; init; }

    /// <summary>Kept out: this account, or who answers for it.</summary>
    public bool IsBanned { get; init; }

    public bool IsDefault => TeamId == DefaultTeamId;
    public bool IsGlobal => OrgId == Ids.Global;
    public bool IsMember => TeamRole is not null;
    public bool IsSeen => Visibility == Visibility.Public || OrgRole is not null;
    public bool CanModerate => OrgRole == Role.Admin || TeamRole == Role.Admin;

    /// <summary>The name as people write it.</summary>
    public string Told => "#" + TeamName;

    /// <summary>As far as a list of teams tells it, for whom it shows the way in: all but whether they are kept out.</summary>
    public static Standing Of(Team team, Actor actor) => new()
    {
        TeamId = team.Id, TeamName = team.Name, OrgId = team.OrgId, OrgName = team.Organization.Name, Visibility = team.Visibility, JoinPolicy = team.JoinPolicy,
        ActorTypePolicy = team.ActorTypePolicy, UserId = actor.Id, Kind = actor.Kind, TeamRole = team.UserMembership?.Role,
    };
}

/// <summary>Why somebody would not come into a team by themselves, and why they put nothing there; null where they would.</summary>
public sealed record WhyNot(Refusal? Join, Refusal? Contribute);
