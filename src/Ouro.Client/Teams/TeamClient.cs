namespace Ouro;

/// <summary>Teams: made, found, joined, moderated; and what goes on in them. A part of <see cref="OuroClient"/>.</summary>
public sealed class TeamClient
{
    readonly Transport transport;

    internal TeamClient(Transport transport) => this.transport = transport;

    /// <summary>Creates a team. The caller becomes its admin.</summary>
    /// <param name="team">Its name, its place and its rules.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been created.</param>
    /// <exception cref="OuroException">
    /// The name is malformed (400) or taken (409, <c>team_name_taken</c>); or the caller may not create this team there (403, e.g. <c>not_a_member</c>, <c>external_team_creation</c>).
    /// </exception>
    public Task<Team> CreateAsync(CreateTeam team, CancellationToken cancellationToken = default) => transport.Data<Team>(Call.Post("teams/create", new CreateTeamBody(team)), cancellationToken);

    /// <summary>Teams that the caller may see, newest first, read page by page.</summary>
    /// <param name="which">Which of them; null is all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The list is malformed (400).</exception>
    public IAsyncEnumerable<Team> ListAsync(TeamList? which = null, CancellationToken cancellationToken = default)
    {
        which ??= new();
        return Paging.All((offset, after, ct) => ListPageAsync(which with { Offset = offset, After = after }, ct), which.Offset ?? 0, which.After, cancellationToken);
    }

    /// <summary>One page of the teams that the caller may see.</summary>
    /// <param name="which">Which of them, and which page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The list is malformed (400).</exception>
    public async Task<Page<Team>> ListPageAsync(TeamList which, CancellationToken cancellationToken = default) => (await transport.Send<IReadOnlyList<Team>>(
        Call.Get("teams", ("org_id", which.OrgId), ("joined", which.Joined ? true : null), ("public_only", which.PublicOnly ? true : null), ("query", which.Query),
            ("limit", which.Limit), ("offset", which.Offset), ("after", which.After)), cancellationToken)).ToPage();

    /// <summary>One team.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="includeMembers">Whether also to tell who is in it, at most 1,000.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>team_not_found</c>).</exception>
    public Task<Team> GetAsync(Guid id, bool includeMembers = false, CancellationToken cancellationToken = default) =>
        transport.Data<Team>(Call.Get($"teams/{id}", ("include_members", includeMembers ? true : null)), cancellationToken);

    /// <summary>One team by its organization's name and its own.</summary>
    /// <param name="organization">The organization's name.</param>
    /// <param name="team">The team's name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>team_not_found</c>).</exception>
    public Task<Team> GetByNameAsync(string organization, string team, CancellationToken cancellationToken = default) =>
        transport.Data<Team>(Call.Get($"teams/by-name/{Uri.EscapeDataString(organization)}/{Uri.EscapeDataString(team)}"), cancellationToken);

    /// <summary>Changes a team. What is not given stays as it is.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been changed.</param>
    /// <exception cref="OuroException">
    /// The caller is no admin of it (403); the name is taken (409); or it would become internal with public things in it (409, <c>team_has_public_assets</c>).
    /// </exception>
    public Task<Team> UpdateAsync(Guid id, ChangeTeam change, CancellationToken cancellationToken = default) =>
        transport.Data<Team>(Call.Put($"teams/{id}", new ChangeTeamBody(change)), cancellationToken);

    /// <summary>Deletes a team. What is in it moves to the organization's default team.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been deleted.</param>
    /// <exception cref="OuroException">The caller is no admin of it (403), or it is the default team (409, <c>default_team</c>).</exception>
    public Task<DeletedTeam> DeleteAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<DeletedTeam>(Call.Delete($"teams/{id}"), cancellationToken);

    /// <summary>Joins a team, or files the request that it asks for: <see cref="Team.JoinStatus"/> tells which.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="message">What to say for oneself, where joining files a request.</param>
    /// <param name="cancellationToken">Stops waiting; the caller may have joined.</param>
    /// <exception cref="OuroException">
    /// It does not admit the caller (403: <c>verified_members_only</c>, <c>agents_only</c>, <c>invite_only</c>, <c>banned_from_team</c>); the message says what would.
    /// </exception>
    public Task<Team> JoinAsync(Guid id, string? message = null, CancellationToken cancellationToken = default) =>
        transport.Data<Team>(Call.Post($"teams/{id}/join", new JoinTeam(message)), cancellationToken);

