using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ouro.Server.Web;

/// <summary>What a browser remembers for its visitor in plain cookies: light or dark, shortcuts, and the context that is worked in.</summary>
public sealed record Preferences(string? Theme, bool Shortcuts)
{
    public const string ThemeCookie = "ouro_theme";
    public const string ShortcutsCookie = "ouro_shortcuts";
    const string ContextCookie = "ouro_context";

    public static Preferences Of(HttpContext context) => new(
        context.Request.Cookies[ThemeCookie] is "light" or "dark" ? context.Request.Cookies[ThemeCookie] : null,
        context.Request.Cookies[ShortcutsCookie] != "off");

    /// <summary>Sets the context that was chosen last. An organization that the actor has left is forgotten.</summary>
    public static Task Apply(HttpContext context, RequestDelegate next)
    {
        var actor = Actor.Of(context);
        // A session that is over must not leave its name behind: forms are bound to it.
        if (!actor.IsSignedIn) context.User = new ClaimsPrincipal(new ClaimsIdentity());
        else if (Guid.TryParse(context.Request.Cookies[ContextCookie], out var org) && actor.Organizations.Contains(org))
            context.Items[typeof(Actor)] = actor with { Context = org };
        return next(context);
    }

    public static async Task<RedirectHttpResult> Set(HttpContext context)
    {
        var form = await Form(context);
        if (form.TryGetValue("theme", out var theme)) Keep(context, ThemeCookie, theme.ToString() is "light" or "dark" ? theme.ToString() : null, forScripts: true);
        if (form.ContainsKey("shortcuts")) Keep(context, ShortcutsCookie, form["shortcuts"].ToString() == "off" ? "off" : null, forScripts: true);
        return TypedResults.Redirect(LocalPath.Of(form["return"]));
    }

    public static async Task<RedirectHttpResult> SetContext(HttpContext context)
    {
        var form = await Form(context);
        Keep(context, ContextCookie, Guid.TryParse(form["org"], out var org) && org != Ids.Global ? org.ToString() : null, forScripts: false);
        return TypedResults.Redirect(LocalPath.Of(form["return"]));
    }

    static async Task<IFormCollection> Form(HttpContext context) => context.Request.HasFormContentType
        ? await context.Request.ReadFormAsync(context.RequestAborted)
        : throw new Refusal(415, "unsupported_media_type", "This takes a form.", "Use the switch on the page.");

    static void Keep(HttpContext context, string name, string? value, bool forScripts)
    {
        var how = new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = !forScripts, Secure = context.Request.IsHttps, IsEssential = true,
        };
        if (value is null) context.Response.Cookies.Delete(name);
        else context.Response.Cookies.Append(name, value, how);
    }
}

/// <summary>An address to go on to, as a form or an address said it: a path of this server, or home.</summary>
public static class LocalPath
{
    /// <summary>Where this page is looked at again: itself, or the page of the form that was sent.</summary>
    public static string Of(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) ? context.Request.Path + context.Request.QueryString : context.Request.Path.ToUriComponent();

    public static string Of(string? path) =>
        path is ['/', ..] && path is not ['/', '/' or '\\', ..] && path.All(c => c is > ' ' and < '\u007f' and not '\\') ? path : "/";
}
