using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Ouro.Server.Web;

namespace Ouro.Server.Users;

/// <summary>What the script of passkeys sends: what the browser made, and what to call it.</summary>
public sealed record MadePasskey(JsonElement Credential, string? Name = null, string? Return = null);

/// <summary>Where the script goes next.</summary>
public sealed record GoOn(string Address);

/// <summary>What of the web door of accounts is no page: pictures, passkeys, the way out.</summary>
public static class UserWeb
{
    public static void MapUserWeb(this RouteGroupBuilder web)
    {
        web.MapPost("/sign-out", Out);
        web.MapGet("/avatars/{id:guid}/{version}", Avatar);
        web.MapPost("/web/passkeys/options", CreationOptions);
        web.MapPost("/web/passkeys", AddPasskey);
        web.MapPost("/web/sign-in/passkey-options", RequestOptions);
        web.MapPost("/web/sign-in/passkey", ByPasskey);
    }

    public static async Task<RedirectHttpResult> Out(HttpContext context, SignInManager<Account> sessions)
    {
        await sessions.SignOutAsync();
        Notice.Leave(context, "You are signed out.");
        return TypedResults.Redirect("/");
    }

    public static async Task<FileContentHttpResult> Avatar(HttpContext context, UserOperations users, Guid id, string version, CancellationToken ct)
    {
        var picture = await users.Avatar(id, version, ct);
        // What somebody uploaded is a picture and does nothing, whatever a browser makes of it; its address changes with it.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return TypedResults.File(picture.Bytes, picture.ContentType);
    }

    public static async Task<ContentHttpResult> CreationOptions(Actor actor, SignInManager<Account> sessions)
    {
        AccountRules.MustBePerson(actor);
        return TypedResults.Text(await sessions.MakePasskeyCreationOptionsAsync(new() { Id = actor.Id.ToString(), Name = actor.Username, DisplayName = actor.Username }), "application/json");
    }

    public static async Task<Passkey> AddPasskey(Actor actor, SignInManager<Account> sessions, PasskeyOperations passkeys, MadePasskey made, CancellationToken ct)
    {
        var result = await sessions.PerformPasskeyAttestationAsync(made.Credential.GetRawText());
        return result.Succeeded && result.UserEntity.Id == actor.Id.ToString() ? await passkeys.Add(actor, result.Passkey, made.Name, ct) : throw Refused();
    }

    public static async Task<ContentHttpResult> RequestOptions(SignInManager<Account> sessions) =>
        TypedResults.Text(await sessions.MakePasskeyRequestOptionsAsync(null!), "application/json");

    public static async Task<GoOn> ByPasskey(SignInManager<Account> sessions, PasskeyOperations passkeys, MadePasskey made, CancellationToken ct)
    {
        var result = await sessions.PerformPasskeyAssertionAsync(made.Credential.GetRawText());
        if (!result.Succeeded) throw Refused();
        await passkeys.SignIn(result.User, result.Passkey, ct);
        await sessions.SignInAsync(result.User, isPersistent: true);
        return new(LocalPath.Of(made.Return));
    }

    static Refusal Refused() => Refusal.Forbidden("passkey_refused", "This passkey was not accepted.", "Try again, or sign in with a password.");
}
