using System.Text.Json.Serialization;
using Ouro.Server.Mcp;

namespace Ouro.Server.Teams;

/// <summary>A team as a model reads it: what it is for, and what its rules let the model do.</summary>
public record TeamSummary
{
    public TeamSummary(Team team)
    {
        (Id, Name, OrgId, OrganizationName, Visibility) = (team.Id, team.Name, team.OrgId, team.Organization.Name, team.Visibility);
        (DefaultRole, JoinPolicy, SourcePolicy, ActorTypePolicy, AgentCanCreate) = (team.DefaultRole, team.JoinPolicy, team.SourcePolicy, team.ActorTypePolicy, team.AgentCanCreate);
        (JoinStatus, Role, MemberCount, Url) = (team.JoinStatus, team.UserMembership?.Role, team.MemberCount, team.Url);
        Description = ToolAnswers.Short(team.Description.Text, 1000);
    }

    public Guid Id { get; }
    public string Name { get; }
    public Guid OrgId { get; }
    public string OrganizationName { get; }
    public Visibility Visibility { get; }
    public Role DefaultRole { get; }
    public JoinPolicy JoinPolicy { get; }
    public SourcePolicy SourcePolicy { get; }
    public ActorTypePolicy ActorTypePolicy { get; }
    public bool AgentCanCreate { get; }
    public JoinStatus JoinStatus { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Role? Role { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public int? MemberCount { get; }
    public string Url { get; }
    public string Description { get; }

    /// <summary>The team as a bullet: its rules, and below them what it is for.</summary>
    public static (string Line, string? Below) Bullet(TeamSummary team) => (
        $"**#{team.Name}** (team of {team.OrganizationName}) — id: `{team.Id}` — org_id: `{team.OrgId}` — {Data.Wire.Name(team.Visibility)} — agent_can_create: {(team.AgentCanCreate ? "true" : "false")}"
        + $" — actor_type_policy: {Data.Wire.Name(team.ActorTypePolicy)} — join_policy: {Data.Wire.Name(team.JoinPolicy)} — {Data.Wire.Name(team.JoinStatus)}",
        ToolAnswers.Short(team.Description, 200));
}

/// <summary>A team that was asked for by itself: also what is in it, and who where that was asked.</summary>
public sealed record OpenedTeam : TeamSummary
{
    public OpenedTeam(Team team) : base(team)
    {
        (CanModerate, JoinRequestPending, Metrics) = (team.CanModerate, team.JoinRequestPending, team.Metrics);
        Members = team.Members?.Select(m => new { m.UserId, m.User.Username, m.User.ActorType, m.Role, m.AddedAt });
    }

    public bool CanModerate { get; }
    public bool JoinRequestPending { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyDictionary<string, long>? Metrics { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IEnumerable<object>? Members { get; }
}
