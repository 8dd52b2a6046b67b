using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

/// <summary>The table of a dataset: sorted, filtered and paged, by keyboard and without script.</summary>
public sealed class TableTests(Chromium chromium, Town town) : IClassFixture<Town>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_table_is_sorted_filtered_and_paged(bool script)
    {
        await using var visit = await Visit.Begin(chromium, town, script);
        await visit.Page.GotoAsync(town.Weather);
        await visit.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^temp_max ?, sort$") }).PressAsync("Enter");
        await visit.Page.GetByText("sorted by temp_max, smallest first").WaitForAsync();
        (await visit.Page.Locator("th[aria-sort=ascending]").InnerTextAsync()).ShouldContain("temp_max");
        await visit.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^temp_max ?, sort downwards$") }).PressAsync("Enter");
        await visit.Page.GetByText("largest first").WaitForAsync();
        var first = await Column(visit, 3);
        first.ShouldBe(first.OrderDescending());

        await visit.Link("Filter by weather").PressAsync("Enter");
        await visit.Page.Locator("#filter-value").FillAsync("RAI");
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.GetByText("weather contains RAI", new() { Exact = true }).WaitForAsync();
        await visit.Page.GetByText("292 rows").WaitForAsync();
        (await visit.Page.Locator(".grid tbody td:last-child").AllInnerTextsAsync()).ShouldAllBe(cell => cell == "rain");
        var onFirst = await Column(visit, 3);
        await visit.Link("Next").PressAsync("Enter");
        await visit.Page.WaitForURLAsync("**after=**");
        (await Column(visit, 3)).Max().ShouldBeLessThanOrEqualTo(onFirst.Min());
        await visit.Link("Next").PressAsync("Enter");
        await visit.Page.Locator(".pager [aria-disabled]", new() { HasText = "Next" }).WaitForAsync();
        (await visit.Page.Locator(".grid tbody tr").CountAsync()).ShouldBe(92);
        await visit.Link("Remove: weather contains RAI").PressAsync("Enter");
        await visit.Page.GetByText("contains RAI").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task A_condition_that_does_not_fit_stays_in_its_form()
    {
        await using var visit = await Visit.Begin(chromium, town);
        visit.IsRefused = true;
        await visit.Page.GotoAsync(town.Weather + "?filter=temp_max");
        await visit.Page.Locator("#filter-value").FillAsync("warm");
        await visit.Button("Filter").ClickAsync();
        await visit.Page.GetByText("“warm” is not a number").WaitForAsync();
        (await visit.Page.Locator("#filter-value").InputValueAsync()).ShouldBe("warm");
        (await visit.Page.Locator(".grid tbody tr").CountAsync()).ShouldBe(100);
        (await visit.Page.GotoAsync(town.Weather + "?filters=temp.eq.1"))!.Status.ShouldBe(400);
        await visit.Page.GetByText("There is no column “temp”.").WaitForAsync();
        await visit.Link("Show all rows").ClickAsync();
        await visit.Page.GetByText("1–100 of 1,461").WaitForAsync();
        await visit.Page.GotoAsync(town.Weather + "?filters=temp_max.gt.900");
        await visit.Page.GetByText("No row meets these conditions.").WaitForAsync();
    }

    [Fact]
    public async Task What_columns_hold_stands_above_them()
    {
        await using var visit = await (await Visit.Begin(chromium, town)).As(town.Ada);
        await visit.Page.GotoAsync(town.Films);
        await visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("from .* to .*different values, 18 % missing") }).First.WaitForAsync();
        await visit.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("most often false") }).WaitForAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Columns_are_added_changed_and_dropped(bool script)
    {
        var (_, address) = await Town.Import(town.Ada, $"Columns {script}", "private", "kind,n\na,1\nb,2\n");
        await using var visit = await (await Visit.Begin(chromium, town, script)).As(town.Ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync(address + "/schema");
        await visit.Page.Locator("summary", new() { HasText = "Add a column" }).ClickAsync();
        await visit.Page.Locator("#new-name").FillAsync("Made Of");
        await visit.Page.Locator("#new-type").SelectOptionAsync("reference");
        await visit.Button("Add column").ClickAsync();
        await visit.Page.GetByText("Names an asset").WaitForAsync();
        await visit.Link("Change kind").ClickAsync();
        await visit.Page.Locator("#column-values").FillAsync("a\nc");
        await visit.Button("Save column").ClickAsync();
        await visit.Page.Locator(".note.problem").WaitForAsync();
        (await visit.Page.Locator("#column-values").InputValueAsync()).ShouldContain("c");
        await visit.Page.Locator("#column-values").FillAsync("a\nb\nc");
        await visit.Page.Locator("#column-name").FillAsync("sort");
        await visit.Button("Save column").ClickAsync();
        await visit.Page.GetByText("One of a, b, c").WaitForAsync();
        await visit.Link("Change n").ClickAsync();
        await visit.Button("Drop this column and all that is in it").ClickAsync();
        await visit.Page.GetByText("The column n is dropped.").WaitForAsync();
        (await visit.Link("Change n").CountAsync()).ShouldBe(0);
        // The checker is a script itself.
        if (script) (await visit.Inaccessible()).ShouldBe("");
    }

    [Fact]
    public async Task A_reference_is_a_link_to_what_it_names()
    {
        var (weather, _) = await Town.Import(town.Ada, "Named", "public", "a\n1\n");
        var (hidden, _) = await Town.Import(town.Ada, "Hidden", "private", "a\n1\n");
        var made = await town.Ada.Ouro.Datasets.CreateAsync(new CreateDataset
        {
            Name = "Referring", Visibility = Visibility.Public, Schema = "CREATE TABLE t (what UUID)", Refs = new Dictionary<string, ColumnRef?> { ["what"] = new(RefKind.Asset) },
            Rows = System.Text.Json.JsonSerializer.SerializeToElement(new[] { new { what = weather }, new { what = hidden } }),
        });
        await using var visit = await Visit.Begin(chromium, town);
        await visit.Page.GotoAsync($"/datasets/-/{made.Id}");
        (await visit.Page.Locator(".grid tbody a").AllInnerTextsAsync()).ShouldBe(["Named"]);
        await visit.Page.GetByText(hidden.ToString()).WaitForAsync();
        await visit.Link("Named").ClickAsync();
        await visit.Heading("Named").WaitForAsync();
    }

    static async Task<List<double>> Column(Visit visit, int column) =>
        [.. (await visit.Page.Locator($".grid tbody td:nth-child({column + 1})").AllInnerTextsAsync()).Select(t => double.Parse(t, System.Globalization.CultureInfo.InvariantCulture))];
}
