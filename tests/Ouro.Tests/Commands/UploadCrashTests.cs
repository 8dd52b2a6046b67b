using System.Text.Json;
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

    [Fact]
    public async Task The_SDK_goes_on_over_crashes_and_the_command_uploads_beside_the_server()
    {
        var data = Directory.CreateTempSubdirectory("ouro-crash-").FullName;
        var files = Directory.CreateTempSubdirectory("ouro-files-").FullName;
        try
        {
            await using var server = new ServerProcess(data);
            await server.Start();
            var noise = Tus.Noise(60 << 20);
            var (path, small) = (Path.Combine(files, "noise.bin"), Path.Combine(files, "notes.txt"));
            await File.WriteAllBytesAsync(path, noise);
            await File.WriteAllTextAsync(small, "Some notes.");
            await using var ouro = new OuroClient(server.Key, new($"http://127.0.0.1:{server.Port}/api"));
            var told = new Told();
            var uploading = ouro.Files.UploadAsync(path, new() { Visibility = Visibility.Private }, told);
            foreach (var pieces in (int[])[2, 4, 6])
            {
                while (told.Most < pieces * Piece && !uploading.IsCompleted) await Task.Delay(1);
                await Task.Delay(Random.Shared.Next(30));
                await server.KillEverything();
                await server.Start();
            }
            var asset = await uploading;
            asset.Metadata!.Value.GetProperty("sha256").GetString().ShouldBe(Tus.Sha256(noise));
            // Each piece begins where the one before ended, but for those that the crashes took.
            told.Again.ShouldBeLessThanOrEqualTo(Piece);

            var (code, output, errors) = await ServerProcess.Run(data, "upload", path, small, "--visibility", "private");
            code.ShouldBe(0, errors);
            var made = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement.GetProperty("files");
            made.GetArrayLength().ShouldBe(2);
            (made[0].GetProperty("name").GetString(), made[0].GetProperty("size").GetInt64()).ShouldBe(("noise.bin", noise.Length));
            (await server.Get($"/files/{made[0].GetProperty("id").GetGuid()}")).GetProperty("metadata").GetProperty("sha256").GetString().ShouldBe(Tus.Sha256(noise));
            errors.ShouldContain("100 %");
            (code, _, errors) = await ServerProcess.Run(data, "upload", path, small, "--name", "one");
            (code, errors).ShouldBe((1, "ouro: --name is for one file. Leave it away, and each keeps its own.\n"));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
            Directory.Delete(files, recursive: true);
        }
    }

    sealed class Told : IProgress<UploadProgress>
    {
        long most;

        /// <summary>How far it ever was.</summary>
        public long Most => Interlocked.Read(ref most);

        /// <summary>How far it fell back at most.</summary>
        public long Again { get; private set; }

        public void Report(UploadProgress value)
        {
            Again = Math.Max(Again, most - value.BytesDone);
            Interlocked.Exchange(ref most, Math.Max(most, value.BytesDone));
        }
    }
}
