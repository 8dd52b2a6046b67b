using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Ouro;

/// <summary>One request as it is meant, from which each try makes its own.</summary>
/// <param name="Method">The verb.</param>
/// <param name="Path">The address below the API's, without a slash in front and with its values escaped.</param>
sealed record Call(HttpMethod Method, string Path)
{
    /// <summary>Makes the body anew for each try; null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Whether the body can be made again; a stream that cannot be rewound is sent once.</summary>
    public bool Repeatable { get; init; } = true;

    /// <summary>Whether the body is so large that no clock runs, and that the server is asked for its consent first.</summary>
    public bool Large { get; init; }

    /// <summary>Headers besides those that every call has.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Whether doing it twice is the same as doing it once.</summary>
    public bool Idempotent => Method != HttpMethod.Post && Method != HttpMethod.Patch;

    public static Call Get(string path, params (string Name, object? Value)[] query) => new(HttpMethod.Get, path + Query(query));

    public static Call Delete(string path, params (string Name, object? Value)[] query) => new(HttpMethod.Delete, path + Query(query));

    public static Call Delete(string path, object body) => new(HttpMethod.Delete, path) { Content = () => Json(body) };

    public static Call Post(string path, object? body = null) => new(HttpMethod.Post, path) { Content = body is null ? null : () => Json(body) };

    public static Call Put(string path, object body) => new(HttpMethod.Put, path) { Content = () => Json(body) };

    /// <summary>Bytes as they are; what they are is told by themselves.</summary>
    public static Call Put(string path, ReadOnlyMemory<byte> body) => new(HttpMethod.Put, path)
    {
        Content = () => new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
    };

    public static Call Patch(string path, object body) => new(HttpMethod.Patch, path) { Content = () => Json(body) };

    /// <summary>The query of an address: what is null is left out.</summary>
    public static string Query(params (string Name, object? Value)[] query)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in query)
            if (value is not null) text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(Text(value)));
        return text.ToString();
    }

    static string Text(object value) => value switch
    {
        bool truth => truth ? "true" : "false",
        Enum word => JsonSerializer.SerializeToElement(word, word.GetType(), OuroJson.Options).GetString()!,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static ByteArrayContent Json(object body) => new(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), OuroJson.Options))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };
}
