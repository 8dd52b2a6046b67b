using System.Collections.Concurrent;
using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>Summaries that were worked out, each for one version of a dataset's rows. The oldest make room.</summary>
sealed class Summaries
{
    const int Kept = 500;
    const int MostColumns = 100;
    const int MostCells = 400_000;
    const int MostRows = 20_000;

    // Working one out takes a core for a moment: one at a time, and the others wait.
    static readonly SemaphoreSlim Turn = new(1);

    readonly ConcurrentDictionary<Guid, Summary> known = new();

    sealed record Summary(DateTimeOffset Version, Lazy<Task<DatasetSummary>> Result);

    public Task<DatasetSummary> Of(Guid id, DateTimeOffset version, Func<Task<DatasetSummary>> read)
    {
        var fresh = new Summary(version, new(read));
        // One that failed is tried again.
        var summary = known.AddOrUpdate(id, fresh, (_, old) => old.Version == version && !(old.Result.IsValueCreated && old.Result.Value.IsFaulted) ? old : fresh);
        if (known.Count > Kept && known.Where(k => k.Key != id).MinBy(k => k.Value.Version) is { Value: not null } oldest) known.TryRemove(oldest);
        return summary.Result.Value;
    }

    /// <summary>Works one out: reads a sample of the rows, whose cells are bounded, and hands it to <see cref="ColumnSample"/>.</summary>
    public static async Task<DatasetSummary> Read(Db db, StoredTable table, CancellationToken ct)
    {
        await Turn.WaitAsync(ct);
        try
        {
            var columns = table.Columns.Take(MostColumns).ToList();
            var samples = columns.ConvertAll(column => new ColumnSample(column));
            var most = Math.Min(MostRows, MostCells / columns.Count);
            var rows = await db.ReadText(BrowseStore.SampleOf(table, columns, most), (reader, token) => Fill(reader, samples, token), ct);
            return new(table.RowCount, rows, [.. samples.Select(sample => sample.Summary(table.RowCount))]);
        }
        finally
        {
            Turn.Release();
        }
    }

    static async Task<long> Fill(NpgsqlDataReader reader, List<ColumnSample> samples, CancellationToken ct)
    {
        var rows = 0L;
        for (; await reader.ReadAsync(ct); rows++)
            for (var i = 0; i < samples.Count; i++) samples[i].Add(reader.IsDBNull(i) ? null : reader.GetString(i));
        return rows;
    }
}
