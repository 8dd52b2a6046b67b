using Microsoft.AspNetCore.Mvc;

namespace Ouro.Server.Teams;

/// <summary>The REST door of teams.</summary>
public static class TeamEndpoints
{
    public static void MapTeams(this RouteGroupBuilder api)
    {
        api.MapGet("/teams", List).WithName("teams.list");
        api.MapPost("/teams/create", Create).WithName("teams.create");
        api.MapGet("/teams/by-name/{org}/{team}", GetByName).WithName("teams.get_by_name");
        api.MapGet("/teams/{id}", Get).WithName("teams.get");
        api.MapPut("/teams/{id}", Update).WithName("teams.update");
        api.MapDelete("/teams/{id}", Delete).WithName("teams.delete");
        api.MapPost("/teams/{id}/join", Join).WithName("teams.join");
        api.MapGet("/teams/{id}/leave", Leave).WithName("teams.leave");
        api.MapGet("/teams/{id}/members", Members).WithName("teams.members");
        api.MapPost("/teams/{id}/members", AddMember).WithName("teams.add_member");
        api.MapPut("/teams/{id}/members/{user}", ChangeMember).WithName("teams.change_member");
        api.MapDelete("/teams/{id}/members/{user}", RemoveMember).WithName("teams.remove_member");
        api.MapGet("/teams/{id}/join-requests", JoinRequests).WithName("teams.join_requests");
        api.MapPost("/teams/{id}/join-requests/{request}/approve", Approve).WithName("teams.approve");
        api.MapPost("/teams/{id}/join-requests/{request}/reject", Reject).WithName("teams.reject");
        api.MapGet("/teams/{id}/bans", Bans).WithName("teams.bans");
        api.MapPost("/teams/{id}/bans", Ban).WithName("teams.ban");
        api.MapDelete("/teams/{id}/bans/{user}", Unban).WithName("teams.unban");
    }

    /// <summary>Teams that the caller may see, newest first; at most 200 without a limit</summary>
    public static Task<Envelope<IReadOnlyList<Team>>> List(
        TeamOperations teams, Actor actor, [FromQuery(Name = "org_id")] Guid? orgId, bool? joined, [FromQuery(Name = "public_only")] bool? publicOnly, string? query,
        int? limit, int? offset, string? after, CancellationToken ct) =>
        teams.List(actor, new() { OrgId = orgId, Joined = joined ?? false, PublicOnly = publicOnly ?? false, Query = query, Limit = limit, Offset = offset, After = after }, ct).Enveloped();

    /// <summary>Create a team; the caller becomes its admin</summary>
    public static Task<Envelope<Team>> Create(TeamOperations teams, Actor actor, CreateTeamBody body, CancellationToken ct) => teams.Create(actor, body.Team, ct).Enveloped();

    /// <summary>A team by its organization's name and its own</summary>
    public static Task<Envelope<Team>> GetByName(TeamOperations teams, Actor actor, string org, string team, CancellationToken ct) => teams.GetByName(actor, org, team, ct).Enveloped();

    /// <summary>One team; with include_members also who is in it, at most 1,000</summary>
    public static Task<Envelope<Team>> Get(
        TeamOperations teams, Actor actor, Guid id, [FromQuery(Name = "include_members")] bool? includeMembers, CancellationToken ct) =>
        teams.Get(actor, id, includeMembers ?? false, ct).Enveloped();

    /// <summary>Change a team; what is not sent stays</summary>
    public static Task<Envelope<Team>> Update(TeamOperations teams, Actor actor, Guid id, ChangeTeamBody body, CancellationToken ct) => teams.Update(actor, id, body.Team, ct).Enveloped();

    /// <summary>Delete a team; what is in it moves to the organization's default team</summary>
    public static Task<Envelope<DeletedTeam>> Delete(TeamOperations teams, Actor actor, Guid id, CancellationToken ct) => teams.Delete(actor, id, ct).Enveloped();

    /// <summary>Join a team, or file the request that it asks for</summary>
    public static Task<Envelope<Team>> Join(TeamOperations teams, Actor actor, Guid id, JoinTeam? body, CancellationToken ct) => teams.Join(actor, id, body, ct).Enveloped();

    /// <summary>Leave a team</summary>
    public static Task<Envelope<Team>> Leave(TeamOperations teams, Actor actor, Guid id, CancellationToken ct) => teams.Leave(actor, id, ct).Enveloped();

    /// <summary>Who is in a team, longest first</summary>
    public static Task<Envelope<IReadOnlyList<TeamMember>>> Members(TeamOperations teams, Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct) =>
        teams.Members(actor, id, limit, offset, after, ct).Enveloped();

    /// <summary>Put somebody into a team</summary>
    public static Task<Envelope<TeamMember>> AddMember(TeamOperations teams, Actor actor, Guid id, AddTeamMember body, CancellationToken ct) => teams.AddMember(actor, id, body, ct).Enveloped();

    /// <summary>Change what somebody may do in a team</summary>
    public static Task<Envelope<TeamMember>> ChangeMember(TeamOperations teams, Actor actor, Guid id, Guid user, ChangeTeamMember body, CancellationToken ct) =>
        teams.ChangeMember(actor, id, user, body, ct).Enveloped();

    /// <summary>Take somebody out of a team; the caller's own id leaves it</summary>
    public static Task<Envelope<Team>> RemoveMember(TeamOperations teams, Actor actor, Guid id, Guid user, CancellationToken ct) => teams.RemoveMember(actor, id, user, ct).Enveloped();

    /// <summary>Requests to come into a team: all for its admins, one's own for others</summary>
    public static Task<Envelope<IReadOnlyList<TeamJoinRequest>>> JoinRequests(
        TeamOperations teams, Actor actor, Guid id, string? status, int? limit, int? offset, string? after, CancellationToken ct) =>
        teams.JoinRequests(actor, id, status is null ? null : Contract.One<RequestStatus>(status, "status"), limit, offset, after, ct).Enveloped();

    /// <summary>Let somebody in who asked</summary>
    public static Task<Envelope<TeamJoinRequest>> Approve(TeamOperations teams, Actor actor, Guid id, Guid request, CancellationToken ct) => teams.Approve(actor, id, request, ct).Enveloped();

    /// <summary>Do not let somebody in who asked</summary>
    public static Task<Envelope<TeamJoinRequest>> Reject(TeamOperations teams, Actor actor, Guid id, Guid request, CancellationToken ct) => teams.Reject(actor, id, request, ct).Enveloped();

    /// <summary>Who is kept out of a team; for its admins</summary>
    public static Task<Envelope<IReadOnlyList<TeamBan>>> Bans(TeamOperations teams, Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct) =>
        teams.Bans(actor, id, limit, offset, after, ct).Enveloped();

    /// <summary>Keep somebody, and their agents, out of a team</summary>
    public static Task<Envelope<TeamBan>> Ban(TeamOperations teams, Actor actor, Guid id, BanFromTeam body, CancellationToken ct) => teams.Ban(actor, id, body, ct).Enveloped();

    /// <summary>Lift a ban</summary>
    public static Task<Envelope<TeamBan>> Unban(TeamOperations teams, Actor actor, Guid id, Guid user, CancellationToken ct) => teams.Unban(actor, id, user, ct).Enveloped();
}
