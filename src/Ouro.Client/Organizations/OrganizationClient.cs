namespace Ouro;

/// <summary>Organizations, their members and who asks to join them. A part of <see cref="OuroClient"/>.</summary>
public sealed class OrganizationClient
{
    readonly Transport transport;

    internal OrganizationClient(Transport transport) => this.transport = transport;

    /// <summary>Founds an organization; the caller is its first admin.</summary>
    /// <param name="organization">Its name, what it says of itself, and its rules.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been founded.</param>
    /// <exception cref="OuroException">A value is wrong (400), the name is taken (409, <c>organization_name_taken</c>), or the key is bound (403).</exception>
    public Task<Organization> CreateAsync(CreateOrganization organization, CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Post("organizations/create", new CreateOrganizationBody(organization)), cancellationToken);

    /// <summary>The organizations that the caller is a member of, by name; the list comes whole, because nobody is in more than a thousand.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<Organization> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.All(async (_, _, ct) => (await transport.Send<IReadOnlyList<Organization>>(Call.Get("organizations/user"), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Organizations that one can join or ask to join, by name; read page by page.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<Organization> DiscoverableAsync(CancellationToken cancellationToken = default) => Paging.All(
        async (offset, after, ct) => (await transport.Send<IReadOnlyList<Organization>>(
            Call.Get("organizations/discoverable", ("limit", 100), ("offset", after is null ? offset : null), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>One organization that the caller may see, or the global one (<see cref="Ids.Global"/>).</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">There is none, or it is not the caller's to see (404, <c>organization_not_found</c>).</exception>
    public Task<Organization> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Get($"organizations/{id}"), cancellationToken);

    /// <summary>One organization by its name.</summary>
    /// <param name="name">Its name in addresses.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">There is none, or it is not the caller's to see (404, <c>organization_not_found</c>).</exception>
    public Task<Organization> ByNameAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return transport.Data<Organization>(Call.Get($"organizations/by-name/{Uri.EscapeDataString(name)}"), cancellationToken);
    }

    /// <summary>The organization that this client's calls run in: the one of the options, of the key, or the global one.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The options name an organization that the caller or the key may not use (403).</exception>
    public Task<Organization> ContextAsync(CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Get("organizations/context"), cancellationToken);

    /// <summary>Changes what an organization says of itself, its name, or its rules; for its admins.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="change">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been changed.</param>
    /// <exception cref="OuroException">A value is wrong (400), the caller is no admin (403), or the name is taken (409).</exception>
    public Task<Organization> UpdateAsync(Guid id, ChangeOrganization change, CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Put($"organizations/{id}", new ChangeOrganizationBody(change)), cancellationToken);

    /// <summary>Joins an organization, or asks to. <see cref="Organization.JoinStatus"/> tells which; once more it changes nothing.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="message">For the admins, where they decide.</param>
    /// <param name="cancellationToken">Stops waiting; the caller may have joined.</param>
    /// <exception cref="OuroException">The caller does not see it (404), or its rules do not admit them (403).</exception>
    public Task<Organization> JoinAsync(Guid id, string? message = null, CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Post($"organizations/{id}/join", new JoinOrganization(message)), cancellationToken);

    /// <summary>The members of an organization, longest first; for its members. Read page by page.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller does not see it (404), or is no member (403).</exception>
    public IAsyncEnumerable<OrganizationMember> MembersAsync(Guid id, CancellationToken cancellationToken = default) => Paging.All(
        async (offset, after, ct) => (await transport.Send<IReadOnlyList<OrganizationMember>>(
            Call.Get($"organizations/{id}/members", ("limit", 100), ("offset", after is null ? offset : null), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Changes a member's role or type; for admins.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="userId">The member.</param>
    /// <param name="change">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">
    /// The caller is no admin, or external members are not allowed (403), there is no such member (404), or it is the last admin (409, <c>last_admin</c>).
    /// </exception>
    public Task<OrganizationMember> UpdateMemberAsync(Guid id, Guid userId, ChangeOrganizationMember change, CancellationToken cancellationToken = default) =>
        transport.Data<OrganizationMember>(Call.Put($"organizations/{id}/members/{userId}", new ChangeOrganizationMemberBody(change)), cancellationToken);

    /// <summary>Removes a member from an organization and all its teams; one's own id is leaving. What they made stays.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="userId">The member.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">The caller is no admin (403), there is no such member (404), or it is the last admin (409, <c>last_admin</c>).</exception>
    public Task<EndedMembership> RemoveMemberAsync(Guid id, Guid userId, CancellationToken cancellationToken = default) =>
        transport.Data<EndedMembership>(Call.Delete($"organizations/{id}/members/{userId}"), cancellationToken);

    /// <summary>Requests to join, newest first: admins see all, others their own. Read page by page.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="status">Only those; null is all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller does not see the organization (404).</exception>
    public IAsyncEnumerable<OrganizationJoinRequest> JoinRequestsAsync(Guid id, RequestStatus? status = null, CancellationToken cancellationToken = default) => Paging.All(
        async (offset, after, ct) => (await transport.Send<IReadOnlyList<OrganizationJoinRequest>>(
            Call.Get($"organizations/{id}/join-requests", ("status", status), ("limit", 100), ("offset", after is null ? offset : null), ("after", after)), ct)).ToPage(),
        0, null, cancellationToken);

    /// <summary>Lets somebody in who asked; for admins.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">The caller is no admin, or a rule does not admit them any more (403), or it is no open request (404).</exception>
    public Task<OrganizationJoinRequest> ApproveRequestAsync(Guid id, Guid requestId, CancellationToken cancellationToken = default) =>
        transport.Data<OrganizationJoinRequest>(Call.Post($"organizations/{id}/join-requests/{requestId}/approve", new { }), cancellationToken);

    /// <summary>Declines a request; for admins. Who asked may ask again.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">The caller is no admin (403), or it is no open request (404).</exception>
    public Task<OrganizationJoinRequest> RejectRequestAsync(Guid id, Guid requestId, CancellationToken cancellationToken = default) =>
        transport.Data<OrganizationJoinRequest>(Call.Post($"organizations/{id}/join-requests/{requestId}/reject", new { }), cancellationToken);

    /// <summary>What happened to an organization's people and rules, newest first; for admins. Read page by page.</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="filter">Which events; null is all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller does not see it (404), or is no admin (403).</exception>
    public IAsyncEnumerable<Event> EventsAsync(Guid id, EventFilter? filter = null, CancellationToken cancellationToken = default) =>
        EventClient.All(transport, $"organizations/{id}/events", filter, cancellationToken);
}
