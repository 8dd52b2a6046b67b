using Ouro.Server.Access;
using Ouro.Server.Data.Embedded;
using Ouro.Server.Users;

namespace Ouro.Server.Commands;

/// <summary>The rooms without the doors, for a command: on the database of the running server, or on one that it starts and stops itself.</summary>
sealed class WithoutServer : IAsyncDisposable
{
    readonly Installation installation;
    readonly WebApplication app;
    readonly AsyncServiceScope scope;
    readonly ILoggerFactory logging;

    WithoutServer(Installation installation, WebApplication app, ILoggerFactory logging)
    {
        (this.installation, this.app, this.logging) = (installation, app, logging);
        scope = app.Services.CreateAsyncScope();
    }

    public static async Task<WithoutServer> Open(Settings settings, CancellationToken ct)
    {
        var logging = LoggerFactory.Create(log => OuroServer.Log(log.SetMinimumLevel(LogLevel.Warning), settings));
        var installation = await Installation.Open(settings, HolderKind.Command, logging.CreateLogger("Ouro"), ct);
        // Built and never started: nothing listens, no job is taken.
        return new(installation, OuroServer.Build(settings, installation), logging);
    }

    public T Get<T>() where T : notnull => scope.ServiceProvider.GetRequiredService<T>();

    public DataDirectory Directory => installation.Directory;

    /// <summary>An address of the server that runs, which need not be the one of these settings.</summary>
    public string Reached(string url) => installation.Directory.Address is { } running ? running + url[Get<WebAddress>().Root.Length..] : url;

    /// <summary>An account by name, as the one who acts.</summary>
    public async Task<Actor> As(string username, CancellationToken ct)
    {
        var profile = await Get<UserOperations>().Get(Actor.Nobody, username, ct);
        return (await Get<Actors>().ByUser(profile.UserId, ct))!.As(Source.Api);
    }

    public async ValueTask DisposeAsync()
    {
        await scope.DisposeAsync();
        await app.DisposeAsync();
        await installation.DisposeAsync();
        logging.Dispose();
    }

    /// <summary>The last line of standard output, as promised.</summary>
    public static int Print(object answer)
    {
        Console.WriteLine(System.Text.Json.JsonSerializer.Serialize(answer, OuroJson.Options));
        return 0;
    }
}
