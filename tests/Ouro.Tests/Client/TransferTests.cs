using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server;
using Ouro.Tests.Files;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Client;

/// <summary>Files on their way in and out by the SDK, over connections that break.</summary>
public sealed class TransferTests(TestServer server) : IClassFixture<TestServer>, IDisposable
{
    const int Piece = 8 << 20;

    static readonly byte[] Noise = Tus.Noise(20 << 20);

    readonly string folder = Directory.CreateTempSubdirectory("ouro-transfer-").FullName;

    [Fact]
    public async Task A_file_arrives_and_is_told_of_on_the_way()
    {
        var ada = await server.Join("sdk_upload");
        var (path, told) = (Write("noise €.bin", Noise), new Told());
        var file = await ada.Ouro.Files.UploadAsync(path, new() { Visibility = Visibility.Private, Metadata = Wire(new { sample = "A7" }) }, told);
        (file.Name, file.Visibility, file.AssetType).ShouldBe(("noise €.bin", Visibility.Private, AssetType.File));
        (Sha256(file), file.Metadata!.Value.GetProperty("sample").GetString()).ShouldBe((Tus.Sha256(Noise), "A7"));
        told.Reports[0].BytesDone.ShouldBe(0);
        told.Reports[^1].ShouldBe(new UploadProgress(Noise.Length, Noise.Length, file.Id));
        told.Reports.Select(r => r.BytesDone).ShouldBeInOrder();

        var copy = Path.Combine(folder, "copy.bin");
        var said = await ada.Ouro.Files.DownloadAsync(file.Id, copy);
        (said.FileName, said.Bytes).ShouldBe(("noise €.bin", Noise.Length));
        (await File.ReadAllBytesAsync(copy)).ShouldBe(Noise);
    }

    [Theory, InlineData(0), InlineData(5), InlineData((1 << 20) + 1)]
    public async Task Small_files_and_empty_ones_come_and_go(int length)
    {
        var ada = await server.Join($"sdk_small_{length}");
        using var stream = new MemoryStream([9, 9, .. Tus.Noise(length)]) { Position = 2 };
        var file = await ada.Ouro.Files.UploadAsync(stream, "small.bin", new() { Name = "Small", Visibility = Visibility.Private });
        (file.Name, Sha256(file)).ShouldBe(("Small", Tus.Sha256(Tus.Noise(length))));
        using var back = new MemoryStream();
        (await ada.Ouro.Files.DownloadAsync(file.Id, back)).Bytes.ShouldBe(length);
        back.ToArray().ShouldBe(Tus.Noise(length));
    }

    [Fact]
    public async Task Text_is_not_compressed_into_another_sum()
    {
        var ada = await server.Join("sdk_text");
        var text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the same again, ", 20_000)));
        using var stream = new MemoryStream(text);
        var file = await ada.Ouro.Files.UploadAsync(stream, "long.txt");
        using var back = new MemoryStream();
        await using var unchecked_ = new OuroClient(ada.Key, server.Api);
        (await unchecked_.Files.DownloadAsync(file.Id, back)).Bytes.ShouldBe(text.Length);
        back.ToArray().ShouldBe(text);
    }

    [Fact]
    public async Task Broken_connections_are_gone_on_from()
    {
        var ada = await server.Join("sdk_broken");
        using var line = new WeakLine(server.Root.Port) { UpTo = 11_000_000 };
        await using var ouro = new OuroClient(ada.Key, line.Api);
        using var stream = new MemoryStream(Noise);
        var file = await ouro.Files.UploadAsync(stream, "noise.bin", new() { Visibility = Visibility.Private });
        Sha256(file).ShouldBe(Tus.Sha256(Noise));
        line.Breaks.ShouldBe(1);
        line.Up.ShouldBeLessThan(Noise.Length + Piece + 1_000_000);

        line.DownTo = 7_000_000;
        var copy = Path.Combine(folder, "broken.bin");
        (await ouro.Files.DownloadAsync(file.Id, copy)).Bytes.ShouldBe(Noise.Length);
        (await File.ReadAllBytesAsync(copy)).ShouldBe(Noise);
        line.Breaks.ShouldBe(2);
        line.Down.ShouldBeLessThan(Noise.Length + 4_000_000);
    }

