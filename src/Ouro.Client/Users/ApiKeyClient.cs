namespace Ouro;

/// <summary>The caller's API keys. A part of <see cref="OuroClient"/>.</summary>
public sealed class ApiKeyClient
{
    readonly Transport transport;

    internal ApiKeyClient(Transport transport) => this.transport = transport;

    /// <summary>The caller's API keys, newest first, without their secrets.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<ApiKey> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.All(async (_, _, ct) => (await transport.Send<IReadOnlyList<ApiKey>>(Call.Get("user/api-keys"), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Makes an API key. Its secret is in this answer and nowhere else.</summary>
    /// <param name="key">Its name, and what to bind it to.</param>
    /// <param name="cancellationToken">Stops waiting; the key may have been made.</param>
    /// <exception cref="OuroException">
    /// The name is no name (400), a bound key would make one that reaches further (403), or the account holds as many as it can (409).
    /// </exception>
    public Task<NewApiKey> CreateAsync(CreateApiKey key, CancellationToken cancellationToken = default) =>
        transport.Data<NewApiKey>(Call.Post("user/api-keys", new CreateApiKeyBody(key)), cancellationToken);

    /// <summary>Revokes an API key; the next request with it, or with a token of it, is refused.</summary>
    /// <param name="id">The key's id.</param>
    /// <param name="cancellationToken">Stops waiting; the key may have been revoked.</param>
    /// <exception cref="OuroException">The caller has no such key, or it is revoked already (404).</exception>
    public Task<ApiKey> RevokeAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<ApiKey>(Call.Delete($"user/api-keys/{id}"), cancellationToken);

    /// <summary>Exchanges an API key for an access token that lives an hour, for a program that must not hold the key itself.</summary>
    /// <param name="apiKey">The key; null exchanges the one of this client.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The key is not valid (401, <c>invalid_api_key</c>).</exception>
    public async Task<TokenAnswer> ExchangeAsync(string? apiKey = null, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Answer<TokenAnswer>(Call.Post("users/get-token", new TokenRequest(apiKey ?? transport.ApiKey)), cancellationToken);
        // The wire says a refusal with status 200, for clients that show only that well; here it is a failure like any other.
        return answer.Error is { } error ? throw new OuroException(error.Status, error.Code, error.Message) : answer;
    }
}
