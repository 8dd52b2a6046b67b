using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>The client that browsers use, tus-js-client, as it is published.</summary>
public sealed class TusClientTests(TestServer server) : IClassFixture<TestServer>
{
    const int Piece = 8 << 20;

    static readonly byte[] Noise = Tus.Noise(20 << 20);

    [Fact]
    public async Task A_file_of_three_pieces_arrives()
    {
        var (ada, seen) = await Run("ada_js", new { @do = "upload", files = (string[])["a.bin"] });
        seen[0][0].GetProperty("requests").EnumerateArray().Select(r => r.GetProperty("method").GetString()).ShouldBe(["POST", "PATCH", "PATCH", "PATCH"]);
        await ShouldHave(ada, seen[0][0], Noise);
    }

    [Fact]
    public async Task A_pause_costs_nothing()
    {
        var (ada, seen) = await Run("ada_js_pause", new { @do = "pause", files = (string[])["a.bin"], after = Piece });
        From(seen[0][0]).ShouldBe([0, Piece, 2 * Piece]);
        await ShouldHave(ada, seen[0][0], Noise);
    }

    [Fact]
    public async Task Another_process_goes_on_from_the_address()
    {
        var (ada, left) = await Run("ada_js_leave", new { @do = "leave", files = (string[])["a.bin"], after = Piece });
        var url = left[0][0].GetProperty("url").GetString()!;
        var seen = await Run(ada, new { @do = "go on", files = (string[])["a.bin"], url });
        seen[0][0].GetProperty("requests").EnumerateArray().First().GetProperty("method").GetString().ShouldBe("HEAD");
        From(seen[0][0])[0].ShouldBe(Piece);
        await ShouldHave(ada, seen[0][0], Noise);
    }

    [Fact]
    public async Task A_terminated_upload_is_gone()
    {
        var (ada, seen) = await Run("ada_js_gone", new { @do = "terminate", files = (string[])["a.bin"], after = Piece });
        seen[0][0].GetProperty("requests").EnumerateArray().Last().GetProperty("method").GetString().ShouldBe("DELETE");
        (await ada.Get("/files/uploads")).Data().GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Several_files_arrive_at_once()
    {
        var (ada, seen) = await Run("ada_js_many", new { @do = "upload", files = (string[])["a.bin", "b.bin", "c.bin", "d.bin"], chunk = 1 << 20 });
        await ShouldHave(ada, seen[0][0], Noise);
        for (var i = 1; i < 4; i++) await ShouldHave(ada, seen[0][i], Tus.Noise(3 << 20, i));
    }

    async Task<(Person, JsonElement)> Run(string name, object step)
    {
        var ada = await server.Join(name);
        return (ada, await Run(ada, step));
    }

    static async Task<JsonElement> Run(Person person, object step)
    {
        var folder = Directory.CreateTempSubdirectory("ouro-tus-").FullName;
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "a.bin"), Noise);
            for (var i = 1; i < 4; i++) await File.WriteAllBytesAsync(Path.Combine(folder, $"{(char)('a' + i)}.bin"), Tus.Noise(3 << 20, i));
            var steps = JsonSerializer.Serialize((object[])[step]).Replace("\"a.bin\"", JsonSerializer.Serialize(Path.Combine(folder, "a.bin")), StringComparison.Ordinal);
            foreach (var other in (string[])["b.bin", "c.bin", "d.bin"])
                steps = steps.Replace($"\"{other}\"", JsonSerializer.Serialize(Path.Combine(folder, other)), StringComparison.Ordinal);
            var result = await NodeClient.Run("tus.mjs", new Uri(person.Server.Root, "api/files/uploads").ToString(), JsonSerializer.Serialize(new { Authorization = person.Key }), steps);
            result.ExitCode.ShouldBe(0, result.Errors);
            var seen = JsonSerializer.Deserialize<JsonElement>(result.Output);
            foreach (var one in seen.EnumerateArray().SelectMany(s => s.EnumerateArray())) one.GetProperty("failed").ValueKind.ShouldBe(JsonValueKind.Null, one.ToString());
            return seen;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Where the accepted pieces began.</summary>
    static long[] From(JsonElement upload) => [.. upload.GetProperty("requests").EnumerateArray()
        .Where(r => r.GetProperty("method").GetString() == "PATCH" && r.GetProperty("status").GetInt32() == 204).Select(r => long.Parse(r.GetProperty("from").GetString()!))];

    static async Task ShouldHave(Person person, JsonElement upload, byte[] bytes)
    {
        var file = (await person.Post("/files/create", new { file = new { id = Tus.Id(upload.GetProperty("url").GetString()!) } })).Data();
        file.GetProperty("metadata").GetProperty("sha256").GetString().ShouldBe(Tus.Sha256(bytes));
    }
}
