using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Hostile;

/// <summary>Lists, counts and totals tell a stranger what a world without the private things would tell.</summary>
public sealed class EnumerationTests(HostileWorld world) : IClassFixture<HostileWorld>
{
    [Theory]
    [InlineData("GET /search/assets?limit=200")]
    [InlineData("GET /search/assets?query=Internal")]
    [InlineData("GET /search/assets?query=Private")]
    [InlineData("GET /search/assets?query=scores&sort=popular")]
    [InlineData("GET /search/assets?filters=%7B%22user_id%22:%22$ada%22%7D")]
    [InlineData("GET /search/assets?filters=%7B%22org_id%22:%22$lab%22%7D")]
    [InlineData("GET /search/assets?filters=%7B%22team_id%22:%22$default-team%22%7D")]
    [InlineData("GET /search/assets?filters=%7B%22visibility%22:%22private%22%7D")]
    [InlineData("GET /search/assets?filters=%7B%22visibility%22:%22organization%22%7D")]
    [InlineData("GET /search/assets?scope=org")]
    [InlineData("GET /teams?limit=200")]
    [InlineData("GET /teams?query=secrets")]
    [InlineData("GET /teams?org_id=$lab")]
    [InlineData("GET /teams?public_only=true&org_id=$lab")]
    [InlineData("GET /teams?joined=true")]
    [InlineData("GET /teams/unreads")]
    [InlineData("GET /teams/unreads?org_id=$lab")]
    [InlineData("GET /teams/unreads?team_id=$team")]
    [InlineData("GET /teams/feed")]
    [InlineData("GET /organizations/discoverable?limit=200")]
    [InlineData("GET /organizations/discoverable?after=hidden-la")]
    [InlineData("GET /organizations/user")]
    [InlineData("GET /user/events")]
    [InlineData("GET /user/events?actor_id=$ada")]
    [InlineData("GET /user/invitations")]
    [InlineData("GET /datasets/imports")]
    [InlineData("GET /user/api-keys")]
    [InlineData("GET /users/ada")]
    [InlineData("GET /users/ben")]
    [InlineData("GET /users/ada/impact")]
    [InlineData("GET /users/search?query=a&limit=200")]
    [InlineData("GET /assets/impact?ids=$private,$internal")]
    [InlineData("GET /user/plan-info")]
    public async Task A_list_holds_nothing_that_is_private(string request)
    {
        var answer = await world.Send(world.Eve, request);
        answer.Status.ShouldBeOneOf([200, 400]);
        foreach (var thing in (string[])["lab", "team", "default-team", "private", "internal", "view", "key", "agent-key", "invitation", "request", "team-request", "import"])
            answer.Body.ShouldNotContain(world[thing]);
        foreach (var name in (string[])["hidden-lab", "secrets", "\"Internal\"", "\"Private\""]) answer.Body.ShouldNotContain(name, Case.Sensitive);
    }

    // What is added in private moves no number that a stranger is told.
    [Theory]
    [InlineData("GET /search/assets?limit=1")]
    [InlineData("GET /search/assets?query=dataset&limit=1")]
    [InlineData("GET /teams?limit=1")]
    [InlineData("GET /organizations/discoverable?limit=1")]
    [InlineData("GET /organizations/00000000-0000-0000-0000-000000000000")]
    [InlineData("GET /teams/00000000-0000-0000-0000-000000000000")]
    [InlineData("GET /teams/00000000-0000-0000-0000-000000000000/activity")]
    [InlineData("GET /users/ada")]
    [InlineData("GET /users/ada/impact")]
    [InlineData("GET /teams/unreads")]
    [InlineData("GET /user/events")]
    public async Task No_number_moves_when_something_private_comes(string request)
    {
        var before = await world.Send(world.Eve, request);
        var name = "More " + Guid.CreateVersion7();
        var added = (await world.Ada.Post("/datasets/create/from-schema", Calls.Scores(name))).Id();
        await world.Ada.Post("/datasets/create/from-schema", Calls.Scores(name, "organization", Guid.Parse(world["lab"])));
        await world.Ada.Ouro.Teams.CreateAsync(new("more-" + added, Guid.Parse(world["lab"])));
        await world.Found("more-" + added, world.Ada);
        (await world.Send(world.Eve, request)).ShouldBe(before);
    }

