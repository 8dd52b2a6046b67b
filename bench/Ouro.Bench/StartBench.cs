using System.Globalization;

namespace Ouro.Bench;

/// <summary>
/// How soon the server is ready, and what it costs to let it stand. There is no peer: the ratio is the limit to what was measured, so that 1 and more
/// is good.
/// </summary>
static class StartBench
{
    static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(10), AgainLimit = TimeSpan.FromSeconds(3), Idle = TimeSpan.FromSeconds(10);
    const long MemoryLimit = 200L << 20;

    static readonly Bar First = new("ready, first start on a new data directory", null, "10 s", 1);
    static readonly Bar Again = new("ready, start on an existing data directory", null, "3 s", 1);
    static readonly Bar FirstMemory = new("idle 10 s after a sign-in and a query, first start", null, "200 MB", 1);
    static readonly Bar AgainMemory = new("idle 10 s after a sign-in and a query, later start", null, "200 MB", 1);

    public static Bench Bench { get; } = new("start", [First, Again, FirstMemory, AgainMemory], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        var (first, again) = (new List<double>(), new List<double>());
        long? firstMemory = null, againMemory = null;
        for (var round = 1; round <= pace.Count; round++)
        {
            using var scratch = new Scratch();
            var isLast = round == pace.Count;
            await using (var product = await Product.Start(repository, scratch.File("data"), ct))
            {
                first.Add(Told("first start", product.ReadyAfter));
                if (isLast) firstMemory = await Standing(product, ct);
            }
            await using (var product = await Product.Start(repository, scratch.File("data"), ct))
            {
                again.Add(Told("later start", product.ReadyAfter));
                if (isLast) againMemory = await Standing(product, ct);
            }
        }
        return [Time(First, first, FirstLimit), Time(Again, again, AgainLimit), Memory(FirstMemory, firstMemory), Memory(AgainMemory, againMemory)];
    }

    /// <summary>The memory of the server with its database, when it has answered something and rests.</summary>
    static async Task<long?> Standing(Product product, CancellationToken ct)
    {
        await product.SignIn(ct);
        await product.Query(await product.CreateDataset("idle", 1_000, ct), "select count(*) from {{table}}", ct);
        Progress.Say($"letting it stand for {Idle.TotalSeconds:0} s");
        await Task.Delay(Idle, ct);
        return product.Memory();
    }

    static double Told(string what, TimeSpan time)
    {
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.TotalSeconds:0.00} s"));
        return time.TotalSeconds;
    }

    static Row Time(Bar bar, List<double> seconds, TimeSpan limit) =>
        new(bar, Spread.Of(seconds).Shown("0.00", " s"), null, Spread.Of(seconds.Select(s => limit.TotalSeconds / s)), "");

    static Row Memory(Bar bar, long? memory) =>
        new(bar, TreeMemory.Shown(memory), null, memory is { } bytes ? Spread.Of([(double)MemoryLimit / bytes]) : null, TreeMemory.Shown(memory));
}