    [Fact]
    public async Task A_later_call_goes_on_where_an_earlier_one_stopped_if_the_file_is_the_same()
    {
        var ada = await server.Join("sdk_later");
        var path = Write("later.bin", Noise);
        using var line = new WeakLine(server.Root.Port);
        await using var ouro = new OuroClient(ada.Key, line.Api);
        using var stop = new CancellationTokenSource();
        var told = new Told(at =>
        {
            if (at.BytesDone > Piece + 1_000_000) stop.Cancel();
        });
        await Should.ThrowAsync<OperationCanceledException>(() => ouro.Files.UploadAsync(path, new() { Visibility = Visibility.Private }, told, stop.Token));
        var left = (await ada.Ouro.Uploads.ListAsync().ToListAsync()).ShouldHaveSingleItem();
        left.IsComplete.ShouldBeFalse();

        var before = line.Up;
        var file = await ouro.Files.UploadAsync(path, new() { Visibility = Visibility.Private });
        (file.Id, Sha256(file)).ShouldBe((left.Id, Tus.Sha256(Noise)));
        (line.Up - before).ShouldBeLessThan(Noise.Length - Piece + 200_000);

        // Another file of the same name and size is another file.
        File.SetLastWriteTimeUtc(Write("later.bin", Tus.Noise(Noise.Length, 99)), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Sha256(await ouro.Files.UploadAsync(path, new() { Visibility = Visibility.Private })).ShouldBe(Tus.Sha256(Tus.Noise(Noise.Length, 99)));
    }

    [Fact]
    public async Task What_the_disk_spoiled_is_not_taken_for_the_file()
    {
        var ada = await server.Join("sdk_spoiled");
        var bytes = Tus.Noise(50_000, 21);
        using var stream = new MemoryStream(bytes);
        var file = await ada.Ouro.Files.UploadAsync(stream, "spoiled.bin");
        var stored = Path.Combine(server.Services.GetRequiredService<Installation>().Directory.File("objects"), Sha256(file)[..2], Sha256(file));
        await using (var disk = new FileStream(stored, FileMode.Open, FileAccess.Write))
        {
            disk.Position = 40_000;
            disk.WriteByte((byte)(bytes[40_000] ^ 1));
        }
        var copy = Path.Combine(folder, "spoiled.bin");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Files.DownloadAsync(file.Id, copy))).Code.ShouldBe("checksum_mismatch");
        Directory.GetFiles(folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusals_are_told_at_once()
    {
        var ada = await server.Join("sdk_refused");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Files.DownloadAsync(Guid.CreateVersion7(), Path.Combine(folder, "nothing")))).Status.ShouldBe(404);
        Directory.GetFiles(folder).ShouldBeEmpty();
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Uploads.BeginAsync(new("huge.bin", 6L << 30)))).Code.ShouldBe("file_too_large");
        var id = await ada.Ouro.Uploads.BeginAsync(new("two.bin", 2));
        (await ada.Ouro.Uploads.AppendAsync(id, 0, new byte[] { 1 })).ShouldBe(1);
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Uploads.AppendAsync(id, 0, new byte[] { 1 }))).Code.ShouldBe("offset_differs");
        (await ada.Ouro.Uploads.OffsetAsync(id)).ShouldBe(1);
        await Should.ThrowAsync<FileNotFoundException>(() => ada.Ouro.Files.UploadAsync(Path.Combine(folder, "nothing")));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    static System.Text.Json.JsonElement Wire(object value) => System.Text.Json.JsonSerializer.SerializeToElement(value);

    static string Sha256(Asset file) => file.Metadata!.Value.GetProperty("sha256").GetString()!;

    sealed class Told(Action<UploadProgress>? then = null) : IProgress<UploadProgress>
    {
        public List<UploadProgress> Reports { get; } = [];

        public void Report(UploadProgress value)
        {
            lock (Reports) Reports.Add(value);
            then?.Invoke(value);
        }
    }

    /// <summary>A line to the server that breaks once, when so many bytes went up or came down.</summary>
    sealed class WeakLine : IDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly int port;
        long up, down;

        public WeakLine(int port)
        {
            this.port = port;
            listener.Start();
            _ = Listen();
        }

        public Uri Api => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/api");

        public long UpTo { get; set; } = long.MaxValue;

        public long DownTo { get; set; } = long.MaxValue;

        public long Up => Interlocked.Read(ref up);

        public long Down => Interlocked.Read(ref down);

        public int Breaks { get; private set; }

        async Task Listen()
        {
            try
            {
                while (true) _ = Serve(await listener.AcceptTcpClientAsync());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
        }

        async Task Serve(TcpClient client)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, port);
            var (here, there) = (client.GetStream(), server.GetStream());
            await Task.WhenAny(Copy(here, there, n => Interlocked.Add(ref up, n) > UpTo ? UpTo = Broken() : 0), Copy(there, here, n => Interlocked.Add(ref down, n) > DownTo ? DownTo = Broken() : 0));
            client.Dispose();
        }

        long Broken()
        {
            Breaks++;
            return long.MaxValue;
        }

        static async Task Copy(NetworkStream from, NetworkStream to, Func<int, long> isBroken)
        {
            var buffer = new byte[64 << 10];
            try
            {
                for (int read; (read = await from.ReadAsync(buffer)) > 0;)
                {
                    if (isBroken(read) > 0) return;
                    await to.WriteAsync(buffer.AsMemory(0, read));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException) { }
        }

        public void Dispose() => listener.Dispose();
    }
}
