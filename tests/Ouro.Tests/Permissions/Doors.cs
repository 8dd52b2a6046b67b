using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Kernel;
using Ouro.Server.Users;

namespace Ouro.Tests.Permissions;

/// <summary>What a door answered: a status, the code of a refusal, and the data of a success.</summary>
public sealed record Reply(int Status, string? Code = null, JsonElement Data = default, JsonElement Pagination = default)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The answer as the model writes it; of a success, with what came of it.</summary>
    public string Told(Func<JsonElement, string>? what = null) => !IsSuccess ? $"{Status} {Code}" : Code is not null ? $"200 {Code}" : what is null ? "200" : "200 " + what(Data);
}

/// <summary>The doors of a server, each opened with the credential that an asker has.</summary>
public sealed partial class Doors(Ground ground) : IDisposable
{
    readonly TestServer server = ground.Server;
    readonly ConcurrentDictionary<(Account?, Org?), Lazy<Task<string?>>> keys = new();
    readonly ConcurrentDictionary<(Account?, Org?), Lazy<Task<string?>>> tokens = new();
    readonly ConcurrentDictionary<Account, Lazy<Task<SignedIn>>> browsers = new();
    readonly HttpClient http = ground.Server.Anonymous();
    readonly HttpClient visitor = Visitor(ground.Server);

    public async Task<Reply> Rest(Asker asker, HttpMethod method, string path, object? body = null, Org? named = null)
    {
        using var request = new HttpRequestMessage(method, "/api" + path) { Content = body is null ? null : JsonContent.Create(body) };
        if (await (asker.Door == Door.Token ? Token(asker) : Key(asker)) is { } credential) request.Headers.TryAddWithoutValidation("Authorization", credential);
        if (named is not null) request.Headers.Add("X-Ouro-Org", named.Id.ToString());
        using var answer = await http.SendAsync(request);
        return Read(answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Calls a tool with one raw request; a refusal is read out of the tool's result.</summary>
    public async Task<Reply> Tool(Asker asker, string tool, object arguments)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "tools/call", @params = new { name = tool, arguments } }),
        };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", "2025-11-25");
        if (await Key(asker) is { } credential) request.Headers.Authorization = new("Bearer", credential);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var body = JsonElement.Parse(answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? text.Split('\n').Last(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..] : text);
        if (body.TryGetProperty("error", out var error))
            return new((int)answer.StatusCode, error.TryGetProperty("data", out var data) && data.TryGetProperty("code", out var code) ? code.GetString() : error.GetRawText());
        var result = body.GetProperty("result");
        if (!result.TryGetProperty("isError", out var wrong) || !wrong.GetBoolean()) return new(200, null, result.TryGetProperty("structuredContent", out var made) ? made : default);
        var refusal = JsonElement.Parse(result.GetProperty("content")[0].GetProperty("text").GetString()!);
        return new(refusal.GetProperty("status").GetInt32(), refusal.TryGetProperty("code", out var why) ? why.GetString() : refusal.GetProperty("error").GetString());
    }

    /// <summary>A page, as a browser asks for it; a visitor who is sent to sign in is not let in. Pages tell no codes.</summary>
    public async Task<Reply> Page(Asker asker, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await (asker.Who is { } who ? (await Browsing(who)).Http : visitor).SendAsync(request);
        return answer.StatusCode is HttpStatusCode.Redirect or HttpStatusCode.SeeOther ? new(401, "unauthenticated") : new((int)answer.StatusCode, AnyCode);
    }

    /// <summary>A form that is sent as it stands on its page. What the page does not offer is refused.</summary>
    public async Task<Reply> Form(Asker asker, string path, string handler)
    {
        if (await Page(asker, path) is { IsSuccess: false } refused) return refused;
        var browser = await Browsing(asker.Who!);
        if (!(await browser.Http.GetStringAsync(path)).Contains($"name=\"_handler\" value=\"{handler}\"", StringComparison.Ordinal)) return new(403, AnyCode);
        using var answer = await browser.Http.PostAsync(path, new FormUrlEncodedContent([new("__RequestVerificationToken", browser.FormToken), new("_handler", handler)]));
        // A form of another place on the page, the page itself does not take.
        return new(answer.StatusCode == HttpStatusCode.BadRequest ? 403 : (int)answer.StatusCode, AnyCode);
    }

    /// <summary>What our own scripts send from a page: with the cookie and the page's token.</summary>
    public async Task<Reply> Script(Asker asker, HttpMethod method, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Accept.ParseAdd("application/json");
        var browser = asker.Who is { } who ? await Browsing(who) : null;
        if (browser is not null) request.Headers.Add("RequestVerificationToken", browser.FormToken);
        using var answer = await (browser?.Http ?? visitor).SendAsync(request);
        return Read(answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task<string?> Made(string name) => ground.Made(name);

    public Task<Guid> Request(Team team, Account who) => ground.Request(team, who);

    /// <summary>Stands for a code that the door does not tell.</summary>
    public const string AnyCode = "?";

    static Reply Read(HttpStatusCode status, string text)
    {
        var body = text.StartsWith('{') ? JsonElement.Parse(text) : default;
        return (int)status < 400
            ? new((int)status, null, body.ValueKind == JsonValueKind.Object && body.TryGetProperty("data", out var data) ? data : body, body.ValueKind == JsonValueKind.Object && body.TryGetProperty("pagination", out var pagination) ? pagination : default)
            : new((int)status, body.ValueKind == JsonValueKind.Object && body.TryGetProperty("code", out var code) ? code.GetString() : text[..Math.Min(text.Length, 200)]);
    }

    Task<string?> Key(Asker asker) => keys.GetOrAdd((asker.Who, asker.BoundTo), _ => new(async () =>
    {
        if (asker.Who is not { } who) return null;
        if (asker.BoundTo is not { } place) return ground.Of(who).Key;
        await using var scope = server.Services.CreateAsyncScope();
        var key = await scope.ServiceProvider.GetRequiredService<ApiKeyOperations>().Create(Actor.Nobody, who.Id, new("bound"), default);
        // Bound beside the server, so that there are also keys of accounts that have left.
        await server.Db.Run($"update api_keys set org_id = {place.Id} where id = {key.Key.Id}", default);
        return key.Secret;
    })).Value;

    Task<string?> Token(Asker asker) => tokens.GetOrAdd((asker.Who, asker.BoundTo), _ => new(async () =>
    {
        if (await Key(asker) is not { } key) return null;
        using var answer = await http.PostAsJsonAsync("/api/users/get-token", new { pat = key });
        var token = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return token.GetProperty("access_token").GetString() ?? throw new InvalidOperationException($"{asker} gets no token: {token}");
    })).Value;

    sealed record SignedIn(HttpClient Http, string FormToken);

    Task<SignedIn> Browsing(Account account) => browsers.GetOrAdd(account, who => new(async () =>
    {
        var browser = await PlainBrowser.As(ground.Of(who));
        return new SignedIn(browser.Http, FormToken().Match(await browser.Http.GetStringAsync("/datasets/new")).Groups["token"].Value);
    })).Value;

    static HttpClient Visitor(TestServer server) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Root };

    public void Dispose()
    {
        http.Dispose();
        visitor.Dispose();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex FormToken();
}
