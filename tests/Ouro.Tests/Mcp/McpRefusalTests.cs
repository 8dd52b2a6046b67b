using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

public sealed class McpRefusalTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task What_is_not_there_and_what_is_not_shared_are_one_answer()
    {
        var (ada, bob) = (await server.Join("ada_hides"), await server.Join("bob_looks"));
        var hidden = (await ada.Ask("create_dataset", new { name = "hidden", data = "[{\"a\":1}]" })).One.GetProperty("id").GetGuid();
        var unknown = Guid.CreateVersion7();
        var answers = await bob.Ask([.. new[] { hidden, unknown }.SelectMany(id => new[]
        {
            Agent.Call("get_asset", new { id }), Agent.Call("get_asset", new { id, detail = "full" }), Agent.Call("query_dataset", new { dataset_id = id }),
            Agent.Call("query_dataset", new { dataset_id = id, sql = "select 1" }),
        })]);
        foreach (var answer in answers) answer.Refused("not_found", 404, "asset_not_found");
        answers[0].Text.Replace(hidden.ToString(), "").ShouldBe(answers[4].Text.Replace(unknown.ToString(), ""));
        (await bob.Ask("search_assets", new { query = hidden })).Text.ShouldBe("Found 0 assets");
    }

    [Fact]
    public async Task Values_that_cannot_be_are_named()
    {
        var ada = await server.Join("ada_values");
        var answers = await ada.Ask(
            Agent.Call("get_asset", new { id = "not-a-uuid" }), Agent.Call("query_dataset", new { dataset_id = "17" }),
            Agent.Call("search_assets", new { asset_type = "spreadsheet" }), Agent.Call("search_assets", new { limit = 0 }),
            Agent.Call("get_asset", new { id = Guid.CreateVersion7(), detail = "everything" }), Agent.Call("search_assets", new { after = "tomorrow" }));
        foreach (var (answer, field) in answers.Zip(["id", "dataset_id", "asset_type", "limit", "detail", "after"]))
            answer.Refused("bad_request", 400, "invalid_fields").GetProperty("details").TryGetProperty(field, out _).ShouldBeTrue(answer.Text);
        answers[0].Text.ShouldContain("id is a uuid, not “not-a-uuid”.", customMessage: "quotes are not escaped away");
        answers[2].Text.ShouldContain("dataset");
    }

    [Fact]
    public async Task Arguments_of_the_wrong_shape_are_all_named_at_once()
    {
        var ada = await server.Join("ada_shapes");
        var answers = await ada.Ask(
            Agent.Call("get_asset"), Agent.Call("query_dataset", new { dataset_id = Guid.CreateVersion7(), limit = "many", resolve_refs = 1 }),
            Agent.Call("query_dataset", new { id = Guid.CreateVersion7() }), Agent.Call("create_dataset", new { name = "n", data = 17 }),
            Agent.Call("get_asset", new { id = (string?)null }), Agent.Call("query_dataset", new { dataset_id = Guid.CreateVersion7(), limit = 1.5 }));
        foreach (var (answer, fields) in answers.Zip([["id"], ["limit", "resolve_refs"], ["id", "dataset_id"], ["data"], ["id"], (string[])["limit"]]))
        {
            var refused = answer.Refused("invalid_arguments", 400, "invalid_arguments");
            foreach (var field in fields) refused.GetProperty("details").TryGetProperty(field, out _).ShouldBeTrue(answer.Text);
        }
    }

    [Fact]
    public async Task SQL_that_fails_brings_what_PostgreSQL_said()
    {
        var ada = await server.Join("ada_sql");
        var id = (await ada.Ask("create_dataset", new { name = "sql", data = "[{\"price\":1}]" })).One.GetProperty("id").GetGuid();
        object Query(string sql, bool refs = false) => Agent.Call("query_dataset", new { dataset_id = id, sql, resolve_refs = refs });
        var answers = await ada.Ask(
            Query("select pricee from {{table}}"), Query("select price frm {{table}}"), Query("delete from {{table}}"), Query("drop table {{table}}"),
            Query("select * from users"), Query("select 1; select 2"), Query("select price from {{table}}", refs: true));
        var column = answers[0].Refused("invalid_dataset_query", 400, "42703");
        column.GetProperty("message").GetString()!.ShouldContain("pricee");
        column.GetProperty("hint").GetString()!.ShouldContain("price");
        answers[1].Refused("bad_request", 400, "42601");
        answers[2].Refused("bad_request", 400);
        answers[3].Refused("bad_request", 400);
        answers[4].Refused("bad_request", 400);
        answers[5].Refused("bad_request", 400, "42601");
        answers[6].Refused("bad_request", 400, "invalid_fields").GetProperty("details").TryGetProperty("resolve_refs", out _).ShouldBeTrue();
        (await ada.Ask("query_dataset", new { dataset_id = id })).Data.GetProperty("row_count").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Rows_that_make_no_table_make_nothing()
    {
        var ada = await server.Join("ada_no_table");
        var answers = await ada.Ask(
            Agent.Call("create_dataset", new { name = "n" }), Agent.Call("create_dataset", new { name = "n", data = "[]" }), Agent.Call("create_dataset", new { name = "n", data = "[{\"a\":1" }),
            Agent.Call("create_dataset", new { name = "n", data = "{\"a\":1}" }), Agent.Call("create_dataset", new { name = "n", data = new object[] { new { a = 1 }, 2 } }),
            Agent.Call("create_dataset", new { name = "n", data = "[{\"a\":1}]", visibility = "monetized" }), Agent.Call("create_dataset", new { name = "n", data = "[{\"a\":1}]", enum_columns = new { a = new { values = new[] { "x" } } } }),
            Agent.Call("create_dataset", new { name = "n", data = "[{\"a\":1}]", attribution = new { originality = 5 } }), Agent.Call("search_assets", new { file_type = "smell" }));
        foreach (var answer in answers) answer.Refused("bad_request", 400);
        answers[2].Text.ShouldContain("data is not JSON");
        answers[4].Text.ShouldContain("Row 2");
        answers[7].Text.ShouldContain("attribution.originality");
        answers[8].Refused("bad_request", 400, "invalid_fields");
        (await ada.Ask(Agent.Call("create_dataset", new { name = "n", data = "[{\"a\":1}]", org_id = Guid.CreateVersion7() })))[0].Refused("permission_denied", 403, "not_a_member");
        (await ada.Ask("search_assets", new { scope = "personal" })).Text.ShouldBe("Found 0 assets");
    }

    [Fact]
    public async Task A_bug_says_only_where_it_is_logged()
    {
        var ada = await server.Join("ada_bug");
        var id = (await ada.Ask("create_dataset", new { name = "broken", data = "[{\"a\":1}]" })).One.GetProperty("id").GetGuid();
        await server.Db.Run($"update dataset_tables set columns = '[{{\"name\": 1}}]' where asset_id = {id}", default);
        var refused = (await ada.Ask("get_asset", new { id, detail = "full" })).Refused("server_error", 500, "internal_error");
        refused.GetProperty("message").GetString()!.ShouldMatch("logged as request [0-9a-f]{32}");
    }
}
