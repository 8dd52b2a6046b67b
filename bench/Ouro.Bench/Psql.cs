using System.Diagnostics;

namespace Ouro.Bench;

/// <summary>PostgreSQL's own client, on the same database and the same rows.</summary>
sealed class Psql
{
    readonly string program, folder;
    readonly (string, string)[] environment;

    Psql(string program, string folder, (string, string)[] environment, string view) =>
        (this.program, this.folder, this.environment, View) = (program, folder, environment, view);

    /// <summary>The dataset as everybody reads it.</summary>
    public string View { get; }

    /// <summary>The dataset's table itself, with the number of each row.</summary>
    public string PhysicalTable => View.Replace("datasets.d_", "datasets.t_", StringComparison.Ordinal);

    /// <summary>Null where there is no psql that reaches the database.</summary>
    public static async Task<Psql?> Of(Product product, Guid dataset, string folder, CancellationToken ct)
    {
        var psql = new Psql(Program(), folder, product.PsqlEnvironment(), "");
        return await psql.Say(ct, "-c", "create schema if not exists bench", "-c", $"select format('datasets.%I', name) from dataset_tables where asset_id = '{dataset}'") is { } view
            ? new(psql.program, folder, psql.environment, view.Trim()) : null;
    }

    /// <summary>The database as a whole.</summary>
    public static Psql At(Product product, string folder) => new(Program(), folder, product.PsqlEnvironment(), "");

    /// <summary>Runs statements, each in its own transaction.</summary>
    public async Task Do(CancellationToken ct, params string[] statements)
    {
        if (await Say(ct, [.. statements.SelectMany(s => (string[])["-c", s])]) is null) throw new BenchException("psql could not fill the database.");
    }

    /// <summary>The rows as CSV in a file.</summary>
    public async Task<string> Csv(CancellationToken ct)
    {
        var file = Path.Combine(folder, "rows.csv");
        return await Say(ct, "-c", $"\\copy (select * from {View}) to '{file}' csv header") is not null ? file : throw new BenchException("psql could not write the rows.");
    }

    /// <summary>The rows in a table of their own, with a key, for a peer that wants one.</summary>
    public async Task Give(string table, string key, CancellationToken ct)
    {
        if (await Say(ct, "-c", $"create table bench.{table} as select row_number() over ()::integer as {key}, v.* from {View} v",
            "-c", $"alter table bench.{table} add primary key ({key})", "-c", $"analyze bench.{table}") is null) throw new BenchException("psql could not copy the rows.");
    }

    /// <summary>Seconds to copy a file into a new table like the dataset; as an import does, in the transaction that makes it.</summary>
    public async Task<double> Copy(string file, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var said = await Say(ct, "-c", "begin", "-c", "drop table if exists bench.copied", "-c", $"create table bench.copied as select * from {View} with no data",
            "-c", $"\\copy bench.copied from '{file}' csv header", "-c", "commit");
        return said is not null ? Stopwatch.GetElapsedTime(began).TotalSeconds : throw new BenchException("psql could not copy the rows.");
    }

    /// <summary>Seconds to write the rows as CSV to nowhere.</summary>
    public async Task<double> CopyOut(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var said = await Say(ct, "-c", $"\\copy (select * from {View}) to '/dev/null' csv header");
        return said is not null ? Stopwatch.GetElapsedTime(began).TotalSeconds : throw new BenchException("psql could not write the rows.");
    }

    /// <summary>Milliseconds of a query without parallel workers: the median of those that fit into the time, as psql itself takes it.</summary>
    public async Task<double> Milliseconds(string query, TimeSpan time, CancellationToken ct)
    {
        var all = new List<double>();
        for (var began = Stopwatch.GetTimestamp(); all.Count < 3 || Stopwatch.GetElapsedTime(began) < time;)
        {
            var said = await Say(ct, "-c", "set max_parallel_workers_per_gather = 0", "-c", "\\timing on", "-c", query, "-c", query, "-c", query)
                ?? throw new BenchException("psql could not run the query.");
            all.AddRange(said.Split('\n').Where(line => line.StartsWith("Time: ", StringComparison.Ordinal))
                .Select(line => double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
        }
        return Spread.Of(all).Median;
    }

    async Task<string?> Say(CancellationToken ct, params string[] words)
    {
        var said = await Child.Run(program, ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", .. words], folder, environment, ct);
        if (said is { Succeeded: true }) return said.Output;
        Progress.Say(said is null ? "there is no psql" : $"psql said: {said.Errors.Trim()}");
        return null;
    }

    /// <summary>The one beside the database's programs, else whichever is on the path.</summary>
    static string Program()
    {
        var beside = Path.Combine(Environment.GetEnvironmentVariable("OURO_POSTGRES_BIN") ?? "", "psql");
        return File.Exists(beside) ? Path.GetFullPath(beside) : "psql";
    }
}
