using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Ouro.Bench;

/// <summary>Sends files by tus 1.0 in pieces of 8 MiB, to whoever understands it.</summary>
/// <param name="http">With the credential, where one is needed.</param>
/// <param name="endpoint">Where uploads are made.</param>
sealed class TusClient(HttpClient http, Uri endpoint)
{
    /// <summary>Sends a whole file; returns its upload's address.</summary>
    public async Task<Uri> Send(Cargo cargo, long length, CancellationToken ct)
    {
        using var creation = Request(HttpMethod.Post, endpoint);
        creation.Headers.Add("Upload-Length", length.ToString(CultureInfo.InvariantCulture));
        creation.Headers.Add("Upload-Metadata", "filename Y2FyZ28uYmlu");
        using var created = await Answer(creation, HttpStatusCode.Created, ct);
        // Either side says its own idea of its name; on this machine it is the one that was asked.
        var address = new Uri(endpoint, created.Headers.Location!.IsAbsoluteUri ? created.Headers.Location.PathAndQuery : created.Headers.Location.OriginalString);
        long sent = 0;
        await foreach (var piece in cargo.Pieces(length, Cargo.Piece, ct))
        {
            using var patch = Request(HttpMethod.Patch, address);
            patch.Headers.Add("Upload-Offset", sent.ToString(CultureInfo.InvariantCulture));
            patch.Content = new ReadOnlyMemoryContent(piece) { Headers = { ContentType = new MediaTypeHeaderValue("application/offset+octet-stream") } };
            using var answer = await Answer(patch, HttpStatusCode.NoContent, ct);
            sent += piece.Length;
            if (answer.Headers.GetValues("Upload-Offset").Single() != sent.ToString(CultureInfo.InvariantCulture))
                throw new BenchException($"{sent:N0} bytes were sent to {address.AbsolutePath}, and it does not say so.");
        }
        return address;
    }

    public async Task Remove(Uri upload, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Delete, upload);
        using var _ = await Answer(request, HttpStatusCode.NoContent, ct);
    }

    static HttpRequestMessage Request(HttpMethod method, Uri at) => new(method, at) { Headers = { { "Tus-Resumable", "1.0.0" } } };

    async Task<HttpResponseMessage> Answer(HttpRequestMessage request, HttpStatusCode expected, CancellationToken ct)
    {
        var answer = await http.SendAsync(request, ct);
        if (answer.StatusCode == expected) return answer;
        using (answer)
            throw new BenchException($"{request.Method} {request.RequestUri!.AbsolutePath} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }
}
