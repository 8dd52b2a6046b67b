using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Ouro.Server.Files;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

public class ViewerTests
{
    const string Crystal = """
        {"inspector": "cif", "kind": "crystal", "version": 1, "formula": "Ca(OH)2", "space_group": {"symbol": "P-3m1", "number": 164},
         "cell": {"a": 3.5918, "b": 3.5918, "c": 4.9063, "alpha": 90, "beta": 90, "gamma": 120, "volume": 54.816}, "sites": 3}
        """;

    [Theory]
    [InlineData("image/png", "image")]
    [InlineData("image/svg+xml", "image")]
    [InlineData("image/tiff", "hex")]
    [InlineData("audio/mpeg", "audio")]
    [InlineData("audio/midi", "hex")]
    [InlineData("video/webm", "video")]
    [InlineData("video/avi", "hex")]
    [InlineData("application/pdf", "pdf")]
    [InlineData("text/markdown", "markdown")]
    [InlineData("text/markdown; charset=utf-8", "markdown")]
    [InlineData("text/html", "code")]
    [InlineData("text/plain", "code")]
    [InlineData("text/x-python", "code")]
    [InlineData("application/json", "code")]
    [InlineData("application/geo+json", "code")]
    [InlineData("application/xhtml+xml", "code")]
    [InlineData("text/csv", "code")]
    [InlineData("model/gltf-binary", "model")]
    [InlineData("model/stl", "model")]
    [InlineData("chemical/x-cif", "structure")]
    [InlineData("chemical/x-mdl-molfile", "structure")]
    [InlineData("application/zip", "hex")]
    [InlineData("application/x-elf", "hex")]
    public async Task The_stored_type_says_which_viewer_shows_a_file(string type, string viewer) =>
        (await Shown(type, "content", name: "picture.png")).ShouldContain($"data-viewer=\"{viewer}\"");

