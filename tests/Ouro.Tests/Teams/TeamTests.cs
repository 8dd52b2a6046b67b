using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Teams;

public sealed class TeamTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_team_says_what_it_is_for_what_its_rules_are_and_what_the_caller_is_in_it()
    {
        var ada = await server.Join("ada_team");
        var lab = await server.Found("team-lab", ada);
        var team = (await ada.Post("/teams/create", new { team = new { name = "materials", org_id = lab.Id, description = new { json = new { type = "doc" }, text = "Better *steel*" }, visibility = "public" } })).Data();
        string Word(string key) => team.GetProperty(key).GetString()!;
        (Word("name"), Word("slug"), Word("visibility"), Word("default_role"), Word("join_policy"), Word("source_policy"), Word("actor_type_policy"), Word("joinStatus"))
            .ShouldBe(("materials", "materials", "public", "write", "open", "any", "any", "joined"));
        (team.GetProperty("org_id").GetGuid(), team.GetProperty("organization_id").GetGuid(), team.GetProperty("organization").GetProperty("name").GetString()).ShouldBe((lab.Id, lab.Id, "team-lab"));
        Word("url").ShouldEndWith("/team-lab/teams/materials");
        team.GetProperty("description").GetProperty("text").GetString().ShouldBe("Better *steel*");
        foreach (var yes in (string[])["agent_can_create", "canModerate", "inherits_source_policy", "inherits_actor_type_policy"]) team.GetProperty(yes).GetBoolean().ShouldBeTrue(yes);
        foreach (var no in (string[])["join_request_pending", "is_default"]) team.GetProperty(no).GetBoolean().ShouldBeFalse(no);
        team.GetProperty("memberCount").GetInt32().ShouldBe(1);
        team.GetProperty("userJoinRequest").ValueKind.ShouldBe(JsonValueKind.Null);
        var membership = team.GetProperty("userMembership");
        (membership.GetProperty("role").GetString(), membership.GetProperty("membership_type").GetString(), membership.GetProperty("user").GetProperty("username").GetString())
            .ShouldBe(("admin", "internal", "ada_team"));
        team.TryGetProperty("members", out _).ShouldBeFalse();

        var id = team.GetProperty("id").GetGuid();
        JsonElement.DeepEquals((await ada.Get($"/teams/{id}")).Data(), team).ShouldBeTrue();
        JsonElement.DeepEquals((await ada.Get("/teams/by-name/TEAM-lab/materials")).Data(), team).ShouldBeTrue();
        var whole = (await ada.Get($"/teams/{id}?include_members=true")).Data();
        whole.GetProperty("members")[0].GetProperty("user_id").GetGuid().ShouldBe(ada.Id);
        (await ada.Post("/teams/create", new { team = new { name = "bare", org_id = lab.Id } })).Data().GetProperty("description").GetProperty("text").GetString().ShouldBe("");
    }

    [Fact]
    public async Task A_name_is_lowercase_words_with_dashes_and_taken_once_in_its_organization()
    {
        var ada = await server.Join("ada_names");
        var (lab, other) = (await server.Found("names-lab", ada), await server.Found("names-other", ada));
        foreach (var name in (string?[])["Materials", "two words", "a--b", "-a", "a-", "a_b", "", " ", null, "ünder", "a/b", "ａ", "a\n", new string('a', 81)])
            (await ada.Post("/teams/create", new { team = new { name, org_id = lab.Id } }, HttpStatusCode.BadRequest)).Code().ShouldBeOneOf("invalid_fields", "malformed_json");
        var first = await ada.Ouro.Teams.CreateAsync(new("same", lab.Id));
        (await ada.Ouro.Teams.CreateAsync(new("same", lab.Id)).Refused()).ShouldBe("409 team_name_taken");
        await ada.Ouro.Teams.CreateAsync(new("same", other.Id));
        await ada.Ouro.Teams.CreateAsync(new(new string('a', 80), lab.Id));
        var second = await ada.Ouro.Teams.CreateAsync(new("second", lab.Id));
        (await ada.Ouro.Teams.UpdateAsync(second.Id, new() { Name = "same" }).Refused()).ShouldBe("409 team_name_taken");
        (await ada.Ouro.Teams.UpdateAsync(second.Id, new() { Name = "Not So" }).Refused()).ShouldBe("400 invalid_fields");
        (await ada.Ouro.Teams.UpdateAsync(first.Id, new() { Name = "same" })).Name.ShouldBe("same");
    }

    [Fact]
    public async Task Visibility_is_the_organizations_where_none_is_named_and_everybodys_in_the_global_one()
    {
        var ada = await server.Join("ada_sees");
        var lab = await server.Found("sees-lab", ada);
        (await ada.Ouro.Teams.CreateAsync(new("quiet", lab.Id))).Visibility.ShouldBe(Visibility.Organization);
        (await ada.Post("/teams/create", new { team = new { name = "older-word", org_id = lab.Id, visibility = "private" } })).Data().GetProperty("visibility").GetString().ShouldBe("organization");
        foreach (var visibility in (string[])["monetized", "inherit", "secret"])
            await ada.Post("/teams/create", new { team = new { name = "no-" + visibility, org_id = lab.Id, visibility } }, HttpStatusCode.BadRequest);
        await ada.Post("/teams/create", new { team = new { name = "no-role", org_id = lab.Id, default_role = "admin" } }, HttpStatusCode.BadRequest);

        var global = await ada.Ouro.Teams.CreateAsync(new("ada-sees-all"));
        (global.OrgId, global.Visibility).ShouldBe((Ids.Global, Visibility.Public));
        global.Url.ShouldEndWith("/teams/ada-sees-all");
        global.Url.ShouldNotContain("/ouro/");
        (await ada.Ouro.Teams.UpdateAsync(global.Id, new() { Visibility = Visibility.Organization }).Refused()).ShouldBe("400 invalid_fields");
        (await ada.Ouro.Teams.CreateAsync(new("ada-hidden") { Visibility = Visibility.Organization }).Refused()).ShouldBe("400 invalid_fields");
    }

    [Fact]
    public async Task Internal_members_who_write_create_teams_and_others_only_as_the_organization_lets_them()
    {
        var ada = await server.Join("ada_founds");
        var lab = await server.Found("founds-lab", ada);
        var (reader, writer, guest, eve) = (await server.Member(lab, "reader_founds", "read"), await server.Member(lab, "writer_founds"),
            await server.Member(lab, "guest_founds", type: MembershipType.External), await server.Join("eve_founds"));
        (await reader.Ouro.Teams.CreateAsync(new("r", lab.Id)).Refused()).ShouldBe("403 read_only_role");
        (await eve.Ouro.Teams.CreateAsync(new("e", lab.Id)).Refused()).ShouldBe("403 not_a_member");
        (await eve.Ouro.Teams.CreateAsync(new("e", Guid.CreateVersion7())).Refused()).ShouldBe("403 not_a_member");
        (await guest.Ouro.Teams.CreateAsync(new("g", lab.Id) { Visibility = Visibility.Public }).Refused()).ShouldBe("403 external_team_creation");
        await server.Db.Run($"update organizations set allow_external_public_team_creation = true where id = {lab.Id}", default);
        (await guest.Ouro.Teams.CreateAsync(new("g", lab.Id)).Refused()).ShouldBe("403 external_team_creation");
        (await guest.Ouro.Teams.CreateAsync(new("g", lab.Id) { Visibility = Visibility.Public })).UserMembership!.MembershipType.ShouldBe(MembershipType.External);
        // Who makes a team is its admin, whatever its own rules say of them.
        var agents = await writer.Ouro.Teams.CreateAsync(new("w", lab.Id) { ActorTypePolicy = ActorTypePolicy.AgentsOnly, SourcePolicy = SourcePolicy.WebOnly });
        (agents.UserMembership!.Role, agents.CanModerate, agents.AgentCanCreate).ShouldBe((Role.Admin, true, false));

        await server.Db.Run($"update organizations set public_publishing = 'admins' where id = {lab.Id}", default);
        (await writer.Ouro.Teams.CreateAsync(new("p", lab.Id) { Visibility = Visibility.Public }).Refused()).ShouldBe("403 public_publishing_admins");
        (await writer.Ouro.Teams.UpdateAsync(agents.Id, new() { Visibility = Visibility.Public }).Refused()).ShouldBe("403 public_publishing_admins");
        await ada.Ouro.Teams.CreateAsync(new("p", lab.Id) { Visibility = Visibility.Public });
        await server.Db.Run($"update organizations set public_publishing = 'off' where id = {lab.Id}", default);
        (await ada.Ouro.Teams.UpdateAsync(agents.Id, new() { Visibility = Visibility.Public }).Refused()).ShouldBe("403 public_publishing_off");
        await writer.Ouro.Teams.CreateAsync(new("q", lab.Id));
    }

    [Fact]
    public async Task A_policy_is_the_organizations_until_the_team_has_its_own_and_again_when_it_inherits()
    {
        var ada = await server.Join("ada_inherits");
        var lab = await server.Found("inherits-lab", ada);
        await server.Db.Run($"update organizations set source_policy = 'web_only', actor_type_policy = 'verified_only' where id = {lab.Id}", default);
        var team = await ada.Ouro.Teams.CreateAsync(new("t", lab.Id));
        Policies(team).ShouldBe((SourcePolicy.WebOnly, true, ActorTypePolicy.VerifiedOnly, true, false));
        Policies(await ada.Ouro.Teams.UpdateAsync(team.Id, new() { SourcePolicy = SourcePolicy.Any })).ShouldBe((SourcePolicy.Any, false, ActorTypePolicy.VerifiedOnly, true, true));
        Policies(await ada.Ouro.Teams.UpdateAsync(team.Id, new() { ActorTypePolicy = ActorTypePolicy.Any })).ShouldBe((SourcePolicy.Any, false, ActorTypePolicy.Any, false, true));
        Policies(await ada.Ouro.Teams.UpdateAsync(team.Id, new() { SourcePolicy = new(null) })).ShouldBe((SourcePolicy.WebOnly, true, ActorTypePolicy.Any, false, false));
        await ada.Put($"/teams/{team.Id}", new { team = new { id = team.Id, actor_type_policy = "inherit" } });
        await server.Db.Run($"update organizations set source_policy = 'any' where id = {lab.Id}", default);
        Policies((await ada.Ouro.Teams.ListPageAsync(new() { OrgId = lab.Id, Query = "t" })).Items[0]).ShouldBe((SourcePolicy.Any, true, ActorTypePolicy.VerifiedOnly, true, true));
        await ada.Post("/teams/create", new { team = new { name = "wrong", org_id = lab.Id, source_policy = "never" } }, HttpStatusCode.BadRequest);
        await ada.Put($"/teams/{team.Id}", new { team = new { actor_type_policy = "robots" } }, HttpStatusCode.BadRequest);

        static (SourcePolicy, bool, ActorTypePolicy, bool, bool) Policies(Team t) => (t.SourcePolicy, t.InheritsSourcePolicy, t.ActorTypePolicy, t.InheritsActorTypePolicy, t.AgentCanCreate);
    }

    [Fact]
    public async Task What_somebody_may_not_see_is_not_there_through_any_call()
    {
        var (ada, eve) = (await server.Join("ada_hides"), await server.Join("eve_hides"));
        var lab = await server.Found("hides-lab", ada);
        var (hidden, open) = (await ada.Ouro.Teams.CreateAsync(new("hidden", lab.Id)), await ada.Ouro.Teams.CreateAsync(new("open", lab.Id) { Visibility = Visibility.Public }));
        foreach (var id in (Guid[])[hidden.Id, Guid.CreateVersion7()])
        {
            foreach (var path in (string[])["", "?include_members=true", "/members", "/leave", "/join-requests", "/bans", "/activity"])
                (await eve.Get($"/teams/{id}{path}", HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
            foreach (var path in (string[])["/join", "/read", $"/join-requests/{id}/approve", $"/join-requests/{id}/reject"])
                (await eve.Post($"/teams/{id}{path}", new { }, HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
            (await eve.Post($"/teams/{id}/members", new { user_id = eve.Id }, HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
            (await eve.Post($"/teams/{id}/bans", new { user_id = ada.Id }, HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
            (await eve.Put($"/teams/{id}", new { team = new { name = "mine" } }, HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
            (await eve.Put($"/teams/{id}/members/{eve.Id}", new { role = "admin" }, HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
            foreach (var path in (string[])["", $"/members/{eve.Id}", $"/members/{ada.Id}", $"/bans/{eve.Id}"])
                (await eve.Delete($"/teams/{id}{path}", HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
            (await eve.Get($"/teams/unreads?view_mode=preview&team_id={id}", HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
        }
        (await eve.Get("/teams/by-name/hides-lab/hidden", HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
        (await eve.Get("/teams/not-a-uuid", HttpStatusCode.BadRequest)).Code().ShouldBe("malformed_request");
        (await Names(eve, new() { OrgId = lab.Id })).ShouldBe(["open"]);
        (await eve.Ouro.Teams.GetAsync(open.Id)).CanModerate.ShouldBeFalse();
        foreach (var call in (Task[])[eve.Ouro.Teams.UpdateAsync(open.Id, new() { Name = "mine" }), eve.Ouro.Teams.DeleteAsync(open.Id), eve.Ouro.Teams.AddMemberAsync(open.Id, new(eve.Id, Role.Admin)),
            eve.Ouro.Teams.ChangeMemberAsync(open.Id, ada.Id, Role.Read), eve.Ouro.Teams.RemoveMemberAsync(open.Id, ada.Id), eve.Ouro.Teams.BanAsync(open.Id, new(ada.Id)),
            eve.Ouro.Teams.UnbanAsync(open.Id, ada.Id), eve.Ouro.Teams.ApproveAsync(open.Id, Guid.CreateVersion7()), eve.Ouro.Teams.BansAsync(open.Id).GetAsyncEnumerator().MoveNextAsync().AsTask()])
            (await call.Refused()).ShouldBe("403 not_a_team_admin");
    }

    [Fact]
    public async Task Lists_are_ones_own_or_public_by_organization_or_word_and_go_on_from_a_cursor()
    {
        var (ada, eve) = (await server.Join("ada_lists"), await server.Join("eve_lists"));
        var lab = await server.Found("lists-lab", ada);
        foreach (var n in Enumerable.Range(1, 5))
            await ada.Ouro.Teams.CreateAsync(new($"team-{n}", lab.Id) { Visibility = n % 2 == 0 ? Visibility.Public : null, Description = Content.Of(n == 3 ? "Grows CRYSTALS" : "Other things") });
        (await Names(ada, new() { OrgId = lab.Id })).ShouldBe(["team-5", "team-4", "team-3", "team-2", "team-1", "all"]);
        (await Names(ada, new() { OrgId = lab.Id, PublicOnly = true })).ShouldBe(["team-4", "team-2"]);
        (await Names(ada, new() { OrgId = lab.Id, Query = "crystals" })).ShouldBe(["team-3"]);
        (await Names(ada, new() { OrgId = lab.Id, Query = "%" })).ShouldBeEmpty();
        (await Names(ada, new() { OrgId = lab.Id, Limit = 2 })).ShouldBe(["team-5", "team-4", "team-3", "team-2", "team-1", "all"]);
        (await Names(ada, new() { OrgId = lab.Id, Limit = 2, Offset = 3 })).ShouldBe(["team-2", "team-1", "all"]);
        (await Names(eve, new() { OrgId = lab.Id })).ShouldBe(["team-4", "team-2"]);
        (await Names(eve, new() { OrgId = lab.Id, Joined = true })).ShouldBeEmpty();
        (await eve.Get($"/teams?org_id={lab.Id}&joined=false&public_only=false")).Data().GetArrayLength().ShouldBe(2);
        // Everybody is in the team that everybody is in.
        (await Names(eve, new() { Joined = true })).ShouldBe(["all"]);
        var all = await eve.Ouro.Teams.GetAsync(Ids.Global, includeMembers: true);
        (all.JoinStatus, all.UserMembership!.Role, all.MemberCount, all.Members!.Count, all.IsDefault, all.CanModerate).ShouldBe((JoinStatus.Joined, Role.Write, null, 0, true, false));
        var operates = await server.Join("operates_lists", isOperator: true);
        (await operates.Ouro.Teams.GetAsync(Ids.Global)).CanModerate.ShouldBeTrue();
        foreach (var wrong in (string[])["limit=0", "limit=201", "offset=-1", "after=nonsense", "joined=perhaps"]) await ada.Get("/teams?" + wrong, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_bound_key_is_nobody_in_teams_elsewhere()
    {
        var ada = await server.Join("ada_bound");
        var (lab, other) = (await server.Found("bound-lab", ada), await server.Found("bound-other", ada));
        var (here, there, open) = (await ada.Ouro.Teams.CreateAsync(new("here", lab.Id)), await ada.Ouro.Teams.CreateAsync(new("there", other.Id)),
            await ada.Ouro.Teams.CreateAsync(new("open", other.Id) { Visibility = Visibility.Public }));
        var key = (await ada.Post("/user/api-keys", new { key = new { name = "bound", org_id = lab.Id } })).Data().GetProperty("secret").GetString()!;
        var bound = new Person(server, ada.Id, ada.Name, key).Ouro;
        (await bound.Teams.GetAsync(here.Id)).CanModerate.ShouldBeTrue();
        (await bound.Teams.GetAsync(there.Id).Refused()).ShouldBe("404 team_not_found");
        (await bound.Teams.GetAsync(open.Id)).ShouldSatisfyAllConditions(t => t.CanModerate.ShouldBeFalse(), t => t.JoinStatus.ShouldBe(JoinStatus.None));
        foreach (var call in (Task[])[bound.Teams.UpdateAsync(open.Id, new() { Name = "x" }), bound.Teams.DeleteAsync(open.Id), bound.Teams.JoinAsync(open.Id), bound.Teams.LeaveAsync(open.Id), bound.Teams.CreateAsync(new("y", other.Id))])
            (await call.Refused()).ShouldBe("403 api_key_org_mismatch");
        (await bound.Teams.ListPageAsync(new() { Joined = true })).Items.Select(t => t.OrgId).ShouldAllBe(org => org == lab.Id);
    }

    [Fact]
    public async Task A_default_team_stays_what_it_is()
    {
        var ada = await server.Join("ada_default");
        var lab = await server.Found("default-lab", ada);
        var bob = await server.Member(lab, "bob_default");
        var all = lab.DefaultTeam!.Id;
        (await ada.Ouro.Teams.UpdateAsync(all, new() { Description = Content.Of("Everybody"), SourcePolicy = SourcePolicy.ApiOnly })).Description.Text.ShouldBe("Everybody");
        foreach (var call in (Task[])[ada.Ouro.Teams.UpdateAsync(all, new() { Name = "some" }), ada.Ouro.Teams.UpdateAsync(all, new() { Visibility = Visibility.Public }), ada.Ouro.Teams.DeleteAsync(all),
            bob.Ouro.Teams.LeaveAsync(all), bob.Ouro.Teams.RemoveMemberAsync(all, bob.Id), ada.Ouro.Teams.RemoveMemberAsync(all, bob.Id), ada.Ouro.Teams.ChangeMemberAsync(all, bob.Id, Role.Admin),
            ada.Ouro.Teams.AddMemberAsync(all, new(bob.Id)), ada.Ouro.Teams.BanAsync(all, new(bob.Id)), bob.Ouro.Teams.LeaveAsync(Ids.Global)])
            (await call.Refused()).ShouldBe("409 default_team");
        (await bob.Ouro.Teams.JoinAsync(all)).JoinStatus.ShouldBe(JoinStatus.Joined);
        (await bob.Ouro.Teams.JoinAsync(Ids.Global)).JoinStatus.ShouldBe(JoinStatus.Joined);
    }

    static async Task<List<string>> Names(Person person, TeamList which) => await person.Ouro.Teams.ListAsync(which).Select(t => t.Name).ToListAsync();
}
