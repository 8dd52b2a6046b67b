using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>The plans of the hot queries with 100,000 assets behind them: a list reads an index from its beginning, and no query reads everything.</summary>
public sealed class HotPlanTests(HotPlanTests.Crowded server) : IClassFixture<HotPlanTests.Crowded>
{
    public sealed class Crowded : TestServer
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            var ada = await Join("ada_crowd");
            await Db.Run($"""
                insert into assets (id, asset_type, user_id, org_id, team_id, name, name_url_slug, visibility, attribution, source, created_at, last_updated)
                select gen_random_uuid(), 'dataset', {ada.Id}, {Ids.Global}, {Ids.Global}, 'Sample number ' || n, 'sample-number-' || n,
                  case when n % 10 = 0 then 'private' else 'public' end, jsonb_build_object(), 'api', now() - n * interval '1 second', now() - n * interval '1 second'
                from generate_series(1, 100000) n
                """, default);
            await TestCluster.Run("analyze assets", (await Db.Maybe<string>($"select current_database()::text", default))!);
        }
    }

    static readonly Actor Somebody = new() { Id = Guid.CreateVersion7(), Organizations = [Guid.CreateVersion7(), Guid.CreateVersion7()] };

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(null, "updated", 0)]
    [InlineData(null, null, 1000)]
    public async Task Browsing_reads_an_index_from_its_beginning(string? query, string? sort, int offset)
    {
        var plan = await Plan(Search(new() { Query = query, Sort = sort, Offset = offset }));
        plan.ShouldContain("Index Scan using assets_");
        plan.ShouldNotContain("Seq Scan on assets");
        plan.ShouldNotContain("Sort Method: external");
        Read(plan).ShouldBeLessThan(3000 + offset);
    }

    [Fact]
    public async Task Browsing_on_from_a_cursor_costs_what_the_first_page_does()
    {
        var at = await server.Db.Query<DateTimeOffset>($"select created_at from assets order by created_at limit 1 offset 500", default);
        var plan = await Plan(Search(new() { After = new Cursor(at[0], Guid.CreateVersion7()).ToString() }));
        plan.ShouldContain("Index Scan using assets_");
        Read(plan).ShouldBeLessThan(500);
    }

    [Fact]
    public async Task Words_are_found_by_their_index()
    {
        var plan = await Plan(Search(new() { Query = "number 4711" }));
        plan.ShouldContain("assets_words");
        plan.ShouldNotContain("Seq Scan on assets");
    }

    [Fact]
    public async Task A_page_of_rows_is_found_by_number_however_deep_it_lies()
    {
        var ada = await server.Join("ada_deep");
        var id = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Deep", schema = "CREATE TABLE t (a INTEGER)", rows = new[] { new { a = 1 } } } })).Id();
        var table = (await server.Db.Maybe<StoredTable>($"select asset_id, name, label, columns, row_count from dataset_tables where asset_id = {id}", default))!;
        await server.Db.Run($"insert into {table.From} (a) select n from generate_series(2, 100000) n", default);
        await server.Db.Run($"update dataset_tables set row_count = 100000 where asset_id = {id}", default);
        var plan = await Plan(DatasetStore.PageOf(table, new() { Id = ada.Id }, 20, 99_900));
        plan.ShouldNotContain($"Seq Scan on {table.PhysicalName}");
        Read(plan).ShouldBeLessThan(200);
        (await ada.Get($"/datasets/{id}/data?limit=1&offset=99900")).Data()[0].GetProperty("a").GetInt32().ShouldBe(99_901);
    }

    static Sql Search(AssetSearch search)
    {
        var (filters, order) = SearchOperations.Parts(Somebody, search, new(2026, 1, 1));
        return AssetStore.Found(Somebody, search, filters, order);
    }

    async Task<string> Plan(Sql query) => string.Join('\n', await server.Db.Query<string>($"explain (analyze, timing off) {query}", default));

    /// <summary>The most rows that one step of the plan read.</summary>
    static long Read(string plan) => System.Text.RegularExpressions.Regex.Matches(plan, @"actual rows=(\d+)|Removed by Filter: (\d+)")
        .Max(m => long.Parse(m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value));
}
