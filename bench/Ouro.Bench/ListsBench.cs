using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Kernel;

namespace Ouro.Bench;

/// <summary>
/// The lists that everybody looks at all day: newest assets, the feed of one's teams, words searched; as fifty programs of a member of twenty teams ask for
/// them, with a hundred thousand assets behind them and then with a million.
/// </summary>
static class ListsBench
{
    const int Clients = 50, Page = 20, Some = 100_000, Many = 1_000_000;
    const double MostWaited = 50, EnoughAnswers = 2_000, Share = 0.7;
    static readonly TimeSpan Probe = TimeSpan.FromSeconds(4);

    static readonly Bar[] Bars = [.. Sizes().SelectMany(size => (Bar[])
    [
        List(size), Waited(size, "list"), Waited(size, "feed"), Waited(size, "search"), Deep(size), Rights(size),
    ])];

    public static Bench Bench { get; } = new("lists", Bars, Run);

    static IEnumerable<int> Sizes() => [Some, Many];

    static Bar List(int size) => new($"list of {Page} of {size:N0} assets, {Clients} clients", BareServer.Name + ", the bare query", null, Share);

    static Bar Waited(int size, string list) => new($"p99 of the {list}, {size:N0} assets, {Clients} clients", null, $"{MostWaited} ms", 1);

    static Bar Deep(int size) => new($"pages from the middle of {size:N0} by cursor", "the first page, same run", null, 0.9);

    static Bar Rights(int size) => new($"the list's query of {size:N0} for its reader", "without asking who may, same run", null, 1 / 1.15);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        List<Row> rows = [];
        foreach (var size in pace.IsTrial ? [Some] : Sizes()) rows.AddRange(await Run(repository, pace, size, ct));
        return rows;
    }

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, int size, CancellationToken ct)
    {
        using var scratch = new Scratch();
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        var psql = Psql.At(ours, scratch.Path);
        Progress.Say($"a place with {size:N0} assets");
        await Crowd.Gather(psql, size, ct);
        await using var bare = await BareServer.Start(repository, ours, "public.assets", ct, "/list");

        Load Asked(Func<int, string> path, string holds) => new(ours.Port, [.. Enumerable.Range(0, Clients).Select(i => Load.Get(ours.Port, path(i), ("authorization", "Bearer " + ours.Key)))], holds);
        var list = Asked(_ => $"/api/search/assets?limit={Page}", "Measurement");
        var feed = Asked(_ => $"/api/teams/feed?limit={Page}", "Measurement");
        var search = Asked(i => $"/api/search/assets?limit={Page}&query=station+{i}+copper", "copper");
        var cursors = Cursors(size);
        var deep = Asked(i => $"/api/search/assets?limit={Page}&after={Uri.EscapeDataString(cursors[i])}", "Measurement");
        var plain = new Load(bare.Port, [.. Enumerable.Range(0, Clients).Select(_ => Load.Get(bare.Port, "/list"))], "Measurement");

        Side us = new("the list", list.Run), further = new("from the middle", deep.Run), team = new("the feed", feed.Run), words = new("the search", search.Run), them = new(BareServer.Name, plain.Run);
        var rounds = await Rounds.Alternate(pace, [us, further, team, words, them], ct);
        var (asked, unasked) = await Queries(ours, pace, ct);

        string Rate(Side side) => rounds.Of(side).Shown("N0", "/s");
        var tree = TreeMemory.Shown(ours.Memory());
        Row WaitedFor(string name, Load load) => new(Waited(size, name), load.Waited.Shown("0.0", " ms"), null, new(MostWaited / load.Waited.Median, MostWaited / load.Waited.Most, MostWaited / load.Waited.Least), tree);
        return
        [
            // So many answers are enough, however quick the query alone is.
            new(List(size), Rate(us), Rate(them), rounds.Of(us).Median >= EnoughAnswers ? Spread.Of([Share * rounds.Of(us).Median / EnoughAnswers]) : rounds.Ratio(us, them), tree),
            WaitedFor("list", list), WaitedFor("feed", feed), WaitedFor("search", search),
            new(Deep(size), Rate(further), Rate(us), rounds.Ratio(further, us), tree),
            new(Rights(size), Shown(asked), Shown(unasked), Spread.Of(asked.Zip(unasked, (a, u) => u / a)), tree),
        ];
    }

    /// <summary>Where each client goes on from: evenly over the middle of the list, deeper than anybody reads.</summary>
    static string[] Cursors(int size) =>
        [.. Enumerable.Range(0, Clients).Select(i => new Cursor(TimeProvider.System.GetUtcNow() - 20 * TimeSpan.FromSeconds(size / 4 + (long)i * size / Clients / 2), Guid.Empty).ToString())];

    /// <summary>Milliseconds of the list's own statement and of the same without the condition on its reader, by turns on one connection, a figure a round.</summary>
    static async Task<(double[] Asked, double[] Unasked)> Queries(Product ours, Pace pace, CancellationToken ct)
    {
        var environment = ours.PsqlEnvironment().ToDictionary(v => v.Name, v => v.Value);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = environment["PGHOST"], Port = int.Parse(environment["PGPORT"], CultureInfo.InvariantCulture), Username = environment["PGUSER"], Password = environment["PGPASSWORD"],
            Database = environment["PGDATABASE"], MaxAutoPrepare = 20, AutoPrepareMinUsages = 2, NoResetOnClose = true,
        });
        var db = new Db(source);
        var reader = (await db.Query<Reader>($"""
            select u.id, array(select m.org_id from organization_members m where m.user_id = u.id) as organizations, array(select m.team_id from team_members m where m.user_id = u.id) as teams
            from users u where u.username = 'owner'
            """, ct))[0];
        var actor = new Actor { Id = reader.Id, Organizations = reader.Organizations, Teams = reader.Teams };
        var (filters, order) = SearchOperations.Parts(actor, new() { Limit = Page }, new(2026, 1, 1));
        var asked = AssetStore.Found(actor, new() { Limit = Page }, filters, order);
        // Nobody's columns ask for what is public only: what is left is what any list of assets reads.
        Sql unasked = $"""
            select {AssetStore.Columns(Actor.Nobody)}
            from (select a.* from assets a order by a.created_at desc, a.id desc {Sql.Limit(Page + 1)}) a
            join users u on u.id = a.user_id
            join organizations o on o.id = a.org_id
            join teams t on t.id = a.team_id
            order by a.created_at desc, a.id desc
            """;
        List<double> with = [], without = [];
        for (var round = 0; round <= pace.Count; round++)
        {
            var (a, u) = (await Milliseconds(asked), await Milliseconds(unasked));
            if (round == 0) continue;
            with.Add(a);
            without.Add(u);
        }
        return ([.. with], [.. without]);

        async Task<double> Milliseconds(Sql statement)
        {
            var times = new List<double>();
            for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < (pace.IsTrial ? Probe / 4 : Probe);)
            {
                var sent = Stopwatch.GetTimestamp();
                await db.Query<AssetRow>(statement, ct);
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return Spread.Of(times).Median;
        }
    }

    sealed record Reader(Guid Id, Guid[] Organizations, Guid[] Teams);

    static string Shown(double[] milliseconds) => Spread.Of(milliseconds).Shown("0.000", " ms");
}
