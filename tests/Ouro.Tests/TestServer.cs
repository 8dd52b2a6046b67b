using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;
using Ouro.Server;
using Ouro.Server.Data.Embedded;
using Ouro.Server.Kernel;
using Ouro.Server.Organizations;
using Ouro.Server.Users;
using Xunit;

namespace Ouro.Tests;

/// <summary>A whole server on a port of its own and a database of its own. Tests go through its front door.</summary>
public class TestServer : IAsyncLifetime
{
    readonly string folder = Path.Combine(Path.GetTempPath(), "ouro-test-" + Guid.CreateVersion7().ToString("N")[20..]);
    Installation installation = null!;
    WebApplication app = null!;

    /// <summary>What this server is set to; a test of a setting overrides it.</summary>
    protected virtual Settings Settings => Limited(0);

    /// <summary>What this server has besides its rooms.</summary>
    protected virtual void Add(IServiceCollection services) { }

    /// <summary>The same settings with a limit of requests.</summary>
    protected Settings Limited(int requests) => With((nameof(Settings.RateLimit), requests));

    /// <summary>The same settings, observed by a collector.</summary>
    protected Settings Observed(string collector) => With(
        (nameof(Settings.Telemetry), collector), (nameof(Settings.TelemetryProtocol), "http/protobuf"), (nameof(Settings.LogLevel), Microsoft.Extensions.Logging.LogLevel.Debug));

    /// <summary>The same settings with others of them set.</summary>
    protected Settings With(params (string, object?)[] set) => Settings.From(_ => null, [.. set, (nameof(Settings.Port), 0), (nameof(Settings.Host), "127.0.0.1"),
        (nameof(Settings.Data), folder), (nameof(Settings.RateLimit), 0), (nameof(Settings.LogLevel), Microsoft.Extensions.Logging.LogLevel.Error)]);

    public Uri Root { get; private set; } = null!;

    /// <summary>Where the SDK looks for it.</summary>
    public Uri Api => new(Root, "/api");

    public IServiceProvider Services => app.Services;

    public Ouro.Server.Data.Db Db => installation.Database.Db;

    public virtual async ValueTask InitializeAsync()
    {
        installation = Installation.Of(await DataDirectory.Open(folder, HolderKind.Server), await TestCluster.Clone());
        app = OuroServer.Build(Settings, installation, Add);
        await app.StartAsync();
        Root = new(app.Services.GetRequiredService<WebAddress>().Root.Replace("localhost", "127.0.0.1", StringComparison.Ordinal));
    }

    public virtual async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await installation.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A new account with a key, and clients that use it.</summary>
    public async Task<Person> Join(string name, ActorType kind = ActorType.Base, bool isOperator = false)
    {
        var account = await Services.GetRequiredService<UserOperations>().Create(name, kind, null, isOperator, default);
        var key = await Services.GetRequiredService<ApiKeyOperations>().Create(Actor.Nobody, account.Id, new("test"), default);
        return new(this, account.Id, name, key.Secret);
    }

    public Task<Organization> Found(string name, Person admin) =>
        Services.GetRequiredService<OrganizationOperations>().Create(new Actor { Id = admin.Id, Username = admin.Name }, new() { Name = name }, default);

    /// <summary>A client without a credential; each of its answers is checked for what would break a public client.</summary>
    public HttpClient Anonymous() => new(Checked()) { BaseAddress = Root };

    /// <summary>The way to a server on which each answer is checked.</summary>
    public static HttpMessageHandler Checked() => new StrictAnswers(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
}

/// <summary>Somebody, with the doors they use.</summary>
public sealed class Person(TestServer server, Guid id, string name, string key)
{
    public Guid Id { get; } = id;
    public string Name { get; } = name;
    public string Key { get; } = key;

    public HttpClient Http { get; } = WithKey(server, key);

    /// <summary>The SDK; each answer that it reads is checked too.</summary>
    public OuroClient Ouro => ouro.Value;

    public TestServer Server { get; } = server;

    /// <summary>An MCP client in this process; the public one is run by <c>Agent</c>.</summary>
    public Task<McpClient> Mcp() => McpClient.CreateAsync(new HttpClientTransport(new()
    {
        Endpoint = new(Server.Root, "mcp"),
        TransportMode = HttpTransportMode.StreamableHttp,
        AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + Key },
    }));

    readonly Lazy<OuroClient> ouro = new(() => new(new OuroOptions { ApiKey = key, BaseAddress = server.Api, Handler = TestServer.Checked() }));

    static HttpClient WithKey(TestServer server, string key)
    {
        var http = server.Anonymous();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", key);
        return http;
    }
}
