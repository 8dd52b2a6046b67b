using Ouro.Server.Organizations;

namespace Ouro.Server.Teams;

/// <summary>Who makes teams, who comes into them, who puts things there. A reader learns the policies here and nowhere else.</summary>
public static class TeamRules
{
    /// <summary>A team's name, as it stands in addresses.</summary>
    public static string MustName(string? name) => name is { Length: >= 1 and <= 80 } && Contract.Slug(name) == name ? name
        : throw Refusal.Fields(("name", "A team's name is 1 to 80 lowercase letters, digits and single dashes, e.g. “crystal-growth”."));

    /// <summary>Who sees a team: everybody, or the organization. Older clients say private for the latter.</summary>
    public static Visibility MustBeVisible(bool isGlobal, Visibility? asked) => asked switch
    {
        null => isGlobal ? Visibility.Public : Visibility.Organization,
        Visibility.Public => Visibility.Public,
        Visibility.Organization or Visibility.Private when !isGlobal => Visibility.Organization,
        Visibility.Organization or Visibility.Private => throw Refusal.Fields(("visibility", "Everybody is in this organization, so its teams are public.")),
        _ => throw Refusal.Fields(("visibility", "A team's visibility is public or organization.")),
    };

    /// <summary>The role of who joins.</summary>
    public static Role MustDefault(Role? asked) => asked is null ? Role.Write : asked is Role.Read or Role.Write ? asked.Value
        : throw Refusal.Fields(("default_role", "default_role is read or write; admins are made one by one."));

    /// <summary>A role that somebody can have in a team.</summary>
    public static Role MustHold(Role role) => role != Role.None ? role : throw Refusal.Fields(("role", "role is read, write or admin. To take somebody out, remove the member."));

    /// <summary>A key works in its own place only.</summary>
    public static void MustBeInPlace(Actor actor, Guid org)
    {
        if (actor.BoundTo is { } bound && bound != org)
            throw Refusal.Forbidden("api_key_org_mismatch", "This API key is bound to another place; it cannot do this here.");
    }

    /// <summary>Who makes a team in an organization, as their standing in its default team tells.</summary>
    public static void MustCreate(Standing there, Visibility visibility)
    {
        if (there.OrgRole is null) throw NoMember();
        if (there.OrgRole == Role.Read) throw ReadOnly(there.OrgName);
        if (there.MembershipType == MembershipType.External && !(there.AllowExternalPublicTeamCreation && visibility == Visibility.Public))
            throw Refusal.Forbidden("external_team_creation", there.AllowExternalPublicTeamCreation
                    ? "External members create public teams only." : "External members create no teams in this organization (allow_external_public_team_creation).",
                there.AllowExternalPublicTeamCreation ? "Send visibility public." : "Ask one of its internal members to create it and to make you its admin.");
        if (visibility == Visibility.Public) MustPublish(there.PublicPublishing, there.OrgRole == Role.Admin);
    }

    /// <summary>Who makes something public in an organization.</summary>
    public static void MustPublish(PublicPublishing policy, bool isAdmin)
    {
        if (policy == PublicPublishing.Off)
            throw Refusal.Forbidden("public_publishing_off", "This organization makes nothing public (public_publishing is off).", "Make it visible to the organization.");
        if (policy == PublicPublishing.Admins && !isAdmin)
            throw Refusal.Forbidden("public_publishing_admins", "Only admins of this organization make things public (public_publishing is admins).", "Ask one of them, or make it visible to the organization.");
    }

    /// <summary>Who edits a team, its members and its bans.</summary>
    public static void MustModerate(Standing there)
    {
        if (!there.CanModerate) throw Refusal.Forbidden("not_a_team_admin", $"Only admins of {there.Told} or of its organization do this.", "Ask one of them.");
    }

    /// <summary>Who makes a team internal is not left outside by it.</summary>
    public static void MustStayInside(Standing there)
    {
        if (there.OrgRole is null)
            throw Refusal.Forbidden("not_a_member", $"You are not a member of {there.OrgName}, and would not see {there.Told} any more.", "Ask an admin of the organization to make it internal.");
    }

    /// <summary>What makes the team that everybody is in what it is cannot be changed.</summary>
    public static void MustNotBeDefault(Standing there, string what)
    {
        if (there.IsDefault) throw Refusal.Conflict("default_team", $"{there.Told} is its organization's default team: {what}.");
    }

