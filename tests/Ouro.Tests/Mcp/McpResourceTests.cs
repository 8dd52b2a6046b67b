using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

/// <summary>What an agent reads without calling a tool.</summary>
public sealed class McpResourceTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_agent_finds_and_reads_its_account_a_dataset_and_its_columns()
    {
        var ada = await server.Join("ada_resources");
        var lab = await server.Found("lab-resources", ada);
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();

        var answers = await Read(ada, "resources", new { resource = "ouro://profile" }, new { resource = $"ouro://datasets/{id}" }, new { resource = $"ouro://datasets/{id}/schema" });

        answers[0].GetProperty("resources").EnumerateArray().Select(r => r.GetProperty("uri").GetString()).ShouldBe(["ouro://profile"]);
        answers[0].GetProperty("resourceTemplates").EnumerateArray().Select(r => r.GetProperty("uriTemplate").GetString())
            .ShouldBe(["ouro://files/{id}", "ouro://datasets/{id}", "ouro://datasets/{id}/schema"], ignoreOrder: true);
        var profile = Text(answers[1]);
        profile.GetProperty("username").GetString().ShouldBe(ada.Name);
        profile.GetProperty("organizations").EnumerateArray().ShouldContain(o => o.GetProperty("id").GetGuid() == lab.Id && o.GetProperty("role").GetString() == "admin");
        var dataset = Text(answers[2]);
        (dataset.GetProperty("id").GetGuid(), dataset.GetProperty("stats").GetProperty("count").GetInt32(), dataset.GetProperty("preview").GetArrayLength()).ShouldBe((id, 2, 2));
        dataset.GetProperty("schema")[0].GetProperty("column_name").GetString().ShouldBe("id");
        var schema = Text(answers[3]);
        (schema.GetProperty("dataset_id").GetGuid(), schema.GetProperty("schema").GetArrayLength(), schema.GetProperty("refs").ValueKind, schema.GetProperty("enum_columns").ValueKind)
            .ShouldBe((id, 5, JsonValueKind.Object, JsonValueKind.Object));
    }

    [Fact]
    public async Task What_is_not_there_or_not_shared_is_refused_in_words()
    {
        var (ada, eve) = (await server.Join("ada_no_resources"), await server.Join("eve_no_resources"));
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();

        var answers = await Read(eve, new { resource = $"ouro://datasets/{id}" }, new { resource = $"ouro://datasets/{id}/schema" }, new { resource = "ouro://datasets/seven" }, new { resource = "ouro://nothing" });

        foreach (var answer in answers.Take(2)) answer.GetProperty("failed").GetProperty("message").GetString()!.ShouldContain("asset_not_found");
        answers[2].GetProperty("failed").GetProperty("message").GetString()!.ShouldContain("uuid");
        answers[3].TryGetProperty("failed", out _).ShouldBeTrue();
    }

    static async Task<List<JsonElement>> Read(Person person, params object[] steps) =>
        [.. (await Agent.Run(person.Server, new { Authorization = "Bearer " + person.Key }, steps)).GetProperty("answers").EnumerateArray()];

    static JsonElement Text(JsonElement answer)
    {
        var content = answer.GetProperty("contents").EnumerateArray().ShouldHaveSingleItem();
        content.GetProperty("mimeType").GetString().ShouldBe("application/json");
        return JsonElement.Parse(content.GetProperty("text").GetString()!);
    }
}
