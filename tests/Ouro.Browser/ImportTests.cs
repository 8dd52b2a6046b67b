using System.Text;
using Microsoft.Playwright;
using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class ImportTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_file_is_sent_with_progress_and_becomes_a_dataset_of_its_name()
    {
        var ada = await server.Join("ada_import");
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        await visit.Page.GotoAsync("/datasets/new");
        await visit.Page.Locator("#file").SetInputFilesAsync(Csv("cities.csv", "name,people\nOslo,717710\nBergen,291189\n"));
        (await visit.Page.Locator("[data-chosen]").InnerTextAsync()).ShouldBe("cities.csv, 38 bytes");
        await visit.Field("What it is about").FillAsync("Where people live");
        await visit.Page.EvaluateAsync("""
            () => {
              window.shown = []
              const card = document.querySelector('[data-progress]')
              new MutationObserver(() => { if (!card.hidden) sessionStorage.shown = (sessionStorage.shown ?? '') + card.innerText }).observe(card, { subtree: true, childList: true, attributes: true, characterData: true })
            }
            """);
        await visit.Button("Import").ClickAsync();
        await visit.Page.WaitForURLAsync("**/datasets/ada_import/cities");
        (await visit.Page.EvaluateAsync<string>("sessionStorage.shown")).ShouldContain("38 bytes");
        await visit.Page.GetByText("Where people live").WaitForAsync();
        await visit.Page.GetByRole(AriaRole.Cell, new() { Name = "291189" }).WaitForAsync();
        await visit.Page.GetByText("Private").First.WaitForAsync();
    }

    [Fact]
    public async Task Without_script_a_file_is_a_plain_form()
    {
        var ada = await server.Join("ada_plain_import");
        await using var visit = await (await Visit.Begin(chromium, server, script: false)).As(ada);
        await visit.Page.GotoAsync("/datasets/new");
        await visit.Field("Name (the file").FillAsync("Größe der Städte");
        await visit.Page.Locator("[name=visibility][value=public]").CheckAsync();
        await visit.Page.Locator("#file").SetInputFilesAsync(Csv("städte.tsv", "name\tpeople\nOslo\t717710\n"));
        await visit.Button("Import").ClickAsync();
        await visit.Heading("Größe der Städte").WaitForAsync();
        await visit.Page.GetByText("Public", new() { Exact = true }).WaitForAsync();

        await visit.Page.GotoAsync("/datasets/imports");
        await visit.Link("städte.tsv").WaitForAsync();
        await visit.Page.GetByText("What was guessed").ClickAsync();
        await visit.Page.GetByText("values between “tab”").WaitForAsync();
        await visit.Link("städte.tsv").ClickAsync();
        await visit.Heading("Größe der Städte").WaitForAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_cannot_be_read_says_why_and_keeps_what_was_typed(bool script)
    {
        var ada = await server.Join($"ada_broken_{script}");
        await using var visit = await (await Visit.Begin(chromium, server, script)).As(ada);
        visit.IsRefused = true;
        await visit.Page.GotoAsync("/datasets/new");
        await visit.Field("Name (the file").FillAsync("Broken things");
        await visit.Field("What it is about").FillAsync("A file of nothing");
        await visit.Page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "broken.json", MimeType = "application/json", Buffer = "[{\"a\": 1}, {\"a\": "u8.ToArray() });
        await visit.Button("Import").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        (await visit.Page.GetByRole(AriaRole.Alert).InnerTextAsync()).Length.ShouldBeGreaterThan(10);
        (await visit.Field("Name (the file").InputValueAsync()).ShouldBe("Broken things");
        (await visit.Field("What it is about").InputValueAsync()).ShouldBe("A file of nothing");
        if (script) (await visit.Inaccessible()).ShouldBe("");

        await visit.Page.GotoAsync("/datasets/imports");
        await visit.Page.GetByText("Failed", new() { Exact = true }).WaitForAsync();
        await visit.Page.GetByText("Nothing of it was kept").First.WaitForAsync();
    }

    [Fact]
    public async Task What_did_not_fit_the_guess_is_told_in_the_report()
    {
        var ada = await server.Join("ada_report");
        var csv = new StringBuilder("id,size\n");
        for (var i = 1; i <= 30_000; i++) csv.Append(i).Append(',').Append(i == 29_999 ? "unknown" : i * 2).Append('\n');
        await Town.Import(ada, "Sizes", "private", csv.ToString(), file: "sizes.csv");
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        await visit.Page.GotoAsync("/datasets/imports");
        await visit.Page.GetByText("30,000 rows from").WaitForAsync();
        await visit.Page.GetByText("1 column that did not fit the first rows").ClickAsync();
        await visit.Page.GetByText("row 29,999: “unknown” is no bigint").WaitForAsync();
        (await visit.Inaccessible()).ShouldBe("");
    }

    [Fact]
    public async Task A_large_file_is_followed_and_can_be_stopped()
    {
        var ada = await server.Join("ada_stop");
        var csv = new StringBuilder("id,a,b,c\n");
        for (var i = 1; i <= 900_000; i++) csv.Append(i).Append(",some words,").Append(i % 97).Append(",2026-01-01\n");
        var path = Path.Combine(Path.GetTempPath(), "ouro-large-" + Guid.CreateVersion7().ToString("N") + ".csv");
        await File.WriteAllTextAsync(path, csv.ToString());
        try
        {
            await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
            await visit.Page.GotoAsync("/datasets/new");
            await visit.Page.Locator("#file").SetInputFilesAsync(path);
            await visit.Button("Import").ClickAsync();
            await visit.Link("Leave it to itself").ClickAsync();
            await visit.Heading("Imports").WaitForAsync();
            await visit.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Stop ouro-large") }).ClickAsync();
            await visit.Page.GetByText("This import was stopped.").WaitForAsync();
            await visit.Page.GotoAsync("/datasets?scope=personal");
            await visit.Page.GetByText("No dataset here yet").WaitForAsync();
        }
        finally
        {
            File.Delete(path);
        }
    }

    static FilePayload Csv(string name, string text) => new() { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) };
}
