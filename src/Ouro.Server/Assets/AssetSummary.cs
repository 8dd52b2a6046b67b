using System.Text.Json;
using System.Text.Json.Serialization;
using Ouro.Server.Mcp;

namespace Ouro.Server.Assets;

/// <summary>An asset as a model reads it: what tells it from others, and nothing twice.</summary>
public record AssetSummary
{
    public AssetSummary(Asset asset)
    {
        (Id, Name, AssetType, Visibility, CreatedAt, State, Source) = (asset.Id, asset.Name, asset.AssetType, asset.Visibility, asset.CreatedAt, asset.State, asset.Source);
        Description = asset.Description is { } description ? ToolAnswers.Short(description.Text, 200) : null;
        (LicenseId, Attribution, Username) = (asset.LicenseId, asset.Attribution, asset.User?.Username);
        (OrgId, OrgName, TeamId, TeamName) = (asset.OrgId, asset.Organization?.Name, asset.TeamId, asset.Team?.Name);
        (ParentId, Url) = (asset.ParentId, asset.Url);
        if (asset.Monetization == "none") return;
        (Monetization, PriceCurrency, CostAccounting, CostUnit) = (asset.Monetization, asset.PriceCurrency, asset.CostAccounting, asset.CostUnit);
        (Price, PriceUsd, PriceSats, UnitCost, UnitCostUsd, UnitCostSats) = (asset.Price, asset.PriceUsd, asset.PriceSats, asset.UnitCost, asset.UnitCostUsd, asset.UnitCostSats);
        CostSummary = PriceRules.Told(asset);
    }

    public Guid Id { get; }
    public string? Name { get; }
    public AssetType AssetType { get; }
    public Visibility Visibility { get; }
    public DateTimeOffset CreatedAt { get; }
    public AssetState State { get; }
    public Source Source { get; }
    public string? Description { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? LicenseId { get; }
    public Attribution Attribution { get; }
    public string? Username { get; }
    public Guid OrgId { get; }
    public string? OrgName { get; }
    public Guid TeamId { get; }
    public string? TeamName { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Guid? ParentId { get; }
    public string? Url { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Monetization { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? PriceCurrency { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public decimal? Price { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public decimal? PriceUsd { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public long? PriceSats { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public decimal? UnitCost { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public decimal? UnitCostUsd { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public long? UnitCostSats { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? CostUnit { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? CostAccounting { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? CostSummary { get; }
}

/// <summary>An asset that was opened: its summary, how often it was used, and in full what only its type has.</summary>
public sealed record OpenedAsset : AssetSummary
{
    public OpenedAsset(Asset asset, AssetCounts counts, JsonElement? details) : base(asset)
    {
        (Views, Comments, Reactions, Downloads, _) = counts;
        Details = details?.EnumerateObject().ToDictionary(d => d.Name, d => d.Value);
    }

    public long Views { get; }
    public long Comments { get; }
    public long Reactions { get; }
    public long Downloads { get; }
    [JsonExtensionData] public Dictionary<string, JsonElement>? Details { get; }
}

/// <summary>An asset in a list of those that a search found.</summary>
public sealed record AssetHit
{
    public AssetHit(Asset asset)
    {
        (Id, Name, AssetType, Username, CreatedAt) = (asset.Id, asset.Name, asset.AssetType, asset.User?.Username, asset.CreatedAt);
        Description = asset.Description is { } description ? ToolAnswers.Short(description.Text, 200) : null;
        (Snippet, MatchSource) = (asset.Snippet, asset.MatchSource);
    }

    public Guid Id { get; }
    public string? Name { get; }
    public AssetType AssetType { get; }
    public string? Description { get; }
    public string? Username { get; }
    public DateTimeOffset CreatedAt { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Snippet { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? MatchSource { get; }

    /// <summary>The hit as a bullet: what it is, and below it the passage that matched.</summary>
    public static (string Line, string? Below) Bullet(AssetHit hit) => (
        $"**{hit.Name}** ({Data.Wire.Name(hit.AssetType)}) — id: `{hit.Id}` — by @{hit.Username} — {hit.CreatedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}",
        string.IsNullOrWhiteSpace(hit.Snippet) ? hit.Description : hit.Snippet);
}
