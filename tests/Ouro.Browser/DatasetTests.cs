using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class DatasetTests(Chromium chromium, Town town) : IClassFixture<Town>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_table_is_paged_by_links(bool script)
    {
        await using var visit = await Visit.Begin(chromium, town, script);
        await visit.Page.GotoAsync(town.Weather);
        await visit.Page.GetByText("1–100 of 1,461").WaitForAsync();
        (await visit.Page.Locator(".grid tbody tr").CountAsync()).ShouldBe(100);
        (await visit.Page.GetByRole(AriaRole.Columnheader, new() { Name = "temp_max" }).InnerTextAsync()).ShouldContain("double");
        (await visit.Page.Locator(".grid td.n").First.EvaluateAsync<string>("cell => getComputedStyle(cell).textAlign")).ShouldBe("right");
        await visit.Link("Next").ClickAsync();
        await visit.Page.GetByText("101–200 of 1,461").WaitForAsync();
        await visit.Link("Last").ClickAsync();
        await visit.Page.GetByText("1,401–1,461 of 1,461").WaitForAsync();
        (await visit.Page.Locator(".grid tbody tr").CountAsync()).ShouldBe(61);
        (await visit.Link("Next").CountAsync()).ShouldBe(0);
        await visit.Link("Previous").ClickAsync();
        await visit.Page.GetByText("1,301–1,400").WaitForAsync();
        await visit.Page.GotoAsync(town.Weather + "?offset=999999");
        await visit.Page.GetByText("1,401–1,461 of 1,461").WaitForAsync();
    }

    [Fact]
    public async Task What_is_missing_is_a_sign_and_what_is_long_is_folded()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.GotoAsync(town.Films);
        (await visit.Page.GetByLabel("null", new() { Exact = true }).CountAsync()).ShouldBeGreaterThan(5);
        var folded = visit.Page.Locator("summary", new() { HasText = "The Very Long" }).First;
        await folded.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.GetByText("Than Anybody in the Audience Had Expected").First.WaitForAsync();
    }

    [Fact]
    public async Task A_question_in_sql_is_answered_below_it()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.GotoAsync(town.Weather);
        await visit.Link("SQL").ClickAsync();
        (await visit.Page.Locator("#sql").InputValueAsync()).ShouldBe("select * from {{table}} limit 100");
        await visit.Page.Locator("#sql").FillAsync("select weather, count(*) as days from {{table}} group by 1 order by 1");
        await visit.Page.Keyboard.PressAsync("Control+Enter");
        await visit.Page.GetByText("5 rows").WaitForAsync();
        await visit.Page.GetByRole(AriaRole.Cell, new() { Name = "drizzle" }).WaitForAsync();
        // The address is a link to the question, which is asked when somebody asks it.
        await visit.Page.ReloadAsync();
        (await visit.Page.Locator("#sql").InputValueAsync()).ShouldContain("group by 1");
        (await visit.Page.GetByText("5 rows").CountAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mistake_in_sql_is_marked_where_it_is(bool script)
    {
        await using var visit = await (await Visit.Begin(chromium, town, script)).As(town.Ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync(town.Weather + "/sql");
        await visit.Page.Locator("#sql").FillAsync("select weather,\n  '😀' as face, temp_mx\nfrom {{table}}");
        await visit.Button("Run").ClickAsync();
        await visit.Page.GetByText("SQLSTATE 42703").WaitForAsync();
        (await visit.Page.Locator("#result mark").InnerTextAsync()).ShouldBe("temp_mx");
        await visit.Page.GetByText("Line 2, column 16").WaitForAsync();
        (await visit.Page.Locator("#result").InnerTextAsync()).ShouldContain("temp_max");
        (await visit.Page.Locator("#sql").InputValueAsync()).ShouldContain("temp_mx");
        if (script) (await visit.Page.EvaluateAsync<string>("(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.querySelector('#sql'))")).ShouldBe("temp_mx");
        await visit.Page.Locator("#sql").FillAsync("drop table {{table}}");
        await visit.Button("Run").ClickAsync();
        await visit.Page.GetByText("only reads are possible").WaitForAsync();
    }

    [Fact]
    public async Task A_private_dataset_is_not_there_for_others_until_it_is_shared()
    {
        var (_, address) = await Town.Import(town.Ada, "Secret plans", "private", "plan\nrest\n");
        await using var bob = await (await Visit.Begin(chromium, town)).As(town.Bob);
        bob.IsRefused = true;
        (await bob.Page.GotoAsync(address))!.Status.ShouldBe(404);
        await bob.Heading("Not found").WaitForAsync();

        await using var ada = await (await Visit.Begin(chromium, town)).As(town.Ada);
        ada.IsRefused = true;
        await ada.Page.GotoAsync(address);
        await ada.Link("Share").ClickAsync();
        var dialog = ada.Page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#share-name").FillAsync("nobody_here");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await dialog.GetByText("There is no account “nobody_here”.").WaitForAsync();
        (await dialog.Locator("#share-name").InputValueAsync()).ShouldBe("nobody_here");
        await dialog.Locator("#share-name").FillAsync("bob");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Share" }).ClickAsync();
        await dialog.GetByLabel("What bob may do").WaitForAsync();
        (await bob.Page.GotoAsync(address))!.Status.ShouldBe(200);
        (await bob.Link("Share").CountAsync()).ShouldBe(0);
        (await bob.Page.GotoAsync($"/assets/{await Id(ada)}/share"))!.Status.ShouldBe(403);

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove bob" }).ClickAsync();
        await dialog.GetByLabel("What bob may do").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await dialog.GetByRole(AriaRole.Link, new() { Name = "Done" }).ClickAsync();
        await dialog.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await bob.Page.GotoAsync(address))!.Status.ShouldBe(404);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleting_says_what_goes_and_can_be_called_off(bool script)
    {
        var (id, address) = await Town.Import(town.Ada, $"Short lived {script}", "private", "a\n1\n");
        await Town.Share(town.Ada, id, town.Bob, "read");
        await using var visit = await (await Visit.Begin(chromium, town, script)).As(town.Ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync(address);
        await visit.Link("Delete").ClickAsync();
        await visit.Page.GetByText("its table of 1 row and 1 column").WaitForAsync();
        await visit.Page.GetByText("the access of 1 other account").WaitForAsync();
        await visit.Link("Keep it").ClickAsync();
        await visit.Link("Delete").ClickAsync();
        await visit.Button("Delete dataset").ClickAsync();
        await visit.Page.GetByText($"“Short lived {script}” is deleted.").WaitForAsync();
        visit.Page.Url.ShouldEndWith("/datasets");
        (await visit.Page.GotoAsync(address))!.Status.ShouldBe(404);
    }

    [Fact]
    public async Task Looking_is_counted_and_an_id_leads_to_the_address()
    {
        var (id, address) = await Town.Import(town.Bob, "Looked at", "public", "a\n1\n");
        await using var visit = await Visit.Begin(chromium, town);
        await visit.Page.GotoAsync($"/datasets/-/{id}");
        visit.Page.Url.ShouldEndWith(address);
        await visit.Page.GetByText("1 view").WaitForAsync();
        await visit.Page.ReloadAsync();
        await visit.Page.GetByText("2 views").WaitForAsync();
    }

    [Fact]
    public async Task Snippets_have_the_real_id_and_address()
    {
        await using var visit = await Visit.Begin(chromium, town);
        await visit.Page.GotoAsync(town.Weather + "/use");
        var all = string.Join('\n', await visit.Page.Locator("pre code").AllInnerTextsAsync());
        all.ShouldContain($"localhost:{town.Root.Port}/api/datasets/");
        all.ShouldContain($"localhost:{town.Root.Port}/mcp");
        await visit.Button("Copy curl").ClickAsync();
        (await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldContain("query-custom");
    }

    static async Task<string> Id(Visit visit) => (await visit.Link("Share").GetAttributeAsync("href"))!.Split('/')[2];
}
