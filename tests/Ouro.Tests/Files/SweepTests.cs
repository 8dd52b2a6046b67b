using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Files;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>What is thrown away by itself, and what never is.</summary>
public sealed class SweepTests(SweepTests.InTime server) : IClassFixture<SweepTests.InTime>
{
    /// <summary>A server whose time goes on when a test says so.</summary>
    public sealed class InTime : TestServer
    {
        public Later Time { get; } = new();

        protected override void Add(IServiceCollection services) => services.AddSingleton<TimeProvider>(Time);
    }

    public sealed class Later : TimeProvider
    {
        long ahead;

        public void Pass(TimeSpan time) => Interlocked.Add(ref ahead, time.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref ahead));
    }

    static readonly TimeSpan Days = TimeSpan.FromHours(50);

    UploadSweep Sweeping => server.Services.GetRequiredService<UploadSweep>();

    ObjectStorage Storage => server.Services.GetRequiredService<ObjectStorage>();

    UploadSpool Spool => server.Services.GetRequiredService<UploadSpool>();

    [Fact]
    public async Task An_upload_that_did_not_go_on_is_gone_and_says_so_while_its_row_is_there()
    {
        using var tus = Tus.Of(await server.Join("ada_expired"));
        var url = await tus.Begin(1000);
        (await tus.Patch(url, 0, new byte[500]).Accepted()).ShouldBe(500);
        var spooled = Spool.File(Tus.Id(url)).Path;
        server.Time.Pass(TimeSpan.FromHours(20));
        await Sweeping.Sweep(default);
        // It went on, so it has another day.
        (await tus.Patch(url, 500, new byte[1]).Accepted()).ShouldBe(501);
        server.Time.Pass(TimeSpan.FromHours(20));
        await Sweeping.Sweep(default);
        (await tus.Offset(url)).ShouldBe(501);
        File.Exists(spooled).ShouldBeTrue();
        server.Time.Pass(TimeSpan.FromHours(5));
        (await tus.Patch(url, 501, [1]).Refused(410)).ShouldBe("upload_expired");
        await Sweeping.Sweep(default);
        (await tus.Patch(url, 501, [1]).Refused(404)).ShouldBe("upload_not_found");
        File.Exists(spooled).ShouldBeFalse();
    }

    [Fact]
    public async Task Content_goes_a_day_after_nothing_refers_to_it_any_more()
    {
        var ada = await server.Join("ada_unused");
        var bytes = Tus.Noise(5000, 11);
        var (one, two) = (await ada.File(bytes, "one.bin"), await ada.File(bytes, "two.bin"));
        await ada.Delete($"/files/{one.GetProperty("id")}");
        await Sweep();
        await Sweep();
        (await IsStored(bytes)).ShouldBeTrue();
        await ada.Delete($"/files/{two.GetProperty("id")}");
        await Sweeping.Sweep(default);
        await Sweeping.Sweep(default);
        (await IsStored(bytes)).ShouldBeTrue();
        await Sweep();
        (await IsStored(bytes)).ShouldBeFalse();
        (await server.Db.Maybe<long>($"select count(*) from blobs where sha256 = {Tus.Sha256(bytes)}", default)).ShouldBe(0);
        // And it comes again like any other.
        var again = await ada.File(bytes, "three.bin");
        (await server.Follow(await ada.DataOf(again.GetProperty("id").GetGuid()))).Bytes.ShouldBe(bytes);
    }

    [Fact]
    public async Task Files_that_belong_to_nothing_go_and_young_ones_stay()
    {
        var (bytes, id) = (Tus.Noise(5000, 12), Guid.CreateVersion7());
        await File.WriteAllBytesAsync(Spool.File(id).Path, bytes);
        await Storage.Put(Tus.Sha256(bytes), Spool.File(id), default);
        var young = server.Services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime.AddMinutes(-5);
        File.SetLastWriteTimeUtc(Spool.File(id).Path, young);
        await Sweeping.Sweep(default);
        File.Exists(Spool.File(id).Path).ShouldBeTrue();
        await Sweep();
        File.Exists(Spool.File(id).Path).ShouldBeFalse();
        (await IsStored(bytes)).ShouldBeFalse();
    }

    [Fact]
    public async Task Content_that_comes_again_while_it_is_swept_is_never_lost()
    {
        var ada = await server.Join("ada_race");
        var bytes = Tus.Noise(20_000, 13);
        using var over = new CancellationTokenSource();
        var swept = 0;
        var sweeping = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var was = await IsStored(bytes);
                server.Time.Pass(Days);
                await Sweeping.SweepContent(default);
                if (was && !await IsStored(bytes)) swept++;
            }
        });
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(async sender =>
            {
                for (var i = 0; i < 25; i++)
                {
                    var answer = await ada.Http.PostAsync($"/api/files/create/from-file?file_name=race-{sender}.bin", new ByteArrayContent(bytes));
                    var id = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).Id();
                    for (var look = 0; look < 3; look++)
                    {
                        using var content = await ada.Http.GetAsync($"/api/files/{id}/content");
                        content.StatusCode.ShouldBe(HttpStatusCode.OK);
                        (await content.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
                    }
                    await ada.Delete($"/files/{id}");
                    if (i % 5 == 4) await Task.Delay(60);
                }
            }));
        }
        finally
        {
            await over.CancelAsync();
            await sweeping;
        }
        await Sweep();
        await Sweep();
        (await IsStored(bytes)).ShouldBeFalse();
        TestContext.Current.SendDiagnosticMessage($"swept {swept} times between");
    }

    /// <summary>What is marked now is due at the next sweep.</summary>
    async Task Sweep()
    {
        server.Time.Pass(Days);
        await Sweeping.Sweep(default);
    }

    async Task<bool> IsStored(byte[] bytes)
    {
        await using var stream = await Storage.Open(Tus.Sha256(bytes), default);
        return stream is not null;
    }
}
