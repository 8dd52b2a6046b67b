using System.Diagnostics;
using System.Text.Json;

namespace Ouro.Bench;

/// <summary>SQL of users, held by a role of its own and a cursor, beside the same without any of that.</summary>
static class SqlBench
{
    const string Groups = "select species, adult, count(*) as n, avg(mass) as mean from {0} group by species, adult order by species, adult";

    static readonly Bar Small = new($"20 rows of {Million.Rows:N0} by SQL, {PageBench.Clients} clients", $"{BareServer.Name}, the same rows", null, 0.5);
    static readonly Bar Grouped = new($"group by over {Million.Rows:N0} rows", "psql without parallel workers", null, 1 / 1.2);

    public static Bench Bench { get; } = new("sql", [Small, Grouped], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        using var scratch = new Scratch();
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        var dataset = (await Imported.Of(ours, Million.Csv(scratch), ct)).Dataset;
        var psql = await Psql.Of(ours, dataset, scratch.Path, ct) ?? throw new BenchException("psql does not reach the database.");
        await using var bare = await BareServer.Start(repository, ours, psql.PhysicalTable, ct);

        var sql = PageBench.Asked("user SQL", ours.Port, i => Load.Post(ours.Port, $"/api/datasets/{dataset}/query-custom",
            Question($"select * from {{{{table}}}} limit {PageBench.PageRows} offset {PageBench.Offset(i)}"), ("authorization", "Bearer " + ours.Key)));
        var them = PageBench.Asked(BareServer.Name, bare.Port, i => Load.Get(bare.Port, $"/page?offset={PageBench.Offset(i)}"));
        var small = await Rounds.Alternate(pace, [sql, them], ct);

        var group = new Side("group by", (time, token) => Repeated(time, t => ours.Query(dataset, Groups.Replace("{0}", "{{table}}", StringComparison.Ordinal), t), token));
        var direct = new Side("psql", (time, token) => psql.Milliseconds(Groups.Replace("{0}", psql.View, StringComparison.Ordinal), time, token));
        var grouped = await Rounds.Alternate(pace, [group, direct], ct);
        return
        [
            new(Small, small.Of(sql).Shown("N0", "/s"), small.Of(them).Shown("N0", "/s"), small.Ratio(sql, them), $"ours {TreeMemory.Shown(ours.Memory())}"),
            new(Grouped, grouped.Of(group).Shown("0.0", " ms"), grouped.Of(direct).Shown("0.0", " ms"), grouped.Ratio(direct, group), ""),
        ];
    }

    static string Question(string sql) => JsonSerializer.Serialize(new { query = sql });

    /// <summary>Milliseconds of one, the median of those that fit into the time.</summary>
    static async Task<double> Repeated(TimeSpan time, Func<CancellationToken, Task> work, CancellationToken ct)
    {
        var all = new List<double>();
        for (var began = Stopwatch.GetTimestamp(); all.Count < 3 || Stopwatch.GetElapsedTime(began) < time;)
        {
            var start = Stopwatch.GetTimestamp();
            await work(ct);
            all.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Spread.Of(all).Median;
    }
}
