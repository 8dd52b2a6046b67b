using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace Ouro.Tests.Files;

/// <summary>A client of tus that says only what it is told to, so that a test can say it wrongly too.</summary>
public sealed class Tus(Uri root, string key, string door = "/api/files/uploads") : IDisposable
{
    public HttpClient Http { get; } = new() { BaseAddress = root };

    public static Tus Of(Person person) => new(person.Server.Root, person.Key);

    public static byte[] Noise(int length, int seed = 7)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Metadata(params (string Key, string Value)[] said) => string.Join(',', said.Select(s => $"{s.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(s.Value))}"));

    public async Task<HttpResponseMessage> Send(string method, string? url, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), url ?? door) { Content = body };
        request.Headers.TryAddWithoutValidation("Authorization", key);
        if (!headers.Any(h => h.Name == "Tus-Resumable")) request.Headers.Add("Tus-Resumable", "1.0.0");
        foreach (var (name, value) in headers)
            if (value.Length > 0) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    public static HttpContent Bytes(byte[] bytes) => new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };

    /// <summary>Begins an upload; its address.</summary>
    public async Task<string> Begin(long length, string name = "noise.bin", params (string Key, string Value)[] said)
    {
        using var answer = await Send("POST", null, null, ("Upload-Length", length.ToString()), ("Upload-Metadata", Metadata([("filename", name), .. said])));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.ToString();
    }

    public Task<HttpResponseMessage> Patch(string url, long offset, byte[] bytes, params (string Name, string Value)[] headers) =>
        Send("PATCH", url, Bytes(bytes), [("Upload-Offset", offset.ToString()), .. headers]);

    /// <summary>Where an upload stands.</summary>
    public async Task<long> Offset(string url)
    {
        using var answer = await Send("HEAD", url, null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return long.Parse(answer.Header("Upload-Offset")!);
    }

    public static Guid Id(string url) => Guid.Parse(url[(url.LastIndexOf('/') + 1)..]);

    public void Dispose() => Http.Dispose();
}

public static class TusAnswers
{
    /// <summary>The code of a refusal, which has this status.</summary>
    public static async Task<string> Refused(this Task<HttpResponseMessage> sent, int status)
    {
        using var answer = await sent;
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Header("Tus-Resumable").ShouldBe("1.0.0");
        return JsonSerializer.Deserialize<JsonElement>(text).Code();
    }

    /// <summary>The offset of an answer that has this status.</summary>
    public static async Task<long> Accepted(this Task<HttpResponseMessage> sent, HttpStatusCode status = HttpStatusCode.NoContent)
    {
        using var answer = await sent;
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
        answer.Header("Tus-Resumable").ShouldBe("1.0.0");
        answer.Header("Upload-Expires").ShouldNotBeNull();
        return long.Parse(answer.Header("Upload-Offset")!);
    }
}
