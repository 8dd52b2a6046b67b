using System.Net;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class FrameTests(Chromium chromium, Town town) : IClassFixture<Town>
{
    [Fact]
    public async Task Keys_lead_to_the_search_and_to_what_can_be_created()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.Keyboard.PressAsync("/");
        await visit.Page.Keyboard.TypeAsync("seattle");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForURLAsync("**/search?q=seattle");
        await visit.Page.Locator(".asset-name", new() { HasText = "Seattle weather" }).WaitForAsync();
        await visit.Page.Locator("h1").ClickAsync();
        await visit.Page.Keyboard.PressAsync("c");
        await visit.Page.GetByRole(AriaRole.Link, new() { Name = "Dataset Import" }).WaitForAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Locator(".create[open]").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await visit.Page.Keyboard.PressAsync("c");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Heading("Import a file").WaitForAsync();
    }

    [Fact]
    public async Task Shortcuts_can_be_turned_off()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.GotoAsync("/settings");
        await visit.Button("Turn shortcuts off").ClickAsync();
        await visit.Button("Turn shortcuts on").WaitForAsync();
        await visit.Page.Keyboard.PressAsync("c");
        (await visit.Page.Locator(".create[open]").CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_theme_is_the_systems_until_one_is_chosen(bool script)
    {
        await using var visit = await Visit.Begin(chromium, town, script);
        await visit.Page.GotoAsync("/");
        (await Paper(visit)).ShouldBe("rgb(255, 255, 255)");
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        var dark = await Paper(visit);
        dark.ShouldNotBe("rgb(255, 255, 255)");
        await visit.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await visit.Button("Dark theme").ClickAsync();
        await visit.Page.Locator("html[data-theme=dark]").WaitForAsync();
        (await Paper(visit)).ShouldBe(dark);
        await visit.Page.GotoAsync("/datasets");
        (await Paper(visit)).ShouldBe(dark);
        await visit.Button("Theme of the system").ClickAsync();
        await visit.Page.Locator("html:not([data-theme])").WaitForAsync();
        await visit.Page.GotoAsync("/datasets");
        (await Paper(visit)).ShouldBe("rgb(255, 255, 255)");
    }

    [Fact]
    public async Task On_a_small_screen_the_sidebar_is_a_menu_that_needs_no_script()
    {
        await using var visit = await Visit.Begin(chromium, town, script: false, width: 390, height: 844);
        await visit.Page.GotoAsync("/");
        (await visit.Link("Datasets").CountAsync()).ShouldBe(0);
        await visit.Page.Locator("summary[aria-label=Menu]").ClickAsync();
        await visit.Link("Datasets").ClickAsync();
        await visit.Heading("Datasets").WaitForAsync();
    }

    [Fact]
    public async Task An_organization_is_a_context_that_new_datasets_go_to()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.Locator(".context summary").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "ada@crystal-lab" }).ClickAsync();
        await visit.Page.Locator("summary[aria-label='Context: ada@crystal-lab']").WaitForAsync();
        await visit.Page.GetByText("Nothing of yours is here yet").WaitForAsync();
        await visit.Page.GotoAsync("/datasets/new");
        await visit.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "growth.csv", MimeType = "text/csv", Buffer = "day,mm\n1,0.5\n"u8.ToArray() });
        await visit.Button("Import").ClickAsync();
        await visit.Page.WaitForURLAsync("**/datasets/crystal-lab/growth");
        await visit.Page.Locator(".badge", new() { HasText = "Organization" }).WaitForAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_reaches_the_content()
    {
        await using var visit = await Visit.Begin(chromium, town);
        await visit.Page.GotoAsync("/datasets");
        await visit.Page.Keyboard.PressAsync("Tab");
        (await visit.Page.EvaluateAsync<string>("document.activeElement.textContent")).ShouldBe("Skip to content");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Keyboard.PressAsync("Tab");
        (await visit.Page.EvaluateAsync<bool>("document.querySelector('main').contains(document.activeElement)")).ShouldBeTrue();
    }

    [Fact]
    public async Task Search_finds_by_words_and_says_when_it_finds_nothing()
    {
        await using var visit = await Visit.Begin(chromium, town);
        await visit.Page.GotoAsync("/search?q=temperature");
        (await visit.Page.Locator(".asset-text mark").First.InnerTextAsync()).ShouldBe("temperature");
        await visit.Link("Datasets").Last.ClickAsync();
        await visit.Page.WaitForURLAsync("**/search?q=temperature&type=dataset");
        (await visit.Page.Locator(".asset-name").CountAsync()).ShouldBe(1);
        await visit.Page.Locator("#words").FillAsync("qwertzuiop");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.GetByText("Nothing found for “qwertzuiop”").WaitForAsync();
        // What is private is not found by others.
        await visit.Page.GotoAsync("/search?q=films");
        await visit.Page.GetByText("Nothing found for “films”").WaitForAsync();
    }

    [Fact]
    public async Task A_page_that_is_not_there_says_so_with_its_status()
    {
        await using var visit = await Visit.Begin(chromium, town);
        visit.IsRefused = true;
        foreach (var path in new[] { "/nowhere", "/datasets/ada/nothing", "/web/nothing", town.Weather + "/nothing" })
        {
            (await visit.Page.GotoAsync(path))!.Status.ShouldBe(404);
            await visit.Heading("Not found").WaitForAsync();
        }
        await using var plain = await Visit.Begin(chromium, town, script: false);
        plain.IsRefused = true;
        await plain.Page.GotoAsync("/größe?q=ß");
        await plain.Button("Dark theme").ClickAsync();
        await plain.Page.Locator("html[data-theme=dark]").WaitForAsync();
        Uri.UnescapeDataString(plain.Page.Url).ShouldEndWith("/größe?q=ß");

        (await visit.Page.GotoAsync("/search?type=spaceship"))!.Status.ShouldBe(400);
        await visit.Page.GetByText("not “spaceship”").WaitForAsync();
    }

    [Fact]
    public async Task A_first_look_is_light_and_what_it_loads_is_kept()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        var weights = await visit.Page.EvaluateAsync<double>("""
            () => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource')).reduce((sum, e) => sum + e.encodedBodySize, 0)
            """);
        weights.ShouldBeLessThan(120_000);
        using var http = town.Anonymous();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        var style = await visit.Page.Locator("link[rel=stylesheet]").GetAttributeAsync("href");
        var answer = await http.GetAsync(style);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
        answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
    }

    [Fact]
    public async Task Every_page_tells_the_browser_what_to_refuse()
    {
        using var http = town.Anonymous();
        foreach (var path in new[] { "/", "/sign-in", "/nowhere", town.Weather })
        {
            var answer = await http.GetAsync(path);
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'self'");
            policy.ShouldContain("frame-ancestors 'none'");
            policy.Replace("style-src-attr 'unsafe-inline'", "", StringComparison.Ordinal).ShouldNotContain("unsafe");
            answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            answer.Headers.GetValues("x-request-id").Single().ShouldNotBeEmpty();
        }
        // A cookie is nothing to the API.
        await using var ada = await (await Visit.Begin(chromium, town)).As(town.Ada);
        var cookies = string.Join("; ", (await ada.Page.Context.CookiesAsync()).Select(c => $"{c.Name}={c.Value}"));
        http.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", cookies);
        foreach (var path in new[] { "/api/user/profile", "/API/user/profile", "/Mcp" })
            (await http.GetAsync(path)).StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed);
    }

    static Task<string> Paper(Visit visit) => visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