    /// <summary>Whether somebody who is not a member joins at once, or files a request; refused where neither.</summary>
    public static bool MustJoin(Standing there)
    {
        MustNotBeBanned(there);
        MustAdmit(there);
        return there.JoinPolicy switch
        {
            JoinPolicy.Open => true,
            JoinPolicy.Request => false,
            _ => throw Refusal.Forbidden("invite_only", $"Nobody joins {there.Told} by themselves (its join_policy is invite_only).", "Ask one of its admins to add you."),
        };
    }

    /// <summary>Why somebody does not come in by themselves; null where they do, or may ask to.</summary>
    public static Refusal? WhyNotJoin(Standing there) => Why(() => MustJoin(there));

    /// <summary>Why somebody puts nothing into a team; null where they do.</summary>
    public static Refusal? WhyNotContribute(Standing there, Source source) => Why(() => MustContribute(there, source));

    /// <summary>Whom an admin puts into a team, or lets in.</summary>
    public static void MustAdd(Standing theirs)
    {
        if (theirs.IsBanned) throw Refusal.Conflict("member_banned", $"This account, or who answers for it, is banned from {theirs.Told}.", "Lift the ban first.");
        if (!theirs.IsSeen)
            throw Refusal.Forbidden("not_a_member", $"{theirs.Told} is internal to {theirs.OrgName}, and this account is not a member of it.", "Invite them to the organization first.");
        MustAdmit(theirs);
    }

    /// <summary>Who puts something into a team: a new thing, or one from elsewhere.</summary>
    public static void MustContribute(Standing there, Source source)
    {
        if (there.SourcePolicy == SourcePolicy.WebOnly && source != Source.Web)
            throw Refusal.Forbidden("web_only", $"Things come into {there.Told} through the web app only (its source_policy is web_only); this came over the API.",
                "Create it in the browser, or in a team whose agent_can_create is true.");
        if (there.SourcePolicy == SourcePolicy.ApiOnly && source != Source.Api)
            throw Refusal.Forbidden("api_only", $"Things come into {there.Told} over the API and MCP only (its source_policy is api_only); this came through the web app.",
                "Create it with an API key, or in another team.");
        MustNotBeBanned(there);
        if (there.CanModerate) return;
        if (there.TeamRole is { } role)
        {
            if (role == Role.Read) throw ReadOnly(there.Told);
            return;
        }
        if (there.OrgRole is null)
            throw Refusal.Forbidden("not_a_member", $"Only members of {there.Told} and of {there.OrgName} put things there.",
                "Join the team first.");
        if (there.OrgRole == Role.Read) throw ReadOnly(there.OrgName);
        if (there.IsDefault) return;
        // Who could join at a click may contribute at once.
        MustAdmit(there);
        if (there.JoinPolicy != JoinPolicy.Open)
            throw Refusal.Forbidden("join_first", $"Only members of {there.Told} put things there (its join_policy is {Data.Wire.Name(there.JoinPolicy)}).",
                there.JoinPolicy == JoinPolicy.Request ? "Ask to join it." : "Ask one of its admins to add you.");
    }

    /// <summary>The path of a team on the web site. Where teams are made has a name of its own.</summary>
    public static string Path(Guid org, string orgName, string name) => org == Ids.Global && name != "new" ? $"/teams/{name}" : $"/{orgName}/teams/{name}";

    public static Refusal NoTeam(string which) => Refusal.NotFound("team_not_found", $"There is no team {which}, or you may not see it.");

    // Asked beforehand, by the same rule that decides.
    static Refusal? Why(Action rule)
    {
        try
        {
            rule();
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal;
        }
    }

    static void MustNotBeBanned(Standing there)
    {
        if (there.IsBanned)
            throw Refusal.Forbidden("banned_from_team", $"You are banned from {there.Told}, or who answers for you is.", "Only its admins can lift that.");
    }

    static void MustAdmit(Standing there) => OrganizationRules.MustAdmit(there.Kind, there.ActorTypePolicy, there.Told);

    /// <summary>The same for an organization that is not there: that it is, is for its members to know.</summary>
    public static Refusal NoMember() =>
        Refusal.Forbidden("not_a_member", "Only members of the organization can create in it.", "Ask one of its admins to invite you.");

    static Refusal ReadOnly(string where) =>
        Refusal.Forbidden("read_only_role", $"Your role in {where} is read: you create nothing there.", "Ask one of its admins for the role write.");
}
