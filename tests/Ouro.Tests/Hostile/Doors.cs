using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using Ouro.Tests.Conversations;
using Ouro.Tests.Teams;
using Shouldly;

namespace Ouro.Tests.Hostile;

/// <summary>Every way in that somebody has, held open: their key, a token of it, an MCP session, a browser that is signed in, and a socket.</summary>
sealed class Doors : IAsyncDisposable
{
    readonly List<(string Name, Func<Guid, Task<bool>> Reads)> readers = [];
    readonly List<(string Name, Func<Organization, Guid, Task<bool>> Makes)> makers = [];
    McpClient mcp = null!;
    LiveSocket socket = null!;
    HttpClient? browser;

    public static async Task<Doors> Open(Person person, bool isPerson = true)
    {
        var doors = new Doors { mcp = await person.Mcp(), socket = await LiveSocket.Open(person.Server, person.Key) };
        var exchanged = await person.Http.PostAsJsonAsync("/api/users/get-token", new { pat = person.Key });
        var token = new Person(person.Server, person.Id, person.Name, (await exchanged.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!);
        if (isPerson) doors.browser = await person.Browser();
        doors.readers.AddRange(
        [
            ("key", async id => await Succeeds(person, $"/api/assets/{id}")), ("token", async id => await Succeeds(token, $"/api/assets/{id}")),
            ("rows", async id => await Succeeds(person, $"/api/datasets/{id}/data")), ("mcp", id => doors.Asks("get_asset", new() { ["id"] = id.ToString() })),
        ]);
        if (doors.browser is { } web)
            doors.readers.Add(("web", async id => (await web.GetAsync($"/web/datasets/{id}/export")).IsSuccessStatusCode));
        doors.makers.AddRange(
        [
            ("key", async (org, team) => await person.PublishRefused(org.Id, team) == "200"), ("token", async (org, team) => await token.PublishRefused(org.Id, team) == "200"),
            ("mcp", (org, team) => doors.Asks("create_dataset", new() { ["name"] = "By tool", ["org_id"] = org.Id.ToString(), ["team_id"] = team.ToString(), ["data"] = new[] { new { a = 1 } } })),
        ]);
        if (doors.browser is { } page)
            doors.makers.Add(("web", async (org, team) => (await page.Upload(org.Id, team)).Status is HttpStatusCode.OK or HttpStatusCode.Created or HttpStatusCode.Accepted));
        return doors;
    }

    /// <summary>Through which doors an asset is read now.</summary>
    public async Task<string> Reading(Guid asset)
    {
        List<string> open = [];
        foreach (var (name, reads) in readers)
            if (await reads(asset)) open.Add(name);
        return string.Join(' ', open);
    }

    /// <summary>Through which doors something is made in a team now.</summary>
    public async Task<string> Making(Organization org, Guid team)
    {
        List<string> open = [];
        foreach (var (name, makes) in makers)
            if (await makes(org, team)) open.Add(name);
        return string.Join(' ', open);
    }

    /// <summary>Whether the socket comes into a conversation; a line that was closed comes into none.</summary>
    public async Task<bool> Hears(Guid conversation)
    {
        try
        {
            return (await socket.Ask($$"""["conversation:join",{"conversation_id":"{{conversation}}"}]""")).Contains("\"ok\":true", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is ShouldAssertException or System.Net.WebSockets.WebSocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await socket.DisposeAsync();
        await mcp.DisposeAsync();
        browser?.Dispose();
    }

    async Task<bool> Asks(string tool, Dictionary<string, object?> arguments)
    {
        try
        {
            return (await mcp.CallToolAsync(tool, arguments)).IsError is not true;
        }
        catch (Exception e) when (e is HttpRequestException or McpException or IOException)
        {
            return false;
        }
    }

    static async Task<bool> Succeeds(Person person, string path)
    {
        using var answer = await person.Http.GetAsync(path);
        return answer.IsSuccessStatusCode;
    }
}
