using System.Net;
using System.Text.Json;
using Ouro.Tests.Mcp;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

public sealed class ViewTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_view_is_saved_listed_run_changed_and_deleted()
    {
        var (ada, id) = await Somebody("ada_views");
        var created = (await ada.Post($"/datasets/{id}/visualizations", new
        {
            name = "By sample", description = "How they did", sql_query = "select sample_name, score from {{table}} order by id", config = Bar, engine_type = "auto",
        })).Data();
        var view = created.GetProperty("id").GetGuid();
        created.GetProperty("dataset_id").GetGuid().ShouldBe(id);
        created.GetProperty("created_by").GetGuid().ShouldBe(ada.Id);

        var listed = (await ada.Get($"/datasets/{id}/visualizations")).Data();
        JsonElement.DeepEquals(listed[0], created).ShouldBeTrue(listed.GetRawText());
        var run = await ada.Get($"/datasets/{id}/visualizations/{view}/data");
        run.Data().GetRawText().ShouldBe("""[{"sample_name":"a","score":0.5},{"sample_name":null,"score":null}]""");
        run.GetProperty("metadata").GetProperty("view").GetProperty("name").GetString().ShouldBe("By sample");

        var renamed = (await ada.Put($"/datasets/{id}/visualizations/{view}", new { name = "w" })).Data();
        (renamed.GetProperty("name").GetString(), renamed.GetProperty("description").GetString()).ShouldBe(("w", "How they did"));
        JsonElement.DeepEquals(renamed.GetProperty("config"), Bar).ShouldBeTrue();
        var plain = (await ada.PutText($"/datasets/{id}/visualizations/{view}", """{"sql_query":null,"description":null}""")).Data();
        (plain.GetProperty("sql_query").ValueKind, plain.GetProperty("description").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
        (await ada.Get($"/datasets/{id}/visualizations/{view}/data")).Data().GetArrayLength().ShouldBe(2);

        await ada.Delete($"/datasets/{id}/visualizations/{view}");
        (await ada.Get($"/datasets/{id}/visualizations")).Data().GetArrayLength().ShouldBe(0);
        (await ada.Delete($"/datasets/{id}/visualizations/{view}", HttpStatusCode.NotFound)).Code().ShouldBe("view_not_found");
        (await server.Db.Query<string>($"select name from events where subject_id = {id} and name like 'dataset_view.%' order by at, id", default))
            .ShouldBe(["dataset_view.created", "dataset_view.updated", "dataset_view.updated", "dataset_view.deleted"]);
    }

    [Theory]
    [InlineData("""{"type":"bar","xAxis":{"dataKey":"sample"},"series":[{"dataKey":"mean_score","name":"Mean score"}]}""")]
    [InlineData("""{"type":"bar","category":{"dataKey":"sample"},"series":[{"dataKey":"mean_score"}],"else":[1.50,null,{"ü":"“"}]}""")]
    public async Task Both_generations_of_config_come_back_as_they_were(string config)
    {
        var (ada, id) = await Somebody("ada_config_" + config.Length);
        await ada.PostText($"/datasets/{id}/visualizations", $$"""{"name":"v","config":{{config}}}""");

        var kept = (await ada.Get($"/datasets/{id}/visualizations")).Data()[0].GetProperty("config");

        JsonElement.DeepEquals(kept, JsonElement.Parse(config)).ShouldBeTrue(kept.GetRawText());
    }

    [Theory]
    [InlineData("""{"config":{}}""", "invalid_fields")]
    [InlineData("""{"name":"","config":{}}""", "invalid_fields")]
    [InlineData("""{"name":"v"}""", "invalid_fields")]
    [InlineData("""{"name":"v","config":null,"sql_query":" "}""", "invalid_fields")]
    [InlineData("""{"name":"v","config":{"a":"\u0000"}}""", "invalid_fields")]
    [InlineData("""{"name":"v","config":"x"}""", "invalid_fields")]
    [InlineData("""{"name":"v","config":[]}""", "invalid_fields")]
    [InlineData("""{"name":"v","sql_query":5}""", "malformed_json")]
    [InlineData("""{"name":"v","prompt":"a chart of the scores"}""", "no_language_model")]
    [InlineData("""{"name":"v","sql_query":"select nope from {{table}}"}""", "42703")]
    [InlineData("""{"name":"v","sql_query":"selec 1"}""", "42601")]
    [InlineData("""{"name":"v","sql_query":"delete from {{table}}"}""", "25006")]
    public async Task What_is_no_view_is_refused_and_not_saved(string body, string code)
    {
        var (ada, id) = await Somebody("ada_wrong_" + Guid.CreateVersion7().ToString("N")[20..]);

        (await ada.PostText($"/datasets/{id}/visualizations", body, HttpStatusCode.BadRequest)).Code().ShouldBe(code);

        (await ada.Get($"/datasets/{id}/visualizations")).Data().GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_query_that_does_not_run_says_where_and_changes_nothing()
    {
        var (ada, id) = await Somebody("ada_place");
        var view = (await ada.Post($"/datasets/{id}/visualizations", new { name = "v", sql_query = "select 1 as one" })).Id();

        var refused = await ada.Put($"/datasets/{id}/visualizations/{view}", new { sql_query = "select x from {{table}} where {{table}}.nope = 1" }, HttpStatusCode.BadRequest);

        refused.GetProperty("error").GetProperty("details").GetProperty("position").GetInt32().ShouldBe(8);
        (await ada.Get($"/datasets/{id}/visualizations")).Data()[0].GetProperty("sql_query").GetString().ShouldBe("select 1 as one");
        (await ada.Post($"/datasets/{id}/visualizations", new { name = "v", config = new { a = new string('x', 100_001) } }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        (await ada.PutText($"/datasets/{id}/visualizations/{view}", """{"sql_query":null}""", HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        var (most, more) = ("select 1 as one " + new string(' ', 20_000 - 16), "select 1 as one " + new string(' ', 20_001 - 16));
        await ada.Put($"/datasets/{id}/visualizations/{view}", new { sql_query = most });
        (await ada.Put($"/datasets/{id}/visualizations/{view}", new { sql_query = more }, HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("details").TryGetProperty("sql_query", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_may_read_a_dataset_sees_its_views_and_who_may_write_changes_them()
    {
        var (ada, id) = await Somebody("ada_rights");
        var (bob, eve) = (await server.Join("bob_rights"), await server.Join("eve_rights"));
        var view = (await ada.Post($"/datasets/{id}/visualizations", new { name = "v", config = Bar })).Id();
        await Share("read");

        (await bob.Get($"/datasets/{id}/visualizations")).Data().GetArrayLength().ShouldBe(1);
        await bob.Get($"/datasets/{id}/visualizations/{view}/data");
        (await bob.Post($"/datasets/{id}/visualizations", new { name = "w", config = Bar }, HttpStatusCode.Forbidden)).Code().ShouldBe("view_forbidden");
        await bob.Put($"/datasets/{id}/visualizations/{view}", new { name = "w" }, HttpStatusCode.Forbidden);
        await bob.Delete($"/datasets/{id}/visualizations/{view}", HttpStatusCode.Forbidden);
        foreach (var path in (string[])["", $"/{view}/data"]) await eve.Get($"/datasets/{id}/visualizations{path}", HttpStatusCode.NotFound);
        await eve.Delete($"/datasets/{id}/visualizations/{view}", HttpStatusCode.NotFound);

        await Share("write");
        await bob.Put($"/datasets/{id}/visualizations/{view}", new { name = "w" });
        await bob.Delete($"/datasets/{id}/visualizations/{view}");

        Task<JsonElement> Share(string role) => ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = bob.Id }, role } });
    }

    [Fact]
    public async Task The_queries_of_what_is_sold_are_not_shown_to_who_has_not_unlocked_it()
    {
        var (ada, id) = await Somebody("ada_sells_views");
        var eve = await server.Join("eve_sells_views");
        await ada.Post($"/datasets/{id}/visualizations", new { name = "v", sql_query = "select score from {{table}} where sample_name = 'a'" });
        await ada.Put($"/assets/{id}", new { asset = new { visibility = "monetized", price_usd = 5 } });

        await eve.Get($"/datasets/{id}");
        (await eve.Get($"/datasets/{id}/visualizations", HttpStatusCode.Forbidden)).Code().ShouldBe("unlock_required");
        (await ada.Get($"/datasets/{id}/visualizations")).Data().GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_dataset_has_at_most_two_hundred_views_and_they_go_with_it()
    {
        var (ada, id) = await Somebody("ada_many");
        await server.Db.Run($"""
            insert into dataset_views (id, dataset_id, name, config, created_at, last_updated)
            select gen_random_uuid(), {id}, 'v' || i, 'true', now(), now() from generate_series(1, 199) i
            """, default);
        await ada.Post($"/datasets/{id}/visualizations", new { name = "last", config = Bar });

        (await ada.Post($"/datasets/{id}/visualizations", new { name = "one more", config = Bar }, HttpStatusCode.Conflict)).Code().ShouldBe("too_many_views");

        (await ada.Get($"/datasets/{id}/visualizations")).Data().GetArrayLength().ShouldBe(200);
        await ada.Delete($"/datasets/{id}");
        (await server.Db.Maybe<long>($"select count(*) from dataset_views where dataset_id = {id}", default)).ShouldBe(0);
    }

    [Fact]
    public async Task The_SDK_saves_changes_and_runs_views()
    {
        var (ada, id) = await Somebody("ada_sdk_views");
        var view = await ada.Ouro.Views.CreateAsync(id, new() { Name = "v", SqlQuery = "select count(*) as n from {{table}}", Config = Bar });

        var changed = await ada.Ouro.Views.UpdateAsync(id, view.Id, new() { Config = new(null) });

        (changed.Config, changed.SqlQuery).ShouldBe((null, view.SqlQuery));
        (await ada.Ouro.Views.ListAsync(id)).ShouldHaveSingleItem().Id.ShouldBe(view.Id);
        var (again, result) = await ada.Ouro.Views.RunAsync(id, view.Id);
        (again.Id, result.Rows.ToString(), result.Columns[0].DataType).ShouldBe((view.Id, """[{"n":2}]""", "bigint"));
        (await ada.Ouro.Views.DeleteAsync(id, view.Id)).Id.ShouldBe(view.Id);
    }

    [Fact]
    public async Task Agents_write_list_and_delete_views()
    {
        var (ada, id) = await Somebody("ada_mcp_views");
        var written = (await ada.Ask("write_dataset_view", new { dataset_id = id, name = "v", sql_query = "select 1 as one", config = """{"type":"bar"}""" })).One;
        var view = written.GetProperty("id").GetGuid();
        var answers = await ada.Ask(
            Agent.Call("write_dataset_view", new { dataset_id = id, view_id = view, description = "Ones" }),
            Agent.Call("list_dataset_views", new { dataset_id = id }),
            Agent.Call("write_dataset_view", new { dataset_id = id, name = "w", prompt = "something nice" }),
            Agent.Call("write_dataset_view", new { dataset_id = id, sql_query = "select 1" }),
            Agent.Call("write_dataset_view", new { dataset_id = id, name = "w", sql_query = "select\nx from {{table}}" }),
            Agent.Call("delete_dataset_view", new { dataset_id = id, view_id = view }),
            Agent.Call("delete_dataset_view", new { dataset_id = id, view_id = view }));

        answers[0].One.GetProperty("config").GetProperty("type").GetString().ShouldBe("bar");
        answers[1].Text.ShouldBe($"Found 1 view\n- **v** — id: `{view}`\n  Ones");
        answers[2].Refused("bad_request", 400, "no_language_model");
        answers[3].Refused("bad_request", 400, "invalid_fields");
        answers[4].Refused("invalid_dataset_query", 400, "42703").GetProperty("details").GetProperty("position").GetInt32().ShouldBe(8);
        answers[5].One.GetProperty("view_id").GetGuid().ShouldBe(view);
        answers[6].Refused("not_found", 404, "view_not_found");
    }

    static readonly JsonElement Bar = JsonElement.Parse("""{"type":"bar","xAxis":{"dataKey":"sample_name"},"series":[{"dataKey":"score"}]}""");

    async Task<(Person Person, Guid Dataset)> Somebody(string name)
    {
        var person = await server.Join(name);
        return (person, (await person.Post("/datasets/create/from-schema", Calls.Scores())).Id());
    }
}