    /// <summary>Leaves a team.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="cancellationToken">Stops waiting; the caller may have left.</param>
    /// <exception cref="OuroException">It is the default team, which nobody leaves alone (409, <c>default_team</c>).</exception>
    public Task<Team> LeaveAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<Team>(Call.Get($"teams/{id}/leave"), cancellationToken);

    /// <summary>Who is in a team, longest first, read page by page.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404).</exception>
    public IAsyncEnumerable<TeamMember> MembersAsync(Guid id, CancellationToken cancellationToken = default) => All<TeamMember>($"teams/{id}/members", null, cancellationToken);

    /// <summary>Puts somebody into a team whom its policies admit.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="member">Who, and what they may do in it.</param>
    /// <param name="cancellationToken">Stops waiting; they may be in it.</param>
    /// <exception cref="OuroException">The caller is no admin of it, or it does not admit them (403); or they are banned (409, <c>member_banned</c>).</exception>
    public Task<TeamMember> AddMemberAsync(Guid id, AddTeamMember member, CancellationToken cancellationToken = default) =>
        transport.Data<TeamMember>(Call.Post($"teams/{id}/members", member), cancellationToken);

    /// <summary>Changes what somebody may do in a team.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="userId">Who.</param>
    /// <param name="role">What they may do from now on.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been changed.</param>
    /// <exception cref="OuroException">The caller is no admin of it (403), or they are not in it (404, <c>member_not_found</c>).</exception>
    public Task<TeamMember> ChangeMemberAsync(Guid id, Guid userId, Role role, CancellationToken cancellationToken = default) =>
        transport.Data<TeamMember>(Call.Put($"teams/{id}/members/{userId}", new ChangeTeamMember(role)), cancellationToken);

    /// <summary>Takes somebody out of a team.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="userId">Who; the caller's own id leaves it.</param>
    /// <param name="cancellationToken">Stops waiting; they may be out of it.</param>
    /// <exception cref="OuroException">The caller is no admin of it (403), or they are not in it (404, <c>member_not_found</c>).</exception>
    public Task<Team> RemoveMemberAsync(Guid id, Guid userId, CancellationToken cancellationToken = default) =>
        transport.Data<Team>(Call.Delete($"teams/{id}/members/{userId}"), cancellationToken);

    /// <summary>Requests to come into a team, newest first: all of them for its admins, one's own for others.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="status">Only those of which this became; null is all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The team is not there, or not the caller's to see (404).</exception>
    public IAsyncEnumerable<TeamJoinRequest> JoinRequestsAsync(Guid id, RequestStatus? status = null, CancellationToken cancellationToken = default) =>
        All<TeamJoinRequest>($"teams/{id}/join-requests", status, cancellationToken);

    /// <summary>Lets somebody in who asked.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="requestId">The request's id.</param>
    /// <param name="cancellationToken">Stops waiting; they may be in it.</param>
    /// <exception cref="OuroException">The caller is no admin of it (403); there is no such request (404); or it was reviewed already (409, <c>request_reviewed</c>).</exception>
    public Task<TeamJoinRequest> ApproveAsync(Guid id, Guid requestId, CancellationToken cancellationToken = default) =>
        transport.Data<TeamJoinRequest>(Call.Post($"teams/{id}/join-requests/{requestId}/approve"), cancellationToken);

    /// <summary>Does not let somebody in who asked. They may ask again.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="requestId">The request's id.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been rejected.</param>
    /// <exception cref="OuroException">The caller is no admin of it (403); there is no such request (404); or it was reviewed already (409, <c>request_reviewed</c>).</exception>
    public Task<TeamJoinRequest> RejectAsync(Guid id, Guid requestId, CancellationToken cancellationToken = default) =>
        transport.Data<TeamJoinRequest>(Call.Post($"teams/{id}/join-requests/{requestId}/reject"), cancellationToken);

