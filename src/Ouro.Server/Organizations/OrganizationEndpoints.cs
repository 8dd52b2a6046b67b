using Ouro.Server.Events;

namespace Ouro.Server.Organizations;

/// <summary>The REST door of organizations.</summary>
public static class OrganizationEndpoints
{
    public static void MapOrganizations(this RouteGroupBuilder api)
    {
        api.MapPost("/organizations/create", Create).WithName("organizations.create");
        api.MapGet("/organizations/user", List).WithName("organizations.list");
        api.MapGet("/organizations/discoverable", Discoverable).WithName("organizations.discoverable");
        api.MapGet("/organizations/context", Context).WithName("organizations.context");
        api.MapGet("/organizations/by-name/{name}", ByName).WithName("organizations.by_name");
        api.MapGet("/organizations/{id}", Get).WithName("organizations.get");
        api.MapPut("/organizations/{id}", Update).WithName("organizations.update");
        api.MapPost("/organizations/{id}/join", Join).WithName("organizations.join");
        api.MapGet("/organizations/{id}/members", Members).WithName("organizations.members");
        api.MapPut("/organizations/{id}/members/{userId}", UpdateMember).WithName("organizations.update_member");
        api.MapDelete("/organizations/{id}/members/{userId}", RemoveMember).WithName("organizations.remove_member");
        api.MapGet("/organizations/{id}/join-requests", JoinRequests).WithName("organizations.join_requests");
        api.MapPost("/organizations/{id}/join-requests/{requestId}/approve", ApproveRequest).WithName("organizations.approve_request");
        api.MapPost("/organizations/{id}/join-requests/{requestId}/reject", RejectRequest).WithName("organizations.reject_request");
        api.MapGet("/organizations/{id}/events", Events).WithName("organizations.events");
        api.MapPost("/organizations/{id}/invitations", Invite).WithName("invitations.create");
        api.MapGet("/organizations/{id}/invitations", Invitations).WithName("invitations.list");
        api.MapDelete("/organizations/{id}/invitations/{invitationId}", RevokeInvitation).WithName("invitations.revoke");
        api.MapGet("/user/invitations", MyInvitations).WithName("invitations.mine");
        api.MapPost("/invitations/accept", AcceptInvitation).WithName("invitations.accept");
        api.MapPost("/invitations/decline", DeclineInvitation).WithName("invitations.decline");
    }

    /// <summary>Found an organization; the caller is its first admin</summary>
    public static Task<Envelope<Organization>> Create(OrganizationOperations organizations, Actor actor, CreateOrganizationBody body, CancellationToken ct) =>
        organizations.Create(actor, body.Organization, ct).Enveloped();

    /// <summary>The caller's organizations</summary>
    public static Task<Envelope<IReadOnlyList<Organization>>> List(OrganizationOperations organizations, Actor actor, CancellationToken ct) =>
        organizations.List(actor, ct).Enveloped();

    /// <summary>Organizations that one can join or ask to join, by name</summary>
    public static Task<Envelope<IReadOnlyList<Organization>>> Discoverable(
        OrganizationOperations organizations, Actor actor, int? limit, int? offset, string? after, CancellationToken ct) =>
        organizations.Discoverable(actor, limit, offset, after, ct).Enveloped();

    /// <summary>The organization that the request runs in</summary>
    public static Task<Envelope<Organization>> Context(OrganizationOperations organizations, Actor actor, CancellationToken ct) =>
        organizations.Context(actor, ct).Enveloped();

    /// <summary>One organization, by its name</summary>
    public static Task<Envelope<Organization>> ByName(OrganizationOperations organizations, Actor actor, string name, CancellationToken ct) =>
        organizations.ByName(actor, name, ct).Enveloped();

    /// <summary>One organization</summary>
    public static Task<Envelope<Organization>> Get(OrganizationOperations organizations, Actor actor, Guid id, CancellationToken ct) =>
        organizations.Get(actor, id, ct).Enveloped();

    /// <summary>Change what an organization says of itself, its name, or its rules</summary>
    public static Task<Envelope<Organization>> Update(OrganizationOperations organizations, Actor actor, Guid id, ChangeOrganizationBody body, CancellationToken ct) =>
        organizations.Update(actor, id, body.Organization, ct).Enveloped();

