using System.Net;
using Ouro.Server.Kernel;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>How much room files may take, and the small pictures that are made of them.</summary>
public sealed class RoomTests(RoomTests.Small server) : IClassFixture<RoomTests.Small>
{
    public sealed class Small : TestServer
    {
        protected override Settings Settings => With((nameof(Settings.UserStorage), 10_000L), (nameof(Settings.OrganizationStorage), 5_000L), (nameof(Settings.FileLimit), 8_000L));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_and_leaves_nothing()
    {
        var ada = await server.Join("ada_room");
        (await ada.Post("/files/upload", new { file_name = "a.bin", file_base64 = Convert.ToBase64String(new byte[8_001]), visibility = "private" }, HttpStatusCode.RequestEntityTooLarge)).Code().ShouldBe("file_too_large");
        var first = await ada.File(new byte[6_000], "a.bin", "private");
        (await ada.Post("/files/upload", new { file_name = "b.bin", file_base64 = Convert.ToBase64String(new byte[6_001]), visibility = "private" }, HttpStatusCode.RequestEntityTooLarge)).Code().ShouldBe("storage_limit");
        var usage = (await ada.Get("/files/usage")).Data();
        (usage.GetProperty("used").GetInt64(), usage.GetProperty("limit").GetInt64(), usage.GetProperty("files").GetInt64()).ShouldBe((6_000, 10_000, 1));
        (await ada.Get("/files/uploads")).Data().GetArrayLength().ShouldBe(0);
        await ada.Delete($"/files/{first.GetProperty("id")}");
        await ada.File(new byte[7_000], "b.bin", "private");
    }

    [Fact]
    public async Task An_organization_has_room_of_its_own()
    {
        var ada = await server.Join("ada_room_org");
        var lab = await server.Found("lab-room", ada);
        var upload = await ada.Upload(new byte[4_000], "a.bin", "private");
        await ada.Post("/files/create", new { file = new { id = upload.GetProperty("id"), name = "a", org_id = lab.Id } });
        (await ada.Get("/files/usage")).Data().GetProperty("used").GetInt64().ShouldBe(0);
        (await ada.Get($"/files/usage?org_id={lab.Id}")).Data().GetProperty("used").GetInt64().ShouldBe(4_000);
        var more = await ada.Upload(new byte[2_000], "b.bin", "private");
        (await ada.Post("/files/create", new { file = new { id = more.GetProperty("id"), name = "b", org_id = lab.Id } }, HttpStatusCode.RequestEntityTooLarge)).Code().ShouldBe("storage_limit");
        // What was refused is still an upload, and may go elsewhere.
        await ada.Post("/files/create", new { file = new { id = more.GetProperty("id"), name = "b" } });
        await (await server.Join("eve_room")).Get($"/files/usage?org_id={lab.Id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_small_picture_is_made_once_for_who_may_open_the_image()
    {
        var ada = await server.Join("ada_thumb");
        var id = (await ada.File(Samples.Picture(SKEncodedImageFormat.Png, 900, 300), "wide.png")).GetProperty("id").GetGuid();
        var hidden = (await ada.File(Samples.Picture(SKEncodedImageFormat.Png, 90, 30), "hidden.png", "private")).GetProperty("id").GetGuid();
        byte[] picture = [];
        for (var tried = 0; tried < 300 && picture.Length < 100; tried++, await Task.Delay(100)) picture = await Picture(id);
        using (var small = SKBitmap.Decode(picture)) (small.Width, small.Height).ShouldBe((640, 213));
        (await Picture(hidden)).Length.ShouldBeLessThan(100);
    }

    async Task<byte[]> Picture(Guid id)
    {
        using var http = server.Anonymous();
        using var answer = await http.GetAsync($"/web/files/{id}/thumbnail");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
