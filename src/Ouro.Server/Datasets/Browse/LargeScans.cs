using System.Threading.RateLimiting;

namespace Ouro.Server.Datasets;

/// <summary>Turns at reading a large table from end to end: one processor core is left to everything else.</summary>
static class LargeScans
{
    const long Large = 200_000;
    const int Waiting = 32;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    static readonly ConcurrencyLimiter Limiter = new(new() { PermitLimit = Math.Max(1, Environment.ProcessorCount - 1), QueueLimit = Waiting });

    public static async Task<IDisposable?> Turn(long rows, CancellationToken ct)
    {
        if (rows < Large) return null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var turn = await Limiter.AcquireAsync(1, patience.Token);
            if (turn.IsAcquired) return turn;
            turn.Dispose();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
        throw new Refusal(429, "rows_busy", "Too many large tables are being sorted or filtered just now.", "Try again in a few seconds.") { RetryAfter = 5 };
    }
}
