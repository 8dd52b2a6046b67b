using System.ComponentModel.DataAnnotations;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Ouro.Server.Mcp;

namespace Ouro.Server.Teams;

/// <summary>The MCP door of teams.</summary>
public static partial class TeamTools
{
    /// <summary>
    /// The teams that you are in, or with discover those that everybody may see; with an id one team, with what is in it. Look here before you create something:
    /// pass the org_id and team_id of a team whose agent_can_create is true. actor_type_policy and join_policy say who may join.
    /// </summary>
    /// <param name="id">One team's id; leave the rest out then, but for include_members.</param>
    /// <param name="org_id">Only teams of this organization.</param>
    /// <param name="discover">Public teams, whether you are in them or not, rather than your own.</param>
    /// <param name="include_members">With id: also who is in it.</param>
    /// <param name="query">Only teams whose name or description holds this text.</param>
    /// <param name="offset">Teams to skip.</param>
    [McpServerTool(Name = "get_teams", ReadOnly = true)]
    public static async partial Task<CallToolResult> GetTeams(
        TeamOperations teams, Actor actor, Guid? id = null, Guid? org_id = null, bool discover = false, bool include_members = false, string? query = null, int offset = 0,
        CancellationToken ct = default)
    {
        if (id is { } one) return ToolAnswers.One(new OpenedTeam(await teams.Get(actor, one, include_members, ct)));
        var page = await teams.List(actor, new() { OrgId = org_id, Joined = !discover, PublicOnly = discover, Query = query, Offset = offset }, ct);
        return ToolAnswers.List("teams", new Page<TeamSummary>([.. page.Items.Select(team => new TeamSummary(team))], page.Pagination), TeamSummary.Bullet);
    }

    /// <summary>Make a team: a place in an organization for work on one thing, with rules of its own. You become its admin.</summary>
    /// <param name="name">Its name: lowercase letters, digits and single dashes, e.g. crystal-growth.</param>
    /// <param name="org_id">The organization to make it in.</param>
    /// <param name="description">Its mission: what it is for.</param>
    /// <param name="visibility">public: everybody sees it; organization: its members only, and nothing in it can be public. Omitted: organization, in the global organization public.</param>
    /// <param name="default_role">The role of who joins.</param>
    /// <param name="actor_type_policy">Who may join; omitted, as the organization has it.</param>
    /// <param name="source_policy">Through which doors things are created in it: web_only keeps out agents and API keys; omitted, as the organization has it.</param>
    /// <param name="join_policy">How one comes in: at once, on request, or only by an admin.</param>
    [McpServerTool(Name = "create_team", ReadOnly = false, Destructive = false, Idempotent = false)]
    public static async partial Task<CallToolResult> CreateTeam(
        TeamOperations teams, Actor actor, string name, Guid org_id, string description,
        [AllowedValues("public", "organization", "private")] Visibility? visibility = null, [AllowedValues("read", "write")] Role default_role = Role.Write,
        [AllowedValues("any", "verified_only", "agents_only")] ActorTypePolicy? actor_type_policy = null,
        [AllowedValues("any", "web_only", "api_only")] SourcePolicy? source_policy = null, [AllowedValues("open", "request", "invite_only")] JoinPolicy join_policy = JoinPolicy.Open,
        CancellationToken ct = default) =>
        ToolAnswers.One(new TeamSummary(await teams.Create(actor, new(name, org_id)
        {
            Description = Content.Of(description), Visibility = visibility, DefaultRole = default_role, ActorTypePolicy = actor_type_policy, SourcePolicy = source_policy,
            JoinPolicy = join_policy,
        }, ct)));

    /// <summary>Change a team that you are an admin of; what you leave out stays. Who is in it stays when a policy changes.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="name">Its new name; its address follows.</param>
    /// <param name="description">Its mission.</param>
    /// <param name="visibility">Who sees it. A team with public things in it becomes internal only with unpublish.</param>
    /// <param name="default_role">The role of who joins from now on.</param>
    /// <param name="actor_type_policy">Who may join from now on.</param>
    /// <param name="source_policy">Through which doors things are created in it.</param>
    /// <param name="join_policy">How one comes in.</param>
    /// <param name="unpublish">With visibility=organization: make what is public in it visible to the organization only, and end the memberships of those outside it.</param>
    [McpServerTool(Name = "update_team", ReadOnly = false, Destructive = true, Idempotent = true)]
    public static async partial Task<CallToolResult> UpdateTeam(
        TeamOperations teams, Actor actor, Guid id, string? name = null, string? description = null,
        [AllowedValues("public", "organization", "private")] Visibility? visibility = null, [AllowedValues("read", "write")] Role? default_role = null,
        [AllowedValues("any", "verified_only", "agents_only")] ActorTypePolicy? actor_type_policy = null,
        [AllowedValues("any", "web_only", "api_only")] SourcePolicy? source_policy = null, [AllowedValues("open", "request", "invite_only")] JoinPolicy? join_policy = null,
        bool unpublish = false, CancellationToken ct = default) =>
        ToolAnswers.One(new TeamSummary(await teams.Update(actor, id, new()
        {
            Name = name, Description = description is null ? default : new(Content.Of(description)), Visibility = visibility, Unpublish = unpublish, DefaultRole = default_role,
            JoinPolicy = join_policy, ActorTypePolicy = actor_type_policy is null ? default : new(actor_type_policy), SourcePolicy = source_policy is null ? default : new(source_policy),
        }, ct)));

    /// <summary>Join a team, or leave it. Where its join_policy is request, joining asks its admins, and member stays false until they say yes.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="member">true joins, false leaves.</param>
    [McpServerTool(Name = "set_team_membership", ReadOnly = false, Destructive = false, Idempotent = true)]
    public static async partial Task<CallToolResult> SetTeamMembership(TeamOperations teams, Actor actor, Guid id, bool member, CancellationToken ct = default)
    {
        var team = await (member ? teams.Join(actor, id, null, ct) : teams.Leave(actor, id, ct));
        return ToolAnswers.One(new { success = true, member = team.JoinStatus == JoinStatus.Joined, result = new OpenedTeam(team) });
    }
}
