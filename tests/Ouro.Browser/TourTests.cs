using Shouldly;
using Xunit;

namespace Ouro.Browser;

/// <summary>Every page, light and dark, wide and narrow: none is inaccessible, and each leaves a picture.</summary>
public sealed class TourTests(Chromium chromium, Town town) : IClassFixture<Town>
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task Every_page_is_accessible(bool dark, int width)
    {
        var problems = new List<string>();
        await using var stranger = await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800);
        stranger.IsRefused = true;
        foreach (var (name, path) in new[]
        {
            ("welcome", "/"), ("sign-in", "/sign-in"), ("link-used", "/sign-in/link?code=gone"), ("public-dataset", town.Weather), ("not-there", "/datasets/ada/nothing-here"),
        })
            await Look(stranger, name, path);

        await using var ada = await (await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800)).As(town.Ada);
        ada.IsRefused = true;
        var id = await Id(ada, town.Weather);
        foreach (var (name, path) in new[]
        {
            ("home", "/"), ("datasets", "/datasets"), ("new-dataset", "/datasets/new"), ("imports", "/datasets/imports"), ("search", "/search?q=weather"),
            ("nothing-found", "/search?q=qwertzuiop"), ("table", town.Films), ("table-last", town.Weather + "?offset=1400"), ("schema", town.Weather + "/schema"),
            ("sql", town.Weather + "/sql?query=" + Uri.EscapeDataString("select weather, count(*) as days, round(avg(temp_max)::numeric, 1) as warm\nfrom {{table}}\ngroup by 1 order by 2 desc")),
            ("sql-error", town.Weather + "/sql?query=" + Uri.EscapeDataString("select weather, count(*)\nfrom {{table}}\nwhere temprature > 20")),
            ("use", town.Weather + "/use"), ("share", $"/assets/{id}/share"), ("delete", $"/assets/{id}/delete"), ("settings", "/settings"), ("no-page", "/nowhere"),
        })
            await Look(ada, name, path);

        await ada.Page.GotoAsync("/settings/api-keys");
        await ada.Field("Name").FillAsync("laptop");
        await ada.Button("Make key").ClickAsync();
        await ada.Heading("is made").WaitForAsync();
        await Look(ada, "api-keys", null);
        await ada.Link("Revoke laptop").First.ClickAsync();
        await ada.Page.Locator("dialog").WaitForAsync();
        await Look(ada, "revoke", null, whole: false);
        await ada.Page.Keyboard.PressAsync("Escape");
        await ada.Page.Locator(width == 390 ? ".drawer summary" : ".context summary").ClickAsync();
        await Look(ada, "menu", null, whole: false);

        await ada.Page.GotoAsync(town.Weather);
        await ada.Link("Share").ClickAsync();
        await ada.Page.Locator("dialog").WaitForAsync();
        await Look(ada, "share-dialog", null, whole: false);
        await ada.Page.Keyboard.PressAsync("Escape");
        await ada.Page.Locator(".create summary").ClickAsync();
        await Look(ada, "create-menu", null, whole: false);

        await using var newcomer = await (await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800)).As(await town.Join($"newcomer_{(dark ? "d" : "l")}{width}"));
        await Look(newcomer, "home-empty", "/");
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

    static async Task<string> Id(Visit visit, string path)
    {
        await visit.Page.GotoAsync(path);
        return (await visit.Link("Share").GetAttributeAsync("href"))!.Split('/')[2];
    }
}
