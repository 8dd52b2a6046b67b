using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Ouro.Server.Assets;

namespace Ouro.Server.Datasets;

/// <summary>The REST door of datasets.</summary>
public static class DatasetEndpoints
{
    public static void MapDatasets(this RouteGroupBuilder api)
    {
        var datasets = api.MapGroup("/datasets");
        datasets.MapPost("/create/from-schema", Create).WithName("datasets.create");
        datasets.MapPost("/create/from-file", Import).WithName("datasets.import").WithMetadata(new DisableRequestSizeLimitAttribute());
        datasets.MapPost("/create/from-query", CreateFromQuery).WithName("datasets.create_from_query");
        datasets.MapDelete("/queries/{queryId}", CancelQuery).WithName("datasets.cancel_query");
        datasets.MapGet("/imports", Imports).WithName("imports.list");
        datasets.MapGet("/imports/{id}", GetImport).WithName("imports.get");
        datasets.MapDelete("/imports/{id}", CancelImport).WithName("imports.cancel");
        datasets.MapGet("/{id}", Get).WithName("datasets.get");
        datasets.MapPut("/{id}", Update).WithName("datasets.update");
        datasets.MapGet("/{id}/schema", Schema).WithName("datasets.schema");
        datasets.MapGet("/{id}/stats", Stats).WithName("datasets.stats");
        datasets.MapGet("/{id}/lineage", Lineage).WithName("datasets.lineage");
        datasets.MapGet("/{id}/summary", Summary).WithName("datasets.summary");
        datasets.MapGet("/{id}/permissions", Permissions).WithName("datasets.permissions");
        datasets.MapGet("/{id}/data", Rows).WithName("datasets.rows");
        datasets.MapGet("/{id}/export", Export).WithName("datasets.export");
        datasets.MapPost("/{id}/data", WriteRows).WithName("datasets.write_rows").Accepts<WriteRows>("application/json");
        datasets.MapPost("/{id}/columns", AddColumn).WithName("datasets.add_column");
        datasets.MapPatch("/{id}/columns/{column}", UpdateColumn).WithName("datasets.update_column");
        datasets.MapDelete("/{id}/columns/{column}", DropColumn).WithName("datasets.drop_column");
        datasets.MapPost("/{id}/query-custom", Query).WithName("datasets.query");
        datasets.MapPost("/query", QueryAcross).WithName("datasets.query_across");
        datasets.MapPost("/{id}/query-plan", Plan).WithName("datasets.plan");
        datasets.MapViews();
        datasets.MapDelete("/{id}", Delete).WithName("datasets.delete");
    }

    /// <summary>Create a dataset from a schema and rows</summary>
    public static Task<Envelope<Asset>> Create(DatasetOperations datasets, Actor actor, CreateDatasetBody body, CancellationToken ct) =>
        datasets.Create(actor, body.Dataset, ct).Enveloped();

    /// <summary>Create a dataset from a CSV, JSON, JSON lines or Parquet file, sent as the body</summary>
    /// <remarks>Answers 200 with the dataset when it is done within <c>wait</c> seconds (0 to 10), else 202 with the import to follow.</remarks>
    public static async Task<Results<Ok<Envelope<Asset>>, Accepted<Envelope<ImportJob>>>> Import(
        ImportOperations imports, Actor actor, HttpRequest request, [AsParameters] ImportQuery query, CancellationToken ct)
    {
        var job = await imports.Import(actor, query.File(request.ContentType), request.Body, request.ContentLength, query.Wait, ct);
        return job.Status == AssetState.Success
            ? TypedResults.Ok(await imports.Created(actor, job, ct).Enveloped())
            : TypedResults.Accepted($"/api/datasets/imports/{job.Id}", new Envelope<ImportJob>(job));
    }

    /// <summary>Files on their way into datasets, newest first</summary>
    public static Task<Envelope<IReadOnlyList<ImportJob>>> Imports(ImportOperations imports, Actor actor, int? limit, string? after, CancellationToken ct) =>
        imports.List(actor, limit, after, ct).Enveloped();

