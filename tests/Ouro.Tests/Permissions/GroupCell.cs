namespace Ouro.Tests.Permissions;

public enum TeamVerb { See, Join, Leave, Edit, MakeInternal, MakePublic, Delete, Add, SetRole, Remove, SeeRequests, Approve, SeeBans, Ban, Unban }

/// <summary>Something with a team, or with somebody in it.</summary>
public sealed record TeamCell(Asker Asker, TeamVerb What, Team Team, Account Whom) : Cell(Asker)
{
    public override string Verb => $"{What} team";

    public override int Act => 2;

    public override Answer Says(Model model) => What switch
    {
        TeamVerb.See => model.See(Asker, Team),
        TeamVerb.Join => model.Join(Asker, Team),
        TeamVerb.Leave => model.Leave(Asker, Team),
        TeamVerb.MakeInternal => model.MakeInternal(Asker, Team),
        TeamVerb.MakePublic => model.MakePublic(Asker, Team),
        TeamVerb.Delete => model.DeleteTeam(Asker, Team),
        TeamVerb.Add => model.Add(Asker, Team, Whom),
        TeamVerb.Remove => model.Remove(Asker, Team),
        TeamVerb.SeeRequests => model.SeeRequests(Asker, Team),
        TeamVerb.Approve => model.Approve(Asker, Team, Whom),
        TeamVerb.Ban => model.Ban(Asker, Team, Whom),
        _ => model.Lead(Asker, Team),
    };

    public override async Task<string> Ask(Doors doors)
    {
        var path = $"/teams/{Team.Id}";
        Task<Reply> Rest(HttpMethod method, string below = "", object? body = null) => doors.Rest(Asker, method, path + below, body);
        var reply = await ((What, Asker.Door) switch
        {
            (TeamVerb.See, Door.Web) => doors.Page(Asker, Team.Address),
            (TeamVerb.Join, Door.Web) => doors.Form(Asker, Team.Address, "join"),
            (TeamVerb.Leave, Door.Web) => doors.Form(Asker, Team.Address + "/leave", "leave"),
            (TeamVerb.Edit, Door.Web) => doors.Page(Asker, Team.Address + "/settings"),
            (TeamVerb.Delete, Door.Web) => doors.Page(Asker, Team.Address + "/delete"),
            (TeamVerb.SeeBans, Door.Web) => doors.Page(Asker, Team.Address + "/bans"),
            (TeamVerb.See, Door.Mcp) => doors.Tool(Asker, "get_teams", new { id = Team.Id }),
            (TeamVerb.See, _) => Rest(HttpMethod.Get),
            (TeamVerb.Join or TeamVerb.Leave, Door.Mcp) => doors.Tool(Asker, "set_team_membership", new { id = Team.Id, member = What == TeamVerb.Join }),
            (TeamVerb.Join, _) => Rest(HttpMethod.Post, "/join", new { }),
            // Both generations of clients leave in their own way.
            (TeamVerb.Leave, Door.Token) when Asker.IsSignedIn => Rest(HttpMethod.Delete, $"/members/{Asker.Who!.Id}"),
            (TeamVerb.Leave, _) => Rest(HttpMethod.Get, "/leave"),
            (TeamVerb.Edit, Door.Mcp) => doors.Tool(Asker, "update_team", new { id = Team.Id, description = "Anew" }),
            (TeamVerb.Edit, _) => Rest(HttpMethod.Put, "", new { team = new { id = Team.Id, source_policy = Team.Source is null ? "inherit" : Wire(Team.Source.Value) } }),
            (TeamVerb.MakeInternal or TeamVerb.MakePublic, Door.Mcp) => doors.Tool(Asker, "update_team", new { id = Team.Id, visibility = Becomes }),
            (TeamVerb.MakeInternal or TeamVerb.MakePublic, _) => Rest(HttpMethod.Put, "", new { team = new { visibility = Becomes } }),
            (TeamVerb.Delete, _) => Rest(HttpMethod.Delete),
            (TeamVerb.Add, _) => Rest(HttpMethod.Post, "/members", new { user_id = Whom.Id }),
            (TeamVerb.SetRole, _) => Rest(HttpMethod.Put, $"/members/{Whom.Id}", new { role = "write" }),
            (TeamVerb.Remove, _) => Rest(HttpMethod.Delete, $"/members/{Whom.Id}"),
            (TeamVerb.SeeRequests, _) => Rest(HttpMethod.Get, "/join-requests"),
            (TeamVerb.Approve, _) => Rest(HttpMethod.Post, $"/join-requests/{await doors.Request(Team, Whom)}/approve", new { }),
            (TeamVerb.SeeBans, _) => Rest(HttpMethod.Get, "/bans"),
            (TeamVerb.Ban, _) => Rest(HttpMethod.Post, "/bans", new { user_id = Whom.Id }),
            _ => Rest(HttpMethod.Delete, $"/bans/{Whom.Id}"),
        });
        return What switch
        {
            TeamVerb.Join when Asker.Door == Door.Mcp => reply.Told(said => said.GetProperty("member").GetBoolean() ? "joined" : "pending"),
            TeamVerb.Join => reply.Told(team => team.GetProperty("joinStatus").GetString()!),
            TeamVerb.SeeRequests => reply.Told(requests => $"{requests.GetArrayLength()}"),
            TeamVerb.MakeInternal or TeamVerb.MakePublic => reply.Told(team => team.GetProperty("visibility").GetString()!),
            _ => reply.Told(),
        };
    }

