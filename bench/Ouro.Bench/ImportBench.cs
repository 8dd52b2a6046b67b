using System.Diagnostics;
using System.Globalization;

namespace Ouro.Bench;

/// <summary>
/// Three million rows of a Parquet file through the REST door, beside what PostgreSQL's own client does with the same rows as CSV in the same
/// database. It informs: the file has to be read, typed and followed besides being stored.
/// </summary>
static class ImportBench
{
    const string File = "vega-datasets/data/flights-3m.parquet";
    const long Rows = 3_000_000;
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    static readonly Bar Flights = new("import flights-3m.parquet, 3,000,000 rows", "psql \\copy of the same rows as CSV", null, 0);

    public static Bench Bench { get; } = new("import", [Flights], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        var file = await repository.Package(File, ct) ?? throw new BenchException($"{File} could not be installed.");
        using var scratch = new Scratch();
        await using var product = await Product.Start(repository, scratch.File("data"), ct);
        long most = 0;
        var ours = new Side("import", async (_, token) =>
        {
            var (seconds, peak, dataset) = await Import(product, file, token);
            most = Math.Max(most, peak);
            await product.Delete(dataset, token);
            return Rows / seconds;
        });
        // The rows as CSV come from a dataset, once; with it goes the first import, which reads a file that nobody has read yet.
        var before = OfServer(product);
        var exported = await Import(product, file, ct);
        var psql = await Psql.Of(product, exported.Dataset, scratch.Path, ct);
        var rows = psql is null ? "" : await psql.Csv(ct);

        var peer = psql is null ? null : new Side("psql \\copy", async (_, token) => Rows / await psql.Copy(rows, token));
        var rounds = await Rounds.Alternate(pace, [ours, .. peer is null ? [] : new[] { peer }], ct);
        var memory = string.Create(CultureInfo.InvariantCulture, $"server {TreeMemory.Shown(before)}, at most {TreeMemory.Shown(most)}");
        return [new(Flights, rounds.Of(ours).Shown("N0", " rows/s"), peer is null ? null : rounds.Of(peer).Shown("N0", " rows/s"),
            peer is null ? null : rounds.Ratio(ours, peer), memory)];
    }

    static async Task<(double Seconds, long Peak, Guid Dataset)> Import(Product product, string file, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        await using var bytes = System.IO.File.OpenRead(file);
        using var body = new StreamContent(bytes);
        using var answer = await product.Http.PostAsync(new Uri("/api/datasets/create/from-file?wait=0&name=flights&file_name=flights-3m.parquet", UriKind.Relative), body, ct);
        var job = await Product.Data(answer, ct);
        var peak = 0L;
        while (job.GetProperty("status").GetString() is not "success")
        {
            if (job.GetProperty("status").GetString() is "error") throw new BenchException($"The import failed: {job}");
            peak = Math.Max(peak, OfServer(product));
            await Task.Delay(Look, ct);
            using var look = await product.Http.GetAsync(new Uri($"/api/datasets/imports/{job.GetProperty("id").GetGuid()}", UriKind.Relative), ct);
            job = await Product.Data(look, ct);
        }
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, peak, job.GetProperty("dataset_id").GetGuid());
    }

    /// <summary>What the server process itself has in memory: cheap to ask for while it works.</summary>
    static long OfServer(Product product)
    {
        using var process = Process.GetProcessById(product.Id);
        return process.WorkingSet64;
    }
}
