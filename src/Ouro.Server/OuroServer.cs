using System.Diagnostics;
using Microsoft.Extensions.Logging.Console;
using Ouro.Server.Access;
using Ouro.Server.Mcp;
using Ouro.Server.Web;

namespace Ouro.Server;

/// <summary>The server, put together from its settings and what it stands on.</summary>
public static class OuroServer
{
    /// <param name="settings">How it is set.</param>
    /// <param name="installation">Its data.</param>
    /// <param name="more">What it has besides its rooms.</param>
    public static WebApplication Build(Settings settings, Installation installation, Action<IServiceCollection>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls($"http://{settings.Host}:{settings.Port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 << 20;
        });
        builder.Host.ConfigureHostOptions(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        Log(builder.Logging, settings);
        AddRooms(builder.Services, settings, installation);
        builder.Services.AddDoors();
        builder.Services.AddTelemetry(settings);
        more?.Invoke(builder.Services);

        var app = builder.Build();
        // A mail server that is set wrongly stops the start, and not the first letter.
        app.Services.GetRequiredService<Users.Mail>();
        app.Use(NameRequest);
        if (settings.PublicUrl is not null) app.Use(AtPublicAddress(settings.PublicUrl));
        app.UseResponseCompression();
        app.UseWhen(c => IsApi(c), api =>
        {
            api.UseRestRefusals();
            api.UseCors();
            api.UseRequestDecompression();
            api.Use(Unpacked);
            api.Use(Identified(i => i.FromHeader));
        });
        app.UseMcpDoor(Identified(i => i.FromHeader));
        app.UseWebDoor();
        app.UseRouting();
        app.UseAntiforgery();
        app.MapDoors();
        return app;
    }

    /// <summary>Everything but the doors: what a command needs too.</summary>
    public static void AddRooms(IServiceCollection services, Settings settings, Installation installation)
    {
        services.AddSingleton(settings).AddSingleton(installation).AddSingleton(installation.Database).AddSingleton(installation.Database.Db)
            .AddSingleton(installation.Directory.Key);
        foreach (var feature in Features.All) feature.Add(services);
    }

    public static void Log(ILoggingBuilder logging, Settings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.LogLevel);
        // The MCP library shouts about callers' mistakes; accidents in tools are logged by the translator of refusals.
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Npgsql", LogLevel.Warning).AddFilter("ModelContextProtocol", LogLevel.Critical)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // Standard output belongs to what was promised there; what is told to the operator goes to standard error.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (settings.LogFormat == "json") logging.AddJsonConsole(json => { json.UseUtcTimestamp = true; json.TimestampFormat = "O"; json.IncludeScopes = true; });
        else logging.AddSimpleConsole(text => { text.SingleLine = true; text.UseUtcTimestamp = true; text.TimestampFormat = "HH:mm:ss "; });
    }

    public static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Behind a proxy that ends TLS, requests arrive as http and under another name; what is made of them (cookies, redirects) belongs to the
    /// address that people use.
    /// </summary>
    static Func<HttpContext, RequestDelegate, Task> AtPublicAddress(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new SettingException($"OURO_PUBLIC_URL is an address such as https://ouro.example.org, not “{url}”.");
        var host = HostString.FromUriComponent(address);
        return (context, next) =>
        {
            (context.Request.Scheme, context.Request.Host) = (address.Scheme, host);
            return next(context);
        };
    }

    /// <summary>Every answer says its request's id, which is the trace's, so that a report, a log line and a trace are found from each other.</summary>
    static async Task NameRequest(HttpContext context, RequestDelegate next)
    {
        context.TraceIdentifier = (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToString();
        context.Response.Headers["x-request-id"] = context.TraceIdentifier;
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Ouro.Requests");
            var level = context.Response.StatusCode >= 500 ? LogLevel.Warning : LogLevel.Debug;
            if (log.IsEnabled(level))
                log.Log(level, "{Method} {Path} {Status} {Milliseconds:0.0} ms request {Request} actor {Actor} key {Key} client {Client}",
                    context.Request.Method, context.Request.Path.Value, context.Response.StatusCode, Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                    context.TraceIdentifier, Actor.Of(context).Id, Actor.Of(context).KeyName, context.Request.Headers["X-Ouro-Client"].ToString());
        }
    }

    /// <summary>What was compressed has been unpacked and says so no more; what still does would be read as something that it is not.</summary>
    static Task Unpacked(HttpContext context, RequestDelegate next) => context.Request.Headers.ContentEncoding.ToString() is "" or "identity" ? next(context)
        : throw new Refusal(415, "unsupported_encoding", $"Bodies compressed as “{context.Request.Headers.ContentEncoding}” are not understood here.",
            "Send Content-Encoding br, deflate or gzip, one of them and once, or a body that is not compressed.");

    /// <summary>Sets the actor by one way of identification, then counts the request against its limit.</summary>
    public static Func<HttpContext, RequestDelegate, Task> Identified(Func<Identification, Func<HttpContext, Task>> by) => async (context, next) =>
    {
        var limits = context.RequestServices.GetRequiredService<RequestLimits>();
        try
        {
            await by(context.RequestServices.GetRequiredService<Identification>())(context);
        }
        catch (Refusal)
        {
            // Guessing credentials is counted too, by the address it comes from.
            limits.Count(context);
            throw;
        }
        limits.Count(context);
        await next(context);
    };
}