    string Becomes => What == TeamVerb.MakeInternal ? "organization" : "public";

    static string Wire(SourcePolicy policy) => policy switch { SourcePolicy.WebOnly => "web_only", SourcePolicy.ApiOnly => "api_only", _ => "any" };

    public override object? Changes => Team;

    public override Task PutBack(Ground ground) => What is TeamVerb.See or TeamVerb.SeeRequests or TeamVerb.SeeBans ? Task.CompletedTask : ground.Lay(Team);

    public override string ToString() => $"{Asker}: {Verb} {Team}" + (Asker.Who is null ? "" : $" ({Standing.Of(Asker.Who, Team)})") + (What >= TeamVerb.Add ? $": {Whom} ({Standing.Of(Whom, Team)})" : "");
}

/// <summary>Making a team.</summary>
public sealed record FoundCell(Asker Asker, Org Org, Visibility? Visibility) : Cell(Asker)
{
    public override string Verb => "Found team";

    public override int Act => 4;

    public override Answer Says(Model model) => model.FoundTeam(Asker, Org, Visibility);

    public override async Task<string> Ask(Doors doors)
    {
        var (name, visibility) = ("new-" + Guid.CreateVersion7().ToString("N"), Visibility?.ToString().ToLowerInvariant());
        return (await (Asker.Door == Door.Mcp
            ? doors.Tool(Asker, "create_team", new { name, org_id = Org.Id, description = "New", visibility })
            : doors.Rest(Asker, HttpMethod.Post, "/teams/create", new { team = new { name, org_id = Org.Id, visibility } }))).Told(team => team.GetProperty("visibility").GetString()!);
    }

    public override string ToString() => $"{Asker}: found a team, {Visibility?.ToString().ToLowerInvariant() ?? "unsaid"}, in {Org}" + (Asker.Who is null ? "" : $" (organization {Org.Members.GetValueOrDefault(Asker.Who)?.ToString() ?? "none"})");
}

public enum OrgVerb { See, SeeRoster, SeeEvents, Edit, Join, Leave, Remove, SetRole, InviteInternal, InviteExternal }

/// <summary>Something with an organization, or with somebody in it.</summary>
public sealed record OrgCell(Asker Asker, OrgVerb What, Org Org, Account Whom, Role Role) : Cell(Asker)
{
    public override string Verb => $"{What} organization";

    public override int Act => 3;

