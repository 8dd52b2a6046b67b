using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>Real tables, as people have them, from the npm package vega-datasets; through the SDK, as a person would load them.</summary>
public sealed class RealInputTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("seattle-weather.csv", 1461, "select weather, count(*) as n from {{table}} group by weather order by n desc limit 1", """[{"weather":"rain","n":641}]""")]
    [InlineData("movies.json", 3201, "select max(imdb_rating) as best, count(*) filter (where director is null) as unknown from {{table}}", """[{"best":9.2,"unknown":1331}]""")]
    [InlineData("flights-3m.parquet", 3_000_000, "select count(*) as n, max(distance) as far from {{table}} where origin = 'SEA'", null)]
    public async Task It_goes_in_whole_and_answers(string file, long rows, string sql, string? answer)
    {
        var ada = await server.Join("ada_" + file.Split('.', '-')[0]);
        var path = Path.Combine(await NodeClient.Package("vega-datasets"), "data", file);
        var made = await ada.Ouro.Datasets.ImportAsync(path);
        made.Rows!.Inserted.ShouldBe(rows);
        (await ada.Ouro.Datasets.StatsAsync(made.Id)).Count.ShouldBe(rows);
        var result = await ada.Ouro.Datasets.QueryAsync(made.Id, sql);
        if (answer is not null) result.Rows.ToString().ShouldBe(answer);
        result.RowCount.ShouldBe(1);
    }
}
