using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

public sealed class McpProtocolTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly JsonSerializerOptions Shown = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task The_public_client_shakes_hands_and_works_in_either_version(string version)
    {
        var ada = await server.Join("ada_" + version.Replace('-', '_'));
        var seen = await Agent.Run(server, new { Authorization = "Bearer " + ada.Key }, ["list", Agent.Call("get_me")], version);
        seen.GetProperty("version").GetString().ShouldBe(version);
        seen.GetProperty("server").GetProperty("name").GetString().ShouldBe("Ouro");
        seen.GetProperty("server").GetProperty("version").GetString().ShouldBe("0.1.0");
        seen.GetProperty("instructions").GetString()!.ShouldContain("{{table}}");
        seen.GetProperty("answers")[0].GetProperty("tools").GetArrayLength().ShouldBeGreaterThanOrEqualTo(5);
        new ToolAnswer(seen.GetProperty("answers")[1]).One.GetProperty("username").GetString().ShouldBe(ada.Name);
    }

    [Fact]
    public async Task The_newest_version_needs_no_handshake()
    {
        var ada = await server.Join("ada_handshake");
        var called = await Post(ada, "tools/call", "get_me", new { name = "get_me", arguments = new { } });
        called.GetProperty("result").GetProperty("structuredContent").GetProperty("id").GetGuid().ShouldBe(ada.Id);
        called.GetProperty("result").GetProperty("resultType").GetString().ShouldBe("complete");

        var discovered = (await Post(ada, "server/discover", null, new { })).GetProperty("result");
        discovered.GetProperty("supportedVersions").EnumerateArray().Select(v => v.GetString()).ShouldContain("2026-07-28");
        discovered.GetProperty("instructions").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task The_client_of_the_CSharp_package_connects_without_being_told_a_version()
    {
        var ada = await server.Join("ada_csharp");
        await using var client = await ada.Mcp();
        client.ServerInfo!.Name.ShouldBe("Ouro");
        var me = await client.CallToolAsync("get_me");
        me.StructuredContent!.Value.GetProperty("id").GetGuid().ShouldBe(ada.Id);
    }

    [Fact]
    public async Task The_tools_are_those_that_were_approved()
    {
        var ada = await server.Join("ada_tools");
        var tools = (await Agent.Run(server, new { Authorization = "Bearer " + ada.Key }, ["list"])).GetProperty("answers")[0].GetProperty("tools");
        var sorted = new JsonArray([.. tools.EnumerateArray().OrderBy(t => t.GetProperty("name").GetString(), StringComparer.Ordinal).Select(t => JsonNode.Parse(t.GetRawText()))]);
        sorted.ToJsonString(Shown).ShouldBeApproved("mcp-tools.json");
    }

    [Fact]
    public async Task Every_tool_and_every_argument_is_described()
    {
        var ada = await server.Join("ada_described");
        await using var client = await ada.Mcp();
        foreach (var tool in await client.ListToolsAsync())
        {
            tool.Description.ShouldNotBeNullOrWhiteSpace(tool.Name);
            foreach (var argument in tool.JsonSchema.GetProperty("properties").EnumerateObject())
                argument.Value.GetProperty("description").GetString().ShouldNotBeNullOrWhiteSpace($"{tool.Name} {argument.Name}");
        }
    }

    [Fact]
    public async Task A_tool_that_does_not_exist_is_an_error_of_the_protocol()
    {
        var ada = await server.Join("ada_no_tool");
        var answer = (await ada.Ask(Agent.Call("drop_everything")))[0];
        answer.Whole.GetProperty("failed").GetProperty("message").GetString()!.ShouldContain("drop_everything");
    }

    async Task<JsonElement> Post(Person person, string method, string? name, object parameters)
    {
        var body = JsonSerializer.SerializeToNode(parameters)!.AsObject();
        body["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = "2026-07-28",
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
            ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "tests", ["version"] = "1" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method, @params = body }) };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", method);
        if (name is not null) request.Headers.Add("Mcp-Name", name);
        using var answer = await person.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text.Split('\n').First(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..]);
    }
}
