using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

public sealed class AssetTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_search_finds_words_beginnings_and_ids_and_only_what_the_searcher_may_see()
    {
        var (ada, eve) = (await server.Join("ada_search"), await server.Join("eve_search"));
        var secret = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Zirconium lattice"))).Id();
        var open = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Zirconium oxide", "public"))).Id();

        (await Found(ada, "query=zirconium")).ShouldBe([secret, open], ignoreOrder: true);
        (await Found(eve, "query=zirconium")).ShouldBe([open]);
        (await Found(eve, "query=zirc")).ShouldBe([open]);
        (await Found(eve, "query=samples did zirconium")).ShouldBe([open]);
        (await Found(ada, $"query={secret}")).ShouldBe([secret]);
        (await Found(eve, $"query={secret}")).ShouldBeEmpty();
        (await Found(eve, "query=' ; drop table assets -- & | ! ( :*")).ShouldBeEmpty();
        (await eve.Get("/search/assets?query=zirconium")).Data()[0].GetProperty("match_source").GetString().ShouldBe("name");
    }

    [Fact]
    public async Task Filters_take_the_public_clients_spellings_and_its_words_for_nothing()
    {
        var ada = await server.Join("ada_filters");
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Filtered", "public"))).Id();
        foreach (var filters in (string[])[
            "{}", """{"asset_type": "dataset"}""", """{"asset_type": ["file", "dataset"]}""", $$"""{"user_id": "{{ada.Id}}", "team_id": "", "org_id": " ", "source": "null"}""",
            """{"visibility": "public", "top_level_only": true, "unheard_of": 1}"""])
            (await Found(ada, $"query=filtered&filters={Uri.EscapeDataString(filters)}")).ShouldContain(id, filters);
        (await Found(ada, $"query=filtered&filters={Uri.EscapeDataString("""{"asset_type": "post"}""")}")).ShouldBeEmpty();
        foreach (var wrong in (string[])["no json", "[]", """{"asset_type": "whatever"}""", """{"user_id": "x"}""", """{"user_id": 1}"""])
            (await ada.Get($"/search/assets?filters={Uri.EscapeDataString(wrong)}", HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        foreach (var wrong in (string[])["time_window=sometimes", "limit=0", "sort=sideways", "scope=mars", "after=nonsense"])
            await ada.Get($"/search/assets?{wrong}", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_crawl_by_offset_and_one_by_cursor_see_everything_once()
    {
        var ada = await server.Join("ada_crawl");
        var made = new HashSet<Guid>();
        for (var i = 0; i < 23; i++) made.Add((await ada.Post("/datasets/create/from-schema", new { dataset = new { name = $"Crawl {i}", schema = "CREATE TABLE t (a INTEGER)" } })).Id());
        var filters = "filters=" + Uri.EscapeDataString($$"""{"user_id": "{{ada.Id}}"}""");

        var byOffset = new List<Guid>();
        for (var more = true; more;)
        {
            var page = await ada.Get($"/search/assets?{filters}&limit=5&offset={byOffset.Count}");
            byOffset.AddRange(Ids(page));
            more = page.GetProperty("pagination").GetProperty("hasMore").GetBoolean();
        }
        var byCursor = new List<Guid>();
        for (var after = ""; after is not null;)
        {
            var page = await ada.Get($"/search/assets?{filters}&limit=5&after={after}");
            byCursor.AddRange(Ids(page));
            after = page.GetProperty("pagination").TryGetProperty("after", out var next) ? next.GetString() : null;
        }
        byOffset.ShouldBe(byCursor);
        byOffset.Count.ShouldBe(23);
        byOffset.ToHashSet().SetEquals(made).ShouldBeTrue();
    }

    [Fact]
    public async Task An_organizations_things_are_its_members()
    {
        var (ada, eve) = (await server.Join("ada_org"), await server.Join("eve_org"));
        var lab = await server.Found("asset-lab", ada);
        var created = await ada.Post("/datasets/create/from-schema", Calls.Scores("Shared bench", "organization", lab.Id));
        created.Data().GetProperty("slug").GetString().ShouldBe("/datasets/asset-lab/shared-bench");
        await eve.Get($"/assets/{created.Id()}/type", HttpStatusCode.NotFound);
        (await eve.Post("/datasets/create/from-schema", Calls.Scores("Intruder", "organization", lab.Id), HttpStatusCode.Forbidden)).Code().ShouldBe("not_a_member");
        // Nothing in an internal team is public.
        (await ada.Post("/datasets/create/from-schema", Calls.Scores("Public", "public", lab.Id), HttpStatusCode.Forbidden)).Code().ShouldBe("internal_team");
        // In the global organization “organization” means everybody.
        (await ada.Post("/datasets/create/from-schema", Calls.Scores("Global", "organization"))).Data().GetProperty("visibility").GetString().ShouldBe("public");
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_an_address_of_its_own()
    {
        var ada = await server.Join("ada_slugs");
        var slugs = new HashSet<string>();
        foreach (var name in (string[])["FeNi (P4/mmm)", "feni p4 mmm", "日本", "日本", "-"])
            slugs.Add((await ada.Post("/datasets/create/from-schema", Calls.Scores(name))).Data().GetProperty("name_url_slug").GetString()!).ShouldBeTrue();
        slugs.ShouldContain("feni-p4-mmm");
        slugs.ShouldAllBe(s => s.Length > 0);
    }

    [Fact]
    public async Task Looking_is_counted_and_sharing_is_for_admins()
    {
        var (ada, eve, bob) = (await server.Join("ada_counts"), await server.Join("eve_counts"), await server.Join("bob_counts"));
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Counted", "public"))).Id();
        await eve.Post($"/assets/{id}/view", new { source = "api", type = "full", pathname = $"/assets/{id}" });
        await bob.Post($"/assets/{id}/view", new { });
        (await ada.Get($"/assets/{id}/counts")).Data().GetProperty("views").GetInt32().ShouldBe(2);

        object Share(Guid user, string role) => new { permission = new { user = new { user_id = user }, role } };
        (await eve.Put($"/assets/{id}/share", Share(bob.Id, "read"), HttpStatusCode.Forbidden)).Code().ShouldBe("share_forbidden");
        (await ada.Put($"/assets/{id}/share", Share(Guid.CreateVersion7(), "read"), HttpStatusCode.NotFound)).Code().ShouldBe("user_not_found");
        (await ada.Put($"/assets/{id}/share", Share(ada.Id, "read"), HttpStatusCode.BadRequest)).Code().ShouldBe("owner_needs_no_role");
        await ada.Put($"/assets/{id}/share", new { permission = new { } }, HttpStatusCode.BadRequest);
        await ada.Put($"/assets/{id}/share", Share(eve.Id, "admin"));
        await ada.Put($"/assets/{id}/share", Share(eve.Id, "admin"));
        (await eve.Put($"/assets/{id}/share", Share(bob.Id, "write"))).Data().GetArrayLength().ShouldBe(3);
        (await server.Db.Maybe<long>($"select count(*) from events where subject_id = {id} and name = 'asset.shared'", default)).ShouldBe(3);
    }

    [Fact]
    public async Task A_list_holds_what_loads_one_by_one()
    {
        var (ada, eve) = (await server.Join("ada_list"), await server.Join("eve_list"));
        var lab = await server.Found("list-lab", ada);
        var ids = new List<Guid>();
        foreach (var (visibility, org) in new (string, Guid?)[] { ("public", null), ("private", null), ("organization", lab.Id), ("private", lab.Id) })
            ids.Add((await ada.Post("/datasets/create/from-schema", Calls.Scores($"Listed {visibility}", visibility, org))).Id());
        await ada.Put($"/assets/{ids[1]}/share", new { permission = new { user = new { user_id = eve.Id }, role = "read" } });
        foreach (var person in (Person[])[ada, eve])
        {
            var listed = await Found(person, "query=listed&limit=200");
            foreach (var id in ids)
                (await person.Http.GetAsync($"/api/assets/{id}")).StatusCode.ShouldBe(listed.Contains(id) ? HttpStatusCode.OK : HttpStatusCode.NotFound);
        }
        (await Found(eve, "query=listed&limit=200")).Count.ShouldBe(2);
    }

    static async Task<List<Guid>> Found(Person person, string query) => Ids(await person.Get("/search/assets?" + query));

    static List<Guid> Ids(JsonElement body) => [.. body.Data().EnumerateArray().Select(a => a.GetProperty("id").GetGuid())];
}
