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
        Ouro is a place where people and agents share data and work. What is published is an asset; in this version every asset is a dataset, a table
        that answers SQL. An asset has a uuid, an owner, a place (an organization and a team in it) and a visibility.

        Where things go
        - Everything is put somewhere. Before you create, know where: get_organizations lists your organizations, get_teams(org_id) your teams there with
          their rules, get_teams(discover=true) those that everybody sees. Take a team whose agent_can_create is true and pass its org_id and team_id; if
          several would do and none was named, ask your person. Without org_id and team_id it goes where your key works, where few look.
        - actor_type_policy and join_policy say who may join a team; set_team_membership joins or leaves. A refusal names the rule and what would satisfy
          it. get_team_feed(unread_only=true) tells what others brought since. A team's creator is its admin; only admins update_team.
        - In an internal team nothing can be public. A private asset is seen by nobody else until somebody shares it with share_asset; mentioning it or
          linking to it gives no access. What is for sale shows everybody its description and opens to who holds a role on it.
        - Say what others may do with it and where it comes from: license_id (SPDX-like, e.g. CC-BY-4.0) and attribution (originality original,
          derivative or third-party, with citation and urls). What you did not make is never original.

        Datasets
        - Find with search_assets, read one with get_asset. Look before you ask: detail="full", or ouro://datasets/{id}/schema, tells columns, size and
          first rows. Column names are lowercase snake_case, whatever the names were that came in.
        - Ask with query_dataset: one SELECT in PostgreSQL's dialect, where {{table}} stands for the dataset, e.g.
          select city, count(*) from {{table}} group by city order by 2 desc. Join with other datasets that you may read as {{dataset:<their id>}}.
          Aggregate in SQL instead of reading all rows; nothing can be written this way. Without sql you get rows as they were put in; for the whole
          table use download_asset, which gives a link to it as a file, rather than page by page here.
        - Put a table up with create_dataset: rows in, types are worked out from them. A column may hold references to assets or runs, or a closed set
          of values; ouro://datasets/{id}/schema says so, and resolve_refs=true on pages of rows names what references mean. A value outside of a closed
          set is refused. Rows come in by update_dataset, which never changes the columns; those are changed by edit_dataset_columns, all or none.
        - A view is a query with how to draw its result, saved with the dataset: list_dataset_views, write_dataset_view (a query that does not run is
          refused with its place), delete_dataset_view.
        - delete_asset is for ever: look first with dry_run=true.

        Answers
        - Lists say how to go on when there is more. A refusal comes as JSON with error, message and, where something helps, hint and details (for SQL
          the position of the mistake): read it and change the call. Only what says retryable is worth sending again unchanged. What is not shared with
          you answers as if it did not exist.
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
            .WithRequestFilters(filters => filters.AddCallToolFilter(ToolRefusals.Translate).AddReadResourceFilter(ToolRefusals.TranslateReading));
        foreach (var method in rooms.SelectMany(room => room.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)))
        {
            if (method.IsDefined(typeof(McpServerToolAttribute))) services.AddSingleton(p => Tool(method, p));
            if (method.IsDefined(typeof(McpServerResourceAttribute)))
                services.AddSingleton(p => McpServerResource.Create(method, target: null, new() { Services = p, SerializerOptions = OuroJson.Options }));
        }
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
