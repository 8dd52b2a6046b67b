using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// Locks that others wait behind. A foreign key is added and dropped under a lock on the assets themselves, columns change under one on their table, and
/// whoever waits for such a lock holds up everybody who comes after. So nobody waits for one longer than others can bear, and tries again from the
/// beginning, holding nothing meanwhile.
/// </summary>
static class TableLocks
{
    const int Tries = 12;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Lets this transaction wait for a lock no longer than others can bear.</summary>
    public static Task Limit(Tx tx, CancellationToken ct) => tx.Run($"set local lock_timeout = '200ms'", ct);

    /// <summary>Does something in a transaction of its own, and again while a lock is not to be had.</summary>
    public static async Task<T> Patiently<T>(TimeProvider time, Func<Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (attempt == Tries)
                    throw new Refusal(503, "table_busy", "Others are reading or writing what has to stand still for a moment. Nothing was changed.", "Try again in a few seconds.") { RetryAfter = 2 };
            }
            await Task.Delay(Pause * (1 + Random.Shared.NextDouble() * attempt), time, ct);
        }
    }
}
