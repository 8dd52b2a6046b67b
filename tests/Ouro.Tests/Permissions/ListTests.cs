using System.Collections.Concurrent;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Permissions;

/// <summary>Whatever the world is like and whoever asks: a list holds what loads one by one, and nothing else.</summary>
public sealed class ListTests(TestServer server) : IClassFixture<TestServer>
{
    const int Worlds = 20;
    readonly Model model = new();

    [Fact]
    public async Task Every_list_holds_what_loads_one_by_one()
    {
        var owner = new Account("wanda");
        Account[] accounts =
        [
            owner, new("olga", isOperator: true), new("vera", ActorType.Verified), new("robo", ActorType.Agent, owner), new("free_robo", ActorType.Agent),
            .. Enumerable.Range(0, 5).Select(i => new Account($"person_{i}")),
        ];
        var ground = new Ground(server);
        await ground.Open(accounts);
        var wrong = new ConcurrentBag<Difference>();
        for (var seed = 0; seed < Worlds; seed++)
        {
            var random = new RandomWorld(accounts, seed);
            await ground.Clear();
            await ground.Lay(random.World);
            await ground.LayPosts(random.World.Things);
            using var doors = new Doors(ground);
            await Parallel.ForEachAsync(random.Askers, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (asker, _) => await new Lists(doors, asker, random, model, wrong).Compare());
        }
        wrong.ShouldBeEmpty($"{wrong.Count} differences:\n" + string.Join("\n\n", wrong.GroupBy(w => (w.List, w.What)).OrderByDescending(kind => kind.Count()).Select(kind => $"{kind.Count()} × {kind.First()}")));
    }
}

/// <summary>Where a list and the truth differ.</summary>
sealed record Difference(int World, Asker Asker, string List, object? Of, string What, string Which)
{
    public override string ToString() => $"{List} {(Of is null ? "" : $"[{Of}] ")}{What} {Which}\n  in world {World}, for {Asker}";
}

/// <summary>What one asker finds in all lists of a world, beside what loads for them and what the model lets them see.</summary>
sealed class Lists(Doors doors, Asker asker, RandomWorld random, Model model, ConcurrentBag<Difference> wrong)
{
    readonly World world = random.World;

    public async Task Compare()
    {
        var seen = world.Things.Where(t => model.Reads(asker, t)).ToList();
        Same("assets one by one", null, seen, await Loaded(world.Things.Select(t => t.Id), "/assets/"));

        Same("assets by cursor", null, seen, await All("/search/assets?limit=7"));
        Same("assets by offset", null, seen, await ByOffset("/search/assets?limit=9"));
        Same("assets by last change", null, seen, await All("/search/assets?limit=11&sort=updated"));
        Same("assets by words", null, seen, await ByOffset("/search/assets?limit=12&query=marble"));
        foreach (var visibility in Enum.GetValues<Visibility>())
            Same("assets by visibility", visibility, seen.Where(t => t.Visibility == visibility), await All($"/search/assets?limit=15&{Filter("visibility", visibility.ToString().ToLowerInvariant())}"));
        foreach (var account in world.Accounts)
            Same("assets by owner", account, seen.Where(t => t.Owner == account), await All($"/search/assets?limit=15&{Filter("user_id", account.Id)}"));
        foreach (var parent in seen.Where(t => world.Things.Exists(child => child.Parent == t)))
            Same("children", parent, seen.Where(t => t.Parent == parent), await All($"/assets/{parent.Id}/children?limit=2"));

        foreach (var org in world.Orgs)
        {
            Same("assets by organization", org, seen.Where(t => t.Org == org), await All($"/search/assets?limit=15&{Filter("org_id", org.Id)}"));
            var teams = org.Teams.Where(t => model.Sees(asker, t)).ToList();
            Same("teams one by one", org, teams.Select(t => t.Id), await Loaded(org.Teams.Select(t => t.Id), "/teams/"));
            if (model.Sees(asker, org)) Same("teams by organization", org, teams.Select(t => t.Id), await All($"/teams?org_id={org.Id}&limit=2"));
            foreach (var team in org.Teams)
            {
                var inTeam = seen.Where(t => t.Team == team).ToList();
                Same("assets by team", team, inTeam, await All($"/search/assets?limit=15&{Filter("team_id", team.Id)}"));
                if (!teams.Contains(team)) continue;
                // What goes on in a team is told by what was put there, not by what belongs to that.
                Same("activity by cursor", team, inTeam.Where(t => t.Parent is null), await All($"/teams/{team.Id}/activity?limit=4"));
                if (team.IsDefault) Same("activity by offset", team, inTeam.Where(t => t.Parent is null), await ByOffset($"/teams/{team.Id}/activity?limit=4"));
            }
        }
        Same("public teams", null, world.Teams.Where(t => t.IsPublic).Select(t => t.Id), await All("/teams?public_only=true&limit=3"));
        Same("organizations one by one", null, world.Orgs.Where(o => model.Sees(asker, o)).Select(o => o.Id), await Loaded(world.Orgs.Select(o => o.Id), "/organizations/"));
    }

    static string Filter(string key, object value) => "filters=" + Uri.EscapeDataString($$"""{"{{key}}": "{{value}}"}""");

    void Same(string list, object? of, IEnumerable<Thing> right, IEnumerable<Guid> found) => Same(list, of, right.Select(t => t.Id), found);

    void Same(string list, object? of, IEnumerable<Guid> right, IEnumerable<Guid> found)
    {
        var (a, b) = (right.ToHashSet(), found.ToList());
        foreach (var id in b.GroupBy(id => id).Where(same => same.Count() > 1)) Tell(list, of, "holds twice", Name(id.Key));
        foreach (var id in a.Except(b)) Tell(list, of, "lacks", Name(id));
        foreach (var id in b.Except(a)) Tell(list, of, "holds what is not theirs to see:", Name(id));
    }

    void Tell(string list, object? of, string what, string which) => wrong.Add(new(random.Seed, asker, list, of, what, which));

    string Name(Guid id) => world.Things.Find(t => t.Id == id)?.ToString() ?? world.Teams.FirstOrDefault(t => t.Id == id)?.ToString() ?? world.Orgs.Find(o => o.Id == id)?.ToString() ?? $"{id}";

    async Task<List<Guid>> Loaded(IEnumerable<Guid> ids, string path)
    {
        var loaded = new List<Guid>();
        foreach (var id in ids)
            if ((await doors.Rest(asker, HttpMethod.Get, path + id)).IsSuccess) loaded.Add(id);
        return loaded;
    }

    async Task<List<Guid>> All(string path)
    {
        var found = new List<Guid>();
        for (string? after = ""; after is not null;)
            after = (await Page(path + (after == "" ? "" : "&after=" + after), found)).TryGetProperty("after", out var next) ? next.GetString() : null;
        return found;
    }

    async Task<List<Guid>> ByOffset(string path)
    {
        var found = new List<Guid>();
        while ((await Page($"{path}&offset={found.Count}", found)).TryGetProperty("hasMore", out var more) && more.GetBoolean()) { }
        return found;
    }

    /// <summary>Adds the ids on a page, and tells how it goes on. A list that is refused is a difference, and holds nothing.</summary>
    async Task<JsonElement> Page(string path, List<Guid> found)
    {
        var reply = await doors.Rest(asker, HttpMethod.Get, path);
        if (!reply.IsSuccess)
        {
            Tell("a list", null, "is refused:", $"{path} is {reply.Told()}");
            return JsonElement.Parse("{}");
        }
        found.AddRange(reply.Data.EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
        return reply.Pagination;
    }
}
