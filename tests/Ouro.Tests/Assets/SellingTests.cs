using System.Net;
using System.Text.Json;
using Ouro.Tests.Mcp;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

/// <summary>What is sold is listed for everybody and opened by few.</summary>
public sealed class SellingTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Each_currency_has_a_price_of_its_own_and_the_first_is_shown_as_the_price()
    {
        var ada = await server.Join("ada_prices");
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Priced"))).Id();
        var sold = await Sell(ada, id, new { visibility = "monetized", price = 5.5m });
        sold.GetProperty("monetization").GetString().ShouldBe("pay-to-unlock");
        Prices(sold).ShouldBe(("usd", 5.5m, 5.5m, null));
        Prices(await Sell(ada, id, new { price_sats = 9000 })).ShouldBe(("usd", 5.5m, 5.5m, 9000L));
        Prices(await Sell(ada, id, new { price_currency = "btc" })).ShouldBe(("btc", 9000m, 5.5m, 9000L));
        Prices(await Sell(ada, id, new { price = 8000 })).ShouldBe(("btc", 8000m, 5.5m, 8000L));
        Prices(await Sell(ada, id, new { price_sats = 0 })).ShouldBe(("usd", 5.5m, 5.5m, null));
        Prices(await Sell(ada, id, new { price_usd = 7, price_sats = 100, name = "Priced anew" })).ShouldBe(("usd", 7m, 7m, 100L));
        // Any other visibility makes it free again, and what it cost is forgotten.
        (await Sell(ada, id, new { visibility = "public" })).GetProperty("monetization").GetString().ShouldBe("none");
        Prices(await Sell(ada, id, new { })).ShouldBe((null, null, null, null));
    }

    [Fact]
    public async Task A_price_that_cannot_be_is_refused_by_its_name()
    {
        var ada = await server.Join("ada_wrong_prices");
        var lab = await server.Found("selling-lab", ada);
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Wrong"))).Id();
        foreach (var (change, field) in new (object, string)[]
        {
            (new { visibility = "monetized" }, "price"), (new { price = 5 }, "price"), (new { price_usd = -1, visibility = "monetized" }, "price_usd"),
            (new { price_usd = 0.001m, visibility = "monetized" }, "price_usd"), (new { price_sats = 1.5m, visibility = "monetized" }, "price_sats"),
            (new { price_usd = 1e12m, visibility = "monetized" }, "price_usd"), (new { price = 1, price_currency = "eur", visibility = "monetized" }, "price_currency"),
            (new { unit_cost_usd = 1, visibility = "monetized" }, "unit_cost"), (new { price = 1, monetization = "pay-per-use", visibility = "monetized" }, "monetization"),
            (new { monetization = "pay-to-unlock" }, "monetization"), (new { price = 1, cost_unit = "call", visibility = "monetized" }, "cost_unit"),
        })
            ChangeTests.Field(await ada.Put($"/assets/{id}", new { asset = change }, HttpStatusCode.BadRequest), field);
        (await ada.Get($"/assets/{id}")).Data().GetProperty("visibility").GetString().ShouldBe("private");
        var inLab = (await ada.Post("/datasets/create/from-schema", Calls.Scores("In the lab", "organization", lab.Id))).Id();
        (await ada.Put($"/assets/{inLab}", new { asset = new { visibility = "monetized", price = 1 } }, HttpStatusCode.Forbidden)).Code().ShouldBe("internal_team");
    }

    [Fact]
    public async Task A_stranger_sees_that_it_is_there_and_none_of_what_is_in_it()
    {
        var (ada, eve) = (await server.Join("ada_sells"), await server.Join("eve_buys"));
        var id = (await ada.Post("/datasets/create/from-schema", new
        {
            dataset = new { name = "Paywalled marmots", visibility = "monetized", price_usd = 12.5m, price_sats = 20_000, rows = new[] { new { secret = "thesecret" } } },
        })).Id();
        (await ada.Get($"/datasets/{id}")).Data().GetProperty("preview").GetArrayLength().ShouldBe(1);

        var listed = await eve.Get("/search/assets?query=marmots");
        listed.Data()[0].GetProperty("id").GetGuid().ShouldBe(id);
        listed.Data()[0].GetProperty("price_usd").GetDecimal().ShouldBe(12.5m);
        listed.Data()[0].GetProperty("preview").ValueKind.ShouldBe(JsonValueKind.Null);
        foreach (var path in (string[])[$"/assets/{id}", $"/datasets/{id}", $"/datasets/{id}/schema", $"/datasets/{id}/stats", $"/assets/{id}/counts", $"/assets/{id}/children",
            $"/assets/{id}/connections", $"/assets/impact?ids={id}", "/search/assets?scope=global&query=marmots"])
            (await eve.Get(path)).GetRawText().Contains("thesecret", StringComparison.Ordinal).ShouldBeFalse(path);

        foreach (var refused in (JsonElement[])[
            await eve.Get($"/datasets/{id}/data", HttpStatusCode.Forbidden),
            await eve.Post($"/datasets/{id}/query-custom", new { query = "select * from {{table}}" }, HttpStatusCode.Forbidden),
            await eve.Post($"/assets/{id}/download", new { asset_type = "dataset" }, HttpStatusCode.Forbidden),
            await eve.Post($"/assets/{id}/download-url", new { }, HttpStatusCode.Forbidden)])
        {
            refused.Code().ShouldBe("unlock_required");
            refused.GetProperty("error").GetProperty("message").GetString()!.ShouldBe("Unlock “Paywalled marmots” to open it: it costs $12.50 or 20,000 sats.");
        }
        var seen = (await eve.Ask("get_asset", new { id, detail = "full" })).One;
        seen.GetProperty("cost_summary").GetString().ShouldBe("$12.50 or 20,000 sats");
        seen.GetProperty("preview").ValueKind.ShouldBe(JsonValueKind.Null);
        await eve.Put($"/assets/{id}", new { asset = new { price_usd = 0 } }, HttpStatusCode.Forbidden);

        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "read" } });
        (await eve.Get($"/datasets/{id}/data")).Data()[0].GetProperty("secret").GetString().ShouldBe("thesecret");
        (await eve.Get($"/datasets/{id}")).Data().GetProperty("preview").GetArrayLength().ShouldBe(1);
        // What is sold elsewhere stays closed to a key that is bound to another place, even its owner's.
        var lab = await server.Found("buying-lab", ada);
        var bound = new Person(server, ada.Id, ada.Name, (await ada.Post("/user/api-keys", new { key = new { name = "bound", org_id = lab.Id } })).Data().GetProperty("secret").GetString()!);
        (await bound.Get($"/datasets/{id}/data", HttpStatusCode.Forbidden)).Code().ShouldBe("unlock_required");
    }

    [Fact]
    public async Task A_route_is_sold_by_the_use()
    {
        var ada = await server.Join("ada_routes");
        var id = Guid.CreateVersion7();
        await server.Db.Run($"""
            insert into assets (id, asset_type, user_id, org_id, team_id, name, name_url_slug, visibility, attribution, source, created_at, last_updated)
            values ({id}, 'route', {ada.Id}, {Ids.Global}, {Ids.Global}, 'POST /relax', 'post-relax', 'private', jsonb_build_object('originality', 'original'), 'api', now(), now())
            """, default);
        ChangeTests.Field(await ada.Put($"/assets/{id}", new { asset = new { visibility = "monetized", price_usd = 1 } }, HttpStatusCode.BadRequest), "price");
        var sold = await Sell(ada, id, new { visibility = "monetized", unit_cost = 0.25m, cost_unit = "second", cost_accounting = "runtime", max_billable_seconds = 60 });
        sold.GetProperty("monetization").GetString().ShouldBe("pay-per-use");
        sold.GetProperty("unit_cost_usd").GetDecimal().ShouldBe(0.25m);
        sold.GetProperty("max_billable_seconds").GetInt32().ShouldBe(60);
        ChangeTests.Field(await ada.Put($"/assets/{id}", new { asset = new { cost_accounting = "guess" } }, HttpStatusCode.BadRequest), "cost_accounting");
        ChangeTests.Field(await ada.Put($"/assets/{id}", new { asset = new { max_billable_seconds = 0 } }, HttpStatusCode.BadRequest), "max_billable_seconds");
    }

    static async Task<JsonElement> Sell(Person person, Guid id, object change) => (await person.Put($"/assets/{id}", new { asset = change })).Data();

    static (string?, decimal?, decimal?, long?) Prices(JsonElement asset) => (
        asset.GetProperty("price_currency").GetString(), Number(asset, "price"), Number(asset, "price_usd"), (long?)Number(asset, "price_sats"));

    static decimal? Number(JsonElement asset, string key) => asset.GetProperty(key) is { ValueKind: JsonValueKind.Number } number ? number.GetDecimal() : null;
}
