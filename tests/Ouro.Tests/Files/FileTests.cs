using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

public sealed class FileTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly byte[] Iron = Encoding.UTF8.GetBytes(Sent.Cif);

    [Fact]
    public async Task A_file_comes_in_by_the_three_steps_of_the_public_client_and_is_read_by_anybody()
    {
        var (ada, bob) = (await server.Join("ada_steps"), await server.Join("bob_steps"));
        var upload = await ada.Upload(Iron);
        upload.GetProperty("bucket").GetString().ShouldBe("public-files");
        upload.GetProperty("path").GetString().ShouldBe($"{ada.Id}/{upload.GetProperty("id")}.cif");
        await bob.Get($"/files/{upload.GetProperty("id")}/metadata", HttpStatusCode.NotFound);

        var file = await ada.File(Iron);
        var metadata = file.GetProperty("metadata");
        (metadata.GetProperty("size").GetInt64(), metadata.GetProperty("extension").GetString(), metadata.GetProperty("bucket").GetString()).ShouldBe((Iron.Length, "cif", "public-files"));
        metadata.GetProperty("fullPath").GetString().ShouldBe($"public-files/{metadata.GetProperty("path")}");
        file.TryGetProperty("data", out _).ShouldBeFalse();
        var id = file.GetProperty("id").GetGuid();
        (await bob.Get($"/files/{id}")).Data().GetProperty("name").GetString().ShouldBe("Fe.cif");
        var url = await bob.DataOf(id);
        url.ShouldContain("?v=");
        var (status, bytes, answer) = await server.Follow(url);
        status.ShouldBe(HttpStatusCode.OK);
        bytes.ShouldBe(Iron);
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Content-Security-Policy")!.ShouldStartWith("sandbox;");
        (await ada.DataOf(id)).ShouldBe(url);
    }

    [Fact]
    public async Task A_private_file_is_read_by_who_has_its_link_and_only_while_its_maker_may()
    {
        var (ada, bob) = (await server.Join("ada_link"), await server.Join("bob_link"));
        var id = (await ada.File(Iron, visibility: "private")).GetProperty("id").GetGuid();
        await bob.Get($"/files/{id}/data", HttpStatusCode.NotFound);
        await bob.Get($"/files/{id}/content", HttpStatusCode.NotFound);
        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = bob.Id }, role = "read" } });
        var his = await bob.DataOf(id);
        (await server.Follow(his)).Bytes.ShouldBe(Iron);
        (await server.Follow(his)).Answer.Header("Cache-Control").ShouldBe("no-cache, private");
        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = bob.Id }, role = "none" } });
        (await server.Follow(his)).Status.ShouldBe(HttpStatusCode.NotFound);
        var hers = await ada.DataOf(id);
        // The last letter of base64 may say more than there are bytes.
        foreach (var end in "xB_9!") (await server.Follow(hers + end)).Status.ShouldBe(HttpStatusCode.Forbidden);
        foreach (var end in "AQgwBCDEF!") if (hers[^1] != end) (await server.Follow(hers[..^1] + end)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await server.Follow($"{server.Root}api/files/{id}/content")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Ranges_and_validators_are_answered()
    {
        var ada = await server.Join("ada_range");
        var id = (await ada.File(Iron)).GetProperty("id").GetGuid();
        var url = await ada.DataOf(id);
        var (status, bytes, answer) = await server.Follow(url, ("Range", "bytes=5-9"));
        (status, answer.Header("Content-Range")).ShouldBe((HttpStatusCode.PartialContent, $"bytes 5-9/{Iron.Length}"));
        bytes.ShouldBe(Iron[5..10]);
        (await server.Follow(url, ("Range", $"bytes={Iron.Length}-"))).Status.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        var tag = answer.Header("ETag")!;
        (await server.Follow(url, ("If-None-Match", tag))).Status.ShouldBe(HttpStatusCode.NotModified);
        (await server.Follow(url, ("Range", "bytes=0-1"), ("If-Range", "\"other\""))).Bytes.ShouldBe(Iron);
        using var head = new HttpRequestMessage(HttpMethod.Head, new Uri(url).PathAndQuery);
        using var http = new HttpClient { BaseAddress = server.Root };
        using var headed = await http.SendAsync(head);
        (headed.StatusCode, headed.Content.Headers.ContentLength).ShouldBe((HttpStatusCode.OK, Iron.Length));
    }

    [Fact]
    public async Task Bytes_are_replaced_in_place()
    {
        var ada = await server.Join("ada_replace");
        var file = await ada.File(Iron);
        var (id, path) = (file.GetProperty("id").GetGuid(), file.GetProperty("metadata").GetProperty("path").GetString());
        var other = "a,b\n1,2\n"u8.ToArray();
        var replaced = (await ada.Put($"/files/{id}/content", new
        {
            file_name = "table.csv", file_base64 = Convert.ToBase64String(other), content_type = "text/csv", file = new { id, name = "A table" },
        })).Data();
        replaced.TryGetProperty("data", out _).ShouldBeFalse();
        replaced.GetProperty("name").GetString().ShouldBe("A table");
        var metadata = replaced.GetProperty("metadata");
        (metadata.GetProperty("path").GetString(), metadata.GetProperty("size").GetInt32(), metadata.GetProperty("extension").GetString()).ShouldBe((path, other.Length, "csv"));
        (await server.Follow(await ada.DataOf(id))).Bytes.ShouldBe(other);

        // The newer clients name an upload in the metadata.
        var upload = await ada.Upload(Iron, visibility: "private");
        var again = (await ada.Put($"/files/{id}", new
        {
            file = new { id, metadata = new { bucket = upload.GetProperty("bucket"), path = upload.GetProperty("path"), size = 1, type = "x/y", name = "z" } },
        })).Data().GetProperty("metadata");
        (again.GetProperty("path").GetString(), again.GetProperty("size").GetInt32()).ShouldBe((path, Iron.Length));
        (await server.Follow(await ada.DataOf(id))).Bytes.ShouldBe(Iron);
        await ada.Get($"/files/{upload.GetProperty("id")}/metadata", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_file_may_be_announced_and_get_its_bytes_later()
    {
        var ada = await server.Join("ada_stub");
        var id = Guid.CreateVersion7();
        var stub = (await ada.Post("/files/create", new { file = new { id, name = "Video", visibility = "public", metadata = new { type = "video/mp4" }, asset_type = "file", state = "in-progress" } })).Data();
        (stub.GetProperty("id").GetGuid(), stub.GetProperty("state").GetString(), stub.GetProperty("metadata").GetProperty("type").GetString()).ShouldBe((id, "in-progress", "video/mp4"));
        (await ada.Get($"/files/{id}/data", HttpStatusCode.Conflict)).Code().ShouldBe("file_in_progress");
        (await ada.Put($"/files/{id}", new { file = new { state = "success" } }, HttpStatusCode.Conflict)).Code().ShouldBe("file_in_progress");
        (await ada.Put($"/files/{id}", new { file = new { state = "error" } })).Data().GetProperty("state").GetString().ShouldBe("error");
        var done = (await ada.Put($"/files/{id}/content", new { file_name = "v.mp4", file_base64 = "AAAA", content_type = "video/mp4", file = new { id, state = "success" } })).Data();
        (done.GetProperty("state").GetString(), done.GetProperty("metadata").GetProperty("size").GetInt32()).ShouldBe(("success", 3));
        (await ada.Post("/files/create", new { file = new { id, name = "Again", state = "in-progress" } }, HttpStatusCode.Conflict)).Code().ShouldBe("file_exists");
        (await ada.Post("/files/create", new { file = new { id = Guid.CreateVersion7(), name = "Nothing" } }, HttpStatusCode.NotFound)).Code().ShouldBe("upload_not_found");
    }

    [Fact]
    public async Task A_signed_address_takes_the_bytes_without_a_credential()
    {
        var ada = await server.Join("ada_signed");
        var asked = (await ada.Post("/files/upload-url", new { file_name = "Fe.cif", content_type = "chemical/x-cif" })).Data();
        var (uploadId, url) = (asked.GetProperty("upload_id").GetString()!, new Uri(asked.GetProperty("upload_url").GetString()!).PathAndQuery);
        uploadId.ShouldStartWith($"files/{ada.Id}/");
        asked.GetProperty("method").GetString().ShouldBe("PUT");
        (await ada.Post("/files/upload/complete", new { upload_id = uploadId }, HttpStatusCode.NotFound)).Code().ShouldBe("upload_incomplete");

        using var http = server.Anonymous();
        using var body = new ByteArrayContent(Iron) { Headers = { ContentType = new MediaTypeHeaderValue("chemical/x-cif") } };
        (await http.PutAsync(url, body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.PutAsync(url + "x", new ByteArrayContent(Iron))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await http.PutAsync(url, new ByteArrayContent(Iron))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var complete = (await ada.Post("/files/upload/complete", new { upload_id = uploadId, file_name = "Iron.cif" })).Data();
        (complete.GetProperty("size").GetInt32(), complete.GetProperty("file_name").GetString()).ShouldBe((Iron.Length, "Iron.cif"));
        var link = (await ada.Post("/files/upload/complete", new { upload_id = uploadId, download = true })).Data().GetProperty("download_url").GetString()!;
        (await server.Follow(link)).Bytes.ShouldBe(Iron);
        var file = (await ada.Post("/files/create", new { file = new { id = complete.GetProperty("id"), visibility = "public" } })).Data();
        (file.GetProperty("name").GetString(), file.GetProperty("metadata").GetProperty("bucket").GetString()).ShouldBe(("Iron.cif", "public-files"));
    }

    [Fact]
    public async Task An_upload_may_be_discarded_by_its_own_account_only()
    {
        var (ada, eve) = (await server.Join("ada_discard"), await server.Join("eve_discard"));
        var upload = await ada.Upload(Iron);
        async Task<bool> Discard(Person person)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/files/upload")
            {
                Content = JsonContent.Create(new { upload_id = $"{upload.GetProperty("bucket")}/{upload.GetProperty("path")}" }),
            };
            using var answer = await person.Http.SendAsync(request);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).Data().GetProperty("discarded").GetBoolean();
        }
        (await Discard(eve)).ShouldBeFalse();
        (await ada.Get("/files/uploads")).Data().GetArrayLength().ShouldBe(1);
        (await Discard(ada)).ShouldBeTrue();
        (await Discard(ada)).ShouldBeFalse();
        await ada.Post("/files/create", new { file = new { id = upload.GetProperty("id") } }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_file_is_made_of_one_request_and_downloaded_by_the_assets_call()
    {
        var ada = await server.Join("ada_single");
        using var body = new ByteArrayContent(Iron);
        var answer = await ada.Http.PostAsync("/api/files/create/from-file?file_name=../Fe%20%E2%82%ACuro.cif&visibility=private", body);
        var file = (await answer.Content.ReadFromJsonAsync<JsonElement>()).Data();
        file.GetProperty("name").GetString().ShouldBe("Fe €uro.cif");
        using var download = await ada.Http.PostAsJsonAsync($"/api/assets/{file.GetProperty("id")}/download", new { asset_type = "file" });
        (await download.Content.ReadAsByteArrayAsync()).ShouldBe(Iron);
        download.Content.Headers.NonValidated["Content-Disposition"].ToString().ShouldBe("attachment; filename=\"Fe _uro.cif\"; filename*=UTF-8''Fe%20%E2%82%ACuro.cif");
        (await ada.Get($"/assets/{file.GetProperty("id")}/counts")).Data().GetProperty("downloads").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task The_same_content_is_stored_once()
    {
        var ada = await server.Join("ada_once");
        var bytes = Encoding.UTF8.GetBytes("stored once " + ada.Id);
        var (one, two) = (await ada.File(bytes, "one.txt"), await ada.File(bytes, "two.txt", "private"));
        var sha256 = one.GetProperty("metadata").GetProperty("sha256").GetString();
        two.GetProperty("metadata").GetProperty("sha256").GetString().ShouldBe(sha256);
        (await server.Db.Maybe<long>($"select count(*) from blobs where sha256 = {sha256}", default)).ShouldBe(1);
        await ada.Delete($"/files/{one.GetProperty("id")}");
        (await server.Follow(await ada.DataOf(two.GetProperty("id").GetGuid()))).Bytes.ShouldBe(bytes);
    }

    [Fact]
    public async Task What_is_said_of_the_bytes_is_the_servers_and_other_keys_are_kept()
    {
        var ada = await server.Join("ada_meta");
        var upload = await ada.Upload(Iron);
        var file = (await ada.Post("/files/create", new
        {
            file = new { id = upload.GetProperty("id"), name = "Mine", metadata = new { size = 1, type = "text/html", classification = new { inspector = "me" }, sample = "A7" } },
        })).Data().GetProperty("metadata");
        file.GetProperty("size").GetInt32().ShouldBe(Iron.Length);
        file.GetProperty("type").GetString().ShouldNotBe("text/html");
        file.TryGetProperty("classification", out var kind).ShouldBe(kind.ValueKind == JsonValueKind.Object && kind.GetProperty("inspector").GetString() != "me");
        file.GetProperty("sample").GetString().ShouldBe("A7");
    }
}
