using System.Diagnostics;

namespace Ouro.Bench;

/// <summary>PostgreSQL's own client, on the same database and the same rows.</summary>
sealed class Psql
{
    const string Table = "bench.flights";

    readonly string program, folder, file;
    readonly (string, string)[] environment;

    Psql(string program, string folder, string file, (string, string)[] environment) =>
        (this.program, this.folder, this.file, this.environment) = (program, folder, file, environment);

    /// <summary>Writes a dataset's rows as CSV. Null where there is no psql that reaches the database.</summary>
    public static async Task<Psql?> Export(Product product, Guid dataset, string folder, CancellationToken ct)
    {
        var psql = new Psql(Program(), folder, Path.Combine(folder, "rows.csv"), product.PsqlEnvironment());
        var view = await psql.Say(ct, "-c", $"select format('datasets.%I', name) from dataset_tables where asset_id = '{dataset}'");
        if (view is null) return null;
        // A table that stays gives the columns and their types; copies go into new ones like it.
        return await psql.Say(ct, "-c", "create schema bench", "-c", $"create table {Table} as select * from {view.Trim()} with no data",
            "-c", $"\\copy (select * from {view.Trim()}) to '{psql.file}' csv") is null ? null : psql;
    }

    /// <summary>Seconds to copy the rows into a new table; as an import does, in the transaction that makes it.</summary>
    public async Task<double> Copy(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var said = await Say(ct, "-c", "begin", "-c", "drop table if exists bench.copied", "-c", $"create table bench.copied (like {Table})",
            "-c", $"\\copy bench.copied from '{file}' csv", "-c", "commit");
        return said is not null ? Stopwatch.GetElapsedTime(began).TotalSeconds : throw new BenchException("psql could not copy the rows.");
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
