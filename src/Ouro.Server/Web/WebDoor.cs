using System.Text.Unicode;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.WebEncoders;

namespace Ouro.Server.Web;

/// <summary>
/// The web door: pages rendered here, plain forms, and a few calls below <c>/web</c> for the scripts that make pages better. Who asks is told by
/// the cookie, and every form and every such call carries an antiforgery token.
/// </summary>
public static class WebDoor
{
    static readonly TimeSpan SessionLives = TimeSpan.FromDays(30);

    static readonly string[] OtherDoors = ["/api", "/mcp", "/socket.io", "/health", "/.well-known"];

    public static void AddWebDoor(this IServiceCollection services)
    {
        services.AddRazorComponents();
        // Pages are UTF-8: only what means something to HTML needs another spelling.
        services.Configure<WebEncoderOptions>(html => html.TextEncoderSettings = new(UnicodeRanges.All));
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme).Configure<Settings>((cookie, settings) =>
        {
            cookie.Cookie.Name = "ouro";
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = Secure(settings);
            cookie.ExpireTimeSpan = SessionLives;
            cookie.SlidingExpiration = true;
        });
        services.AddAntiforgery();
        services.AddOptions<AntiforgeryOptions>().Configure<Settings>((form, settings) =>
        {
            form.Cookie.Name = "ouro_form";
            form.Cookie.SecurePolicy = Secure(settings);
            form.SuppressXFrameOptionsHeader = true;
        });
        // Sessions outlive a restart: what protects the cookies is kept in the data directory, whatever folder the program itself is in.
        services.AddDataProtection().SetApplicationName("ouro");
        services.AddOptions<KeyManagementOptions>().Configure<Installation, ILoggerFactory>(SessionKeys.Keep);
    }

    /// <summary>What happens to a request of the web before its page: assets, headers, who asks, and what becomes of a refusal.</summary>
    public static void UseWebDoor(this WebApplication app) => app.UseWhen(IsWeb, web =>
    {
        web.Use(WebAssets.Serve);
        web.Use(WebHeaders.HeadLikeGet);
        web.Use(WebHeaders.Set);
        web.Use(WebRefusals.Translate);
        web.Use(OuroServer.Identified(i => context => WebHeaders.IsEmbedded(context) ? Task.CompletedTask : i.FromCookie(context)));
        web.Use(Preferences.Apply);
    });

    public static void MapWebDoor(this WebApplication app)
    {
        app.MapRazorComponents<App>();
        var web = app.MapGroup("").ExcludeFromDescription().AddEndpointFilter(Unforged);
        web.MapPost("/web/preferences", (Delegate)Preferences.Set);
        web.MapPost("/web/context", (Delegate)Preferences.SetContext);
        foreach (var feature in Features.All) feature.Web?.Invoke(web);
    }

    // Routes do not mind capitals, so this must not either: a cookie opens no other door.
    static bool IsWeb(HttpContext context) =>
        !OtherDoors.Any(door => context.Request.Path.StartsWithSegments(door, StringComparison.OrdinalIgnoreCase));

    static CookieSecurePolicy Secure(Settings settings) =>
        settings.PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    /// <summary>What changes something comes from a page of ours. An endpoint that reads its own body checks for itself.</summary>
    static async ValueTask<object?> Unforged(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        if (!HttpMethods.IsGet(context.Request.Method) && context.GetEndpoint()?.Metadata.GetMetadata<IAntiforgeryMetadata>() is not { RequiresValidation: false })
            await MustBeOurs(context);
        return await next(call);
    }

    /// <summary>Refuses what was not sent by a page of this server to this visitor.</summary>
    public static async Task MustBeOurs(HttpContext context)
    {
        try
        {
            await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            throw Stale();
        }
    }

    public static Refusal Stale() => new(400, "stale_form", "This form is no longer valid: you signed in or out since it was opened, or cookies are off.",
        "Go back, load the page again and send it once more.");

    /// <summary>The form that the antiforgery token travels in, for scripts as a header.</summary>
    public const string TokenHeader = "RequestVerificationToken";

    /// <summary>The name of the antiforgery token's field in a form.</summary>
    public const string TokenField = "__RequestVerificationToken";

    /// <summary>A component shown in the frame, from where no route leads to it: after a refused upload, say.</summary>
    public static IResult Show<T>(HttpContext context, int status, params (string Name, object? Value)[] parameters) where T : IComponent =>
        new RazorComponentResult<App>(new Dictionary<string, object?>
        {
            [nameof(App.Shown)] = typeof(T),
            [nameof(App.With)] = parameters.ToDictionary(p => p.Name, p => p.Value),
        }) { StatusCode = status, PreventStreamingRendering = true };
}
