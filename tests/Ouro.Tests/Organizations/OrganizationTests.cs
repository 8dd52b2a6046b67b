using System.Net;
using System.Text.Json;
using Ouro.Tests.Mcp;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Organizations;

/// <summary>Organizations: founded, seen, changed.</summary>
public sealed class OrganizationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Anybody_founds_an_organization_and_is_its_admin()
    {
        var ada = await server.Join("ada_founds");
        var made = (await ada.Post("/organizations/create", new
        {
            organization = new
            {
                name = "founding-lab", display_name = "Founding Lab", mission = "Found things.\nThen find them.", size = "2 to 10", email = "lab@example.org",
                domain = "@Example.org", urls = new[] { new { value = "https://example.org" } }, base_role = "read", allow_external_members = true,
                join_policy = "request", actor_type_policy = "any", source_policy = "api_only", public_publishing = "admins", membership = new { role = "none" }, is_operator = true,
            },
        })).Data();
        made.GetProperty("name").GetString().ShouldBe("founding-lab");
        made.GetProperty("mission").GetString().ShouldBe("Found things.\nThen find them.");
        made.GetProperty("domain").GetString().ShouldBe("example.org");
        made.GetProperty("urls")[0].GetProperty("value").GetString().ShouldBe("https://example.org");
        made.GetProperty("base_role").GetString().ShouldBe("read");
        made.GetProperty("source_policy").GetString().ShouldBe("api_only");
        made.GetProperty("public_publishing").GetString().ShouldBe("admins");
        made.GetProperty("visibility").GetString().ShouldBe("public");
        made.GetProperty("member_count").GetInt32().ShouldBe(1);
        made.GetProperty("membership").GetProperty("role").GetString().ShouldBe("admin");
        (made.GetProperty("membershipType").GetString(), made.GetProperty("userRole").GetString(), made.GetProperty("joinStatus").GetString()).ShouldBe(("internal", "admin", "joined"));
        var team = made.GetProperty("default_team");
        (team.GetProperty("name").GetString(), team.GetProperty("org_id").GetGuid()).ShouldBe(("all", made.GetProperty("id").GetGuid()));

        // The record that was answered is the one that is read, in each way.
        var id = made.GetProperty("id").GetGuid();
        foreach (var path in (string[])[$"/organizations/{id}", "/organizations/by-name/founding-lab", "/organizations/by-name/Founding-Lab"])
            JsonElement.DeepEquals((await ada.Get(path)).Data(), made).ShouldBeTrue(path);
        (await ada.Get("/organizations/user")).Data().EnumerateArray().ShouldContain(o => o.GetProperty("id").GetGuid() == id);
        // What was made while a policy is strict is made by its founder all the same.
        (await ada.Post("/datasets/create/from-schema", Calls.Scores("first", "organization", id))).Data().GetProperty("org_id").GetGuid().ShouldBe(id);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("double--dash")]
    [InlineData("-dash")]
    [InlineData("with space")]
    [InlineData("under_score")]
    [InlineData("trailing\n")]
    [InlineData("")]
    [InlineData("teams")]
    [InlineData("settings")]
    public async Task A_name_that_is_none_or_a_part_of_a_path_is_refused(string name)
    {
        var ada = await server.Join("ada_" + Guid.CreateVersion7().ToString("N")[20..]);
        var refused = await ada.Post("/organizations/create", new { organization = new { name } }, HttpStatusCode.BadRequest);
        refused.GetProperty("error").GetProperty("details").TryGetProperty("organization.name", out _).ShouldBeTrue();
        await ada.Post("/organizations/create", new { organization = new { name = new string('a', 81) } }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_name_is_taken_once_also_against_accounts_and_when_many_want_it()
    {
        var ada = await server.Join("ada_names");
        await server.Join("Grace");
        (await ada.Post("/organizations/create", new { organization = new { name = "grace" } }, HttpStatusCode.Conflict)).Code().ShouldBe("organization_name_taken");
        (await Should.ThrowAsync<Ouro.Server.Kernel.Refusal>(() => server.Join("ada_Names"))).Code.ShouldBe("username_taken");
        // An account and an organization of one name, made at once: one of them is there.
        for (var round = 0; round < 5; round++)
        {
            var name = $"both{round}";
            var account = Task.Run(() => server.Join(name));
            var organization = ada.Http.PostAsync("/api/organizations/create", new StringContent($$$"""{"organization": {"name": "{{{name}}}"}}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")));
            await Task.WhenAll(account.ContinueWith(_ => { }, TaskScheduler.Default), organization);
            (account.IsCompletedSuccessfully ^ (await organization).IsSuccessStatusCode).ShouldBeTrue(name);
        }
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            ada.Http.PostAsync("/api/organizations/create", new StringContent("""{"organization": {"name": "raced"}}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")))));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(5);
        var other = await server.Found("other-names", ada);
        (await ada.Put($"/organizations/{other.Id}", new { organization = new { name = "raced" } }, HttpStatusCode.Conflict)).Code().ShouldBe("organization_name_taken");
        (await ada.Put($"/organizations/{other.Id}", new { organization = new { name = "renamed-names" } })).Data().GetProperty("name").GetString().ShouldBe("renamed-names");
        (await ada.Get("/organizations/by-name/other-names", HttpStatusCode.NotFound)).Code().ShouldBe("organization_not_found");
    }

    [Fact]
    public async Task A_private_organization_answers_like_one_that_is_not_there()
    {
        var (ada, eve) = (await server.Join("ada_hidden"), await server.Join("eve_hidden"));
        var lab = await server.Found("hidden-lab", ada);
        foreach (var (id, name) in new[] { (lab.Id, "hidden-lab"), (Guid.CreateVersion7(), "no-such-lab") })
        {
            string Told(JsonElement body) => body.GetProperty("error").GetProperty("message").GetString()!.Replace(id.ToString(), "X").Replace(name, "X") + body.Code();
            var expected = "There is no organization X, or it is not yours to see.organization_not_found";
            Told(await eve.Get($"/organizations/{id}", HttpStatusCode.NotFound)).ShouldBe(expected);
            Told(await eve.Get($"/organizations/by-name/{name}", HttpStatusCode.NotFound)).ShouldBe(expected);
            foreach (var path in (string[])["members", "join-requests", "events", "invitations"])
                Told(await eve.Get($"/organizations/{id}/{path}", HttpStatusCode.NotFound)).ShouldBe(expected, path);
            Told(await eve.Post($"/organizations/{id}/join", new { }, HttpStatusCode.NotFound)).ShouldBe(expected);
            Told(await eve.Put($"/organizations/{id}", new { organization = new { mission = "mine" } }, HttpStatusCode.NotFound)).ShouldBe(expected);
            Told(await eve.Post($"/organizations/{id}/invitations", new { invitation = new { } }, HttpStatusCode.NotFound)).ShouldBe(expected);
            Told(await eve.Put($"/organizations/{id}/members/{eve.Id}", new { member = new { role = "admin" } }, HttpStatusCode.NotFound)).ShouldBe(expected);
            Told(await eve.Delete($"/organizations/{id}/members/{eve.Id}", HttpStatusCode.NotFound)).ShouldBe(expected);
        }
        await eve.Get("/organizations/not-a-uuid", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task One_that_can_be_joined_or_has_a_public_team_is_seen_and_only_the_former_is_discovered()
    {
        var (ada, eve) = (await server.Join("ada_seen"), await server.Join("eve_seen"));
        var lab = await server.Found("seen-lab", ada);
        await server.Db.Run($"insert into teams (id, org_id, name, visibility, created_at, last_updated) values ({Guid.CreateVersion7()}, {lab.Id}, 'open', 'public', now(), now())", default);
        var seen = (await eve.Get($"/organizations/{lab.Id}")).Data();
        (seen.GetProperty("visibility").GetString(), seen.GetProperty("joinStatus").GetString(), seen.GetProperty("membership").ValueKind).ShouldBe(("public", "none", JsonValueKind.Null));
        (await Discovered(eve)).ShouldNotContain("seen-lab");
        (await eve.Post($"/organizations/{lab.Id}/join", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("invitation_needed");
        (await eve.Get($"/organizations/{lab.Id}/members", HttpStatusCode.Forbidden)).Code().ShouldBe("not_a_member");

        await ada.Put($"/organizations/{lab.Id}", new { organization = new { join_policy = "open" } });
        (await Discovered(eve)).ShouldContain("seen-lab");
        // Everybody is in the global one, and it is no discovery.
        (await Discovered(eve)).ShouldNotContain("ouro");
    }

    [Fact]
    public async Task Discovery_goes_on_from_where_a_page_ended()
    {
        var ada = await server.Join("ada_pages");
        foreach (var name in (string[])["page-a", "page-b", "page-c"])
            await ada.Post("/organizations/create", new { organization = new { name, join_policy = "open" } });
        var all = await Discovered(ada);
        all.ShouldBe(all.Order(StringComparer.Ordinal));
        var (paged, after) = (new List<string>(), "");
        do
        {
            var page = await ada.Get("/organizations/discoverable?limit=2&after=" + after);
            paged.AddRange(page.Data().EnumerateArray().Select(o => o.GetProperty("name").GetString()!));
            after = page.GetProperty("pagination").TryGetProperty("after", out var next) ? next.GetString() : null;
        } while (after is not null);
        paged.ShouldBe(all);
        (await ada.Get("/organizations/discoverable?limit=2&offset=1")).Data()[0].GetProperty("name").GetString().ShouldBe(all[1]);
        await ada.Get("/organizations/discoverable?limit=0", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_change_leaves_what_it_does_not_name_and_cannot_reach_further_than_its_fields()
    {
        var (ada, bob) = (await server.Join("ada_changes"), await server.Join("bob_changes"));
        var lab = (await ada.Post("/organizations/create", new { organization = new { name = "changing-lab", display_name = "Changing", mission = "Change" } })).Id();
        await server.Member(lab, bob, "write");
        var changed = (await ada.Put($"/organizations/{lab}", new { organization = new { mission = (string?)null, join_policy = "request", member_count = 99, default_team_id = Guid.Empty, id = Guid.Empty, created_at = "2000-01-01T00:00:00Z" } })).Data();
        changed.GetProperty("id").GetGuid().ShouldBe(lab);
        changed.GetProperty("mission").ValueKind.ShouldBe(JsonValueKind.Null);
        (changed.GetProperty("display_name").GetString(), changed.GetProperty("join_policy").GetString(), changed.GetProperty("member_count").GetInt32()).ShouldBe(("Changing", "request", 2));
        changed.GetProperty("created_at").GetDateTimeOffset().Year.ShouldBeGreaterThan(2020);

        (await bob.Put($"/organizations/{lab}", new { organization = new { mission = "Mine" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
        foreach (var wrong in (object[])[new { base_role = "admin" }, new { join_policy = "closed" }, new { join_policy = (string?)null }, new { domain = "not a domain" }, new { email = "nobody" },
            new { urls = new[] { new { value = "javascript:alert(1)" } } }, new { display_name = new string('x', 81) }, new { mission = new string('x', 2001) }, new { name = "No Slug" }, new { name = (string?)null }])
            await ada.Put($"/organizations/{lab}", new { organization = wrong }, HttpStatusCode.BadRequest);
        await ada.Put($"/organizations/{lab}", new { }, HttpStatusCode.BadRequest);
        JsonElement.DeepEquals((await ada.Get($"/organizations/{lab}")).Data(), changed).ShouldBeTrue("a refused change leaves everything");
    }

    [Fact]
    public async Task The_global_organization_is_everybodys_and_has_no_roster_and_no_settings()
    {
        var owner = await server.Join("global_operator", isOperator: true);
        var global = (await owner.Get($"/organizations/{Ids.Global}")).Data();
        (global.GetProperty("name").GetString(), global.GetProperty("joinStatus").GetString(), global.GetProperty("userRole").GetString()).ShouldBe(("ouro", "joined", "write"));
        (await owner.Post($"/organizations/{Ids.Global}/join", new { })).Id().ShouldBe(Ids.Global);
        foreach (var refused in new[]
        {
            await owner.Get($"/organizations/{Ids.Global}/members", HttpStatusCode.Forbidden),
            await owner.Put($"/organizations/{Ids.Global}", new { organization = new { mission = "x" } }, HttpStatusCode.Forbidden),
            await owner.Delete($"/organizations/{Ids.Global}/members/{owner.Id}", HttpStatusCode.Forbidden),
            await owner.Post($"/organizations/{Ids.Global}/invitations", new { invitation = new { } }, HttpStatusCode.Forbidden),
        })
            refused.Code().ShouldBe("global_organization");
    }

    [Fact]
    public async Task A_bound_key_founds_and_joins_nothing_and_is_an_admin_only_in_its_place()
    {
        var ada = await server.Join("ada_bound");
        var (lab, den) = (await server.Found("bound-lab", ada), await server.Found("bound-den", ada));
        var inLab = await ada.Bound(lab.Id);
        (await inLab.Post("/organizations/create", new { organization = new { name = "bound-new" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("api_key_org_mismatch");
        (await inLab.Get("/organizations/user")).Data().EnumerateArray().Select(o => o.GetProperty("name").GetString()).ShouldBe(["bound-lab"]);
        await inLab.Put($"/organizations/{lab.Id}", new { organization = new { mission = "Inside" } });
        (await inLab.Get($"/organizations/{den.Id}", HttpStatusCode.NotFound)).Code().ShouldBe("organization_not_found");
        await ada.Put($"/organizations/{den.Id}", new { organization = new { join_policy = "open" } });
        (await inLab.Get($"/organizations/{den.Id}")).Data().GetProperty("membership").ValueKind.ShouldBe(JsonValueKind.Null);
        (await inLab.Put($"/organizations/{den.Id}", new { organization = new { mission = "Outside" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
        (await inLab.Post($"/organizations/{den.Id}/join", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("api_key_org_mismatch");
        (await inLab.Get($"/organizations/{den.Id}/members", HttpStatusCode.Forbidden)).Code().ShouldBe("not_a_member");
    }

    [Fact]
    public async Task Agents_find_organizations_with_their_role_and_those_to_join()
    {
        var (ada, bot) = (await server.Join("ada_tools"), await server.Join("bot_tools", ActorType.Agent));
        var lab = (await ada.Post("/organizations/create", new { organization = new { name = "tool-lab", display_name = "Tool Lab", mission = "Make tools", join_policy = "open" } })).Id();
        (await bot.Ask("get_organizations")).Data.GetProperty("results").GetArrayLength().ShouldBe(0);
        var found = (await bot.Ask("get_organizations", new { discover = true })).Data.GetProperty("results").EnumerateArray().Single(o => o.GetProperty("id").GetGuid() == lab);
        (found.GetProperty("name").GetString(), found.GetProperty("display_name").GetString(), found.GetProperty("mission").GetString(), found.GetProperty("join_policy").GetString(), found.GetProperty("role").ValueKind)
            .ShouldBe(("tool-lab", "Tool Lab", "Make tools", "open", JsonValueKind.Null));
        await bot.Post($"/organizations/{lab}/join", new { });
        var mine = (await bot.Ask("get_organizations")).Data.GetProperty("results")[0];
        (mine.GetProperty("role").GetString(), mine.GetProperty("membership_type").GetString()).ShouldBe(("write", "internal"));
    }

    static async Task<List<string>> Discovered(Person person) =>
        [.. (await person.Get("/organizations/discoverable?limit=200")).Data().EnumerateArray().Select(o => o.GetProperty("name").GetString()!)];
}
