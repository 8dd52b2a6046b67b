using System.Globalization;

namespace Ouro.Bench;

/// <summary>How long is measured. A trial is too short to prove anything, and its bars count as missed.</summary>
/// <param name="Count">Rounds.</param>
/// <param name="WarmUp">Before the first round, for each side.</param>
/// <param name="Slice">Each side's time in a round.</param>
/// <param name="IsTrial">Whether this only shows that the bench works.</param>
public sealed record Pace(int Count, TimeSpan WarmUp, TimeSpan Slice, bool IsTrial)
{
    public static Pace Full { get; } = new(5, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(4), false);

    public static Pace Trial { get; } = new(2, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), true);
}

/// <summary>The figures of the rounds.</summary>
public sealed record Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        var middle = sorted.Length / 2;
        return new(sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2, sorted[0], sorted[^1]);
    }

    /// <summary>The median, and in brackets how far the rounds lie apart.</summary>
    public string Shown(string format, string unit = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{Median.ToString(format, CultureInfo.InvariantCulture)}{unit} ({Least.ToString(format, CultureInfo.InvariantCulture)}–{Most.ToString(format, CultureInfo.InvariantCulture)})");
}

/// <summary>One side of a comparison: works for a while and says its figure.</summary>
public sealed record Side(string Name, Func<TimeSpan, CancellationToken, Task<double>> Work);

/// <summary>Sides that were measured by turns: a figure for each round.</summary>
public sealed class Rounds
{
    readonly Dictionary<Side, List<double>> figures = [];

    /// <summary>
    /// Warms all sides up, then lets them work by turns. Every second round goes the other way round, so that nobody always comes after the same
    /// neighbour.
    /// </summary>
    public static async Task<Rounds> Alternate(Pace pace, IReadOnlyList<Side> sides, CancellationToken ct)
    {
        var rounds = new Rounds();
        foreach (var side in sides)
        {
            rounds.figures[side] = [];
            Progress.Say($"warming up {side.Name}");
            await side.Work(pace.WarmUp, ct);
        }
        for (var round = 1; round <= pace.Count; round++)
            foreach (var side in round % 2 == 1 ? sides : sides.Reverse())
            {
                var figure = await side.Work(pace.Slice, ct);
                Progress.Say(string.Create(CultureInfo.InvariantCulture, $"round {round} of {pace.Count}: {side.Name} {figure:N0}"));
                rounds.figures[side].Add(figure);
            }
        return rounds;
    }

    public Spread Of(Side side) => Spread.Of(figures[side]);

    /// <summary>The ratio within each round, so that what disturbs the machine for a while disturbs both.</summary>
    public Spread Ratio(Side ours, Side peer) => Spread.Of(figures[ours].Zip(figures[peer], (o, p) => o / p));
}

/// <summary>What happens meanwhile, on standard error: standard output holds the results.</summary>
static class Progress
{
    public static void Say(string what) => Console.Error.WriteLine($"bench: {what}");
}
