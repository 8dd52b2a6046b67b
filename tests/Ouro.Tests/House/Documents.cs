using System.Text.RegularExpressions;

namespace Ouro.Tests.House;

/// <summary>A fenced block of a document.</summary>
/// <param name="Document">The document, from the root of the repository.</param>
/// <param name="Language">What stands behind the fence: <c>json</c>, <c>bash run</c>.</param>
/// <param name="Text">What is in it.</param>
public sealed record Snippet(string Document, string Language, string Text);

/// <summary>The documentation as the tests read it: documents, their tables, links and fenced blocks, and the source they speak of.</summary>
public static partial class Documents
{
    static readonly string[] Elsewhere = ["node_modules", "bin", "obj", "artifacts", "data", "TestResults", ".git"];

    public static IReadOnlyList<string> All { get; } = [.. Below("", "*.md").Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(NodeClient.Repository, path)).ReplaceLineEndings("\n");

    /// <summary>The source of the server, as one text a file.</summary>
    public static IEnumerable<string> ServerSource() => Below(Path.Combine("src", "Ouro.Server"), "*.cs").Select(Read);

    /// <summary>The first cells of a document's tables that hold one thing as code, e.g. every code of refusals.md.</summary>
    public static IReadOnlyList<string> FirstCells(string document) => [.. Rows(document).Select(cells => cells[0].Trim('`'))];

    /// <summary>The rows of a document's tables whose first cell is code, cell by cell.</summary>
    public static IEnumerable<string[]> Rows(string document) =>
        from line in Read(document).Split('\n')
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
        where OneCode().IsMatch(cells[0])
        select cells;

    public static IEnumerable<Snippet> Snippets(string document) =>
        Fence().Matches(Read(document)).Select(m => new Snippet(document, m.Groups["language"].Value.Trim(), m.Groups["text"].Value));

    /// <summary>The links of a document that lead to a file of the repository, without their anchors.</summary>
    public static IEnumerable<string> RelativeLinks(string document) =>
        from Match link in Link().Matches(Fence().Replace(Read(document), ""))
        let target = link.Groups[1].Value
        where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#')
        select target;

    /// <summary>The anchors that a document's headings make.</summary>
    public static IEnumerable<string> Anchors(string document) =>
        Heading().Matches(Read(document)).Select(m => NotInAnchors().Replace(m.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    static IEnumerable<string> Below(string folder, string pattern)
    {
        var root = NodeClient.Repository;
        return new DirectoryInfo(Path.Combine(root, folder)).EnumerateFiles(pattern).Select(file => Path.GetRelativePath(root, file.FullName))
            .Concat(new DirectoryInfo(Path.Combine(root, folder)).EnumerateDirectories().Where(d => !Elsewhere.Contains(d.Name))
                .SelectMany(d => Below(Path.GetRelativePath(root, d.FullName), pattern)));
    }

    [GeneratedRegex("^```(?<language>[^\n`]*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex("^`[^`]+`$")]
    private static partial Regex OneCode();
}
