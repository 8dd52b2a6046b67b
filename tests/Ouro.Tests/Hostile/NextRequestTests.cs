using Ouro.Tests.Organizations;
using Ouro.Tests.Teams;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Hostile;

/// <summary>What is taken away is gone with the next request, through every door.</summary>
public sealed class NextRequestTests(TestServer server) : IClassFixture<TestServer>
{
    static int made;

    const string All = "key token rows mcp web", ByKey = "key token rows mcp";

    [Theory]
    [InlineData("removed from the organization", "")]
    [InlineData("left the organization", "")]
    [InlineData("made private", "")]
    [InlineData("moved away", "")]
    [InlineData("deleted", "")]
    [InlineData("key revoked", "web")]
    [InlineData("signed out everywhere", ByKey)]
    public async Task Who_read_something_of_their_organization_reads_it_no_more(string taken, string stays)
    {
        var (admin, member, org) = await Lab();
        var asset = await admin.Publish("Theirs", org.Id, visibility: "organization");
        var talk = await Conversation(admin, org.Id, "organization");
        await using var doors = await Doors.Open(member);
        (await doors.Reading(asset), await doors.Hears(talk)).ShouldBe((All, true));
        switch (taken)
        {
            case "removed from the organization": await admin.Delete($"/organizations/{org.Id}/members/{member.Id}"); break;
            case "left the organization": await member.Delete($"/organizations/{org.Id}/members/{member.Id}"); break;
            case "made private": foreach (var id in (Guid[])[asset, talk]) await admin.Put($"/assets/{id}", new { asset = new { visibility = "private" } }); break;
            case "moved away": foreach (var id in (Guid[])[asset, talk]) await admin.Put($"/assets/{id}", new { asset = new { org_id = Ids.Global, visibility = "private" } }); break;
            case "deleted": foreach (var id in (Guid[])[asset, talk]) await admin.Delete($"/assets/{id}"); break;
            case "key revoked": await member.Delete($"/user/api-keys/{(await member.Get("/user/api-keys")).Data()[0].GetProperty("id").GetGuid()}"); break;
            case "signed out everywhere": await member.Post("/user/sign-out-everywhere", new { }); break;
        }
        (await doors.Reading(asset)).ShouldBe(stays);
        (await doors.Hears(talk)).ShouldBe(stays == ByKey);
    }

    [Theory]
    [InlineData("share taken", "")]
    [InlineData("deleted", "")]
    [InlineData("key revoked", "web")]
    public async Task Who_held_a_share_holds_it_no_more(string taken, string stays)
    {
        var (owner, friend) = (await Somebody(), await Somebody());
        var (asset, talk) = ((await owner.Post("/datasets/create/from-schema", Calls.Scores("Shared"))).Id(), await Conversation(owner, Ids.Global, "private"));
        foreach (var id in (Guid[])[asset, talk]) await Share(owner, id, friend, "read");
        await using var doors = await Doors.Open(friend);
        (await doors.Reading(asset), await doors.Hears(talk)).ShouldBe((All, true));
        foreach (var id in (Guid[])[asset, talk])
            if (taken == "share taken") await Share(owner, id, friend, "none");
            else if (taken == "deleted") await owner.Delete($"/assets/{id}");
        if (taken == "key revoked") await friend.Delete($"/user/api-keys/{(await friend.Get("/user/api-keys")).Data()[0].GetProperty("id").GetGuid()}");
        (await doors.Reading(asset), await doors.Hears(talk)).ShouldBe((stays, false));
    }

    [Fact]
    public async Task A_share_that_became_less_is_less_at_once()
    {
        var (owner, friend) = (await Somebody(), await Somebody());
        var asset = (await owner.Post("/datasets/create/from-schema", Calls.Scores("Shared"))).Id();
        await Share(owner, asset, friend, "write");
        await friend.Put($"/assets/{asset}", new { asset = new { name = "Changed" } });
        await Share(owner, asset, friend, "read");
        (await friend.Put($"/assets/{asset}", new { asset = new { name = "Again" } }, System.Net.HttpStatusCode.Forbidden)).Code().ShouldBe("update_forbidden");
    }

