using System.Text.Json;

namespace Ouro;

/// <summary>
/// Tables that answer SQL. A part of <see cref="OuroClient"/>. Rows of a type of one's own are read and written by its properties: the property
/// <c>MaxTemp</c> is the column <c>max_temp</c>, unless a <c>JsonPropertyName</c> says otherwise.
/// </summary>
public sealed partial class DatasetClient
{
    const int RowsOfAPage = 1000;
    static readonly TimeSpan LastWord = TimeSpan.FromSeconds(5);

    readonly Transport transport;
    readonly ImportClient imports;

    internal DatasetClient(Transport transport, ImportClient imports) => (this.transport, this.imports) = (transport, imports);

    /// <summary>Creates a dataset from a schema and rows, all or nothing.</summary>
    /// <param name="dataset">Its name, the text of its schema, and its rows.</param>
    /// <param name="cancellationToken">Stops waiting; the dataset may have been created.</param>
    /// <exception cref="OuroException">The schema is no <c>CREATE TABLE</c>, or a value does not fit its column (400); the caller may not create there (403).</exception>
    public async Task<CreatedDataset> CreateAsync(CreateDataset dataset, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<CreatedDataset>(Call.Post("datasets/create/from-schema", new CreateDatasetBody(dataset)), cancellationToken);
        return answer.Data with { Rows = WrittenRows.Of(answer) ?? new(0, 0) };
    }

    /// <summary>Creates a dataset from rows of one's own type; see the other overload.</summary>
    /// <typeparam name="T">What a row is: a record, say.</typeparam>
    /// <param name="name">The dataset's name, 1 to 255 characters.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Gives up; nothing of the dataset is kept.</param>
    /// <exception cref="OuroException">A value does not fit its column (400), or the caller may not create there (403).</exception>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no properties.</exception>
    public Task<CreatedDataset> CreateAsync<T>(string name, IEnumerable<T> rows, CancellationToken cancellationToken = default) =>
        CreateAsync(new CreateDataset { Name = name }, rows, cancellationToken);

    /// <summary>
    /// Creates a dataset from rows of one's own type. Whole numbers become <c>BIGINT</c>, <see cref="double"/> and <see cref="float"/>
    /// <c>DOUBLE PRECISION</c>, <see cref="decimal"/> <c>NUMERIC</c>, <see cref="bool"/> <c>BOOLEAN</c>, <see cref="DateTimeOffset"/> and
    /// <see cref="DateTime"/> <c>TIMESTAMP WITH TIME ZONE</c>, <see cref="DateOnly"/> <c>DATE</c>, and everything else <c>TEXT</c>. The rows are sent
    /// in parts below a megabyte; when a part fails, the dataset is deleted again.
    /// </summary>
    /// <typeparam name="T">What a row is: a record, say.</typeparam>
    /// <param name="dataset">Its name and place; its schema is made from the type where it is null, and its rows are not looked at.</param>
    /// <param name="rows">The rows; they are gone through once.</param>
    /// <param name="cancellationToken">Gives up; nothing of the dataset is kept.</param>
    /// <exception cref="OuroException">A value does not fit its column (400), or the caller may not create there (403).</exception>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no properties.</exception>
    public async Task<CreatedDataset> CreateAsync<T>(CreateDataset dataset, IEnumerable<T> rows, CancellationToken cancellationToken = default)
    {
        dataset = dataset with { Schema = dataset.Schema ?? TypedRows.Schema<T>() };
        await using var parts = TypedRows.Batches(rows.ToAsyncEnumerable(), cancellationToken).GetAsyncEnumerator(cancellationToken);
        var created = await CreateAsync(dataset with { Rows = await parts.MoveNextAsync() ? parts.Current : null }, cancellationToken);
        try
        {
            var written = created.Rows;
            while (await parts.MoveNextAsync()) written = written.Plus(await WriteRowsAsync(created.Id, new WriteRows(parts.Current), cancellationToken));
            return created with { Rows = written };
        }
        catch
        {
            await RemoveQuietly(created.Id);
            throw;
        }
    }

