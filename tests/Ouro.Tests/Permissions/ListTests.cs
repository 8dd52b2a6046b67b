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
            owner, new("boss", isOperator: true), new("vera", ActorType.Verified), new("robo", ActorType.Agent, owner), new("free_robo", ActorType.Agent),
            .. Enumerable.Range(0, 5).Select(i => new Account($"person_{i}")),
        ];
        var ground = new Ground(server);
        await ground.Open(accounts);
        var wrong = new List<string>();
        for (var seed = 0; seed < Worlds; seed++)
        {
            var random = new RandomWorld(accounts, seed);
            await ground.Clear();
            await ground.Lay(random.World);
            await ground.LayPosts(random.World.Things);
            using var doors = new Doors(ground);
            await Parallel.ForEachAsync(random.Askers, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (asker, _) =>
            {
                var lists = new Lists(doors, asker, random.World, model);
                await lists.Compare();
                lock (wrong) wrong.AddRange(lists.Wrong.Select(w => $"world {seed}, {asker}: {w}"));
            });
        }
        wrong.ShouldBeEmpty(string.Join('\n', wrong.Take(20)));
    }
}

/// <summary>What one asker finds in all lists of a world, beside what loads for them and what the model lets them see.</summary>
sealed class Lists(Doors doors, Asker asker, World world, Model model)
{
    public List<string> Wrong { get; } = [];

    public async Task Compare()
    {
        var seen = world.Things.Where(t => model.Reads(asker, t)).ToList();
        Same("one by one", seen, await Loaded(world.Things.Select(t => t.Id), "/assets/"));

        Same("browsing by cursor", seen, await All("/search/assets?limit=7"));
        Same("browsing by offset", seen, await ByOffset("/search/assets?limit=9"));
        Same("by last change", seen, await All("/search/assets?limit=7&sort=updated"));
        Same("by words", seen, await ByOffset("/search/assets?limit=9&query=marble"));
        foreach (var visibility in Enum.GetValues<Visibility>())
            Same($"what is {visibility}", seen.Where(t => t.Visibility == visibility), await All($"/search/assets?limit=7&{Filter("visibility", visibility.ToString().ToLowerInvariant())}"));
        foreach (var account in world.Accounts)
            Same($"what is {account.Name}'s", seen.Where(t => t.Owner == account), await All($"/search/assets?limit=7&{Filter("user_id", account.Id)}"));
        foreach (var parent in seen)
            Same($"below [{parent}]", seen.Where(t => t.Parent == parent), await All($"/assets/{parent.Id}/children?limit=2"));

        foreach (var org in world.Orgs)
        {
            Same($"of {org}", seen.Where(t => t.Org == org), await All($"/search/assets?limit=7&{Filter("org_id", org.Id)}"));
            var teams = org.Teams.Where(t => model.Sees(asker, t)).ToList();
            Same($"teams of {org} one by one", teams.Select(t => t.Id), await Loaded(org.Teams.Select(t => t.Id), "/teams/"));
            if (model.Sees(asker, org)) Same($"teams of {org}", teams.Select(t => t.Id), await All($"/teams?org_id={org.Id}&limit=2"));
            foreach (var team in org.Teams)
            {
                var inTeam = seen.Where(t => t.Team == team).ToList();
                Same($"of {team}", inTeam, await All($"/search/assets?limit=7&{Filter("team_id", team.Id)}"));
                if (!teams.Contains(team)) continue;
                Same($"activity of {team}", inTeam.Where(t => !t.IsComment), (await All($"/teams/{team.Id}/activity?limit=3")).Except(Comments(inTeam)));
                Same($"activity by offset of {team}", inTeam.Where(t => !t.IsComment), (await ByOffset($"/teams/{team.Id}/activity?limit=3")).Except(Comments(inTeam)));
            }
        }
        Same("public teams", world.Teams.Where(t => t.IsPublic).Select(t => t.Id), await All("/teams?public_only=true&limit=3"));
        Same("organizations one by one", world.Orgs.Where(o => model.Sees(asker, o)).Select(o => o.Id), await Loaded(world.Orgs.Select(o => o.Id), "/organizations/"));
    }

    static IEnumerable<Guid> Comments(IEnumerable<Thing> things) => things.Where(t => t.IsComment).Select(t => t.Id);

    static string Filter(string key, object value) => "filters=" + Uri.EscapeDataString($$"""{"{{key}}": "{{value}}"}""");

    void Same(string list, IEnumerable<Thing> right, IEnumerable<Guid> found) => Same(list, right.Select(t => t.Id), found);

    void Same(string list, IEnumerable<Guid> right, IEnumerable<Guid> found)
    {
        var (a, b) = (right.ToHashSet(), found.ToList());
        if (b.Count != b.Distinct().Count()) Wrong.Add($"{list} holds something twice");
        foreach (var id in a.Except(b)) Wrong.Add($"{list} lacks {Name(id)}");
        foreach (var id in b.Except(a)) Wrong.Add($"{list} holds {Name(id)}, which is not theirs to see");
    }

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
            Wrong.Add($"{path} is {reply.Told()}");
            return JsonElement.Parse("{}");
        }
        found.AddRange(reply.Data.EnumerateArray().Select(item => item.GetProperty("id").GetGuid()));
        return reply.Pagination;
    }
}
