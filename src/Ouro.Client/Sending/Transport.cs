using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text.Json;

namespace Ouro;

/// <summary>
/// Sends calls and reads their answers: who asks, what is tried again and when, and how every failure becomes an <see cref="OuroException"/>. All
/// clients go through it, so that none differs.
/// </summary>
sealed class Transport : IDisposable
{
    static readonly string Product = "ouro-dotnet/" + Version();

    readonly OuroOptions options;
    readonly HttpClient http;
    readonly Uri root;

    public Transport(OuroOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Tries, 1, "options.Tries");
        this.options = options;
        var key = (options.ApiKey ?? Environment.GetEnvironmentVariable("OURO_API_KEY"))?.Trim();
        ApiKey = key is { Length: > 0 } ? key
            : throw new OuroException(0, "api_key_missing", "There is no API key. Give one to the client, or set OURO_API_KEY.",
                hint: "Make one on the web under Settings, API keys.");
        root = Root(options.BaseAddress);
        // The clock of each try is kept here, where a file on its way has none.
        http = options.HttpClient ?? new(options.Handler ?? OwnHandler(), disposeHandler: options.Handler is null) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The credential that this client sends.</summary>
    public string ApiKey { get; }

    /// <summary>How values are read: the rows of a dataset may hold NaN and infinities, which JSON has only as words.</summary>
    public static JsonSerializerOptions Reading { get; } = new(OuroJson.Options)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The payload of the answer to a call.</summary>
    public async Task<T> Data<T>(Call call, CancellationToken ct) => (await Send<T>(call, ct)).Data;

    /// <summary>The whole answer to a call, tried again where that can do no harm.</summary>
    public async Task<Envelope<T>> Send<T>(Call call, CancellationToken ct) => await Answer<Envelope<T>>(call, ct);

    /// <summary>The answer to a call that knows no envelope.</summary>
    public Task<T> Answer<T>(Call call, CancellationToken ct) => Tried(call, (answer, token) => Read<T>(call, answer, token), ct);

    /// <summary>What the headers of the answer to a call say, which has no body.</summary>
    public Task<T> Headers<T>(Call call, Func<HttpResponseMessage, T> read, CancellationToken ct) =>
        Tried(call, async (answer, token) => answer.IsSuccessStatusCode ? read(answer) : await Refused<T>(call, answer, token), ct);

