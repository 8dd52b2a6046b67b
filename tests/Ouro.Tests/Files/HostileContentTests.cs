using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>Files that want to be a page, a program or a style of this site, by every door that gives bytes out.</summary>
public sealed class HostileContentTests(TestServer server) : IClassFixture<TestServer>
{
    const string Script = "<script>fetch('/api/user/api-keys')</script>";

    static readonly byte[] Gif = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");
    static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    static readonly Dictionary<string, (string Name, byte[] Bytes)> Wares = new()
    {
        ["html"] = ("page.html", Text("<!doctype html>" + Script)),
        ["html called a picture"] = ("page.png", Text("<html><body>" + Script)),
        ["html behind spaces"] = ("a.txt", Text("\n\n   <!-- x --><HTML>" + Script)),
        ["html in UTF-16"] = ("a.txt", [0xff, 0xfe, .. Encoding.Unicode.GetBytes("<html>" + Script)]),
        ["html in UTF-7"] = ("a.txt", Text("+ADw-script+AD4-alert(1)+ADw-/script+AD4-")),
        ["xhtml"] = ("a.xhtml", Text("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><script>1</script></html>")),
        ["svg"] = ("a.svg", Text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>" + Script + "</svg>")),
        ["xml with a stylesheet"] = ("a.xml", Text("<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='#s'?><x><xsl:stylesheet id='s' version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'/></x>")),
        ["script"] = ("worker.js", Text("self.addEventListener('fetch', e => e.respondWith(new Response('mine')))")),
        ["module"] = ("m.mjs", Text("export default 1")),
        ["style"] = ("site.css", Text("body{background:url(//evil.example)}")),
        ["pdf with script"] = ("a.pdf", Text("%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")),
        ["gif that is a script"] = ("a.js", [.. "GIF89a=1;alert(1);//"u8, .. Gif]),
        ["png with a page behind its end"] = ("a.html", [.. Png, .. Text("<html>" + Script)]),
        ["pdf that is a page"] = ("a.html", [.. Text("<html>" + Script), .. "%PDF-1.4\n%%EOF"u8]),
        ["zip that is a page"] = ("a.html", [.. Text("<html>" + Script), .. Zip()]),
        ["nothing"] = ("a.html", []),
    };

    public static TheoryData<string> Every => [.. Wares.Keys];

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Nothing_that_somebody_sent_runs_here(string ware)
    {
        var ada = await server.Join("ada_ware_" + Math.Abs(StringComparer.Ordinal.GetHashCode(ware)));
        var (name, bytes) = Wares[ware];
        var upload = (await ada.Upload(bytes, name)).GetProperty("upload_id").GetString();
        var waiting = (await ada.Post("/files/upload/complete", new { upload_id = upload, download = true })).Data().GetProperty("download_url").GetString()!;
        var id = (await ada.File(bytes, name)).GetProperty("id").GetGuid();
        var link = (await ada.Post($"/assets/{id}/download-url", new { })).Data().GetProperty("download_url").GetString()!;
        string[] doors = [$"/api/files/{id}/content", $"/web/files/{id}/content", $"/web/files/{id}/download", new Uri(link).PathAndQuery, new Uri(waiting).PathAndQuery];
        foreach (var door in doors)
        {
            await Ask(door, HttpMethod.Get);
            await Ask(door, HttpMethod.Get, ("Range", "bytes=0-3"));
            await Ask(door, HttpMethod.Get, ("Range", "bytes=999999-"));
            if (door.Contains("/content", StringComparison.Ordinal) && !door.Contains("/uploads/", StringComparison.Ordinal)) await Ask(door, HttpMethod.Head);
            using var first = await Send(door, HttpMethod.Get);
            if (first.Headers.ETag is { } tag) await Ask(door, HttpMethod.Get, ("If-None-Match", tag.ToString()));
            foreach (var destination in (string[])["script", "style", "worker", "sharedworker", "serviceworker", "audioworklet", "xslt", "iframe", "frame", "object", "embed", "manifest"])
            {
                using var part = await Send(door, HttpMethod.Get, ("Sec-Fetch-Dest", destination), ("Accept", "application/json"));
                part.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{door} as {destination}");
            }
        }
    }

    async Task Ask(string door, HttpMethod method, params (string, string)[] headers)
    {
        using var answer = await Send(door, method, headers);
        var told = $"{method} {door} {(int)answer.StatusCode} {answer.Content.Headers.ContentType}";
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff", told);
        answer.Header("Content-Security-Policy")!.ShouldStartWith("sandbox", customMessage: told);
        answer.Header("Content-Security-Policy")!.ShouldNotContain("allow");
        if (answer.StatusCode is HttpStatusCode.NotModified or HttpStatusCode.RequestedRangeNotSatisfiable) return;
        var type = answer.Content.Headers.ContentType!;
        type.MediaType.ShouldNotBe("text/javascript", told);
        type.MediaType.ShouldNotBe("text/css", told);
        type.CharSet.ShouldBeOneOf(null, "utf-8", "utf-16", "windows-1252");
        if (type.MediaType is "text/html" or "application/xhtml+xml" or "image/svg+xml" or "application/xml" || door.Contains("download", StringComparison.Ordinal))
            answer.Content.Headers.NonValidated["Content-Disposition"].ToString().ShouldStartWith("attachment", customMessage: told);
    }

    async Task<HttpResponseMessage> Send(string door, HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Root };
        using var request = new HttpRequestMessage(method, door);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("..\\..\\boot.ini", "boot.ini")]
    [InlineData("/", "file")]
    [InlineData("...", "file")]
    [InlineData(".htaccess", "htaccess")]
    [InlineData("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt")]
    [InlineData("a\0b.txt", "ab.txt")]
    [InlineData("gpj.\u202eexe.cif", "gpj.exe.cif")]
    [InlineData("a\";filename=\"b.exe", "a\";filename=\"b.exe")]
    [InlineData("CON", "CON")]
    [InlineData("☃ ünï.täxt", "☃ ünï.täxt")]
    [InlineData("\u2028\u200e", "file")]
    public async Task A_name_is_a_name_and_nothing_else(string given, string kept)
    {
        var ada = await server.Join("ada_name_" + Guid.CreateVersion7().ToString("N")[20..]);
        var sent = await ada.Upload("x"u8.ToArray(), given, "private");
        var file = (await ada.Post("/files/create", new { file = new { id = sent.GetProperty("id"), visibility = "private" } })).Data();
        file.GetProperty("metadata").GetProperty("file_name").GetString().ShouldBe(kept);
        using var answer = (await server.Follow(await ada.DataOf(file.GetProperty("id").GetGuid()))).Answer;
        var told = answer.Content.Headers.NonValidated["Content-Disposition"].ToString();
        told.ShouldMatch("""^(inline|attachment); filename="[^"\\/\x00-\x1f]*"; filename\*=UTF-8''[A-Za-z0-9._~%-]*$""");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        sent.GetProperty("path").GetString()!.ShouldMatch($"^{ada.Id}/[0-9a-f-]{{36}}\\.[a-z0-9]{{1,12}}$");
    }

