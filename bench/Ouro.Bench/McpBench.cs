namespace Ouro.Bench;

/// <summary>
/// The MCP door beside the reference implementation of the protocol, and the same query through the MCP and the REST door. One driver asks all of them.
/// </summary>
static class McpBench
{
    const int Clients = 20;

    // One query runs at a time per core but one, and the others wait for their turn.
    const int SqlClients = 16;
    const int DatasetRows = 1_000;
    const string Sql = "select count(*) as n from {{table}}", Right = "\"n\":1000";

    static readonly Bar GetMe = new($"get_me, {Clients} clients", $"echo of the {ReferenceServer.Name}", null, 2.5);
    static readonly Bar QueryToRest = new($"query_dataset, {SqlClients} clients", "the same query over REST", null, 0.7);
    static readonly Bar QueryToEcho = new($"query_dataset, {SqlClients} clients", $"echo of the {ReferenceServer.Name}", null, 1.0);

    public static Bench Bench { get; } = new("mcp", [GetMe, QueryToRest, QueryToEcho], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        using var scratch = new Scratch();
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        await using var reference = await ReferenceServer.Start(repository, ct);
        var dataset = await ours.CreateDataset("numbers", DatasetRows, ct);

        (string, string)[] credential = [("authorization", "Bearer " + ours.Key)];
        var me = Asked("get_me", ours.Port, Same(Clients, Load.Post(ours.Port, "/mcp", Mcp.Call("get_me", new { }), [.. Mcp.Headers, .. credential])), "owner");
        var query = Asked("query_dataset", ours.Port, Same(SqlClients, Load.Post(ours.Port, "/mcp",
            Mcp.Call("query_dataset", new { dataset_id = dataset, sql = Sql }), [.. Mcp.Headers, .. credential])), Right);
        var rest = Asked("REST query", ours.Port, Same(SqlClients, Load.Post(ours.Port, $"/api/datasets/{dataset}/query-custom",
            System.Text.Json.JsonSerializer.Serialize(new { query = Sql }), credential)), Right);
        var echo = reference is null ? null : Asked("echo", reference.Port, await Each(Clients, reference.Echo, ct), "Echo: hello");

        var rounds = await Rounds.Alternate(pace, [me, .. echo is null ? [] : new[] { echo }, query, rest], ct);
        string Rate(Side side) => rounds.Of(side).Shown("N0", "/s");
        var ourMemory = $"ours {TreeMemory.Shown(ours.Memory())}";
        var bothMemory = reference is null ? ourMemory : $"{ourMemory}, peer {TreeMemory.Shown(reference.Memory())}";
        Row Beside(Bar bar, Side side, Side? peer, string memory) =>
            new(bar, Rate(side), peer is null ? null : Rate(peer), peer is null ? null : rounds.Ratio(side, peer), memory);
        return [Beside(GetMe, me, echo, bothMemory), Beside(QueryToRest, query, rest, ourMemory), Beside(QueryToEcho, query, echo, bothMemory)];
    }

    static Side Asked(string name, int port, IReadOnlyList<byte[]> requests, string expected) => new(name, new Load(port, requests, expected).Run);

    static byte[][] Same(int clients, byte[] request) => [.. Enumerable.Repeat(request, clients)];

    static async Task<byte[][]> Each(int clients, Func<CancellationToken, Task<byte[]>> request, CancellationToken ct)
    {
        var requests = new byte[clients][];
        for (var i = 0; i < clients; i++) requests[i] = await request(ct);
        return requests;
    }
}
