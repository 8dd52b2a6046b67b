using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>What tus asks of a server, header by header.</summary>
public sealed partial class TusTests(TusTests.Bounded server) : IClassFixture<TusTests.Bounded>
{
    /// <summary>A server on which files are small and accounts have little room.</summary>
    public sealed class Bounded : TestServer
    {
        protected override Settings Settings => With((nameof(Settings.FileLimit), 40L << 20), (nameof(Settings.UserStorage), 60L << 20));
    }

    static readonly byte[] Noise = Tus.Noise(3_000_000);

    [Fact]
    public async Task A_file_comes_in_pieces_and_becomes_an_asset()
    {
        var ada = await server.Join("ada_pieces");
        using var tus = Tus.Of(ada);
        using var begun = await tus.Send("POST", null, null, ("Upload-Length", Noise.Length.ToString()),
            ("Upload-Metadata", Tus.Metadata(("filename", "../Bücher €.bin"), ("filetype", "image/png"), ("visibility", "public"), ("fingerprint", "f-1"), ("sha256", Tus.Sha256(Noise)))));
        begun.StatusCode.ShouldBe(HttpStatusCode.Created);
        (begun.Header("Tus-Resumable"), begun.Header("Upload-Offset")).ShouldBe(("1.0.0", "0"));
        var url = begun.Headers.Location!.ToString();
        url.ShouldStartWith($"{server.Root}api/files/uploads/");
        begun.Header("Ouro-Upload-Id").ShouldBe($"public-files/{ada.Id}/{Tus.Id(url)}.bin");
        DateTimeOffset.Parse(begun.Header("Upload-Expires")!).ShouldBe(TimeProvider.System.GetUtcNow().AddHours(24), TimeSpan.FromMinutes(1));

        (await tus.Patch(url, 0, Noise[..1_000_000]).Accepted()).ShouldBe(1_000_000);
        using (var head = await tus.Send("HEAD", url, null))
        {
            (head.Header("Upload-Offset"), head.Header("Upload-Length"), head.Header("Cache-Control")).ShouldBe(("1000000", Noise.Length.ToString(), "no-store"));
            head.Header("Upload-Metadata")!.ShouldContain(Tus.Metadata(("filename", "Bücher €.bin")));
        }
        (await ada.Post("/files/create", new { file = new { id = Tus.Id(url) } }, HttpStatusCode.Conflict)).Code().ShouldBe("upload_incomplete");
        (await tus.Patch(url, 1_000_000, Noise[1_000_000..]).Accepted()).ShouldBe(Noise.Length);
        // Whoever did not hear of it asks once more.
        (await tus.Patch(url, Noise.Length, []).Accepted()).ShouldBe(Noise.Length);
        (await ada.Get("/files/uploads?fingerprint=f-1")).Data()[0].GetProperty("is_complete").GetBoolean().ShouldBeTrue();
        (await ada.Get("/files/uploads?fingerprint=f-2")).Data().GetArrayLength().ShouldBe(0);
        var file = (await ada.Post("/files/create", new { file = new { upload_id = begun.Header("Ouro-Upload-Id"), visibility = "public" } })).Data();
        (file.GetProperty("name").GetString(), file.GetProperty("metadata").GetProperty("sha256").GetString()).ShouldBe(("Bücher €.bin", Tus.Sha256(Noise)));
        (await server.Follow(await ada.DataOf(file.GetProperty("id").GetGuid()))).Bytes.ShouldBe(Noise);
        using var gone = await tus.Send("HEAD", url, null);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_upload_may_bring_its_first_bytes_and_may_have_none()
    {
        var ada = await server.Join("ada_first");
        using var tus = Tus.Of(ada);
        var name = ("Upload-Metadata", Tus.Metadata(("filename", "a.bin")));
        (await tus.Send("POST", null, Tus.Bytes(Noise[..10]), ("Upload-Length", "20"), name).Accepted(HttpStatusCode.Created)).ShouldBe(10);
        using var empty = await tus.Send("POST", null, null, ("Upload-Length", "0"), name);
        (empty.StatusCode, empty.Header("Upload-Offset")).ShouldBe((HttpStatusCode.Created, "0"));
        var file = (await ada.Post("/files/create", new { file = new { id = Tus.Id(empty.Headers.Location!.ToString()) } })).Data();
        (await server.Follow(await ada.DataOf(file.GetProperty("id").GetGuid()))).Bytes.Length.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_not_said_rightly_is_refused()
    {
        var ada = await server.Join("ada_wrong");
        using var tus = Tus.Of(ada);
        var name = ("Upload-Metadata", Tus.Metadata(("filename", "a.bin")));
        (await tus.Send("POST", null, null, name).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Send("POST", null, null, name, ("Upload-Length", "-1")).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Send("POST", null, null, ("Upload-Length", "5")).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Send("POST", null, null, ("Upload-Length", "5"), ("Upload-Metadata", "filename %%%")).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Send("POST", null, null, ("Upload-Length", "5"), ("Upload-Metadata", "filename wyg=")).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Send("POST", null, null, ("Upload-Length", "5"), name, ("Upload-Concat", "partial")).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Send("POST", null, null, ("Upload-Length", "5"), name, ("Tus-Resumable", "0.2.2")).Refused(412)).ShouldBe("tus_version");
        (await tus.Send("POST", null, new StringContent("hello"), ("Upload-Length", "5"), name).Refused(415)).ShouldBe("unsupported_type");
        (await tus.Send("POST", null, null, ("Upload-Length", (41L << 20).ToString()), name).Refused(413)).ShouldBe("file_too_large");
        var url = await tus.Begin(35 << 20);
        (await tus.Send("POST", null, null, ("Upload-Length", (35L << 20).ToString()), name).Refused(413)).ShouldBe("storage_limit");
        (await tus.Send("PATCH", url, new ByteArrayContent([1]), ("Upload-Offset", "0")).Refused(415)).ShouldBe("unsupported_type");
        (await tus.Send("PATCH", url, Tus.Bytes([1])).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Patch(url, 1, [1]).Refused(409)).ShouldBe("offset_differs");
        (await tus.Patch(url, 0, [1], ("Upload-Checksum", "crc32 AAAA")).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Patch(url[..^1] + (url[^1] == '0' ? '1' : '0'), 0, [1]).Refused(404)).ShouldBe("upload_not_found");
        using var anonymous = new Tus(server.Root, "");
        (await anonymous.Patch(url, 0, [1]).Refused(401)).ShouldBe("unauthenticated");
        (await tus.Offset(url)).ShouldBe(0);
    }

    [Fact]
    public async Task More_bytes_than_announced_are_refused()
    {
        using var tus = Tus.Of(await server.Join("ada_more"));
        var url = await tus.Begin(1000);
        (await tus.Patch(url, 0, Noise[..1001]).Refused(413)).ShouldBe("beyond_length");
        using var endless = new StreamContent(new MemoryStream(Noise)) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };
        (await tus.Send("PATCH", url, endless, ("Upload-Offset", "0"), ("Transfer-Encoding", "chunked")).Refused(413)).ShouldBe("beyond_length");
        (await tus.Offset(url)).ShouldBeLessThanOrEqualTo(1000);
    }

    [Fact]
    public async Task A_piece_with_a_wrong_sum_is_thrown_away()
    {
        var ada = await server.Join("ada_sums");
        using var tus = Tus.Of(ada);
        var url = await tus.Begin(Noise.Length);
        (await tus.Patch(url, 0, Noise[..500_000], ("Upload-Checksum", Sum("sha1", HashAlgorithmName.SHA1, Noise[..500_000]))).Accepted()).ShouldBe(500_000);
        (await tus.Patch(url, 500_000, Noise[..900_000], ("Upload-Checksum", Sum("sha256", HashAlgorithmName.SHA256, Noise))).Refused(460)).ShouldBe("checksum_mismatch");
        (await tus.Offset(url)).ShouldBe(500_000);
        (await tus.Patch(url, 500_000, Noise[500_000..1_000_000], ("Upload-Checksum", Sum("md5", HashAlgorithmName.MD5, Noise[500_000..1_000_000]))).Accepted()).ShouldBe(1_000_000);
        (await tus.Patch(url, 1_000_000, Noise[1_000_000..]).Accepted()).ShouldBe(Noise.Length);
        (await ada.Get($"/files/{Tus.Id(url)}/metadata")).Data().GetProperty("metadata").GetProperty("sha256").GetString().ShouldBe(Tus.Sha256(Noise));
    }

    [Fact]
    public async Task A_file_that_is_not_the_announced_one_begins_anew()
    {
        using var tus = Tus.Of(await server.Join("ada_other"));
        var url = await tus.Begin(Noise.Length, said: ("sha256", Tus.Sha256(Noise)));
        (await tus.Patch(url, 0, Tus.Noise(Noise.Length, 8)).Refused(460)).ShouldBe("checksum_mismatch");
        (await tus.Offset(url)).ShouldBe(0);
        (await tus.Patch(url, 0, Noise).Accepted()).ShouldBe(Noise.Length);
    }

    [Fact]
    public async Task Only_its_own_account_sends_to_an_upload_and_may_throw_it_away()
    {
        using var ada = Tus.Of(await server.Join("ada_own"));
        using var eve = Tus.Of(await server.Join("eve_own"));
        var url = await ada.Begin(10);
        (await eve.Patch(url, 0, [1]).Refused(404)).ShouldBe("upload_not_found");
        (await eve.Send("DELETE", url, null).Refused(404)).ShouldBe("upload_not_found");
        (await ada.Patch(url, 0, [1]).Accepted()).ShouldBe(1);
        using var deleted = await ada.Send("POST", url, null, ("X-HTTP-Method-Override", "DELETE"));
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ada.Patch(url, 1, [1]).Refused(404)).ShouldBe("upload_not_found");
    }

