using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace Ouro.Server.Access;

/// <summary>
/// Who is asking: at the API and MCP by the <c>Authorization</c> header, on the web by the cookie. The two never mix: a cookie is nothing to
/// the API, and a header nothing to the web.
/// </summary>
public sealed class Identification(Actors actors, AccessTokens tokens)
{
    /// <summary>The actor behind an API key or access token; null where it is neither, or not valid any more.</summary>
    public async Task<Actor?> FromSecret(string secret, CancellationToken ct) => Belonging(
        secret.Count(c => c == '.') == 2 ? await tokens.Verify(secret) is { } key ? await actors.ByKeyId(key, ct) : null
        : ApiKeySecret.IsWellFormed(secret) ? await actors.ByKey(ApiKeySecret.Hash(secret), ct)
        : null);

    /// <summary>The actor behind a key as it is now, for what stays open longer than a request; null where it was revoked.</summary>
    public async Task<Actor?> FromKey(Guid key, CancellationToken ct) => Belonging(await actors.ByKeyId(key, ct));

    /// <summary>A key that is bound to an organization ends with its account's membership there, and works again with it.</summary>
    static Actor? Belonging(Credentialed? found) => found?.As(Source.Api) is not { } actor ? null
        : actor.BoundTo is not { } place || actor.IsMemberOf(place) ? actor
        : throw Refusal.Forbidden("org_context_forbidden", "This API key is bound to an organization that its account is not a member of any more.",
            "Ask an admin of the organization to invite the account again, or make another key.");

    /// <summary>Reads the header and sets the actor; what is not valid is refused, what is absent is nobody.</summary>
    public async Task FromHeader(HttpContext context)
    {
        // The exchange of a key is asked with the old token still attached, which may be past its hour.
        if (Secret(context.Request) is not { } secret || context.Request.Path.StartsWithSegments("/api/users/get-token")) return;
        var actor = await FromSecret(secret, context.RequestAborted)
            ?? throw Refusal.Unauthenticated("The API key or access token is not valid, or not valid any more.");
        context.Items[typeof(Actor)] = InContext(actor, context.Request.Headers["X-Ouro-Org"]);
    }

    /// <summary>Reads the cookie and sets the actor. A session whose account changed its secrets is over, and agents have none.</summary>
    public async Task FromCookie(HttpContext context)
    {
        var session = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (!session.Succeeded || !Guid.TryParse(session.Principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id)) return;
        if (await actors.ByUser(id, context.RequestAborted) is { Kind: not ActorType.Agent } found && found.SecurityStamp == session.Principal.FindFirstValue(Stamp))
            context.Items[typeof(Actor)] = found.As(Source.Web);
    }

    /// <summary>The claim that holds the account's security stamp, as Identity names it.</summary>
    public const string Stamp = "AspNet.Identity.SecurityStamp";

    static string? Secret(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString().Trim();
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer ", "ApiKey "])
            if (header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) header = header[scheme.Length..].Trim();
        if (header.Length > 0) return header;
        var key = request.Headers["X-Api-Key"].ToString().Trim();
        return key.Length > 0 ? key : null;
    }

    static Actor InContext(Actor actor, string? header)
    {
        if (string.IsNullOrWhiteSpace(header)) return actor;
        if (!Guid.TryParse(header, out var organization))
            throw Refusal.Invalid("invalid_org_context", "X-Ouro-Org is the uuid of an organization.");
        if (actor.BoundTo is { } bound && bound != organization)
            throw Refusal.Forbidden("api_key_org_mismatch", "This API key is bound to another place than X-Ouro-Org names.");
        return actor.IsMemberOf(organization)
            ? actor with { Context = organization }
            : throw Refusal.Forbidden("org_context_forbidden", "X-Ouro-Org names an organization that you are not a member of.");
    }
}
