using System.Net;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

public sealed class DatasetTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task What_the_public_client_sends_becomes_a_table_that_answers()
    {
        var ada = await server.Join("ada_create");
        var created = await ada.Post("/datasets/create/from-schema", Calls.Scores());
        created.GetProperty("row_ingest").GetProperty("inserted").GetInt32().ShouldBe(2);
        var id = created.Id();
        created.Data().GetProperty("preview")[0].GetRawText().ShouldBe("""{"id":1,"sample_name":"a","score":0.5,"ok":true,"when":null}""");
        created.Data().GetProperty("slug").GetString().ShouldBe("/datasets/ada_create/scores");

        var schema = (await ada.Get($"/datasets/{id}/schema")).Data().EnumerateArray().ToDictionary(
            c => c.GetProperty("column_name").GetString()!, c => c.GetProperty("data_type").GetString());
        schema.ShouldBe(new()
        {
            ["id"] = "bigint", ["sample_name"] = "text", ["score"] = "double precision", ["ok"] = "boolean", ["when"] = "timestamp with time zone",
        });
        var stats = (await ada.Get($"/datasets/{id}/stats")).Data();
        (stats.GetProperty("count").GetInt32(), stats.GetProperty("columnCount").GetInt32()).ShouldBe((2, 5));
        var rows = await ada.Get($"/datasets/{id}/data?limit=1&offset=1");
        rows.Data()[0].GetRawText().ShouldBe("""{"id":1099511627776,"sample_name":null,"score":null,"ok":false,"when":"2026-01-01T10:00:00+00:00"}""");
        rows.GetProperty("pagination").GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        (await ada.Post($"/datasets/{id}/query-custom", new { query = "select count(*) n, max(id) m from {{table}}" })).Data().GetRawText()
            .ShouldBe("""[{"n":2,"m":1099511627776}]""");
    }

    [Fact]
    public async Task A_create_without_rows_says_nothing_of_rows_so_that_the_client_sends_them()
    {
        var ada = await server.Join("ada_later");
        var created = await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Later", schema = "CREATE TABLE t (a INTEGER)" } });
        created.TryGetProperty("row_ingest", out _).ShouldBeFalse();
        var id = created.Id();
        foreach (var batch in (int[][])[[1, 2], [3]])
        {
            var sent = await ada.Post($"/datasets/{id}/data", new { rows = batch.Select(a => new { a, extra = 1 }), mode = "append" });
            sent.Data().GetProperty("inserted").GetInt32().ShouldBe(batch.Length);
            sent.GetProperty("warning").GetProperty("ignored_columns")[0].GetProperty("column").GetString().ShouldBe("extra");
        }
        (await Values(ada, id)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Overwrite_replaces_the_rows_and_upsert_matches_them_by_id_in_their_place()
    {
        var ada = await server.Join("ada_modes");
        var id = (await ada.Post("/datasets/create/from-schema", new
        {
            dataset = new { name = "Modes", schema = "CREATE TABLE t (id INTEGER, a INTEGER)", rows = new[] { new { id = 1, a = 1 }, new { id = 2, a = 2 }, new { id = 3, a = 3 } } },
        })).Id();
        await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { id = 2, a = 20 }, new { id = 4, a = 4 }, new { id = 4, a = 40 } }, mode = "upsert" });
        (await Values(ada, id)).ShouldBe([1, 20, 3, 40]);
        (await ada.Get($"/datasets/{id}/stats")).Data().GetProperty("count").GetInt32().ShouldBe(4);
        await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { id = 9, a = 9 } }, mode = "overwrite" });
        (await Values(ada, id)).ShouldBe([9]);
        (await ada.Get($"/datasets/{id}")).Data().GetProperty("preview").GetRawText().ShouldBe("""[{"id":9,"a":9}]""");
        (await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { a = 1 } }, mode = "upsert" }, HttpStatusCode.BadRequest)).Code().ShouldBe("row_without_id");
    }

    [Fact]
    public async Task Pages_come_in_the_order_of_ingestion_and_hold_what_was_asked_for()
    {
        var ada = await server.Join("ada_pages");
        var id = (await ada.Post("/datasets/create/from-schema", new
        {
            dataset = new { name = "Pages", schema = "CREATE TABLE t (a INTEGER)", rows = Enumerable.Range(0, 2500).Select(a => new { a = 2500 - a }) },
        })).Id();
        var seen = new List<int>();
        for (var more = true; more;)
        {
            var page = await ada.Get($"/datasets/{id}/data?limit=1000&offset={seen.Count}");
            seen.AddRange(page.Data().EnumerateArray().Select(r => r.GetProperty("a").GetInt32()));
            more = page.GetProperty("pagination").GetProperty("hasMore").GetBoolean();
        }
        seen.ShouldBe(Enumerable.Range(0, 2500).Select(a => 2500 - a));
        (await ada.Get($"/datasets/{id}/data?offset=99999")).Data().GetArrayLength().ShouldBe(0);
        foreach (var wrong in (string[])["limit=0", "limit=1001", "limit=x", "offset=-1"])
            await ada.Get($"/datasets/{id}/data?{wrong}", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Rows_with_gaps_in_their_hidden_order_page_as_well()
    {
        var ada = await server.Join("ada_gaps");
        var id = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Gaps", schema = "CREATE TABLE t (a INTEGER)", rows = new[] { new { a = 1 } } } })).Id();
        // A refused write uses up numbers and leaves a gap.
        await ada.PostText($"/datasets/{id}/data", """{"rows":[{"a":5},{"a":"no"}]}""", HttpStatusCode.BadRequest);
        var table = await server.Db.Maybe<string>($"select 't_' || substr(name, 3) from dataset_tables where asset_id = {id}", default);
        await server.Db.Run($"select nextval(pg_get_serial_sequence({"datasets." + table}, '_row'))", default);
        await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { a = 2 }, new { a = 3 } } });
        (await Values(ada, id)).ShouldBe([1, 2, 3]);
        (await ada.Get($"/datasets/{id}/data?limit=1&offset=1")).Data()[0].GetProperty("a").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task A_dataset_is_whole_or_absent()
    {
        var ada = await server.Join("ada_whole");
        var before = await Left();
        foreach (var (body, code) in new (string, string)[]
        {
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER)","rows":[{"a":1},{"a":"no"}]}}""", "value_does_not_fit"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER)","rows":[1]}}""", "row_not_an_object"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER); drop table users"}}""", "invalid_schema"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t ()"}}""", "invalid_schema"), ("""{"dataset":{"name":"x","rows":[]}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (\"a\" TEXT, \"a\" INTEGER)"}}""", "invalid_fields"),
            ($$$"""{"dataset":{"name":"x","schema":"CREATE TABLE t ({{{new string('a', 64)}}} TEXT)"}}""", "invalid_fields"),
            ($$$"""{"dataset":{"name":"x","schema":"CREATE TABLE t ({{{string.Join(",", Enumerable.Range(0, 1601).Select(n => $"c{n} TEXT"))}}})"}}""", "too_many_columns"),
            ("""{"dataset":{"name":"","schema":"CREATE TABLE t (a INTEGER)"}}""", "invalid_fields"),
            ("""{"dataset":{"schema":"CREATE TABLE t (a INTEGER)"}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER)","visibility":"monetized"}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER)","visibility":"whatever"}}""", "malformed_json"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER)","refs":{"b":{"kind":"asset"}}}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER)","refs":{"a":{"kind":"team"}}}}""", "malformed_json"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a TEXT)","metadata":{"enum_columns":{"a":{"values":[]}}}}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a TEXT)","metadata":{"enum_columns":{"a":["b"]}}}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a TEXT)","enum_columns":{"a":{"values":["b"]}},"rows":[{"a":"b"},{"a":"c"}]}}""", "value_not_allowed"),
            ("""{"dataset":{"name":"x","schema":"CREATE TABLE t (a INTEGER)","team_id":"0190a000-0000-7000-8000-000000000001"}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x\u0000y","schema":"CREATE TABLE t (a INTEGER)"}}""", "invalid_fields"),
            ("""{"dataset":{"name":"x","rows":[{"\ud800":1}]}}""", "invalid_text"),
            ("""{"dataset":null}""", "invalid_fields"), ("{}", "invalid_fields"), ("null", "malformed_request"), ("""{"dataset":""", "malformed_json"), ("[]", "malformed_json"),
        })
        {
            var refused = await ada.PostText("/datasets/create/from-schema", body, HttpStatusCode.BadRequest);
            refused.Code().ShouldBe(code, body);
        }
        (await Left()).ShouldBe(before);
    }

    [Fact]
    public async Task A_deleted_dataset_takes_its_table_and_its_role_with_it()
    {
        var ada = await server.Join("ada_delete");
        var before = await Left();
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Gone"))).Id();
        await ada.Post($"/datasets/{id}/query-custom", new { query = "select 1 from {{table}}" });
        (await ada.Delete($"/datasets/{id}?delete_children=false&dry_run=true")).Data().GetProperty("dry_run").GetBoolean().ShouldBeTrue();
        await ada.Get($"/datasets/{id}/data");
        (await ada.Delete($"/datasets/{id}?delete_children=false&dry_run=false")).Data().GetProperty("asset_type").GetString().ShouldBe("dataset");
        (await Left()).ShouldBe(before);
        foreach (var path in (string[])["", "/schema", "/stats", "/data", "/permissions"])
            (await ada.Get($"/datasets/{id}{path}", HttpStatusCode.NotFound)).Code().ShouldBe("asset_not_found");
        (await ada.Post($"/datasets/{id}/query-custom", new { query = "select 1" }, HttpStatusCode.NotFound)).Code().ShouldBe("asset_not_found");
    }

    [Fact]
    public async Task SQL_that_fails_is_told_with_the_databases_own_words()
    {
        var ada = await server.Join("ada_sql");
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Sql"))).Id();
        var wrong = await ada.Post($"/datasets/{id}/query-custom", new { query = "select scor from {{table}}" }, HttpStatusCode.BadRequest);
        wrong.Code().ShouldBe("42703");
        wrong.GetProperty("error").GetProperty("hint").GetString()!.ShouldContain("score");
        wrong.GetProperty("error").GetProperty("details").GetProperty("position").GetInt32().ShouldBe(8);
        foreach (var write in (string[])["delete from {{table}}", "drop table x", "select 1; select 2", "with x as (delete from {{table}} returning 1) select * from x", ""])
            await ada.Post($"/datasets/{id}/query-custom", new { query = write }, HttpStatusCode.BadRequest);
        (await ada.Get($"/datasets/{id}/stats")).Data().GetProperty("count").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Others_cannot_see_ask_write_or_delete_what_is_private()
    {
        var (ada, eve) = (await server.Join("ada_private"), await server.Join("eve_private"));
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Secret"))).Id();
        foreach (var path in (string[])["", "/schema", "/stats", "/data", "/permissions"])
            await eve.Get($"/datasets/{id}{path}", HttpStatusCode.NotFound);
        await eve.Post($"/datasets/{id}/query-custom", new { query = "select * from {{table}}" }, HttpStatusCode.NotFound);
        await eve.Post($"/datasets/{id}/data", new { rows = Array.Empty<object>() }, HttpStatusCode.NotFound);
        await eve.Delete($"/datasets/{id}", HttpStatusCode.NotFound);

        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "read" } });
        (await eve.Get($"/datasets/{id}/data")).Data().GetArrayLength().ShouldBe(2);
        await eve.Post($"/datasets/{id}/query-custom", new { query = "select * from {{table}}" });
        (await eve.Post($"/datasets/{id}/data", new { rows = Array.Empty<object>() }, HttpStatusCode.Forbidden)).Code().ShouldBe("update_forbidden");
        (await eve.Delete($"/datasets/{id}", HttpStatusCode.Forbidden)).Code().ShouldBe("delete_forbidden");

        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "none" } });
        await eve.Get($"/datasets/{id}/data", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_malformed_id_is_400_and_an_unknown_one_404()
    {
        var ada = await server.Join("ada_ids");
        await ada.Get("/datasets/not-a-uuid", HttpStatusCode.BadRequest);
        await ada.Get($"/datasets/{Guid.CreateVersion7()}", HttpStatusCode.NotFound);
        (await ada.Get("/nowhere", HttpStatusCode.NotFound)).Code().ShouldBe("no_such_call");
        (await ada.Delete("/user", HttpStatusCode.MethodNotAllowed)).Code().ShouldBe("method_not_allowed");
    }

    [Fact]
    public async Task Two_writers_at_once_both_count()
    {
        var ada = await server.Join("ada_writers");
        var id = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Writers", schema = "CREATE TABLE t (a INTEGER)" } })).Id();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(a => ada.Post($"/datasets/{id}/data", new { rows = new[] { new { a }, new { a } } })));
        (await ada.Get($"/datasets/{id}/stats")).Data().GetProperty("count").GetInt32().ShouldBe(40);
        (await Values(ada, id)).Count.ShouldBe(40);
    }

    static async Task<List<int>> Values(Person person, Guid id) =>
        [.. (await person.Get($"/datasets/{id}/data?limit=1000")).Data().EnumerateArray().Select(r => r.GetProperty("a").GetInt32())];

    /// <summary>Everything that a dataset consists of, counted.</summary>
    async Task<string> Left()
    {
        // Roles belong to the whole cluster; this database's are named after it.
        var prefix = DatasetTable.ReadersRole((await server.Db.Maybe<string>($"select current_database()::text", default))!).Replace("readers", "");
        return (await server.Db.Maybe<string>($"""
        select format('%s tables, %s assets, %s rows, %s roles',
          (select count(*) from pg_class where relnamespace = 'datasets'::regnamespace and relkind in ('r', 'v')),
          (select count(*) from assets), (select count(*) from dataset_tables), (select count(*) from pg_roles where rolcanlogin and starts_with(rolname, {prefix})))
        """, default))!;
    }
}