    /// <summary>Join an organization, or ask to where its admins decide</summary>
    public static Task<Envelope<Organization>> Join(OrganizationOperations organizations, Actor actor, Guid id, JoinOrganization? body, CancellationToken ct) =>
        organizations.Join(actor, id, body, ct).Enveloped();

    /// <summary>The members of an organization, longest first</summary>
    public static Task<Envelope<IReadOnlyList<OrganizationMember>>> Members(
        OrganizationOperations organizations, Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct) =>
        organizations.Members(actor, id, limit, offset, after, ct).Enveloped();

    /// <summary>Change a member's role or type</summary>
    public static Task<Envelope<OrganizationMember>> UpdateMember(
        OrganizationOperations organizations, Actor actor, Guid id, Guid userId, ChangeOrganizationMemberBody body, CancellationToken ct) =>
        organizations.UpdateMember(actor, id, userId, body.Member, ct).Enveloped();

    /// <summary>Remove a member from an organization and all its teams; one's own id is leaving</summary>
    public static Task<Envelope<EndedMembership>> RemoveMember(OrganizationOperations organizations, Actor actor, Guid id, Guid userId, CancellationToken ct) =>
        organizations.RemoveMember(actor, id, userId, ct).Enveloped();

    /// <summary>Requests to join an organization, newest first; who is no admin sees their own</summary>
    public static Task<Envelope<IReadOnlyList<OrganizationJoinRequest>>> JoinRequests(
        OrganizationOperations organizations, Actor actor, Guid id, string? status, int? limit, int? offset, string? after, CancellationToken ct) =>
        organizations.JoinRequests(actor, id, string.IsNullOrEmpty(status) ? null : Contract.One<RequestStatus>(status, "status"), limit, offset, after, ct).Enveloped();

    /// <summary>Let somebody in who asked to join</summary>
    public static Task<Envelope<OrganizationJoinRequest>> ApproveRequest(OrganizationOperations organizations, Actor actor, Guid id, Guid requestId, CancellationToken ct) =>
        organizations.ApproveRequest(actor, id, requestId, ct).Enveloped();

    /// <summary>Decline a request to join</summary>
    public static Task<Envelope<OrganizationJoinRequest>> RejectRequest(OrganizationOperations organizations, Actor actor, Guid id, Guid requestId, CancellationToken ct) =>
        organizations.RejectRequest(actor, id, requestId, ct).Enveloped();

    /// <summary>What happened to an organization's people and rules, newest first; for its admins</summary>
    public static Task<Envelope<IReadOnlyList<Event>>> Events(
        OrganizationOperations organizations, Actor actor, Guid id, [AsParameters] EventQuery query, CancellationToken ct) =>
        organizations.Events(actor, id, query.Filter, ct).Enveloped();

    /// <summary>Invite an account, an e-mail address, or whoever gets the link</summary>
    public static Task<Envelope<NewInvitation>> Invite(InvitationOperations invitations, Actor actor, Guid id, CreateInvitationBody body, CancellationToken ct) =>
        invitations.Create(actor, id, body.Invitation, ct).Enveloped();

    /// <summary>The open invitations of an organization, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Invitation>>> Invitations(
        InvitationOperations invitations, Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct) =>
        invitations.List(actor, id, limit, offset, after, ct).Enveloped();

    /// <summary>Take an invitation back</summary>
    public static Task<Envelope<Invitation>> RevokeInvitation(InvitationOperations invitations, Actor actor, Guid id, Guid invitationId, CancellationToken ct) =>
        invitations.Revoke(actor, id, invitationId, ct).Enveloped();

    /// <summary>The open invitations that are addressed to the caller, newest first</summary>
    public static Task<Envelope<IReadOnlyList<Invitation>>> MyInvitations(InvitationOperations invitations, Actor actor, CancellationToken ct) =>
        invitations.Mine(actor, ct).Enveloped();

    /// <summary>Follow an invitation, by the code of its link or by its id</summary>
    public static Task<Envelope<Organization>> AcceptInvitation(InvitationOperations invitations, Actor actor, AnswerInvitation body, CancellationToken ct) =>
        invitations.Accept(actor, body, ct).Enveloped();

    /// <summary>Decline an invitation; it ends</summary>
    public static Task<Envelope<Invitation>> DeclineInvitation(InvitationOperations invitations, Actor actor, AnswerInvitation body, CancellationToken ct) =>
        invitations.Decline(actor, body, ct).Enveloped();
}
