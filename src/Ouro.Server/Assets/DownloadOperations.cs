using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Assets;

/// <summary>The content of assets as bytes: at once, or by a link that needs no credential.</summary>
public sealed class DownloadOperations(
    Db db, Clock clock, AssetOperations assets, IEnumerable<AssetKind> kinds, Actors actors, ServerKey key, WebAddress web)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    readonly Dictionary<AssetType, AssetKind> kinds = kinds.ToDictionary(k => k.Type);
    readonly byte[] secret = key.DeriveBytes("download links");

    /// <summary>The content of an asset, which counts as one download.</summary>
    public async Task<Download> Download(Actor actor, Guid id, DownloadAsset? input, CancellationToken ct)
    {
        var (_, content) = await Content(actor, id, input, ct);
        await AssetStore.CountDownload(db, id, DateOnly.FromDateTime(clock.Now().UtcDateTime), ct);
        return content;
    }

    /// <summary>A link to the same, for a quarter of an hour.</summary>
    public async Task<DownloadLink> DownloadUrl(Actor actor, Guid id, DownloadAsset? input, CancellationToken ct)
    {
        var (held, content) = await Content(actor, id, input, ct);
        var token = new Token(id, actor.KeyId ?? actor.Id, actor.KeyId is not null, clock.Now() + Lifetime, input?.Format ?? "").Signed(secret);
        return new(web.Of($"/api/assets/{id}/download?token={token}"), content.FileName, content.ContentType, (int)Lifetime.TotalSeconds, held.AssetType);
    }

    /// <summary>What a link leads to, for whom it was made, by the rights that they have now.</summary>
    public async Task<Download> ByLink(Guid id, string? token, CancellationToken ct)
    {
        if (Token.Read(token, secret) is not { } link || link.Asset != id)
            throw Refusal.Forbidden("download_link_invalid", "This download link is not valid.", "Make another with POST /assets/{id}/download-url.");
        if (link.Expires < clock.Now())
            throw new Refusal(410, "download_link_expired", "This download link worked for a quarter of an hour, which is over.", "Make another with POST /assets/{id}/download-url.");
        // A key that was revoked meanwhile opens nothing, and a bound one no more than it did.
        var who = await (link.IsKey ? actors.ByKeyId(link.Credential, ct) : actors.ByUser(link.Credential, ct));
        return who is null ? throw Refusal.NoAsset(id) : await Download(who.As(Source.Api), id, new(Format: link.Format.Length == 0 ? null : link.Format), ct);
    }

    async Task<(HeldRights, Download)> Content(Actor actor, Guid id, DownloadAsset? input, CancellationToken ct)
    {
        var held = await assets.MustOpen(actor, id, ct);
        if (input?.AssetType is { } expected && expected != held.AssetType) throw Refusal.NoAsset(id);
        var read = kinds.GetValueOrDefault(held.AssetType)?.Download
            ?? throw Refusal.Invalid("no_download", $"A {Wire.Name(held.AssetType)} has no content to download.");
        if (input?.Format is { Length: > 40 }) throw Refusal.Fields(("format", "There is no such format."));
        return (held, await read(actor, id, input?.Format, ct));
    }

    /// <summary>What a link says, and that this server says it.</summary>
    sealed record Token(Guid Asset, Guid Credential, bool IsKey, DateTimeOffset Expires, string Format)
    {
        const int Signature = 32;
        const int Fixed = 16 + 16 + 1 + 8;

        public string Signed(byte[] secret)
        {
            var said = new byte[Fixed + Encoding.UTF8.GetByteCount(Format)];
            Asset.TryWriteBytes(said);
            Credential.TryWriteBytes(said.AsSpan(16));
            said[32] = IsKey ? (byte)1 : (byte)0;
            BinaryPrimitives.WriteInt64BigEndian(said.AsSpan(33), Expires.UtcTicks);
            Encoding.UTF8.GetBytes(Format, said.AsSpan(Fixed));
            return Base64Url.EncodeToString([.. HMACSHA256.HashData(secret, said), .. said]);
        }

        public static Token? Read(string? text, byte[] secret)
        {
            if (text is null or { Length: > 500 } || !Base64Url.IsValid(text)) return null;
            var bytes = Base64Url.DecodeFromChars(text);
            if (bytes.Length < Signature + Fixed) return null;
            var said = bytes.AsSpan(Signature);
            return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, said), bytes.AsSpan(0, Signature))
                ? new(new(said[..16]), new(said[16..32]), said[32] == 1, new(BinaryPrimitives.ReadInt64BigEndian(said[33..]), TimeSpan.Zero), Encoding.UTF8.GetString(said[Fixed..]))
                : null;
        }
    }
}
