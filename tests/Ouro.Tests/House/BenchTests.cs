using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>A figure without something to hold it against is none, and a bench that nobody can read about is not there.</summary>
public sealed partial class BenchTests
{
    [Fact]
    public void Every_bench_is_explained_and_every_explained_one_exists()
    {
        var readme = File.ReadAllText(Path.Combine(NodeClient.Repository, "bench", "README.md"));
        var explained = Section().Matches(readme).Select(heading => heading.Groups[1].Value);
        explained.ShouldBe(Bench.Bench.All.Select(bench => bench.Name), ignoreOrder: true);
    }

    [Fact]
    public void Every_comparison_has_a_peer_or_a_limit_and_a_bar()
    {
        foreach (var bench in Bench.Bench.All)
        {
            bench.Bars.ShouldNotBeEmpty(bench.Name);
            foreach (var bar in bench.Bars)
            {
                (bar.Peer is null).ShouldNotBe(bar.Limit is null, $"{bench.Name}: {bar.Work} is held against one thing");
                bar.Least.ShouldBeGreaterThanOrEqualTo(0, $"{bench.Name}: {bar.Work}");
            }
        }
    }

    // Names of benches are written as they are typed; the other headings are words.
    [GeneratedRegex(@"^## ([a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