    [Fact]
    public async Task An_agent_that_is_switched_off_is_out_everywhere()
    {
        var owner = await Somebody();
        var agent = await owner.Ouro.Agents.CreateAsync(new() { Username = "bot" + Interlocked.Increment(ref made) });
        var bot = new Person(server, agent.Id, agent.Username, (await owner.Ouro.Agents.CreateKeyAsync(agent.Id, new("k"))).Secret);
        var (asset, talk) = ((await owner.Post("/datasets/create/from-schema", Calls.Scores("Shared"))).Id(), await Conversation(owner, Ids.Global, "private"));
        foreach (var id in (Guid[])[asset, talk]) await Share(owner, id, bot, "read");
        await using var doors = await Doors.Open(bot, isPerson: false);
        (await doors.Reading(asset), await doors.Hears(talk)).ShouldBe((ByKey, true));
        await owner.Put($"/user/agents/{agent.Id}", new { agent = new { enabled = false } });
        (await doors.Reading(asset), await doors.Hears(talk)).ShouldBe(("", false));
    }

    [Theory]
    [InlineData("removed from the team", "")]
    [InlineData("banned", "")]
    [InlineData("role lowered", "")]
    [InlineData("removed from the organization", "")]
    [InlineData("team deleted", "")]
    [InlineData("key revoked", "web")]
    [InlineData("web only", "web")]
    [InlineData("organization web only", "web")]
    [InlineData("api only", "key token mcp")]
    public async Task Who_put_things_into_a_team_puts_no_more(string taken, string stays)
    {
        var (admin, member, org) = await Lab();
        var team = (await admin.Ouro.Teams.CreateAsync(new("crew", org.Id) { JoinPolicy = JoinPolicy.InviteOnly })).Id;
        await admin.Post($"/teams/{team}/members", new { user_id = member.Id, role = "write" });
        await using var doors = await Doors.Open(member);
        (await doors.Making(org, team)).ShouldBe("key token mcp web");
        switch (taken)
        {
            case "removed from the team": await admin.Delete($"/teams/{team}/members/{member.Id}"); break;
            case "banned": await admin.Post($"/teams/{team}/bans", new { user_id = member.Id }); break;
            case "role lowered": await admin.Put($"/teams/{team}/members/{member.Id}", new { role = "read" }); break;
            case "removed from the organization": await admin.Delete($"/organizations/{org.Id}/members/{member.Id}"); break;
            case "team deleted": await admin.Delete($"/teams/{team}"); break;
            case "key revoked": await member.Delete($"/user/api-keys/{(await member.Get("/user/api-keys")).Data()[0].GetProperty("id").GetGuid()}"); break;
            case "web only": await admin.Put($"/teams/{team}", new { team = new { source_policy = "web_only" } }); break;
            case "organization web only": await admin.Put($"/organizations/{org.Id}", new { organization = new { source_policy = "web_only" } }); break;
            case "api only": await admin.Put($"/teams/{team}", new { team = new { source_policy = "api_only" } }); break;
        }
        var before = await Assets(member);
        (await doors.Making(org, team)).ShouldBe(stays);
        (await Assets(member)).ShouldBe(before + stays.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("agents only", "")]
    [InlineData("verified only", "")]
    [InlineData("organization agents only", "")]
    [InlineData("invite only", "")]
    [InlineData("by request", "")]
    [InlineData("banned", "")]
    [InlineData("organization role lowered", "")]
    public async Task Who_could_have_joined_at_a_click_cannot_contribute_any_more(string taken, string stays)
    {
        var (admin, member, org) = await Lab();
        var team = (await admin.Ouro.Teams.CreateAsync(new("crew", org.Id))).Id;
        await using var doors = await Doors.Open(member);
        (await doors.Making(org, team)).ShouldBe("key token mcp web");
        switch (taken)
        {
            case "agents only": await admin.Put($"/teams/{team}", new { team = new { actor_type_policy = "agents_only" } }); break;
            case "verified only": await admin.Put($"/teams/{team}", new { team = new { actor_type_policy = "verified_only" } }); break;
            case "organization agents only": await admin.Put($"/organizations/{org.Id}", new { organization = new { actor_type_policy = "agents_only" } }); break;
            case "invite only": await admin.Put($"/teams/{team}", new { team = new { join_policy = "invite_only" } }); break;
            case "by request": await admin.Put($"/teams/{team}", new { team = new { join_policy = "request" } }); break;
            case "banned": await admin.Post($"/teams/{team}/bans", new { user_id = member.Id }); break;
            case "organization role lowered": await admin.Put($"/organizations/{org.Id}/members/{member.Id}", new { member = new { role = "read" } }); break;
        }
        (await doors.Making(org, team)).ShouldBe(stays);
    }

    [Fact]
    public async Task A_stranger_is_out_of_a_team_that_becomes_internal()
    {
        var (admin, _, org) = await Lab();
        var stranger = await Somebody();
        var team = (await admin.Ouro.Teams.CreateAsync(new("open-crew", org.Id) { Visibility = Visibility.Public })).Id;
        var asset = await admin.Publish("Open", org.Id, team, "public");
        var talk = await Conversation(admin, org.Id, "public", team);
        await stranger.Post($"/teams/{team}/join", new { });
        await using var doors = await Doors.Open(stranger);
        (await doors.Reading(asset), await doors.Making(org, team), await doors.Hears(talk)).ShouldBe((All, "key token mcp web", true));
        await admin.Put($"/teams/{team}", new { team = new { visibility = "organization", unpublish = true } });
        (await doors.Reading(asset), await doors.Making(org, team), await doors.Hears(talk)).ShouldBe(("", "", false));
    }

    [Fact]
    public async Task A_bound_key_ends_with_the_membership_and_a_link_with_the_right()
    {
        var (admin, member, org) = await Lab();
        var asset = await admin.Publish("Theirs", org.Id, visibility: "organization");
        await using var doors = await Doors.Open(await member.Bound(org.Id), isPerson: false);
        var link = new Uri((await member.Post($"/assets/{asset}/download-url", new { })).Data().GetProperty("download_url").GetString()!).PathAndQuery;
        using var anybody = server.Anonymous();
        (await doors.Reading(asset), (await anybody.GetAsync(link)).IsSuccessStatusCode).ShouldBe((ByKey, true));
        await admin.Delete($"/organizations/{org.Id}/members/{member.Id}");
        (await doors.Reading(asset), (await anybody.GetAsync(link)).IsSuccessStatusCode).ShouldBe(("", false));
    }

    async Task<(Person Admin, Person Member, Organization Org)> Lab()
    {
        var (admin, member) = (await Somebody(), await Somebody());
        var org = await server.Found($"lab-{Interlocked.Increment(ref made)}", admin);
        await server.Enrol(org, member);
        return (admin, member, org);
    }

    Task<Person> Somebody() => server.Join($"somebody_{Interlocked.Increment(ref made)}");

    Task<long> Assets(Person person) => server.Db.Maybe<long>($"select count(*) from assets where user_id = {person.Id}", default);

    static Task<System.Text.Json.JsonElement> Share(Person owner, Guid asset, Person with, string role) =>
        owner.Put($"/assets/{asset}/share", new { permission = new { user = new { user_id = with.Id }, role } });

    async Task<Guid> Conversation(Person owner, Guid org, string visibility, Guid? team = null)
    {
        var id = Guid.CreateVersion7();
        await server.Db.Run($"""
            insert into assets (id, asset_type, user_id, org_id, team_id, name, visibility, metadata, attribution, source, created_at, last_updated)
            select {id}, 'conversation', {owner.Id}, {org}, coalesce({team}, o.default_team_id), 'Talk', {visibility}, jsonb_build_object('members', jsonb_build_array()), jsonb_build_object('originality', 'original'), 'api', now(), now()
            from organizations o where o.id = {org}
            """, default);
        return id;
    }
}
