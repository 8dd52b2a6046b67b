using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Access;

/// <summary>Who manages an asset is told what anybody may do with it, and by which rule.</summary>
public sealed class ExplainTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Each_right_names_the_rule_that_gives_it()
    {
        var (ada, ben, cleo, dan) = (await server.Join("ada_why"), await server.Join("ben_why"), await server.Join("cleo_why"), await server.Join("dan_why"));
        var lab = await server.Found("why-lab", ada);
        await Member(lab.Id, ben, "write");
        await Member(lab.Id, cleo, "admin");
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Why", "organization", lab.Id))).Id();

        (await Why(ada, ada, id)).ShouldBe(["owner", "owner", "owner", "owner"]);
        (await Why(ada, ben, id)).ShouldBe(["member", "member", null, null]);
        (await Why(ada, cleo, id)).ShouldBe(["member", "member", "organization_admin", "organization_admin"]);
        (await Why(ada, dan, id)).ShouldBe([null, null, null, null]);

        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = dan.Id }, role = "write" } });
        (await Why(ada, dan, id)).ShouldBe(["shared", "shared", "shared", null]);
        (await ada.Ouro.Access.ExplainAsync(dan.Id, id)).Rights[3].Words.ShouldContain("not with the role admin");

        await ada.Put($"/assets/{id}", new { asset = new { visibility = "private" } });
        (await Why(ada, cleo, id)).ShouldBe([null, null, null, null], "what is private is not the admins' either");
        (await Why(ada, ben, id)).ShouldBe([null, null, null, null]);
    }

    [Fact]
    public async Task What_inherits_is_explained_by_its_parent()
    {
        var (ada, ben) = (await server.Join("ada_heir"), await server.Join("ben_heir"));
        var parent = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Parent"))).Id();
        var child = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Child"))).Id();
        await server.Db.Run($"update assets set parent_id = {parent}, visibility = 'inherit' where id = {child}", default);
        (await Why(ada, ben, child)).ShouldBe([null, null, null, null]);
        await ada.Put($"/assets/{parent}/share", new { permission = new { user = new { user_id = ben.Id }, role = "write" } });
        (await Why(ada, ben, child)).ShouldBe(["parent/shared", "parent/shared", "parent/shared", null]);
        await ben.Put($"/assets/{child}", new { asset = new { name = "Renamed by who may change the parent" } });

        await server.Db.Run($"update assets set asset_type = 'comment' where id = {child}", default);
        (await Why(ada, ben, child)).ShouldBe(["parent/shared", "parent/shared", null, null], "a comment stays its author's");
    }

    [Fact]
    public async Task What_is_sold_is_listed_for_everybody_and_opened_by_few()
    {
        var (ada, ben) = (await server.Join("ada_sold"), await server.Join("ben_sold"));
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Sold", "public"))).Id();
        await ada.Put($"/assets/{id}", new { asset = new { visibility = "monetized", monetization = "pay-to-unlock", price_usd = 5 } });
        (await Why(ben, ben, id)).ShouldBe(["public", null, null, null]);
        (await ben.Ouro.Access.ExplainAsync(ben.Id, id)).Rights[1].Words.ShouldContain("unlocked");
    }

    [Fact]
    public async Task Others_are_explained_to_who_manages_and_to_nobody_else()
    {
        var (ada, ben) = (await server.Join("ada_ask"), await server.Join("ben_ask"));
        var open = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Open", "public"))).Id();
        var hidden = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Hidden"))).Id();
        (await ben.Get($"/access/explain?user_id={ada.Id}&asset_id={open}", HttpStatusCode.Forbidden)).Code().ShouldBe("explain_forbidden");
        (await ben.Get($"/access/explain?user_id={ben.Id}&asset_id={hidden}", HttpStatusCode.NotFound)).Code().ShouldBe("asset_not_found");
        (await ada.Get($"/access/explain?user_id={Guid.CreateVersion7()}&asset_id={open}", HttpStatusCode.NotFound)).Code().ShouldBe("user_not_found");
        await ada.Get("/access/explain", HttpStatusCode.BadRequest);
        await ada.Get("/access/explain?asset_id=x", HttpStatusCode.BadRequest);
        (await ben.Get($"/access/explain?asset_id={open}")).Data().GetProperty("rights").GetArrayLength().ShouldBe(4);
    }

    static async Task<string?[]> Why(Person asks, Person about, Guid asset) =>
        [.. (await asks.Ouro.Access.ExplainAsync(about.Id, asset)).Rights.Select(right => right.Allowed == (right.Rule is not null) ? right.Rule : "contradiction")];

    async Task Member(Guid organization, Person person, string role)
    {
        await server.Db.Run($"insert into organization_members (org_id, user_id, role, added_at) values ({organization}, {person.Id}, {role}, now())", default);
        await server.Db.Run($"select pg_notify({Ouro.Server.Access.Actors.Channel}, {person.Id.ToString()})", default);
    }
}
