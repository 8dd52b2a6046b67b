using AngleSharp.Dom;
using Ganss.Xss;
using Markdig;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ouro.Server.Files;

/// <summary>
/// Markdown that somebody put up, as HTML that may stand in a page of ours: no HTML of theirs, no script, nothing that is loaded from elsewhere. What the
/// writer leaves out is looked for again by a sanitizer that knows nothing of markdown.
/// </summary>
static class MarkdownText
{
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UseTaskLists().UseEmphasisExtras().UseAutoLinks().Build();

    static readonly HtmlSanitizer Sanitizer = Strict();

    // Both readers take time that grows with the square of what stands side by side; what people write is far below.
    const int LongestBlock = 32 * 1024;
    const int MostSiblings = 5_000;
    const int MostParts = 60_000;

    /// <summary>The HTML; null for a text that is longer without a pause, denser or deeper than anybody writes.</summary>
    public static string? Html(string markdown)
    {
        if (LongestRun(markdown) > LongestBlock) return null;
        try
        {
            var document = Markdown.Parse(markdown, Pipeline);
            if (!IsBearable(document)) return null;
            foreach (var heading in document.Descendants<HeadingBlock>()) heading.Level = Math.Min(6, heading.Level + 1);
            foreach (var task in document.Descendants<TaskList>().ToList()) task.ReplaceBy(new LiteralInline(task.Checked ? "☑" : "☐"));
            return Sanitizer.Sanitize(document.ToHtml(Pipeline));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    static int LongestRun(ReadOnlySpan<char> text)
    {
        var (longest, run) = (0, 0);
        foreach (var line in text.EnumerateLines())
        {
            run = line.IsWhiteSpace() ? 0 : run + line.Length + 1;
            longest = Math.Max(longest, run);
        }
        return longest;
    }

    static bool IsBearable(MarkdownDocument document)
    {
        var parts = 0;
        foreach (var part in document.Descendants())
            if (++parts > MostParts || part is ContainerBlock { Count: > MostSiblings } || (part is ContainerInline inlines && inlines.Skip(MostSiblings).Any())) return false;
        return document.Count <= MostSiblings;
    }

    static HtmlSanitizer Strict()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>
            {
                "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del", "ins", "mark", "sub", "sup",
                "table", "thead", "tbody", "tr", "th", "td", "a", "img",
            },
            AllowedAttributes = new HashSet<string> { "href", "src", "alt", "title", "start", "class", "style" },
            AllowedCssProperties = new HashSet<string> { "text-align" },
            AllowedSchemes = new HashSet<string> { "http", "https", "mailto" },
            UriAttributes = new HashSet<string> { "href", "src" },
        });
        sanitizer.PostProcessDom += (_, e) => Settle(e.Document);
        return sanitizer;
    }

    static void Settle(IDocument document)
    {
        // A picture is a link to it: showing it would tell whoever keeps it who reads this.
        foreach (var image in document.QuerySelectorAll("img").ToList())
        {
            var words = image.GetAttribute("alt") is { Length: > 0 } alt ? alt : "image";
            if (Elsewhere(image.GetAttribute("src")) is { } address && image.Closest("a") is null)
            {
                var link = document.CreateElement("a");
                link.SetAttribute("href", address);
                link.TextContent = words;
                image.Replace(link);
            }
            else image.Replace(document.CreateTextNode(words));
        }
        foreach (var link in document.QuerySelectorAll("a").ToList())
        {
            // An address that begins nowhere would lead into pages of ours, where its writer has no say.
            if (Elsewhere(link.GetAttribute("href")) is null) link.Replace([.. link.ChildNodes]);
            else link.SetAttribute("rel", "noopener nofollow");
        }
        foreach (var classed in document.QuerySelectorAll("[class]"))
            if (classed.LocalName != "code" || !classed.ClassName!.StartsWith("language-", StringComparison.Ordinal)) classed.RemoveAttribute("class");
        // Wide ones scroll by themselves, and so can be reached by keys.
        foreach (var wide in document.QuerySelectorAll("pre, table").ToList())
        {
            var box = document.CreateElement("div");
            box.SetAttribute("class", "wide");
            box.SetAttribute("tabindex", "0");
            box.SetAttribute("role", "group");
            box.SetAttribute("aria-label", wide.LocalName == "pre" ? "Code" : "Table");
            wide.Replace(box);
            box.AppendChild(wide);
        }
    }

    static string? Elsewhere(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var known) && known.Scheme is "http" or "https" or "mailto" ? address : null;
}
