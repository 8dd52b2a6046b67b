namespace Ouro;

/// <summary>
/// An Ouro server, as one account sees it: a property per room, a method per call. It is safe to use from many threads at once; make one and keep it.
/// Lists are read with <c>await foreach</c>, and every failure is an <see cref="OuroException"/>.
/// </summary>
public sealed class OuroClient : IDisposable, IAsyncDisposable
{
    readonly Transport transport;

    /// <summary>A client of the server at an address.</summary>
    /// <param name="apiKey">An API key, <c>ouro_pat_…</c>; null takes it from the variable <c>OURO_API_KEY</c>.</param>
    /// <param name="baseAddress">
    /// The address of the API; null takes it from the variable <c>OURO_BASE_URL</c>, and where that is not set <c>http://localhost:8003/api</c>.
    /// </param>
    /// <exception cref="OuroException">There is no API key (<c>api_key_missing</c>).</exception>
    public OuroClient(string? apiKey = null, Uri? baseAddress = null) : this(new OuroOptions { ApiKey = apiKey, BaseAddress = baseAddress }) { }

    /// <summary>A client with all that can be set.</summary>
    /// <param name="options">How to reach the server.</param>
    /// <exception cref="OuroException">There is no API key (<c>api_key_missing</c>).</exception>
    public OuroClient(OuroOptions options)
    {
        transport = new(options);
        Users = new(transport);
        ApiKeys = new(transport);
        Agents = new(transport);
        ServerInvitations = new(transport);
        Organizations = new(transport);
        Teams = new(transport);
        Invitations = new(transport);
        Events = new(transport);
        Assets = new(transport);
        Access = new(transport);
        Uploads = new(transport);
        Files = new(transport, Uploads);
        Imports = new(transport);
        Datasets = new(transport, Imports);
        Views = new(transport);
    }

    /// <summary>Accounts of people and agents.</summary>
    public UserClient Users { get; }

    /// <summary>The caller's API keys.</summary>
    public ApiKeyClient ApiKeys { get; }

    /// <summary>The agents that the caller answers for.</summary>
    public AgentClient Agents { get; }

    /// <summary>Links with which people make accounts; for operators.</summary>
    public ServerInvitationClient ServerInvitations { get; }

    /// <summary>Organizations, their members and who asks to join them.</summary>
    public OrganizationClient Organizations { get; }

    /// <summary>Teams, their members, and what goes on in them.</summary>
    public TeamClient Teams { get; }

    /// <summary>Invitations into organizations.</summary>
    public InvitationClient Invitations { get; }

    /// <summary>The log of what happened to people, places, keys and rules.</summary>
    public EventClient Events { get; }

    /// <summary>What all assets share: search, sharing, deletion.</summary>
    public AssetClient Assets { get; }

    /// <summary>Why somebody may or may not.</summary>
    public AccessClient Access { get; }

    /// <summary>Files.</summary>
    public FileClient Files { get; }

    /// <summary>Bytes on their way in, that are no files yet.</summary>
    public UploadClient Uploads { get; }

    /// <summary>Tables that answer SQL.</summary>
    public DatasetClient Datasets { get; }

    /// <summary>Saved views of datasets.</summary>
    public ViewClient Views { get; }

    /// <summary>Files on their way into datasets.</summary>
    public ImportClient Imports { get; }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => transport.Dispose();

    /// <summary>Closes the connections.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