    [Fact]
    public async Task The_server_says_what_it_can_and_pages_may_read_it()
    {
        using var http = server.Anonymous();
        using var asked = new HttpRequestMessage(HttpMethod.Options, "/api/files/uploads");
        using var answer = await http.SendAsync(asked);
        (answer.StatusCode, answer.Header("Tus-Version"), answer.Header("Tus-Max-Size")).ShouldBe((HttpStatusCode.NoContent, "1.0.0", (40L << 20).ToString()));
        answer.Header("Tus-Extension").ShouldBe("creation,creation-with-upload,checksum,termination,expiration");
        answer.Header("Tus-Checksum-Algorithm").ShouldBe("sha256,sha1,md5");

        using var tus = Tus.Of(await server.Join("ada_cors"));
        using var begun = await tus.Send("POST", null, null, ("Origin", "https://elsewhere.example"), ("Upload-Length", "5"), ("Upload-Metadata", Tus.Metadata(("filename", "a"))));
        foreach (var header in (string[])["Location", "Upload-Offset", "Upload-Length", "Upload-Expires", "Tus-Resumable", "Ouro-Upload-Id"])
            begun.Header("Access-Control-Expose-Headers")!.ShouldContain(header);
    }

    [Fact]
    public async Task The_web_takes_uploads_of_its_own_pages_only()
    {
        var ada = await server.Join("ada_web");
        using var browser = await PlainBrowser.As(ada);
        var token = FormToken().Match(await browser.Http.GetStringAsync("/")).Groups["token"].Value;
        using var tus = new TusOfBrowser(browser, token);
        var url = await tus.Begin(10);
        url.ShouldContain("/web/files/uploads/");
        using (var patched = await tus.Send("PATCH", url, Tus.Bytes(Noise[..4]), ("Upload-Offset", "0"))) patched.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using (var head = await tus.Send("HEAD", url, null))
            (head.StatusCode, head.Header("Upload-Offset")).ShouldBe((HttpStatusCode.OK, "4"));
        using (var forged = await new TusOfBrowser(browser, "").Send("PATCH", url, Tus.Bytes(Noise[4..10]), ("Upload-Offset", "4"))) forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using (var disguised = await new TusOfBrowser(browser, "").Send("GET", url, null, ("X-HTTP-Method-Override", "DELETE"))) disguised.Header("Upload-Offset").ShouldBe("4");
        using (var rest = await tus.Send("PATCH", url, Tus.Bytes(Noise[4..10]), ("Upload-Offset", "4"))) rest.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ada.Post("/files/create", new { file = new { id = Tus.Id(url) } })).Data().GetProperty("metadata").GetProperty("size").GetInt32().ShouldBe(10);
    }

    static string Sum(string name, HashAlgorithmName algorithm, byte[] bytes)
    {
        using var sum = IncrementalHash.CreateHash(algorithm);
        sum.AppendData(bytes);
        return $"{name} {Convert.ToBase64String(sum.GetCurrentHash())}";
    }

    sealed class TusOfBrowser(PlainBrowser browser, string token) : IDisposable
    {
        public async Task<HttpResponseMessage> Send(string method, string url, HttpContent? body, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), url) { Content = body };
            request.Headers.Add("Tus-Resumable", "1.0.0");
            request.Headers.Add("RequestVerificationToken", token);
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            return await browser.Http.SendAsync(request);
        }

        public async Task<string> Begin(long length)
        {
            using var answer = await Send("POST", "/web/files/uploads", null, ("Upload-Length", length.ToString()), ("Upload-Metadata", Tus.Metadata(("filename", "a.bin"))));
            answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
            return answer.Headers.Location!.ToString();
        }

        public void Dispose() { }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"")]
    private static partial Regex FormToken();
}
