using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

/// <summary>A server with teams whose rules differ, and something to read, decide and lift in one of them.</summary>
public sealed class TeamTown : TestServer
{
    public Person Ada { get; private set; } = null!;

    /// <summary>Ada's organization.</summary>
    public Guid Lab { get; private set; }

    /// <summary>The team that most goes on in.</summary>
    public Team Watch { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Ada = await Join("ada");
        var (bob, crawler) = (await Join("bob"), await Join("crawler", ActorType.Agent));
        Watch = await Ada.Ouro.Teams.CreateAsync(new("weather-watch", Ids.Global)
        {
            Description = Content.Of("Measure the weather of the coast, every hour, and keep what was measured where everybody can ask it.\nBring readings, not opinions. Say what measured them and where it stands."),
        });
        foreach (var person in new[] { bob, crawler }) await person.Ouro.Teams.JoinAsync(Watch.Id);
        foreach (var (person, name, about) in new[]
        {
            (Ada, "Harbour, daily", "Daily weather in the harbour: precipitation, temperature and wind, as a station reported them."),
            (bob, "Buoy readings", "What a buoy off the coast reports once an hour."), (crawler, "Forecasts, as they were made", null),
        })
            await Put(person, name, about);
        await Ada.Ouro.Teams.UpdateAsync(Watch.Id, new() { JoinPolicy = JoinPolicy.Request });
        await (await Join("carol")).Ouro.Teams.JoinAsync(Watch.Id, "I keep a station in the harbour, with readings since 2019.");
        await Ada.Ouro.Teams.BanAsync(Watch.Id, new((await Join("spammer")).Id, "Advertisements in the feed"));
        await bob.Ouro.Teams.CreateAsync(new("materials", Ids.Global) { Description = Content.Of("Find magnets that need no rare earths."), ActorTypePolicy = ActorTypePolicy.AgentsOnly });
        await bob.Ouro.Teams.CreateAsync(new("field-notes", Ids.Global) { SourcePolicy = SourcePolicy.WebOnly });
        await bob.Ouro.Teams.CreateAsync(new("proofs", Ids.Global) { Description = Content.Of("Prove things, and check the proofs of others."), JoinPolicy = JoinPolicy.Request });
        var lab = await Found("crystal-lab", Ada);
        Lab = lab.Id;
        await Ada.Ouro.Teams.CreateAsync(new("growth", lab.Id) { Description = Content.Of("Grow crystals, and write down how."), JoinPolicy = JoinPolicy.InviteOnly, DefaultRole = Role.Read });
        await Ada.Ouro.Teams.CreateAsync(new("open-crystals", lab.Id) { Visibility = Visibility.Public, SourcePolicy = SourcePolicy.ApiOnly });
    }

    async Task Put(Person owner, string name, string? about) => (await owner.Http.PostAsync(
        $"/api/datasets/create/from-file?name={Uri.EscapeDataString(name)}&visibility=public&file_name=data.csv&org_id={Ids.Global}&team_id={Watch.Id}"
            + (about is null ? "" : "&description=" + Uri.EscapeDataString(about)), new StringContent("at,value\n2026-01-01T00:00:00Z,1.5\n"))).EnsureSuccessStatusCode();
}

/// <summary>The pages of teams, light and dark, wide and narrow: none is inaccessible or too wide, and each leaves a picture.</summary>
public sealed class TeamTourTests(Chromium chromium, TeamTown town) : IClassFixture<TeamTown>
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task Every_page_of_teams_is_accessible(bool dark, int width)
    {
        var problems = new List<string>();
        await using var stranger = await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800);
        foreach (var (name, path) in new[] { ("welcome", "/"), ("public-teams", "/teams"), ("public-team", "/teams/weather-watch"), ("public-members", "/teams/weather-watch/members") })
            await Look(stranger, name, path);
        await using var ada = await (await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800)).As(town.Ada);
        ada.IsRefused = true;
        foreach (var (name, path) in new[]
        {
            ("home", "/"), ("teams", "/teams"), ("discover", "/teams?show=discover"), ("none", "/teams?q=qwertzuiop"), ("new", "/teams/new"), ("team", "/teams/weather-watch"),
            ("members", "/teams/weather-watch/members"), ("requests", "/teams/weather-watch/requests"), ("declined", "/teams/weather-watch/requests?status=rejected"),
            ("bans", "/teams/weather-watch/bans"), ("settings", "/teams/weather-watch/settings"), ("delete", "/teams/weather-watch/delete"), ("leave", "/teams/weather-watch/leave"),
            ("refused", "/teams/materials"), ("ask", "/teams/proofs"), ("empty", "/crystal-lab/teams/growth"), ("api-only", "/crystal-lab/teams/open-crystals"),
            ("internal", "/crystal-lab/teams/open-crystals/visibility"), ("publish", "/crystal-lab/teams/growth/visibility"), ("default", "/crystal-lab/teams/all"),
            ("everybody", "/teams/all"), ("not-admin", "/teams/materials/settings"), ("search", $"/search?team={town.Watch.Id}"), ("new-dataset", $"/datasets/new?team={town.Watch.Id}"),
            ("dataset", "/datasets/bob/buoy-readings"), ("organization", "/organizations/crystal-lab"), ("of-organization", $"/teams?org={town.Lab}"),
        })
            await Look(ada, name, path);
        await ada.Page.GotoAsync("/teams/new");
        await ada.Field("Name").FillAsync("No such name!");
        await ada.Button("Create team").ClickAsync();
        await Look(ada, "new-refused", null);
        problems.ShouldBeEmpty();

        async Task Look(Visit visit, string name, string? path)
        {
            if (path is not null) await visit.Page.GotoAsync(path);
            await visit.Picture($"team-{width}-{(dark ? "dark" : "light")}-{name}");
            if (await visit.Inaccessible() is { Length: > 0 } wrong) problems.Add($"{name}: {wrong}");
            if (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") is > 0 and var over)
                problems.Add($"{name}: the page is {over} pixels wider than the window");
        }
    }
}
