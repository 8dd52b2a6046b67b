using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Access;

/// <summary>
/// Access tokens: JWTs, of one hour unless set otherwise, that name an account and the API key they were exchanged for. They grant nothing by themselves: the key is
/// looked up at each request, so revoking it ends its tokens.
/// </summary>
public sealed class AccessTokens(ServerKey secret, Settings settings, Clock clock, TimeProvider time)
{
    const string Issuer = "ouro";
    readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false };
    readonly SymmetricSecurityKey key = new(secret.DeriveBytes("access tokens"));

    public string Issue(Guid user, Guid keyId)
    {
        var now = clock.Now();
        return handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Subject = new ClaimsIdentity([new("sub", user.ToString()), new("key", keyId.ToString())]),
            IssuedAt = now.UtcDateTime,
            Expires = (now + TimeSpan.FromSeconds(settings.TokenLifetime)).UtcDateTime,
            SigningCredentials = new(key, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>The key that the token was exchanged for; null where the token is not ours, changed, or past its hour.</summary>
    public async Task<Guid?> Verify(string token)
    {
        var result = await handler.ValidateTokenAsync(token, new()
        {
            ValidIssuer = Issuer,
            ValidateAudience = false,
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ClockSkew = TimeSpan.FromSeconds(5),
            LifetimeValidator = (_, expires, _, p) => expires is { } e && e + p.ClockSkew > time.GetUtcNow().UtcDateTime,
        });
        return result.IsValid && result.Claims.TryGetValue("key", out var claim) && Guid.TryParse(claim as string, out var id) ? id : null;
    }
}
