using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Assets;
using Ouro.Tests.Mcp;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

public sealed class DownloadTests(DownloadTests.WithPosts server) : IClassFixture<DownloadTests.WithPosts>
{
    const string Name = "Ωmega \"notes\"\r\n../x.html";

    /// <summary>A server with a type of asset that has something to download.</summary>
    public sealed class WithPosts : TestServer
    {
        protected override void Add(IServiceCollection services) => services.AddSingleton(new AssetKind(AssetType.Post, (_, _, _) => Task.CompletedTask,
            Download: (_, _, format, _) => format switch
            {
                null or "markdown" => Task.FromResult(new Download(Name, "text/html; charset=utf-8", async (to, ct) => await to.WriteAsync(Encoding.UTF8.GetBytes("the whole post"), ct))),
                "broken" => Task.FromResult(new Download("broken.bin", "application/octet-stream", async (to, ct) =>
                {
                    await to.WriteAsync(new byte[100_000], ct);
                    await to.FlushAsync(ct);
                    throw new InvalidOperationException("This test breaks it.");
                })),
                "late" => Task.FromResult(new Download("late.bin", "application/octet-stream", (_, _) => throw Ouro.Server.Kernel.Refusal.Conflict("queries_busy", "Not now."), 10)),
                _ => throw Ouro.Server.Kernel.Refusal.Fields(("format", "There is no such format.")),
            }));
    }

    [Fact]
    public async Task What_is_downloaded_comes_under_its_name_and_never_as_a_page()
    {
        var (ada, eve) = (await server.Join("ada_down"), await server.Join("eve_down"));
        var id = await Post(ada);
        foreach (var body in (HttpContent?[])[null, JsonContent.Create(new { asset_type = "post" }), new StringContent("null", Encoding.UTF8, "application/json")])
        {
            using var answer = await ada.Http.PostAsync($"/api/assets/{id}/download", body);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("the whole post");
            answer.Content.Headers.NonValidated["Content-Disposition"].ToString().ShouldBe(
                "attachment; filename=\"_mega _notes___.._x.html\"; filename*=UTF-8''%CE%A9mega%20_notes___.._x.html");
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Content-Security-Policy").ShouldBe(["sandbox; default-src 'none'; frame-ancestors 'none'"]);
        }
        (await ada.Get($"/assets/{id}/counts")).Data().GetProperty("downloads").GetInt32().ShouldBe(3);
        await eve.Post($"/assets/{id}/download", new { }, HttpStatusCode.NotFound);
        await ada.Post($"/assets/{id}/download", new { asset_type = "file" }, HttpStatusCode.NotFound);
        ChangeTests.Field(await ada.Post($"/assets/{id}/download", new { format = "tar" }, HttpStatusCode.BadRequest), "format");
    }

    [Fact]
    public async Task A_download_that_fails_is_never_taken_for_a_whole_one()
    {
        var ada = await server.Join("ada_breaks");
        var id = await Post(ada);
        await Should.ThrowAsync<HttpRequestException>(() => ada.Http.PostAsync($"/api/assets/{id}/download", JsonContent.Create(new { format = "broken" })));
        var refused = await ada.Post($"/assets/{id}/download", new { format = "late" }, HttpStatusCode.Conflict);
        refused.Code().ShouldBe("queries_busy");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Assets.DownloadAsync(id, new MemoryStream(), "broken"))).Code.ShouldBe("connection_failed");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Assets.DownloadAsync(id, new MemoryStream(), "late"))).Code.ShouldBe("queries_busy");
    }

    [Fact]
    public async Task A_link_needs_no_credential_and_obeys_the_rights_of_the_moment()
    {
        var (ada, eve) = (await server.Join("ada_link"), await server.Join("eve_link"));
        var id = await Post(ada);
        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "read" } });
        var link = (await eve.Post($"/assets/{id}/download-url", new { format = "markdown" })).Data();
        link.GetProperty("expires_in").GetInt32().ShouldBe(900);
        link.GetProperty("asset_type").GetString().ShouldBe("post");
        var url = link.GetProperty("download_url").GetString()!;
        url.ShouldStartWith("http://");
        var path = new Uri(url).PathAndQuery;
        using var anybody = server.Anonymous();
        (await anybody.GetStringAsync(path)).ShouldBe("the whole post");

        var other = await Post(ada);
        foreach (var forged in (string[])[path.Replace(id.ToString(), other.ToString(), StringComparison.Ordinal), path[..^1] + (path[^1] == 'A' ? 'B' : 'A'), $"/api/assets/{id}/download?token=",
            $"/api/assets/{id}/download", $"/api/assets/{id}/download?token={new string('A', 200)}", $"/api/assets/{id}/download?token=%00{new string('x', 600)}"])
            (await anybody.GetAsync(forged)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, forged);

        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "none" } });
        (await anybody.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        // A key that is revoked takes its links with it.
        var key = (await ada.Post("/user/api-keys", new { key = new { name = "short" } })).Data();
        var person = new Person(server, ada.Id, ada.Name, key.GetProperty("secret").GetString()!);
        var mine = new Uri((await person.Post($"/assets/{id}/download-url", new { })).Data().GetProperty("download_url").GetString()!).PathAndQuery;
        (await anybody.GetStringAsync(mine)).ShouldBe("the whole post");
        await ada.Delete($"/user/api-keys/{key.GetProperty("key").GetProperty("id").GetGuid()}");
        (await anybody.GetAsync(mine)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_SDK_and_an_agent_download_too()
    {
        var ada = await server.Join("ada_sdk_down");
        var id = await Post(ada);
        using var file = new MemoryStream();
        var downloaded = await ada.Ouro.Assets.DownloadAsync(id, file);
        Encoding.UTF8.GetString(file.ToArray()).ShouldBe("the whole post");
        downloaded.Bytes.ShouldBe(14);
        downloaded.FileName.ShouldBe("Ωmega _notes___.._x.html");
        (await ada.Ouro.Assets.DownloadUrlAsync(id)).AssetType.ShouldBe(AssetType.Post);
        var told = (await ada.Ask("download_asset", new { id })).One;
        told.GetProperty("command").GetString()!.ShouldStartWith("curl -f -o 'Ωmega");
        told.GetProperty("expires_in").GetInt32().ShouldBe(900);
    }

    async Task<Guid> Post(Person owner)
    {
        var id = Guid.CreateVersion7();
        await server.Db.Run($"""
            insert into assets (id, asset_type, user_id, org_id, team_id, name, name_url_slug, visibility, attribution, source, created_at, last_updated)
            values ({id}, 'post', {owner.Id}, {Ids.Global}, {Ids.Global}, 'Notes', {id.ToString()}, 'private', jsonb_build_object('originality', 'original'), 'api', now(), now())
            """, default);
        return id;
    }
}
