using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>The content of assets as bytes: at once, or by a link that needs no credential.</summary>
public sealed class DownloadOperations(
    Db db, Clock clock, AssetOperations assets, IEnumerable<AssetKind> kinds, SignedLinks links, WebAddress web)
{
    const string Purpose = "download links";
    static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    readonly Dictionary<AssetType, AssetKind> kinds = kinds.ToDictionary(k => k.Type);

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
        var token = links.Sign(Purpose, actor, id, Lifetime, input?.Format ?? "");
        return new(web.Of($"/api/assets/{id}/download?token={token}"), content.FileName, content.ContentType, (int)Lifetime.TotalSeconds, held.AssetType);
    }

    /// <summary>What a link leads to, for whom it was made, by the rights that they have now.</summary>
    public async Task<Download> ByLink(Guid id, string? token, CancellationToken ct)
    {
        var (actor, format) = await links.Open(Purpose, token, id, ct);
        return actor is null ? throw Refusal.NoAsset(id) : await Download(actor, id, new(Format: format.Length == 0 ? null : format), ct);
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
}
