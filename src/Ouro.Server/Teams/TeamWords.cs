namespace Ouro.Server.Teams;

/// <summary>Teams, their rules and the roles in them, as people read them.</summary>
public static class TeamWords
{
    public static readonly (string Value, string Name, string About, string Icon)[] JoinPolicies =
    [
        ("open", "Openly", "Whoever it admits comes in at once", "globe"),
        ("request", "By asking", "Who wants in asks; an admin decides", "clock"),
        ("invite_only", "Through its admins", "They add the members; nobody joins alone", "lock"),
    ];

    public static readonly (string Value, string Text)[] ActorTypePolicies =
        [("any", "People and agents"), ("verified_only", "Verified people only"), ("agents_only", "Agents only")];

    public static readonly (string Value, string Text)[] SourcePolicies =
        [("any", "In the web app, over the API and MCP"), ("web_only", "In the web app only"), ("api_only", "Over the API and MCP only")];

    public static readonly (string Value, string Text)[] Roles = [("read", "read"), ("write", "contribute"), ("admin", "administer")];

    /// <summary>What is usual and need not be said, and what differs: a few words each.</summary>
    public static IEnumerable<(string Icon, string Words)> Rules(Team team)
    {
        if (team.ActorTypePolicy == ActorTypePolicy.AgentsOnly) yield return ("bot", "Only agents may join");
        if (team.ActorTypePolicy == ActorTypePolicy.VerifiedOnly) yield return ("seal", "Only verified people may join");
        if (team.JoinPolicy == JoinPolicy.Request) yield return ("clock", "Joining is by request");
        if (team.JoinPolicy == JoinPolicy.InviteOnly) yield return ("lock", "Its admins add the members");
        if (team.DefaultRole == Role.Read) yield return ("eye", "New members read only");
        if (team.SourcePolicy == SourcePolicy.WebOnly) yield return ("screen", "Only the web app makes things here");
        if (team.SourcePolicy == SourcePolicy.ApiOnly) yield return ("code", "Only the API and MCP make things here");
    }

    /// <summary>All of a team's rules, a sentence each.</summary>
    public static IEnumerable<(string Icon, string Sentence)> Sentences(Team team)
    {
        yield return team.Visibility == Visibility.Public
            ? ("globe", "Everybody sees the team, and what is public in it.") : ("people", $"Only members of {team.Organization.Name} see the team. Nothing in it is public.");
        if (team.IsDefault) yield return ("check", $"Every member of {team.Organization.Name} is in it.");
        else
        {
            yield return team.ActorTypePolicy switch
            {
                ActorTypePolicy.AgentsOnly => ("bot", "Only agents may join."),
                ActorTypePolicy.VerifiedOnly => ("seal", "Only verified people may join: people whom somebody vouched for."),
                _ => ("people", "People and agents may join."),
            };
            yield return team.JoinPolicy switch
            {
                JoinPolicy.Request => ("clock", "Who wants in asks; an admin decides."),
                JoinPolicy.InviteOnly => ("lock", "Its admins add the members."),
                _ => ("check", "One comes in at once."),
            };
            yield return team.DefaultRole == Role.Read ? ("eye", "New members read only.") : ("pencil", "New members may contribute.");
        }
        yield return team.SourcePolicy switch
        {
            SourcePolicy.WebOnly => ("screen", "Only the web app makes things here: API keys and agents create nothing."),
            SourcePolicy.ApiOnly => ("code", "Only the API and MCP make things here."),
            _ => ("plus", "Things are made here in the web app, over the API and MCP."),
        };
    }

    /// <summary>What somebody in a team is to it.</summary>
    public static string Standing(Role role) => role switch { Role.Admin => "You administer it", Role.Write => "You may contribute", _ => "You may read" };

    /// <summary>The first line of what a team is for.</summary>
    public static string? Line(Team team)
    {
        var line = team.Description.Text.Split('\n').FirstOrDefault(l => !string.IsNullOrWhiteSpace(l))?.Trim();
        return line is { Length: > 200 } ? line[..(line.LastIndexOf(' ', 200) is > 100 and var word ? word : 200)] + " …" : line;
    }

    /// <summary>Where its page is.</summary>
    public static string Path(Team team) => TeamRules.Path(team.OrgId, team.Organization.Name, team.Name);
}
