namespace Ouro.Bench;

/// <summary>A page of 20 rows of a million, as fifty programs with a credential ask for it.</summary>
static class PageBench
{
    internal const int Clients = 50, PageRows = 20;

    static readonly Bar ToBare = new($"20 rows of {Million.Rows:N0}, {Clients} clients, authenticated", $"{BareServer.Name}, no credential", null, 0.75);
    static readonly Bar ToPostGraphile = new($"20 rows of {Million.Rows:N0}, {Clients} clients, authenticated", $"{PostGraphile.Name}, no credential", null, 3);

    public static Bench Bench { get; } = new("page", [ToBare, ToPostGraphile], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        using var scratch = new Scratch();
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        var dataset = (await Imported.Of(ours, Million.Csv(scratch), ct)).Dataset;
        var psql = await Psql.Of(ours, dataset, scratch.Path, ct) ?? throw new BenchException("psql does not reach the database.");
        await psql.Give("paged", "id", ct);
        await using var bare = await BareServer.Start(repository, ours, psql.PhysicalTable, ct);
        await using var graph = await PostGraphile.Start(repository, ours, ct);

        var us = Asked("ours", ours.Port, i => Load.Get(ours.Port, $"/api/datasets/{dataset}/data?limit={PageRows}&offset={Offset(i)}", ("authorization", "Bearer " + ours.Key)));
        var them = Asked(BareServer.Name, bare.Port, i => Load.Get(bare.Port, $"/page?offset={Offset(i)}"));
        var peer = graph is null ? null : Asked(PostGraphile.Name, graph.Port, i => graph.Page(Offset(i)));
        var rounds = await Rounds.Alternate(pace, [us, them, .. peer is null ? [] : new[] { peer }], ct);
        string Rate(Side side) => rounds.Of(side).Shown("N0", "/s");
        return
        [
            new(ToBare, Rate(us), Rate(them), rounds.Ratio(us, them), $"ours {TreeMemory.Shown(ours.Memory())}, peer without database {TreeMemory.Shown(bare.Memory())}"),
            new(ToPostGraphile, Rate(us), peer is null ? null : Rate(peer), peer is null ? null : rounds.Ratio(us, peer), $"peer without database {TreeMemory.Shown(graph?.Memory())}"),
        ];
    }

    /// <summary>Each client asks for another of the first pages: near the beginning an offset costs the peers little.</summary>
    internal static int Offset(int client) => PageRows * client;

    internal static Side Asked(string name, int port, Func<int, byte[]> request) =>
        new(name, new Load(port, [.. Enumerable.Range(0, Clients).Select(request)], "\"species\"").Run);
}
