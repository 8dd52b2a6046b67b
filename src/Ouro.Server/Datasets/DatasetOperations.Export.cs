using Ouro.Server.Assets;

namespace Ouro.Server.Datasets;

/// <summary>Datasets as files.</summary>
public sealed partial class DatasetOperations
{
    /// <summary>All rows as a CSV, JSON lines or Parquet file, in the order of ingestion and as one moment saw them.</summary>
    public async Task<Download> Export(Actor actor, Guid id, string? format, CancellationToken ct)
    {
        var form = ExportFormat.Of(format);
        var asset = await assets.Get(actor, id, AssetType.Dataset, ct);
        await assets.MustOpen(actor, id, ct);
        // Columns that are not these any more fail before the first byte, so that the file may be begun anew by those that are.
        return new($"{asset.NameUrlSlug ?? asset.Id.ToString()}.{form.Name}", form.ContentType, (to, token) => OnTableNow(actor, id, async table =>
        {
            await (form == ExportFormat.Csv ? CopyOut.Write(db, table, new CsvLines(table.Columns), to, token)
                : form == ExportFormat.JsonLines ? CopyOut.Write(db, table, new JsonLines(table.Columns), to, token)
                : ParquetOut.Write(db, table, to, token));
            return table;
        }, token));
    }
}
