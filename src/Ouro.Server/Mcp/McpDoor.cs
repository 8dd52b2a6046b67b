using System.Reflection;
using ModelContextProtocol.Server;

namespace Ouro.Server.Mcp;

/// <summary>
/// The MCP door: one address, a credential with every request and no sessions, so that any server behind a balancer answers any call.
/// Each room brings its own tools.
/// </summary>
public static class McpDoor
{
    public const string Path = "/mcp";

    /// <summary>Where a client learns what this door wants of it.</summary>
    public const string MetadataPath = "/.well-known/oauth-protected-resource" + Path;

    const string Instructions = """
        Ouro is a place where people and agents share data and work. What is published is an asset: a dataset (a table that answers SQL), and more
        kinds to come. Every asset has a uuid, an owner, a place (organization and team) and a visibility.

        - Find things with search_assets: words, or no words to browse the newest. Read one with get_asset; detail="full" adds a dataset's columns,
          size and first rows. Look at the columns before you write SQL.
        - Ask a dataset with query_dataset: one SELECT in PostgreSQL's dialect, where {{table}} stands for the dataset, e.g.
          select city, count(*) from {{table}} group by city order by 2 desc. Column names are lowercase snake_case. Without sql you get rows as they
          were put in. Aggregate in SQL instead of reading all rows; nothing can be written this way.
        - Put a table up with create_dataset: rows in, columns are worked out from them. Without org_id and team_id it goes where your key works.
        - A private asset is seen by nobody else until somebody shares it with share_asset; mentioning or linking to it gives no access. What is not
          shared with you answers as if it did not exist. What is for sale shows everybody its description and opens to who holds a role on it.
        - download_asset gives a link to the whole content as a file. delete_asset is for ever: look first with dry_run=true.
        - Lists say how to go on when there is more. A refusal comes as JSON with error, message and, where something helps, hint and details: read it
          and change the call. Only what says retryable is worth sending again unchanged.
        """;

    /// <summary>Adds the door with the tools of these classes.</summary>
    public static void AddMcpDoor(this IServiceCollection services, IEnumerable<Type> rooms)
    {
        // Tools take the actor as operations do, and nothing of HTTP.
        services.AddScoped<McpCall>().AddScoped(p => p.GetRequiredService<McpCall>().Actor);
        services
            .AddMcpServer(server =>
            {
                server.ServerInfo = new() { Name = "Ouro", Version = Version };
                server.ServerInstructions = Instructions.ReplaceLineEndings("\n");
            })
            .WithHttpTransport()
            .WithRequestFilters(filters => filters.AddCallToolFilter(ToolRefusals.Translate));
        foreach (var method in rooms.SelectMany(room => room.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)))
            if (method.IsDefined(typeof(McpServerToolAttribute)))
                services.AddSingleton(p => Tool(method, p));
    }

    static McpServerTool Tool(MethodInfo method, IServiceProvider services)
    {
        var tool = McpServerTool.Create(method, target: null, new() { Services = services, SerializerOptions = OuroJson.Options });
        tool.ProtocolTool.InputSchema = ToolSchemas.Of(method, tool.ProtocolTool.InputSchema);
        return tool;
    }

    /// <summary>Lets in who may come in, and gives everybody else an HTTP status before anything of the call is read.</summary>
    public static void UseMcpDoor(this IApplicationBuilder app, Func<HttpContext, RequestDelegate, Task> identified) =>
        // Routes do not mind capitals, so the guard must not either.
        app.UseWhen(c => c.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase), mcp =>
        {
            mcp.Use(McpEntrance.Refuse);
            mcp.Use(McpEntrance.MustBeOwnPage);
            mcp.Use(identified);
            mcp.Use(McpEntrance.MustBeSignedIn);
        });

    public static void MapMcpDoor(this IEndpointRouteBuilder app)
    {
        app.MapMcp(Path);
        // There is no authorization server yet: a client needs an API key that somebody made.
        app.MapGet(MetadataPath, (WebAddress web) => TypedResults.Json(
            new { resource = web.Of(Path), resource_name = "Ouro", bearer_methods_supported = (string[])["header"] })).ExcludeFromDescription();
    }

    static string Version { get; } = typeof(McpDoor).Assembly.GetName().Version!.ToString(3);
}
