using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ouro.Tests.Files;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>Bodies of every kind that go to the rows of a dataset, and what is left when they are refused.</summary>
public sealed class BodyTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Rows_may_come_compressed()
    {
        var (ada, id) = await Made("ada_gzip");
        // Ten megabytes of rows.
        var rows = "{\"rows\":[" + string.Join(",", Enumerable.Range(0, 100_000).Select(a => $$"""{"a":{{a}},"b":"{{new string('x', 85)}}"}""")) + "]}";
        rows.Length.ShouldBeGreaterThan(10_000_000);
        var answer = await ada.Http.SendAsync(Request(id, Gzip(Encoding.UTF8.GetBytes(rows)), "gzip"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (await ada.Get($"/datasets/{id}/stats")).Data().GetProperty("count").GetInt32().ShouldBe(100_000);
        (await ada.Get($"/datasets/{id}/data?offset=99999")).Data()[0].GetProperty("a").GetInt32().ShouldBe(99_999);
    }

    [Fact]
    public async Task A_body_that_is_too_large_cut_off_or_no_rows_is_refused_and_nothing_is_written()
    {
        var (ada, id) = await Made("ada_bodies");
        await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { a = 1 } } });
        var whole = Encoding.UTF8.GetBytes("""{"rows":[{"a":2}]}""");
        var bomb = Gzip([.. "{\"rows\":[{\"b\":\""u8, .. Enumerable.Repeat((byte)'x', 100 << 20)]);
        bomb.Length.ShouldBeLessThan(1 << 20);
        foreach (var (body, encoding, status, code) in new (byte[], string?, int, string)[]
        {
            (bomb, "gzip", 413, "body_too_large"), (Gzip(whole)[..^12], "gzip", 400, "malformed_json"), (whole, "gzip", 400, "malformed_body"),
            (whole[..^3], null, 400, "malformed_json"), ([.. whole, (byte)'x'], null, 400, "malformed_json"), ([], null, 400, "malformed_json"),
            ("[]"u8.ToArray(), null, 400, "invalid_fields"), ("{}"u8.ToArray(), null, 400, "invalid_fields"), ("""{"rows":{"a":1}}"""u8.ToArray(), null, 400, "invalid_fields"),
            ("""{"rows":[1]}"""u8.ToArray(), null, 400, "row_not_an_object"), ("""{"rows":[],"mode":"replace"}"""u8.ToArray(), null, 400, "invalid_fields"),
            ("""{"rows":[],"finalize":1}"""u8.ToArray(), null, 400, "invalid_fields"), ("""{"rows":[{"a":"x"}]}"""u8.ToArray(), null, 400, "value_does_not_fit"),
            ("""{"mode":"append","rows":[{"a":2}],"mode":"overwrite"}"""u8.ToArray(), null, 400, "invalid_fields"),
            ("""{"rows":[{"a":2}],"rows":[{"a":3}]}"""u8.ToArray(), null, 400, "invalid_fields"),
            ([.. """{"rows":[{"b":"""u8, (byte)'"', 0xff, .. "\"}]}"u8], null, 400, "invalid_text"),
        })
        {
            var answer = await ada.Http.SendAsync(Request(id, body, encoding));
            var text = await answer.Content.ReadAsStringAsync();
            ((int)answer.StatusCode).ShouldBe(status, text);
            JsonElement.Parse(text).Code().ShouldBe(code, text);
        }
        (await ada.Get($"/datasets/{id}/data")).Data().GetRawText().ShouldBe("""[{"a":1,"b":null}]""");
        (await ada.Get($"/datasets/{id}/stats")).Data().GetProperty("count").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"rows":[{"a":1},{"a":"x"}]}""", """{"row":2,"column":"a","value":"x"}""")]
    [InlineData("""{"rows":[{"a":1},5]}""", """{"row":2}""")]
    [InlineData("""{"rows":[{"b":"\ud800"}]}""", """{"row":1,"column":"b"}""")]
    [InlineData("""{"rows":[{"id":1},{"b":"x"}],"mode":"upsert"}""", """{"row":2,"column":"id"}""")]
    public async Task A_row_that_cannot_be_written_is_pointed_at(string body, string details)
    {
        var ada = await server.Join("ada_points_" + Guid.CreateVersion7().ToString("N")[20..]);
        var id = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Points", schema = "CREATE TABLE t (id INTEGER, a INTEGER, b TEXT)" } })).Id();
        (await ada.PostText($"/datasets/{id}/data", body, HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("details").GetRawText().ShouldBe(details);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("zzz")]
    [InlineData("gzip, gzip")]
    public async Task A_compression_that_is_not_known_is_refused_and_not_taken_for_JSON(string encoding)
    {
        var (ada, id) = await Made("ada_zzz_" + Guid.CreateVersion7().ToString("N")[20..]);
        var request = Request(id, """{"rows":[{"a":1}]}"""u8.ToArray(), null);
        request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        var answer = await ada.Http.SendAsync(request);
        ((int)answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()).Code()).ShouldBe((415, "unsupported_encoding"));
    }

    [Fact]
    public async Task A_body_that_is_not_compressed_may_say_so()
    {
        var (ada, id) = await Made("ada_identity");
        (await ada.Http.SendAsync(Request(id, """{"rows":[{"a":1}]}"""u8.ToArray(), "identity"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_that_says_it_is_too_large_is_not_waited_for()
    {
        var (ada, id) = await Made("ada_announced");
        using var request = Request(id, new byte[65 << 20], null);
        request.Headers.ExpectContinue = true;
        (await ada.Http.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task The_last_of_several_parts_brings_the_preview_up_to_date()
    {
        var (ada, id) = await Made("ada_parts");
        foreach (var last in (bool[])[false, true])
            await ada.Post($"/datasets/{id}/data", new { rows = Enumerable.Range(0, 20).Select(a => new { a }), mode = "append", finalize = last });
        (await ada.Get($"/datasets/{id}")).Data().GetProperty("preview").GetArrayLength().ShouldBe(12);
        (await ada.Get($"/datasets/{id}/stats")).Data().GetProperty("count").GetInt32().ShouldBe(40);
    }

    [Fact]
    public async Task The_first_rows_tell_truths_from_whole_numbers_where_the_rows_come_later()
    {
        var ada = await server.Join("ada_preview");
        var id = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Later", schema = "CREATE TABLE t (ok INTEGER, n INTEGER)", preview = new[] { new { ok = true, n = 1 } } } })).Id();
        await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { ok = false, n = 1L << 40 } } });
        (await ada.Get($"/datasets/{id}/data")).Data().GetRawText().ShouldBe("""[{"ok":false,"n":1099511627776}]""");
    }

    [Fact]
    public async Task Names_that_PostgreSQL_keeps_or_that_need_quotes_become_others()
    {
        var ada = await server.Join("ada_names");
        var id = (await ada.Post("/datasets/create/from-schema", new
        {
            dataset = new { name = "Names", schema = "CREATE TABLE t (\"xmin\" INTEGER, \"a\"\"b\" TEXT, \"A b\" TEXT, \"select\" TEXT)", rows = new[] { new Dictionary<string, object> { ["xmin"] = 1, ["a\"b"] = "q", ["A b"] = "s", ["select"] = "t" } } },
        })).Id();
        (await ada.Get($"/datasets/{id}/data")).Data().GetRawText().ShouldBe("""[{"xmin_":1,"a_b":"q","a_b_2":"s","select":"t"}]""");
        (await ada.Post($"/datasets/{id}/query-custom", new { query = "select \"select\" as s from {{table}}" })).Data().GetRawText().ShouldBe("""[{"s":"t"}]""");
    }

    [Fact]
    public async Task A_dataset_is_made_of_a_file_that_is_here_and_of_an_upload()
    {
        var (ada, eve) = (await server.Join("ada_uploaded"), await server.Join("eve_uploaded"));
        var file = await ada.File("species,mass\nAdelie,3700\nGentoo,5000\n"u8.ToArray(), "penguins.csv", "private");
        var id = file.GetProperty("id").GetGuid();
        var dataset = (await ada.Post("/datasets/create/from-file", new { dataset = new { name = "Penguins", visibility = "private", metadata = new { id } } })).Data();
        dataset.GetProperty("preview").GetRawText().ShouldBe("""[{"species":"Adelie","mass":3700},{"species":"Gentoo","mass":5000}]""");
        var edge = (await ada.Get($"/assets/{dataset.GetProperty("id")}/connections")).Data()[0];
        (edge.GetProperty("type").GetString(), edge.GetProperty("source_id").GetGuid()).ShouldBe(("derivative", id));

        var upload = await ada.Upload("a\tb\n1\t2\n"u8.ToArray(), "t.tsv");
        (await ada.Post("/datasets/create/from-file", new { dataset = new { metadata = new { id = upload.GetProperty("id") } } })).Data().GetProperty("name").GetString().ShouldBe("t");
        (await eve.Post("/datasets/create/from-file", new { dataset = new { metadata = new { id } } }, HttpStatusCode.NotFound)).Code().ShouldBe("upload_not_found");
        (await ada.Post("/datasets/create/from-file", new { dataset = new { metadata = new { id = "seven" } } }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        (await ada.PostText("/datasets/create/from-file?name=x", """{"dataset":{"metadata":{"id":"0190a000-0000-7000-8000-000000000001"}}}""", HttpStatusCode.NotFound)).Code().ShouldBe("upload_not_found");
        (await ada.PostText("/datasets/create/from-file?name=x", """[{"dataset":1}]""")).Data().GetProperty("preview").GetRawText().ShouldBe("""[{"dataset":1}]""");
    }

    async Task<(Person, Guid)> Made(string name)
    {
        var person = await server.Join(name);
        return (person, (await person.Post("/datasets/create/from-schema", new { dataset = new { name = "Bodies", schema = "CREATE TABLE t (a INTEGER, b TEXT)" } })).Id());
    }

    static HttpRequestMessage Request(Guid id, byte[] body, string? encoding)
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return new(HttpMethod.Post, $"/api/datasets/{id}/data") { Content = content };
    }

    static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
