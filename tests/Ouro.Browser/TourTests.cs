using System.Text.Json;
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
        var shown = await town.Ada.Ouro.Views.CreateAsync(Guid.Parse(id), new()
        {
            Name = "Warmth by month", Description = "How warm each month was, on average.",
            SqlQuery = "select date_trunc('month', date) as month, avg(temp_max) as warmest, avg(temp_min) as coldest from {{table}} group by 1 order by 1",
            Config = JsonSerializer.SerializeToElement(new { type = "line", xAxis = new { dataKey = "month" }, series = new[] { new { dataKey = "warmest", name = "Warmest" }, new { dataKey = "coldest", name = "Coldest" } } }),
        });
        var (view, embed) = ($"{town.Weather}/views/{shown.Id}", $"/embed/datasets/{id}/views/{shown.Id}");
        foreach (var (name, path) in new[]
        {
            ("home", "/"), ("datasets", "/datasets"), ("new-dataset", "/datasets/new"), ("imports", "/datasets/imports"), ("search", "/search?q=weather"),
            ("nothing-found", "/search?q=qwertzuiop"), ("table", town.Films), ("table-last", town.Weather + "?offset=1400"), ("schema", town.Weather + "/schema"),
            ("table-filtered", town.Weather + "?sort=temp_max.desc&filters=weather.in.rain|snow,temp_min.gte.5"), ("filter", town.Weather + "?filter=date"),
            ("filter-refused", town.Weather + "?filter=temp_max&op=gte&value=warm"), ("history", town.Weather + "/history"), ("views", town.Weather + "/views"),
            ("views-empty", town.Films + "/views"), ("view", view), ("embed-view", embed), ("embed-table", embed[..embed.IndexOf("/views", StringComparison.Ordinal)]),
            ("use", town.Weather + "/use"), ("share", $"/assets/{id}/share"), ("delete", $"/assets/{id}/delete"), ("settings", "/settings"), ("no-page", "/nowhere"),
        })
            await Look(ada, name, path);

        await Ask("select weather, count(*) as days, round(avg(temp_max)::numeric, 1) as warm\nfrom {{table}}\ngroup by 1 order by 2 desc");
        await Look(ada, "sql", null);
        await ada.Button("Bars").ClickAsync();
        await Draw("chart-bars");
        await Ask("select weather, count(*)\nfrom {{table}}\nwhere temprature > 20");
        await Look(ada, "sql-error", null);
        await Ask("select date_trunc('month', date) as month, avg(temp_max) as warmest, nullif(avg(temp_min), 0) as coldest from {{table}} group by 1 order by 1");
        await ada.Button("Lines").ClickAsync();
        await Draw("chart-lines");
        // The others look alike enough to see each once light and once dark, once wide and once narrow.
        if (dark == (width == 390)) await Gallery();
        await ada.Page.Locator("#sql").FillAsync("select te");
        await ada.Page.Locator("#sql").PressAsync("End");
        await ada.Page.Keyboard.TypeAsync("m");
        await Look(ada, "completions", null, whole: false);

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

        async Task Ask(string sql)
        {
            await ada.Page.GotoAsync(town.Weather + "/sql?query=" + Uri.EscapeDataString(sql));
            await ada.Button("Run").ClickAsync();
            await ada.Page.Locator("#result:not([aria-busy]) > *").First.WaitForAsync();
        }

        async Task Gallery()
        {
            await ada.Button("Areas").ClickAsync();
            await Draw("chart-areas");
            await Ask("select temp_min, temp_max from {{table}}");
            await ada.Button("Points").ClickAsync();
            await Draw("chart-points");
            await ada.Button("Histogram").ClickAsync();
            await Draw("chart-histogram");
            await Ask("select 'A rather long name of group ' || n as name, (n - 6) * 1250000.5 as balance from generate_series(1, 30) n");
            await ada.Button("Bars").ClickAsync();
            await Draw("chart-negative");
        }

        async Task Draw(string name)
        {
            await ada.Page.Locator("#result:not([aria-busy]) .chart").WaitForAsync();
            await ada.Page.Locator(".plot").HoverAsync();
            await Look(ada, name, null);
        }

        async Task Look(Visit visit, string name, string? path, bool whole = true)
        {
            if (path is not null) await visit.Page.GotoAsync(path);
            if (whole) await visit.Page.EvaluateAsync("window.scrollTo(0, 0)");
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
