using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Ouro.Tests.Storage;

/// <summary>A request that was signed by who has the secret (AWS Signature, version 4), and its payload, which is checked while it comes in.</summary>
public sealed partial class S3Signature
{
    const string Algorithm = "AWS4-HMAC-SHA256", Chunked = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Unsigned = "UNSIGNED-PAYLOAD";

    static readonly string Nothing = Convert.ToHexStringLower(SHA256.HashData([]));

    readonly byte[] key;
    readonly string signature, time, scope, payload;

    S3Signature(byte[] key, string signature, string time, string scope, string payload) =>
        (this.key, this.signature, this.time, this.scope, this.payload) = (key, signature, time, scope, payload);

    public static S3Signature Verify(HttpRequest request, string target, DateTimeOffset now)
    {
        var (path, query) = target.Split('?', 2) is [var p, var q] ? (p, Parameters(q)) : (target, []);
        string Asked(string name) => query.FirstOrDefault(pair => pair.Name == name).Value ?? "";
        var isLink = Asked("X-Amz-Algorithm").Length > 0;
        var header = Authorization().Match(request.Headers.Authorization.ToString());
        if (!isLink && !header.Success) throw Denied("Access Denied");

        var credential = (isLink ? Asked("X-Amz-Credential") : header.Groups["credential"].Value).Split('/', 2);
        var time = isLink ? Asked("X-Amz-Date") : request.Headers["x-amz-date"].ToString();
        if (!DateTimeOffset.TryParseExact(time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt)) throw Denied("There is no date.");
        if (credential is not [S3Server.AccessKey, var scope]) throw new S3Error(HttpStatusCode.Forbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        if (scope != $"{time[..8]}/{S3Server.Region}/s3/aws4_request")
            throw new S3Error(HttpStatusCode.BadRequest, "AuthorizationHeaderMalformed", $"The authorization header is malformed; expecting '{S3Server.Region}'");
        if (isLink)
        {
            if (now > signedAt.AddSeconds(int.Parse(Asked("X-Amz-Expires")))) throw Denied("Request has expired");
        }
        else if ((now - signedAt).Duration() > TimeSpan.FromMinutes(15))
            throw new S3Error(HttpStatusCode.Forbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");

        var payload = isLink ? Unsigned : request.Headers["x-amz-content-sha256"].ToString();
        var signedHeaders = isLink ? Asked("X-Amz-SignedHeaders") : header.Groups["headers"].Value;
        if (!signedHeaders.Split(';').Contains("host")) throw Denied("The host is not signed.");
        var canonical = new StringBuilder().Append(request.Method).Append('\n')
            .Append(string.Join('/', path.Split('/').Select(segment => Uri.EscapeDataString(Uri.UnescapeDataString(segment))))).Append('\n')
            .AppendJoin('&', query.Where(pair => pair.Name != "X-Amz-Signature").Select(pair => (Name: Uri.EscapeDataString(pair.Name), Value: Uri.EscapeDataString(pair.Value)))
                .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => $"{pair.Name}={pair.Value}")).Append('\n');
        foreach (var name in signedHeaders.Split(';')) canonical.Append(name).Append(':').Append(Spaces().Replace(request.Headers[name].ToString().Trim(), " ")).Append('\n');
        canonical.Append('\n').Append(signedHeaders).Append('\n').Append(payload);

        var key = Mac(Mac(Mac(Mac(Encoding.UTF8.GetBytes("AWS4" + S3Server.SecretKey), time[..8]), S3Server.Region), "s3"), "aws4_request");
        var right = Sign(key, $"{Algorithm}\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical.ToString()))}");
        var said = isLink ? Asked("X-Amz-Signature") : header.Groups["signature"].Value;
        return right == said ? new(key, said, time, scope, payload) : throw Different();
    }

    /// <summary>Writes the payload to a stream, and refuses it where it is not what was signed.</summary>
    public async Task Receive(HttpRequest request, Stream to, CancellationToken ct)
    {
        switch (payload)
        {
            case Unsigned:
                await request.Body.CopyToAsync(to, ct);
                break;
            case Chunked:
                await ReceiveChunks(request, to, ct);
                break;
            case { Length: 64 }:
                using (var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
                {
                    var buffer = new byte[1 << 16];
                    for (int read; (read = await request.Body.ReadAsync(buffer, ct)) > 0;)
                    {
                        hash.AppendData(buffer, 0, read);
                        await to.WriteAsync(buffer.AsMemory(0, read), ct);
                    }
                    if (Convert.ToHexStringLower(hash.GetHashAndReset()) != payload)
                        throw new S3Error(HttpStatusCode.BadRequest, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.");
                }
                break;
            default:
                throw new S3Error(HttpStatusCode.NotImplemented, "NotImplemented", $"The payload {payload} is not implemented.");
        }
    }

    /// <summary>Each chunk says its length and a signature, which goes on from that of the chunk before it; the last is empty.</summary>
    async Task ReceiveChunks(HttpRequest request, Stream to, CancellationToken ct)
    {
        var reader = PipeReader.Create(request.Body);
        var (before, length) = (signature, 0L);
        for (var size = -1; size != 0;)
        {
            var line = await Line(reader, ct);
            var said = Chunk().Match(line);
            if (!said.Success) throw new S3Error(HttpStatusCode.BadRequest, "IncompleteBody", "A chunk does not begin as it should.");
            size = int.Parse(said.Groups["size"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var arrived = await reader.ReadAtLeastAsync(size + 2, ct);
            if (arrived.Buffer.Length < size + 2) throw new S3Error(HttpStatusCode.BadRequest, "IncompleteBody", "The body ended within a chunk.");
            var chunk = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
            arrived.Buffer.Slice(0, size).CopyTo(chunk);
            reader.AdvanceTo(arrived.Buffer.GetPosition(size + 2));
            var right = Sign(key, $"{Algorithm}-PAYLOAD\n{time}\n{scope}\n{before}\n{Nothing}\n{Hash(chunk.AsSpan(0, size))}");
            if (right != said.Groups["signature"].Value) throw Different();
            await to.WriteAsync(chunk.AsMemory(0, size), ct);
            ArrayPool<byte>.Shared.Return(chunk);
            (before, length) = (right, length + size);
        }
        if (request.Headers["x-amz-decoded-content-length"].ToString() != length.ToString(CultureInfo.InvariantCulture))
            throw new S3Error(HttpStatusCode.BadRequest, "IncompleteBody", "You did not provide the number of bytes specified.");
    }

    static async Task<string> Line(PipeReader reader, CancellationToken ct)
    {
        while (true)
        {
            var arrived = await reader.ReadAsync(ct);
            if (arrived.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.ASCII.GetString(arrived.Buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(arrived.Buffer.GetPosition(1, end));
                return line;
            }
            if (arrived.IsCompleted) throw new S3Error(HttpStatusCode.BadRequest, "IncompleteBody", "The body ended before its last chunk.");
            reader.AdvanceTo(arrived.Buffer.Start, arrived.Buffer.End);
        }
    }

    static List<(string Name, string Value)> Parameters(string query) =>
        [.. query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")))];

    static string Sign(byte[] key, string text) => Convert.ToHexStringLower(Mac(key, text));

    static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    static S3Error Denied(string why) => new(HttpStatusCode.Forbidden, "AccessDenied", why);

    static S3Error Different() => new(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.");

    [GeneratedRegex("^AWS4-HMAC-SHA256 Credential=(?<credential>[^,]+), ?SignedHeaders=(?<headers>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$")]
    private static partial Regex Authorization();

    [GeneratedRegex("^(?<size>[0-9a-f]{1,7});chunk-signature=(?<signature>[0-9a-f]{64})$", RegexOptions.IgnoreCase)]
    private static partial Regex Chunk();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
