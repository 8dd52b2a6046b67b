using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Teams;

public sealed class FeedTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_team_s_activity_is_what_is_in_it_and_the_caller_may_see()
    {
        var (ada, eve) = (await server.Join("ada_active"), await server.Join("eve_active"));
        var lab = await server.Found("active-lab", ada);
        var team = await ada.Ouro.Teams.CreateAsync(new("active", lab.Id) { Visibility = Visibility.Public });
        foreach (var n in Enumerable.Range(1, 5)) await ada.Publish($"Open {n}", lab.Id, team.Id);
        await ada.Publish("Private", lab.Id, team.Id, "private");
        await ada.Publish("Internal", lab.Id, team.Id, "organization");
        (await Names(ada.Ouro.Teams.ActivityAsync(team.Id))).ShouldBe(["Internal", "Private", "Open 5", "Open 4", "Open 3", "Open 2", "Open 1"]);
        (await Names(eve.Ouro.Teams.ActivityAsync(team.Id))).ShouldBe(["Open 5", "Open 4", "Open 3", "Open 2", "Open 1"]);
        (await eve.Ouro.Teams.GetAsync(team.Id)).Metrics!.ShouldSatisfyAllConditions(m => m["datasets"].ShouldBe(5), m => m["assets"].ShouldBe(5), m => m["posts"].ShouldBe(0), m => m["members"].ShouldBe(1));

        var page = await eve.Get($"/teams/{team.Id}/activity?offset=0&limit=2&assetType=dataset");
        page.GetProperty("data").EnumerateArray().Select(a => a.GetProperty("name").GetString()).ShouldBe(["Open 5", "Open 4"]);
        page.GetProperty("data")[0].GetProperty("user").GetProperty("username").GetString().ShouldBe("ada_active");
        (page.GetProperty("pagination").GetProperty("hasMore").GetBoolean(), page.GetProperty("pagination").GetProperty("limit").GetInt32()).ShouldBe((true, 2));
        var after = page.GetProperty("pagination").GetProperty("after").GetString();
        (await eve.Get($"/teams/{team.Id}/activity?limit=2&after={after}")).Data()[0].GetProperty("name").GetString().ShouldBe("Open 3");
        (await eve.Get($"/teams/{team.Id}/activity?limit=2&offset=4")).Data().GetArrayLength().ShouldBe(1);
        (await eve.Get($"/teams/{team.Id}/activity?assetType=post")).Data().GetArrayLength().ShouldBe(0);
        foreach (var wrong in (string[])["assetType=thing", "limit=0", "limit=201", "offset=-1"]) await eve.Get($"/teams/{team.Id}/activity?{wrong}", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_others_bring_since_I_came_is_unread_until_I_look()
    {
        var (ada, eve) = (await server.Join("ada_unread"), await server.Join("eve_unread"));
        var lab = await server.Found("unread-lab", ada);
        var (team, other) = (await ada.Ouro.Teams.CreateAsync(new("unread", lab.Id) { Visibility = Visibility.Public }), await ada.Ouro.Teams.CreateAsync(new("unread-elsewhere")));
        await ada.Publish("Before", lab.Id, team.Id);
        await eve.Ouro.Teams.JoinAsync(team.Id);
        await eve.Ouro.Teams.JoinAsync(other.Id);
        await eve.Publish("Her own", lab.Id, team.Id);
        var (first, second) = (await ada.Publish("First", lab.Id, team.Id), await ada.Publish("Second", lab.Id, team.Id));
        await ada.Publish("Not hers to read", lab.Id, team.Id, "organization");
        await ada.Publish("Elsewhere", Ids.Global, other.Id, "public");

        (await eve.Ouro.Teams.UnreadsAsync()).ShouldBe(new Dictionary<Guid, int> { [team.Id] = 2, [other.Id] = 1 }, ignoreOrder: true);
        (await eve.Get($"/teams/unreads?org_id={lab.Id}&view_mode=count")).Data().GetRawText().ShouldBe($$$"""{"unreads":{"{{{team.Id}}}":2}}""");
        var preview = await eve.Get($"/teams/unreads?view_mode=preview&team_id={team.Id}&offset=0&limit=1");
        var data = preview.Data();
        (data.GetProperty("view_mode").GetString(), data.GetProperty("team_id").GetGuid(), data.GetProperty("unread_count").GetInt32()).ShouldBe(("preview", team.Id, 2));
        data.GetProperty("results")[0].GetProperty("name").GetString().ShouldBe("Second");
        (preview.GetProperty("pagination").GetProperty("total").GetInt32(), preview.GetProperty("pagination").GetProperty("hasMore").GetBoolean()).ShouldBe((2, true));

        await eve.Post($"/assets/{second}/view", new { });
        await eve.Post($"/assets/{second}/view", new { });
        (await Names((await eve.Ouro.Teams.UnreadPreviewAsync(team.Id)).Items)).ShouldBe(["First"]);
        using (var browser = await eve.Browser()) await browser.GetStringAsync((await eve.Ouro.Assets.GetAsync(first)).Slug);
        (await eve.Ouro.Teams.UnreadsAsync(lab.Id))[team.Id].ShouldBe(0);
        (await ada.Ouro.Teams.UnreadsAsync(lab.Id))[team.Id].ShouldBe(1);
        await ada.Publish("Third", lab.Id, team.Id);
        await eve.Ouro.Teams.ReadAsync(team.Id);
        (await eve.Ouro.Teams.UnreadsAsync(lab.Id))[team.Id].ShouldBe(0);
        await ada.Publish("Fourth", lab.Id, team.Id);
        (await eve.Ouro.Teams.UnreadPreviewAsync(team.Id)).Pagination.Total.ShouldBe(1);

        // What was looked at by somebody whose team it is not leaves no mark.
        var stranger = await server.Join("stranger_unread");
        await stranger.Post($"/assets/{first}/view", new { });
        (await server.Db.Maybe<long>($"select count(*) from asset_seen where user_id = any({new[] { stranger.Id, ada.Id }})", default)).ShouldBe(0);
        (await stranger.Ouro.Teams.ReadAsync(team.Id).Refused()).ShouldBe("403 not_a_member");
        (await stranger.Ouro.Teams.UnreadPreviewAsync(team.Id)).Pagination.Total.ShouldBe(0);
        foreach (var wrong in (string[])["view_mode=preview", "view_mode=other", $"view_mode=preview&team_id={team.Id}&limit=51"]) await eve.Get("/teams/unreads?" + wrong, HttpStatusCode.BadRequest);
        await eve.Ouro.Teams.LeaveAsync(team.Id);
        (await eve.Ouro.Teams.UnreadsAsync(lab.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_feed_is_of_all_my_teams_in_one_order_and_goes_on_exactly()
    {
        var (ada, eve) = (await server.Join("ada_feed"), await server.Join("eve_feed"));
        var teams = new List<Guid>();
        foreach (var n in Enumerable.Range(1, 3)) teams.Add((await ada.Ouro.Teams.CreateAsync(new($"feed-{n}"))).Id);
        foreach (var n in Enumerable.Range(0, 9)) await ada.Publish($"Thing {n}", Ids.Global, teams[n % 3], n == 4 ? "private" : "public");
        await eve.Ouro.Teams.JoinAsync(teams[0]);
        await eve.Ouro.Teams.JoinAsync(teams[1]);
        (await Names(eve.Ouro.Teams.FeedAsync())).ShouldBe(["Thing 7", "Thing 6", "Thing 3", "Thing 1", "Thing 0"]);
        var read = new List<string?>();
        for (string? after = ""; after is not null;)
        {
            var page = await eve.Get($"/teams/feed?limit=2&after={after}");
            read.AddRange(page.Data().EnumerateArray().Select(a => a.GetProperty("name").GetString()));
            after = page.GetProperty("pagination").TryGetProperty("after", out var next) ? next.GetString() : null;
        }
        read.ShouldBe(["Thing 7", "Thing 6", "Thing 3", "Thing 1", "Thing 0"]);
        (await ada.Ouro.Teams.FeedAsync().CountAsync()).ShouldBe(9);
        (await (await server.Join("nobody_feed")).Ouro.Teams.FeedAsync().CountAsync()).ShouldBe(0);
    }

    static async Task<List<string?>> Names(IAsyncEnumerable<Asset> assets) => await assets.Select(a => a.Name).ToListAsync();

    static Task<List<string?>> Names(IEnumerable<Asset> assets) => Task.FromResult(assets.Select(a => a.Name).ToList());
}
