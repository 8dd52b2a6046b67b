using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

public sealed class McpAssetToolTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_agent_shares_what_it_administers()
    {
        var (ada, eve) = (await server.Join("mcp_shares"), await server.Join("mcp_shared"));
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Shared by tool"))).Id();
        var shared = (await ada.Ask("share_asset", new { id, user_id = eve.Id })).One;
        (shared.GetProperty("id").GetGuid(), shared.GetProperty("user_id").GetGuid(), shared.GetProperty("role").GetString()).ShouldBe((id, eve.Id, "read"));
        await eve.Get($"/assets/{id}");
        (await eve.Ask("share_asset", new { id, user_id = eve.Id, role = "admin" })).Refused("permission_denied", 403, "share_forbidden");
        await ada.Ask("share_asset", new { id, user_id = eve.Id, role = "none" });
        await eve.Get($"/assets/{id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_agent_sees_what_would_go_before_it_deletes()
    {
        var ada = await server.Join("mcp_deletes");
        var (parent, child) = ((await ada.Post("/datasets/create/from-schema", Calls.Scores("Parent"))).Id(), (await ada.Post("/datasets/create/from-schema", Calls.Scores("Child"))).Id());
        await server.Db.Run($"update assets set parent_id = {parent} where id = {child}", default);
        var dry = (await ada.Ask("delete_asset", new { id = parent, dry_run = true })).One;
        (dry.GetProperty("deleted").GetBoolean(), dry.GetProperty("deleted_children_count").GetInt32(), dry.GetProperty("dry_run").GetBoolean()).ShouldBe((false, 1, true));
        (await ada.Ask("delete_asset", new { id = parent })).Refused("unexpected", 409, "has_children");
        var gone = (await ada.Ask("delete_asset", new { id = parent, delete_children = true })).One;
        (gone.GetProperty("deleted").GetBoolean(), gone.GetProperty("asset_type").GetString(), gone.GetProperty("name").GetString()).ShouldBe((true, "dataset", "Parent"));
        await ada.Get($"/assets/{child}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_agent_finds_people_to_share_with()
    {
        var (ada, eve) = (await server.Join("mcp_looks"), await server.Join("mcp_somebody"));
        var found = (await ada.Ask("search_users", new { query = "MCP_some" })).Data;
        found.GetProperty("results")[0].GetProperty("user_id").GetGuid().ShouldBe(eve.Id);
        found.GetProperty("results")[0].GetProperty("username").GetString().ShouldBe("mcp_somebody");
        (await ada.Ask("search_users", new { query = "nobody_of_that_name" })).Data.GetProperty("results").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task An_agent_finds_files_by_their_metadata()
    {
        var ada = await server.Join("mcp_finds");
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Crystal"))).Id();
        await server.Db.Run($"update assets set metadata = jsonb_build_object('extension', 'cif', 'type', 'chemical/x-cif', 'cells', 3) where id = {id}", default);
        foreach (var arguments in (object[])[new { user_id = ada.Id, extension = "cif" }, new { user_id = ada.Id, file_type = "atomic structure", extension = ".CIF" },
            new { user_id = ada.Id, metadata_filters = new { cells = new[] { 3, 4 } } }, new { user_id = ada.Id, metadata_filters = """{"cells": 3}""", extension = "cif" }])
            (await ada.Ask("search_assets", arguments)).Data.GetProperty("results")[0].GetProperty("id").GetGuid().ShouldBe(id);
        (await ada.Ask("search_assets", new { user_id = ada.Id, extension = "png" })).Data.GetProperty("results").GetArrayLength().ShouldBe(0);
    }
}
