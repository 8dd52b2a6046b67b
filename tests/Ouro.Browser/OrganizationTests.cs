using Microsoft.Playwright;
using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

/// <summary>Organizations in the browser: founded, filled with people, and left.</summary>
public sealed class OrganizationTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_organization_is_founded_somebody_is_invited_and_leaves(bool script)
    {
        var (kind, name) = (script ? "script" : "plain", script ? "glass-lab" : "glass-lab-plain");
        var (ada, bob) = (await server.Join($"ada_founds_{kind}"), await server.Join($"bob_comes_{kind}"));
        await using var admin = await (await Visit.Begin(chromium, server, script)).As(ada);
        admin.IsRefused = true;
        await admin.Page.GotoAsync("/organizations/new");
        await admin.Field("Name in addresses").FillAsync("Glass Lab");
        await admin.Field("Mission").FillAsync("Make glass.");
        await admin.Page.GetByLabel("By asking").CheckAsync();
        await admin.Button("Found it").ClickAsync();
        await admin.Page.GetByText("An organization's name is 1 to 80").WaitForAsync();
        // What was typed is still there.
        (await admin.Field("Mission").InputValueAsync()).ShouldBe("Make glass.");
        (await admin.Page.GetByLabel("By asking").IsCheckedAsync()).ShouldBeTrue();
        await admin.Field("Name in addresses").FillAsync(name);
        await admin.Button("Found it").ClickAsync();
        await admin.Page.GetByText($"{name} is founded").WaitForAsync();

        await admin.Field("Whom").FillAsync("nobody_of_that_name");
        await admin.Button("Invite").ClickAsync();
        await admin.Page.GetByText("There is no account “nobody_of_that_name”.").WaitForAsync();
        await admin.Field("Whom").FillAsync("");
        await admin.Button("Invite").ClickAsync();
        await admin.Heading("The invitation is made").WaitForAsync();
        var link = new Uri(await admin.Page.Locator(".done code").InnerTextAsync()).AbsolutePath;

        await using var stranger = await Visit.Begin(chromium, server, script);
        stranger.IsRefused = true;
        await stranger.Page.GotoAsync(link);
        await stranger.Page.GetByText($"{ada.Name} invites you").WaitForAsync();
        (await stranger.Link("Make an account").GetAttributeAsync("href"))!.ShouldStartWith("/sign-up?invitation=");
        await stranger.Link("Sign in to accept").WaitForAsync();

        await using var invited = await (await Visit.Begin(chromium, server, script)).As(bob);
        invited.IsRefused = true;
        await invited.Page.GotoAsync(link);
        await invited.Button("Accept").ClickAsync();
        await invited.Page.GetByText($"You are in {name}.").WaitForAsync();
        await invited.Page.GotoAsync(link);
        await invited.Heading("Not found").WaitForAsync();

        await admin.Page.GotoAsync($"/organizations/{name}/members");
        await admin.Page.GetByLabel($"What {bob.Name} may do", new() { Exact = true }).SelectOptionAsync("read");
        await admin.Button($"Save what {bob.Name} may do").ClickAsync();
        await admin.Page.GetByText($"{bob.Name} is now a member who only reads.").WaitForAsync();
        await admin.Link($"Leave {name}").ClickAsync();
        await admin.Button("Leave").ClickAsync();
        await admin.Page.GetByText("This is the last admin").WaitForAsync();

        await invited.Page.GotoAsync($"/organizations/{name}/members");
        await invited.Link($"Leave {name}").ClickAsync();
        await invited.Button("Leave").ClickAsync();
        await invited.Page.GetByText($"You left {name}.").WaitForAsync();

        // It can be asked, so bob still finds it, asks, and is let in.
        await invited.Page.GotoAsync($"/organizations/{name}");
        await invited.Page.GetByLabel("Who you are").FillAsync("It was a mistake.");
        await invited.Button("Ask to join").ClickAsync();
        await invited.Page.GetByText("You asked to join. Its admins decide.").WaitForAsync();
        await admin.Page.GotoAsync($"/organizations/{name}/members");
        await admin.Page.GetByText("It was a mistake.").WaitForAsync();
        await admin.Button($"Let in {bob.Name}").ClickAsync();
        await admin.Page.GetByText($"{bob.Name} is in.").WaitForAsync();

        await admin.Page.GotoAsync($"/organizations/{name}/settings");
        await admin.Page.GetByLabel("Name to read").FillAsync("The Glass Lab");
        await admin.Page.GetByLabel("Domain").FillAsync("no domain");
        await admin.Button("Save").ClickAsync();
        await admin.Page.GetByText("is not a domain").WaitForAsync();
        (await admin.Page.GetByLabel("Name to read").InputValueAsync()).ShouldBe("The Glass Lab");
        await admin.Page.GetByLabel("Domain").FillAsync("");
        await admin.Page.GetByLabel("Who makes things public").SelectOptionAsync("admins");
        await admin.Button("Save").ClickAsync();
        await admin.Page.GetByText("The settings are saved.").WaitForAsync();
        await admin.Page.GotoAsync($"/organizations/{name}");
        await admin.Page.GetByText("Only admins make things public.").WaitForAsync();

        await admin.Page.GotoAsync($"/organizations/{name}/log");
        await admin.Page.GetByText("public publishing from members to admins").WaitForAsync();
        await admin.Page.GetByLabel("What").SelectOptionAsync("organization.member_left");
        await admin.Button("Show").ClickAsync();
        (await admin.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = bob.Name }).CountAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task Every_page_of_an_organization_is_accessible(bool dark, int width)
    {
        var tag = $"{(dark ? "d" : "l")}{width}";
        var (ada, bob, carl, bot) = (await server.Join($"ada_{tag}"), await server.Join($"bob_{tag}"), await server.Join($"carl_{tag}", ActorType.Verified), await server.Join($"bot_{tag}", ActorType.Agent));
        var lab = await ada.Ouro.Organizations.CreateAsync(new()
        {
            Name = $"crystal-{tag}", DisplayName = "Crystal Laboratory", Mission = "Grow crystals that nobody has grown, measure them, and publish the measurements so that others can grow them too.",
            JoinPolicy = JoinPolicy.Request, AllowExternalMembers = true, Domain = "crystal.example.org", Size = "10 to 50 people", Urls = new List<ProfileLink> { new("https://example.org/crystals") },
        });
        await bob.Ouro.Organizations.JoinAsync(lab.Id, "I have grown salt.\nNow I would like to grow more.");
        foreach (var person in (Person[])[carl, bot])
            await person.Ouro.Invitations.AcceptAsync(new((await ada.Ouro.Invitations.CreateAsync(lab.Id, new(MembershipType: person == carl ? MembershipType.External : null))).Code));
        await ada.Ouro.Invitations.CreateAsync(lab.Id, new(Email: "somebody.with.a.long.name@crystal.example.org"));
        var link = await ada.Ouro.Invitations.CreateAsync(lab.Id, new(Role: Role.Admin));
        var den = await bob.Ouro.Organizations.CreateAsync(new() { Name = $"salt-{tag}", JoinPolicy = JoinPolicy.Open });
        await bob.Ouro.Invitations.CreateAsync(den.Id, new(ada.Id));

        var problems = new List<string>();
        await using var admin = await (await Visit.Begin(chromium, server, dark: dark, width: width)).As(ada);
        admin.IsRefused = true;
        foreach (var (name, path) in new[]
        {
            ("organizations", "/organizations"), ("organization-new", "/organizations/new"), ("organization", $"/organizations/{lab.Name}"),
            ("organization-members", $"/organizations/{lab.Name}/members"), ("organization-settings", $"/organizations/{lab.Name}/settings"),
            ("organization-log", $"/organizations/{lab.Name}/log"), ("organization-other", $"/organizations/{den.Name}"),
        })
            await Look(admin, name, path);
        await admin.Page.GotoAsync($"/organizations/{lab.Name}/members");
        await admin.Link($"Remove {bot.Name}").ClickAsync();
        await admin.Page.Locator("dialog").WaitForAsync();
        await Look(admin, "organization-remove", null, whole: false);
        await admin.Page.Keyboard.PressAsync("Escape");
        await admin.Page.Locator(".context summary").ClickAsync();
        await Look(admin, "organization-context", null, whole: false);

        await using var asking = await (await Visit.Begin(chromium, server, dark: dark, width: width)).As(bob);
        await Look(asking, "organization-asked", $"/organizations/{lab.Name}");
        await Look(asking, "invitation", "/invitations/" + link.Code);
        await using var stranger = await Visit.Begin(chromium, server, dark: dark, width: width);
        await Look(stranger, "organization-stranger", $"/organizations/{lab.Name}");
        await Look(stranger, "invitation-stranger", "/invitations/" + link.Code);
        problems.ShouldBeEmpty();

        async Task Look(Visit visit, string name, string? path, bool whole = true)
        {
            if (path is not null) await visit.Page.GotoAsync(path);
            await visit.Picture($"{width}-{(dark ? "dark" : "light")}-{name}", whole);
            if (await visit.Inaccessible() is { Length: > 0 } wrong) problems.Add($"{name}: {wrong}");
            if (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") is > 0 and var over)
                problems.Add($"{name}: the page is {over} pixels wider than the window");
        }
    }
}
