namespace Ouro.Server.Assets;

/// <summary>How an asset is sold, as it is stored: cents and satoshis.</summary>
public sealed record Prices(
    string Monetization = "none", string? PriceCurrency = null, long? PriceCents = null, long? PriceSats = null, long? UnitCostCents = null,
    long? UnitCostSats = null, string? CostUnit = null, string? CostAccounting = null, int? MaxBillableSeconds = null)
{
    /// <summary>Nothing to pay.</summary>
    public static readonly Prices Free = new();

    public bool InDollars => (PriceCents ?? UnitCostCents) is not null;

    public bool InBitcoin => (PriceSats ?? UnitCostSats) is not null;
}

/// <summary>What may be sold, how, and for how much.</summary>
public static class PriceRules
{
    const decimal MostDollars = 1_000_000;
    // All the bitcoin that there will ever be.
    const decimal MostSats = 2_100_000_000_000_000;

    static readonly string[] Currencies = ["usd", "btc"];
    static readonly string[] Accountings = ["fixed", "variable", "runtime"];

    /// <summary>The prices after a change of them, or of the visibility that they depend on.</summary>
    public static Prices After(AssetType type, Prices now, Pricing asked, Visibility visibility)
    {
        var currency = OneOf(Currencies, asked.PriceCurrency.Or(now.PriceCurrency), "price_currency");
        var after = Priced(now, asked, currency ?? "usd");
        if (visibility != Visibility.Monetized)
        {
            if (asked.Monetization.Value is { } how && how != "none")
                throw Refusal.Fields(("monetization", "What is sold has the visibility monetized. Send visibility too."));
            // What it cost is forgotten with the visibility; a price that comes now was meant to be paid.
            return Priced(Prices.Free, asked, currency ?? "usd") is { InDollars: false, InBitcoin: false } ? Prices.Free
                : throw Refusal.Fields(("price", "A price needs the visibility monetized. Send visibility too."));
        }
        var kind = Sold(type);
        if (asked.Monetization.Value is { } monetization && monetization != kind)
            throw Refusal.Fields(("monetization", $"A {Data.Wire.Name(type)} is sold as {kind}."));
        if (kind == "pay-per-use" ? (after.PriceCents ?? after.PriceSats) is not null : (after.UnitCostCents ?? after.UnitCostSats) is not null)
            throw kind == "pay-per-use"
                ? Refusal.Fields(("price", "A route is paid by the use: send unit_cost."))
                : Refusal.Fields(("unit_cost", $"A {Data.Wire.Name(type)} is paid once: send price."));
        if (now.Monetization == "none" && after is { InDollars: false, InBitcoin: false })
            throw Refusal.Fields((kind == "pay-per-use" ? "unit_cost" : "price", "What becomes monetized needs a price, in dollars or in satoshis."));
        return after with
        {
            Monetization = kind,
            PriceCurrency = currency == "btc" ? after.InBitcoin || !after.InDollars ? "btc" : "usd" : after.InDollars || !after.InBitcoin ? "usd" : "btc",
            CostUnit = OfUse("cost_unit", asked.CostUnit.IsGiven, Word(asked.CostUnit.Or(now.CostUnit))),
            CostAccounting = OfUse("cost_accounting", asked.CostAccounting.IsGiven, OneOf(Accountings, asked.CostAccounting.Or(now.CostAccounting), "cost_accounting")),
            MaxBillableSeconds = OfUse("max_billable_seconds", asked.MaxBillableSeconds.IsGiven, asked.MaxBillableSeconds.Or(now.MaxBillableSeconds)) is var seconds and not <= 0 ? seconds
                : throw Refusal.Fields(("max_billable_seconds", "max_billable_seconds is 1 or more.")),
        };

        T OfUse<T>(string field, bool given, T value) => given && value is not null && kind != "pay-per-use"
            ? throw Refusal.Fields((field, $"{field} is for what is paid by the use: routes."))
            : value;
    }