    /// <summary>How far an import is</summary>
    public static Task<Envelope<ImportJob>> GetImport(ImportOperations imports, Actor actor, Guid id, CancellationToken ct) => imports.Get(actor, id, ct).Enveloped();

    /// <summary>Stop an import; nothing of it is kept</summary>
    public static Task<Envelope<ImportJob>> CancelImport(ImportOperations imports, Actor actor, Guid id, CancellationToken ct) =>
        imports.Cancel(actor, id, ct).Enveloped();

    /// <summary>One dataset</summary>
    public static Task<Envelope<Asset>> Get(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) =>
        assets.Get(actor, id, AssetType.Dataset, ct).Enveloped();

    /// <summary>Change what a dataset says of itself, and what its columns mean</summary>
    public static Task<Envelope<Asset>> Update(DatasetOperations datasets, Actor actor, Guid id, UpdateDatasetBody body, CancellationToken ct) =>
        datasets.Update(actor, id, body.Dataset, ct).Enveloped();

    /// <summary>The columns of a dataset</summary>
    public static Task<Envelope<IReadOnlyList<DatasetColumn>>> Schema(DatasetOperations datasets, Actor actor, Guid id, CancellationToken ct) =>
        datasets.Schema(actor, id, ct).Enveloped();

    /// <summary>The size of a dataset</summary>
    public static Task<Envelope<DatasetStats>> Stats(DatasetOperations datasets, Actor actor, Guid id, CancellationToken ct) =>
        datasets.Stats(actor, id, ct).Enveloped();

    /// <summary>What a dataset was made from, as far as the caller may open it</summary>
    public static Task<Envelope<DatasetLineage>> Lineage(DatasetOperations datasets, Actor actor, Guid id, CancellationToken ct) =>
        datasets.Lineage(actor, id, ct).Enveloped();

    /// <summary>Who has which role on a dataset</summary>
    public static Task<Envelope<IReadOnlyList<Permission>>> Permissions(AssetOperations assets, Actor actor, Guid id, CancellationToken ct) =>
        assets.Permissions(actor, id, AssetType.Dataset, ct).Enveloped();

    /// <summary>A page of rows, in the order of ingestion or sorted by a column, all or those that meet conditions</summary>
    public static Task<Envelope<RawJson>> Rows(
        DatasetOperations datasets, Actor actor, Guid id, int? limit, int? offset, string? sort, string? filters, string? after,
        [FromQuery(Name = "resolve_refs")] bool? resolveRefs, CancellationToken ct) =>
        datasets.Rows(actor, id, new() { Limit = limit, Offset = offset, Sort = sort, Filters = filters, After = after, ResolveRefs = resolveRefs ?? false }, ct).Enveloped();

    /// <summary>What the columns hold: histograms, missing and frequent values</summary>
    public static Task<Envelope<DatasetSummary>> Summary(DatasetOperations datasets, Actor actor, Guid id, CancellationToken ct) =>
        datasets.Summary(actor, id, ct).Enveloped();

    /// <summary>All rows as a file: <c>format</c> is csv (the default), jsonl or parquet</summary>
    public static Task<IResult> Export(DownloadOperations downloads, Actor actor, Guid id, string? format, CancellationToken ct) =>
        downloads.Download(actor, id, new(AssetType.Dataset, format), ct).Sent();

    /// <summary>Put rows into a dataset</summary>
    public static Task<Envelope<RowIngest>> WriteRows(DatasetOperations datasets, Actor actor, Guid id, RowsBody body, CancellationToken ct) =>
        datasets.WriteRows(actor, id, body, ct).Enveloped();

    /// <summary>Add a column to a dataset</summary>
    public static Task<Envelope<DatasetColumn>> AddColumn(DatasetOperations datasets, Actor actor, Guid id, AddColumn body, CancellationToken ct) =>
        datasets.AddColumn(actor, id, body, ct).Enveloped();

