using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

public sealed class AgentTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_agent_is_marked_shows_its_owner_and_works_with_its_own_keys()
    {
        var ada = await server.Join("ada_makes");
        var agent = await ada.Ouro.Agents.CreateAsync(new() { Username = "scout_1", Bio = "Looks around." });
        (agent.ActorType, agent.IsAgent, agent.Owner!.Username, agent.Bio, agent.Badges.Single()).ShouldBe((ActorType.Agent, true, "ada_makes", "Looks around.", "agent"));
        var key = await ada.Ouro.Agents.CreateKeyAsync(agent.Id, new("server"));
        var scout = new Person(server, agent.Id, "scout_1", key.Secret);
        (await scout.Get("/user")).Data().GetProperty("actor_type").GetString().ShouldBe("agent");
        (await scout.Get("/user/profile")).Data().GetProperty("owner").GetProperty("user_id").GetGuid().ShouldBe(ada.Id);
        (await ada.Ouro.Agents.KeysAsync(agent.Id).ToListAsync()).Single().Name.ShouldBe("server");
        (await ada.Ouro.Agents.UpdateAsync(agent.Id, new() { Name = "Scout" })).DisplayName.ShouldBe("Scout");
        (await ada.Ouro.Agents.SetAvatarAsync(agent.Id, ProfileTests.Pixel)).AvatarPath.ShouldNotBeNull();
        (await ada.Ouro.Agents.RemoveAvatarAsync(agent.Id)).AvatarPath.ShouldBeNull();
        (await ada.Ouro.Agents.ListAsync().ToListAsync()).Single().Username.ShouldBe("scout_1");
        await ada.Ouro.Agents.RevokeKeyAsync(agent.Id, key.Key.Id);
        (await scout.Get("/user", HttpStatusCode.Unauthorized)).Code().ShouldBe("unauthenticated");
    }

    [Fact]
    public async Task An_agent_that_is_switched_off_is_nobody_from_its_next_request_on()
    {
        var ada = await server.Join("ada_switches");
        var agent = await ada.Ouro.Agents.CreateAsync(new() { Username = "scout_2" });
        var scout = new Person(server, agent.Id, "scout_2", (await ada.Ouro.Agents.CreateKeyAsync(agent.Id, new("k"))).Secret);
        var token = (await scout.Ouro.ApiKeys.ExchangeAsync()).AccessToken!;
        await scout.Get("/user");
        (await ada.Ouro.Agents.UpdateAsync(agent.Id, new() { Enabled = false })).DisabledAt.ShouldNotBeNull();
        await scout.Get("/user", HttpStatusCode.Unauthorized);
        await new Person(server, agent.Id, "scout_2", token).Get("/user", HttpStatusCode.Unauthorized);
        (await ada.Ouro.Agents.UpdateAsync(agent.Id, new() { Enabled = true })).DisabledAt.ShouldBeNull();
        await scout.Get("/user");
    }

    [Fact]
    public async Task Nobody_reaches_another_persons_agents()
    {
        var (ada, eve) = (await server.Join("ada_owns"), await server.Join("eve_reaches"));
        var agent = await ada.Ouro.Agents.CreateAsync(new() { Username = "scout_3" });
        var key = await ada.Ouro.Agents.CreateKeyAsync(agent.Id, new("k"));
        foreach (var answer in new[]
        {
            await eve.Put($"/user/agents/{agent.Id}", new { agent = new { enabled = false } }, HttpStatusCode.NotFound),
            await eve.Get($"/user/agents/{agent.Id}/keys", HttpStatusCode.NotFound),
            await eve.Post($"/user/agents/{agent.Id}/keys", new { key = new { name = "mine" } }, HttpStatusCode.NotFound),
            await eve.Delete($"/user/agents/{agent.Id}/keys/{key.Key.Id}", HttpStatusCode.NotFound),
            await eve.Delete($"/user/agents/{agent.Id}/avatar", HttpStatusCode.NotFound),
            // A person is no agent, one's own account neither.
            await eve.Put($"/user/agents/{eve.Id}", new { agent = new { enabled = false } }, HttpStatusCode.NotFound),
            await eve.Post($"/user/agents/{ada.Id}/keys", new { key = new { name = "mine" } }, HttpStatusCode.NotFound),
        })
            answer.Code().ShouldBe("agent_not_found");
        var other = await eve.Ouro.Agents.CreateAsync(new() { Username = "scout_4" });
        (await eve.Delete($"/user/agents/{other.Id}/keys/{key.Key.Id}", HttpStatusCode.NotFound)).Code().ShouldBe("api_key_not_found");
        (await ada.Ouro.Agents.KeysAsync(agent.Id).ToListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Agents_make_no_agents_have_no_address_and_sign_in_nowhere()
    {
        var robot = await server.Join("robot_alone", ActorType.Agent);
        (await robot.Post("/user/agents", new { agent = new { username = "robot_child" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("agents_cannot");
        (await robot.Put("/user/email", new { email = "robot@example.org" }, HttpStatusCode.Forbidden)).Code().ShouldBe("agents_cannot");
        await using var scope = server.Services.CreateAsyncScope();
        (await Should.ThrowAsync<Refusal>(() => scope.ServiceProvider.GetRequiredService<SignInOperations>().CreateLink(robot.Id, default))).Code.ShouldBe("agents_cannot");
    }

    [Fact]
    public async Task A_key_of_an_agent_is_bound_only_to_where_the_agent_is()
    {
        var ada = await server.Join("ada_binds");
        var lab = await server.Found("binding-lab", ada);
        var agent = await ada.Ouro.Agents.CreateAsync(new() { Username = "scout_5" });
        (await ada.Post($"/user/agents/{agent.Id}/keys", new { key = new { name = "k", org_id = lab.Id } }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        (await ada.Ouro.Agents.CreateKeyAsync(agent.Id, new("k", Ids.Global))).Key.OrgId.ShouldBe(Ids.Global);
    }

    [Fact]
    public async Task A_person_answers_for_a_hundred_agents_and_no_more()
    {
        var ada = await server.Join("ada_many");
        await server.Db.Run($"""
            insert into users (id, username, actor_type, owner_id, security_stamp, created_at)
            select gen_random_uuid(), 'swarm_' || i, 'agent', {ada.Id}, 'x', now() from generate_series(1, 100) i
            """, default);
        (await ada.Post("/user/agents", new { agent = new { username = "swarm_101" } }, HttpStatusCode.Conflict)).Code().ShouldBe("too_many_agents");
        (await ada.Ouro.Agents.ListAsync().ToListAsync()).Count.ShouldBe(100);
    }
}
