using Ouro.Server.Data.Embedded;
using Ouro.Server.Datasets;
using Ouro.Server.Storage;
using Ouro.Server.Users;

namespace Ouro.Server.Commands;

/// <summary>Starts the server, and on the first start its first account.</summary>
static class UpCommand
{
    public const string Owner = "owner";

    public static async Task<int> Run(Settings settings, CancellationToken ct)
    {
        using var logging = LoggerFactory.Create(log => OuroServer.Log(log, settings));
        await using var installation = await Installation.Open(settings, HolderKind.Server, logging.CreateLogger("Ouro"), ct);
        await using var app = OuroServer.Build(settings, installation);
        await app.Services.GetRequiredService<ObjectStorage>().Check(ct);
        var firstKey = await FirstStart(app.Services, installation, ct);
        await app.Services.GetRequiredService<ImportOperations>().Recover(ct);
        await app.StartAsync(ct);

        var web = app.Services.GetRequiredService<WebAddress>();
        installation.Directory.Announce(web.Root);
        await Tell(app.Services, web, installation, firstKey, ct);
        // What starting took, a migration most of all, is given back now: a server that nobody asks anything may not collect for hours.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    /// <summary>Makes the owner with a key, which is also kept for the machine's operator; null when there was one before.</summary>
    static async Task<string?> FirstStart(IServiceProvider services, Installation installation, CancellationToken ct)
    {
        if (await installation.Database.Db.Maybe<bool>($"select exists (select from users where is_operator)", ct)) return null;
        var account = await services.GetRequiredService<UserOperations>().Create(Owner, ActorType.Verified, null, isOperator: true, ct);
        var key = await services.GetRequiredService<ApiKeyOperations>().Create(Actor.Nobody, account.Id, new("owner.key"), ct);
        var file = installation.Directory.File("owner.key");
        await using (var write = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
            await write.WriteAsync(System.Text.Encoding.ASCII.GetBytes(key.Secret + "\n"), ct);
        return key.Secret;
    }

    static async Task Tell(IServiceProvider services, WebAddress web, Installation installation, string? key, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        Console.WriteLine($"Ouro runs at   {web.Root}");
        if (key is not null)
        {
            var owner = await scope.ServiceProvider.GetRequiredService<UserOperations>().Get(Actor.Nobody, Owner, ct);
            var code = await scope.ServiceProvider.GetRequiredService<SignInOperations>().CreateLink(owner.UserId, ct);
            Console.WriteLine($"Sign in with   {web.Of($"/sign-in/link?code={code}")}   (once, within the hour)");
        }
        Console.WriteLine($"API base       {web.Of("/api")}");
        Console.WriteLine(key is null ? $"API key        in {installation.Directory.File("owner.key")}" : $"API key        {key}   (also in {installation.Directory.File("owner.key")})");
        Console.WriteLine($"MCP            {web.Of("/mcp")}");
        await Console.Out.FlushAsync(ct);
    }
}