    public override Answer Says(Model model) => What switch
    {
        OrgVerb.See => model.See(Asker, Org),
        OrgVerb.SeeRoster => model.SeeRoster(Asker, Org),
        OrgVerb.SeeEvents => model.SeeEvents(Asker, Org),
        OrgVerb.Edit => model.Edit(Asker, Org),
        OrgVerb.Join => model.Join(Asker, Org),
        OrgVerb.Leave => model.Leave(Asker, Org),
        OrgVerb.Remove => model.Remove(Asker, Org, Whom),
        OrgVerb.SetRole => model.SetRole(Asker, Org, Whom, Role),
        _ => model.Invite(Asker, Org, What == OrgVerb.InviteExternal),
    };

    public override async Task<string> Ask(Doors doors)
    {
        Task<Reply> Rest(HttpMethod method, string below = "", object? body = null) => doors.Rest(Asker, method, $"/organizations/{Org.Id}{below}", body);
        var page = $"/organizations/{Org.Name}";
        var reply = await (What switch
        {
            OrgVerb.See when Asker.Door == Door.Web => doors.Page(Asker, page),
            OrgVerb.SeeRoster when Asker.Door == Door.Web => doors.Page(Asker, page + "/members"),
            OrgVerb.SeeEvents when Asker.Door == Door.Web => doors.Page(Asker, page + "/log"),
            OrgVerb.Edit when Asker.Door == Door.Web => doors.Page(Asker, page + "/settings"),
            OrgVerb.Join when Asker.Door == Door.Web => doors.Form(Asker, page, "join"),
            OrgVerb.See => Rest(HttpMethod.Get),
            OrgVerb.SeeRoster => Rest(HttpMethod.Get, "/members"),
            OrgVerb.SeeEvents => Rest(HttpMethod.Get, "/events"),
            OrgVerb.Edit => Rest(HttpMethod.Put, "", new { organization = new { mission = "Anew" } }),
            OrgVerb.Join => Rest(HttpMethod.Post, "/join", new { }),
            OrgVerb.Leave => Rest(HttpMethod.Delete, $"/members/{Asker.Who!.Id}"),
            OrgVerb.Remove => Rest(HttpMethod.Delete, $"/members/{Whom.Id}"),
            OrgVerb.SetRole => Rest(HttpMethod.Put, $"/members/{Whom.Id}", new { member = new { role = Role.ToString().ToLowerInvariant() } }),
            _ => Rest(HttpMethod.Post, "/invitations", new { invitation = new { role = "read", membership_type = What == OrgVerb.InviteExternal ? "external" : "internal" } }),
        });
        return What == OrgVerb.Join ? reply.Told(org => org.GetProperty("joinStatus").GetString()!) : reply.Told();
    }

    public override object? Changes => Org;

    public override async Task PutBack(Ground ground)
    {
        if (What is OrgVerb.See or OrgVerb.SeeRoster or OrgVerb.SeeEvents) return;
        await ground.Lay(Org);
        await ground.Lay(Org.All);
    }

    public override string ToString() => $"{Asker}: {Verb} {Org}" + (Asker.Who is null ? "" : $" ({Org.Members.GetValueOrDefault(Asker.Who)?.ToString() ?? "no member"})")
        + (What is OrgVerb.Remove or OrgVerb.SetRole ? $": {Whom} ({Org.Members.GetValueOrDefault(Whom)}) {Role}" : "");
}

/// <summary>The organization that a request runs in, named in a header or not.</summary>
public sealed record PlaceCell(Asker Asker, Org? Named) : Cell(Asker)
{
    public override string Verb => "Run";

    public override Answer Says(Model model) => model.RunIn(Asker, Named);

    public override async Task<string> Ask(Doors doors) =>
        (await doors.Rest(Asker, HttpMethod.Get, "/organizations/context", null, Named)).Told(org => org.GetProperty("name").GetString()!);

    public override string ToString() => $"{Asker}: run in {Named?.Name ?? "no place"}";
}
