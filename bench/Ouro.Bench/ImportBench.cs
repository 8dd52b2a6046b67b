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
            var (seconds, dataset) = await Imported.Of(product, file, token, () => most = Math.Max(most, OfServer(product)));
            await product.Delete(dataset, token);
            return Rows / seconds;
        });
        // The rows as CSV come from a dataset, once; with it goes the first import, which reads a file that nobody has read yet.
        var before = OfServer(product);
        var exported = await Imported.Of(product, file, ct);
        var psql = await Psql.Of(product, exported.Dataset, scratch.Path, ct);
        var rows = psql is null ? "" : await psql.Csv(ct);

        var peer = psql is null ? null : new Side("psql \\copy", async (_, token) => Rows / await psql.Copy(rows, token));
        var rounds = await Rounds.Alternate(pace, [ours, .. peer is null ? [] : new[] { peer }], ct);
        var memory = string.Create(CultureInfo.InvariantCulture, $"server {TreeMemory.Shown(before)}, at most {TreeMemory.Shown(most)}");
        return [new(Flights, rounds.Of(ours).Shown("N0", " rows/s"), peer is null ? null : rounds.Of(peer).Shown("N0", " rows/s"),
            peer is null ? null : rounds.Ratio(ours, peer), memory)];
    }

    /// <summary>What the server process itself has in memory: cheap to ask for while it works.</summary>
    static long OfServer(Product product)
    {
        using var process = Process.GetProcessById(product.Id);
        return process.WorkingSet64;
    }
}
