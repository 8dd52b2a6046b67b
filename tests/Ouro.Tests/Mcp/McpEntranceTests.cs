using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Ouro.Server.Access;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

public sealed class McpEntranceTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Without_a_valid_credential_the_answer_is_401_and_says_where_to_learn_more()
    {
        foreach (var credential in (string?[])[null, "nonsense", "Bearer a.b.c", "Bearer " + ApiKeySecret.New()])
            foreach (var path in (string[])["/mcp", "/MCP", "/mcp/"])
            {
                using var answer = await Post(path, credential);
                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
                answer.Headers.Contains("x-request-id").ShouldBeTrue();
                var metadata = $"http://localhost:{server.Root.Port}/.well-known/oauth-protected-resource/mcp";
                answer.Headers.WwwAuthenticate.ToString().ShouldBe($"Bearer resource_metadata=\"{metadata}\"");
                var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
                body.GetProperty("error").GetProperty("data").GetProperty("error").GetString().ShouldBe("authentication_failed");
            }
    }

    [Fact]
    public async Task The_metadata_names_the_resource_and_how_to_send_the_credential()
    {
        using var http = server.Anonymous();
        var metadata = await http.GetFromJsonAsync<JsonElement>("/.well-known/oauth-protected-resource/mcp");
        metadata.GetProperty("resource").GetString().ShouldBe($"http://localhost:{server.Root.Port}/mcp");
        metadata.GetProperty("bearer_methods_supported")[0].GetString().ShouldBe("header");
        metadata.TryGetProperty("authorization_servers", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_and_a_token_are_taken_as_bearer_and_a_key_as_X_Api_Key_too()
    {
        var ada = await server.Join("ada_credentials");
        var exchanged = await (await ada.Http.PostAsJsonAsync("/api/users/get-token", new { pat = ada.Key })).Content.ReadFromJsonAsync<JsonElement>();
        var token = exchanged.GetProperty("access_token").GetString();
        foreach (var headers in (object[])[new { Authorization = "Bearer " + ada.Key }, new { Authorization = "Bearer " + token }, new Dictionary<string, string> { ["X-Api-Key"] = ada.Key }])
        {
            var seen = await Agent.Run(server, headers, [Agent.Call("get_me")]);
            new ToolAnswer(seen.GetProperty("answers")[0]).One.GetProperty("id").GetGuid().ShouldBe(ada.Id);
        }
    }

    [Fact]
    public async Task A_revoked_key_is_out_with_the_next_call()
    {
        var ada = await server.Join("ada_revoked_mcp");
        var made = (await (await ada.Http.PostAsJsonAsync("/api/user/api-keys", new { key = new { name = "agent" } })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        var secret = "Bearer " + made.GetProperty("secret").GetString();
        using (var before = await Post("/mcp", secret)) before.StatusCode.ShouldBe(HttpStatusCode.OK);
        await ada.Http.DeleteAsync($"/api/user/api-keys/{made.GetProperty("key").GetProperty("id").GetGuid()}");
        using (var after = await Post("/mcp", secret)) after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Agent.Run(server, new { Authorization = secret }, [Agent.Call("get_me")])).TryGetProperty("failed", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_page_of_another_place_is_refused_and_nothing_of_its_call_happens()
    {
        var ada = await server.Join("ada_origin");
        var create = new { name = "create_dataset", arguments = new { name = "from elsewhere", data = "[{\"a\":1}]" } };
        foreach (var foreign in (string[])["https://evil.example", "null", "http://localhost.evil.example:" + server.Root.Port, $"https://localhost:{server.Root.Port}", "http://localhost:1"])
        {
            using var answer = await Post("/mcp", "Bearer " + ada.Key, foreign, create);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, foreign);
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("data").GetProperty("code").GetString().ShouldBe("foreign_origin");
        }
        (await ada.Http.GetFromJsonAsync<JsonElement>("/api/search/assets?scope=personal")).GetProperty("data").GetArrayLength().ShouldBe(0);
        foreach (var own in (string[])["localhost", "127.0.0.1"])
            using (var answer = await Post("/mcp", "Bearer " + ada.Key, $"http://{own}:{server.Root.Port}")) answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_organization_of_the_header_is_where_the_call_works()
    {
        var (ada, bob) = (await server.Join("ada_org_mcp"), await server.Join("bob_org_mcp"));
        var lab = await server.Found("mcp-lab", ada);
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer " + ada.Key, ["X-Ouro-Org"] = lab.Id.ToString() };
        var seen = await Agent.Run(server, headers, [Agent.Call("create_dataset", new { name = "of the lab", data = "[{\"a\":1}]" })]);
        new ToolAnswer(seen.GetProperty("answers")[0]).One.GetProperty("org_id").GetGuid().ShouldBe(lab.Id);
        headers["Authorization"] = "Bearer " + bob.Key;
        (await Agent.Run(server, headers, [Agent.Call("get_me")])).TryGetProperty("failed", out _).ShouldBeTrue();
    }

    Task<HttpResponseMessage> Post(string path, string? credential, string? origin = null, object? call = null) => Knock.At(server, path, credential, origin, call);
}

public sealed class McpLimitTests(McpLimitTests.Slow server) : IClassFixture<McpLimitTests.Slow>
{
    /// <summary>A server that takes three requests a minute of one key.</summary>
    public sealed class Slow : TestServer
    {
        protected override Settings Settings => Limited(3);
    }

    [Fact]
    public async Task Calls_count_against_the_limit_of_the_key()
    {
        var ada = await server.Join("ada_limit");
        // The allowance grows by the second, so one call too many is not enough on a slow machine.
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Knock.At(server, "/mcp", ada.Key)));
        answers.ShouldContain(answer => answer.StatusCode == HttpStatusCode.OK);
        using var refused = answers.First(answer => answer.StatusCode != HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("data").GetProperty("retry_after_seconds").GetInt32().ShouldBe(1);
    }
}

/// <summary>One raw request at the MCP door, as no client would send it.</summary>
static class Knock
{
    public static async Task<HttpResponseMessage> At(TestServer server, string path, string? credential, string? origin = null, object? call = null)
    {
        using var http = server.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "tools/call", @params = call ?? new { name = "get_me", arguments = new { } } }),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("MCP-Protocol-Version", "2025-11-25");
        if (credential is not null) request.Headers.TryAddWithoutValidation("Authorization", credential);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        return await http.SendAsync(request);
    }
}
