using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

public sealed class SearchTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_quiet_world_is_crawled_exactly_in_every_order()
    {
        var ada = await server.Join("ada_all");
        await Many(ada, 450);
        await server.Db.Run($"insert into asset_views (asset_id, day, views) select id, current_date, 1 + length(name) % 3 from assets where user_id = {ada.Id} and name ~ '[05]$'", default);
        foreach (var sort in (string[])["recent", "updated", "popular", "relevant"])
        {
            var query = $"filters={Uri.EscapeDataString($$"""{"user_id": "{{ada.Id}}"}""")}&sort={sort}" + (sort == "relevant" ? "&query=thing" : "");
            var byOffset = new List<Guid>();
            for (var more = true; more;)
            {
                var page = await ada.Get($"/search/assets?{query}&limit=200&offset={byOffset.Count}");
                byOffset.AddRange(Ids(page));
                more = page.GetProperty("pagination").GetProperty("hasMore").GetBoolean();
                page.GetProperty("pagination").TryGetProperty("total", out var total).ShouldBe(!more);
                if (!more) total.GetInt64().ShouldBe(450);
            }
            byOffset.Count.ShouldBe(450, sort);
            byOffset.Distinct().Count().ShouldBe(450, sort);
            if (sort is "popular" or "relevant")
            {
                ChangeTests.Field(await ada.Get($"/search/assets?{query}&after=AAAA", HttpStatusCode.BadRequest), "after");
                continue;
            }
            foreach (var wrong in (string[])["AAAA", new('!', 32), new('_', 32)])
                ChangeTests.Field(await ada.Get($"/search/assets?{query}&after={wrong}", HttpStatusCode.BadRequest), "after");
            var byCursor = new List<Guid>();
            for (var after = ""; after is not null;)
            {
                var page = await ada.Get($"/search/assets?{query}&limit=70&after={after}");
                byCursor.AddRange(Ids(page));
                after = page.GetProperty("pagination").TryGetProperty("after", out var next) ? next.GetString() : null;
            }
            byCursor.ShouldBe(byOffset, sort);
        }
    }

    [Fact]
    public async Task Popular_is_what_was_looked_at_most_and_then_what_is_newest()
    {
        var ada = await server.Join("ada_popular");
        await Many(ada, 6);
        var ids = await server.Db.Query<Guid>($"select id from assets where user_id = {ada.Id} order by created_at desc, id desc", default);
        await server.Db.Run($"insert into asset_views (asset_id, day, views) values ({ids[4]}, current_date, 9), ({ids[3]}, current_date - 5, 50), ({ids[1]}, current_date, 0)", default);
        var mine = $"filters={Uri.EscapeDataString($$"""{"user_id": "{{ada.Id}}"}""")}";
        Ids(await ada.Get($"/search/assets?sort=popular&{mine}")).ShouldBe([ids[3], ids[4], ids[0], ids[1], ids[2], ids[5]]);
        Ids(await ada.Get($"/search/assets?sort=popular&time_window=day&{mine}")).ShouldBe([ids[4], ids[0], ids[1], ids[2], ids[3], ids[5]]);
        ChangeTests.Field(await ada.Get("/search/assets?time_window=century", HttpStatusCode.BadRequest), "time_window");
    }

    [Fact]
    public async Task Filters_narrow_by_everything_that_the_clients_know()
    {
        var (ada, eve) = (await server.Join("ada_narrow"), await server.Join("eve_narrow"));
        var lab = await server.Found("narrow-lab", ada);
        var mine = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Narrowing"))).Id();
        var licensed = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Narrowing", "public"))).Id();
        await ada.Put($"/assets/{licensed}", new { asset = new { license_id = "MIT" } });
        var inLab = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Narrowing", "organization", lab.Id))).Id();
        var hers = (await eve.Post("/datasets/create/from-schema", Calls.Scores("Narrowing", "public"))).Id();

        (await Found("""{"visibility": ["private", "organization"]}""")).ShouldBe([mine, inLab], ignoreOrder: true);
        (await Found("""{"license_id": "MIT"}""")).ShouldBe([licensed]);
        (await Found($$"""{"exclude_user_id": "{{ada.Id}}"}""")).ShouldBe([hers]);
        (await Found($$"""{"exclude_org_ids": ["{{Guid.Empty}}"]}""")).ShouldBe([inLab]);
        (await Found($$"""{"team_id": "{{lab.DefaultTeam!.Id}}", "status": "null", "exclude_org_ids": []}""")).ShouldBe([inLab]);
        (await Found("""{"method": "POST"}""")).ShouldBeEmpty();
        (await Found("""{"status": "open", "asset_type": "dataset"}""")).ShouldBeEmpty();
        (await Found("{}", "&scope=org")).ShouldBe([mine, licensed, hers], ignoreOrder: true);
        foreach (var (filters, field) in new[] { ("""{"visibility": ["loud"]}""", "filters.visibility"), ("""{"exclude_org_ids": ["x"]}""", "filters.exclude_org_ids"), ("""{"license_id": 1}""", "filters.license_id") })
            ChangeTests.Field(await ada.Get($"/search/assets?filters={Uri.EscapeDataString(filters)}", HttpStatusCode.BadRequest), field);

        async Task<List<Guid>> Found(string filters, string and = "") => Ids(await ada.Get($"/search/assets?query=narrowing&filters={Uri.EscapeDataString(filters)}{and}"));
    }

    [Fact]
    public async Task Metadata_is_asked_by_ending_by_kind_of_file_and_by_any_key()
    {
        var ada = await server.Join("ada_meta");
        var files = new Dictionary<string, Guid>();
        foreach (var (name, metadata) in new[] { ("a.cif", """{"extension": "cif", "type": "chemical/x-cif"}"""), ("b.png", """{"extension": "png", "type": "image/png"}"""), ("c.xyz", """{"extension": "xyz", "type": "chemical/x-pdb", "cells": 3}""") })
        {
            files[name] = (await ada.Post("/datasets/create/from-schema", Calls.Scores(name))).Id();
            await server.Db.Run($"update assets set metadata = {JsonSerializer.Deserialize<JsonElement>(metadata)} where id = {files[name]}", default);
        }
        foreach (var (filter, names) in new (string, string[])[]
        {
            ("""{"extension": "cif"}""", ["a.cif"]), ("""{"extension": [".CIF", "xyz"]}""", ["a.cif", "c.xyz"]), ("""{"file_type": "image"}""", ["b.png"]),
            ("""{"file_type": ["atomic structure", "image"], "extension": ["png", "cif"]}""", ["a.cif", "b.png"]), ("""{"cells": 3}""", ["c.xyz"]), ("""{"cells": [4, 5]}""", []),
            ("""{"extension": "", "cells": null, "file_type": "null"}""", ["a.cif", "b.png", "c.xyz"]), ("null", ["a.cif", "b.png", "c.xyz"]),
        })
            Ids(await ada.Get($"/search/assets?filters={Uri.EscapeDataString($$"""{"user_id": "{{ada.Id}}"}""")}&metadata_filters={Uri.EscapeDataString(filter)}"))
                .ShouldBe(names.Select(n => files[n]), ignoreOrder: true, filter);
        foreach (var (wrong, field) in new[] { ("[]", "metadata_filters"), ("{", "metadata_filters"), ("""{"file_type": "smell"}""", "metadata_filters.file_type"), ("""{"extension": 3}""", "metadata_filters.extension"), ("""{"deep": {"a": 1}}""", "metadata_filters.deep") })
            ChangeTests.Field(await ada.Get($"/search/assets?metadata_filters={Uri.EscapeDataString(wrong)}", HttpStatusCode.BadRequest), field);
    }

    [Fact]
    public async Task An_id_finds_its_asset_once_and_a_page_is_never_larger_than_the_cap()
    {
        var ada = await server.Join("ada_cap");
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Capped"))).Id();
        Ids(await ada.Get($"/search/assets?query={id}&limit=1")).ShouldBe([id]);
        Ids(await ada.Get($"/search/assets?query={id}&limit=1&offset=1")).ShouldBeEmpty();
        (await ada.Get("/search/assets?limit=100000")).GetProperty("pagination").GetProperty("limit").GetInt32().ShouldBe(200);
        foreach (var (query, field) in new[] { ("limit=abc", "limit"), ("limit=0", "limit"), ("offset=-1", "offset"), ("sort=up", "sort"), ("scope=moon", "scope") })
            ChangeTests.Field(await ada.Get("/search/assets?" + query, HttpStatusCode.BadRequest), field);
        ChangeTests.Field(await ada.Get("/assets/not-a-uuid/counts", HttpStatusCode.BadRequest), "id");
        var wrong = await ada.Put($"/assets/{id}", new { asset = new { visibility = "loud" } }, HttpStatusCode.BadRequest);
        ChangeTests.Field(wrong, "asset.visibility");
        wrong.GetProperty("error").GetProperty("message").GetString()!.ShouldBe("visibility is one of public, private, organization, monetized, inherit.");
        foreach (var body in (string[])["null", "", "[]", "{}", """{"asset": null}"""])
        {
            using var answer = await ada.Http.PutAsync($"/api/assets/{id}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("ChangeAsset");
        }
    }

    async Task Many(Person owner, int count) => await server.Db.Run($"""
        insert into assets (id, asset_type, user_id, org_id, team_id, name, name_url_slug, visibility, attribution, source, created_at, last_updated)
        select gen_random_uuid(), 'dataset', {owner.Id}, {Guid.Empty}, {Guid.Empty}, 'Thing ' || n, 'thing-' || n, 'private', jsonb_build_object('originality', 'original'), 'api',
          now() - (n / 7) * interval '1 second', now() - (n % 13) * interval '1 second'
        from generate_series(1, {count}) n
        """, default);

    static List<Guid> Ids(JsonElement body) => [.. body.Data().EnumerateArray().Select(a => a.GetProperty("id").GetGuid())];
}
