using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Users;
using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

/// <summary>A server with an operator, their agent and somebody whom they vouched for.</summary>
public sealed class AccountTown : TestServer
{
    public Person Op { get; private set; } = null!;

    public UserProfile Agent { get; private set; } = null!;

    public string Invitation { get; private set; } = "";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Op = await Join("grace", isOperator: true);
        var ada = await Join("ada");
        await Op.Ouro.Users.UpdateAsync(new()
        {
            Name = "Grace H.", Bio = "Runs this place. Builds compilers, and explains nanoseconds with a length of wire.",
            Urls = new ProfileLink[] { new("https://example.org/grace"), new("https://example.org/a/rather/long/address/of/a/page/that/nobody/reads") },
        });
        await Op.Ouro.Users.VerifyAsync("ada");
        await ada.Ouro.Users.FollowAsync("grace");
        await Op.Ouro.Users.FollowAsync("ada");
        Agent = await Op.Ouro.Agents.CreateAsync(new() { Username = "bug_finder", Bio = "Looks for moths." });
        await Op.Ouro.Agents.CreateKeyAsync(Agent.Id, new("server"));
        await Op.Ouro.Agents.UpdateAsync((await Op.Ouro.Agents.CreateAsync(new() { Username = "retired_bot" })).Id, new() { Enabled = false });
        Invitation = new Uri((await Op.Ouro.ServerInvitations.CreateAsync(new("guest@example.org"))).Url).PathAndQuery;
        await ada.Ouro.Users.ChangeEmailAsync(new("ada@example.org"));
        await Town.Import(Op, "Nanoseconds", "public", "length,delay\n0.3,1\n0.6,2\n", "How long a wire delays a signal.");
        var bot = new Person(this, Agent.Id, Agent.Username, (await Op.Ouro.Agents.CreateKeyAsync(Agent.Id, new("laptop"))).Secret);
        await Town.Import(bot, "Moths", "public", "found,relay\n1947-09-09,70\n", "What was found where.");
        await bot.Ouro.Users.FollowAsync("grace");
    }
}

/// <summary>The pages of accounts, light and dark, wide and narrow: none is inaccessible or too wide, and each leaves a picture.</summary>
public sealed class AccountTourTests(Chromium chromium, AccountTown town) : IClassFixture<AccountTown>
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task Every_page_of_accounts_is_accessible(bool dark, int width)
    {
        var problems = new List<string>();
        await using var grace = await (await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800, named: true)).As(town.Op);
        foreach (var (name, path) in new[]
        {
            ("settings", "/settings"), ("security", "/settings/security"), ("agents", "/settings/agents"), ("agent", $"/settings/agents/{town.Agent.Id}"), ("server", "/settings/server"),
            ("profile", "/users/ada"), ("profile-self", "/users/grace"), ("profile-agent", "/users/bug_finder"), ("followers", "/users/grace/followers"),
        })
            await Look(grace, name, path);
        await using var stranger = await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800, named: true);
        stranger.IsRefused = true;
        await using var scope = town.Services.CreateAsyncScope();
        var waiting = await scope.ServiceProvider.GetRequiredService<EmailOperations>().Open(new() { Id = town.Op.Id, IsOperator = true }, default);
        var verify = waiting.Single(open => open.Link.Kind == LinkKind.VerifyEmail).Address;
        var link = await scope.ServiceProvider.GetRequiredService<SignInOperations>().CreateLink(town.Op.Id, default);
        foreach (var (name, path) in new[]
        {
            ("sign-in", "/sign-in"), ("sign-in-link", "/sign-in/link?code=" + link), ("sign-up", town.Invitation), ("sign-up-refused", "/sign-up"), ("forgot", "/forgot-password"),
            ("verify", new Uri(verify).PathAndQuery), ("profile-stranger", "/users/grace"),
        })
            await Look(stranger, name, path);
        problems.ShouldBeEmpty();

        async Task Look(Visit visit, string name, string path)
        {
            await visit.Page.GotoAsync(path);
            await visit.Picture($"account-{width}-{(dark ? "dark" : "light")}-{name}");
            if (await visit.Inaccessible() is { Length: > 0 } wrong) problems.Add($"{name}: {wrong}");
            if (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") is > 0 and var over)
                problems.Add($"{name}: the page is {over} pixels wider than the window");
        }
    }
}
