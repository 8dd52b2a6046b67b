using System.Text;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

/// <summary>Files made in a test, and what became of them in the database.</summary>
public abstract class ImportTest(ScratchDatabase database) : IClassFixture<ScratchDatabase>, IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("ouro-import-").FullName;

    protected static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    protected Db Db => database.Db;

    protected string Table { get; } = $"t_{Guid.CreateVersion7():N}";

    protected SpooledFile Spool(byte[] bytes)
    {
        var path = Path.Combine(folder, $"{Guid.CreateVersion7():N}");
        File.WriteAllBytes(path, bytes);
        return new(path);
    }

    protected Task<ImportReport> Load(string text, ImportHints? hints = null) => Load(Encoding.UTF8.GetBytes(text), hints);

    protected Task<ImportReport> Load(byte[] bytes, ImportHints? hints = null) => Load(Spool(bytes), hints);

    protected async Task<ImportReport> Load(SpooledFile file, ImportHints? hints = null, IProgress<IngestProgress>? progress = null)
    {
        await using var tx = await database.Db.Begin(Ct);
        var report = await Importing.Load(tx, Table, file, hints ?? new(), progress, Ct);
        await tx.Commit(Ct);
        return report;
    }

    /// <summary>The refusal of a file, after which nothing is left and the transaction still works.</summary>
    protected async Task<Refusal> Refused(byte[] bytes, ImportHints? hints = null)
    {
        await using var tx = await database.Db.Begin(Ct);
        var refusal = await Should.ThrowAsync<Refusal>(() => Importing.Load(tx, Table, Spool(bytes), hints ?? new(), null, Ct));
        refusal.Status.ShouldBe(400);
        await tx.Commit(Ct);
        (await Count($"select count(*) from pg_class where relname = {Table}")).ShouldBe(0);
        return refusal;
    }

    protected Task<Refusal> Refused(string text, ImportHints? hints = null) => Refused(Encoding.UTF8.GetBytes(text), hints);

    protected Task<long> Count(Sql sql) => database.Db.Read(sql, async (reader, ct) =>
    {
        await reader.ReadAsync(ct);
        return reader.GetInt64(0);
    }, Ct);

    /// <summary>The table's rows in order, each as PostgreSQL writes it as text; null is ∅.</summary>
    protected Task<string[]> Rows(string columns = "*") => database.Db.Read(
        $"select {Sql.Trusted(columns)} from datasets.{Sql.Identifier(Table)} order by _row", async (reader, ct) =>
        {
            var rows = new List<string>();
            while (await reader.ReadAsync(ct))
            {
                var values = Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "∅" : Shown(reader.GetValue(i)));
                rows.Add(string.Join("|", values));
            }
            return rows.ToArray();
        }, Ct);

    static string Shown(object value) => value switch
    {
        DateTime at when at.TimeOfDay == TimeSpan.Zero && at.Kind != DateTimeKind.Utc => $"{at:yyyy-MM-dd}",
        DateTime at => $"{at:yyyy-MM-ddTHH:mm:ss.FFFFFF}Z",
        DateOnly day => $"{day:yyyy-MM-dd}",
        bool truth => truth ? "true" : "false",
        double number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };

    protected static string Types(ImportReport report) => string.Join(" ", report.Columns.Select(column => $"{column.Name}:{column.Type}"));

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