    [Theory]
    [InlineData("/organizations/$", "hidden-lab")]
    [InlineData("/organizations/$/members", "hidden-lab")]
    [InlineData("/organizations/$/log", "hidden-lab")]
    [InlineData("/organizations/$/settings", "hidden-lab")]
    [InlineData("/$/teams/secrets", "hidden-lab")]
    [InlineData("/$/teams/secrets/members", "hidden-lab")]
    [InlineData("/$/teams/secrets/settings", "hidden-lab")]
    [InlineData("/$/teams/secrets/bans", "hidden-lab")]
    [InlineData("/$/teams/secrets/requests", "hidden-lab")]
    [InlineData("/$/teams/secrets/delete", "hidden-lab")]
    [InlineData("/$/teams/secrets/visibility", "hidden-lab")]
    [InlineData("/$/teams/secrets/leave", "hidden-lab")]
    [InlineData("/datasets/ada/$", "private")]
    [InlineData("/datasets/hidden-lab/$", "internal")]
    [InlineData("/assets/$/edit", "private")]
    [InlineData("/assets/$/share", "internal")]
    [InlineData("/assets/$/delete", "internal")]
    [InlineData("/embed/datasets/$", "internal")]
    [InlineData("/embed/datasets/$", "private")]
    [InlineData("/settings/agents/$", "agent")]
    [InlineData("/settings/api-keys/$/revoke", "key")]
    [InlineData("/invitations/$", "invitation")]
    public async Task A_page_of_something_private_is_the_page_of_nothing(string path, string thing)
    {
        using var browser = await PlainBrowser.As(world.Eve);
        var (there, nowhere) = (thing == "hidden-lab" ? thing : world[thing], thing == "hidden-lab" ? "nowhere-at-all" : Guid.CreateVersion7().ToString());
        using var answer = await browser.Http.GetAsync(path.Replace("$", there, StringComparison.Ordinal));
        using var not = await browser.Http.GetAsync(path.Replace("$", nowhere, StringComparison.Ordinal));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        not.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var (page, none) = (await answer.Content.ReadAsStringAsync(), await not.Content.ReadAsStringAsync());
        Visible(page, there).ShouldBe(Visible(none, nowhere));
    }

    [Theory]
    [InlineData("GET /organizations/context")]
    [InlineData("GET /search/assets")]
    [InlineData("GET /teams")]
    [InlineData("GET /user")]
    [InlineData("POST /teams/create")]
    public async Task A_context_that_is_hidden_is_one_that_is_nowhere(string request)
    {
        var (there, not) = (await In(world["lab"]), await In(Guid.CreateVersion7().ToString()));
        there.Told.ShouldBe("403 org_context_forbidden");
        there.ShouldBe(not);

        async Task<Answer> In(string org)
        {
            using var message = new HttpRequestMessage(new(request.Split(' ')[0]), "/api" + request.Split(' ')[1]);
            message.Headers.Add("X-Ouro-Org", org);
            if (message.Method == HttpMethod.Post) message.Content = new StringContent("""{"team":{"name":"x"}}""", System.Text.Encoding.UTF8, "application/json");
            using var answer = await world.Eve.Http.SendAsync(message);
            return new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), "");
        }
    }

    [Fact]
    public async Task Tools_tell_no_more_than_calls()
    {
        await using var client = await world.Eve.Mcp();
        foreach (var (tool, argument, thing) in ((string, string, string)[])[("get_asset", "id", "private"), ("get_asset", "id", "internal"), ("get_teams", "id", "team"), ("get_team_feed", "id", "team"),
            ("download_asset", "id", "internal"), ("delete_asset", "id", "internal"), ("list_dataset_views", "dataset_id", "private"), ("get_teams", "org_id", "lab")])
        {
            var (there, not) = (await Ask(world[thing]), await Ask(Guid.CreateVersion7().ToString()));
            there.ShouldBe(not, $"{tool} of {thing}");

            async Task<string> Ask(string id) => JsonSerializer.Serialize(await client.CallToolAsync(tool, new Dictionary<string, object?> { [argument] = id })).Replace(id, "…", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>What is the same on each visit: the page without tokens, and without what was asked for.</summary>
    static string Visible(string page, string asked) => System.Text.RegularExpressions.Regex.Replace(
        System.Text.RegularExpressions.Regex.Replace(page, "(value|content|nonce)=\"[^\"]{20,}\"|nonce-[A-Za-z0-9+/=_-]+", ""), System.Text.RegularExpressions.Regex.Escape(asked) + "|req-[0-9A-Za-z:]+|0H[0-9A-Z:]+", "…",
        System.Text.RegularExpressions.RegexOptions.IgnoreCase);
}
