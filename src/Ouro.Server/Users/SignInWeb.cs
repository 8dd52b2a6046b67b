using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Ouro.Server.Web;

namespace Ouro.Server.Users;

/// <summary>The ways in and out of the web app that are no pages.</summary>
public static class SignInWeb
{
    public static void MapSignIn(this RouteGroupBuilder web)
    {
        web.MapGet("/sign-in/link", ByLink);
        web.MapPost("/sign-out", Out);
    }

    public static async Task<RedirectHttpResult> ByLink(SignInOperations signIn, SignInManager<Account> sessions, string? code, CancellationToken ct)
    {
        await sessions.SignInAsync(await signIn.UseLink(code, ct), isPersistent: true);
        return TypedResults.Redirect("/");
    }

    public static async Task<RedirectHttpResult> Out(HttpContext context, SignInManager<Account> sessions)
    {
        await sessions.SignOutAsync();
        Notice.Leave(context, "You are signed out.");
        return TypedResults.Redirect("/");
    }
}
