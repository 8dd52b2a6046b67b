using Microsoft.Playwright;
using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class TeamTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_team_for_agents_admits_one_over_MCP_and_tells_a_person_why_not()
    {
        var (grace, linus, atom) = (await server.Join("grace"), await server.Join("linus"), await server.Join("atom", ActorType.Agent));
        await using var founder = await (await Visit.Begin(chromium, server)).As(grace);
        await founder.Page.GotoAsync("/teams");
        await founder.Link("New team").ClickAsync();
        await founder.Field("Name").FillAsync(" #materials ");
        await founder.Field("Mission").FillAsync("Find magnets that need no rare earths.");
        await founder.Button("Create team").ClickAsync();
        await founder.Page.GetByText("#materials is made, and you are its admin.").WaitForAsync();
        await founder.Heading("#materials").WaitForAsync();
        new Uri(founder.Page.Url).AbsolutePath.ShouldBe("/teams/materials");

        // The other person found it while everybody could join it, and takes their time.
        await using var stranger = await (await Visit.Begin(chromium, server)).As(linus);
        stranger.IsRefused = true;
        await stranger.Page.GotoAsync("/teams?show=discover&q=%23materials");
        await stranger.Link("#materials").ClickAsync();
        await stranger.Button("Join").WaitForAsync();

        await founder.Link("Settings").ClickAsync();
        await founder.Field("Who may join").SelectOptionAsync("Agents only");
        await founder.Button("Save").ClickAsync();
        await founder.Page.GetByText("#materials is saved.").WaitForAsync();

        var id = (await atom.Ouro.Teams.GetByNameAsync("ouro", "materials")).Id;
        await using (var mcp = await atom.Mcp())
            (await mcp.CallToolAsync("set_team_membership", new Dictionary<string, object?> { ["id"] = id, ["member"] = true })).IsError.ShouldNotBe(true);

        await stranger.Button("Join").ClickAsync();
        var told = stranger.Page.GetByRole(AriaRole.Alert);
        (await told.InnerTextAsync()).ShouldContain("#materials admits agents only");
        (await told.InnerTextAsync()).ShouldContain("Let an agent of yours join.");
        await stranger.Page.GotoAsync("/teams/materials");
        await stranger.Page.GetByText("Let an agent of yours join.").First.WaitForAsync();
        (await stranger.Button("Join").CountAsync()).ShouldBe(0);
        await stranger.Page.Locator(".badge", new() { HasText = "Only agents may join" }).WaitForAsync();

        await founder.Page.GotoAsync("/teams/materials/members");
        (await Avatar(founder, "atom")).ShouldContain("square");
        (await Avatar(founder, "grace")).ShouldNotContain("square");
        (await founder.Page.Locator(".people li").CountAsync()).ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_typed_is_kept_when_a_team_cannot_be_made(bool script)
    {
        var ada = await server.Join(script ? "ada_teams" : "ada_plain_teams");
        await using var visit = await (await Visit.Begin(chromium, server, script)).As(ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync("/teams/new");
        await visit.Field("Name").FillAsync("Crystal Growth!");
        await visit.Field("Mission").FillAsync("Grow crystals.\nMeasure them.");
        await visit.Page.GetByText("By asking").ClickAsync();
        await visit.Field("How things are made in it").SelectOptionAsync("In the web app only");
        await visit.Button("Create team").ClickAsync();
        await visit.Page.Locator("#name-problem", new() { HasText = "lowercase letters" }).WaitForAsync();
        (await visit.Field("Name").InputValueAsync()).ShouldBe("Crystal Growth!");
        (await visit.Field("Mission").InputValueAsync()).ShouldBe("Grow crystals.\nMeasure them.");
        (await visit.Page.Locator("[value=request]").IsCheckedAsync()).ShouldBeTrue();
        (await visit.Field("How things are made in it").InputValueAsync()).ShouldBe("web_only");

        await ada.Ouro.Teams.CreateAsync(new(script ? "taken" : "taken-too", Ids.Global));
        await visit.Field("Name").FillAsync(script ? "taken" : "taken-too");
        await visit.Button("Create team").ClickAsync();
        await visit.Page.Locator("#name-problem", new() { HasText = "already has a team" }).WaitForAsync();
        await visit.Field("Name").FillAsync(script ? "growth" : "growth-too");
        await visit.Button("Create team").ClickAsync();
        await visit.Page.Locator(".badge", new() { HasText = "Only the web app makes things here" }).First.WaitForAsync();
        await visit.Page.Locator(".badge", new() { HasText = "Joining is by request" }).WaitForAsync();
        (await visit.Page.Locator(".reading").InnerTextAsync()).ShouldBe("Grow crystals.\nMeasure them.");
    }

    [Fact]
    public async Task The_keyboard_alone_joins_a_team_and_leaves_it()
    {
        var (ada, bob) = (await server.Join("ada_keyboard"), await server.Join("bob_keyboard"));
        await ada.Ouro.Teams.CreateAsync(new("by-keyboard", Ids.Global));
        await using var visit = await (await Visit.Begin(chromium, server)).As(bob);
        await visit.Page.GotoAsync("/teams?show=discover&q=by-keyboard");
        await Press(visit, "Join #by-keyboard");
        await visit.Page.GetByText("You are in #by-keyboard.").WaitForAsync();
        await visit.Page.Locator(".joined", new() { HasText = "#by-keyboard" }).WaitForAsync();
        await Press(visit, "Leave");
        await visit.Page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await Press(visit, "Leave team");
        await visit.Page.GetByText("You left #by-keyboard.").WaitForAsync();
        await visit.Button("Join").WaitForAsync();
    }

    [Fact]
    public async Task Who_asks_to_join_is_let_in_by_an_admin()
    {
        var (ada, bob) = (await server.Join("ada_asked"), await server.Join("bob_asks"));
        await ada.Ouro.Teams.CreateAsync(new("by-request", Ids.Global) { JoinPolicy = JoinPolicy.Request });
        await using var asking = await (await Visit.Begin(chromium, server)).As(bob);
        await asking.Page.GotoAsync("/teams?show=discover&q=by-request");
        await asking.Link("Ask to join #by-request").ClickAsync();
        await asking.Field("Who you are, and why").FillAsync("I grow <crystals>.");
        await asking.Button("Ask to join").ClickAsync();
        await asking.Page.GetByText("You asked to join. Its admins decide.").First.WaitForAsync();
        (await asking.Button("Ask to join").CountAsync()).ShouldBe(0);

        await using var admin = await (await Visit.Begin(chromium, server)).As(ada);
        await admin.Page.GotoAsync("/teams/by-request");
        await admin.Link("Look at the requests").ClickAsync();
        (await admin.Page.Locator(".people .message").InnerTextAsync()).ShouldBe("I grow <crystals>.");
        await admin.Button("Let in bob_asks").ClickAsync();
        await admin.Page.GetByText("bob_asks is in #by-request.").WaitForAsync();
        await admin.Page.GetByText("Nobody is waiting.").WaitForAsync();

        await asking.Page.ReloadAsync();
        await asking.Page.GetByText("You may contribute").WaitForAsync();
    }

    [Fact]
    public async Task Who_is_banned_stays_out_until_the_ban_is_lifted()
    {
        var (ada, bob) = (await server.Join("ada_bans"), await server.Join("bob_banned"));
        var team = await ada.Ouro.Teams.CreateAsync(new("no-spam", Ids.Global));
        await bob.Ouro.Teams.JoinAsync(team.Id);
        await using var admin = await (await Visit.Begin(chromium, server)).As(ada);
        admin.IsRefused = true;
        await admin.Page.GotoAsync("/teams/no-spam/members");
        await admin.Link("Ban bob_banned").ClickAsync();
        (await admin.Field("Whom").InputValueAsync()).ShouldBe("bob_banned");
        await admin.Field("Whom").FillAsync("nobody_of_this_name");
        await admin.Field("Reason").FillAsync("Spam in the feed");
        await admin.Button("Ban").ClickAsync();
        await admin.Page.Locator("#ban-problem").WaitForAsync();
        (await admin.Field("Reason").InputValueAsync()).ShouldBe("Spam in the feed");
        await admin.Field("Whom").FillAsync("bob_banned");
        await admin.Button("Ban").ClickAsync();
        await admin.Page.GetByText("bob_banned is banned from #no-spam.").WaitForAsync();
        (await admin.Page.Locator(".people .message").InnerTextAsync()).ShouldBe("Spam in the feed");

        await using var banned = await (await Visit.Begin(chromium, server)).As(bob);
        await banned.Page.GotoAsync("/teams/no-spam");
        await banned.Page.GetByText("You are banned from #no-spam").First.WaitForAsync();
        (await banned.Button("Join").CountAsync()).ShouldBe(0);
        await admin.Button("Lift the ban of bob_banned").ClickAsync();
        await admin.Page.GetByText("Nobody is banned.").WaitForAsync();
        await banned.Page.ReloadAsync();
        await banned.Button("Join").ClickAsync();
        await banned.Page.GetByText("You are in #no-spam.").WaitForAsync();
    }

    [Fact]
    public async Task Roles_are_given_and_members_taken_out()
    {
        var (ada, bob) = (await server.Join("ada_roles"), await server.Join("bob_roles"));
        await ada.Ouro.Teams.CreateAsync(new("with-roles", Ids.Global));
        await using var admin = await (await Visit.Begin(chromium, server, script: false)).As(ada);
        await admin.Page.GotoAsync("/teams/with-roles/members");
        await admin.Field("Name").FillAsync("bob_roles");
        await admin.Page.GetByLabel("May", new() { Exact = true }).SelectOptionAsync("read");
        await admin.Button("Add").ClickAsync();
        await admin.Page.GetByText("bob_roles is in #with-roles.").WaitForAsync();
        await admin.Page.GetByLabel("What bob_roles may do", new() { Exact = true }).SelectOptionAsync("administer");
        await admin.Button("Save what bob_roles may do").ClickAsync();
        await admin.Page.GetByText("bob_roles may administer now.").WaitForAsync();

        await using var other = await (await Visit.Begin(chromium, server)).As(bob);
        await other.Page.GotoAsync("/teams/with-roles");
        await other.Page.GetByText("You administer it").WaitForAsync();
        await admin.Button("Remove bob_roles").ClickAsync();
        await admin.Page.GetByText("bob_roles is no longer in #with-roles.").WaitForAsync();
        other.IsRefused = true;
        (await other.Page.GotoAsync("/teams/with-roles/settings"))!.Status.ShouldBe(403);
        await other.Page.GetByText("Only admins of #with-roles").WaitForAsync();
    }

    [Fact]
    public async Task What_is_made_in_a_team_on_the_web_is_unread_to_the_others_until_they_look()
    {
        var (ada, bob) = (await server.Join("ada_feed"), await server.Join("bob_feed"));
        var team = await ada.Ouro.Teams.CreateAsync(new("web-made", Ids.Global) { SourcePolicy = SourcePolicy.WebOnly });
        await bob.Ouro.Teams.JoinAsync(team.Id);
        await using var maker = await (await Visit.Begin(chromium, server)).As(ada);
        foreach (var (name, isScripted) in new[] { ("First growth", true), ("Second growth", false) })
        {
            await using var plain = isScripted ? null : await (await Visit.Begin(chromium, server, script: false)).As(ada);
            var visit = plain ?? maker;
            await visit.Page.GotoAsync("/teams/web-made");
            await visit.Page.Locator(".rail").GetByRole(AriaRole.Link, new() { Name = "Dataset Import" }).ClickAsync();
            (await visit.Field("Into").Locator("option:checked").InnerTextAsync()).ShouldBe("#web-made of ouro");
            await visit.Field("Name").FillAsync(name);
            await visit.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "growth.csv", MimeType = "text/csv", Buffer = "day,mm\n1,0.5\n"u8.ToArray() });
            await visit.Button("Import").ClickAsync();
            await visit.Link("#web-made").First.WaitForAsync();
            await visit.Page.Locator(".asset-title .badge", new() { HasText = "Public" }).WaitForAsync();
        }

        await using var reader = await (await Visit.Begin(chromium, server)).As(bob);
        await reader.Page.GotoAsync("/");
        (await reader.Page.Locator(".joined .count").InnerTextAsync()).ShouldStartWith("2");
        (await reader.Page.Locator("[aria-labelledby=feed] .asset-name .unread").CountAsync()).ShouldBe(2);
        await reader.Link("First growth").First.ClickAsync();
        await reader.Heading("First growth").WaitForAsync();
        await reader.Link("#web-made").First.ClickAsync();
        await reader.Page.GetByText("1 unread").First.WaitForAsync();
        await reader.Page.Locator(".asset-name", new() { HasText = "Second growth" }).Locator(".unread").WaitForAsync();
        (await reader.Page.Locator(".asset-name", new() { HasText = "First growth" }).Locator(".unread").CountAsync()).ShouldBe(0);
        await reader.Button("Mark all read").ClickAsync();
        await reader.Page.GetByText("Everything here is read.").WaitForAsync();
        (await reader.Page.Locator(".unread, .count").CountAsync()).ShouldBe(0);
        await reader.Link("All datasets of #web-made").ClickAsync();
        await reader.Page.Locator(".chips", new() { HasText = "In #web-made of ouro" }).WaitForAsync();
        (await reader.Page.Locator(".asset-name").CountAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task A_public_team_of_an_organization_is_made_internal_and_deleted()
    {
        var (ada, bob) = (await server.Join("ada_lab"), await server.Join("bob_outside"));
        var lab = await server.Found("team-lab", ada);
        var team = await ada.Ouro.Teams.CreateAsync(new("open-data", lab.Id) { Visibility = Visibility.Public });
        await ada.Http.PostAsync($"/api/datasets/create/from-file?name=Seen&visibility=public&file_name=a.csv&org_id={lab.Id}&team_id={team.Id}", new StringContent("a\n1\n"));
        await using var outsider = await (await Visit.Begin(chromium, server)).As(bob);
        outsider.IsRefused = true;
        (await outsider.Page.GotoAsync("/team-lab/teams/open-data"))!.Status.ShouldBe(200);
        await outsider.Page.Locator(".asset-name", new() { HasText = "Seen" }).WaitForAsync();

        await using var admin = await (await Visit.Begin(chromium, server)).As(ada);
        await admin.Page.GotoAsync("/team-lab/teams/open-data/settings");
        await admin.Link("Make it internal").ClickAsync();
        await admin.Page.GetByRole(AriaRole.Dialog).GetByText("1 thing in it is public or for sale").WaitForAsync();
        await admin.Button("Make it internal").ClickAsync();
        await admin.Page.GetByText("#open-data is internal.").WaitForAsync();
        foreach (var page in new[] { "", "/members", "/settings", "/bans", "/leave" })
            (await outsider.Page.GotoAsync("/team-lab/teams/open-data" + page))!.Status.ShouldBe(404);

        await admin.Link("Delete #open-data").ClickAsync();
        await admin.Button("Delete team").ClickAsync();
        await admin.Page.GetByText("1 thing of it moved to #all of team-lab.").WaitForAsync();
        admin.IsRefused = true;
        (await admin.Page.GotoAsync("/team-lab/teams/open-data"))!.Status.ShouldBe(404);
    }

    /// <summary>Goes to something by the tabulator alone and presses it.</summary>
    static async Task Press(Visit visit, string name)
    {
        for (var i = 0; i < 80; i++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            if (await visit.Page.EvaluateAsync<string>("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()") != name) continue;
            await visit.Page.Keyboard.PressAsync("Enter");
            return;
        }
        throw new InvalidOperationException($"The keyboard does not reach “{name}”.");
    }

    static async Task<string> Avatar(Visit visit, string name) =>
        (await visit.Page.Locator(".people li", new() { HasText = name }).Locator(".avatar").GetAttributeAsync("class"))!;
}
