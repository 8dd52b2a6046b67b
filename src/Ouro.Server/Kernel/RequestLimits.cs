using System.Threading.RateLimiting;

namespace Ouro.Server.Kernel;

/// <summary>What one key, account or address may ask in a minute. Preflights do not count.</summary>
public sealed class RequestLimits(Settings settings) : IDisposable
{
    readonly PartitionedRateLimiter<string>? limiter = settings.RateLimit <= 0 ? null : PartitionedRateLimiter.Create<string, string>(
        caller => RateLimitPartition.GetTokenBucketLimiter(caller, _ => new()
        {
            TokenLimit = settings.RateLimit,
            // A second's share at a time, or one at a time where a second has less than one.
            TokensPerPeriod = Math.Max(1, settings.RateLimit / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, 60.0 / settings.RateLimit)),
            QueueLimit = 0,
        }));

    public void Count(HttpContext context)
    {
        if (limiter is null || HttpMethods.IsOptions(context.Request.Method)) return;
        var actor = Actor.Of(context);
        var caller = actor.IsSignedIn ? (actor.KeyId ?? actor.Id).ToString() : context.Connection.RemoteIpAddress?.ToString() ?? "";
        using var lease = limiter.AttemptAcquire(caller);
        var left = limiter.GetStatistics(caller)?.CurrentAvailablePermits ?? 0;
        context.Response.Headers["RateLimit-Policy"] = $"\"key\";q={settings.RateLimit};w=60";
        context.Response.Headers["RateLimit"] = $"\"key\";r={left};t=1";
        if (!lease.IsAcquired)
            throw new Refusal(429, "too_many_requests", $"More than {settings.RateLimit} requests in a minute.", "Slow down, or ask for more at once.") { RetryAfter = 1 };
    }

    public void Dispose() => limiter?.Dispose();
}
