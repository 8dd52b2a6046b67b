namespace Ouro.Bench;

/// <summary>One comparison of a bench.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Peer">Who does the same beside it; null where a limit is the measure.</param>
/// <param name="Limit">What may not be exceeded; null where a peer is the measure.</param>
/// <param name="Least">The ratio that is good enough; 0 where the figure only informs.</param>
public sealed record Bar(string Work, string? Peer, string? Limit, double Least);

/// <summary>What came of one comparison.</summary>
/// <param name="Bar">The comparison.</param>
/// <param name="Ours">Our figure, for people.</param>
/// <param name="Peer">The peer's; null where it did not run or there is none.</param>
/// <param name="Ratio">Ours to the peer's or the limit to ours, a value for each round; null where there is nothing to compare with.</param>
/// <param name="Memory">The memory of the process trees, for people.</param>
public sealed record Row(Bar Bar, string Ours, string? Peer, Spread? Ratio, string Memory)
{
    public bool IsMet => Ratio is { } ratio && ratio.Median >= Bar.Least;

    /// <summary>How far above its bar; the smallest speaks for the bench.</summary>
    public double Margin => Ratio is not { } ratio ? double.NegativeInfinity : Bar.Least == 0 ? double.PositiveInfinity : ratio.Median / Bar.Least;
}

/// <summary>Something that is measured beside a peer or a limit, in the same run.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Bars">What it compares.</param>
/// <param name="Run">Measures; a row for each bar.</param>
public sealed record Bench(string Name, IReadOnlyList<Bar> Bars, Func<Repository, Pace, CancellationToken, Task<IReadOnlyList<Row>>> Run)
{
    /// <summary>Every bench.</summary>
    public static IReadOnlyList<Bench> All { get; } = [StartBench.Bench, McpBench.Bench, PageBench.Bench, ListsBench.Bench, SqlBench.Bench, IngestBench.Bench, ExportBench.Bench, ImportBench.Bench, FilesBench.Bench, HostileBench.Bench, KillsBench.Bench];
}
