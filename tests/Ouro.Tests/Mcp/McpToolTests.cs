using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

public sealed class McpToolTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly object[] Cities =
    [
        new { City = "Oslo", population = 717_710, area_km2 = 454.03, isCapital = true, founded = "1048-01-01", tags = new[] { "fjord" } },
        new { City = "Bergen | west", population = 291_940, area_km2 = 464, isCapital = false, founded = "1070-01-01", tags = Array.Empty<string>() },
        new { City = "line\nbreak", population = (int?)null, area_km2 = 1.5, isCapital = false, founded = "2024-02-29", tags = Array.Empty<string>() },
    ];

    [Fact]
    public async Task An_agent_learns_who_it_is()
    {
        var bot = await server.Join("bot_me", ActorType.Agent);
        var me = (await bot.Ask("get_me")).One;
        me.GetProperty("id").GetGuid().ShouldBe(bot.Id);
        me.GetProperty("username").GetString().ShouldBe("bot_me");
        me.GetProperty("actor_type").GetString().ShouldBe("agent");
        me.GetProperty("is_agent").GetBoolean().ShouldBeTrue();
        me.GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);
        me.GetProperty("display_name").GetString().ShouldBe("bot_me");
    }

    [Fact]
    public async Task Rows_become_a_dataset_with_columns_worked_out_from_them()
    {
        var ada = await server.Join("ada_create");
        var made = (await ada.Ask("create_dataset", new { name = "Cities of Norway", data = Cities, description = "Where people live", license_id = "CC0-1.0", attribution = new { originality = "third-party", external_url = "https://example.com" } })).One;
        made.GetProperty("asset_type").GetString().ShouldBe("dataset");
        made.GetProperty("visibility").GetString().ShouldBe("private");
        made.GetProperty("table_name").GetString().ShouldBe("cities_of_norway");
        made.GetProperty("attribution").GetProperty("external_url").GetString().ShouldBe("https://example.com");
        made.GetProperty("schema").EnumerateArray().Select(c => $"{c.GetProperty("column_name")} {c.GetProperty("data_type")}").ShouldBe(
            ["city text", "population bigint", "area_km2 double precision", "is_capital boolean", "founded date", "tags text"]);
        made.GetProperty("row_ingest").GetProperty("inserted").GetInt64().ShouldBe(3);
        made.TryGetProperty("ingest_warning", out _).ShouldBeFalse();

        var read = (await ada.Ask("query_dataset", new { dataset_id = made.GetProperty("id"), response_format = "json" })).One;
        read.GetProperty("row_count").GetInt32().ShouldBe(3);
        read.GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        read.GetProperty("resolved_refs").EnumerateObject().ShouldBeEmpty();
        var oslo = read.GetProperty("rows")[0];
        oslo.GetProperty("city").GetString().ShouldBe("Oslo");
        oslo.GetProperty("is_capital").GetBoolean().ShouldBeTrue();
        oslo.GetProperty("founded").GetString().ShouldBe("1048-01-01");
        oslo.GetProperty("tags").GetString().ShouldBe("[\"fjord\"]");
    }

    [Fact]
    public async Task Rows_may_come_as_JSON_text_and_columns_of_mixed_values_are_text()
    {
        var ada = await server.Join("ada_text");
        var data = """[{"n": 1, "when": "2024-05-31T12:00:00Z", "mixed": 1}, {"n": 2.5, "when": null, "mixed": "one", "late": "x"}]""";
        var made = (await ada.Ask("create_dataset", new { name = "text", data, visibility = "public", team_id = "", org_id = (string?)null })).One;
        made.GetProperty("visibility").GetString().ShouldBe("public");
        made.GetProperty("schema").EnumerateArray().Select(c => $"{c.GetProperty("column_name")} {c.GetProperty("data_type")}").ShouldBe(
            ["n double precision", "when timestamp with time zone", "mixed text", "late text"]);
    }

    [Fact]
    public async Task A_page_of_rows_is_a_table_with_one_line_for_each_row()
    {
        var ada = await server.Join("ada_table");
        var id = await Made(ada, "table", Cities);
        var answers = await ada.Ask(
            Agent.Call("query_dataset", new { dataset_id = id, limit = 2 }), Agent.Call("query_dataset", new { dataset_id = id, limit = 2, offset = 2 }),
            Agent.Call("query_dataset", new { dataset_id = id, offset = 9 }));
        var lines = answers[0].Text.Split('\n');
        lines[0].ShouldBe("Found 2 rows (showing 2; more available — call again with offset=2)");
        lines[2..].ShouldBe(
        [
            "| city | population | area_km2 | is_capital | founded | tags |", "| --- | --- | --- | --- | --- | --- |",
            "| Oslo | 717710 | 454.03 | true | 1048-01-01 | [\"fjord\"] |", @"| Bergen \| west | 291940 | 464 | false | 1070-01-01 | [] |",
        ]);
        answers[0].Data.GetProperty("hasMore").GetBoolean().ShouldBeTrue();
        answers[0].Data.GetProperty("rows").GetArrayLength().ShouldBe(2);
        answers[1].Text.ShouldEndWith("| line<br>break |  | 1.5 | false | 2024-02-29 | [] |");
        answers[1].Text.ShouldStartWith("Found 1 row\n");
        answers[2].Text.ShouldBe("Found 0 rows");
        answers[2].Data.GetProperty("rows").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task SQL_is_paged_where_it_does_not_page_itself()
    {
        var ada = await server.Join("ada_paging");
        var id = await Made(ada, "numbers", Enumerable.Range(1, 150).Select(n => (object)new { n }));
        object Query(string sql, object? more = null) => Agent.Call("query_dataset", Merged(new { dataset_id = id, sql, response_format = "json" }, more));
        var answers = (await ada.Ask(
            Query("select n from {{table}} order by n; -- all of them"), Query("select n from {{table}} order by n;", new { limit = 2, offset = 149 }),
            Query("select n from {{table}} order by n limit 120"), Query("select 'no limit' as said, count(*) as c from {{table}} -- the end"),
            Query("select n from {{table}} order by n fetch first 3 rows only"), Query("select n from {{table}} order by n", new { limit = 1000 })))
            .ConvertAll(answer => answer.One);
        answers[0].GetProperty("row_count").GetInt32().ShouldBe(100);
        answers[0].GetProperty("hasMore").GetBoolean().ShouldBeTrue();
        answers[1].GetProperty("rows")[0].GetProperty("n").GetInt32().ShouldBe(150);
        answers[1].GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        answers[2].GetProperty("row_count").GetInt32().ShouldBe(120);
        answers[2].GetProperty("limit").ValueKind.ShouldBe(JsonValueKind.Null);
        answers[3].GetProperty("rows")[0].GetProperty("c").GetInt32().ShouldBe(150);
        answers[4].GetProperty("row_count").GetInt32().ShouldBe(3);
        answers[5].GetProperty("row_count").GetInt32().ShouldBe(150);
        answers[5].GetProperty("hasMore").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task An_asset_is_read_in_brief_or_in_full()
    {
        var ada = await server.Join("ada_read");
        var id = await Made(ada, "seven", Enumerable.Range(1, 7).Select(n => (object)new { n, word = new string('w', 300) }), new string('d', 300));
        var answers = await ada.Ask(Agent.Call("get_asset", new { id }), Agent.Call("get_asset", new { id, detail = "full" }));
        var summary = answers[0].One;
        summary.GetProperty("name").GetString().ShouldBe("seven");
        summary.GetProperty("username").GetString().ShouldBe("ada_read");
        summary.GetProperty("description").GetString().ShouldBe(new string('d', 200) + "…");
        summary.GetProperty("views").GetInt64().ShouldBe(1);
        summary.TryGetProperty("schema", out _).ShouldBeFalse();
        var full = answers[1].One;
        full.GetProperty("schema").EnumerateArray().Select(c => c.GetProperty("column_name").GetString()).ShouldBe(["n", "word"]);
        full.GetProperty("stats").GetProperty("count").GetInt64().ShouldBe(7);
        full.GetProperty("preview").GetArrayLength().ShouldBe(5);
        full.GetProperty("table_name").GetString().ShouldBe("seven");
    }

    [Fact]
    public async Task Assets_are_found_by_words_and_filters_and_listed_as_bullets()
    {
        var ada = await server.Join("ada_search");
        var first = await Made(ada, "zebra crossings", [new { a = 1 }], "Where zebras\n=== cross the road");
        var second = await Made(ada, "zebra tracks", [new { a = 1 }]);
        var answers = await ada.Ask(
            Agent.Call("search_assets", new { query = "zebra", user_id = ada.Id }), Agent.Call("search_assets", new { user_id = ada.Id, limit = 1, asset_type = "dataset" }),
            Agent.Call("search_assets", new { query = first, scope = "personal" }), Agent.Call("search_assets", new { user_id = ada.Id, asset_type = "post", visibility = "", sort = "recent" }),
            Agent.Call("search_assets", new { user_id = ada.Id, visibility = "public", scope = "all", sort = "popular", time_window = "week" }));
        answers[0].Text.Split('\n').ShouldBe(
        [
            "Found 2 assets", .. answers[0].Data.GetProperty("results").EnumerateArray().SelectMany(hit => new[]
            {
                $"- **{hit.GetProperty("name").GetString()}** (dataset) — id: `{hit.GetProperty("id")}` — by @ada_search — {hit.GetProperty("created_at").GetDateTimeOffset():yyyy-MM-ddTHH:mm:ssZ}",
                hit.TryGetProperty("snippet", out var snippet) && snippet.GetString()!.Length > 0 ? "  " + string.Join(' ', snippet.GetString()!.Split('\n', ' ')) : "",
            }.Where(line => line.Length > 0)),
        ]);
        answers[0].Data.GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        answers[0].Data.GetProperty("results")[0].GetProperty("match_source").GetString().ShouldBe("name");
        answers[1].Text.ShouldStartWith("Found 1 asset (showing 1; more available — call again with offset=1)\n");
        answers[1].Data.GetProperty("results")[0].GetProperty("id").GetGuid().ShouldBe(second);
        answers[2].Data.GetProperty("results")[0].GetProperty("id").GetGuid().ShouldBe(first);
        answers[3].Text.ShouldBe("Found 0 assets");
        answers[4].Text.ShouldBe("Found 0 assets");

        var next = (await ada.Ask("search_assets", new { user_id = ada.Id, limit = 1, after = answers[1].Data.GetProperty("nextCursor") })).Data;
        next.GetProperty("results")[0].GetProperty("id").GetGuid().ShouldBe(first);
        next.TryGetProperty("nextCursor", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_shared_with_somebody_is_theirs_to_query()
    {
        var (ada, bob) = (await server.Join("ada_shares"), await server.Join("bob_shared"));
        var id = await Made(ada, "secrets", [new { a = 42 }]);
        (await bob.Ask("query_dataset", new { dataset_id = id })).Refused("not_found", 404, "asset_not_found");
        (await ada.Http.PutAsJsonAsync($"/api/assets/{id}/share", new { permission = new { user = new { user_id = bob.Id }, role = "read" } })).EnsureSuccessStatusCode();
        (await bob.Ask("query_dataset", new { dataset_id = id, sql = "select a from {{table}}" })).Text.ShouldEndWith("| 42 |");
    }

    static async Task<Guid> Made(Person person, string name, IEnumerable<object> data, string? description = null) =>
        (await person.Ask("create_dataset", new { name, data, description })).One.GetProperty("id").GetGuid();

    static Dictionary<string, object?> Merged(object first, object? second) =>
        new[] { first, second }.OfType<object>().SelectMany(o => o.GetType().GetProperties().Select(p => (p.Name, Value: p.GetValue(o)))).ToDictionary(p => p.Name, p => p.Value);
}
