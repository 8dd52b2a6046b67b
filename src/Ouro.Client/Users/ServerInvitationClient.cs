namespace Ouro;

/// <summary>Links with which people make accounts on this server; for operators. A part of <see cref="OuroClient"/>.</summary>
public sealed class ServerInvitationClient
{
    readonly Transport transport;

    internal ServerInvitationClient(Transport transport) => this.transport = transport;

    /// <summary>The invitations that nobody used yet, newest first; at most 500.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller is no operator (403).</exception>
    public IAsyncEnumerable<ServerInvitation> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.All(async (_, _, ct) => (await transport.Send<IReadOnlyList<ServerInvitation>>(Call.Get("operator/invitations"), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Makes a link that admits one person, for seven days.</summary>
    /// <param name="invitation">Whom it is meant for.</param>
    /// <param name="cancellationToken">Stops waiting; the link may have been made.</param>
    /// <exception cref="OuroException">The caller is no operator (403), or the address is none (400).</exception>
    public Task<ServerInvitation> CreateAsync(CreateServerInvitation invitation, CancellationToken cancellationToken = default) =>
        transport.Data<ServerInvitation>(Call.Post("operator/invitations", new CreateServerInvitationBody(invitation)), cancellationToken);

    /// <summary>Withdraws an invitation that nobody used yet.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been withdrawn.</param>
    /// <exception cref="OuroException">The caller is no operator (403), or there is no such invitation (404).</exception>
    public Task<ServerInvitation> WithdrawAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<ServerInvitation>(Call.Delete($"operator/invitations/{id}"), cancellationToken);
}
