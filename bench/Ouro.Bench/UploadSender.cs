using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Ouro.Bench;

/// <summary>How a file goes in.</summary>
enum Way
{
    /// <summary>By tus, in pieces of 8 MiB.</summary>
    Pieces,

    /// <summary>By tus, all in one request.</summary>
    Stream,

    /// <summary>To a signed link.</summary>
    Link,

    /// <summary>In base64, within JSON.</summary>
    Base64,

    /// <summary>As a file at once.</summary>
    Whole,
}

/// <summary>
/// A client that says what it is about to send and what was answered, a line each, so that who kills it, or its server, knows what must be there. It runs
/// within the campaign or as a process of its own.
/// </summary>
sealed class UploadSender : IDisposable
{
    public const string Argument = "--send";
    public const int Piece = 8 << 20;
    const int Write = 64 << 10;

    readonly HttpClient http;
    readonly Action<string> tell;

    public UploadSender(Uri root, string key, Action<string> tell)
    {
        this.tell = tell;
        http = new(new SocketsHttpHandler { ConnectCallback = Connect }) { BaseAddress = root, Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", key);
    }

    /// <summary>The sender as a process: the way, the server, its key, the seed and the length of the content, its name.</summary>
    public static async Task<int> Serve(string[] args)
    {
        using var sender = new UploadSender(new(args[1]), args[2], Console.WriteLine);
        try
        {
            await sender.Send(Enum.Parse<Way>(args[0]), Noise(int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture)), args[5], default);
            return 0;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return 1;
        }
    }

    /// <summary>Content that follows from a number, so that whoever has the number can compare it.</summary>
    public static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Sends a file and makes it an asset.</summary>
    public async Task<Guid> Send(Way way, byte[] content, string name, CancellationToken ct)
    {
        if (way is Way.Pieces or Way.Stream)
        {
            var url = await Begin(content.Length, name, ct);
            await Append(way, url, 0, content, ct);
            return await Create(UploadOf(url), ct);
        }
        if (way == Way.Link)
        {
            var url = await AskForLink(name, ct);
            await Put(url, content, ct);
            return await Create(UploadOf(url), ct);
        }
        if (way == Way.Base64) return await Create(UploadOf(await Keep(content, name, ct)), ct);
        using var body = new Body(content, 0, content.Length, tell);
        return await Made($"/api/files/create/from-file?file_name={name}&visibility=private", body, ct);
    }

    /// <summary>The upload that an address is of.</summary>
    public static Guid UploadOf(string url) => Guid.Parse(url.Split('?')[0].Replace("/content", "", StringComparison.Ordinal).Split('/')[^1]);

    /// <summary>Sends what is not there yet by tus.</summary>
    public async Task Append(Way way, string url, long from, byte[] content, CancellationToken ct)
    {
        for (var at = from; at < content.Length;)
        {
            var count = way == Way.Pieces ? (int)Math.Min(Piece, content.Length - at) : (int)(content.Length - at);
            using var body = new Body(content, (int)at, count, tell) { Headers = { ContentType = new("application/offset+octet-stream") } };
            using var answer = await Tus(HttpMethod.Patch, url, body, ct, ("Upload-Offset", $"{at}"));
            at = long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
            tell($"kept {at}");
        }
        tell("whole");
    }

    /// <summary>Where an upload stands; null where there is none any more.</summary>
    public async Task<long?> Stands(string url, CancellationToken ct)
    {
        try
        {
            using var answer = await Tus(HttpMethod.Head, url, null, ct);
            return long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Sends a file to its link.</summary>
    public async Task Put(string url, byte[] content, CancellationToken ct)
    {
        await Ask(HttpMethod.Put, url, new Body(content, 0, content.Length, tell), ct);
        tell("whole");
    }

    /// <summary>Makes an upload that is whole an asset.</summary>
    public Task<Guid> Create(Guid upload, CancellationToken ct) => Made("/api/files/create", JsonContent.Create(new { file = new { id = upload, visibility = "private" } }), ct);

    /// <summary>The bytes of an asset.</summary>
    public Task<byte[]> Read(Guid id, CancellationToken ct) => http.GetByteArrayAsync(new Uri($"/api/files/{id}/content", UriKind.Relative), ct);

    public void Dispose() => http.Dispose();

    async Task<Guid> Made(string url, HttpContent body, CancellationToken ct)
    {
        tell("creating");
        var id = (await Ask(HttpMethod.Post, url, body, ct)).GetProperty("id").GetGuid();
        tell($"created {id}");
        return id;
    }

    async Task<string> Begin(long length, string name, CancellationToken ct)
    {
        using var answer = await Tus(HttpMethod.Post, "/api/files/uploads", null, ct,
            ("Upload-Length", $"{length}"), ("Upload-Metadata", "filename " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(name))));
        var url = answer.Headers.Location!.ToString();
        tell($"began {url}");
        return url;
    }

    async Task<string> AskForLink(string name, CancellationToken ct)
    {
        var link = await Ask(HttpMethod.Post, "/api/files/upload-url", JsonContent.Create(new { file_name = name, visibility = "private" }), ct);
        // The address is the one that people use; a sender on this machine takes the port alone.
        var url = new Uri(link.GetProperty("upload_url").GetString()!).PathAndQuery;
        tell($"began {url}");
        return url;
    }

    async Task<string> Keep(byte[] content, string name, CancellationToken ct)
    {
        var (before, after) = ($$"""{"file_name":"{{name}}","visibility":"private","file_base64":" """.TrimEnd(), "\"}");
        var json = new byte[before.Length + Base64.GetMaxEncodedToUtf8Length(content.Length) + after.Length];
        System.Text.Encoding.ASCII.GetBytes(before, json);
        Base64.EncodeToUtf8(content, json.AsSpan(before.Length), out _, out var written);
        System.Text.Encoding.ASCII.GetBytes(after, json.AsSpan(before.Length + written));
        using var body = new Body(json, 0, json.Length, tell) { Headers = { ContentType = new("application/json") } };
        var kept = await Ask(HttpMethod.Post, "/api/files/upload", body, ct);
        var id = kept.GetProperty("id").GetString()!;
        tell($"began {id}");
        tell("whole");
        return id;
    }

    async Task<HttpResponseMessage> Tus(HttpMethod method, string url, HttpContent? body, CancellationToken ct, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body };
        request.Headers.Add("Tus-Resumable", "1.0.0");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Good(await http.SendAsync(request, ct), ct);
    }

    async Task<JsonElement> Ask(HttpMethod method, string url, HttpContent? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body };
        using var answer = await Good(await http.SendAsync(request, ct), ct);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(ct)).GetProperty("data");
    }

    static async Task<HttpResponseMessage> Good(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.IsSuccessStatusCode) return answer;
        using (answer)
            throw new HttpRequestException(
                $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.AbsolutePath} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}", null, answer.StatusCode);
    }

    /// <summary>A connection that holds little back, and that is gone at once when it is dropped.</summary>
    static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = Write, LingerState = new(true, 0) };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A part of some bytes, and word of each step before it is taken.</summary>
    sealed class Body(byte[] bytes, int from, int count, Action<string> tell) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken ct)
        {
            for (var at = from; at < from + count; at += Write)
            {
                var step = Math.Min(Write, from + count - at);
                tell($"sending {at + step} {bytes.Length}");
                await stream.WriteAsync(bytes.AsMemory(at, step), ct);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override bool TryComputeLength(out long length)
        {
            length = count;
            return true;
        }
    }
}