    /// <summary>Rename a column, or give it another type, label or meaning</summary>
    public static Task<Envelope<DatasetColumn>> UpdateColumn(
        DatasetOperations datasets, Actor actor, Guid id, string column, UpdateColumn body, CancellationToken ct) =>
        datasets.UpdateColumn(actor, id, Whole(column), body, ct).Enveloped();

    /// <summary>Take a column away, with all that is in it</summary>
    public static Task<Envelope<DroppedColumn>> DropColumn(DatasetOperations datasets, Actor actor, Guid id, string column, CancellationToken ct) =>
        datasets.DropColumn(actor, id, Whole(column), ct).Enveloped();

    // The one character that the framework leaves encoded in a part of an address.
    static string Whole(string part) => part.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Run one SELECT on a dataset; {{table}} stands for it</summary>
    public static Task<Envelope<RawJson>> Query(DatasetOperations datasets, Actor actor, Guid id, QueryDataset body, CancellationToken ct) =>
        datasets.Query(actor, id, body, ct).Enveloped();

    /// <summary>Run one SELECT on datasets that it names as {{dataset:id}}</summary>
    public static Task<Envelope<RawJson>> QueryAcross(DatasetOperations datasets, Actor actor, QueryDataset body, CancellationToken ct) =>
        datasets.QueryAcross(actor, body, ct).Enveloped();

    /// <summary>Stop a query of the caller's that waits or runs under this id; one that has ended is let be</summary>
    public static Task<Envelope<CancelledQuery>> CancelQuery(DatasetOperations datasets, Actor actor, Guid queryId, CancellationToken ct) =>
        datasets.CancelQuery(actor, queryId, ct).Enveloped();

    /// <summary>Make a dataset of what one SELECT yields; it remembers what it was made from</summary>
    public static Task<Envelope<Asset>> CreateFromQuery(DatasetOperations datasets, Actor actor, CreateFromQuery body, CancellationToken ct) =>
        datasets.CreateFromQuery(actor, body, ct).Enveloped();

    /// <summary>How PostgreSQL would run a SELECT; it is planned and not run</summary>
    public static Task<Envelope<RawJson>> Plan(DatasetOperations datasets, Actor actor, Guid id, QueryDataset body, CancellationToken ct) =>
        datasets.Plan(actor, id, body, ct).Enveloped();

    /// <summary>Delete a dataset and its table</summary>
    public static Task<Envelope<DeleteResult>> Delete(
        AssetOperations assets, Actor actor, Guid id, [FromQuery(Name = "delete_children")] bool? deleteChildren, [FromQuery(Name = "dry_run")] bool? dryRun, CancellationToken ct) =>
        assets.Delete(actor, id, AssetType.Dataset, deleteChildren ?? false, dryRun ?? false, ct).Enveloped();
}

/// <summary>What the address of an import says of the file in its body.</summary>
/// <param name="Name">The dataset's name; omitted, the file's.</param>
/// <param name="FileName">The file's name.</param>
/// <param name="Visibility">Who may see the dataset: <c>public</c>, <c>private</c> or <c>organization</c>.</param>
/// <param name="OrgId">The organization to put it in.</param>
/// <param name="TeamId">The team to put it in.</param>
/// <param name="Description">What it is about.</param>
/// <param name="Wait">Seconds to wait for the end, 0 to 10.</param>
public sealed record ImportQuery(
    string? Name, [property: FromQuery(Name = "file_name")] string? FileName, string? Visibility, [property: FromQuery(Name = "org_id")] Guid? OrgId,
    [property: FromQuery(Name = "team_id")] Guid? TeamId, string? Description, int? Wait)
{
    public ImportFile File(string? contentType) => new()
    {
        Name = Name, FileName = FileName, ContentType = contentType, OrgId = OrgId, TeamId = TeamId, Description = Description,
        Visibility = Visibility is null ? null : Contract.One<Visibility>(Visibility, "visibility"),
    };
}