    /// <summary>Creates a dataset from a CSV, JSON, JSON lines or Parquet file of this machine.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">What to call the dataset and where to put it; null takes the file's name.</param>
    /// <param name="progress">Is told how far it is: first what was sent, then what the server has loaded.</param>
    /// <param name="cancellationToken">Stops the import; nothing of it is kept.</param>
    /// <exception cref="OuroException">The file cannot be loaded (400), is too large (413), or the caller may not create there (403).</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be opened.</exception>
    public async Task<CreatedDataset> ImportAsync(
        string path, ImportFile? file = null, IProgress<ImportProgressReport>? progress = null, CancellationToken cancellationToken = default)
    {
        await using var stream = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
        file ??= new();
        return await ImportAsync(stream, file with { FileName = file.FileName ?? Path.GetFileName(path) }, progress, cancellationToken);
    }

    /// <summary>
    /// Creates a dataset from a CSV, JSON, JSON lines or Parquet file: sends it as it is read, then waits until the server has loaded it. The dataset
    /// is whole or absent.
    /// </summary>
    /// <param name="stream">The file's bytes, from where the stream stands; it is not disposed of. One that cannot seek is sent without its length.</param>
    /// <param name="file">Its name, by whose ending its kind is known; what to call the dataset, and where to put it.</param>
    /// <param name="progress">Is told how far it is: first what was sent, then what the server has loaded.</param>
    /// <param name="cancellationToken">Stops the import; nothing of it is kept.</param>
    /// <exception cref="OuroException">
    /// The file cannot be loaded (400), is too large (413), or cannot be read from the stream (<c>file_unreadable</c>); the caller may not create there (403).
    /// </exception>
    public async Task<CreatedDataset> ImportAsync(
        Stream stream, ImportFile file, IProgress<ImportProgressReport>? progress = null, CancellationToken cancellationToken = default)
    {
        var start = stream.CanSeek ? stream.Position : 0;
        var query = Call.Query(("name", file.Name), ("file_name", file.FileName), ("visibility", file.Visibility), ("org_id", file.OrgId),
            ("team_id", file.TeamId), ("description", file.Description), ("wait", 0));
        var call = new Call(HttpMethod.Post, "datasets/create/from-file" + query)
        {
            Content = () => new FileBody(stream, start, file.ContentType, progress), Repeatable = stream.CanSeek, Large = true,
        };
        var answer = await transport.Send<JsonElement>(call, cancellationToken);
        if (!answer.Data.TryGetProperty("stage", out _))
        {
            var rows = WrittenRows.Of(answer) ?? new(0, 0);
            progress?.Report(new("done", 0, null, rows.Inserted));
            return answer.Data.Deserialize<CreatedDataset>(Transport.Reading)! with { Rows = rows };
        }
        var job = await imports.Follow(answer.Data.Deserialize<ImportJob>(Transport.Reading)!, progress, cancellationToken);
        var created = await transport.Data<CreatedDataset>(Call.Get($"datasets/{job.DatasetId}"), cancellationToken);
        return created with { Rows = new(job.RowsDone, 0) };
    }

    /// <summary>One dataset.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, is no dataset, or is not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<Asset> GetAsync(Guid id, CancellationToken cancellationToken = default) => transport.Data<Asset>(Call.Get($"datasets/{id}"), cancellationToken);

    /// <summary>The columns of a dataset, in order.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<IReadOnlyList<DatasetColumn>> SchemaAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<IReadOnlyList<DatasetColumn>>(Call.Get($"datasets/{id}/schema"), cancellationToken);

    /// <summary>The size of a dataset: rows, columns, bytes.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<DatasetStats> StatsAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetStats>(Call.Get($"datasets/{id}/stats"), cancellationToken);

    /// <summary>What a dataset was made from, as far as the caller may open it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<DatasetLineage> LineageAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<DatasetLineage>(Call.Get($"datasets/{id}/lineage"), cancellationToken);

