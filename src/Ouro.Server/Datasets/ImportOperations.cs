using System.Text.Json;
using Ouro.Server.Access;
using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Files;
using Ouro.Server.Storage;

namespace Ouro.Server.Datasets;

/// <summary>What an import needs to go on after a restart: the place is settled when the file is received, not when it is loaded.</summary>
/// <param name="DatasetId">The dataset that it becomes.</param>
/// <param name="File">What is known of it.</param>
/// <param name="Source">The door it came through.</param>
/// <param name="FileId">The file that it was made of, where that is an asset.</param>
public sealed record ImportInput(Guid DatasetId, ImportFile File, Source Source, Guid? FileId = null);

/// <summary>How far an import is, in the stage it is in.</summary>
public sealed record ImportProgress(long BytesDone = 0, long? BytesTotal = null, long RowsDone = 0);

/// <summary>
/// A file on its way into a dataset: received to disk, then loaded as a job in one transaction. Whatever stops the server, the dataset is whole or
/// absent, and the import says which.
/// </summary>
public sealed class ImportOperations(
    Db db, TimeProvider time, Jobs jobs, Actors actors, DatasetOperations datasets, AssetOperations assets, FileOperations files, ImportSpool spool, Settings settings)
{
    public const string Kind = "dataset.import";
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    /// <summary>Receives a file and begins to load it; answers when it is loaded, or after <paramref name="wait"/> seconds with how far it is.</summary>
    public async Task<ImportJob> Import(Actor actor, ImportFile file, Stream body, long? length, int? wait, CancellationToken ct)
    {
        if (wait is < 0 or > 10) throw Refusal.Fields(("wait", "wait is 0 to 10 seconds."));
        if (length > settings.ImportLimit) throw TooLarge();
        var start = await StoredFileRequest.Start(file, body, length, ct);
        if (StoredFileRequest.Read(start) is { } asked) return await ImportStored(actor, asked.Id, asked.About(file), wait, ct);
        return await Take(actor, new(Guid.CreateVersion7(), await Settled(actor, file, ct), actor.Source), start, body, length, wait, ct);
    }

    /// <summary>The same of bytes that are here already: a file that the actor may open, or an upload of theirs.</summary>
    public async Task<ImportJob> ImportStored(Actor actor, Guid id, ImportFile about, int? wait, CancellationToken ct)
    {
        var (stored, isFile, bytes) = await files.Bytes(actor, id, ct);
        await using (bytes)
        {
            if (stored.Size > settings.ImportLimit) throw TooLarge();
            var file = await Settled(actor, about with { FileName = stored.FileName, ContentType = stored.ContentType == "text/plain" ? null : stored.ContentType }, ct);
            return await Take(actor, new(Guid.CreateVersion7(), file, actor.Source, isFile ? id : null), default, bytes, stored.Size, wait, ct);
        }
    }

    async Task<ImportJob> Take(Actor actor, ImportInput input, ReadOnlyMemory<byte> start, Stream body, long? length, int? wait, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        await jobs.Add(db, id, Kind, actor.Id, Jobs.Receiving, Wire.Element(input), ct);
        try
        {
            await Receive(id, start, body, length, ct);
            await jobs.Begin(id, Wire.Element(new ImportProgress(0, spool.File(id).Length)), ct);
        }
        catch (Exception e)
        {
            spool.Remove(id);
            var refusal = e as Refusal ?? new(400, "upload_broken", "The file stopped arriving. Nothing of it was kept.", "Send it again.");
            await jobs.Fail(id, refusal, CancellationToken.None);
            throw e is IOException or OperationCanceledException ? refusal : e;
        }
        return await Followed(actor, id, TimeSpan.FromSeconds(wait ?? 10), ct);
    }

    /// <summary>Loads a file of this machine, for the command line: no job, and progress as it goes.</summary>
    public async Task<Asset> ImportLocal(Actor actor, ImportFile file, string path, IProgress<IngestProgress> progress, CancellationToken ct)
    {
        var settled = await Settled(actor, file, ct);
        return (await Load(actor, Guid.CreateVersion7(), settled, new(path), progress, null, ct)).Asset;
    }

    public async Task<ImportJob> Get(Actor actor, Guid id, CancellationToken ct) => Told(await Own(actor, id, ct));

    /// <summary>The caller's imports, newest first.</summary>
    public async Task<Page<ImportJob>> List(Actor actor, int? limit, string? after, CancellationToken ct)
    {
        var (size, _) = Contract.Window(limit, 0);
        var found = await jobs.Of(actor.Id, Kind, Cursor.Parse(after), size + 1, ct);
        var page = found.Take(size).Select(Told).ToList();
        var more = found.Count > size;
        return new(page, new(0, size, more, After: more ? new Cursor(page[^1].CreatedAt, page[^1].Id).ToString() : null));
    }

    /// <summary>Stops an import that is not done yet.</summary>
    public async Task<ImportJob> Cancel(Actor actor, Guid id, CancellationToken ct)
    {
        await Own(actor, id, ct);
        await jobs.Fail(id, Cancelled(), ct);
        spool.Remove(id);
        return await Get(actor, id, ct);
    }

    /// <summary>The dataset that a finished import made.</summary>
    public async Task<WrittenDataset> Created(Actor actor, ImportJob job, CancellationToken ct) =>
        new(await assets.Get(actor, job.DatasetId!.Value, ct), new(job.RowsDone, 0), null);

    /// <summary>Loads a received file: the job itself. It may run again after a crash, so it looks first whether it was done.</summary>
    public async Task<JsonElement> Run(Job job, CancellationToken ct)
    {
        var input = job.Input.Deserialize<ImportInput>(Wire.Options)!;
        var actor = (await actors.ByUser(job.UserId!.Value, ct))?.As(input.Source) ?? throw new Refusal(403, "account_gone", "The account behind this import is gone.");
        var file = spool.File(job.Id);
        try
        {
            if (await assets.Lookup(actor, input.DatasetId, ct) is [_] && await datasets.Stats(actor, input.DatasetId, ct) is var there)
                return Wire.Element(new ImportResult(input.DatasetId, there.Count, null));
            if (!File.Exists(file.Path))
                throw new Refusal(500, "spool_lost", "The received file is no longer on the server's disk. Nothing was kept.", "Send it again.");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await using var telling = new Telling(jobs, job.Id, time, stop);
            var result = default(JsonElement);
            await Load(actor, input.DatasetId, input.File, file, telling, async (tx, report) =>
            {
                if (input.FileId is { } source && await assets.Lookup(actor, source, ct) is [_])
                    await assets.Connect(tx, actor, ConnectionType.Derivative, source, input.DatasetId, ct);
                result = Wire.Element(new ImportResult(input.DatasetId, report.Rows, Wire.Element(report)));
                if (!await jobs.Finish(tx, job.Id, result, stop.Token)) throw Cancelled();
            }, stop.Token);
            spool.Remove(job.Id);
            return result;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not Npgsql.NpgsqlException { IsTransient: true })
        {
            spool.Remove(job.Id);
            throw e is OperationCanceledException ? Cancelled() : e;
        }
    }

    /// <summary>After a start: what was still arriving when the server stopped will never be whole.</summary>
    public async Task Recover(CancellationToken ct)
    {
        var broken = await jobs.FailInterrupted(
            new(503, "import_interrupted", "The server stopped while this file was arriving. Nothing of it was kept.", "Send it again."), ct);
        foreach (var id in broken) spool.Remove(id);
        // A file whose job ended without it, however that came about, is of no use to anybody.
        var there = spool.Ids();
        var open = await jobs.Open(there, ct);
        foreach (var id in there)
            if (!open.Contains(id)) spool.Remove(id);
    }

    async Task<(Asset Asset, ImportReport Report)> Load(
        Actor actor, Guid id, ImportFile file, SpooledFile spooled, IProgress<IngestProgress> progress, Func<Tx, ImportReport, Task>? beforeCommit, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var table = DatasetRules.New(id, file.Name, []);
        var report = await Importing.Load(tx, table.PhysicalName, spooled, new(file.FileName, file.ContentType), progress, ct);
        table = table with { RowCount = report.Rows, Columns = [.. report.Columns.Select(c => new StoredColumn(c.Name, c.Type, c.SentAs))] };
        var draft = new Asset { Id = id, Name = file.Name, Description = file.Description is null ? null : Content.Of(file.Description) };
        var asset = await datasets.Publish(tx, actor, table, draft, file.Visibility, file.OrgId, file.TeamId, ct);
        if (beforeCommit is not null) await beforeCommit(tx, report);
        await tx.Commit(ct);
        return (asset, report);
    }

    async Task Receive(Guid id, ReadOnlyMemory<byte> start, Stream body, long? length, CancellationToken ct)
    {
        var told = time.GetTimestamp();
        var received = (long)start.Length;
        await using (var to = spool.Create(id))
        {
            await to.WriteAsync(start, ct);
            var buffer = new byte[128 * 1024];
            for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;)
            {
                received += read;
                if (received > settings.ImportLimit) throw TooLarge();
                await to.WriteAsync(buffer.AsMemory(0, read), ct);
                if (time.GetElapsedTime(told) < Pace) continue;
                told = time.GetTimestamp();
                if (!await jobs.Report(id, Jobs.Receiving, Wire.Element(new ImportProgress(received, length)), ct)) throw Cancelled();
            }
            if (received == 0) throw Refusal.Invalid("empty_file", "The file is empty.", "Send its bytes as the body.");
            to.Flush(flushToDisk: true);
        }
    }

    /// <summary>The file with its name and place settled, and refused now where it could not be placed later.</summary>
    async Task<ImportFile> Settled(Actor actor, ImportFile file, CancellationToken ct)
    {
        var name = Contract.Name(string.IsNullOrWhiteSpace(file.Name) ? Path.GetFileNameWithoutExtension(file.FileName) : file.Name);
        var place = await assets.PlaceFor(actor, file.OrgId, file.TeamId, ct);
        foreach (var (text, field) in new[] { (file.Description, "description"), (file.FileName, "file_name"), (file.ContentType, "content_type") })
            if (text is not null) Contract.Clean(text, field);
        if (file.Visibility == Visibility.Monetized)
            throw Refusal.Fields(("visibility", "A file comes in without a price. Import it as private, then make it monetized with a price."));
        if (file.Description is { } description) AssetRules.MustDescribe(Content.Of(description));
        return file with
        {
            Name = name, OrgId = place.OrgId, TeamId = place.TeamId,
            Visibility = AssetRules.MustBeVisible(actor, place, file.Visibility, null, privateByDefault: true),
        };
    }

    async Task<ImportJob> Followed(Actor actor, Guid id, TimeSpan patience, CancellationToken ct)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var job = await Get(actor, id, ct);
            if (job.Error is { } error && job.Status == AssetState.Error) throw new Refusal(error.Status, error.Code, error.Message, error.Hint, error.Details);
            if (job.Status == AssetState.Success || time.GetElapsedTime(since) > patience) return job;
            await Task.Delay(TimeSpan.FromMilliseconds(time.GetElapsedTime(since) < TimeSpan.FromSeconds(1) ? 10 : 100), time, ct);
        }
    }

    async Task<Job> Own(Actor actor, Guid id, CancellationToken ct) =>
        await jobs.Find(id, ct) is { Kind: Kind } job && job.UserId == actor.Id
            ? job
            : throw Refusal.NotFound("import_not_found", $"You have no import {id}.");

    static ImportJob Told(Job job)
    {
        var input = job.Input.Deserialize<ImportInput>(Wire.Options)!;
        var progress = job.Progress.Deserialize<ImportProgress>(Wire.Options)!;
        var result = job.Result?.Deserialize<ImportResult>(Wire.Options);
        return new(job.Id, job.State, job.Stage, input.File.FileName ?? input.File.Name!, progress.BytesTotal, progress.BytesDone,
            result?.Rows ?? progress.RowsDone, result?.DatasetId, job.Error?.Deserialize<Failure>(Wire.Options), result?.Report, job.CreatedAt, job.FinishedAt);
    }

    static Refusal Cancelled() => new(409, "import_cancelled", "This import was stopped. Nothing of it was kept.");

    Refusal TooLarge() => new(413, "file_too_large", $"A file to import has at most {settings.ImportLimit:N0} bytes.", "Split it, and append the parts.");

    sealed record ImportResult(Guid DatasetId, long Rows, JsonElement? Report);
}

/// <summary>Tells how far a load is, twice a second, and stops it when the import was cancelled meanwhile.</summary>
sealed class Telling : IProgress<IngestProgress>, IAsyncDisposable
{
    readonly CancellationTokenSource end = new();
    readonly Task telling;
    ImportProgress? latest;

    public Telling(Jobs jobs, Guid id, TimeProvider time, CancellationTokenSource stop) => telling = Tell(jobs, id, time, stop);

    public void Report(IngestProgress value) => Volatile.Write(ref latest, new(value.Bytes, value.TotalBytes, value.Rows));

    async Task Tell(Jobs jobs, Guid id, TimeProvider time, CancellationTokenSource stop)
    {
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested || Interlocked.Exchange(ref latest, null) is not { } at) continue;
            var going = await jobs.Report(id, "loading", Wire.Element(at), CancellationToken.None);
            if (!going) await stop.CancelAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await telling;
        end.Dispose();
    }
}

/// <summary>The folder of files that were received and not yet loaded.</summary>
public sealed class ImportSpool(Installation installation) : Spool(installation.Directory.File("spool"));
