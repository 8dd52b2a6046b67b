using System.Diagnostics;
using System.Net.Http.Headers;

namespace Ouro.Bench;

/// <summary>A million rows into a dataset: as a CSV file, and as the JSON batches of the public client.</summary>
static class IngestBench
{
    const long JsonLimit = 100_000, GrowthLimit = 64L << 20;

    static readonly Bar File = new($"CSV stream of {Million.Rows:N0} rows, the guess holds", "psql \\copy of the same file", null, 0.85);
    static readonly Bar Restart = new("the same, the last row contradicts the guess", "psql \\copy, remark and mass as text", null, 0);
    static readonly Bar Json = new($"JSON batches of 1,000,000 bytes, {Million.Rows:N0} rows", null, "100,000 rows/s", 1);
    static readonly Bar Growth = new("memory growth meanwhile", null, "64 MB", 1);

    public static Bench Bench { get; } = new("ingest", [File, Restart, Json, Growth], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        using var scratch = new Scratch();
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        var (csv, odd) = (Million.Csv(scratch), Million.Csv(scratch, contradiction: true));
        var batches = Million.Batches().ToList();

        var psql = await Psql.Of(ours, (await Imported.Of(ours, csv, ct)).Dataset, scratch.Path, ct) ?? throw new BenchException("psql does not reach the database.");
        var oddTable = await Psql.Of(ours, (await Imported.Of(ours, odd, ct)).Dataset, scratch.Path, ct);
        var file = new Side("CSV stream", (_, token) => Import(ours, csv, token));
        var copy = new Side("psql \\copy", async (_, token) => Million.Rows / await psql.Copy(csv, token));
        var restart = new Side("CSV stream with a contradiction", (_, token) => Import(ours, odd, token));
        var oddCopy = new Side("psql \\copy as text", async (_, token) => Million.Rows / await oddTable!.Copy(odd, token));
        var json = new Side("JSON batches", (_, token) => Batches(ours, batches, token));

        // Warm, so that what stays in memory once it was used is not taken for growth.
        await Import(ours, csv, ct);
        await Import(ours, odd, ct);
        await Batches(ours, batches, ct);
        await using var watch = MemoryWatch.Begin(ours.Memory);
        var rounds = await Rounds.Alternate(pace, [file, copy, restart, oddCopy, json], ct);
        var growth = await watch.Growth();
        string Rate(Side side) => rounds.Of(side).Shown("N0", " rows/s");
        return
        [
            new(File, Rate(file), Rate(copy), rounds.Ratio(file, copy), ""),
            new(Restart, Rate(restart), Rate(oddCopy), rounds.Ratio(restart, oddCopy), ""),
            new(Json, Rate(json), null, Against(rounds.Of(json), JsonLimit), ""),
            new(Growth, TreeMemory.Shown(growth), null, growth is { } g ? Spread.Of([GrowthLimit / (double)Math.Max(1, g)]) : null, $"ours {TreeMemory.Shown(ours.Memory())}"),
        ];
    }

    internal static Spread Against(Spread ours, double limit) => new(ours.Median / limit, ours.Least / limit, ours.Most / limit);

    static async Task<double> Import(Product product, string file, CancellationToken ct)
    {
        var (seconds, dataset) = await Imported.Of(product, file, ct);
        await product.Delete(dataset, ct);
        return Million.Rows / seconds;
    }

    static async Task<double> Batches(Product product, List<(byte[] Body, int Rows)> batches, CancellationToken ct)
    {
        var dataset = await product.CreateEmpty("batches", "create table d (number bigint, species text, mass double precision, adult boolean, seen_at timestamptz, remark text)", ct);
        var began = Stopwatch.GetTimestamp();
        foreach (var (bytes, _) in batches)
        {
            using var body = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await product.Http.PostAsync(new Uri($"/api/datasets/{dataset}/data", UriKind.Relative), body, ct);
            await Product.Data(answer, ct);
        }
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await product.Delete(dataset, ct);
        return Million.Rows / seconds;
    }
}

/// <summary>Looks at memory again and again, and keeps the most.</summary>
sealed class MemoryWatch : IAsyncDisposable
{
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource ended = new();
    readonly long? before;
    readonly Task<long?> most;

    MemoryWatch(Func<long?> memory)
    {
        before = memory();
        most = Watch(memory);
    }

    public static MemoryWatch Begin(Func<long?> memory) => new(memory);

    /// <summary>By how much it ever exceeded what it was; null where the system does not tell.</summary>
    public async Task<long?> Growth()
    {
        await ended.CancelAsync();
        return await most - before;
    }

    async Task<long?> Watch(Func<long?> memory)
    {
        var most = before;
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(Glance);
            if (memory() is { } now && now > most) most = now;
        }
        return most;
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await most;
        ended.Dispose();
    }
}
