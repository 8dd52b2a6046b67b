using System.Net;
using System.Text.Json;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

public sealed class ColumnTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_column_is_added_renamed_retyped_labelled_and_dropped()
    {
        var ada = await server.Join("ada_columns");
        var id = await Made(ada, "CREATE TABLE t (\"Sample Name\" TEXT, n TEXT)", new { n = "1" }, new { n = " 2.0 " }, new { n = (string?)null });
        // The page is kept, so that a change has to be noticed.
        (await Page(ada, id)).ShouldBe("""[{"sample_name":null,"n":"1"},{"sample_name":null,"n":" 2.0 "},{"sample_name":null,"n":null}]""");

        var added = (await ada.Post($"/datasets/{id}/columns", new { name = "Kind Of", type = "enum", nullable = true, label = "K", enumValues = new[] { "x", "y" } })).Data();
        (added.GetProperty("name").GetString(), added.GetProperty("label").GetString(), added.GetProperty("semantic_type").GetString()).ShouldBe(("kind_of", "K", "enum"));
        (await Page(ada, id)).ShouldStartWith("""[{"sample_name":null,"n":"1","kind_of":null}""");

        (await ada.Patch($"/datasets/{id}/columns/n", new { type = "bigint" })).Data().GetProperty("data_type").GetString().ShouldBe("bigint");
        (await ada.Patch($"/datasets/{id}/columns/Sample%20Name", new { newName = "my col/x" })).Data().GetProperty("name").GetString().ShouldBe("my_col_x");
        (await ada.Patch($"/datasets/{id}/columns/my%20col%2Fx", new { label = "Mine" })).Data().GetProperty("label").GetString().ShouldBe("Mine");
        (await Page(ada, id)).ShouldBe("""[{"my_col_x":null,"n":1,"kind_of":null},{"my_col_x":null,"n":2,"kind_of":null},{"my_col_x":null,"n":null,"kind_of":null}]""");
        (await ada.Post($"/datasets/{id}/query-custom", new { query = "select sum(n) as s from {{table}} where kind_of is null" })).Data().GetRawText().ShouldBe("""[{"s":3}]""");

        (await ada.Delete($"/datasets/{id}/columns/kind_of")).Data().GetProperty("dropped").GetString().ShouldBe("kind_of");
        var asset = (await ada.Get($"/datasets/{id}")).Data();
        asset.GetProperty("metadata").GetProperty("columns").GetRawText().ShouldBe("""["my_col_x","n"]""");
        asset.GetProperty("preview").GetRawText().ShouldBe("""[{"my_col_x":null,"n":1},{"my_col_x":null,"n":2},{"my_col_x":null,"n":null}]""");
        (await server.Db.Maybe<long>($"select count(*) from events where subject_id = {id} and name = 'dataset.columns_changed'", default)).ShouldBe(5);
    }

    [Theory]
    [InlineData("""{"name":"n"}""", 409, "column_exists")]
    [InlineData("""{"name":"N"}""", 409, "column_exists")]
    [InlineData("""{"name":"%%"}""", 400, "name")]
    [InlineData("""{"name":"xmin"}""", 400, "name")]
    [InlineData("""{"name":"_row"}""", 400, "name")]
    [InlineData("""{"name":"a234567890123456789012345678901234567890123456789012345678901234"}""", 400, "name")]
    [InlineData("""{"type":"text"}""", 400, "name")]
    [InlineData("""{"name":"m","type":"money"}""", 400, "type")]
    [InlineData("""{"name":"m\r\nn"}""", 400, "name")]
    [InlineData("""{"name":"m","label":"a\nb"}""", 400, "label")]
    [InlineData("""{"name":"m","label":"\u200b\u202e"}""", 400, "label")]
    [InlineData("""{"name":"m","type":"enum"}""", 400, "enumValues")]
    [InlineData("""{"name":"m","enumValues":[]}""", 400, "enumValues")]
    [InlineData("""{"name":"m","enumValues":["a","a"]}""", 400, "enumValues")]
    [InlineData("""{"name":"m","enumValues":[""]}""", 400, "enumValues")]
    [InlineData("""{"name":"m","type":"reference"}""", 400, "ref")]
    [InlineData("""{"name":"m","ref":{"kind":"action","asset_type":"post"}}""", 400, "ref")]
    [InlineData("""{"name":"m","ref":{"kind":"asset"},"enumValues":["a"]}""", 400, "type")]
    [InlineData("""{"name":"m","nullable":false}""", 400, "nullable")]
    [InlineData("""{"name":"m","ref":{"kind":"asset"},"nullable":false}""", 400, "nullable")]
    public async Task A_column_that_cannot_be_is_refused_by_its_field(string body, int status, string wrong)
    {
        var ada = await server.Join("ada_no" + Guid.CreateVersion7().ToString("N")[20..]);
        var id = await Made(ada, "CREATE TABLE t (n INTEGER)", new { n = 1 });
        var refused = await ada.PostText($"/datasets/{id}/columns", body, (HttpStatusCode)status);
        if (status == 409) (refused.Code(), refused.GetProperty("error").GetProperty("details").GetRawText()).ShouldBe((wrong, """{"column":"n"}"""));
        else refused.GetProperty("error").GetProperty("details").TryGetProperty(wrong, out _).ShouldBeTrue(refused.GetRawText());
        (await Page(ada, id)).ShouldBe("""[{"n":1}]""");
    }

    [Theory]
    [InlineData("text", "bigint", "1| 2 |3.0||null", "1|2|3|null|null")]
    [InlineData("text", "bigint", "1|x|1.5|9223372036854775808|", "!3: “x”, “1.5”, “9223372036854775808”")]
    [InlineData("text", "double precision", "1|1e3|.5|-0", "1|1000|0.5|-0")]
    [InlineData("text", "double precision", "1e400|NaN", "!2: “1e400”, “NaN”")]
    [InlineData("text", "numeric", "0.10|12345678901234567890", "0.10|12345678901234567890")]
    [InlineData("text", "boolean", "true|FALSE|1|0", "true|false|true|false")]
    [InlineData("text", "boolean", "maybe", "!1: “maybe”")]
    [InlineData("text", "date", "|2024-02-29|2024-05-31T00:00:00Z", "null|2024-02-29|2024-05-31")]
    [InlineData("text", "date", "2023-02-29|2024-04-31|1900-02-29|2024-05-31T10:00:00|0000-01-01", "!5: “2023-02-29”, “2024-04-31”, “1900-02-29”, “2024-05-31T10:00:00”, “0000-01-01”")]
    [InlineData("text", "timestamptz", "2024-05-31T12:00:00+02:00|2024-05-31", "2024-05-31T10:00:00+00:00|2024-05-31T00:00:00+00:00")]
    [InlineData("text", "timestamptz", "soon|2024-05-31T25:00:00", "!2: “soon”, “2024-05-31T25:00:00”")]
    [InlineData("text", "uuid", "0190a000-0000-7000-8000-000000000001|x", "!1: “x”")]
    [InlineData("bigint", "double precision", "9007199254740993", "!1: “9007199254740993”")]
    [InlineData("timestamptz", "text", "2024-05-31T12:00:00+02:00", "2024-05-31T10:00:00+00:00")]
    [InlineData("timestamptz", "date", "2024-05-31T00:00:00Z", "2024-05-31")]
    [InlineData("timestamptz", "date", "2024-05-31T01:00:00Z", "!1: “2024-05-31T01:00:00+00:00”")]
    public async Task A_new_type_converts_every_value_or_changes_nothing(string from, string to, string values, string expected)
    {
        var ada = await server.Join("ada_re" + Guid.CreateVersion7().ToString("N")[20..]);
        var id = await Made(ada, $"CREATE TABLE t (v {from})", [.. values.Split('|').Select(v => (object)new { v = v == "null" ? null : v })]);
        if (!expected.StartsWith('!'))
        {
            await ada.Patch($"/datasets/{id}/columns/v", new { type = to });
            (await ada.Get($"/datasets/{id}/data")).Data().EnumerateArray().Select(r => r.GetProperty("v").GetRawText().Trim('"')).ShouldBe(expected.Split('|'));
            return;
        }
        var before = await Page(ada, id);
        var refused = await ada.Patch($"/datasets/{id}/columns/v", new { type = to }, HttpStatusCode.BadRequest);
        refused.Code().ShouldBe("values_do_not_fit");
        var (count, first) = (expected[1..expected.IndexOf(':')], expected[(expected.IndexOf(':') + 2)..]);
        refused.GetProperty("error").GetProperty("message").GetString()!.ShouldStartWith($"{count} value");
        refused.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(first);
        (await Page(ada, id)).ShouldBe(before);
    }

    [Theory]
    [InlineData("", """{"dataset":{"enum_columns":{"kind":{}}}}""", "dataset.enum_columns.kind.values")]
    [InlineData("", """{"dataset":{"enum_columns":{"kind":{"values":null}}}}""", "enum_columns.kind.values")]
    [InlineData("", """{"dataset":{"refs":{"kind":{}}}}""", "dataset.refs.kind.kind")]
    [InlineData("/columns/kind", """{"ref":{}}""", "ref.kind")]
    [InlineData("/columns/kind", """{"ref":{"kind":5}}""", "ref.kind")]
    [InlineData("/columns/kind", """{"label":5}""", "label")]
    public async Task A_meaning_that_is_left_out_is_refused_by_its_field_and_the_old_one_stays(string path, string body, string field)
    {
        var ada = await server.Join("ada_meant" + Guid.CreateVersion7().ToString("N")[20..]);
        var id = await Made(ada, "CREATE TABLE t (kind TEXT)", new { kind = "x" });
        await ada.Put($"/datasets/{id}", new { dataset = new { enum_columns = new { kind = new { values = new[] { "x" } } } } });

        var refused = path.Length == 0 ? await ada.PutText($"/datasets/{id}", body, HttpStatusCode.BadRequest)
            : await ada.Patch($"/datasets/{id}{path}", JsonElement.Parse(body), HttpStatusCode.BadRequest);

        refused.GetProperty("error").GetProperty("details").TryGetProperty(field, out _).ShouldBeTrue(refused.GetRawText());
        (await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { kind = "y" } } }, HttpStatusCode.BadRequest)).Code().ShouldBe("value_not_allowed");
    }

    [Fact]
    public async Task Metadata_is_merged_within_its_bound_and_the_tables_own_keys_are_not_for_others()
    {
        var ada = await server.Join("ada_merges");
        var id = await Made(ada, "CREATE TABLE t (n INTEGER)", new { n = 1 });
        await ada.Put($"/datasets/{id}", new { dataset = new { metadata = new { a = new string('x', 90_000), lineage = new { query = "select 1" } } } });

        foreach (var body in (object[])[new { metadata = new { b = new string('x', 90_000) } }, new { metadata = new { b = new string('x', 90_000) }, enum_columns = new { n = (object?)null } }])
            (await ada.Put($"/datasets/{id}", new { dataset = body }, HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("details").TryGetProperty("metadata", out _).ShouldBeTrue();
        await ada.PutText($"/datasets/{id}", """{"dataset":{"metadata":{"c":1,"c":2}}}""", HttpStatusCode.BadRequest);

        var metadata = (await ada.Put($"/datasets/{id}", new { dataset = new { metadata = new { a = "y" } } })).Data().GetProperty("metadata");
        (metadata.GetProperty("a").GetString(), metadata.TryGetProperty("b", out _), metadata.TryGetProperty("lineage", out _)).ShouldBe(("y", false, false));
    }

    [Fact]
    public async Task A_closed_set_refuses_other_values_by_row_and_column_and_writes_nothing()
    {
        var ada = await server.Join("ada_enum");
        var id = await Made(ada, "CREATE TABLE t (id INTEGER, kind TEXT)", new { id = 1, kind = "x" }, new { id = 2, kind = "z" });
        var refused = await ada.Put($"/datasets/{id}", new { dataset = new { enum_columns = new { kind = new { values = new[] { "x", "y" } } } } }, HttpStatusCode.BadRequest);
        refused.Code().ShouldBe("values_do_not_fit");
        refused.GetProperty("error").GetProperty("details").GetProperty("values")[0].GetString().ShouldBe("z");

        await ada.Put($"/datasets/{id}", new { dataset = new { enum_columns = new { kind = new { values = new[] { "x", "z" } } } } });
        foreach (var mode in (string[])["append", "overwrite", "upsert"])
        {
            refused = await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { id = 3, kind = "x" }, new { id = 4, kind = "y" } }, mode }, HttpStatusCode.BadRequest);
            refused.Code().ShouldBe("value_not_allowed");
            var details = refused.GetProperty("error").GetProperty("details");
            (details.GetProperty("row").GetInt32(), details.GetProperty("column").GetString(), details.GetProperty("value").GetString()).ShouldBe((2, "kind", "y"));
            details.GetProperty("allowed").GetRawText().ShouldBe("""["x","z"]""");
        }
        (await Page(ada, id)).ShouldBe("""[{"id":1,"kind":"x"},{"id":2,"kind":"z"}]""");

        var column = (await ada.Patch($"/datasets/{id}/columns/kind", new { enumValues = new[] { "z", "x", "w" } })).Data();
        column.GetProperty("enum_values").GetRawText().ShouldBe("""["z","x","w"]""");
        await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { id = 2, kind = "w" } }, mode = "upsert" });
        // Null opens it again, and the database keeps nothing either.
        await ada.Put($"/datasets/{id}", new { dataset = new { enum_columns = new { kind = (object?)null } } });
        await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { id = 5, kind = "anything" } } });
        (await Page(ada, id)).ShouldBe("""[{"id":1,"kind":"x"},{"id":2,"kind":"w"},{"id":5,"kind":"anything"}]""");
    }

    [Fact]
    public async Task A_required_column_needs_an_empty_dataset_and_then_a_value_in_every_row()
    {
        var ada = await server.Join("ada_required");
        var id = await Made(ada, "CREATE TABLE t (id INTEGER)");
        (await ada.Post($"/datasets/{id}/columns", new { name = "must", type = "text", nullable = false })).Data().GetProperty("is_nullable").GetBoolean().ShouldBeFalse();
        foreach (var mode in (string[])["append", "upsert"])
        {
            var refused = await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { id = 1, must = "a" }, new { id = 2 } }, mode }, HttpStatusCode.BadRequest);
            refused.Code().ShouldBe("value_missing");
            refused.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("“must”");
        }
        (await Page(ada, id)).ShouldBe("[]");
    }

    [Fact]
    public async Task An_update_changes_what_it_names_and_an_empty_one_nothing()
    {
        var (ada, eve) = (await server.Join("ada_update"), await server.Join("eve_update"));
        var id = await Made(ada, "CREATE TABLE t (a INTEGER)", new { a = 1 });
        var before = (await ada.Get($"/datasets/{id}")).Data().GetRawText();
        (await ada.Put($"/datasets/{id}", new { dataset = new { } })).Data().GetRawText().ShouldBe(before);

        var changed = (await ada.Put($"/datasets/{id}", new
        {
            dataset = new { name = "Renamed", preview = new[] { new { a = 99 } }, attribution = new { paper_url = "https://example.com/p" }, metadata = new { source = "lab", columns = new[] { "forged" } } },
        })).Data();
        changed.GetProperty("name").GetString().ShouldBe("Renamed");
        changed.GetProperty("preview").GetRawText().ShouldBe("""[{"a":1}]""");
        changed.GetProperty("attribution").GetProperty("originality").GetString().ShouldBe("original");
        changed.GetProperty("metadata").GetProperty("source").GetString().ShouldBe("lab");
        changed.GetProperty("metadata").GetProperty("columns").GetRawText().ShouldBe("""["a"]""");

        await eve.Put($"/datasets/{id}", new { dataset = new { name = "Mine" } }, HttpStatusCode.NotFound);
        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "read" } });
        (await eve.Put($"/datasets/{id}", new { dataset = new { name = "Mine" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("update_forbidden");
        (await eve.Post($"/datasets/{id}/columns", new { name = "mine" }, HttpStatusCode.Forbidden)).Code().ShouldBe("update_forbidden");
        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "write" } });
        (await eve.Post($"/datasets/{id}/columns", new { name = "mine" })).Data().GetProperty("name").GetString().ShouldBe("mine");
    }

    [Fact]
    public async Task Columns_that_are_not_there_and_the_last_one_are_refused()
    {
        var ada = await server.Join("ada_last");
        var id = await Made(ada, "CREATE TABLE t (a INTEGER)");
        (await ada.Delete($"/datasets/{id}/columns/b", HttpStatusCode.NotFound)).GetProperty("error").GetProperty("details").GetRawText().ShouldBe("""{"column":"b"}""");
        (await ada.Delete($"/datasets/{id}/columns/_row", HttpStatusCode.NotFound)).Code().ShouldBe("column_not_found");
        (await ada.Delete($"/datasets/{id}/columns/a", HttpStatusCode.Conflict)).Code().ShouldBe("last_column");
        (await ada.Patch($"/datasets/{id}/columns/a", new { }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
    }

    [Fact]
    public async Task Columns_that_were_dropped_count_against_the_limit_of_the_database()
    {
        var ada = await server.Join("ada_limit");
        var id = await Made(ada, $"CREATE TABLE t ({string.Join(", ", Enumerable.Range(0, 1599).Select(n => $"c{n} BOOLEAN"))})");
        (await ada.Post($"/datasets/{id}/columns", new { name = "more" }, HttpStatusCode.BadRequest)).Code().ShouldBe("too_many_columns");
        await ada.Delete($"/datasets/{id}/columns/c0");
        var refused = await ada.Post($"/datasets/{id}/columns", new { name = "more" }, HttpStatusCode.BadRequest);
        refused.Code().ShouldBe("too_many_columns");
        refused.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("dropped");
    }

    [Fact]
    public async Task A_column_dropped_while_a_query_runs_lets_the_query_finish()
    {
        var ada = await server.Join("ada_running");
        var id = await Made(ada, "CREATE TABLE t (a INTEGER, b INTEGER)", new { a = 1, b = 2 });
        var running = ada.Post($"/datasets/{id}/query-custom", new { query = "select max(b) as b, max(g) as g from {{table}} cross join generate_series(1, 700000) g" });
        await Task.Delay(100);
        await ada.Delete($"/datasets/{id}/columns/b");
        (await running).Data().GetRawText().ShouldBe("""[{"b":2,"g":700000}]""");
        (await ada.Post($"/datasets/{id}/query-custom", new { query = "select b from {{table}}" }, HttpStatusCode.BadRequest)).Code().ShouldBe("42703");
    }

    [Fact]
    public async Task A_table_that_others_hold_is_busy_and_stays_as_it_is()
    {
        var ada = await server.Join("ada_busy");
        var id = await Made(ada, "CREATE TABLE t (a INTEGER)", new { a = 1 });
        var table = (await server.Db.Maybe<StoredTable>($"select asset_id, name, label, columns, row_count, version from dataset_tables where asset_id = {id}", default))!;
        await using (var reader = await server.Db.Begin(default))
        {
            await reader.Run($"lock table {table.View} in access share mode", default);
            var refused = await ada.Post($"/datasets/{id}/columns", new { name = "b" }, HttpStatusCode.ServiceUnavailable);
            refused.Code().ShouldBe("table_busy");
        }
        (await Page(ada, id)).ShouldBe("""[{"a":1}]""");
        await ada.Post($"/datasets/{id}/columns", new { name = "b" });
    }

    static async Task<Guid> Made(Person person, string schema, params object[] rows) =>
        (await person.Post("/datasets/create/from-schema", new { dataset = new { name = "Columns", schema, rows } })).Id();

    static async Task<string> Page(Person person, Guid id) => (await person.Get($"/datasets/{id}/data")).Data().GetRawText();
}