    /// <summary>Who has which role on a dataset, its owner first; at most 1,000.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">It is not there, is no dataset, or is not the caller's to see (404, <c>asset_not_found</c>).</exception>
    public Task<IReadOnlyList<Permission>> PermissionsAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<IReadOnlyList<Permission>>(Call.Get($"datasets/{id}/permissions"), cancellationToken);

    /// <summary>All rows of a dataset in the order of their ingestion, read in pages of 1,000 as they are asked for.</summary>
    /// <typeparam name="T">What a row is: a record, a dictionary, or <see cref="JsonElement"/>.</typeparam>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">It is not there, or not the caller's to see (404); a row is no <typeparamref name="T"/> (<c>unexpected_answer</c>).</exception>
    public IAsyncEnumerable<T> RowsAsync<T>(Guid id, CancellationToken cancellationToken = default) =>
        Paging.All(async (offset, _, ct) => (await transport.Send<IReadOnlyList<T>>(
            Call.Get($"datasets/{id}/data", ("limit", RowsOfAPage), ("offset", offset)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>Runs one SELECT on a dataset and answers with rows as JSON, their columns, and whether a limit cut them.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="sql">One SELECT of PostgreSQL's dialect; <c>{{table}}</c> stands for the dataset.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="OuroException">The SQL fails (400, its code is the SQLSTATE); the dataset is not there, or not the caller's to see (404).</exception>
    public async Task<QueryAnswer> QueryAsync(Guid id, string sql, CancellationToken cancellationToken = default) =>
        Answered(await transport.Send<RawJson>(Call.Post($"datasets/{id}/query-custom", new QueryDataset(sql)), cancellationToken));

    /// <summary>Runs one SELECT on a dataset and reads its whole result as rows of one's own type.</summary>
    /// <typeparam name="T">What a row is: a record, a dictionary, or <see cref="JsonElement"/>.</typeparam>
    /// <param name="id">The dataset's id.</param>
    /// <param name="sql">One SELECT of PostgreSQL's dialect; <c>{{table}}</c> stands for the dataset.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="OuroException">
    /// The SQL fails (400, its code is the SQLSTATE); the dataset is not there, or not the caller's to see (404); a row is no <typeparamref name="T"/>
    /// (<c>unexpected_answer</c>); or a limit cut the result (<c>result_truncated</c>), because a part must not pass for the whole.
    /// </exception>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(Guid id, string sql, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<IReadOnlyList<T>>(Call.Post($"datasets/{id}/query-custom", new QueryDataset(sql)), cancellationToken);
        return About(answer)?.Truncated is { } truncated
            ? throw new OuroException(200, "result_truncated", truncated, hint: "To take what there is, run the query without a type of row.")
            : answer.Data;
    }

    /// <summary>Writes all rows of a dataset into a stream as a file, in the order of ingestion and as one moment saw them.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="destination">Where the bytes go. After a failure it may hold a part of them.</param>
    /// <param name="format"><c>csv</c> with a header, <c>jsonl</c> or <c>parquet</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>What the server calls the file, and how large it is.</returns>
    /// <exception cref="OuroException">
    /// It is not there, or not the caller's to see (404); it is sold and not unlocked (403, <c>unlock_required</c>); there is no such format (400); or the
    /// connection broke (<c>connection_failed</c>).
    /// </exception>
    public Task<DownloadedAsset> ExportAsync(Guid id, Stream destination, string format = "csv", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        return transport.Download(Call.Get($"datasets/{id}/export", ("format", format)) with { Large = true }, id, destination, cancellationToken);
    }

    /// <summary>Runs one SELECT on several datasets, each named in it by its id.</summary>
    /// <param name="sql">One SELECT of PostgreSQL's dialect; <c>{{dataset:<i>id</i>}}</c> stands for a dataset.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="OuroException">The SQL fails (400, its code is the SQLSTATE); a dataset is not there, or not the caller's to see (404).</exception>
    public async Task<QueryAnswer> QueryAcrossAsync(string sql, CancellationToken cancellationToken = default) =>
        Answered(await transport.Send<RawJson>(Call.Post("datasets/query", new QueryDataset(sql)), cancellationToken));

    /// <summary>Runs one SELECT under an id, by which <see cref="CancelQueryAsync"/> can stop it.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="query">The SELECT and its id.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    /// <exception cref="OuroException">
    /// The SQL fails (400, its code is the SQLSTATE); a dataset is not there, or not the caller's to see (404); it was cancelled (409, <c>query_cancelled</c>).
    /// </exception>
    public async Task<QueryAnswer> QueryAsync(Guid id, QueryDataset query, CancellationToken cancellationToken = default) =>
        Answered(await transport.Send<RawJson>(Call.Post($"datasets/{id}/query-custom", query), cancellationToken));

    /// <summary>Stops a query of the caller's, wherever it was asked; one that has ended is let be.</summary>
    /// <param name="queryId">The id that it was given.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<CancelledQuery> CancelQueryAsync(Guid queryId, CancellationToken cancellationToken = default) =>
        transport.Data<CancelledQuery>(Call.Delete($"datasets/queries/{queryId}"), cancellationToken);

    /// <summary>Makes a dataset of what a SELECT yields, all or nothing: at most 1,000,000 rows, 1 GB, and a minute.</summary>
    /// <param name="dataset">The SELECT, and what to call its result and where to put it.</param>
    /// <param name="cancellationToken">Gives up; the dataset may have been made.</param>
    /// <exception cref="OuroException">The SQL fails (400, its code is the SQLSTATE); a dataset is not there, or not the caller's to see (404); it took too long (408).</exception>
    public async Task<CreatedDataset> CreateFromQueryAsync(CreateFromQuery dataset, CancellationToken cancellationToken = default)
    {
        var answer = await transport.Send<CreatedDataset>(Call.Post("datasets/create/from-query", dataset), cancellationToken);
        return answer.Data with { Rows = WrittenRows.Of(answer) ?? new(0, 0) };
    }

    /// <summary>How PostgreSQL would run a SELECT, as the JSON of its <c>EXPLAIN</c>. It is planned and not run.</summary>
    /// <param name="id">The dataset's id.</param>
    /// <param name="sql">One SELECT of PostgreSQL's dialect; <c>{{table}}</c> stands for the dataset.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The SQL fails (400, its code is the SQLSTATE); a dataset is not there, or not the caller's to see (404).</exception>
    public Task<RawJson> PlanAsync(Guid id, string sql, CancellationToken cancellationToken = default) =>
        transport.Data<RawJson>(Call.Post($"datasets/{id}/query-plan", new QueryDataset(sql)), cancellationToken);

    /// <summary>Deletes a dataset and its table.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="deleteChildren">Whether what belongs to it goes with it.</param>
    /// <param name="dryRun">Whether only to tell what would go.</param>
    /// <param name="cancellationToken">Stops waiting; it may have been deleted.</param>
    /// <exception cref="OuroException">It is not there, is no dataset, or is not the caller's to see (404); or the caller is no admin of it (403).</exception>
    public Task<DeleteResult> DeleteAsync(Guid id, bool deleteChildren = false, bool dryRun = false, CancellationToken cancellationToken = default) =>
        transport.Data<DeleteResult>(AssetClient.Deletion("datasets", id, deleteChildren, dryRun), cancellationToken);

    internal static QueryAnswer Answered(Envelope<RawJson> answer)
    {
        var about = About(answer);
        return new(about?.Columns ?? [], answer.Data, about?.RowCount ?? 0, about?.Truncated);
    }

    static QueryMetadata? About<T>(Envelope<T> answer) => answer.Metadata?.Deserialize<QueryMetadata>(Transport.Reading);

    // The failure that led here is what the caller must hear of.
    async Task RemoveQuietly(Guid id)
    {
        try
        {
            using var soon = new CancellationTokenSource(LastWord);
            await DeleteAsync(id, cancellationToken: soon.Token);
        }
        catch (Exception e) when (e is OuroException or OperationCanceledException) { }
    }

    sealed record QueryMetadata(IReadOnlyList<DatasetColumn> Columns, int RowCount, string? Truncated);
}
