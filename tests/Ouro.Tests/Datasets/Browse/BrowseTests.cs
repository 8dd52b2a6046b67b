using System.Globalization;
using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Browse;

public sealed class BrowseTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly object[] Rows =
    [
        new { n = 3, x = (double?)0.5, word = "pear, ripe", ok = true, day = "2024-05-31", at = "2024-05-31T12:00:00Z" },
        new { n = 1, x = (double?)null, word = "Apple", ok = false, day = "2024-06-01", at = "2024-06-01T00:00:00Z" },
        new { n = 2, x = (double?)-7, word = "fig|100%", ok = true, day = "2023-01-01", at = "2023-01-01T00:00:00Z" },
        new { n = 3, x = (double?)12, word = "apple pie", ok = false, day = "2024-05-31", at = "2024-05-31T12:00:00.5Z" },
        new { n = (int?)null, x = (double?)null, word = (string?)null, ok = (bool?)null, day = (string?)null, at = (string?)null },
    ];

    [Theory]
    [InlineData("n.asc", "", "2 3 1 4 5")]
    [InlineData("n.desc", "", "1 4 3 2 5")]
    [InlineData("n", "", "2 3 1 4 5")]
    [InlineData("x.desc", "", "4 1 3 2 5")]
    [InlineData("at.asc", "", "3 1 4 2 5")]
    [InlineData("", "n.eq.3", "1 4")]
    [InlineData("", "n.neq.3", "2 3 5")]
    [InlineData("", "n.gt.1.5", "1 3 4")]
    [InlineData("", "n.gte.2,x.lt.1", "1 3")]
    [InlineData("", "n.in.1|2", "2 3")]
    [InlineData("", "x.is.null", "2 5")]
    [InlineData("", "x.is.not_null", "1 3 4")]
    [InlineData("", "word.like.pp", "2 4")]
    [InlineData("", "word.like.apple", "4")]
    [InlineData("", "word.ilike.APPLE", "2 4")]
    [InlineData("", "word.eq.pear%2C ripe", "1")]
    [InlineData("", "word.in.fig%7C100%25|Apple", "2 3")]
    [InlineData("", "word.like.%25", "3")]
    [InlineData("", "ok.eq.true", "1 3")]
    [InlineData("", "day.lte.2024-05-31", "1 3 4")]
    [InlineData("", "at.gt.2024-05-31T12:00:00Z", "2 4")]
    [InlineData("day.desc", "n.gte.1", "2 1 4 3")]
    public async Task Rows_are_sorted_and_filtered(string sort, string filters, string expected)
    {
        var (ada, id) = await Made();
        (await Order(ada, id, sort, filters)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("m.asc", "", "There is no column “m”.")]
    [InlineData("", "m.eq.1", "There is no column “m”.")]
    [InlineData("", "n.equals.1", "no operator")]
    [InlineData("", "n.eq", "column.operator.value")]
    [InlineData("", "n.eq.1,2", "written %2C")]
    [InlineData("", "n.eq.one", "not a number")]
    [InlineData("", "n.eq.1e999", "not a number")]
    [InlineData("", "n.like.1", "only text")]
    [InlineData("", "n.is.one", "null or not_null")]
    [InlineData("", "ok.eq.maybe", "true or false")]
    [InlineData("", "day.gt.yesterday", "ISO date")]
    [InlineData("", "at.gt.noon", "ISO timestamp")]
    [InlineData("", "word.eq.a%00b", "control character")]
    public async Task What_is_no_sort_or_filter_is_refused_with_a_reason(string sort, string filters, string reason)
    {
        var (ada, id) = await Made();
        var refused = await ada.Get($"/datasets/{id}/data?{Query(sort, filters)}", HttpStatusCode.BadRequest);
        refused.GetProperty("error").GetProperty("message").GetString()!.ShouldContain(reason);
    }

    [Theory]
    [InlineData("v.asc", "")]
    [InlineData("v.desc", "")]
    [InlineData("w.desc", "v.is.not_null")]
    [InlineData("", "v.neq.3")]
    public async Task A_cursor_goes_on_exactly_and_meets_every_row_once(string sort, string filters)
    {
        var ada = await server.Join("ada_" + Guid.CreateVersion7().ToString("N")[20..]);
        var id = (await ada.Post("/datasets/create/from-schema", new
        {
            dataset = new
            {
                name = "Many", schema = "CREATE TABLE t (k INTEGER, v INTEGER, w TEXT)",
                rows = Enumerable.Range(0, 250).Select(k => new { k, v = k % 7 == 0 ? (int?)null : k % 5, w = "w" + k % 3 }),
            },
        })).Id();
        var whole = (await ada.Get($"/datasets/{id}/data?limit=1000&{Query(sort, filters)}")).Data().EnumerateArray().Select(Key).ToList();
        var seen = new List<int>();
        string? after = null;
        do
        {
            var page = await ada.Get($"/datasets/{id}/data?limit=17&{Query(sort, filters)}{(after is null ? "" : "&after=" + after)}");
            seen.AddRange(page.Data().EnumerateArray().Select(Key));
            after = page.GetProperty("pagination").TryGetProperty("after", out var next) ? next.GetString() : null;
        }
        while (after is not null);
        seen.ShouldBe(whole);
        seen.Distinct().Count().ShouldBe(seen.Count);
        // The SDK walks the same way.
        var walked = new List<int>();
        await foreach (var row in ada.Ouro.Datasets.RowsAsync<JsonElement>(id, new RowSelection { Sort = sort, Filters = filters, Limit = 40 })) walked.Add(Key(row));
        walked.ShouldBe(whole);

        static int Key(JsonElement row) => row.GetProperty("k").GetInt32();
    }

    [Fact]
    public async Task A_cursor_whose_row_is_gone_says_so()
    {
        var (ada, id) = await Made();
        (await ada.Get($"/datasets/{id}/data?sort=n&after=99", HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("message").GetString()!.ShouldContain("Begin the list anew");
        await ada.Get($"/datasets/{id}/data?sort=n&after=x", HttpStatusCode.BadRequest);
        await ada.Get($"/datasets/{id}/data?sort=n&offset=2", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_may_not_read_a_dataset_neither_sorts_nor_summarizes_it()
    {
        var (_, id) = await Made();
        var bob = await server.Join("bob_" + Guid.CreateVersion7().ToString("N")[20..]);
        foreach (var path in (string[])["data?sort=n", "data?filters=n.eq.3", "summary"])
            await bob.Get($"/datasets/{id}/{path}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_summary_tells_what_columns_hold()
    {
        var (ada, id) = await Made();
        var summary = await ada.Ouro.Datasets.SummaryAsync(id);
        (summary.RowCount, summary.SampleCount, summary.IsExact).ShouldBe((5, 5, true));
        var n = summary.Columns[0];
        (n.Nulls, n.Distinct, n.Min!.Value.GetInt64(), n.Max!.Value.GetInt64()).ShouldBe((1, 3, 1, 3));
        n.Histogram.Select(bin => bin.Count).ShouldBe([1, 1, 2]);
        var ok = summary.Columns.Single(c => c.ColumnName == "ok");
        ok.TopValues.Select(v => (v.Value, v.Count)).ShouldBe([("false", 2), ("true", 2)], ignoreOrder: true);
        summary.Columns.Single(c => c.ColumnName == "day").Min!.Value.GetString().ShouldBe("2023-01-01");
        // It is worked out anew when the rows have changed.
        await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { n = 100 } } });
        (await ada.Ouro.Datasets.SummaryAsync(id)).Columns[0].Max!.Value.GetInt64().ShouldBe(100);
    }

    [Fact]
    public async Task A_large_table_is_summarized_from_a_sample_that_is_told()
    {
        var ada = await server.Join("ada_large");
        var id = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Large", schema = "CREATE TABLE t (k INTEGER, g TEXT)", rows = new[] { new { k = 0, g = "g0" } } } })).Id();
        var table = Ouro.Server.Data.Sql.Identifier((await server.Db.Maybe<string>($"select 't_' || substr(name, 3) from dataset_tables where asset_id = {id}", default))!);
        await server.Db.Run($"insert into datasets.{table} (k, g) select n, 'g' || n % 4 from generate_series(1, 199999) n", default);
        await server.Db.Run($"update dataset_tables set row_count = 200000 where asset_id = {id}", default);
        await server.Db.Run($"update assets set last_updated = now() where id = {id}", default);
        var summary = (await ada.Get($"/datasets/{id}/summary")).Data();
        summary.GetProperty("is_exact").GetBoolean().ShouldBeFalse();
        summary.GetProperty("sample_count").GetInt64().ShouldBeInRange(5_000, 40_000);
        var columns = summary.GetProperty("columns");
        columns[0].GetProperty("distinct").GetInt64().ShouldBeInRange(150_000, 200_000);
        columns[1].GetProperty("distinct").GetInt64().ShouldBe(4);
        columns[0].GetProperty("histogram").GetArrayLength().ShouldBe(20);
    }

    async Task<(Person, Guid)> Made()
    {
        var ada = await server.Join("ada_" + Guid.CreateVersion7().ToString("N")[20..]);
        return (ada, (await ada.Post("/datasets/create/from-schema", new
        {
            dataset = new { name = "Fruit", schema = "CREATE TABLE t (n INTEGER, x REAL, word TEXT, ok BOOLEAN, day DATE, at TIMESTAMPTZ)", rows = Rows },
        })).Id());
    }

    /// <summary>The rows by their place in what was sent, from one.</summary>
    static async Task<string> Order(Person who, Guid id, string sort, string filters)
    {
        var all = (await who.Get($"/datasets/{id}/data")).Data().EnumerateArray().Select(r => r.GetRawText()).ToList();
        var page = (await who.Get($"/datasets/{id}/data?{Query(sort, filters)}")).Data().EnumerateArray();
        return string.Join(' ', page.Select(r => (all.IndexOf(r.GetRawText()) + 1).ToString(CultureInfo.InvariantCulture)));
    }

    static string Query(string sort, string filters) => $"sort={Uri.EscapeDataString(sort)}&filters={Uri.EscapeDataString(filters)}";
}