    /// <summary>The answer to a call whose body is read as it comes; once, and the caller's to dispose of.</summary>
    public async Task<HttpResponseMessage> Open(Call call, CancellationToken ct)
    {
        using var request = Request(call);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return answer;
            return await Refused<HttpResponseMessage>(call, answer, ct);
        }
        catch (Exception e)
        {
            answer?.Dispose();
            if (e is not (HttpRequestException or IOException)) throw;
            ct.ThrowIfCancellationRequested();
            throw Unreachable(e);
        }
    }

    async Task<T> Tried<T>(Call call, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        for (var tried = 1; ; tried++)
        {
            var pause = TimeSpan.Zero;
            try
            {
                return await Once(call, read, ct);
            }
            catch (OuroException e) when (tried < options.Tries && MayRepeat(call, e, tried, out pause))
            {
                await Task.Delay(pause, ct);
            }
        }
    }

    /// <summary>Writes the bytes that a call answers with into a stream; once, because what was written cannot be taken back.</summary>
    public async Task<DownloadedAsset> Download(Call call, Guid id, Stream destination, CancellationToken ct)
    {
        using var request = Request(call);
        using var answer = await Arriving(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct));
        if (!answer.IsSuccessStatusCode) await Read<Envelope<JsonElement?>>(call, answer, ct);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        var (bytes, buffer) = (0L, new byte[81_920]);
        // Only what arrives is the connection's; what the stream fails at is its owner's to hear of.
        for (int read; (read = await Arriving(() => body.ReadAsync(buffer, ct).AsTask())) > 0; bytes += read) await destination.WriteAsync(buffer.AsMemory(0, read), ct);
        var said = answer.Content.Headers;
        return new(
            said.ContentDisposition?.FileNameStar ?? said.ContentDisposition?.FileName?.Trim('"') ?? $"{id}.bin", said.ContentType?.ToString() ?? "application/octet-stream", bytes);

        async Task<T> Arriving<T>(Func<Task<T>> next)
        {
            try
            {
                return await next();
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                ct.ThrowIfCancellationRequested();
                throw new OuroException(0, "connection_failed", $"The connection to {root.Authority} broke: {e.Message}", hint: "Download it once more: what was written is a part of it.", inner: e);
            }
        }
    }

    public void Dispose()
    {
        if (options.HttpClient is null) http.Dispose();
    }

    /// <summary>
    /// Whether a failed call is tried again, and after which pause. What changes something at each call is repeated only when the server says that it
    /// did not begin: it is too busy, and names a time.
    /// </summary>
    bool MayRepeat(Call call, OuroException failure, int tried, out TimeSpan pause)
    {
        pause = failure.RetryAfter ?? TimeSpan.Zero;
        var passing = failure.Status switch
        {
            0 => failure.Code is "connection_failed" or "timed_out" && call.Idempotent,
            429 or 503 => call.Idempotent || failure.RetryAfter is not null,
            408 or 502 or 504 => call.Idempotent,
            _ => false,
        };
        if (!passing || !call.Repeatable || pause > options.LongestPause) return false;
        var backoff = options.FirstPause * Math.Pow(2, tried - 1) * (1 - Random.Shared.NextDouble() / 2);
        if (backoff > options.LongestPause) backoff = options.LongestPause;
        // Callers that were sent away together must not come back together.
        pause = pause == TimeSpan.Zero ? backoff : pause + backoff / 4;
        return true;
    }

    async Task<T> Once<T>(Call call, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        using var request = Request(call);
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (!call.Large && options.Timeout > TimeSpan.Zero) clock.CancelAfter(options.Timeout);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, clock.Token);
            return await read(answer, clock.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new OuroException(0, "timed_out", $"{root.Authority} did not answer {call.Method} {call.Path} in time.",
                hint: "Raise Timeout in the options, or ask for less.", inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // A connection that broke because its caller let go is no failure of the connection.
            ct.ThrowIfCancellationRequested();
            throw Unreachable(e);
        }
    }

    OuroException Unreachable(Exception e) => new(0, "connection_failed", $"{root.Authority} cannot be reached: {e.Message}",
        hint: $"Check that a server runs at {root}, and that BaseAddress or OURO_BASE_URL names it.", inner: e);

    HttpRequestMessage Request(Call call)
    {
        var request = new HttpRequestMessage(call.Method, new Uri(root, call.Path)) { Content = call.Content?.Invoke() };
        request.Headers.Authorization = new("Bearer", ApiKey);
        request.Headers.UserAgent.ParseAdd(Product);
        request.Headers.Add("X-Ouro-Client", options.Client ?? Product);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (options.Organization is { } organization) request.Headers.Add("X-Ouro-Org", organization.ToString());
        // A refusal is heard before gigabytes are on their way, and not lost with a connection that the server closes.
        if (call.Large) request.Headers.ExpectContinue = true;
        foreach (var (name, value) in call.Headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    /// <summary>Throws what a refusal says, where a success would have no body.</summary>
    static async Task<T> Refused<T>(Call call, HttpResponseMessage answer, CancellationToken ct)
    {
        await Read<Envelope<JsonElement?>>(call, answer, ct);
        throw new UnreachableException();
    }

    static async Task<T> Read<T>(Call call, HttpResponseMessage answer, CancellationToken ct)
    {
        var (status, request) = ((int)answer.StatusCode, answer.Headers.TryGetValues("x-request-id", out var ids) ? ids.FirstOrDefault() : null);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        try
        {
            if (answer.IsSuccessStatusCode)
                return await JsonSerializer.DeserializeAsync<T>(body, Reading, ct) ?? throw new JsonException("It is null.");
            var failure = (await JsonSerializer.DeserializeAsync<Envelope<JsonElement?>>(body, Reading, ct))?.Error;
            if (failure is { Message: not null, Code: not null })
                throw new OuroException(status, failure.Code, failure.Message, request, failure.Hint, failure.Details) { RetryAfter = RetryAfter(answer) };
            throw new JsonException("It is no envelope.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Unexpected(call, answer, status, request, e);
        }
    }

    static OuroException Unexpected(Call call, HttpResponseMessage answer, int status, string? request, Exception e)
    {
        var media = answer.Content.Headers.ContentType?.MediaType;
        var (message, hint) = media == "application/json"
            ? ($"The answer to {call.Method} {call.Path} is not of the expected shape: {e.Message}", "Compare the type you read with what the server sends.")
            : ($"{call.Method} {call.Path} was answered with status {status} and {media ?? "nothing"}, not with JSON.",
                "Check that the base address is the one of an Ouro API; it usually ends in /api.");
        return new(status, "unexpected_answer", message, request, hint, inner: e) { RetryAfter = RetryAfter(answer) };
    }

    static TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - TimeProvider.System.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero,
        _ => null,
    };

    static Uri Root(Uri? given)
    {
        var address = given ?? (Environment.GetEnvironmentVariable("OURO_BASE_URL") is { Length: > 0 } set ? new Uri(set) : new Uri("http://localhost:8003/api"));
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"“{address}” is not an http or https address.", nameof(given));
        var path = address.AbsolutePath.TrimEnd('/');
        return new UriBuilder(address) { Path = (path.Length == 0 ? "/api" : path) + "/", Query = "", Fragment = "" }.Uri;
    }

    static SocketsHttpHandler OwnHandler() => new()
    {
        // A server behind a name may move; a key is never carried to where a redirect points.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All, ConnectTimeout = TimeSpan.FromSeconds(15),
    };

    static string Version()
    {
        var version = typeof(Transport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        return version.Split('+')[0];
    }
}
