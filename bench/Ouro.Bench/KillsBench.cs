using System.Globalization;

namespace Ouro.Bench;

/// <summary>A hundred uploads that are killed. The campaign is also run, in small, by the tests.</summary>
static class KillsBench
{
    const int Seed = 20_251, Whole = 100, Few = 9, Largest = 40 << 20;

    static readonly Bar Lost = new($"{Whole} kills of server, client and database in turn: what is not as it must be", null, "0", 1);
    static readonly Bar Again = new("the most that one upload had to send again", null, "8 MiB", 1);

    public static Bench Bench { get; } = new("kills", [Lost, Again], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        using var scratch = new Scratch();
        var seed = int.TryParse(Environment.GetEnvironmentVariable("BENCH_SEED"), CultureInfo.InvariantCulture, out var other) ? other : Seed;
        Progress.Say($"seed {seed}");
        var count = pace.IsTrial ? Few : Whole;
        var outcome = await UploadCampaign.Run(repository.Server, scratch.File("data"), seed, count, Largest, Progress.Say, ct);
        foreach (var finding in outcome.Findings) Progress.Say("found: " + finding);
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"""
            {string.Join(", ", outcome.Kills.Select(kill => $"{kill.Key.ToLowerInvariant()} {kill.Value}"))}; {outcome.InFlight} in the middle of their bytes; {outcome.Resumed} resumed, {outcome.Repeated} repeated, {outcome.Abandoned} abandoned; the server was back within {outcome.SlowestServer.TotalSeconds:0.0} s, the database by itself within {outcome.SlowestDatabase.TotalSeconds:0.0} s; {outcome.Orphans} orphans before the sweep, {outcome.Objects} objects after it
            """));
        var right = (count - Math.Min(count, outcome.Findings.Count)) / (double)count;
        return
        [
            new(Lost, $"{outcome.Findings.Count} of {count}", null, Spread.Of([right]), "–"),
            new(Again, string.Create(CultureInfo.InvariantCulture, $"{outcome.MostAgain / 1048576.0:0.00} MiB"), null, Spread.Of([UploadSender.Piece / (double)Math.Max(1, outcome.MostAgain)]), "–"),
        ];
    }
}
