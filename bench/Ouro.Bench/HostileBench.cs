using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace Ouro.Bench;

/// <summary>Fifty people who ask what hurts, again and again, and a few who only want to work: what the many take, and what is left for the few.</summary>
static class HostileBench
{
    const int Hostile = 50;
    const int Ordinary = 4;
    const double Patience = 3;
    const long MostMemory = 2L << 30;
    static readonly int MostRunning = Math.Max(1, Environment.ProcessorCount - 1);
    static readonly TimeSpan Long = TimeSpan.FromSeconds(30), Short = TimeSpan.FromSeconds(6), Glance = TimeSpan.FromMilliseconds(100);

    static readonly Bar Others = new($"p99 of a page of rows, {Ordinary} clients, beside {Hostile} hostile queries", null, "3 × its quiet value", 1);
    static readonly Bar Memory = new("memory of the largest backend", null, "2 GB", 1);
    static readonly Bar Running = new("queries of users at work at once", null, "cores less one", 1);

    public static Bench Bench { get; } = new("hostile", [Others, Memory, Running], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        using var scratch = new Scratch();
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        var dataset = await ours.CreateDataset("numbers", 1_000, ct);
        var time = pace.IsTrial ? Short : Long;
        Progress.Say("warming up");
        await Ask(ours, dataset, pace.WarmUp, ct);
        Progress.Say("a quiet time");
        var quiet = await Ask(ours, dataset, time / 2, ct);

        Progress.Say($"{Hostile} hostile queries at once");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var answers = new ConcurrentDictionary<int, int>();
        var attackers = Enumerable.Range(0, Hostile).Select(i => Attack(ours, dataset, i, answers, end.Token)).ToList();
        var watching = Watch(ours, end.Token);
        var asked = await Ask(ours, dataset, time, ct);
        var later = await Ask(ours, dataset, time / 2, ct);
        await end.CancelAsync();
        var (memory, running) = await watching;
        await Task.WhenAll(attackers);
        Progress.Say("the hostile ones were answered " + string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{a.Key}: {a.Value}")));

        var tree = TreeMemory.Shown(ours.Memory());
        double[] slow = [asked, later];
        return
        [
            new(Others, $"{Shown(slow.Max())} beside {Shown(quiet)}", null, Spread.Of(slow.Select(p99 => Patience * quiet / p99)), tree),
            new(Memory, TreeMemory.Shown(memory), null, Spread.Of([MostMemory / (double)Math.Max(1, memory)]), tree),
            new(Running, $"{running} of {MostRunning}", null, Spread.Of([MostRunning / (double)Math.Max(1, running)]), tree),
        ];
    }

    /// <summary>Asks for pages of rows and answers the 99th of a hundred times, in milliseconds. Every page must come.</summary>
    static async Task<double> Ask(Product ours, Guid dataset, TimeSpan time, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, Ordinary).Select(async _ =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                var sent = Stopwatch.GetTimestamp();
                using var answer = await ours.Http.GetAsync(new Uri($"/api/datasets/{dataset}/data?limit=20", UriKind.Relative), ct);
                await Product.Data(answer, ct);
                own.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return own;
        }));
        var sorted = times.SelectMany(own => own).Order().ToList();
        return sorted[(int)(sorted.Count * 0.99)];
    }

    static async Task Attack(Product ours, Guid dataset, int first, ConcurrentDictionary<int, int> answers, CancellationToken end)
    {
        for (var i = first; !end.IsCancellationRequested; i++)
            try
            {
                using var answer = await ours.Http.PostAsJsonAsync($"/api/datasets/{dataset}/query-custom", new { query = HostileQueries.All[i % HostileQueries.All.Count] }, end);
                answers.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
                if ((int)answer.StatusCode >= 500) throw new BenchException($"A hostile query broke the server: {await answer.Content.ReadAsStringAsync(end)}");
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested) { }
    }

    /// <summary>The most memory that one backend had, and the most backends that were at work.</summary>
    static async Task<(long Memory, int Running)> Watch(Product ours, CancellationToken end)
    {
        var (memory, running, before) = (0L, 0, new HashSet<int>());
        while (!end.IsCancellationRequested)
        {
            // Processes are looked at one after the other: one that ended meanwhile and the next one, which began, are seen at work both. Only who is
            // at work at two glances in a row counts.
            var busy = ours.Busy();
            (memory, running) = (busy.Select(b => b.Resident).Append(memory).Max(), Math.Max(running, busy.Count(b => before.Contains(b.Id))));
            before = [.. busy.Select(b => b.Id)];
            await Task.Delay(Glance, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return (memory, running);
    }

    static string Shown(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms");
}
