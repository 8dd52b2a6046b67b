using Ouro.Server.Data;
using Ouro.Server.Files;
using Ouro.Server.Mcp;
using Ouro.Server.SocketIo;
using Ouro.Server.Web;

namespace Ouro.Server;

/// <summary>The doors, and what each brings: REST, MCP, web, realtime, health.</summary>
public static class Doors
{
    public static void AddDoors(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => OuroJson.Apply(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddOpenApi("openapi");
        services.AddMcpDoor(Features.All.Select(feature => feature.Tools).OfType<Type>());
        // The API takes no cookie, so any page may call it with a key that it was given.
        services.AddCors(cors => cors.AddDefaultPolicy(any => any.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod()
            .WithExposedHeaders(["x-request-id", "retry-after", "RateLimit", "RateLimit-Policy", "content-disposition", "etag", ..TusEndpoints.Headers])));
        services.AddRequestDecompression();
        services.AddResponseCompression();
        services.AddWebDoor();
    }

    public static void MapDoors(this WebApplication app)
    {
        var api = app.MapGroup("/api");
        foreach (var feature in Features.All) feature.Rest?.Invoke(api);
        app.MapSocketIo("/socket.io/");
        app.MapWebDoor();
        app.MapOpenApi("/api/{documentName}.json");
        app.MapMcpDoor();
        app.MapGet("/health/live", () => "live").ExcludeFromDescription();
        app.MapGet("/health/ready", Ready).ExcludeFromDescription();
    }

    /// <summary>Ready is who can answer: the database does, on the schema of this program.</summary>
    public static async Task<IResult> Ready(Db db, CancellationToken ct)
    {
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
            soon.CancelAfter(TimeSpan.FromSeconds(2));
            return await db.Maybe<bool>($"select exists (select from users)", soon.Token) ? Results.Text("ready") : Results.Text("no account yet", statusCode: 503);
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or OperationCanceledException or IOException or TimeoutException)
        {
            return Results.Text("the database does not answer", statusCode: 503);
        }
    }
}
