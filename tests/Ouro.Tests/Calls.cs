using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;

namespace Ouro.Tests;

/// <summary>REST calls as sentences: the status is expected, and what comes back is the payload or the failure.</summary>
public static class Calls
{
    public static async Task<JsonElement> Get(this Person person, string path, HttpStatusCode status = HttpStatusCode.OK) =>
        await Answer(await person.Http.GetAsync("/api" + path), status);

    public static async Task<JsonElement> Post(this Person person, string path, object body, HttpStatusCode status = HttpStatusCode.OK) =>
        await Answer(await person.Http.PostAsJsonAsync("/api" + path, body), status);

    public static async Task<JsonElement> PostText(
        this Person person, string path, string body, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json") =>
        await Answer(await person.Http.PostAsync("/api" + path, new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type))), status);

    public static async Task<JsonElement> Put(this Person person, string path, object body, HttpStatusCode status = HttpStatusCode.OK) =>
        await Answer(await person.Http.PutAsJsonAsync("/api" + path, body), status);

    public static async Task<JsonElement> PutText(this Person person, string path, string body, HttpStatusCode status = HttpStatusCode.OK) =>
        await Answer(await person.Http.PutAsync("/api" + path, new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"))), status);

    public static async Task<JsonElement> Patch(this Person person, string path, object body, HttpStatusCode status = HttpStatusCode.OK) =>
        await Answer(await person.Http.PatchAsJsonAsync("/api" + path, body), status);

    public static async Task<JsonElement> Delete(this Person person, string path, HttpStatusCode status = HttpStatusCode.OK) =>
        await Answer(await person.Http.DeleteAsync("/api" + path), status);

    /// <summary>The whole body.</summary>
    static async Task<JsonElement> Answer(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static JsonElement Data(this JsonElement body) => body.GetProperty("data");

    public static string Code(this JsonElement body) => body.GetProperty("code").GetString()!;

    public static Guid Id(this JsonElement body) => body.GetProperty("data").GetProperty("id").GetGuid();

    /// <summary>The body with which the public Python client creates a dataset of two rows.</summary>
    public static object Scores(string name = "Scores", string visibility = "private", Guid? org = null) => new
    {
        dataset = new
        {
            name, visibility, org_id = org, source = "api", asset_type = "dataset",
            description = new { json = new { type = "doc", content = Array.Empty<object>() }, text = "How the samples did" },
            schema = "CREATE TABLE IF NOT EXISTS datasets.\"dataset\" (\n\"id\" INTEGER,\n\"Sample Name\" TEXT,\n\"score\" REAL,\n\"ok\" INTEGER,\n\"when\" TIMESTAMP WITH TIME ZONE\n)",
            metadata = new { schema = "datasets", columns = new[] { "id", "Sample Name", "score", "ok", "when" } },
            attribution = new { originality = "original" },
            rows = new object[]
            {
                new Dictionary<string, object?> { ["id"] = 1, ["Sample Name"] = "a", ["score"] = 0.5, ["ok"] = true, ["when"] = null },
                new Dictionary<string, object?> { ["id"] = 1L << 40, ["Sample Name"] = null, ["score"] = null, ["ok"] = false, ["when"] = "2026-01-01T10:00:00Z" },
            },
        },
    };
}
