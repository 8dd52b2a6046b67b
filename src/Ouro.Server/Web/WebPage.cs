using Microsoft.AspNetCore.Components;

namespace Ouro.Server.Web;

/// <summary>What every page knows: the request, who asks, and how to say that something was refused without losing what was typed.</summary>
public abstract class WebPage : ComponentBase
{
    [CascadingParameter] public HttpContext Http { get; set; } = null!;

    [Inject] public NavigationManager Navigation { get; set; } = null!;

    /// <summary>What a form of this page was refused for.</summary>
    protected Refusal? Refused { get; set; }

    protected Actor Visitor => Actor.Of(Http);

    protected CancellationToken Ct => Http.RequestAborted;

    protected bool IsPost => HttpMethods.IsPost(Http.Request.Method);

    bool loaded;

    /// <summary>Fetches what the page shows. Nothing is drawn before it is here.</summary>
    protected virtual Task Load() => Task.CompletedTask;

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!loaded)
        {
            loaded = true;
            await Load();
        }
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Who asks, on a page that is only for who has signed in.</summary>
    protected Actor SignedIn() => Visitor.IsSignedIn ? Visitor : throw Refusal.Unauthenticated("Sign in to see this page.");

    /// <summary>Does what a form asks for; a refusal stays on the page, with its status.</summary>
    protected async Task Try(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Refusal refusal)
        {
            Refused = refusal;
            // What is not there is not this page: 404 would say that, and the framework would send nothing.
            Http.Response.StatusCode = refusal.Status == 404 ? 400 : refusal.Status;
            if (refusal.RetryAfter is { } seconds) Http.Response.Headers.RetryAfter = seconds.ToString();
        }
    }
}