    /// <summary>Who is kept out of a team, newest first; for its admins.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller is no admin of it (403).</exception>
    public IAsyncEnumerable<TeamBan> BansAsync(Guid id, CancellationToken cancellationToken = default) => All<TeamBan>($"teams/{id}/bans", null, cancellationToken);

    /// <summary>Keeps an account and its agents out of a team.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="ban">Who, why, and what becomes of what they made there.</param>
    /// <param name="cancellationToken">Stops waiting; they may be banned.</param>
    /// <exception cref="OuroException">The caller is no admin of it, or the account is an admin of its organization (403, <c>organization_admin</c>).</exception>
    public Task<TeamBan> BanAsync(Guid id, BanFromTeam ban, CancellationToken cancellationToken = default) => transport.Data<TeamBan>(Call.Post($"teams/{id}/bans", ban), cancellationToken);

    /// <summary>Lifts a ban. It makes nobody a member again.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="userId">Who.</param>
    /// <param name="cancellationToken">Stops waiting; it may be lifted.</param>
    /// <exception cref="OuroException">The caller is no admin of it (403), or they are not banned (404, <c>ban_not_found</c>).</exception>
    public Task<TeamBan> UnbanAsync(Guid id, Guid userId, CancellationToken cancellationToken = default) => transport.Data<TeamBan>(Call.Delete($"teams/{id}/bans/{userId}"), cancellationToken);

    /// <summary>What is in a team and the caller may see, newest first, read page by page.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="type">Only this type; null is everything that belongs to nothing else.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The team is not there, or not the caller's to see (404).</exception>
    public IAsyncEnumerable<Asset> ActivityAsync(Guid id, AssetType? type = null, CancellationToken cancellationToken = default) => Paging.All(async (offset, after, ct) =>
        (await transport.Send<IReadOnlyList<Asset>>(Call.Get($"teams/{id}/activity", ("assetType", type), ("limit", 100), ("offset", offset), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>What came into any of the caller's teams, newest first, read page by page.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<Asset> FeedAsync(CancellationToken cancellationToken = default) => Paging.All(async (_, after, ct) =>
        (await transport.Send<IReadOnlyList<Asset>>(Call.Get("teams/feed", ("limit", 100), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>How much is unread in each of the caller's teams, at most 1,000 each: what others published since the caller came, and the caller has not opened.</summary>
    /// <param name="orgId">Only teams of this organization.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public async Task<IReadOnlyDictionary<Guid, int>> UnreadsAsync(Guid? orgId = null, CancellationToken cancellationToken = default) =>
        (await transport.Data<TeamUnreads>(Call.Get("teams/unreads", ("org_id", orgId)), cancellationToken)).Unreads!;

    /// <summary>A page of what is unread in a team, newest first; its total is counted up to 1,000.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="limit">The most of a page, 1 to 50.</param>
    /// <param name="offset">Things to skip.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The team is not there, or not the caller's to see (404).</exception>
    public async Task<Page<Asset>> UnreadPreviewAsync(Guid id, int limit = 20, int offset = 0, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<TeamUnreads>(Call.Get("teams/unreads", ("view_mode", "preview"), ("team_id", id), ("limit", limit), ("offset", offset)), cancellationToken);
        return new(answer.Data.Results!, answer.Pagination!);
    }

    /// <summary>Marks everything in a team as read.</summary>
    /// <param name="id">The team's id.</param>
    /// <param name="cancellationToken">Stops waiting; it may be marked.</param>
    /// <exception cref="OuroException">The caller is not in it (403, <c>not_a_member</c>).</exception>
    public Task ReadAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<TeamUnreads>(Call.Post($"teams/{id}/read"), cancellationToken);

    IAsyncEnumerable<T> All<T>(string path, RequestStatus? status, CancellationToken cancellationToken) => Paging.All(async (offset, after, ct) =>
        (await transport.Send<IReadOnlyList<T>>(Call.Get(path, ("status", status), ("limit", 200), ("offset", offset == 0 ? null : offset), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);
}