    /// <summary>The prices in words, in the currency that is shown first and then the other: <c>$5.00 or 9,000 sats per call</c>.</summary>
    public static string? Told(Asset asset)
    {
        var use = asset.Monetization == "pay-per-use";
        var dollars = (use ? asset.UnitCostUsd : asset.PriceUsd) is { } usd ? $"${usd:N2}" : null;
        var sats = (use ? asset.UnitCostSats : asset.PriceSats) is { } btc ? $"{btc:N0} sats" : null;
        var both = (asset.PriceCurrency == "btc" ? new[] { sats, dollars } : [dollars, sats]).OfType<string>().ToList();
        return both.Count == 0 ? null : string.Join(" or ", both) + (use ? $" per {asset.CostUnit ?? "call"}" : "");
    }

    static string Sold(AssetType type) => type switch
    {
        AssetType.Dataset or AssetType.File or AssetType.Post => "pay-to-unlock",
        AssetType.Route => "pay-per-use",
        _ => throw Refusal.Fields(("visibility", $"A {Data.Wire.Name(type)} is not sold: only datasets, files, posts and routes can be monetized.")),
    };

    static Prices Priced(Prices now, Pricing asked, string currency)
    {
        var (usd, sats) = (asked.PriceUsd, asked.PriceSats);
        var (unitUsd, unitSats) = (asked.UnitCostUsd, asked.UnitCostSats);
        // What names no currency of its own is in the first one; what does wins.
        if (asked.Price.IsGiven) { if (currency == "btc") sats = sats.IsGiven ? sats : asked.Price; else usd = usd.IsGiven ? usd : asked.Price; }
        if (asked.UnitCost.IsGiven) { if (currency == "btc") unitSats = unitSats.IsGiven ? unitSats : asked.UnitCost; else unitUsd = unitUsd.IsGiven ? unitUsd : asked.UnitCost; }
        return now with
        {
            PriceCents = usd.IsGiven ? Cents(usd.Value, asked.PriceUsd.IsGiven ? "price_usd" : "price") : now.PriceCents,
            PriceSats = sats.IsGiven ? Sats(sats.Value, asked.PriceSats.IsGiven ? "price_sats" : "price") : now.PriceSats,
            UnitCostCents = unitUsd.IsGiven ? Cents(unitUsd.Value, asked.UnitCostUsd.IsGiven ? "unit_cost_usd" : "unit_cost") : now.UnitCostCents,
            UnitCostSats = unitSats.IsGiven ? Sats(unitSats.Value, asked.UnitCostSats.IsGiven ? "unit_cost_sats" : "unit_cost") : now.UnitCostSats,
        };
    }

    static long? Cents(decimal? dollars, string field) => Minor(dollars, 100, MostDollars, field, "dollars are whole cents");

    static long? Sats(decimal? sats, string field) => Minor(sats, 1, MostSats, field, "satoshis are whole");

    static long? Minor(decimal? amount, int parts, decimal most, string field, string whole) => amount switch
    {
        null or 0 => null,
        < 0 => throw Refusal.Fields((field, $"{field} is 0 or more; 0 stops selling in that currency.")),
        _ when amount > most => throw Refusal.Fields((field, $"{field} is at most {most:N0}.")),
        _ when amount * parts % 1 != 0 => throw Refusal.Fields((field, $"{field}: {whole}.")),
        _ => (long)(amount * parts),
    };

    static string? OneOf(string[] words, string? value, string field) => value is null || words.Contains(value) ? value
        : throw Refusal.Fields((field, $"{field} is one of {string.Join(", ", words)}."));

    static string? Word(string? unit) => unit is null || Contract.Clean(unit, "cost_unit").Length is > 0 and <= 40 ? unit
        : throw Refusal.Fields(("cost_unit", "cost_unit is 1 to 40 characters, e.g. call."));
}
