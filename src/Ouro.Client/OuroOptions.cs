namespace Ouro;

/// <summary>How an <see cref="OuroClient"/> reaches its server.</summary>
public sealed record OuroOptions
{
    /// <summary>An API key, <c>ouro_pat_…</c>, or an access token; null takes it from the variable <c>OURO_API_KEY</c>.</summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// The address of the API, e.g. <c>https://ouro.example.org/api</c>; null takes it from the variable <c>OURO_BASE_URL</c>, and where that is not
    /// set <c>http://localhost:8003/api</c>. An address without a path means the server's <c>/api</c>.
    /// </summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>The organization that every call runs in, sent as <c>X-Ouro-Org</c>; null leaves it to the key.</summary>
    public Guid? Organization { get; init; }

    /// <summary>What identifies the program to the server, sent as <c>X-Ouro-Client</c>, e.g. <c>weather-importer/2.1</c>; null sends the SDK's name.</summary>
    public string? Client { get; init; }

    /// <summary>How often a call is tried in all, 1 or more. What may be repeated without harm is; see the package's readme.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>The pause before the second try; it doubles with each further one and is shortened at random by up to half.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest pause between two tries. A server that asks for a longer one is not tried again.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that one try may take, its whole answer included. Sending a file may take any time.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>What the requests go through, e.g. a proxy or a recorder; null makes one. It stays the caller's and is not disposed of.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>
    /// The <see cref="System.Net.Http.HttpClient"/> to use instead of an own one; its own timeout holds too. It stays the caller's and is not disposed of.
    /// </summary>
    public HttpClient? HttpClient { get; init; }

    /// <summary>Where it leads, for logs; without the key, which does not belong there.</summary>
    public override string ToString() => $"{nameof(OuroOptions)} {{ BaseAddress = {BaseAddress}, Organization = {Organization}, Client = {Client} }}";
}
