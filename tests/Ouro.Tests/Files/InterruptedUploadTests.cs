using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Files;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>What becomes of an upload when a connection, a sender, a disk or the server's memory is not what it should be.</summary>
public sealed class InterruptedUploadTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly byte[] Noise = Tus.Noise(3_000_000);

    OpenUploads Open => server.Services.GetRequiredService<OpenUploads>();

    [Fact]
    public async Task What_arrived_before_a_connection_broke_is_kept()
    {
        using var tus = Tus.Of(await server.Join("ada_broken"));
        var url = await tus.Begin(Noise.Length);
        using var sender = new SlowBody();
        var sending = tus.Send("PATCH", url, sender, ("Upload-Offset", "0"));
        await sender.Write(Noise[..2_000_000]);
        await Until(async () => (await Received(url)).OnDisk == 2_000_000);
        // The other one at the same time has to wait, and who asks how far it is need not.
        (await tus.Patch(url, 0, [1]).Refused(423)).ShouldBe("upload_busy");
        sender.Break();
        await Should.ThrowAsync<HttpRequestException>(sending);
        await Until(async () => await tus.Offset(url) == 2_000_000);
        (await tus.Patch(url, 2_000_000, Noise[2_000_000..]).Accepted()).ShouldBe(Noise.Length);
        await ShouldBe(url, Noise);
    }

    [Fact]
    public async Task A_checked_piece_that_breaks_off_is_thrown_away()
    {
        using var tus = Tus.Of(await server.Join("ada_broken_sum"));
        var url = await tus.Begin(Noise.Length);
        (await tus.Patch(url, 0, Noise[..10]).Accepted()).ShouldBe(10);
        using var sender = new SlowBody();
        var sending = tus.Send("PATCH", url, sender, ("Upload-Offset", "10"), ("Upload-Checksum", "md5 " + Convert.ToBase64String(new byte[16])));
        await sender.Write(Noise[10..1_000_000]);
        await Until(async () => (await Received(url)).OnDisk == 1_000_000);
        sender.Break();
        await Should.ThrowAsync<HttpRequestException>(sending);
        (await tus.Offset(url)).ShouldBe(10);
        (await tus.Patch(url, 10, Noise[10..]).Accepted()).ShouldBe(Noise.Length);
        await ShouldBe(url, Noise);
    }

    [Fact]
    public async Task An_upload_is_thrown_away_while_it_is_sent()
    {
        using var tus = Tus.Of(await server.Join("ada_terminate"));
        var url = await tus.Begin(Noise.Length);
        using var sender = new SlowBody();
        var sending = tus.Send("PATCH", url, sender, ("Upload-Offset", "0"));
        await sender.Write(Noise[..1_000_000]);
        await Until(async () => (await Received(url)).OnDisk == 1_000_000);
        using var deleted = await tus.Send("DELETE", url, null);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        File.Exists(Spooled(url)).ShouldBeFalse();
        sender.Break();
        try
        {
            (await sending).IsSuccessStatusCode.ShouldBeFalse();
        }
        catch (HttpRequestException) { }
    }

    [Fact]
    public async Task A_sender_of_one_byte_a_second_is_cut_off_and_what_it_sent_is_kept()
    {
        var ada = await server.Join("ada_slow");
        using var tus = Tus.Of(ada);
        var url = await tus.Begin(Noise.Length);
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Root.Host, server.Root.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {new Uri(url).PathAndQuery} HTTP/1.1\r\nHost: {server.Root.Authority}\r\nAuthorization: {ada.Key}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            + $"Content-Type: application/offset+octet-stream\r\nContent-Length: {Noise.Length}\r\n\r\n"));
        await stream.WriteAsync(Noise.AsMemory(0, 300));
        var answer = ReadAll(stream);
        for (var sent = 300; sent < 330 && !answer.IsCompleted; sent++)
        {
            await Task.WhenAny(Task.Delay(1000), answer);
            try
            {
                await stream.WriteAsync(Noise.AsMemory(sent, 1));
            }
            catch (IOException)
            {
                break;
            }
        }
        var text = await answer.WaitAsync(TimeSpan.FromSeconds(20));
        text.ShouldStartWith("HTTP/1.1 408 ");
        text.ShouldContain("\"too_slow\"");
        var offset = await tus.Offset(url);
        offset.ShouldBeInRange(300, 330);
        (await tus.Patch(url, offset, Noise[(int)offset..]).Accepted()).ShouldBe(Noise.Length);
        await ShouldBe(url, Noise);
    }

    [Fact]
    public async Task A_full_disk_is_told_and_what_was_safe_stays()
    {
        var ada = await server.Join("ada_full");
        using var tus = Tus.Of(ada);
        var url = await tus.Begin(Noise.Length);
        // What is written there finds no room.
        File.CreateSymbolicLink(Spooled(url), "/dev/full");
        (await tus.Patch(url, 0, Noise[..1000]).Refused(507)).ShouldBe("storage_full");
        (await tus.Offset(url)).ShouldBe(0);
        File.Delete(Spooled(url));
        (await tus.Patch(url, 0, Noise).Accepted()).ShouldBe(Noise.Length);
        await ShouldBe(url, Noise);
    }

    [Fact]
    public async Task A_file_that_was_closed_meanwhile_is_read_again_to_where_it_was_safe()
    {
        using var tus = Tus.Of(await server.Join("ada_closed"));
        var url = await tus.Begin(Noise.Length);
        (await tus.Patch(url, 0, Noise[..1_000_000]).Accepted()).ShouldBe(1_000_000);
        Open.CloseIdle(TimeSpan.Zero);
        Open.Count.ShouldBe(0);
        // Bytes behind what was acknowledged are of a time before a crash, and count for nothing.
        await File.AppendAllTextAsync(Spooled(url), "left over");
        (await tus.Offset(url)).ShouldBe(1_000_000);
        (await tus.Patch(url, 1_000_000, Noise[1_000_000..]).Accepted()).ShouldBe(Noise.Length);
        await ShouldBe(url, Noise);
        Open.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Files_are_kept_open_for_some_uploads_and_not_for_all()
    {
        using var tus = Tus.Of(await server.Join("ada_many"));
        List<string> urls = [];
        for (var i = 0; i < OpenUploads.Most + 20; i++)
        {
            urls.Add(await tus.Begin(3));
            (await tus.Patch(urls[^1], 0, [1, 2]).Accepted()).ShouldBe(2);
        }
        Open.Count.ShouldBeInRange(1, OpenUploads.Most);
        (await tus.Patch(urls[0], 2, [3]).Accepted()).ShouldBe(3);
        await ShouldBe(urls[0], [1, 2, 3]);
    }

    [Fact]
    public async Task What_is_missing_on_the_disk_is_sent_again()
    {
        using var tus = Tus.Of(await server.Join("ada_missing"));
        var url = await tus.Begin(1000);
        (await tus.Patch(url, 0, Noise[..900]).Accepted()).ShouldBe(900);
        Open.CloseIdle(TimeSpan.Zero);
        File.Delete(Spooled(url));
        (await tus.Patch(url, 900, Noise[900..1000]).Refused(409)).ShouldBe("offset_differs");
        (await tus.Offset(url)).ShouldBe(0);
        (await tus.Patch(url, 0, Noise[..1000]).Accepted()).ShouldBe(1000);
        await ShouldBe(url, Noise[..1000]);
    }

    [Theory, InlineData("HEAD"), InlineData("PATCH"), InlineData("create"), InlineData("complete")]
    public async Task What_was_all_here_when_the_server_died_is_finished_when_somebody_asks(string by)
    {
        var ada = await server.Join("ada_finish_" + by.ToLowerInvariant());
        using var tus = Tus.Of(ada);
        var url = await tus.Begin(1000);
        // As it stands on the disk and in the database when the last byte is safe and nothing else was done.
        await File.WriteAllBytesAsync(Spooled(url), Noise[..1000]);
        await server.Db.Run($"update uploads set received = 1000 where id = {Tus.Id(url)}", default);
        if (by == "HEAD") (await tus.Offset(url)).ShouldBe(1000);
        if (by == "PATCH") (await tus.Patch(url, 1000, []).Accepted()).ShouldBe(1000);
        if (by == "complete") (await ada.Post("/files/upload/complete", new { upload_id = Tus.Id(url) })).Data().GetProperty("sha256").GetString().ShouldBe(Tus.Sha256(Noise[..1000]));
        if (by != "create") (await ada.Get($"/files/uploads/{Tus.Id(url)}")).Data().GetProperty("is_complete").GetBoolean().ShouldBeTrue();
        var file = (await ada.Post("/files/create", new { file = new { id = Tus.Id(url) } })).Data();
        file.GetProperty("metadata").GetProperty("sha256").GetString().ShouldBe(Tus.Sha256(Noise[..1000]));
        File.Exists(Spooled(url)).ShouldBeFalse();
    }

    string Spooled(string url) => server.Services.GetRequiredService<UploadSpool>().File(Tus.Id(url)).Path;

    async Task<(long Row, long OnDisk)> Received(string url) =>
        (await server.Db.Maybe<long>($"select received from uploads where id = {Tus.Id(url)}", default), new FileInfo(Spooled(url)) is { Exists: true } file ? file.Length : 0);

    async Task ShouldBe(string url, byte[] bytes) =>
        (await server.Db.Maybe<string>($"select sha256 from uploads where id = {Tus.Id(url)}", default)).ShouldBe(Tus.Sha256(bytes));

    static async Task Until(Func<Task<bool>> isSo)
    {
        for (var i = 0; i < 200; i++)
            if (await isSo()) return;
            else await Task.Delay(50);
        throw new TimeoutException("It does not become so.");
    }

    static async Task<string> ReadAll(NetworkStream stream)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer)) > 0;) text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
        catch (IOException) { }
        return text.ToString();
    }

    /// <summary>A body that is sent when it is told, and breaks off when it is told.</summary>
    sealed class SlowBody : HttpContent
    {
        readonly TaskCompletionSource<Stream> open = new();
        readonly TaskCompletionSource end = new();

        public SlowBody() => Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");

        public async Task Write(byte[] bytes)
        {
            var stream = await open.Task;
            await stream.WriteAsync(bytes);
            await stream.FlushAsync();
        }

        public void Break() => end.TrySetException(new IOException("The sender is gone."));

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            open.TrySetResult(stream);
            await end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
