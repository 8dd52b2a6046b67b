using System.Text.Json;
using Shouldly;

namespace Ouro.Tests.Mcp;

/// <summary>An agent at the MCP door: the public client, run with somebody's key.</summary>
static class Agent
{
    /// <summary>A call of a tool.</summary>
    public static object Call(string tool, object? arguments = null) => new { tool, arguments = arguments ?? new { } };

    /// <summary>What the client saw: <c>server</c>, <c>instructions</c>, <c>version</c>, <c>answers</c>, or why it <c>failed</c> to connect.</summary>
    public static async Task<JsonElement> Run(TestServer server, object headers, IEnumerable<object> steps, string? version = null)
    {
        string[] args = [new Uri(server.Root, "mcp").ToString(), JsonSerializer.Serialize(headers), JsonSerializer.Serialize(steps), .. version is null ? [] : new[] { version }];
        var result = await NodeClient.Run("mcp.mjs", args);
        result.ExitCode.ShouldBe(0, result.Errors + result.Output);
        return JsonElement.Parse(result.Output);
    }

    /// <summary>The answers to some calls, in order.</summary>
    public static async Task<List<ToolAnswer>> Ask(this Person person, params object[] steps)
    {
        var seen = await Run(person.Server, new { Authorization = "Bearer " + person.Key }, steps);
        seen.TryGetProperty("failed", out var failed).ShouldBeFalse(failed.ToString());
        return [.. seen.GetProperty("answers").EnumerateArray().Select(answer => new ToolAnswer(answer))];
    }

    public static async Task<ToolAnswer> Ask(this Person person, string tool, object? arguments = null) => (await person.Ask(Call(tool, arguments)))[0];
}

/// <summary>What a tool answered.</summary>
sealed record ToolAnswer(JsonElement Whole)
{
    /// <summary>The one text of the answer.</summary>
    public string Text
    {
        get
        {
            Whole.TryGetProperty("failed", out var failed).ShouldBeFalse(failed.ToString());
            var content = Whole.GetProperty("content");
            content.GetArrayLength().ShouldBe(1, "every tool answers with one text");
            content[0].GetProperty("type").GetString().ShouldBe("text");
            var text = content[0].GetProperty("text").GetString()!;
            text.Split('\n').ShouldNotContain(line => line.StartsWith("=== ", StringComparison.Ordinal));
            return text;
        }
    }

    /// <summary>The data of an answer that is no refusal.</summary>
    public JsonElement Data
    {
        get
        {
            (Whole.TryGetProperty("isError", out var wrong) && wrong.GetBoolean()).ShouldBeFalse(Text);
            return Whole.GetProperty("structuredContent");
        }
    }

    /// <summary>The data of an answer whose text is the same JSON.</summary>
    public JsonElement One
    {
        get
        {
            JsonElement.DeepEquals(JsonElement.Parse(Text), Data).ShouldBeTrue("text and structured content agree");
            return Data;
        }
    }

    /// <summary>The refusal, checked for the keys that every refusal has.</summary>
    public JsonElement Refused(string error, int status, string? code = null)
    {
        Whole.TryGetProperty("isError", out var wrong).ShouldBeTrue(Text);
        wrong.GetBoolean().ShouldBeTrue();
        Whole.TryGetProperty("structuredContent", out _).ShouldBeFalse("a refusal is one text");
        var refusal = JsonElement.Parse(Text);
        refusal.GetProperty("error").GetString().ShouldBe(error, Text);
        refusal.GetProperty("status").GetInt32().ShouldBe(status);
        refusal.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        refusal.GetProperty("retryable").GetBoolean().ShouldBe(status is 408 or 429 or >= 500);
        if (code is not null) refusal.GetProperty("code").GetString().ShouldBe(code);
        return refusal;
    }
}
