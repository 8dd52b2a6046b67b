using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Organizations;

/// <summary>The log as people read it: an organization's by its admins, the server's by its operators, one's own by everybody.</summary>
public sealed class EventTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Admins_read_what_happened_in_their_organization_narrowed_and_page_by_page()
    {
        var (ada, bob, eve) = (await server.Join("ada_log"), await server.Join("bob_log"), await server.Join("eve_log"));
        var lab = await server.Found("log-lab", ada);
        await ada.Put($"/organizations/{lab.Id}", new { organization = new { join_policy = "open", mission = "Log" } });
        await bob.Post($"/organizations/{lab.Id}/join", new { });
        await bob.Post("/user/api-keys", new { key = new { name = "lab key", org_id = lab.Id } });
        await server.Found("log-den", ada);

        var all = (await ada.Get($"/organizations/{lab.Id}/events")).Data();
        Names(all).ShouldBe(["api_key.created", "organization.member_joined", "organization.updated", "organization.member_joined", "organization.created"]);
        all.EnumerateArray().ShouldAllBe(e => e.GetProperty("org_id").GetGuid() == lab.Id);
        var changes = all[2].GetProperty("data").GetProperty("changes");
        (changes.GetProperty("join_policy").GetProperty("from").GetString(), changes.GetProperty("join_policy").GetProperty("to").GetString()).ShouldBe(("invite_only", "open"));
        changes.EnumerateObject().Select(c => c.Name).ShouldBe(["mission", "join_policy"], ignoreOrder: true);
        (all[1].GetProperty("actor").GetProperty("username").GetString(), all[1].GetProperty("subject").GetProperty("username").GetString()).ShouldBe(("bob_log", "bob_log"));

        var (paged, after) = (new List<string>(), "");
        do
        {
            var page = await ada.Get($"/organizations/{lab.Id}/events?limit=2&after={after}");
            paged.AddRange(Names(page.Data()));
            after = page.GetProperty("pagination").TryGetProperty("after", out var next) ? next.GetString() : null;
        } while (after is not null);
        paged.ShouldBe(Names(all));

        async Task<List<string>> Narrowed(string query) => Names((await ada.Get($"/organizations/{lab.Id}/events?{query}")).Data());
        (await Narrowed("name=organization.updated")).ShouldBe(["organization.updated"]);
        (await Narrowed($"actor_id={bob.Id}")).ShouldBe(["api_key.created", "organization.member_joined"]);
        (await Narrowed($"subject_id={bob.Id}")).ShouldBe(["organization.member_joined"]);
        var at = Uri.EscapeDataString(all[2].GetProperty("at").GetString()!);
        (await Narrowed($"since={at}")).ShouldBe(Names(all)[..3]);
        (await Narrowed($"until={at}")).ShouldBe(Names(all)[3..]);
        (await Narrowed($"team_id={Guid.CreateVersion7()}")).ShouldBeEmpty();
        foreach (var wrong in (string[])["after=odd", "limit=0", "limit=201", "since=yesterday", "actor_id=bob"])
            await ada.Get($"/organizations/{lab.Id}/events?{wrong}", HttpStatusCode.BadRequest);

        (await bob.Get($"/organizations/{lab.Id}/events", HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
        (await eve.Get($"/organizations/{lab.Id}/events", HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
    }

    [Fact]
    public async Task The_log_of_an_organization_tells_nothing_of_private_things()
    {
        var (ada, bob) = (await server.Join("ada_private_log"), await server.Join("bob_private_log"));
        var lab = await server.Found("private-log", ada);
        await server.Member(lab.Id, bob);
        var diary = (await bob.Post("/datasets/create/from-schema", Calls.Scores("Secret diary", "private", lab.Id))).Id();
        await bob.Put($"/assets/{diary}/share", new { permission = new { user = new { user_id = ada.Id }, role = "read" } });
        await bob.Delete($"/datasets/{diary}");
        var told = (await ada.Get($"/organizations/{lab.Id}/events")).GetRawText();
        told.ShouldNotContain("Secret diary");
        told.ShouldContain("asset.deleted");
        (await bob.Get("/user/events?name=asset.deleted")).GetRawText().ShouldContain("Secret diary");
    }

    [Fact]
    public async Task Operators_read_all_and_everybody_their_own()
    {
        var (root, ada) = (await server.Join("root_log", isOperator: true), await server.Join("ada_own_log"));
        var lab = await server.Found("own-log", ada);
        (await ada.Get("/events", HttpStatusCode.Forbidden)).Code().ShouldBe("operators_only");
        var seen = (await root.Get($"/events?subject_id={lab.Id}")).Data();
        Names(seen).ShouldBe(["organization.created"]);
        (await (await root.Bound(Ids.Global)).Get("/events", HttpStatusCode.Forbidden)).Code().ShouldBe("operators_only");
        (await root.Ouro.Events.ListAsync(new() { ActorId = ada.Id, Name = "organization.created" }).ToListAsync()).ShouldHaveSingleItem().SubjectId.ShouldBe(lab.Id);

        var own = (await ada.Get("/user/events")).Data();
        Names(own).ShouldContain("organization.created");
        Names(own).Count(n => n == "organization.member_joined").ShouldBe(1, "what is found in two ways is told once");
        Names((await root.Get("/user/events")).Data()).ShouldNotContain("organization.created");
        var inLab = await ada.Bound(lab.Id);
        (await inLab.Get("/user/events")).Data().EnumerateArray().ShouldAllBe(e => e.GetProperty("org_id").GetGuid() == lab.Id);
        Names((await inLab.Get("/user/events")).Data()).ShouldContain("organization.created");
    }

    static List<string> Names(JsonElement events) => [.. events.EnumerateArray().Select(e => e.GetProperty("name").GetString()!)];
}
