using System.Diagnostics;

namespace Ouro;

/// <summary>Files on their way into datasets. A part of <see cref="OuroClient"/>; <see cref="DatasetClient"/> sends them on their way.</summary>
public sealed class ImportClient
{
    static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20), LongestLook = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Silence = TimeSpan.FromMinutes(1), LastWord = TimeSpan.FromSeconds(5);

    readonly Transport transport;

    internal ImportClient(Transport transport) => this.transport = transport;

    /// <summary>The caller's imports, newest first, read page by page.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="OuroException">The key is not valid (401).</exception>
    public IAsyncEnumerable<ImportJob> ListAsync(CancellationToken cancellationToken = default) =>
        Paging.All(async (_, after, ct) => (await transport.Send<IReadOnlyList<ImportJob>>(
            Call.Get("datasets/imports", ("limit", 100), ("after", after)), ct)).ToPage(), 0, null, cancellationToken);

    /// <summary>How far an import is.</summary>
    /// <param name="id">The import's id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OuroException">The caller has no such import (404, <c>import_not_found</c>). A failed import is an answer.</exception>
    public Task<ImportJob> GetAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<ImportJob>(Call.Get($"datasets/imports/{id}"), cancellationToken);

    /// <summary>Stops an import that is not done yet; nothing of it is kept. One that is done stays as it is.</summary>
    /// <param name="id">The import's id.</param>
    /// <param name="cancellationToken">Stops waiting; the import may have been stopped.</param>
    /// <returns>The import as it ended.</returns>
    /// <exception cref="OuroException">The caller has no such import (404, <c>import_not_found</c>).</exception>
    public Task<ImportJob> CancelAsync(Guid id, CancellationToken cancellationToken = default) =>
        transport.Data<ImportJob>(Call.Delete($"datasets/imports/{id}"), cancellationToken);

    /// <summary>Waits until an import is done. Whoever stops waiting stops the import, as somebody who stops sending does.</summary>
    internal async Task<ImportJob> Follow(ImportJob job, IProgress<ImportProgressReport>? progress, CancellationToken ct)
    {
        var heard = Stopwatch.GetTimestamp();
        try
        {
            for (var pause = FirstLook; ; pause = pause * 1.5 < LongestLook ? pause * 1.5 : LongestLook)
            {
                progress?.Report(new(job.Stage, job.BytesDone, job.BytesTotal, job.RowsDone, job.Id));
                if (job.Status == AssetState.Success) return job;
                if (job.Status == AssetState.Error) throw Failed(job);
                await Task.Delay(pause, ct);
                try
                {
                    job = await GetAsync(job.Id, ct);
                    heard = Stopwatch.GetTimestamp();
                }
                // An import survives a restart of the server, and so does the wait for it.
                catch (OuroException e) when (e.Status is 0 or 502 or 503 or 504 && Stopwatch.GetElapsedTime(heard) < Silence) { }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await StopQuietly(job.Id);
            throw;
        }
    }

    static OuroException Failed(ImportJob job) => job.Error is { } error
        ? new(error.Status, error.Code, error.Message, hint: error.Hint, details: error.Details)
        : new(500, "import_failed", $"The import {job.Id} failed, and the server does not say why.");

    // The caller waits for their cancellation, not for the server; what cannot be stopped now is told by the list of imports.
    async Task StopQuietly(Guid id)
    {
        try
        {
            using var soon = new CancellationTokenSource(LastWord);
            await CancelAsync(id, soon.Token);
        }
        catch (Exception e) when (e is OuroException or OperationCanceledException) { }
    }
}
