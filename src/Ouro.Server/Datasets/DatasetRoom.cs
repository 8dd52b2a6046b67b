using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Data.Embedded;
using Ouro.Server.Events;
using Ouro.Server.Files;
using Ouro.Server.Web;

namespace Ouro.Server.Datasets;

/// <summary>What the room of datasets brings.</summary>
public static class DatasetRoom
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton(p => new DatasetRoles(p.GetRequiredService<Database>().Name, p.GetRequiredService<ServerKey>().DeriveBytes("dataset roles")))
        .AddSingleton(p => new UserSql(p.GetRequiredService<Database>().AppConnection, p.GetRequiredService<DatasetRoles>()))
        .AddHostedService<RoleSweep>().AddSingleton<RunningQueries>()
        .AddSingleton(p => new Hearing(RunningQueries.Channel, p.GetRequiredService<RunningQueries>().Hear))
        .AddSingleton<DatasetOperations>().AddSingleton<ViewOperations>().AddSingleton<ImportOperations>().AddSingleton<ImportSpool>().AddSingleton<TableRemoval>()
        .AddSingleton(p => new AssetKind(AssetType.Dataset,
            (tx, id, ct) => p.GetRequiredService<DatasetOperations>().Remove(tx, id, ct),
            (actor, id, ct) => p.GetRequiredService<DatasetOperations>().Details(actor, id, ct),
            (actor, id, ct) => Contents(p.GetRequiredService<DatasetOperations>(), actor, id, ct),
            (actor, id, format, ct) => p.GetRequiredService<DatasetOperations>().Export(actor, id, format, ct)))
        .AddSingleton(new FileAction(typeof(MakeDataset), MakeDataset.Fits))
        .AddSingleton(TableLook.Look)
        .AddSingleton(new FramePlace("/datasets", "Datasets", "table"))
        .AddSingleton(new FrameCreation("/datasets/new", "Dataset", "Import a CSV, JSON or Parquet file", "table", InTeams: true))
        .AddSingleton(new JobKind(ImportOperations.Kind, (p, job, ct) => p.GetRequiredService<ImportOperations>().Run(job, ct)))
        .AddSingleton(new JobKind(TableRemoval.Kind, (p, job, ct) => p.GetRequiredService<TableRemoval>().Run(job, ct)));

    static async Task<string> Contents(DatasetOperations datasets, Actor actor, Guid id, CancellationToken ct)
    {
        var table = await datasets.Stats(actor, id, ct);
        return $"its table of {Told.Count(table.Count, "row")} and {Told.Count(table.ColumnCount, "column")}";
    }
}

/// <summary>Puts what was written into the envelope, with the count of rows beside it.</summary>
public static class DatasetEnvelopes
{
    public static async Task<Envelope<Asset>> Enveloped(this Task<WrittenDataset> answer)
    {
        var written = await answer;
        return new(written.Asset) { RowIngest = written.RowIngest, Warning = written.Warning };
    }

    public static async Task<Envelope<RawJson>> Enveloped(this Task<RowPage> answer)
    {
        var page = await answer;
        return new(page.Rows) { Pagination = page.Pagination, ResolvedRefs = page.ResolvedRefs is { } refs ? Wire.Element(refs) : null };
    }

    public static async Task<Envelope<RawJson>> Enveloped(this Task<QueryAnswer> answer)
    {
        var result = await answer;
        return new(result.Rows) { Metadata = Wire.Element(new { result.Columns, result.RowCount, result.Truncated }) };
    }

    public static async Task<Envelope<RawJson>> Enveloped(this Task<ViewAnswer> answer)
    {
        var (view, result) = await answer;
        return new(result.Rows) { Metadata = Wire.Element(new { view, result.Columns, result.RowCount, result.Truncated }) };
    }

    /// <summary>The count of rows twice: as the payload, and beside it where newer clients look.</summary>
    public static async Task<Envelope<RowIngest>> Enveloped(this Task<WrittenRows> answer)
    {
        var written = await answer;
        var ingest = new RowIngest(written.Inserted, written.Skipped, written.Mode);
        return new(ingest) { RowIngest = ingest, Warning = written.Warning };
    }
}
