using Ouro.Server.Access;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Assets;

/// <summary>Links that need no credential: made by somebody, and opened with the rights that they have when it is opened.</summary>
public sealed class SignedLinks(ServerKey key, Actors actors, Clock clock)
{
    /// <summary>The part of an address that says for whom it works, and how long.</summary>
    public string Sign(string purpose, Actor actor, Guid subject, TimeSpan lifetime, string format = "") =>
        new SignedLink(subject, actor.KeyId ?? actor.Id, actor.KeyId is not null, clock.Now() + lifetime, format).Signed(key.DeriveBytes(purpose));

    /// <summary>Whose link it is, and what else it says; refused where it is not one of ours, or is over. The actor is null where the key was revoked meanwhile.</summary>
    public async Task<(Actor? Actor, string Format)> Open(string purpose, string? token, Guid subject, CancellationToken ct)
    {
        if (SignedLink.Read(token, key.DeriveBytes(purpose)) is not { } link || link.Subject != subject)
            throw Refusal.Forbidden("download_link_invalid", "This link is not valid.", "Ask for another where you got it.");
        if (link.Expires < clock.Now())
            throw new Refusal(410, "download_link_expired", "This link worked for a while, which is over.", "Ask for another where you got it.");
        // A bound key opens no more by a link than it did itself.
        var who = await (link.IsKey ? actors.ByKeyId(link.Credential, ct) : actors.ByUser(link.Credential, ct));
        return (who?.As(Source.Api), link.Format);
    }
}
