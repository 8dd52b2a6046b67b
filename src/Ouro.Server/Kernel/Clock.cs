namespace Ouro.Server.Kernel;

/// <summary>
/// The time, in whole microseconds: PostgreSQL keeps no more, and a created record must equal the one that is read back.
/// </summary>
public sealed class Clock(TimeProvider time)
{
    public DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return new(now.Ticks - now.Ticks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
    }
}