    [Fact]
    public async Task A_long_name_keeps_its_ending_and_whole_characters()
    {
        var ada = await server.Join("ada_longname");
        foreach (var given in (string[])[new string('a', 300) + ".cif", new string('a', 250) + "😀😀😀😀.cif", new string('a', 249) + "😀😀😀😀.cif", string.Concat(Enumerable.Repeat("😀", 300))])
        {
            var name = (await ada.Upload("x"u8.ToArray(), given)).GetProperty("file_name").GetString()!;
            name.Length.ShouldBeInRange(200, 255);
            name.EnumerateRunes().ShouldNotContain(Rune.ReplacementChar);
            if (given.EndsWith(".cif", StringComparison.Ordinal)) name.ShouldEndWith(".cif");
        }
        (await ada.PostText("/files/upload", """{"file_name":"a\ud800.txt","file_base64":"AAAA"}""", HttpStatusCode.BadRequest)).Code().ShouldBe("malformed_json");
    }

    [Theory]
    [InlineData("text/html\r\nX-Evil: 1")]
    [InlineData("text/html\0")]
    public async Task A_declared_type_is_no_header(string type)
    {
        var ada = await server.Join("ada_type_" + Guid.CreateVersion7().ToString("N")[20..]);
        using var answer = await ada.Http.PostAsync("/api/files/upload-url", new StringContent(JsonSerializer.Serialize(new { file_name = "a.txt", content_type = type }), Encoding.UTF8, "application/json"));
        var body = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        if (answer.StatusCode == HttpStatusCode.OK) body.Data().GetProperty("headers").GetProperty("content-type").GetString()!.ShouldNotContain('\n');
        else body.Code().ShouldBe("invalid_fields");
        answer.Headers.Contains("X-Evil").ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_sold_shows_strangers_what_it_is_and_nothing_of_what_it_holds()
    {
        var (ada, eve) = (await server.Join("ada_sells"), await server.Join("eve_looks"));
        foreach (var (name, bytes, secrets) in new[]
        {
            ("secret.csv", Text("hidden_column,b\nhidden_value,2\nx,3\n"), new[] { "hidden_column", "hidden_value" }),
            ("secret.cif", Encoding.UTF8.GetBytes(Sent.Cif), ["2.87", "\"formula\""]),
            ("secret.zip", Zip("hidden_entry.txt"), ["hidden_entry"]),
        })
        {
            var id = (await ada.File(bytes, name)).GetProperty("id").GetGuid();
            await ada.Put($"/assets/{id}", new { asset = new { visibility = "monetized", price_usd = 5 } });
            var mine = (await ada.Get($"/files/{id}")).GetRawText();
            secrets.ShouldContain(secret => mine.Contains(secret, StringComparison.Ordinal), mine);
            var listing = (await eve.Get($"/files/{id}")).Data();
            (listing.GetProperty("name").GetString(), listing.GetProperty("metadata").GetProperty("size").GetInt32()).ShouldBe((name, bytes.Length));
            using var browser = new PlainBrowser(server);
            using var his = await PlainBrowser.As(eve);
            var address = listing.GetProperty("slug").GetString()!;
            List<string> told =
            [
                listing.GetRawText(), (await eve.Get($"/files/{id}/metadata")).GetRawText(), (await eve.Get($"/assets/{id}")).GetRawText(),
                (await eve.Get($"/search/assets?query={name}")).GetRawText(), await browser.Page(address), await his.Page(address),
            ];
            foreach (var text in told)
                foreach (var secret in secrets.Append(Tus.Sha256(bytes))) text.ShouldNotContain(secret);
            (await eve.Get($"/files/{id}/data", HttpStatusCode.Forbidden)).Code().ShouldBe("unlock_required");
            foreach (var door in (string[])[$"/api/files/{id}/content", $"/web/files/{id}/content", $"/web/files/{id}/download"])
                ((int)(await his.Http.GetAsync(door)).StatusCode).ShouldBeOneOf(401, 403, 404);
            // Nor by asking whether it holds what one guesses.
            var guess = Uri.EscapeDataString(JsonSerializer.Serialize(new { sha256 = Tus.Sha256(bytes) }));
            (await eve.Get($"/search/assets?metadata_filters={guess}")).Data().GetArrayLength().ShouldBe(0);
            (await ada.Get($"/search/assets?metadata_filters={guess}")).Data().GetArrayLength().ShouldBe(1);
        }
    }

    static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    static byte[] Zip(string entry = "a.html")
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (var to = zip.CreateEntry(entry).Open()) to.Write("x"u8);
        return stream.ToArray();
    }
}
