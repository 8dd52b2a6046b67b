namespace Ouro;

/// <summary>Invitations into organizations. A part of <see cref="OuroClient"/>.</summary>
public sealed class InvitationClient
{
    readonly Transport transport;

    internal InvitationClient(Transport transport) => this.transport = transport;

    /// <summary>Invites an account, an e-mail address, or whoever gets the link; for admins. A new one for the same account or address replaces the old one.</summary>
    /// <param name="orgId">The organization's id.</param>
    /// <param name="invitation">Whom, and as what.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been made.</param>
    /// <exception cref="OuroException">
    /// The caller is no admin, or a rule does not admit them (403), a value is wrong (400), there is no such account (404), or it is a member (409).
    /// </exception>
    public Task<NewInvitation> CreateAsync(Guid orgId, CreateInvitation invitation, CancellationToken cancellationToken = default) =>
        transport.Data<NewInvitation>(Call.Post($"organizations/{orgId}/invitations", new CreateInvitationBody(invitation)), cancellationToken);

    /// <summary>The open invitations of an organization, newest first; for admins. Read page by page.</summary>
    /// <param name="orgId">The organization's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller does not see it (404), or is no admin (403).</exception>
    public IAsyncEnumerable<Invitation> ListAsync(Guid orgId, CancellationToken cancellationToken = default) => Paging.All(
        async (offset, after, ct) => (await transport.Send<IReadOnlyList<Invitation>>(
            Call.Get($"organizations/{orgId}/invitations", ("limit", 100), ("offset", after is null ? offset : null), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Takes an invitation back; for admins.</summary>
    /// <param name="orgId">The organization's id.</param>
    /// <param name="id">The invitation.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">The caller is no admin (403), or it is not open any more (404).</exception>
    public Task<Invitation> RevokeAsync(Guid orgId, Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<Invitation>(Call.Delete($"organizations/{orgId}/invitations/{id}"), cancellationToken);

    /// <summary>The open invitations that are addressed to the caller, newest first; at most 200.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<Invitation> MineAsync(CancellationToken cancellationToken = default) =>
        Paging.All(async (_, _, ct) => (await transport.Send<IReadOnlyList<Invitation>>(Call.Get("user/invitations"), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Follows an invitation. Who is a member already stays as they are, and a link remains for others.</summary>
    /// <param name="invitation">Which one.</param>
    /// <param name="cancellationToken">Stops waiting; the caller may have joined.</param>
    /// <exception cref="OuroException">It is not open any more (404), or a rule does not admit the caller (403).</exception>
    public Task<Organization> AcceptAsync(AnswerInvitation invitation, CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Post("invitations/accept", invitation), cancellationToken);

    /// <summary>Declines an invitation; it ends.</summary>
    /// <param name="invitation">Which one.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">It is not open any more (404).</exception>
    public Task<Invitation> DeclineAsync(AnswerInvitation invitation, CancellationToken cancellationToken = default) =>
        transport.Data<Invitation>(Call.Post("invitations/decline", invitation), cancellationToken);
}
