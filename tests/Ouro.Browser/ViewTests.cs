using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

/// <summary>Questions that are drawn, saved as views, and shown on other pages.</summary>
public sealed class ViewTests(Chromium chromium, Town town) : IClassFixture<Town>
{
    const string Question = "select weather, round(avg(temp_max)::numeric, 1) as warm, count(*) as days from {{table}} group by 1 order by 1";

    [Fact]
    public async Task Words_are_completed_by_keyboard()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.GotoAsync(town.Weather + "/sql");
        await visit.Page.Locator("#sql").FillAsync("");
        await visit.Page.Locator("#sql").PressSequentiallyAsync("sel");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Keyboard.TypeAsync(" tem");
        var list = visit.Page.GetByRole(AriaRole.Listbox, new() { Name = "Completions" });
        (await list.GetByRole(AriaRole.Option).AllInnerTextsAsync()).ShouldContain(t => t.Contains("temp_max") && t.Contains("double precision"));
        (await visit.Inaccessible()).ShouldBe("");
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        await visit.Page.Keyboard.PressAsync("Tab");
        await visit.Page.Keyboard.TypeAsync(" from {");
        await visit.Page.Keyboard.PressAsync("Enter");
        (await visit.Page.Locator("#sql").InputValueAsync()).ShouldBe("select temp_min from {{table}}");
        await visit.Page.Keyboard.TypeAsync(" whe");
        await list.WaitForAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await list.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_is_saved_as_a_dataset(bool script)
    {
        var (_, address) = await Town.Import(town.Ada, $"Kept {script}", "private", "weather,temp_max\nrain,5\nsun,21.5\nsun,20\nfog,\n");
        await using var visit = await (await Visit.Begin(chromium, town, script)).As(town.Ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync(address + "/sql");
        await visit.Page.Locator("#sql").FillAsync(Question);
        await visit.Button("Run").ClickAsync();
        await visit.Page.GetByText("3 rows").WaitForAsync();
        await visit.Page.Locator(".save-all > summary").ClickAsync();
        await visit.Button("Save dataset").ClickAsync();
        await visit.Page.GetByText("Name cannot be empty").WaitForAsync();
        await visit.Field("Call the dataset").FillAsync($"Warmth {script}");
        await visit.Button("Save dataset").ClickAsync();
        await visit.Page.GetByText($"“Warmth {script}” is saved.").WaitForAsync();
        (await visit.Page.TextContentAsync(".asset-facts"))!.ShouldContain("3 rows");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_is_drawn_and_saved_as_a_view(bool script)
    {
        var (_, address) = await Town.Import(town.Ada, $"Drawn {script}", "private", "weather,temp_max\nrain,5\nsun,21.5\nsun,20\nfog,\n");
        await using var visit = await (await Visit.Begin(chromium, town, script)).As(town.Ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync(address + "/views");
        await visit.Page.GetByText("No views yet").WaitForAsync();
        await visit.Link("Ask in SQL").ClickAsync();
        await visit.Page.Locator("#sql").FillAsync(Question);
        await visit.Button("Run").ClickAsync();
        await visit.Page.GetByText("3 rows").WaitForAsync();
        await visit.Button("Bars").ClickAsync();
        var drawing = visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Bar chart of warm, days by weather: 3 points") });
        await drawing.WaitForAsync();
        // The missing average has no bar.
        (await drawing.Locator("rect").CountAsync()).ShouldBe(5);
        await visit.Page.GetByLabel("days", new() { Exact = true }).UncheckAsync();
        await visit.Button("Draw").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Bar chart of warm by weather") }).WaitForAsync();

        await visit.Page.Locator(".save > summary").ClickAsync();
        await visit.Button("Save view").ClickAsync();
        await visit.Page.GetByText("Name cannot be empty").WaitForAsync();
        await visit.Field("Name").FillAsync("Warmth by weather");
        await visit.Button("Save view").ClickAsync();
        await visit.Page.GetByText("“Warmth by weather” is saved.").WaitForAsync();
        await visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("^Bar chart of warm by weather") }).WaitForAsync();
        await visit.Page.Locator("summary", new() { HasText = "Data, 3 rows" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Cell, new() { Name = "fog" }).WaitForAsync();

        await visit.Link("Edit in SQL").ClickAsync();
        await visit.Page.Locator("#sql").FillAsync(Question + " desc");
        await visit.Button("Run").ClickAsync();
        await visit.Page.Locator(".save > summary").ClickAsync();
        await visit.Button("Save changes").ClickAsync();
        await visit.Page.GetByText("is saved.").WaitForAsync();
        await visit.Page.Locator("summary", new() { HasText = "Rename or delete" }).ClickAsync();
        await visit.Field("Name").FillAsync("Warmer");
        await visit.Button("Save").ClickAsync();
        await visit.Heading("Warmer").WaitForAsync();
        await visit.Link("Views").First.ClickAsync();
        await visit.Link("Warmer").ClickAsync();
        await visit.Page.Locator("summary", new() { HasText = "Rename or delete" }).ClickAsync();
        await visit.Button("Delete this view").ClickAsync();
        await visit.Page.GetByText("“Warmer” is deleted.").WaitForAsync();
        await visit.Link("History").ClickAsync();
        await visit.Page.GetByText("View “Warmer” deleted").WaitForAsync();
    }

    [Fact]
    public async Task A_plan_is_shown_and_a_question_in_an_address_is_not_asked()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.GotoAsync(town.Weather + "/sql?query=" + Uri.EscapeDataString("select count(*) as n from {{table}}"));
        (await visit.Page.Locator("#result").InnerTextAsync()).Trim().ShouldBe("");
        await visit.Button("Plan").ClickAsync();
        await visit.Page.GetByText("\"Node Type\": \"Aggregate\"").WaitForAsync();
    }

    [Fact]
    public async Task A_public_view_is_shown_on_other_pages_and_nothing_else_is()
    {
        var (id, address) = await Town.Import(town.Ada, "Embedded", "public", "weather,temp_max\nrain,5\nsun,21\n");
        var view = await town.Ada.Ouro.Views.CreateAsync(id, new()
        {
            Name = "Warm days", SqlQuery = "select weather, temp_max from {{table}}",
            Config = System.Text.Json.JsonSerializer.SerializeToElement(new { type = "bar", category = new { dataKey = "weather" }, series = new[] { new { dataKey = "temp_max", name = "Warmest" } } }),
        });
        var (hidden, _) = await Town.Import(town.Ada, "Not embedded", "private", "a\n1\n");
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync($"{address}/views/{view.Id}");
        await visit.Page.Locator("summary", new() { HasText = "Embed" }).ClickAsync();
        var code = await visit.Page.Locator(".snippet code", new() { HasText = "iframe" }).InnerTextAsync();
        code.ShouldContain($"/embed/datasets/{id}/views/{view.Id}");

        using var elsewhere = Elsewhere($"<!doctype html><title>Elsewhere</title>{code}<iframe src=\"{town.Root}embed/datasets/{id}\" width=600 height=300 title=table></iframe>");
        await visit.Page.GotoAsync($"http://127.0.0.1:{((IPEndPoint)elsewhere.LocalEndpoint).Port}/");
        await visit.Page.FrameLocator("iframe[title='Warm days']").GetByRole(AriaRole.Img, new() { NameRegex = new("^Bar chart of Warmest by weather") }).WaitForAsync();
        await visit.Page.FrameLocator("iframe[title=table]").GetByRole(AriaRole.Cell, new() { Name = "sun" }).WaitForAsync();

        using var nobody = new HttpClient { BaseAddress = town.Root };
        var embedded = await nobody.GetAsync($"/embed/datasets/{id}/views/{view.Id}");
        embedded.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors *");
        embedded.Headers.Contains("X-Frame-Options").ShouldBeFalse();
        embedded.Headers.Contains("Set-Cookie").ShouldBeFalse();
        var page = await nobody.GetAsync($"{address}/views/{view.Id}");
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("frame-ancestors 'none'");
        page.Headers.GetValues("X-Frame-Options").Single().ShouldBe("DENY");
        (await nobody.SendAsync(new(HttpMethod.Head, address))).StatusCode.ShouldBe(HttpStatusCode.OK);
        // An embedded page knows nobody: Ada's own cookie opens nothing.
        (await visit.Page.GotoAsync($"/embed/datasets/{hidden}"))!.Status.ShouldBe(404);
        (await visit.Page.GotoAsync($"/datasets/-/{hidden}"))!.Status.ShouldBe(200);
    }

    /// <summary>A web site of somebody else, with one page.</summary>
    static TcpListener Elsewhere(string page)
    {
        var site = new TcpListener(IPAddress.Loopback, 0);
        site.Start();
        _ = Serve();
        return site;

        async Task Serve()
        {
            try
            {
                while (true)
                {
                    using var visitor = await site.AcceptTcpClientAsync();
                    await visitor.GetStream().ReadAtLeastAsync(new byte[4096], 1);
                    await visitor.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n{page}"));
                }
            }
            catch (SocketException)
            {
                // The site is closed.
            }
        }
    }
}
