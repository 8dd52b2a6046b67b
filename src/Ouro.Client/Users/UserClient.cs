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
    public Task<UserProfile> GetAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Get($"users/{Name(nameOrId)}"), cancellationToken);

    /// <summary>Accounts whose username or name holds a text, exact matches first; read page by page.</summary>
    /// <param name="query">The text; empty lists all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<UserProfile> SearchAsync(string query, CancellationToken cancellationToken = default) =>
        Paging.All(async (offset, _, ct) => (await transport.Send<IReadOnlyList<UserProfile>>(
            Call.Get("users/search", ("query", query), ("limit", 100), ("offset", offset)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Changes the caller's profile; what is not given stays.</summary>
    /// <param name="change">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; the profile may have been changed.</param>
    /// <exception cref="OuroException">A value is too long, or a link is none (400), or the key is bound to one place (403).</exception>
    public Task<UserProfile> UpdateAsync(ChangeProfile change, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Put("user/profile", new ChangeProfileBody(change)), cancellationToken);

    /// <summary>Gives the caller a picture: PNG, JPEG, WebP or GIF, at most 512 KiB.</summary>
    /// <param name="picture">The file's bytes.</param>
    /// <param name="cancellationToken">Stops waiting; the picture may have been set.</param>
    /// <exception cref="OuroException">It is no such picture (400), or too large (413).</exception>
    public Task<UserProfile> SetAvatarAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Put("user/avatar", picture), cancellationToken);

    /// <summary>Takes the caller's picture away.</summary>
    /// <param name="cancellationToken">Stops waiting; the picture may have been taken away.</param>
    /// <exception cref="OuroException">The key is bound to one place (403).</exception>
    public Task<UserProfile> RemoveAvatarAsync(CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Delete("user/avatar"), cancellationToken);

    /// <summary>Asks for another e-mail address. It counts once the link that goes to it is opened.</summary>
    /// <param name="change">The address, and the password where the caller has one.</param>
    /// <param name="cancellationToken">Stops waiting; the link may have been sent.</param>
    /// <exception cref="OuroException">It is no address, or the password is wrong (400), or the caller is an agent (403).</exception>
    public Task<AskedEmail> ChangeEmailAsync(ChangeEmail change, CancellationToken cancellationToken = default) =>
        transport.Data<AskedEmail>(Call.Put("user/email", change), cancellationToken);

    /// <summary>Ends all web sessions of the caller. API keys go on working.</summary>
    /// <param name="cancellationToken">Stops waiting; the sessions may be over.</param>
    /// <exception cref="OuroException">The key is bound to one place (403).</exception>
    public Task<SessionsEnded> SignOutEverywhereAsync(CancellationToken cancellationToken = default) =>
        transport.Data<SessionsEnded>(Call.Post("user/sign-out-everywhere"), cancellationToken);

    /// <summary>What the caller may have here, and has.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public Task<PlanInfo> PlanInfoAsync(CancellationToken cancellationToken = default) => transport.Data<PlanInfo>(Call.Get("user/plan-info"), cancellationToken);

    /// <summary>Follows an account, or no longer follows it.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">There is no such account (404), or it is the caller's own (400).</exception>
    public Task<FollowState> FollowAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        transport.Data<FollowState>(Call.Put($"users/{Name(nameOrId)}/follow", new { }), cancellationToken);

    /// <summary>Whom an account follows, newest first; read page by page.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">There is no such account (404, <c>user_not_found</c>).</exception>
    public IAsyncEnumerable<Follow> FollowsAsync(string nameOrId, CancellationToken cancellationToken = default) => Pages(nameOrId, "follows", cancellationToken);

    /// <summary>Who follows an account, newest first; read page by page.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">There is no such account (404, <c>user_not_found</c>).</exception>
    public IAsyncEnumerable<Follow> FollowersAsync(string nameOrId, CancellationToken cancellationToken = default) => Pages(nameOrId, "followers", cancellationToken);

    /// <summary>Vouches for a person. For operators, and for admins of an organization that the person is a member of.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">There is no such account (404), it is an agent (400), or the caller may not vouch for it (403).</exception>
    public Task<UserProfile> VerifyAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Put($"users/{Name(nameOrId)}/verification", new { }), cancellationToken);

    /// <summary>Takes a verification back. For who gave it, and operators.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">There is no such account (404), or the caller did not vouch for it (403).</exception>
    public Task<UserProfile> UnverifyAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Delete($"users/{Name(nameOrId)}/verification"), cancellationToken);

    IAsyncEnumerable<Follow> Pages(string nameOrId, string list, CancellationToken ct) =>
        Paging.All(async (_, after, token) => (await transport.Send<IReadOnlyList<Follow>>(
            Call.Get($"users/{Name(nameOrId)}/{list}", ("limit", 100), ("after", after)), token)).ToPage(), 0, null, ct);

    static string Name(string nameOrId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrId);
        return Uri.EscapeDataString(nameOrId);
    }

    /// <summary>How much came of what an account made, as far as the caller may see it.</summary>
    /// <param name="nameOrId">The username, or the account's id.</param>
    /// <param name="since">Counts from this day on; null counts everything.</param>
    /// <param name="limit">The most assets to tell one by one, 1 to 200; the newest.</param>
    /// <param name="assetIds">Only these of its assets; null is all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">There is no such account (404, <c>user_not_found</c>).</exception>
    public Task<UserImpact> ImpactAsync(
        string nameOrId, DateTimeOffset? since = null, int limit = 50, IEnumerable<Guid>? assetIds = null, CancellationToken cancellationToken = default) =>
        transport.Data<UserImpact>(Call.Get($"users/{Name(nameOrId)}/impact", ("since", since?.ToString("O")), ("limit", limit),
            ("asset_ids", assetIds is null ? null : string.Join(',', assetIds))), cancellationToken);
}
