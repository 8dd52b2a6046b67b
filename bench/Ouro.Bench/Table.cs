using System.Globalization;

namespace Ouro.Bench;

/// <summary>Results as people read them, and the one line that programs read.</summary>
static class Table
{
    static readonly string[] Head = ["work", "ours", "peer", "limit", "ratio", "memory"];

    public static void Print(TextWriter to, IReadOnlyList<Row> rows)
    {
        string[][] lines = [Head, .. rows.Select(Cells)];
        var widths = Enumerable.Range(0, Head.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        for (var i = 0; i < lines.Length; i++)
        {
            to.WriteLine(string.Join("  ", lines[i].Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
            if (i == 0) to.WriteLine(string.Join("  ", widths.Select(width => new string('-', width))));
        }
    }

    /// <summary><c>bench NAME: ratio R bar B ok</c>: of the comparison with the least to spare.</summary>
    public static string LastLine(Bench bench, IReadOnlyList<Row> rows, Pace pace)
    {
        var worst = rows.MinBy(row => row.Margin)!;
        var verdict = rows.All(row => row.IsMet) && !pace.IsTrial ? "ok" : "short";
        return string.Create(CultureInfo.InvariantCulture, $"bench {bench.Name}: ratio {worst.Ratio?.Median ?? 0:0.00} bar {worst.Bar.Least:0.##} {verdict}");
    }

    static string[] Cells(Row row) =>
    [
        row.Bar.Work, row.Ours, row.Bar.Peer is null ? "–" : row.Peer is null ? $"{row.Bar.Peer}: did not run" : $"{row.Peer} {row.Bar.Peer}",
        row.Bar.Limit ?? "–", row.Ratio is null ? "none" : row.Ratio.Shown("0.00") + (row.Bar.Least > 0 ? string.Create(CultureInfo.InvariantCulture, $" ≥ {row.Bar.Least:0.##}") : ""), row.Memory,
    ];
}
