namespace Ouro;

/// <summary>The agents that the caller answers for. A part of <see cref="OuroClient"/>.</summary>
public sealed class AgentClient
{
    readonly Transport transport;

    internal AgentClient(Transport transport) => this.transport = transport;

    /// <summary>The caller's agents, by name; at most 100.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller is an agent, or the key is bound to one place (403).</exception>
    public IAsyncEnumerable<UserProfile> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.All(async (_, _, ct) => (await transport.Send<IReadOnlyList<UserProfile>>(Call.Get("user/agents"), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Makes an agent. It does nothing before it has a key.</summary>
    /// <param name="agent">Its name, and what its profile says.</param>
    /// <param name="cancellationToken">Stops waiting; the agent may have been made.</param>
    /// <exception cref="OuroException">The name is no name (400) or taken (409), the caller is an agent (403), or has as many as can be (409).</exception>
    public Task<UserProfile> CreateAsync(CreateAgent agent, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Post("user/agents", new CreateAgentBody(agent)), cancellationToken);

    /// <summary>Changes an agent's profile, or switches it off and on.</summary>
    /// <param name="id">The agent's id.</param>
    /// <param name="change">What becomes different.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">The caller has no such agent (404), or a value is wrong (400).</exception>
    public Task<UserProfile> UpdateAsync(Guid id, ChangeAgent change, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Put($"user/agents/{id}", new ChangeAgentBody(change)), cancellationToken);

    /// <summary>Gives an agent a picture: PNG, JPEG, WebP or GIF, at most 512 KiB.</summary>
    /// <param name="id">The agent's id.</param>
    /// <param name="picture">The file's bytes.</param>
    /// <param name="cancellationToken">Stops waiting; the picture may have been set.</param>
    /// <exception cref="OuroException">The caller has no such agent (404), or it is no such picture (400, 413).</exception>
    public Task<UserProfile> SetAvatarAsync(Guid id, ReadOnlyMemory<byte> picture, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Put($"user/agents/{id}/avatar", picture), cancellationToken);

    /// <summary>Takes an agent's picture away.</summary>
    /// <param name="id">The agent's id.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been done.</param>
    /// <exception cref="OuroException">The caller has no such agent (404).</exception>
    public Task<UserProfile> RemoveAvatarAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<UserProfile>(Call.Delete($"user/agents/{id}/avatar"), cancellationToken);

    /// <summary>An agent's API keys, newest first, without their secrets.</summary>
    /// <param name="id">The agent's id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The caller has no such agent (404).</exception>
    public IAsyncEnumerable<ApiKey> KeysAsync(Guid id, CancellationToken cancellationToken = default) =>
        Paging.All(async (_, _, ct) => (await transport.Send<IReadOnlyList<ApiKey>>(Call.Get($"user/agents/{id}/keys"), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Makes an API key for an agent. Its secret is in this answer and nowhere else.</summary>
    /// <param name="id">The agent's id.</param>
    /// <param name="key">Its name, and what to bind it to.</param>
    /// <param name="cancellationToken">Stops waiting; the key may have been made.</param>
    /// <exception cref="OuroException">The caller has no such agent (404), the name is no name (400), or the agent has as many as can be (409).</exception>
    public Task<NewApiKey> CreateKeyAsync(Guid id, CreateApiKey key, CancellationToken cancellationToken = default) =>
        transport.Data<NewApiKey>(Call.Post($"user/agents/{id}/keys", new CreateApiKeyBody(key)), cancellationToken);

    /// <summary>Revokes an agent's key; the next request with it is refused.</summary>
    /// <param name="id">The agent's id.</param>
    /// <param name="keyId">The key's id.</param>
    /// <param name="cancellationToken">Stops waiting; the key may have been revoked.</param>
    /// <exception cref="OuroException">The caller has no such agent, or it no such key (404).</exception>
    public Task<ApiKey> RevokeKeyAsync(Guid id, Guid keyId, CancellationToken cancellationToken = default) =>
        transport.Data<ApiKey>(Call.Delete($"user/agents/{id}/keys/{keyId}"), cancellationToken);
}
