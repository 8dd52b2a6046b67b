using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

public sealed class ChangeTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task What_is_sent_changes_and_the_rest_stays()
    {
        var ada = await server.Join("ada_change");
        var id = await Made(ada, "Before", "public");
        var before = await ada.Get($"/assets/{id}");

        var same = await ada.Put($"/assets/{id}", new { asset = new { } });
        same.Data().GetRawText().ShouldBe(before.Data().GetRawText());

        var changed = (await ada.Put($"/assets/{id}", new { asset = new { name = "After (2)", attribution = new { paper_url = "https://example.org/p" }, id = Guid.CreateVersion7(), state = "error", source = "web", whatever = 1 } })).Data();
        changed.GetProperty("id").GetGuid().ShouldBe(id);
        changed.GetProperty("name_url_slug").GetString().ShouldBe("after-2");
        changed.GetProperty("state").GetString().ShouldBe("success");
        changed.GetProperty("source").GetString().ShouldBe("api");
        changed.GetProperty("description").GetProperty("text").GetString().ShouldBe("How the samples did");
        changed.GetProperty("attribution").GetProperty("originality").GetString().ShouldBe("original");
        changed.GetProperty("attribution").GetProperty("paper_url").GetString().ShouldBe("https://example.org/p");
        changed.GetProperty("last_updated").GetDateTimeOffset().ShouldBeGreaterThan(before.Data().GetProperty("last_updated").GetDateTimeOffset());

        await ada.Put($"/assets/{id}", new { asset = new { attribution = new { originality = "derivative" }, license_id = "CC-BY-4.0" } });
        var cleared = (await ada.Put($"/assets/{id}", new { asset = new { description = (string?)null, license_id = (string?)null, attribution = new { originality = (string?)null } } })).Data();
        cleared.GetProperty("description").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("license_id").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("attribution").GetProperty("originality").GetString().ShouldBe("original");
        cleared.GetProperty("attribution").GetProperty("paper_url").GetString().ShouldBe("https://example.org/p");
        (await server.Db.Maybe<string>($"select data ->> 'changed' from events where subject_id = {id} and name = 'dataset.updated' order by id limit 1", default))
            .ShouldBe("""["name", "attribution"]""");
    }

    [Fact]
    public async Task A_new_name_never_takes_anothers_address()
    {
        var ada = await server.Join("ada_renames");
        var (first, second) = (await Made(ada, "Taken"), await Made(ada, "Other"));
        var slug = (await ada.Put($"/assets/{second}", new { asset = new { name = "taken" } })).Data().GetProperty("name_url_slug").GetString()!;
        slug.ShouldStartWith("taken-");
        (await ada.Put($"/assets/{first}", new { asset = new { name = "TAKEN" } })).Data().GetProperty("name_url_slug").GetString().ShouldBe("taken");
        foreach (var name in (string?[])[null, "", "  ", new string('x', 256), "a\u0000b"])
            Field(await ada.Put($"/assets/{first}", new { asset = new { name } }, HttpStatusCode.BadRequest), "name");
    }

    [Fact]
    public async Task The_role_write_changes_what_it_says_and_only_admins_who_sees_it()
    {
        var (ada, eve, bob) = (await server.Join("ada_roles"), await server.Join("eve_roles"), await server.Join("bob_roles"));
        var id = await Made(ada, "Roles");
        await eve.Put($"/assets/{id}", new { asset = new { name = "Hers" } }, HttpStatusCode.NotFound);
        await Share(ada, id, eve, "read");
        (await eve.Put($"/assets/{id}", new { asset = new { name = "Hers" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("update_forbidden");
        (await eve.Put($"/assets/{id}", new { asset = new { } }, HttpStatusCode.Forbidden)).Code().ShouldBe("update_forbidden");
        await Share(ada, id, eve, "write");
        await eve.Put($"/assets/{id}", new { asset = new { name = "Theirs", license_id = "MIT" } });
        foreach (var managed in (object[])[new { visibility = "public" }, new { org_id = Guid.Empty }, new { price_usd = 1 }, new { monetization = "none" }])
            (await eve.Put($"/assets/{id}", new { asset = managed }, HttpStatusCode.Forbidden)).Code().ShouldBe("manage_forbidden");
        await Share(ada, id, eve, "admin");
        await eve.Put($"/assets/{id}", new { asset = new { visibility = "public" } });
        (await bob.Get($"/assets/{id}")).Data().GetProperty("user_id").GetGuid().ShouldBe(ada.Id);
    }

    [Fact]
    public async Task Two_who_change_it_at_once_lose_nothing_of_each_other()
    {
        var ada = await server.Join("ada_both");
        var id = await Made(ada, "Both");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ada.Put($"/assets/{id}", new
        {
            asset = new { attribution = new Dictionary<string, string> { [((string[])["paper_url", "github_url", "external_url", "doi_url"])[i % 4]] = $"https://example.org/{i % 4}" } },
        })));
        var attribution = (await ada.Get($"/assets/{id}")).Data().GetProperty("attribution");
        foreach (var key in (string[])["paper_url", "github_url", "external_url", "doi_url"]) attribution.TryGetProperty(key, out _).ShouldBeTrue(key);
    }

    [Fact]
    public async Task An_asset_moves_only_where_its_mover_may_put_things_and_never_becomes_public_by_it()
    {
        var (ada, eve) = (await server.Join("ada_moves"), await server.Join("eve_moves"));
        var (lab, other) = (await server.Found("moves-lab", ada), await server.Found("moves-other", eve));
        var id = await Made(ada, "Mover", "public");
        (await ada.Put($"/assets/{id}", new { asset = new { org_id = other.Id } }, HttpStatusCode.Forbidden)).Code().ShouldBe("not_a_member");
        // The lab's only team is internal, so what is public cannot come in as it is.
        (await ada.Put($"/assets/{id}", new { asset = new { org_id = lab.Id } }, HttpStatusCode.Forbidden)).Code().ShouldBe("internal_team");
        Field(await ada.Put($"/assets/{id}", new { asset = new { team_id = other.DefaultTeam!.Id } }, HttpStatusCode.BadRequest), "team_id");
        var moved = (await ada.Put($"/assets/{id}", new { asset = new { org_id = lab.Id, visibility = "organization" } })).Data();
        moved.GetProperty("slug").GetString().ShouldBe("/datasets/moves-lab/mover");
        await eve.Get($"/assets/{id}", HttpStatusCode.NotFound);
        Field(await ada.Put($"/assets/{id}", new { asset = new { org_id = Ids.Global } }, HttpStatusCode.BadRequest), "visibility");

        var bound = new Person(server, ada.Id, ada.Name, (await ada.Post("/user/api-keys", new { key = new { name = "bound", org_id = lab.Id } })).Data().GetProperty("secret").GetString()!);
        (await bound.Put($"/assets/{id}", new { asset = new { org_id = Ids.Global, visibility = "private" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("api_key_org_mismatch");
        await bound.Put($"/assets/{id}", new { asset = new { name = "Moved" } });
        await ada.Put($"/assets/{id}", new { asset = new { org_id = Ids.Global, visibility = "private" } });
        await bound.Put($"/assets/{id}", new { asset = new { name = "Back" } }, HttpStatusCode.NotFound);
        // In the personal context “organization” means everybody, as it does when something is made.
        (await ada.Put($"/assets/{id}", new { asset = new { visibility = "organization" } })).Data().GetProperty("visibility").GetString().ShouldBe("public");
    }

    [Fact]
    public async Task What_inherits_is_seen_by_who_sees_its_parent_and_moves_with_it()
    {
        var (ada, eve) = (await server.Join("ada_inherits"), await server.Join("eve_inherits"));
        var lab = await server.Found("inherits-lab", ada);
        var (parent, child, leaf) = (await Made(ada, "Parent"), await Made(ada, "Child"), await Made(ada, "Leaf"));
        Field(await ada.Put($"/assets/{child}", new { asset = new { visibility = "inherit" } }, HttpStatusCode.BadRequest), "visibility");
        await server.Db.Run($"update assets set parent_id = case id when {child} then {parent} else {child} end where id in ({child}, {leaf})", default);
        foreach (var id in (Guid[])[child, leaf]) await ada.Put($"/assets/{id}", new { asset = new { visibility = "inherit" } });
        await eve.Get($"/assets/{leaf}", HttpStatusCode.NotFound);
        await Share(ada, parent, eve, "read");
        foreach (var id in (Guid[])[child, leaf])
        {
            await eve.Get($"/assets/{id}");
            await eve.Get($"/datasets/{id}/data");
            await eve.Put($"/assets/{id}", new { asset = new { name = "Hers" } }, HttpStatusCode.Forbidden);
        }
        Field(await ada.Put($"/assets/{child}", new { asset = new { org_id = lab.Id } }, HttpStatusCode.BadRequest), "visibility");
        await ada.Put($"/assets/{parent}", new { asset = new { org_id = lab.Id } });
        (await ada.Get($"/assets/{leaf}")).Data().GetProperty("org_id").GetGuid().ShouldBe(lab.Id);
    }

    [Theory]
    [InlineData("""{"permission":{"user":{"user_id":"EVE"}}}""", "permission.role")]
    [InlineData("""{"permission":{"user":{"user_id":"EVE"},"role":null}}""", "permission.role")]
    [InlineData("""{"permission":{"user":{"user_id":"EVE"},"role":"owner"}}""", "permission.role")]
    [InlineData("""{"permission":{"user":{},"role":"none"}}""", "permission.user.user_id")]
    [InlineData("""{"permission":{"role":"none"}}""", "permission.user")]
    [InlineData("""{}""", "permission")]
    public async Task A_share_that_does_not_say_whom_or_what_takes_nothing_away(string body, string field)
    {
        var name = Guid.CreateVersion7().ToString("N")[20..];
        var (ada, eve) = (await server.Join("ada_half_" + name), await server.Join("eve_half_" + name));
        var id = await Made(ada, "Shared");
        await Share(ada, id, eve, "read");

        Field(await ada.PutText($"/assets/{id}/share", body.Replace("EVE", eve.Id.ToString()), HttpStatusCode.BadRequest), field);

        await eve.Get($"/assets/{id}");
    }

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("a\tb")]
    [InlineData("a\u2028b")]
    [InlineData("\u200b\u202e \u2066")]
    public async Task A_name_stands_on_one_line_and_can_be_seen(string name)
    {
        var ada = await server.Join("ada_line_" + Guid.CreateVersion7().ToString("N")[20..]);
        var id = await Made(ada, "Line");
        Field(await ada.Put($"/assets/{id}", new { asset = new { name } }, HttpStatusCode.BadRequest), "name");
        // Marks of direction and joiners belong to what people write.
        await ada.Put($"/assets/{id}", new { asset = new { name = "\u200fשלום 👩‍🔬" } });
    }

    [Theory]
    [InlineData("{\"asset\":{\n \"license_id\":5}}", "asset.license_id")]
    [InlineData("{\"asset\":{\n \"price_usd\":\"x\"}}", "asset.price_usd")]
    public async Task A_value_of_the_wrong_kind_is_refused_by_its_field_and_its_line(string body, string field)
    {
        var ada = await server.Join("ada_kind_" + Guid.CreateVersion7().ToString("N")[20..]);
        var refused = await ada.PutText($"/assets/{await Made(ada, "Kind")}", body, HttpStatusCode.BadRequest);
        Field(refused, field);
        refused.GetProperty("error").GetProperty("hint").GetString()!.ShouldStartWith("Line 2,");
    }

    static async Task<Guid> Made(Person person, string name, string visibility = "private") =>
        (await person.Post("/datasets/create/from-schema", Calls.Scores(name, visibility))).Id();

    static Task<JsonElement> Share(Person person, Guid id, Person with, string role) =>
        person.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = with.Id }, role } });

    internal static void Field(JsonElement refused, string field) =>
        refused.GetProperty("error").GetProperty("details").TryGetProperty(field, out _).ShouldBeTrue(refused.GetRawText());
}