    [Theory]
    [InlineData("text/csv", "table")]
    [InlineData("text/tab-separated-values", "table")]
    [InlineData("application/zip", "archive")]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "archive")]
    [InlineData("text/plain", "code")]
    public async Task Rows_that_were_read_are_shown_as_what_they_are(string type, string viewer) =>
        (await Shown(type, "content", preview: """[{"name": "a", "size": 1}]""")).ShouldContain($"data-viewer=\"{viewer}\"");

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type": null, "size": "many", "width": -1.5, "classification": []}""")]
    public async Task Metadata_of_any_shape_is_looked_past(string metadata) =>
        (await Shown(JsonSerializer.Deserialize<JsonElement>(metadata), "MZ"u8.ToArray())).ShouldContain("data-viewer=\"hex\"");

    [Fact]
    public async Task A_file_of_no_bytes_is_called_empty()
    {
        var html = await Shown("image/png", "");

        html.ShouldContain("The file is empty.");
        html.ShouldNotContain("<img");
    }

    [Fact]
    public async Task A_name_is_only_ever_text()
    {
        foreach (var type in new[] { "image/png", "audio/mpeg", "video/mp4", "application/pdf", "text/plain", "text/csv", "application/zip", "model/obj", "chemical/x-cif", "application/x-elf" })
            (await Shown(type, "content", name: "\"><script>alert(1)</script>", preview: """[{"name": "<script>alert(2)</script>", "size": 1}]""")).ShouldNotContain("<script>alert");
    }

    [Fact]
    public async Task What_is_drawn_by_script_has_a_link_for_where_none_runs()
    {
        foreach (var type in new[] { "application/pdf", "model/gltf-binary", "chemical/x-xyz" })
            (await Shown(type, "content")).ShouldContain("""<a href="/content/1" download="a file">Download the file</a>""");
    }

    [Fact]
    public async Task An_SVG_is_an_image_and_nothing_of_it_stands_in_the_page()
    {
        var html = await Shown("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>");

        html.ShouldContain("""<img src="/content/1" """);
        html.ShouldNotContain("onload");
    }

    [Fact]
    public async Task Markdown_is_rendered_below_the_title_of_the_page()
    {
        var html = await Shown("text/markdown", "# Title\n\nSome *words*, ~~gone~~.\n\n|a|b|\n|--|--:|\n|1|2|\n\n- [x] done\n\n```python\nx = 1\n```\n");

        html.ShouldContain("<h2>Title</h2>");
        html.ShouldContain("<em>words</em>, <del>gone</del>");
        html.ShouldContain("<td style=\"text-align: right\">2</td>");
        html.ShouldContain("☑ done");
        html.ShouldContain("<code class=\"language-python\">x = 1");
    }

    [Theory]
    [InlineData("<script>alert(1)</script>", "<script>alert")]
    [InlineData("<img src=x onerror=alert(1)>", "<img")]
    [InlineData("<b onclick=alert(1)>x</b>", "<b ")]
    [InlineData("<style>body { display: none }</style>", "<style")]
    [InlineData("<iframe src='/sign-out'></iframe>", "<iframe")]
    [InlineData("[x](javascript:alert(1))", "href=\"javascript")]
    [InlineData("[x](JaVaScRiPt:alert(1))", "href=\"JaVa")]
    [InlineData("[x](&#106;avascript:alert(1))", "href=\"j")]
    [InlineData("[x](data:text/html;base64,PHNjcmlwdD4=)", "href=\"data")]
    [InlineData("[x](vbscript:x)", "href=\"vb")]
    [InlineData("[x](/sign-out)", "href=\"/sign-out")]
    [InlineData("[x](//elsewhere.example/)", "href=\"//")]
    [InlineData("<javascript:alert(1)>", "href=\"javascript")]
    [InlineData("![x](data:image/png;base64,iVBORw0KGgo=)", "<img")]
    [InlineData("![x](https://elsewhere.example/counted.png)", "<img")]
    [InlineData("![x](/api/files/1)", "<img")]
    [InlineData("```\"><script>alert(1)</script>\nx\n```", "<script>alert")]
    [InlineData("[x]: javascript:alert(1)\n\n[x]", "href=\"javascript")]
    public async Task Markdown_brings_nothing_that_runs_or_loads(string markdown, string never) =>
        (await Shown("text/markdown", markdown)).ShouldNotContain(never, Case.Insensitive);

    [Fact]
    public async Task Links_of_markdown_lead_elsewhere_and_pictures_are_links()
    {
        var html = await Shown("text/markdown", "[a](https://one.example/) <https://two.example/> ![p](https://three.example/x.png) [![p](https://four.example/x.png)](https://five.example/)");

        foreach (var address in new[] { "https://one.example/", "https://two.example/", "https://three.example/x.png", "https://five.example/" })
            html.ShouldContain($"<a href=\"{address}\" rel=\"noopener nofollow\">");
        html.ShouldNotContain("four.example");
    }

    [Theory]
    [InlineData(">")]
    [InlineData("- ")]
    [InlineData("[")]
    [InlineData("![")]
    [InlineData("**a ")]
    [InlineData("`a")]
    [InlineData("|a")]
    [InlineData("<!--")]
    [InlineData("[a](b) ")]
    [InlineData("www.a.b ")]
    [InlineData("*a*\n\n")]
    public async Task Markdown_made_to_take_long_does_not(string piece)
    {
        string Repeated(int characters) => string.Concat(Enumerable.Repeat(piece, characters / piece.Length));
        // In one run, and in many that each are just short enough to be tried.
        foreach (var markdown in new[] { string.Concat(Enumerable.Repeat(Repeated(1000) + "\n", 250)), string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat(Repeated(1000) + "\n", 32)) + "\n", 8)) })
        {
            var since = TimeProvider.System.GetTimestamp();
            await Shown("text/markdown", markdown);
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(15));
        }
    }

    [Fact]
    public async Task Markdown_that_nobody_would_write_is_shown_as_text() =>
        (await Shown("text/markdown", string.Concat(Enumerable.Repeat(">", 3000)) + " deep")).ShouldContain("data-viewer=\"code\"");

    [Fact]
    public async Task Code_is_text_with_a_line_for_each_line()
    {
        var html = await Shown("text/x-python", "a = '<b>'\r\n\nb = 2");

        html.ShouldContain("language-python");
        html.ShouldContain("3 lines");
        html.ShouldContain("<span class=\"line\">a = &#x27;&lt;b&gt;&#x27;&#xA;</span><span class=\"line\">&#xA;</span><span class=\"line\">b = 2&#xA;</span>");
    }

    [Fact]
    public async Task Of_a_long_text_only_the_head_is_shown_and_the_page_says_so()
    {
        var head = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a line of words\n", 1000)));

        var html = await Shown(JsonSerializer.SerializeToElement(new { type = "text/plain", size = 5_000_000 }), head);

        html.ShouldContain("Only the first 16 kB of 5 MB are shown.");
        (await Shown("text/plain", string.Concat(Enumerable.Repeat("x\n", 20_000)))).ShouldContain("Only the first 5,000 lines are shown.");
    }

    [Fact]
    public async Task A_huge_line_is_cut_between_characters()
    {
        var html = await Shown("text/plain", "a" + string.Concat(Enumerable.Repeat("🙂", 60_000)) + "\nthe end");

        html.ShouldContain("Lines of more than 4,000 characters are cut.");
        html.ShouldContain("the end");
        html.Length.ShouldBeLessThan(60_000);
        html.ShouldNotContain("\uFFFD");
    }

    [Fact]
    public async Task A_character_that_the_head_cuts_is_left_out()
    {
        var bytes = Encoding.UTF8.GetBytes("café 🙂");

        var html = await Shown(JsonSerializer.SerializeToElement(new { type = "text/plain", size = 1000 }), bytes[..^2]);

        html.ShouldContain("café ");
        html.ShouldNotContain("\uFFFD");
    }

    [Theory]
    [InlineData("utf-16", null)]
    [InlineData("utf-16BE", null)]
    [InlineData("iso-8859-1", "iso-8859-1")]
    public async Task Text_is_read_in_the_characters_it_was_written_in(string written, string? told)
    {
        var encoding = Encoding.GetEncoding(written);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("größe")];

        (await Shown(JsonSerializer.SerializeToElement(new { type = "text/plain", size = bytes.Length, charset = told }), bytes)).ShouldContain("größe");
    }

    [Fact]
    public async Task Text_that_turns_the_direction_of_writing_is_told_of()
    {
        (await Shown("text/x-c", "if (admin\u202E) { /*\u2066 */")).ShouldContain("turn the direction of writing");
        (await Shown("text/x-c", "if (admin) { } // עברית")).ShouldNotContain("turn the direction of writing");
    }

    [Fact]
    public async Task Unknown_bytes_are_shown_by_their_numbers()
    {
        var html = await Shown(JsonSerializer.SerializeToElement(new { type = "application/x-elf", size = 4096 }), [.. Enumerable.Range(0, 4096).Select(i => (byte)i)]);

        html.ShouldContain("The first 512 of 4,096 bytes");
        html.ShouldContain("<th scope=\"row\">00000030</th><td>30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f</td><td>0123456789:;&lt;=&gt;?</td>");
        html.ShouldContain("000001f0");
        html.ShouldNotContain("00000200");
        HexLine.Of("Hi\n"u8.ToArray(), 512).ShouldBe([new("00000000", "48 69 0a", "Hi·")]);
    }

    [Fact]
    public async Task Rows_of_a_table_keep_what_is_missing_apart_from_what_is_empty()
    {
        var html = await Shown("text/csv", "x", preview: """[{"city": "Ålesund", "t": "1.5"}, {"city": "", "t": null, "note": "<i>"}]""");

        html.ShouldContain("""<th scope="col" class="n">t</th>""");
        html.ShouldContain("<th scope=\"col\">city</th>");
        html.ShouldContain("<td>Ålesund</td><td class=\"n\">1.5</td>");
        html.ShouldContain("&lt;i&gt;");
        html.Split("∅").Length.ShouldBe(3);
    }

    [Fact]
    public async Task An_archive_lists_what_it_says_it_holds()
    {
        var html = await Shown(
            JsonSerializer.SerializeToElement(new { type = "application/zip", size = 99, classification = new { inspector = "zip", entries = 5000 } }), "PK"u8.ToArray(),
            """[{"name": "data/", "size": 0}, {"name": "data/a.csv", "size": 1500}]""");

        html.ShouldContain("The first 2 of 5,000 entries");
        html.ShouldContain("data/a.csv");
        html.ShouldContain("1.5 kB");
        html.ShouldNotContain("0 bytes");
    }

    [Fact]
    public async Task A_crystal_is_told_in_words_beside_its_drawing()
    {
        var html = await Shown(JsonSerializer.SerializeToElement(new { type = "chemical/x-cif", size = 10, classification = JsonSerializer.Deserialize<JsonElement>(Crystal) }), "data_x"u8.ToArray());

        html.ShouldContain("Ca(OH)<sub>2</sub>");
        html.ShouldContain("P-3m1 (164)");
        html.ShouldContain("a = 3.5918, b = 3.5918, c = 4.9063 Å");
        html.ShouldContain("α = 90, β = 90, γ = 120 °");
        html.ShouldContain("54.816 Å³");
        Facts.Pieces("Ca0.5Sr0.5TiO3").Where(p => p.IsLow).Select(p => p.Text).ShouldBe(["0.5", "0.5", "3"]);
    }

    [Fact]
    public void The_page_lets_scripts_read_what_they_hold_and_no_strings_be_run()
    {
        WebHeadersPolicy().ShouldContain("connect-src 'self' blob:");
        WebHeadersPolicy().ShouldNotContain("unsafe-eval");
        WebHeadersPolicy().ShouldContain("worker-src 'self';");
    }

    static string WebHeadersPolicy()
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        Ouro.Server.Web.WebHeaders.Set(context, _ => Task.CompletedTask);
        return context.Response.Headers.ContentSecurityPolicy.ToString();
    }

    static Task<string> Shown(string type, string content, string name = "a file", string? preview = null)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return Shown(JsonSerializer.SerializeToElement(new { type, size = bytes.Length }), bytes, preview, name);
    }

    static async Task<string> Shown(JsonElement metadata, byte[] head, string? preview = null, string name = "a file")
    {
        // Pages of the web door are written in UTF-8, too.
        await using var services = new ServiceCollection().AddSingleton(HtmlEncoder.Create(UnicodeRanges.All)).BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Viewer>(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            [nameof(Viewer.Asset)] = new Asset { Name = name, AssetType = AssetType.File, Metadata = metadata },
            [nameof(Viewer.ContentUrl)] = "/content/1",
            [nameof(Viewer.Head)] = head,
            [nameof(Viewer.Preview)] = preview is null ? null : JsonSerializer.Deserialize<JsonElement>(preview),
        }))).ToHtmlString());
    }
}
