namespace Ouro.Server.Datasets;

/// <summary>How many queries of users run and wait at a time, in this process.</summary>
/// <param name="Running">At a time; one core is left to everything else.</param>
/// <param name="Waiting">In the queue, of one account; the next one is told to come back.</param>
/// <param name="Patience">The longest wait in the queue.</param>
/// <param name="Pools">How many datasets, and sets of them, keep open connections.</param>
public sealed record QueryCapacity(int Running, int Waiting, TimeSpan Patience, int Pools)
{
    public static QueryCapacity Default { get; } = new(Math.Max(1, Environment.ProcessorCount - 1), 64, TimeSpan.FromSeconds(5), 16);
}

/// <summary>
/// Whose query is next. Accounts take turns, so that somebody with one query does not wait behind somebody with fifty; of one account, who came
/// first is first.
/// </summary>
sealed class QueryTurns(QueryCapacity capacity)
{
    // What waits is small, but there may be many accounts.
    const int MostWaiting = 1_000;

    readonly Lock gate = new();
    readonly Dictionary<Guid, LinkedList<TaskCompletionSource>> lines = [];
    readonly LinkedList<Guid> accounts = new();
    int running;
    int waiting;

    /// <summary>Waits for a turn, which ends when it is disposed of. Refuses where the queue is full or the wait too long.</summary>
    public async Task<Turn> Take(Guid account, CancellationToken ct)
    {
        if (Begin(account) is not { } mine) return new(this);
        try
        {
            await mine.Value.Task.WaitAsync(capacity.Patience, ct);
            return new(this);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // A turn that was given in this very moment goes to the next one.
            if (!Leave(account, mine)) Next();
            if (e is TimeoutException) throw QueryError.Busy();
            throw;
        }
    }

    /// <summary>A place in the queue, or null where there is nobody to wait for.</summary>
    LinkedListNode<TaskCompletionSource>? Begin(Guid account)
    {
        lock (gate)
        {
            if (running < capacity.Running)
            {
                running++;
                return null;
            }
            if (waiting >= MostWaiting || lines.GetValueOrDefault(account)?.Count >= capacity.Waiting || capacity.Waiting == 0) throw QueryError.Busy();
            if (!lines.TryGetValue(account, out var line))
            {
                lines[account] = line = new();
                accounts.AddLast(account);
            }
            waiting++;
            return line.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    /// <summary>Gives a place up; false where its turn had come.</summary>
    bool Leave(Guid account, LinkedListNode<TaskCompletionSource> place)
    {
        lock (gate)
        {
            if (place.List is not { } line) return false;
            line.Remove(place);
            waiting--;
            if (line.Count > 0) return true;
            lines.Remove(account);
            accounts.Remove(account);
            return true;
        }
    }

    void Next()
    {
        lock (gate)
        {
            if (accounts.First is not { Value: var account })
            {
                running--;
                return;
            }
            accounts.RemoveFirst();
            var line = lines[account];
            var next = line.First!;
            line.RemoveFirst();
            waiting--;
            if (line.Count > 0) accounts.AddLast(account);
            else lines.Remove(account);
            next.Value.SetResult();
        }
    }

    /// <summary>A query's turn; it ends once.</summary>
    public sealed class Turn(QueryTurns turns) : IDisposable
    {
        int ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref ended, 1) == 0) turns.Next();
        }
    }
}
