using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>
/// How an asset is sold: one price in each currency, independent of the other. A price needs the visibility <see cref="Visibility.Monetized"/>; any other
/// makes the asset free again. What is not given stays as it is.
/// </summary>
public record Pricing
{
    /// <summary><c>pay-to-unlock</c> for datasets, files and posts, <c>pay-per-use</c> for routes; it follows from the type and need not be given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Monetization { get; init; }
    /// <summary>The price of unlocking it in <see cref="PriceCurrency"/>; 0 or null stops selling it in that currency.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<decimal?> Price { get; init; }
    /// <summary>The currency that is shown first, and that <see cref="Price"/> and <see cref="UnitCost"/> are in: <c>usd</c> or <c>btc</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> PriceCurrency { get; init; }
    /// <summary>The price in dollars, whole cents.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<decimal?> PriceUsd { get; init; }
    /// <summary>The price in satoshis.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<decimal?> PriceSats { get; init; }
    /// <summary>The price of one use in <see cref="PriceCurrency"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<decimal?> UnitCost { get; init; }
    /// <summary>The price of one use in dollars, whole cents.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<decimal?> UnitCostUsd { get; init; }
    /// <summary>The price of one use in satoshis.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<decimal?> UnitCostSats { get; init; }
    /// <summary>What one use is, e.g. <c>call</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> CostUnit { get; init; }
    /// <summary><c>fixed</c>, <c>variable</c> or <c>runtime</c> (by the second).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> CostAccounting { get; init; }
    /// <summary>The most seconds that one use is billed for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<int?> MaxBillableSeconds { get; init; }
}

/// <summary>
/// What becomes different about an asset; what is not given stays. The role <c>write</c> changes what it says of itself; who sees it, what it costs and
/// where it lives is for its admins.
/// </summary>
public record ChangeAsset : Pricing
{
    /// <summary>Its name; its address follows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Name { get; init; }
    /// <summary>What it is about; null takes the description away.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<Content?> Description { get; init; }
    /// <summary>An SPDX-like licence id; null takes the licence away.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> LicenseId { get; init; }
    /// <summary>Where it comes from; only what is given changes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ChangeAttribution? Attribution { get; init; }
    /// <summary>Who may see it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Visibility? Visibility { get; init; }
    /// <summary>The organization to move it to; the zero uuid is the personal context.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Guid? OrgId { get; init; }
    /// <summary>The team to move it to; omitted, the new organization's default team.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Guid? TeamId { get; init; }
}

/// <summary>What becomes different about where an asset comes from; null takes a value away.</summary>
public sealed record ChangeAttribution
{
    /// <summary><c>original</c>, <c>derivative</c> or <c>third-party</c>; null is <c>original</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Originality { get; init; }
    /// <summary>Where it was found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> ExternalUrl { get; init; }
    /// <summary>Its source code.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> GithubUrl { get; init; }
    /// <summary>Its paper.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> PaperUrl { get; init; }
    /// <summary>The paper's DOI as an address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> DoiUrl { get; init; }
    /// <summary>How to cite it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<System.Text.Json.JsonElement?> Citation { get; init; }
    /// <summary>How it relates to what it cites.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> RelationType { get; init; }

    /// <summary>The attribution that this change makes of another.</summary>
    /// <param name="current">What is there.</param>
    public Attribution Merged(Attribution current) => current with
    {
        Originality = Originality.Or(current.Originality) ?? "original", ExternalUrl = ExternalUrl.Or(current.ExternalUrl), GithubUrl = GithubUrl.Or(current.GithubUrl),
        PaperUrl = PaperUrl.Or(current.PaperUrl), DoiUrl = DoiUrl.Or(current.DoiUrl), Citation = Citation.Or(current.Citation),
        RelationType = RelationType.Or(current.RelationType),
    };
}

/// <summary>The body on the wire: <c>{"asset": {…}}</c>.</summary>
/// <param name="Asset">What becomes different.</param>
public sealed record ChangeAssetBody(ChangeAsset Asset);
