namespace Ouro;

/// <summary>The caller's organizations. A part of <see cref="OuroClient"/>.</summary>
public sealed class OrganizationClient
{
    readonly Transport transport;

    internal OrganizationClient(Transport transport) => this.transport = transport;

    /// <summary>The organizations that the caller is a member of, by name.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<Organization> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.All(async (_, _, ct) => (await transport.Send<IReadOnlyList<Organization>>(Call.Get("organizations/user"), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>One organization that the caller is a member of, or the global one (<see cref="Ids.Global"/>).</summary>
    /// <param name="id">The organization's id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">There is none, or the caller is no member (404, <c>organization_not_found</c>).</exception>
    public Task<Organization> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Get($"organizations/{id}"), cancellationToken);

    /// <summary>The organization that this client's calls run in: the one of the options, of the key, or the global one.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The options name an organization that the caller or the key may not use (403).</exception>
    public Task<Organization> ContextAsync(CancellationToken cancellationToken = default) =>
        transport.Data<Organization>(Call.Get("organizations/context"), cancellationToken);
}
