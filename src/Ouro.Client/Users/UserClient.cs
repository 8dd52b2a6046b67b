namespace Ouro;

/// <summary>Accounts of people and agents. A part of <see cref="OuroClient"/>.</summary>
public sealed class UserClient
{
    readonly Transport transport;

    internal UserClient(Transport transport) => this.transport = transport;

    /// <summary>The account behind the API key.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public Task<Identity> CurrentAsync(CancellationToken cancellationToken = default) => transport.Data<Identity>(Call.Get("user"), cancellationToken);

    /// <summary>The caller's own profile, with the e-mail address.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public Task<UserProfile> ProfileAsync(CancellationToken cancellationToken = default) => transport.Data<UserProfile>(Call.Get("user/profile"), cancellationToken);

    /// <summary>Somebody's profile.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">There is no such account (404, <c>user_not_found</c>).</exception>
    public Task<UserProfile> GetAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrId);
        return transport.Data<UserProfile>(Call.Get($"users/{Uri.EscapeDataString(nameOrId)}"), cancellationToken);
    }

    /// <summary>Accounts whose username or name holds a text, exact matches first; read page by page.</summary>
    /// <param name="query">The text; empty lists all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<UserProfile> SearchAsync(string query, CancellationToken cancellationToken = default) =>
        Paging.All(async (offset, _, ct) => (await transport.Send<IReadOnlyList<UserProfile>>(
            Call.Get("users/search", ("query", query), ("limit", 100), ("offset", offset)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>How much came of what an account made, as far as the caller may see it.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="since">Counts from this day on; null counts everything.</param>
    /// <param name="limit">The most assets to tell one by one, 1 to 200; the newest.</param>
    /// <param name="assetIds">Only these of its assets; null is all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">There is no such account (404, <c>user_not_found</c>).</exception>
    public Task<UserImpact> ImpactAsync(
        string nameOrId, DateTimeOffset? since = null, int limit = 50, IEnumerable<Guid>? assetIds = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrId);
        return transport.Data<UserImpact>(Call.Get($"users/{Uri.EscapeDataString(nameOrId)}/impact", ("since", since?.ToString("O")), ("limit", limit),
            ("asset_ids", assetIds is null ? null : string.Join(',', assetIds))), cancellationToken);
    }
}
