using Ouro.Tests.Mcp;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Teams;

/// <summary>Teams as an agent meets them, with the public MCP client.</summary>
public sealed class TeamToolTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_agent_founds_finds_joins_and_follows_teams()
    {
        var (bot, ada) = (await server.Join("bot_tools", ActorType.Agent), await server.Join("ada_tools"));
        var lab = await server.Found("tools-lab", ada);
        await server.Enrol(lab, bot);
        var made = (await bot.Ask("create_team", new { name = "materials", org_id = lab.Id, description = "Better **steel**", visibility = "public", actor_type_policy = "agents_only" })).One;
        var id = made.GetProperty("id").GetGuid();
        string Word(string key) => made.GetProperty(key).GetString()!;
        (Word("name"), Word("visibility"), Word("default_role"), Word("source_policy"), Word("actor_type_policy"), Word("join_policy"), Word("description"), Word("organization_name"))
            .ShouldBe(("materials", "public", "write", "any", "agents_only", "open", "Better **steel**", "tools-lab"));
        made.GetProperty("agent_can_create").GetBoolean().ShouldBeTrue();
        Word("url").ShouldEndWith("/tools-lab/teams/materials");

        var answers = await bot.Ask(
            Agent.Call("update_team", new { id, source_policy = "web_only", description = "Steel" }), Agent.Call("get_teams", new { org_id = lab.Id }), Agent.Call("get_teams", new { id, include_members = true }),
            Agent.Call("create_team", new { name = "Materials!", org_id = lab.Id, description = "x" }), Agent.Call("create_team", new { name = "materials", org_id = lab.Id, description = "x" }),
            Agent.Call("create_dataset", new { name = "Refused", org_id = lab.Id, team_id = id, data = new[] { new { a = 1 } } }));
        (answers[0].One.GetProperty("agent_can_create").GetBoolean(), answers[0].One.GetProperty("actor_type_policy").GetString()).ShouldBe((false, "agents_only"));
        answers[1].Text.ShouldStartWith("Found 2 teams");
        answers[1].Text.ShouldContain($"- **#materials** (team of tools-lab) — id: `{id}` — org_id: `{lab.Id}` — public — agent_can_create: false — actor_type_policy: agents_only — join_policy: open — joined");
        (answers[2].One.GetProperty("members")[0].GetProperty("username").GetString(), answers[2].One.GetProperty("member_count").GetInt32()).ShouldBe(("bot_tools", 1));
        answers[3].Refused("bad_request", 400, "invalid_fields");
        answers[4].Refused("unexpected", 409, "team_name_taken");
        answers[5].Refused("permission_denied", 403, "web_only");

        // A person is told why not, and another agent comes in at once.
        var other = await server.Join("other_tools", ActorType.Agent);
        (await ada.Ask("set_team_membership", new { id = (await ada.Ouro.Teams.CreateAsync(new("asks-tools") { ActorTypePolicy = ActorTypePolicy.AgentsOnly })).Id, member = true })).One.GetProperty("member").GetBoolean().ShouldBeTrue();
        (await (await server.Join("eve_tools")).Ask("set_team_membership", new { id, member = true })).Refused("permission_denied", 403, "agents_only").GetProperty("message").GetString()!.ShouldContain("agents_only");
        await bot.Ask("update_team", new { id, source_policy = "any" });
        var first = await bot.Publish("First", lab.Id, id);
        var seen = await other.Ask(
            Agent.Call("get_teams", new { discover = true, org_id = lab.Id }), Agent.Call("set_team_membership", new { id, member = true }), Agent.Call("get_team_feed", new { id }),
            Agent.Call("get_team_feed", new { id, unread_only = true }));
        seen[0].Text.ShouldContain("#materials");
        (seen[1].One.GetProperty("success").GetBoolean(), seen[1].One.GetProperty("member").GetBoolean(), seen[1].One.GetProperty("result").GetProperty("role").GetString()).ShouldBe((true, true, "write"));
        seen[2].Text.ShouldContain($"- **First** (dataset) — id: `{first}`");
        seen[3].Text.ShouldBe("Found 0 assets");

        var second = await bot.Publish("Second", lab.Id, id);
        var news = await other.Ask(
            Agent.Call("get_team_feed", new { id, unread_only = true }), Agent.Call("get_asset", new { id = second }), Agent.Call("get_team_feed", new { id, unread_only = true }),
            Agent.Call("get_team_feed", new { id, asset_type = "post" }), Agent.Call("set_team_membership", new { id, member = false }), Agent.Call("get_teams", new { id = Guid.CreateVersion7() }));
        news[0].Text.ShouldContain("**Second**");
        news[2].Text.ShouldBe("Found 0 assets");
        news[3].Text.ShouldBe("Found 0 assets");
        news[4].One.GetProperty("member").GetBoolean().ShouldBeFalse();
        news[5].Refused("not_found", 404, "team_not_found");
    }
}
