using System.Collections.Concurrent;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// Queries that can be stopped from elsewhere, by the id that whoever asks gave them. The word goes through the database, so that it reaches
/// the server that runs the query.
/// </summary>
public sealed class RunningQueries(Db db)
{
    public const string Channel = "ouro_queries";

    readonly ConcurrentDictionary<(Guid Account, Guid Query), CancellationTokenSource> running = new();

    /// <summary>Runs a query that may be stopped while it waits or works. Without an id, only who asks can, by hanging up.</summary>
    public async Task<T> Run<T>(Guid account, Guid? id, Func<CancellationToken, Task<T>> query, CancellationToken ct)
    {
        if (id is not { } named) return await query(ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (!running.TryAdd((account, named), stop))
            throw Refusal.Conflict("query_id_taken", $"A query {named} of yours is running already.", "Give each query an id of its own.");
        try
        {
            return await query(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw Refusal.Conflict("query_cancelled", "This query was cancelled.");
        }
        finally
        {
            running.TryRemove((account, named), out _);
        }
    }

    /// <summary>Stops a query of an account, whichever server runs it; one that has ended is let be.</summary>
    public Task Stop(Guid account, Guid id, CancellationToken ct)
    {
        string told = $"{account} {id}";
        return db.Run($"select pg_notify({Channel}, {told})", ct);
    }

    /// <summary>What another server, or this one, told all.</summary>
    public void Hear(string told)
    {
        if (told.Split(' ') is not [var account, var id] || !running.TryGetValue((Guid.Parse(account), Guid.Parse(id)), out var stop)) return;
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended in this very moment.
        }
    }
}
