namespace Ouro.Server.Web;

/// <summary>The web translator of refusals: a page that says what, why and what next; JSON for our own scripts; to sign in, where that would help.</summary>
static class WebRefusals
{
    public static async Task Translate(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await Write(context, Unmatched(context));
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await Write(context, RestRefusals.From(e, context));
        }
    }

    static async Task Write(HttpContext context, Refusal refusal)
    {
        // A page knows no credentials: who needs one here has signed out, or was away for long.
        if (refusal.Status == 401) refusal = new(401, refusal.Code, "You are signed out.", "Sign in, perhaps in another tab, then send it once more.");
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString();
        if (!TakesPages(context.Request))
        {
            context.Response.StatusCode = refusal.Status;
            await context.Response.WriteAsJsonAsync(
                new Envelope<object?>(null) { Error = RestRefusals.Body(refusal), Code = refusal.Code }, OuroJson.Options, context.RequestAborted);
            return;
        }
        if (refusal.Status == 401 && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect(SignIn(context.Request));
            return;
        }
        // The page that failed has used this request's services up; the one that tells of it begins anew.
        var services = context.RequestServices;
        await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            context.Response.ContentType = null;
            // Left by the page that failed, and the next one would add it a second time.
            context.Response.Headers.Remove("blazor-enhanced-nav");
            await WebDoor.Show<RefusalPage>(context, refusal.Status, (nameof(RefusalPage.Refusal), refusal)).ExecuteAsync(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }

    /// <summary>Where one signs in to come back to this page.</summary>
    public static string SignIn(HttpRequest request) =>
        request.Path == "/" || request.Path.StartsWithSegments("/sign-in", StringComparison.Ordinal) ? "/sign-in" : $"/sign-in?return={Uri.EscapeDataString(request.PathBase + request.Path + request.QueryString)}";

    // Our scripts ask for JSON; whoever asks for anything else is a browser, or reads pages like one.
    static bool TakesPages(HttpRequest request) =>
        !request.Path.StartsWithSegments("/web", StringComparison.Ordinal) || request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    static Refusal Unmatched(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Refusal.NotFound("no_such_page", "There is no page at this address."),
        405 => new(405, "method_not_allowed", "This page does not take what was sent to it.", "Open it as a page, and use the forms on it."),
        400 => WebDoor.Stale(),
        var status => new(status, "refused", $"The request was refused with status {status}."),
    };
}
