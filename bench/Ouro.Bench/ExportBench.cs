using System.Diagnostics;

namespace Ouro.Bench;

/// <summary>A dataset of a million rows as a file, beside PostgreSQL's own client that writes the same rows.</summary>
static class ExportBench
{
    const long GrowthLimit = 32L << 20;

    static readonly Bar Csv = new($"{Million.Rows:N0} rows as CSV", "psql \\copy … to, the same rows", null, 0.7);
    static readonly Bar Lines = new($"{Million.Rows:N0} rows as JSON lines", "psql \\copy … to, the same rows as CSV", null, 0);
    static readonly Bar Parquet = new($"{Million.Rows:N0} rows as Parquet", "psql \\copy … to, the same rows as CSV", null, 0);
    static readonly Bar Growth = new("memory growth meanwhile, CSV", null, "32 MB", 1);

    public static Bench Bench { get; } = new("export", [Csv, Lines, Parquet, Growth], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        using var scratch = new Scratch();
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        var dataset = (await Imported.Of(ours, Million.Csv(scratch), ct)).Dataset;
        var psql = await Psql.Of(ours, dataset, scratch.Path, ct) ?? throw new BenchException("psql does not reach the database.");
        Side Of(string format) => new(format, (_, token) => Export(ours, dataset, format, token));
        var (csv, lines, parquet) = (Of("csv"), Of("jsonl"), Of("parquet"));
        var copy = new Side("psql \\copy … to", async (_, token) => Million.Rows / await psql.CopyOut(token));

        // Warm, so that what stays in memory once it was used is not taken for growth.
        for (var i = 0; i < pace.Count; i++) await csv.Work(pace.WarmUp, ct);
        await using var watch = MemoryWatch.Begin(ours.Memory);
        var rounds = await Rounds.Alternate(pace, [csv, copy], ct);
        var growth = await watch.Growth();
        var others = await Rounds.Alternate(pace, [lines, parquet, copy], ct);
        Row Beside(Bar bar, Rounds of, Side side) => new(bar, of.Of(side).Shown("N0", " rows/s"), of.Of(copy).Shown("N0", " rows/s"), of.Ratio(side, copy), "");
        return
        [
            Beside(Csv, rounds, csv), Beside(Lines, others, lines), Beside(Parquet, others, parquet),
            new(Growth, TreeMemory.Shown(growth), null, growth is { } g ? Spread.Of([GrowthLimit / (double)Math.Max(1, g)]) : null, $"ours {TreeMemory.Shown(ours.Memory())}"),
        ];
    }

    static async Task<double> Export(Product product, Guid dataset, string format, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        using var answer = await product.Http.GetAsync(new Uri($"/api/datasets/{dataset}/export?format={format}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
        await using var bytes = await answer.Content.ReadAsStreamAsync(ct);
        await bytes.CopyToAsync(Stream.Null, 1 << 16, ct);
        return Million.Rows / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
