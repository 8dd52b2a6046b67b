using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>A disk that fills up in the middle: content goes to one of two megabytes.</summary>
public sealed class FullDiskTests(FullDiskTests.Small server) : IClassFixture<FullDiskTests.Small>
{
    public sealed class Small : TestServer
    {
        readonly string disk = Directory.CreateTempSubdirectory("ouro-disk-").FullName;

        public bool IsMounted { get; private set; }

        protected override Ouro.Server.Kernel.Settings Settings => With((nameof(Settings.Objects), Path.Combine(disk, "objects")));

        public override async ValueTask InitializeAsync()
        {
            IsMounted = await Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk);
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            if (IsMounted) await Run("umount", disk);
            Directory.Delete(disk, recursive: true);
            GC.SuppressFinalize(this);
        }

        static async Task<bool> Run(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                await process.WaitForExitAsync();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_file_that_the_disk_has_no_room_for_is_refused_and_leaves_nothing()
    {
        Assert.SkipUnless(server.IsMounted, "Only root makes a disk of two megabytes.");
        var ada = await server.Join("ada_disk");
        using var large = new ByteArrayContent(Tus.Noise(3 << 20));
        using var refused = await ada.Http.PostAsync("/api/files/create/from-file?file_name=a.bin", large);
        (refused.StatusCode, (await refused.Content.ReadAsStringAsync()).Contains("\"storage_full\"", StringComparison.Ordinal)).ShouldBe(((HttpStatusCode)507, true));
        (await ada.Post("/files/upload", new { file_name = "a.bin", file_base64 = Convert.ToBase64String(Tus.Noise(3 << 20)) }, (HttpStatusCode)507)).Code().ShouldBe("storage_full");

        using var tus = Tus.Of(ada);
        var url = await tus.Begin(3 << 20);
        (await tus.Patch(url, 0, Tus.Noise(3 << 20)).Refused(507)).ShouldBe("storage_full");
        (await server.Db.Maybe<long>($"select count(*) from blobs", default)).ShouldBe(0);
        await foreach (var stored in server.Services.GetRequiredService<ObjectStorage>().List(default)) stored.ShouldBeNull();

        // What fits goes in, and nothing else was lost.
        var small = Tus.Noise(100_000, 3);
        (await server.Follow(await ada.DataOf((await ada.File(small, "b.bin")).GetProperty("id").GetGuid()))).Bytes.ShouldBe(small);
    }
}
