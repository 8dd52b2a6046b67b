using System.Collections.Concurrent;

namespace Ouro.Server.Users;

/// <summary>Wrong passwords of late, by name; kept in the process, because a restart is slower than any guess it allows.</summary>
public sealed class SignInAttempts : IDisposable
{
    static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    const int Most = 10;
    readonly ConcurrentDictionary<string, (int Count, long Since)> wrong = new(StringComparer.OrdinalIgnoreCase);

    const int AtOnce = 2;
    readonly SemaphoreSlim turns = new(AtOnce);

    /// <summary>Counts an attempt before it is made, so that many at once are no way past the limit; false when there were too many.</summary>
    public bool Take(string name, TimeProvider time)
    {
        if (wrong.Count > 100_000)
            foreach (var (old, w) in wrong)
                if (time.GetElapsedTime(w.Since) > Window) wrong.TryRemove(old, out _);
        return wrong.AddOrUpdate(name, (1, time.GetTimestamp()),
            (_, w) => time.GetElapsedTime(w.Since) < Window ? (w.Count + 1, w.Since) : (1, time.GetTimestamp())).Count <= Most;
    }

    /// <summary>Whoever asks for a letter again and again fills somebody else's mailbox.</summary>
    public void MustNotFlood(string account, TimeProvider time)
    {
        if (!Take("letter " + account, time))
            throw new Refusal(429, "too_many_letters", "Too many letters were asked for. Wait five minutes, then try again.") { RetryAfter = 300 };
    }

    /// <summary>The right password forgives the wrong ones before it.</summary>
    public void Right(string name) => wrong.TryRemove(name, out _);

    public async Task<IDisposable> Turn(CancellationToken ct)
    {
        await turns.WaitAsync(ct);
        return new Held(turns);
    }

    public void Dispose() => turns.Dispose();

    sealed class Held(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
