using Ouro.Tests.Files;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Commands;

/// <summary>Uploads, and a server that dies.</summary>
public sealed class UploadCrashTests
{
    const int Piece = 8 << 20;

    [Fact]
    public async Task What_was_acknowledged_is_there_after_everything_was_killed()
    {
        var data = Directory.CreateTempSubdirectory("ouro-crash-").FullName;
        try
        {
            await using var server = new ServerProcess(data);
            await server.Start();
            var noise = Tus.Noise(28 << 20);
            using var tus = new Tus(new($"http://127.0.0.1:{server.Port}"), server.Key);
            var url = await tus.Begin(noise.Length, said: ("sha256", Tus.Sha256(noise)));
            (await tus.Patch(url, 0, noise[..Piece]).Accepted()).ShouldBe(Piece);
            (await tus.Patch(url, Piece, noise[Piece..(2 * Piece)]).Accepted()).ShouldBe(2 * Piece);
            // The third piece is on its way when it happens.
            var third = tus.Patch(url, 2 * Piece, noise[(2 * Piece)..(3 * Piece)]);
            await Task.Delay(5);
            await server.KillEverything();
            try
            {
                (await third).Dispose();
            }
            catch (HttpRequestException) { }

            await server.Start();
            var offset = await tus.Offset(url);
            offset.ShouldBeInRange(2 * Piece, 3 * Piece);
            (await tus.Patch(url, offset, noise[(int)offset..]).Accepted()).ShouldBe(noise.Length);
            (await server.Get($"/files/{Tus.Id(url)}/metadata")).GetProperty("metadata").GetProperty("sha256").GetString().ShouldBe(Tus.Sha256(noise));
            Directory.GetFiles(Path.Combine(data, "uploads")).ShouldBeEmpty();
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
