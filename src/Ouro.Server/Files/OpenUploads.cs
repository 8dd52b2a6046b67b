using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>
/// Whose turn it is to write to an upload, one at a time; and between two turns the file and the sum so far, so that the next one need not read
/// again what is there. What nobody goes on with for a minute is closed, and so is the oldest when there are many: it is read again when it goes on.
/// </summary>
public sealed class OpenUploads : IAsyncDisposable
{
    /// <summary>How many stay open between two turns.</summary>
    public const int Most = 256;

    static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(1), LongestEnding = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly Dictionary<Guid, Entry> entries = [];
    readonly TimeProvider time;
    readonly ITimer timer;

    public OpenUploads(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(_ => CloseIdle(LongestIdle), null, LongestIdle / 4, LongestIdle / 4);
    }

    /// <summary>How many files are open just now.</summary>
    public int Count { get { lock (gate) return entries.Values.Count(entry => entry.File is not null); } }

    /// <summary>The turn to write to an upload; null while it is somebody else's. One that ends, because its sender is gone, is waited for.</summary>
    public async Task<Turn?> Take(Guid id, CancellationToken ct)
    {
        while (true)
        {
            Turn before;
            lock (gate)
            {
                if (!entries.TryGetValue(id, out var entry)) entries[id] = entry = new();
                if (entry.Turn is null) return entry.Turn = new(this, id, entry, ct);
                before = entry.Turn;
            }
            if (!before.Interrupted.IsCancellationRequested || !await before.HasEnded(LongestEnding, ct)) return null;
        }
    }

    /// <summary>The same, after telling who has it to stop. What is all here and only being put away is not stopped, and waited for a while.</summary>
    public async Task<Turn?> Interrupt(Guid id, CancellationToken ct)
    {
        Turn? before;
        lock (gate) before = entries.GetValueOrDefault(id)?.Turn;
        if (before is not null) await before.Interrupt();
        return await Take(id, ct);
    }

    /// <summary>Returns when a turn that is ending has ended: what is known of the upload then is what was received.</summary>
    public async Task Settled(Guid id, CancellationToken ct)
    {
        Turn? before;
        lock (gate) before = entries.GetValueOrDefault(id)?.Turn;
        if (before?.Interrupted.IsCancellationRequested == true) await before.HasEnded(LongestEnding, ct);
    }

    /// <summary>Closes the files that nobody has written to for so long.</summary>
    public void CloseIdle(TimeSpan longest)
    {
        var now = time.GetTimestamp();
        Close(() => [.. entries.Where(e => e.Value.Turn is null && time.GetElapsedTime(e.Value.Used, now) >= longest).Select(e => e.Key)]);
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        CloseIdle(TimeSpan.Zero);
    }

    void End(Guid id, Entry entry)
    {
        lock (gate)
        {
            (entry.Turn, entry.Used) = (null, time.GetTimestamp());
            if (entry.File is null) entries.Remove(id);
        }
        Close(() => entries.Count <= Most ? [] : [.. entries.Where(e => e.Value.Turn is null).OrderBy(e => e.Value.Used).Select(e => e.Key).Take(entries.Count - Most)]);
    }

    void Close(Func<List<Guid>> which)
    {
        List<ArrivingFile> closed = [];
        lock (gate)
            foreach (var id in which())
                if (entries.Remove(id, out var entry) && entry.File is { } file) closed.Add(file);
        foreach (var file in closed) _ = file.DisposeAsync().AsTask();
    }

    internal sealed class Entry
    {
        public Turn? Turn;
        public ArrivingFile? File;
        public long Used;
    }

    /// <summary>The turn of one writer, until it is disposed of.</summary>
    public sealed class Turn : IAsyncDisposable
    {
        readonly OpenUploads all;
        readonly Guid id;
        readonly Entry entry;
        readonly CancellationTokenSource interruption;
        readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Turn(OpenUploads all, Guid id, Entry entry, CancellationToken sender)
        {
            (this.all, this.id, this.entry, interruption) = (all, id, entry, CancellationTokenSource.CreateLinkedTokenSource(sender));
            Interrupted = interruption.Token;
        }

        /// <summary>Told when its sender is gone, or somebody discards the upload.</summary>
        public CancellationToken Interrupted { get; }

        /// <summary>The file, where it is open.</summary>
        public ArrivingFile? File { get => entry.File; set => entry.File = value; }

        /// <summary>Closes the file; the next one who writes reads it again.</summary>
        public async Task Close()
        {
            if (entry.File is not { } file) return;
            entry.File = null;
            await file.DisposeAsync();
        }

        internal async Task Interrupt()
        {
            try
            {
                await interruption.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself just now.
            }
        }

        internal async Task<bool> HasEnded(TimeSpan patience, CancellationToken ct)
        {
            await ended.Task.WaitAsync(patience, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            return ended.Task.IsCompleted;
        }

        public ValueTask DisposeAsync()
        {
            all.End(id, entry);
            ended.TrySetResult();
            interruption.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
