using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Ouro.Tests.Organizations;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>Uploads by who means harm, or has bad luck: other people's things, links, sizes, and several at once.</summary>
public sealed class HostileUploadTests(HostileUploadTests.Narrow server) : IClassFixture<HostileUploadTests.Narrow>
{
    const int Room = 100_000, Largest = 60_000;

    /// <summary>A server with little room.</summary>
    public sealed class Narrow : TestServer
    {
        protected override Ouro.Server.Kernel.Settings Settings => With(
            (nameof(Settings.FileLimit), (long)Largest), (nameof(Settings.UserStorage), (long)Room), (nameof(Settings.OrganizationStorage), (long)Room));
    }

    [Fact]
    public async Task The_call_for_files_changes_nothing_but_files()
    {
        var ada = await server.Join("ada_types");
        var dataset = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var before = (await ada.Get($"/datasets/{dataset}")).GetRawText();
        var upload = (await ada.Upload("a,b\n1,2\n"u8.ToArray(), "a.csv")).GetProperty("upload_id").GetString();
        foreach (var change in new object[] { new { upload_id = upload }, new { name = "Mine" }, new { state = "error" }, new { metadata = new { table_name = "other" } } })
            (await ada.Put($"/files/{dataset}", new { file = change }, HttpStatusCode.NotFound)).Code().ShouldBe("asset_not_found");
        (await ada.Get($"/datasets/{dataset}")).GetRawText().ShouldBe(before);
        (await ada.Get($"/datasets/{dataset}/data")).Data().GetArrayLength().ShouldBe(2);
        (await ada.Get("/files/uploads")).Data().GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Somebody_elses_upload_is_nobodys_by_whatever_name()
    {
        var (ada, eve) = (await server.Join("ada_owns"), await server.Join("eve_wants"));
        var (upload, mine) = (await ada.Upload("secret"u8.ToArray(), "a.txt"), (await eve.File("mine"u8.ToArray(), "b.txt", "private")).GetProperty("id").GetGuid());
        var (id, name) = (upload.GetProperty("id").GetGuid(), upload.GetProperty("upload_id").GetString());
        foreach (var named in (string?[])[name, id.ToString(), $"files/{eve.Id}/{id}.txt"])
        {
            (await eve.Put($"/files/{mine}", new { file = new { upload_id = named } }, HttpStatusCode.NotFound)).Code().ShouldBe("upload_not_found");
            (await eve.Post("/files/create", new { file = new { upload_id = named, name = "x" } }, HttpStatusCode.NotFound)).Code().ShouldBe("upload_not_found");
            (await eve.Post("/files/upload/complete", new { upload_id = named, download = true }, HttpStatusCode.NotFound)).Code().ShouldBe("upload_not_found");
        }
        await eve.Put($"/files/{mine}", new { file = new { metadata = new { path = upload.GetProperty("path") } } });
        (await server.Follow(await eve.DataOf(mine))).Bytes.ShouldBe("mine"u8.ToArray());
        (await eve.Post("/datasets/create/from-file", new { dataset = new { name = "x", metadata = new { id } } }, HttpStatusCode.NotFound)).Code().ShouldBe("upload_not_found");
        // Nor is its id to be had before its file has it.
        (await eve.Post("/files/create", new { file = new { id, name = "x", state = "in-progress" } }, HttpStatusCode.Conflict)).Code().ShouldBe("file_exists");
        (await ada.Post("/files/create", new { file = new { id, visibility = "private" } })).Id().ShouldBe(id);
    }

    [Fact]
    public async Task A_bound_key_sees_no_upload_of_elsewhere()
    {
        var ada = await server.Join("ada_bound");
        var lab = await server.Found("ada-bound-lab", ada);
        var bound = await ada.Bound(lab.Id);
        var (home, there) = (await ada.Upload("home"u8.ToArray(), "a.txt"), await bound.Upload("there"u8.ToArray(), "b.txt"));
        var (id, name) = (home.GetProperty("id").GetGuid(), home.GetProperty("upload_id").GetString());
        (await bound.Get("/files/uploads")).Data().EnumerateArray().Select(u => u.GetProperty("id").GetGuid()).ShouldBe([there.GetProperty("id").GetGuid()]);
        await bound.Get($"/files/uploads/{id}", HttpStatusCode.NotFound);
        await bound.Get($"/files/{id}/metadata", HttpStatusCode.NotFound);
        await bound.Post("/files/upload/complete", new { upload_id = name, download = true }, HttpStatusCode.NotFound);
        await bound.Post("/files/create", new { file = new { upload_id = name, name = "x", org_id = lab.Id } }, HttpStatusCode.NotFound);
        using var tus = Tus.Of(ada);
        var url = await tus.Begin(10);
        using var his = Tus.Of(bound);
        (await his.Patch(url, 0, [1]).Refused(404)).ShouldBe("upload_not_found");
        (await his.Send("DELETE", url, null).Refused(404)).ShouldBe("upload_not_found");
        (await ada.Get("/files/uploads")).Data().GetArrayLength().ShouldBe(3);
        await ada.Post("/files/upload/complete", new { upload_id = there.GetProperty("upload_id") });
    }

    [Fact]
    public async Task What_is_said_of_a_file_does_not_grow_without_end()
    {
        var ada = await server.Join("ada_grows");
        var id = (await ada.File("x"u8.ToArray(), "a.txt")).GetProperty("id").GetGuid();
        var refused = false;
        for (var i = 0; i < 12 && !refused; i++)
        {
            using var answer = await ada.Http.PutAsJsonAsync($"/api/files/{id}", new { file = new { metadata = new Dictionary<string, string> { [$"key{i}"] = new('x', 12_000) } } });
            refused = answer.StatusCode == HttpStatusCode.BadRequest;
        }
        refused.ShouldBeTrue();
        (await ada.Get($"/files/{id}")).GetRawText().Length.ShouldBeLessThan(30_000);

        var wide = string.Join(',', Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 199))) + "\n";
        var table = await ada.File(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(wide, 13))), "wide.csv");
        table.GetProperty("preview").GetRawText().Length.ShouldBeInRange(4_000, 33_000);
    }

    [Fact]
    public async Task Nobody_has_more_than_a_thousand_uploads_open()
    {
        var ada = await server.Join("ada_many");
        await server.Db.Run($"""
            insert into uploads (id, user_id, bucket, path, file_name, instance, created_at, expires_at)
            select gen_random_uuid(), {ada.Id}, 'files', 'x/' || gen_random_uuid(), 'a', 'elsewhere', now(), now() + interval '1 day' from generate_series(1, 1000)
            """, default);
        (await ada.Post("/files/upload-url", new { file_name = "a.txt" }, HttpStatusCode.Conflict)).Code().ShouldBe("too_many_uploads");
        (await ada.Post("/files/upload", new { file_name = "a.txt", file_base64 = "AAAA" }, HttpStatusCode.Conflict)).Code().ShouldBe("too_many_uploads");
        using var tus = Tus.Of(ada);
        (await tus.Send("POST", null, null, ("Upload-Length", "5"), ("Upload-Metadata", Tus.Metadata(("filename", "a")))).Refused(409)).ShouldBe("too_many_uploads");
    }

    [Fact]
    public async Task Several_who_announce_at_once_get_no_more_room_than_one()
    {
        var ada = await server.Join("ada_room");
        using var tus = Tus.Of(ada);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
            tus.Send("POST", null, null, ("Upload-Length", "20000"), ("Upload-Metadata", Tus.Metadata(("filename", "a"))))));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(Room / 20_000);
        answers.Where(a => a.StatusCode != HttpStatusCode.Created).ShouldAllBe(a => a.StatusCode == HttpStatusCode.RequestEntityTooLarge);
        foreach (var length in (string[])["-1", "9223372036854775808", "1e3", "0x10", ""])
            (await tus.Send("POST", null, null, ("Upload-Length", length), ("Upload-Metadata", Tus.Metadata(("filename", "a")))).Refused(400)).ShouldBe("invalid_fields");
        (await tus.Send("POST", null, null, ("Upload-Length", "999999999999999999"), ("Upload-Metadata", Tus.Metadata(("filename", "a")))).Refused(413)).ShouldBe("file_too_large");
    }

    [Fact]
    public async Task Bytes_whose_number_nobody_told_need_room_too()
    {
        var ada = await server.Join("ada_untold");
        await ada.File(new byte[Room - 10_000 - Largest / 2], "a.bin", "private");
        var urls = new List<string>();
        for (var i = 0; i < 3; i++) urls.Add((await ada.Post("/files/upload-url", new { file_name = "a.bin" })).Data().GetProperty("upload_url").GetString()!);
        var answers = await Task.WhenAll(urls.Select(async url =>
        {
            using var http = server.Anonymous();
            using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(url).PathAndQuery) { Content = new StreamContent(new Unsized(new byte[30_000])) };
            request.Headers.TransferEncodingChunked = true;
            return (await http.SendAsync(request)).StatusCode;
        }));
        answers.Count(s => s == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(s => s == HttpStatusCode.RequestEntityTooLarge).ShouldBe(2);
        (await ada.Get("/files/usage")).Data().GetProperty("used").GetInt64().ShouldBeLessThanOrEqualTo(Room);
    }

    [Fact]
    public async Task A_file_does_not_grow_or_move_into_what_is_full()
    {
        var ada = await server.Join("ada_full");
        var lab = await server.Found("ada-full-lab", ada);
        await ada.Upload(new byte[20_000], "wait.bin");
        var (id, other) = ((await ada.File(new byte[30_000], "a.bin", "private")).GetProperty("id").GetGuid(), (await ada.File(new byte[40_000], "b.bin", "private")).GetProperty("id").GetGuid());
        (await ada.Put($"/files/{id}/content", new { file_name = "a.bin", file_base64 = Convert.ToBase64String(new byte[45_000]) }, HttpStatusCode.RequestEntityTooLarge)).Code().ShouldBe("storage_limit");
        (await server.Follow(await ada.DataOf(id))).Bytes.Length.ShouldBe(30_000);
        await server.Db.Run($"update files set size = {Room - 10} where asset_id = {id}", default);
        await server.Db.Run($"update assets set org_id = {lab.Id}, team_id = {lab.DefaultTeam!.Id} where id = {id}", default);
        foreach (var path in (string[])[$"/files/{other}", $"/assets/{other}"])
            (await ada.Put(path, new Dictionary<string, object> { [path.Split('/')[1].TrimEnd('s')] = new { org_id = lab.Id } }, HttpStatusCode.RequestEntityTooLarge)).Code().ShouldBe("storage_limit");
        await server.Db.Run($"update files set size = 10 where asset_id = {id}", default);
        await ada.Put($"/assets/{other}", new { asset = new { org_id = lab.Id } });
        (await ada.Get($"/files/usage?org_id={lab.Id}")).Data().GetProperty("used").GetInt64().ShouldBe(40_010);
    }

    [Fact]
    public async Task Of_several_who_make_one_thing_at_once_one_does()
    {
        var ada = await server.Join("ada_races");
        for (var round = 0; round < 3; round++)
        {
            var id = Guid.CreateVersion7();
            var stubs = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => ada.Http.PostAsJsonAsync("/api/files/create", new { file = new { id, name = "stub " + i, state = "in-progress" } })));
            Statuses(stubs).ShouldBe("200 409 409 409 409 409");
            // They fill it at once, each with another ending.
            var fills = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
                ada.Http.PutAsJsonAsync($"/api/files/{id}/content", new { file_name = $"a.e{i}", file_base64 = Convert.ToBase64String(new byte[10 + i]) })));
            fills.ShouldContain(f => f.StatusCode == HttpStatusCode.OK);
            fills.ShouldAllBe(f => f.StatusCode == HttpStatusCode.OK || f.StatusCode == HttpStatusCode.Conflict);
            var said = (await ada.Get($"/files/{id}")).Data().GetProperty("metadata");
            (await server.Db.Maybe<string>($"select path from files where asset_id = {id}", default)).ShouldBe(said.GetProperty("path").GetString());
            (await server.Follow(await ada.DataOf(id))).Bytes.Length.ShouldBe(said.GetProperty("size").GetInt32());

            var upload = (await ada.Upload("once"u8.ToArray(), "once.txt")).GetProperty("id").GetGuid();
            var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ada.Http.PostAsJsonAsync("/api/files/create", new { file = new { id = upload } })));
            made.Count(m => m.StatusCode == HttpStatusCode.OK).ShouldBe(1, Statuses(made));
            made.ShouldAllBe(m => (int)m.StatusCode == 200 || (int)m.StatusCode == 404 || (int)m.StatusCode == 409);

            var racing = Enumerable.Range(0, 3).Select(i => ada.Http.PutAsJsonAsync($"/api/files/{upload}/content", new { file_name = "a.txt", file_base64 = "AAAA" })).Append(ada.Http.DeleteAsync($"/api/files/{upload}"));
            (await Task.WhenAll(racing)).ShouldAllBe(a => (int)a.StatusCode == 200 || (int)a.StatusCode == 404 || (int)a.StatusCode == 409);
            await ada.Http.DeleteAsync($"/api/files/{upload}");
            (await server.Db.Maybe<long>($"select count(*) from files where asset_id = {upload}", default)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task Who_reads_while_it_is_replaced_reads_one_content_whole()
    {
        var ada = await server.Join("ada_reads");
        var (one, two) = (Tus.Noise(50_000, 1), Tus.Noise(40_000, 2));
        var id = (await ada.File(one, "a.bin")).GetProperty("id").GetGuid();
        var url = await ada.DataOf(id);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 8; i++) await ada.Put($"/files/{id}/content", new { file_name = "a.bin", file_base64 = Convert.ToBase64String(i % 2 == 0 ? two : one) });
        });
        do
        {
            var (status, bytes, answer) = await server.Follow(url);
            status.ShouldBe(HttpStatusCode.OK);
            answer.Header("ETag").ShouldBe($"\"{Tus.Sha256(bytes)}\"");
            bytes.Length.ShouldBeOneOf(one.Length, two.Length);
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact]
    public async Task A_link_opens_what_it_was_made_for_and_nothing_else()
    {
        var (ada, eve) = (await server.Join("ada_links"), await server.Join("eve_links"));
        var (id, other) = ((await ada.File("one"u8.ToArray(), "a.txt", "private")).GetProperty("id").GetGuid(), (await ada.File("two"u8.ToArray(), "b.txt", "private")).GetProperty("id").GetGuid());
        var upload = (await ada.Upload("three"u8.ToArray(), "c.txt")).GetProperty("id").GetGuid();
        string Token(string url) => url[(url.IndexOf("token=", StringComparison.Ordinal) + 6)..];
        var content = Token(await ada.DataOf(id));
        var download = Token((await ada.Post($"/assets/{id}/download-url", new { })).Data().GetProperty("download_url").GetString()!);
        var asked = (await ada.Post("/files/upload-url", new { file_name = "d.txt" })).Data();
        var (put, waiting) = (Token(asked.GetProperty("upload_url").GetString()!), asked.GetProperty("path").GetString()!.Split('/', '.')[1]);
        var read = Token((await ada.Post("/files/upload/complete", new { upload_id = upload.ToString(), download = true })).Data().GetProperty("download_url").GetString()!);
        var own = new Dictionary<string, string>
        {
            [$"/api/files/{id}/content"] = content, [$"/api/assets/{id}/download"] = download, [$"/api/files/uploads/{upload}/content"] = read,
        };
        foreach (var (door, right) in own)
        {
            (await server.Follow($"{server.Root.ToString().TrimEnd('/')}{door}?token={right}")).Status.ShouldBe(HttpStatusCode.OK);
            foreach (var wrong in (string[])[content, download, put, read, ""])
                if (wrong != right) (await Status(door, wrong)).ShouldBe(403, door);
        }
        (await Status($"/api/files/{other}/content", content)).ShouldBe(403);
        using (var http = server.Anonymous())
            foreach (var wrong in (string[])[content, download, read, put[..^4] + "AAAA", ""])
                ((int)(await http.PutAsync($"/api/files/uploads/{waiting}/content?token={wrong}", new ByteArrayContent([1]))).StatusCode).ShouldBe(403);
        for (var at = 0; at < content.Length; at++)
        {
            var flipped = content[..at] + (char)(content[at] ^ 1) + content[(at + 1)..];
            // The last letter has bits that mean nothing.
            if (at < content.Length - 1) (await Status($"/api/files/{id}/content", flipped)).ShouldBe(403, flipped);
        }

        var key = (await ada.Post("/user/api-keys", new { key = new { name = "k" } })).Data();
        var second = new Person(server, ada.Id, ada.Name, key.GetProperty("secret").GetString()!);
        var (his, its) = (Token(await second.DataOf(id)), Token((await second.Post("/files/upload-url", new { file_name = "e.txt" })).Data().GetProperty("upload_url").GetString()!));
        await ada.Delete($"/user/api-keys/{key.GetProperty("key").GetProperty("id")}");
        (await Status($"/api/files/{id}/content", his)).ShouldBe(404);
        await ada.Delete($"/files/{id}");
        (await Status($"/api/files/{id}/content", content)).ShouldBe(404);
        its.Length.ShouldBeGreaterThan(40);
        await eve.Get($"/files/{other}/content?token={put}", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("%00")]
    [InlineData("1")]
    [InlineData("00000000-0000-0000-0000-00000000000g")]
    [InlineData("{0x0,0x0,0x0,{0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0}}")]
    public async Task A_wrong_id_is_refused_as_one(string id)
    {
        var ada = await server.Join("ada_ids_" + Guid.CreateVersion7().ToString("N")[20..]);
        // Some of these the server itself refuses, before it knows anything of the API.
        using var http = new HttpClient { BaseAddress = server.Root };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", ada.Key);
        foreach (var path in (string[])["/files/@", "/files/@/content", "/files/@/metadata", "/files/@/data", "/files/uploads/@", "/files/uploads/@/content?token=x"])
            ((int)(await http.GetAsync("/api" + path.Replace("@", id, StringComparison.Ordinal))).StatusCode).ShouldBeInRange(400, 404, path);
        foreach (var upload in (string[])[id, $"files/{ada.Id}/{id}", "files/../../" + id, "\0", new string('/', 5000)])
            ((int)(await ada.Http.PostAsJsonAsync("/api/files/upload/complete", new { upload_id = Uri.UnescapeDataString(upload) })).StatusCode).ShouldBeInRange(400, 404, upload);
    }

    [Fact]
    public async Task What_will_not_be_taken_is_refused_before_its_first_byte()
    {
        var (ada, eve) = (await server.Join("ada_early"), await server.Join("eve_early"));
        var id = (await ada.File("x"u8.ToArray(), "a.txt")).GetProperty("id").GetGuid();
        await eve.File(new byte[Largest], "full.bin", "private");
        const string json = "Content-Type: application/json";
        (await Headers(eve, $"PUT /api/files/{id}/content", json, 1000)).ShouldStartWith("HTTP/1.1 403");
        (await Headers(eve, $"PUT /api/files/{Guid.CreateVersion7()}/content", json, 1000)).ShouldStartWith("HTTP/1.1 404");
        (await Headers(eve, "POST /api/files/upload", json, 20L << 30)).ShouldStartWith("HTTP/1.1 413");
        (await Headers(eve, "POST /api/files/create/from-file?file_name=a.bin", "Content-Type: x/y", Largest + 1)).ShouldStartWith("HTTP/1.1 413");
        (await Headers(eve, "POST /api/files/create/from-file?file_name=a.bin", "Content-Type: x/y", Room - Largest + 1)).ShouldStartWith("HTTP/1.1 413");
        (await Headers(null, "POST /api/files/upload", json, 1000)).ShouldStartWith("HTTP/1.1 401");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/api/files/create/from-file?file_name=a.bin") { Content = new StreamContent(new Unsized(new byte[Largest + 1])) };
        chunked.Headers.TransferEncodingChunked = true;
        (await ada.Http.SendAsync(chunked)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    /// <summary>The first line that a server says to who waits with the body until it is wanted.</summary>
    async Task<string> Headers(Person? person, string call, string type, long length)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Root.Host, server.Root.Port);
        await using var stream = socket.GetStream();
        var key = person is null ? "" : $"Authorization: Bearer {person.Key}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{call} HTTP/1.1\r\nHost: {server.Root.Authority}\r\n{key}{type}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[4000];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, patience.Token));
    }

    async Task<int> Status(string door, string token) => (int)(await server.Follow($"{server.Root.ToString().TrimEnd('/')}{door}?token={token}")).Status;

    static string Statuses(HttpResponseMessage[] answers) => string.Join(' ', answers.Select(a => (int)a.StatusCode).Order());

    /// <summary>Bytes that do not say how many they are.</summary>
    sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
