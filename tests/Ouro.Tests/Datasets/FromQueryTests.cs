using System.Net;
using System.Text.Json;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>Results that become datasets.</summary>
public sealed class FromQueryTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_result_becomes_a_dataset_that_knows_what_it_was_made_from()
    {
        var ada = await server.Join("ada_saves");
        var (one, other) = ((await ada.Post("/datasets/create/from-schema", Calls.Scores("One", "public"))).Id(), (await ada.Post("/datasets/create/from-schema", Calls.Scores("Other", "public"))).Id());
        var sql = $"select a.id, a.sample_name as \"Sample Name\", b.score from {{{{table}}}} a join {QueryText.Named(other)} b using (id) order by a.id desc";

        var saved = await ada.Post("/datasets/create/from-query", new { query = sql, dataset_id = one, name = "Joined", description = "Both" });

        var made = saved.Data();
        saved.GetProperty("row_ingest").GetProperty("inserted").GetInt32().ShouldBe(2);
        // Public data does not make a public result by itself.
        made.GetProperty("visibility").GetString().ShouldBe("private");
        made.GetProperty("attribution").GetProperty("originality").GetString().ShouldBe("derivative");
        made.GetProperty("metadata").TryGetProperty("lineage", out _).ShouldBeFalse();
        var lineage = (await ada.Get($"/datasets/{made.GetProperty("id").GetGuid()}/lineage")).Data();
        lineage.GetProperty("query").GetString().ShouldBe(sql);
        lineage.GetProperty("datasets").EnumerateArray().Select(d => d.GetGuid()).ShouldBe([one, other], ignoreOrder: true);
        var id = made.GetProperty("id").GetGuid();
        (await ada.Get($"/datasets/{id}/data")).Data().GetRawText()
            .ShouldBe("""[{"id":1099511627776,"sample_name":null,"score":null},{"id":1,"sample_name":"a","score":0.5}]""");
        (await server.Db.Query<Guid>($"select source_id from connections where target_id = {id} and type = 'derivative' and user_id = {ada.Id}", default)).ShouldBe([one, other], ignoreOrder: true);
        (await ada.Post($"/datasets/{id}/query-custom", new { query = "select count(*) as n from {{table}}" })).Data().GetRawText().ShouldBe("""[{"n":2}]""");
    }

    [Fact]
    public async Task What_a_dataset_was_made_from_is_told_as_far_as_it_may_be_opened()
    {
        var (ada, eve) = (await server.Join("ada_lineage"), await server.Join("eve_lineage"));
        var (open, secret) = ((await ada.Post("/datasets/create/from-schema", Calls.Scores("Open", "public"))).Id(), (await ada.Post("/datasets/create/from-schema", Calls.Scores("Secret"))).Id());
        var sql = $"select a.id from {{{{table}}}} a join {QueryText.Named(secret)} b using (id) where b.sample_name = 'a'";
        var made = await ada.Ouro.Datasets.CreateFromQueryAsync(new() { Name = "Told", Query = sql, DatasetId = open, Visibility = Visibility.Public });

        (await eve.Get($"/datasets/{made.Id}")).GetRawText().ShouldNotContain(secret.ToString());
        var told = await eve.Ouro.Datasets.LineageAsync(made.Id);
        (told.Query, told.DatasetId, told.Datasets.ShouldHaveSingleItem()).ShouldBe((null, null, open));

        await ada.Ouro.Assets.ShareAsync(secret, eve.Id, Role.Read);
        told = await eve.Ouro.Datasets.LineageAsync(made.Id);
        (told.Query, told.DatasetId, told.Datasets.Count).ShouldBe((sql, open, 2));

        // What is sold is no less told of by its query.
        await ada.Put($"/assets/{made.Id}", new { asset = new { visibility = "monetized", price_usd = 5 } });
        (await eve.Ouro.Datasets.LineageAsync(made.Id)).Query.ShouldBeNull();
        var plain = await ada.Ouro.Datasets.LineageAsync(open);
        (plain.Query, plain.Datasets.Count).ShouldBe((null, 0));
        await eve.Get($"/datasets/{Guid.CreateVersion7()}/lineage", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Types_and_values_stay_what_they_were()
    {
        var ada = await server.Join("ada_types");
        const string Sql = """
            select 1::smallint as small, 2::bigint as big, 1.50::numeric as exact, 0.1::real as rough, 1e300::float8 as huge, true as yes, '2026-01-02'::date as day,
              '2026-01-02 03:04:05+02'::timestamptz as moment, '2026-01-02 03:04:05'::timestamp as clock, '0190a000-0000-7000-8000-000000000001'::uuid as ident,
              E'a\tb\nc\\d\r“ü”\\N' as words, null::text as nothing, '' as blank, '{"a": 1}'::jsonb as object, array[1, 2] as list, interval '1 day' as span, 1 as "select", 2 as "SELECT"
            from {{table}} limit 1
            """;
        var source = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var made = await ada.Ouro.Datasets.CreateFromQueryAsync(new() { Name = "Types", Query = Sql, DatasetId = source });

        (await ada.Get($"/datasets/{made.Id}/schema")).Data().EnumerateArray().Select(c => c.GetProperty("data_type").GetString()).ShouldBe(
            ["bigint", "bigint", "numeric", "double precision", "double precision", "boolean", "date", "timestamp with time zone", "timestamp with time zone", "uuid",
             "text", "text", "text", "text", "text", "text", "bigint", "bigint"]);
        var row = (await ada.Get($"/datasets/{made.Id}/data")).Data()[0];
        row.GetProperty("words").GetString().ShouldBe("a\tb\nc\\d\r“ü”\\N");
        (row.GetProperty("nothing").ValueKind, row.GetProperty("blank").GetString()).ShouldBe((JsonValueKind.Null, ""));
        (row.GetProperty("exact").GetRawText(), row.GetProperty("rough").GetRawText()).ShouldBe(("1.50", "0.1"));
        (row.GetProperty("moment").GetString(), row.GetProperty("clock").GetString()).ShouldBe(("2026-01-02T01:04:05+00:00", "2026-01-02T03:04:05+00:00"));
        (row.GetProperty("object").GetString(), row.GetProperty("list").GetString()).ShouldBe(("{\"a\": 1}", "{1,2}"));
    }

    [Fact]
    public async Task More_rows_than_an_answer_holds_are_saved_in_their_order()
    {
        var ada = await server.Join("ada_more");
        var source = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();

        var made = await ada.Ouro.Datasets.CreateFromQueryAsync(new() { Name = "More", Query = "select 50000 - i as i, repeat('x', i % 50) as x from generate_series(1, 50000) i", DatasetId = source });

        made.Rows.Inserted.ShouldBe(50_000);
        (await ada.Get($"/datasets/{made.Id}/data?limit=2&offset=40000")).Data().EnumerateArray().Select(r => r.GetProperty("i").GetInt32()).ShouldBe([9_999, 9_998]);
        (await ada.Post($"/datasets/{made.Id}/query-custom", new { query = "select sum(i) as s, sum(length(x)) as l from {{table}}" })).Data().GetRawText()
            .ShouldBe("""[{"s":1249975000,"l":1225000}]""");
    }

    // Stands for a query that is too long to be written here: as many columns as a dataset holds, whose values have no room in one page.
    const string Wide = "wide";

    [Theory]
    [InlineData("select nope from {{table}}", "42703")]
    [InlineData("select 1 / (id - 1) from {{table}}", "22012")]
    [InlineData("delete from {{table}}", "25006")]
    [InlineData("select from {{table}}", "no_columns")]
    [InlineData("select * from public.users", "42501")]
    [InlineData(" ", "invalid_fields")]
    [InlineData("select case when g > 5000 then 1 / (g - g) else g end as x from {{table}}, generate_series(1, 9000) g", "22012")]
    [InlineData(Wide, "row_too_wide")]
    public async Task What_fails_leaves_nothing_behind(string query, string code)
    {
        var ada = await server.Join("ada_fails_" + Guid.CreateVersion7().ToString("N")[20..]);
        var source = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var before = await Left();
        if (query == Wide) query = $"select {string.Join(", ", Enumerable.Range(1, 1_599).Select(i => $"repeat('x', 20) as c{i}"))} from {{{{table}}}}";

        (await ada.Post("/datasets/create/from-query", new { query, dataset_id = source, name = "x" }, HttpStatusCode.BadRequest)).Code().ShouldBe(code);

        (await Left()).ShouldBe(before);
        Task<string?> Left() => server.Db.Maybe<string>($"""
            select concat_ws(' ', (select count(*) from assets where user_id = {ada.Id}), (select count(*) from connections where user_id = {ada.Id}))
            """, default);
    }

    [Fact]
    public async Task Only_what_may_be_read_is_saved_and_only_where_one_may_create()
    {
        var (ada, bob) = (await server.Join("ada_from_rights"), await server.Join("bob_from_rights"));
        var (hers, mine) = ((await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id(), (await bob.Post("/datasets/create/from-schema", Calls.Scores())).Id());
        var lab = await server.Found("lab-from-query", ada);

        await bob.Post("/datasets/create/from-query", new { query = $"select * from {QueryText.Named(hers)}", name = "x" }, HttpStatusCode.NotFound);
        await bob.Post("/datasets/create/from-query", new { query = "select * from {{table}}", dataset_id = mine, name = "x", org_id = lab.Id }, HttpStatusCode.Forbidden);
        await bob.Post("/datasets/create/from-query", new { query = "select * from {{table}}", dataset_id = mine }, HttpStatusCode.BadRequest);
        (await bob.Post("/datasets/create/from-query", new { query = "select * from {{table}}", name = "x" }, HttpStatusCode.BadRequest)).Code().ShouldBe("42P01");
    }
}
