using System.Text.Json;

namespace Ouro.Server.Mcp;

/// <summary>Who may come in at the MCP door, and the HTTP answer for who may not. What gets past here answers within the protocol.</summary>
static class McpEntrance
{
    /// <summary>Turns a refusal before the protocol into a status, with a body in the protocol's words for the clients that show it.</summary>
    public static async Task Refuse(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await Write(context, RestRefusals.From(e, context));
        }
    }

    /// <summary>
    /// Browsers say which page asks. A page of another place must not reach a server through its reader's machine, whatever name it gave to the
    /// address; programs say nothing and are welcome.
    /// </summary>
    public static Task MustBeOwnPage(HttpContext context, RequestDelegate next)
    {
        var origin = context.Request.Headers.Origin;
        return origin.Count == 0 || IsOwn(origin.ToString(), context)
            ? next(context)
            : throw Refusal.Forbidden("foreign_origin", "Web pages of other places may not call this server over MCP.", "Call it from a program, without an Origin header.");
    }

    public static Task MustBeSignedIn(HttpContext context, RequestDelegate next)
    {
        var call = context.RequestServices.GetRequiredService<McpCall>();
        call.Begin(context);
        return call.Actor.IsSignedIn ? next(context) : throw Refusal.Unauthenticated("MCP needs a credential with every request.");
    }

    static bool IsOwn(string origin, HttpContext context)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page)) return false;
        var own = new Uri(context.RequestServices.GetRequiredService<WebAddress>().Root);
        return Uri.Compare(page, own, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            || page.Scheme == Uri.UriSchemeHttp && page.Port == context.Connection.LocalPort && page.Host is "localhost" or "127.0.0.1" or "[::1]";
    }

    static Task Write(HttpContext context, Refusal refusal)
    {
        context.Response.StatusCode = refusal.Status;
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString();
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate =
                $"Bearer resource_metadata=\"{context.RequestServices.GetRequiredService<WebAddress>().Of(McpDoor.MetadataPath)}\"";
        return context.Response.WriteAsJsonAsync(new
        {
            jsonrpc = "2.0",
            id = default(JsonElement?),
            error = new { code = -32000, message = refusal.Message, data = ToolRefusals.Shown(refusal) },
        }, OuroJson.Options, context.RequestAborted);
    }
}
