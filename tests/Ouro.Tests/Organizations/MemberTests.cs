using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Organizations;

/// <summary>Who is in an organization: joining, asking, roles, leaving, and the roster of the default team, which is the organization's.</summary>
public sealed class MemberTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_open_organization_is_joined_once_and_its_default_team_with_it()
    {
        var (ada, bob) = (await server.Join("ada_open"), await server.Join("bob_open"));
        var lab = await Open(ada, "open-lab", new { base_role = "read" });
        var joined = (await bob.Post($"/organizations/{lab}/join", new { })).Data();
        (joined.GetProperty("joinStatus").GetString(), joined.GetProperty("userRole").GetString(), joined.GetProperty("membershipType").GetString(), joined.GetProperty("member_count").GetInt32())
            .ShouldBe(("joined", "read", "internal", 2));
        JsonElement.DeepEquals((await bob.Post($"/organizations/{lab}/join", new { })).Data(), joined).ShouldBeTrue();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bob.Post($"/organizations/{lab}/join", new { })));
        (await server.InDefaultTeam(lab)).ShouldBe(new Dictionary<Guid, string> { [ada.Id] = "admin", [bob.Id] = "read" }, ignoreOrder: true);
        // At once and without another key: what is visible to the organization, and its context.
        (await bob.Get("/organizations/user")).Data().GetArrayLength().ShouldBe(1);
        var events = (await ada.Get($"/organizations/{lab}/events?name=organization.member_joined")).Data();
        events.EnumerateArray().Count(e => e.GetProperty("subject_id").GetGuid() == bob.Id).ShouldBe(1);
    }

    [Fact]
    public async Task Where_admins_decide_one_asks_once_and_is_let_in_or_not()
    {
        var (ada, bob, eve) = (await server.Join("ada_asked"), await server.Join("bob_asks"), await server.Join("eve_asks"));
        var lab = await Open(ada, "asking-lab", new { join_policy = "request" });
        (await bob.Post($"/organizations/{lab}/join", new { message = "I grow crystals.\nLarge ones." })).Data().GetProperty("joinStatus").GetString().ShouldBe("pending");
        (await bob.Post($"/organizations/{lab}/join", new { message = "Again" })).Data().GetProperty("joinStatus").GetString().ShouldBe("pending");
        await eve.PostText($"/organizations/{lab}/join", "");
        var asked = (await ada.Get($"/organizations/{lab}/join-requests?status=pending")).Data();
        asked.EnumerateArray().Select(r => r.GetProperty("user").GetProperty("username").GetString()).ShouldBe(["eve_asks", "bob_asks"]);
        var (fromEve, fromBob) = (asked[0].GetProperty("id").GetGuid(), asked[1].GetProperty("id").GetGuid());
        asked[1].GetProperty("message").GetString().ShouldBe("I grow crystals.\nLarge ones.");
        // Who asks sees their own and no other, and decides nothing.
        (await bob.Get($"/organizations/{lab}/join-requests")).Data().EnumerateArray().Select(r => r.GetProperty("id").GetGuid()).ShouldBe([fromBob]);
        (await bob.Post($"/organizations/{lab}/join-requests/{fromBob}/approve", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");

        var approved = (await ada.Post($"/organizations/{lab}/join-requests/{fromBob}/approve", new { })).Data();
        (approved.GetProperty("status").GetString(), approved.GetProperty("reviewed_at").ValueKind).ShouldBe(("approved", JsonValueKind.String));
        (await bob.Get($"/organizations/{lab}")).Data().GetProperty("userRole").GetString().ShouldBe("write");
        (await ada.Post($"/organizations/{lab}/join-requests/{fromEve}/reject", new { })).Data().GetProperty("status").GetString().ShouldBe("rejected");
        foreach (var verb in (string[])["approve", "reject"])
            (await ada.Post($"/organizations/{lab}/join-requests/{fromEve}/{verb}", new { }, HttpStatusCode.NotFound)).Code().ShouldBe("join_request_not_found");
        // A request of another organization is none here.
        var den = await Open(ada, "asking-den", new { join_policy = "request" });
        await eve.Post($"/organizations/{den}/join", new { });
        var elsewhere = (await ada.Get($"/organizations/{den}/join-requests")).Data()[0].GetProperty("id").GetGuid();
        await ada.Post($"/organizations/{lab}/join-requests/{elsewhere}/approve", new { }, HttpStatusCode.NotFound);
        (await eve.Get($"/organizations/{lab}")).Data().GetProperty("joinStatus").GetString().ShouldBe("none");
        (await eve.Post($"/organizations/{lab}/join", new { })).Data().GetProperty("joinStatus").GetString().ShouldBe("pending");
        await ada.Get($"/organizations/{lab}/join-requests?status=odd", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_policy_on_kinds_of_account_holds_for_joining_asking_and_being_let_in()
    {
        var (ada, bob) = (await server.Join("ada_kinds"), await server.Join("bob_kinds"));
        var (vera, bot) = (await server.Join("vera_kinds", ActorType.Verified), await server.Join("bot_kinds", ActorType.Agent));
        var verified = await Open(ada, "verified-lab", new { actor_type_policy = "verified_only" });
        foreach (var person in (Person[])[bob, bot])
        {
            var refused = await person.Post($"/organizations/{verified}/join", new { }, HttpStatusCode.Forbidden);
            refused.Code().ShouldBe("verified_members_only");
            refused.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("verified_only");
        }
        await vera.Post($"/organizations/{verified}/join", new { });
        var agents = await Open(ada, "agents-lab", new { actor_type_policy = "agents_only", join_policy = "request" });
        (await vera.Post($"/organizations/{agents}/join", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("agents_only");
        await bot.Post($"/organizations/{agents}/join", new { });
        var request = (await ada.Get($"/organizations/{agents}/join-requests")).Data()[0].GetProperty("id").GetGuid();
        await ada.Put($"/organizations/{agents}", new { organization = new { actor_type_policy = "verified_only" } });
        (await ada.Post($"/organizations/{agents}/join-requests/{request}/approve", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("verified_members_only");
        // Members who are in stay, whatever becomes the policy; and the policy is asked before how one joins.
        (await ada.Get($"/organizations/{agents}")).Data().GetProperty("userRole").GetString().ShouldBe("admin");
        await ada.Put($"/organizations/{verified}", new { organization = new { join_policy = "invite_only" } });
        (await vera.Get($"/organizations/{verified}")).Data().GetProperty("joinStatus").GetString().ShouldBe("joined");
    }

    [Fact]
    public async Task Who_joins_without_an_address_of_its_domain_is_external_where_that_is_allowed()
    {
        var (ada, bob, carl) = (await server.Join("ada_domain"), await server.Join("bob_domain"), await server.Join("carl_domain"));
        await server.Db.Run($"update users set email = 'carl@LAB.example.org' where id = {carl.Id}", default);
        await server.Db.Run($"update users set email = 'bob@elab.example.org' where id = {bob.Id}", default);
        var lab = await Open(ada, "domain-lab", new { domain = "lab.example.org" });
        (await carl.Post($"/organizations/{lab}/join", new { })).Data().GetProperty("membershipType").GetString().ShouldBe("internal");
        (await bob.Post($"/organizations/{lab}/join", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("external_members_not_allowed");
        await ada.Put($"/organizations/{lab}", new { organization = new { allow_external_members = true } });
        (await bob.Post($"/organizations/{lab}/join", new { })).Data().GetProperty("membershipType").GetString().ShouldBe("external");
        // An external member sees what the members see, and is never an admin.
        (await bob.Get($"/organizations/{lab}/members")).Data().GetArrayLength().ShouldBe(3);
        await ada.Put($"/organizations/{lab}/members/{bob.Id}", new { member = new { role = "admin" } }, HttpStatusCode.BadRequest);
        await ada.Put($"/organizations/{lab}/members/{ada.Id}", new { member = new { membership_type = "external" } }, HttpStatusCode.BadRequest);
        (await ada.Put($"/organizations/{lab}/members/{bob.Id}", new { member = new { role = "admin", membership_type = "internal" } })).Data().GetProperty("role").GetString().ShouldBe("admin");
        await ada.Put($"/organizations/{lab}", new { organization = new { allow_external_members = false } });
        (await ada.Put($"/organizations/{lab}/members/{carl.Id}", new { member = new { membership_type = "external" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("external_members_not_allowed");
    }

    [Fact]
    public async Task Roles_change_in_the_organization_and_its_default_team_at_once()
    {
        var (ada, bob) = (await server.Join("ada_roles"), await server.Join("bob_roles"));
        var lab = await server.Found("roles-lab", ada);
        await server.Member(lab.Id, bob, "read");
        (await bob.Put($"/organizations/{lab.Id}/members/{bob.Id}", new { member = new { role = "admin" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
        (await bob.Put($"/organizations/{lab.Id}", new { organization = new { mission = "x" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
        var changed = (await ada.Put($"/organizations/{lab.Id}/members/{bob.Id}", new { member = new { role = "admin" } })).Data();
        (changed.GetProperty("user").GetProperty("username").GetString(), changed.GetProperty("role").GetString()).ShouldBe(("bob_roles", "admin"));
        (await server.InDefaultTeam(lab.Id))[bob.Id].ShouldBe("admin");
        // The right is there on the next request, and gone on the one after it was taken.
        await bob.Put($"/organizations/{lab.Id}", new { organization = new { mission = "Ours" } });
        await bob.Put($"/organizations/{lab.Id}/members/{ada.Id}", new { member = new { role = "write" } });
        await ada.Put($"/organizations/{lab.Id}", new { organization = new { mission = "Mine" } }, HttpStatusCode.Forbidden);
        await bob.Put($"/organizations/{lab.Id}/members/{ada.Id}", new { member = new { role = "none" } }, HttpStatusCode.BadRequest);
        await bob.Put($"/organizations/{lab.Id}/members/{ada.Id}", new { member = new { role = "owner" } }, HttpStatusCode.BadRequest);
        (await bob.Put($"/organizations/{lab.Id}/members/{Guid.CreateVersion7()}", new { member = new { role = "read" } }, HttpStatusCode.NotFound)).Code().ShouldBe("member_not_found");
        var updates = (await bob.Get($"/organizations/{lab.Id}/events?name=organization.member_updated&subject_id={bob.Id}")).Data();
        updates[0].GetProperty("data").GetProperty("from").GetProperty("role").GetString().ShouldBe("read");
    }

    [Fact]
    public async Task The_last_admin_stays_also_when_two_would_go_at_once()
    {
        var (ada, bob) = (await server.Join("ada_last"), await server.Join("bob_last"));
        for (var round = 0; round < 5; round++)
        {
            var lab = await server.Found($"last-lab-{round}", ada);
            (await ada.Delete($"/organizations/{lab.Id}/members/{ada.Id}", HttpStatusCode.Conflict)).Code().ShouldBe("last_admin");
            (await ada.Put($"/organizations/{lab.Id}/members/{ada.Id}", new { member = new { role = "write" } }, HttpStatusCode.Conflict)).Code().ShouldBe("last_admin");
            await server.Member(lab.Id, bob, "admin");
            // Each may go while the other stays.
            await Task.WhenAll(
                ada.Http.DeleteAsync($"/api/organizations/{lab.Id}/members/{ada.Id}"),
                bob.Http.DeleteAsync($"/api/organizations/{lab.Id}/members/{bob.Id}"),
                bob.Http.DeleteAsync($"/api/organizations/{lab.Id}/members/{ada.Id}"));
            (await server.Db.Maybe<long>($"select count(*) from organization_members where org_id = {lab.Id} and role = 'admin'", default)).ShouldBe(1);
            (await server.Db.Maybe<int>($"select member_count from organizations where id = {lab.Id}", default)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Who_leaves_or_is_removed_loses_the_teams_and_keeps_what_they_made()
    {
        var (ada, bob, eve) = (await server.Join("ada_removes"), await server.Join("bob_leaves"), await server.Join("eve_removed"));
        var lab = await server.Found("leaving-lab", ada);
        var team = Guid.CreateVersion7();
        await server.Db.Run($"insert into teams (id, org_id, name, visibility, created_at, last_updated) values ({team}, {lab.Id}, 'crew', 'organization', now(), now())", default);
        foreach (var person in (Person[])[bob, eve])
        {
            await server.Member(lab.Id, person);
            await server.Db.Run($"insert into team_members (team_id, user_id, role, added_at, read_at) values ({team}, {person.Id}, 'admin', now(), now())", default);
            await server.Db.Run($"insert into team_join_requests (id, team_id, user_id, created_at) values ({Guid.CreateVersion7()}, {lab.DefaultTeam!.Id}, {person.Id}, now())", default);
        }
        // The agent that eve answers for goes with her, who holds its key.
        var hers = await server.Join("eves_agent", ActorType.Agent);
        await server.Db.Run($"update users set owner_id = {eve.Id} where id = {hers.Id}", default);
        await server.Member(lab.Id, hers);
        await hers.Get($"/organizations/{lab.Id}");
        var made = (await bob.Post("/datasets/create/from-schema", Calls.Scores("Bobs", "organization", lab.Id))).Id();
        var kept = await bob.Bound(lab.Id);
        (await eve.Delete($"/organizations/{lab.Id}/members/{bob.Id}", HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");

        var left = (await bob.Delete($"/organizations/{lab.Id}/members/{bob.Id}")).Data();
        (left.GetProperty("org_id").GetGuid(), left.GetProperty("user_id").GetGuid()).ShouldBe((lab.Id, bob.Id));
        await ada.Delete($"/organizations/{lab.Id}/members/{eve.Id}");
        (await ada.Delete($"/organizations/{lab.Id}/members/{eve.Id}", HttpStatusCode.NotFound)).Code().ShouldBe("member_not_found");
        (await server.Db.Maybe<long>($"select count(*) from team_members where user_id in ({bob.Id}, {eve.Id})", default)).ShouldBe(0);
        (await server.Db.Maybe<long>($"select count(*) from team_join_requests where user_id in ({bob.Id}, {eve.Id})", default)).ShouldBe(0);
        (await server.InDefaultTeam(lab.Id)).Keys.ShouldBe([ada.Id]);

        // Gone is what came with the membership; what bob made is his, and the organization's to see.
        await bob.Get($"/organizations/{lab.Id}", HttpStatusCode.NotFound);
        (await bob.Get($"/datasets/{made}")).Data().GetProperty("user_id").GetGuid().ShouldBe(bob.Id);
        await eve.Get($"/datasets/{made}", HttpStatusCode.NotFound);
        await hers.Get($"/organizations/{lab.Id}", HttpStatusCode.NotFound);
        await ada.Get($"/datasets/{made}");
        (await kept.Get("/user", HttpStatusCode.Forbidden)).Code().ShouldBe("org_context_forbidden");
        // Both are told of it in their own log; an admin did one, bob himself the other.
        (await eve.Get("/user/events?name=organization.member_removed")).Data()[0].GetProperty("actor").GetProperty("username").GetString().ShouldBe("ada_removes");
        (await bob.Get("/user/events?name=organization.member_left")).Data()[0].GetProperty("actor_id").GetGuid().ShouldBe(bob.Id);
        // Leaving what one sees and is not in changes nothing.
        await ada.Put($"/organizations/{lab.Id}", new { organization = new { join_policy = "open" } });
        await bob.Delete($"/organizations/{lab.Id}/members/{bob.Id}");
        (await ada.Get($"/organizations/{lab.Id}")).Data().GetProperty("member_count").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task The_roster_is_paged_in_the_order_of_coming()
    {
        var ada = await server.Join("ada_roster");
        var lab = await server.Found("roster-lab", ada);
        var names = new List<string> { "ada_roster" };
        for (var i = 0; i < 4; i++)
        {
            var person = await server.Join($"roster_{i}");
            await server.Member(lab.Id, person);
            names.Add(person.Name);
        }
        (await ada.Ouro.Organizations.MembersAsync(lab.Id).Select(m => m.User.Username).ToListAsync()).ShouldBe(names);
        var page = await ada.Get($"/organizations/{lab.Id}/members?limit=2");
        var after = page.GetProperty("pagination").GetProperty("after").GetString();
        (await ada.Get($"/organizations/{lab.Id}/members?limit=2&after={after}")).Data().EnumerateArray().Select(m => m.GetProperty("user").GetProperty("username").GetString()).ShouldBe(names[2..4]);
        (await ada.Get($"/organizations/{lab.Id}/members?limit=2&offset=3")).Data().GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task The_context_header_has_its_three_refusals()
    {
        var (ada, eve) = (await server.Join("ada_header"), await server.Join("eve_header"));
        var (lab, den) = (await server.Found("header-lab", ada), await server.Found("header-den", ada));
        (await Asked(ada, "lab")).ShouldBe((HttpStatusCode.BadRequest, "invalid_org_context"));
        (await Asked(eve, lab.Id.ToString())).ShouldBe((HttpStatusCode.Forbidden, "org_context_forbidden"));
        (await Asked(await ada.Bound(lab.Id), den.Id.ToString())).ShouldBe((HttpStatusCode.Forbidden, "api_key_org_mismatch"));
        await ada.Put($"/organizations/{lab.Id}", new { organization = new { join_policy = "open" } });
        await eve.Post($"/organizations/{lab.Id}/join", new { });
        (await Asked(eve, lab.Id.ToString())).ShouldBe((HttpStatusCode.OK, lab.Id.ToString()));
        await ada.Delete($"/organizations/{lab.Id}/members/{eve.Id}");
        (await Asked(eve, lab.Id.ToString())).ShouldBe((HttpStatusCode.Forbidden, "org_context_forbidden"));

        static async Task<(HttpStatusCode, string)> Asked(Person person, string header)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/organizations/context");
            request.Headers.Add("X-Ouro-Org", header);
            var answer = await person.Http.SendAsync(request);
            var body = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
            return (answer.StatusCode, answer.IsSuccessStatusCode ? body.Id().ToString() : body.Code());
        }
    }

    static async Task<Guid> Open(Person admin, string name, object rules)
    {
        var organization = JsonSerializer.SerializeToNode(rules)!.AsObject();
        organization["name"] = name;
        organization["join_policy"] ??= "open";
        return (await admin.Post("/organizations/create", new { organization })).Id();
    }
}
