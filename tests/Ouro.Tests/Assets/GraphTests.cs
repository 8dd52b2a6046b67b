using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Assets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

/// <summary>What an asset has to do with others, and what came of it; always only what the asker may see.</summary>
public sealed class GraphTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Connections_name_both_ends_and_only_what_may_be_seen()
    {
        var (ada, eve) = (await server.Join("ada_edges"), await server.Join("eve_edges"));
        var (source, open, secret) = (await Made(ada, "Source", "public"), await Made(ada, "Open", "public"), await Made(ada, "Secret", "private"));
        var assets = server.Services.GetRequiredService<AssetOperations>();
        await using (var tx = await server.Db.Begin(default))
        {
            var actor = new Actor { Id = ada.Id };
            foreach (var (from, to, type) in new[] { (source, open, ConnectionType.Reference), (secret, source, ConnectionType.Derivative), (source, source, ConnectionType.Link) })
            {
                await assets.Connect(tx, actor, type, from, to, default);
                await assets.Connect(tx, actor, type, from, to, default);
            }
            await tx.Commit(default);
        }
        var edges = (await ada.Get($"/assets/{source}/connections")).Data();
        edges.GetArrayLength().ShouldBe(3);
        var edge = edges.EnumerateArray().Single(e => e.GetProperty("type").GetString() == "derivative");
        edge.GetProperty("source").GetProperty("name").GetString().ShouldBe("Secret");
        edge.GetProperty("target").GetProperty("id").GetGuid().ShouldBe(source);
        edge.GetProperty("source_asset_type").GetString().ShouldBe("dataset");
        (await eve.Get($"/assets/{source}/connections")).Data().EnumerateArray().Select(e => e.GetProperty("type").GetString()).ShouldBe(["link", "reference"], ignoreOrder: true);
        await eve.Get($"/assets/{secret}/connections", HttpStatusCode.NotFound);

        var paged = new List<Guid>();
        for (var offset = 0; ; offset++)
        {
            var page = await ada.Get($"/assets/{source}/connections?limit=1&offset={offset}");
            paged.AddRange(page.Data().EnumerateArray().Select(e => e.GetProperty("id").GetGuid()));
            if (!page.GetProperty("pagination").GetProperty("hasMore").GetBoolean()) break;
        }
        paged.ShouldBe(edges.EnumerateArray().Select(e => e.GetProperty("id").GetGuid()));
        (await ada.Ouro.Assets.ConnectionsAsync(source).ToListAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Children_are_listed_for_who_may_see_them_and_a_dry_run_names_no_others()
    {
        var (ada, eve) = (await server.Join("ada_children"), await server.Join("eve_children"));
        var parent = await Made(ada, "Parent", "public");
        var (open, hidden) = (await Made(ada, "Open child", "public"), await Made(eve, "Hidden child", "private"));
        await server.Db.Run($"update assets set parent_id = {parent} where id in ({open}, {hidden})", default);
        (await ada.Get($"/assets/{parent}/children")).Data().EnumerateArray().Select(a => a.GetProperty("id").GetGuid()).ShouldBe([open]);
        (await eve.Ouro.Assets.ChildrenAsync(parent).Select(a => a.Id).ToListAsync()).ShouldBe([hidden, open]);
        var goes = (await ada.Delete($"/assets/{parent}?dry_run=true&delete_children=true")).Data();
        goes.GetProperty("deleted_children").GetArrayLength().ShouldBe(2);
        goes.GetRawText().ShouldNotContain("Hidden child");
        await ada.Get($"/assets/{Guid.CreateVersion7()}/children", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Runs_come_in_the_shapes_that_the_clients_ask_for()
    {
        var (ada, eve) = (await server.Join("ada_runs"), await server.Join("eve_runs"));
        var (input, output, route) = (await Made(ada, "Input", "public"), await Made(ada, "Output", "public"), await Made(ada, "Route", "private"));
        var run = Guid.CreateVersion7();
        await server.Db.Run($"insert into actions (id, route_id, user_id, status, created_at, last_updated) values ({run}, {route}, {ada.Id}, 'success', now(), now())", default);
        await server.Db.Run($"""
            insert into connections (id, type, source_id, target_id, action_id, created_at, last_updated)
            values ({Guid.CreateVersion7()}, 'action', {input}, {output}, {run}, now(), now())
            """, default);
        var both = await ada.Get($"/assets/{output}/actions?role=both&include_response=false&side_effects=true&limit=200&offset=0");
        both.Data().GetProperty("created_by").GetProperty("id").GetGuid().ShouldBe(run);
        both.Data().GetProperty("as_input").GetArrayLength().ShouldBe(0);
        both.GetProperty("pagination").GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        (await ada.Get($"/assets/{input}/actions?role=input&status=success")).Data()[0].GetProperty("user_id").GetGuid().ShouldBe(ada.Id);
        (await ada.Get($"/assets/{input}/actions?role=input&status=error")).Data().GetArrayLength().ShouldBe(0);
        var made = await ada.Get($"/assets/{input}/actions?role=output&include_response=false");
        made.Data().ValueKind.ShouldBe(JsonValueKind.Null);
        made.TryGetProperty("pagination", out _).ShouldBeFalse();
        // Neither the run nor its route is hers to see.
        (await eve.Get($"/assets/{output}/actions?role=output")).Data().ValueKind.ShouldBe(JsonValueKind.Null);
        (await eve.Get($"/assets/{input}/actions?role=input")).Data().GetArrayLength().ShouldBe(0);
        ChangeTests.Field(await ada.Get($"/assets/{input}/actions?role=sideways", HttpStatusCode.BadRequest), "role");
        ChangeTests.Field(await ada.Get($"/assets/{input}/actions?status=lost", HttpStatusCode.BadRequest), "status");
        (await ada.Ouro.Assets.ActionsAsync(input, ActionStatus.Success)).AsInput.Single().Id.ShouldBe(run);
    }

    [Fact]
    public async Task Tags_and_routes_are_truthfully_none()
    {
        var ada = await server.Join("ada_none");
        var id = await Made(ada, "None", "private");
        (await ada.Get($"/assets/{id}/tags")).Data().GetArrayLength().ShouldBe(0);
        var routes = await ada.Get($"/assets/{id}/compatible-routes?limit=5&offset=0&sort=popular&output_file_extension=cif");
        routes.GetProperty("pagination").GetProperty("total").GetInt64().ShouldBe(0);
        (await ada.Ouro.Assets.TagsAsync(id)).ShouldBeEmpty();
        (await ada.Ouro.Assets.CompatibleRoutesAsync(id).ToListAsync()).ShouldBeEmpty();
        ChangeTests.Field(await ada.Get($"/assets/{id}/compatible-routes?sort=down", HttpStatusCode.BadRequest), "sort");
    }

    [Fact]
    public async Task Impact_counts_looks_at_what_the_asker_may_see()
    {
        var (ada, eve) = (await server.Join("ada_impact"), await server.Join("eve_impact"));
        var (open, secret) = (await Made(ada, "Seen", "public"), await Made(ada, "Unseen", "private"));
        foreach (var person in (Person[])[eve, eve, ada]) await person.Post($"/assets/{open}/view", new { });
        await ada.Post($"/assets/{secret}/view", new { });
        await server.Db.Run($"insert into asset_views (asset_id, day, views, downloads) values ({open}, '2020-01-01', 40, 2)", default);

        var mine = (await ada.Get("/users/ada_impact/impact")).Data();
        mine.GetProperty("user_id").GetGuid().ShouldBe(ada.Id);
        mine.GetProperty("aggregate").GetProperty("views").GetInt64().ShouldBe(44);
        mine.GetProperty("aggregate").GetProperty("downloads").GetInt64().ShouldBe(2);
        mine.GetProperty("aggregate").GetProperty("assets").GetInt64().ShouldBe(2);
        mine.GetProperty("assets")[1].GetProperty("popularity_7d").GetInt64().ShouldBe(3);
        var hers = (await eve.Get($"/users/{ada.Id}/impact?since=2026-01-01&limit=1&asset_ids={open},{secret}")).Data();
        hers.GetProperty("aggregate").GetProperty("views").GetInt64().ShouldBe(3);
        hers.GetProperty("assets").GetArrayLength().ShouldBe(1);

        var batch = (await eve.Get($"/assets/impact?ids={open}%2C{secret}&since=2026-01-01T00%3A00%3A00Z")).Data().GetProperty("assets");
        batch.GetArrayLength().ShouldBe(1);
        batch[0].GetProperty("asset_id").GetGuid().ShouldBe(open);
        batch[0].GetProperty("views").GetInt64().ShouldBe(3);
        foreach (var (query, field) in new[] { ("", "ids"), ("?ids=x", "ids"), ("?ids=" + string.Join(',', Enumerable.Repeat(open, 201)), "ids"), ($"?ids={open}&since=yesterday", "since") })
            ChangeTests.Field(await eve.Get("/assets/impact" + query, HttpStatusCode.BadRequest), field);
        (await eve.Get("/users/nobody_here/impact", HttpStatusCode.NotFound)).Code().ShouldBe("user_not_found");
        (await eve.Ouro.Users.ImpactAsync("ada_impact", DateTimeOffset.UnixEpoch)).Aggregate.Views.ShouldBe(43);
        (await eve.Ouro.Assets.ImpactAsync([open])).Single().OwnerUserId.ShouldBe(ada.Id);
    }

    static async Task<Guid> Made(Person person, string name, string visibility) =>
        (await person.Post("/datasets/create/from-schema", Calls.Scores(name, visibility))).Id();
}
