using System.Text;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class FileTests(Chromium chromium, FileTown town) : IClassFixture<FileTown>
{
    [Fact]
    public async Task Several_files_are_uploaded_with_bars_and_become_files()
    {
        var bob = await town.Join("bob_uploads");
        await using var visit = await (await Visit.Begin(chromium, town)).As(bob);
        await visit.Page.GotoAsync("/files/new");
        await visit.Field("What they are about").FillAsync("Two small things");
        await visit.Page.Locator("[name=visibility][value=public]").CheckAsync();
        await visit.Page.Locator("#files").SetInputFilesAsync([File("one.txt", "the first"), File("two.csv", "a,b\n1,2\n")]);
        await visit.Page.GetByText("2 of 2 files").WaitForAsync();
        (await visit.Inaccessible()).ShouldBe("");
        await visit.Picture("files-uploaded-1280");
        await visit.Link("one.txt").ClickAsync();
        await visit.Page.GetByText("Two small things").WaitForAsync();
        await visit.Page.GetByText("the first").First.WaitForAsync();
        var file = await bob.Ouro.Assets.SearchAsync(new() { Types = [AssetType.File], UserId = bob.Id }).ToListAsync();
        file.Select(f => (f.Name, f.Visibility, f.Source)).ShouldBe([("two.csv", Visibility.Public, Source.Web), ("one.txt", Visibility.Public, Source.Web)], ignoreOrder: true);
    }

    [Fact]
    public async Task An_upload_is_paused_and_goes_on_where_it_was_after_the_page_was_left()
    {
        var bob = await town.Join("bob_pauses");
        await using var visit = await (await Visit.Begin(chromium, town)).As(bob);
        var path = Path.Combine(Path.GetTempPath(), $"ouro-{Guid.CreateVersion7():N}.bin");
        var bytes = new byte[40 << 20];
        new Random(5).NextBytes(bytes);
        await System.IO.File.WriteAllBytesAsync(path, bytes);
        try
        {
            // Each piece takes a moment, so that there is something to stop.
            var sent = 0;
            await visit.Page.RouteAsync("**/web/files/uploads/*", async route =>
            {
                if (route.Request.Method == "PATCH" && Interlocked.Increment(ref sent) > 0) await Task.Delay(400);
                await route.ContinueAsync();
            });
            await visit.Page.GotoAsync("/files/new");
            await visit.Page.Locator("#files").SetInputFilesAsync(path);
            while (await visit.Page.Locator(".sent-file progress").EvaluateAsync<double>("bar => bar.value") < 0.2) await Task.Delay(50);
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Pause all" }).ClickAsync();
            await visit.Page.GetByText("Paused", new() { Exact = true }).WaitForAsync();
            await visit.Picture("files-paused-1280");
            var waiting = (await bob.Ouro.Uploads.ListAsync().ToListAsync()).ShouldHaveSingleItem();

            visit.IsRefused = true;
            await visit.Page.GotoAsync("/files/uploads");
            await visit.Page.GetByText("Stopped, or on its way").WaitForAsync();
            await visit.Page.GotoAsync("/files/new");
            sent = 0;
            await visit.Page.Locator("#files").SetInputFilesAsync(path);
            await visit.Page.GetByText("1 of 1 file,").WaitForAsync(new() { Timeout = 60_000 });
            sent.ShouldBeLessThan(5, "what had arrived is not sent again");
            var file = (await bob.Ouro.Assets.SearchAsync(new() { Types = [AssetType.File], UserId = bob.Id }).ToListAsync()).ShouldHaveSingleItem();
            file.Id.ShouldBe(waiting.Id);
            var back = new MemoryStream();
            await bob.Ouro.Files.ContentAsync(file.Id, back);
            back.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    [Fact]
    public async Task Folders_are_chosen_with_all_that_is_in_them()
    {
        var bob = await town.Join("bob_folders");
        var folder = Directory.CreateTempSubdirectory("ouro-runs-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "deep"));
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder.FullName, "top.txt"), "top");
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder.FullName, "deep", "low.txt"), "low");
            await using var visit = await (await Visit.Begin(chromium, town)).As(bob);
            await visit.Page.GotoAsync("/files/new");
            var chooser = await visit.Page.RunAndWaitForFileChooserAsync(() => visit.Button("Choose a folder").ClickAsync());
            await chooser.SetFilesAsync(folder.FullName);
            await visit.Page.GetByText("2 of 2 files").WaitForAsync();
            var files = await bob.Ouro.Assets.SearchAsync(new() { Types = [AssetType.File], UserId = bob.Id }).ToListAsync();
            files.Select(f => (f.Name, f.Metadata!.Value.GetProperty("folder").GetString())).ShouldBe([("low.txt", folder.Name + "/deep"), ("top.txt", folder.Name)], ignoreOrder: true);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_script_files_are_a_plain_form_and_their_page_still_tells_what_they_are()
    {
        var bob = await town.Join("bob_plain_files");
        await using var visit = await (await Visit.Begin(chromium, town, script: false)).As(bob);
        await visit.Page.GotoAsync("/files/new");
        await visit.Page.Locator("#files").SetInputFilesAsync([File("rock salt.cif", FileTown.Salt)]);
        await visit.Button("Upload").ClickAsync();
        await visit.Heading("rock salt.cif").WaitForAsync();
        await visit.Page.GetByText("Fm-3m").WaitForAsync();
        await visit.Page.GetByText("Private").First.WaitForAsync();
    }

    [Fact]
    public async Task A_table_becomes_a_dataset_with_one_click()
    {
        var bob = await town.Join("bob_one_click");
        var (_, address) = await FileTown.Put(bob, "penguins.csv", "species,mass\nAdelie,3700\n"u8.ToArray());
        await using var visit = await (await Visit.Begin(chromium, town)).As(bob);
        await visit.Page.GotoAsync(address);
        await visit.Button("Make it a dataset").ClickAsync();
        await visit.Page.WaitForURLAsync("**/datasets/bob_one_click/penguins");
        await visit.Page.GetByRole(AriaRole.Cell, new() { Name = "3700" }).WaitForAsync();
    }

    static FilePayload File(string name, string text) => new() { Name = name, MimeType = "application/octet-stream", Buffer = Encoding.UTF8.GetBytes(text) };
}

/// <summary>The pages of files, light and dark, wide and narrow: each viewer draws, none is inaccessible or too wide, and each leaves a picture.</summary>
public sealed class FileTourTests(Chromium chromium, FileTown town) : IClassFixture<FileTown>
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task Every_page_of_files_is_accessible_and_shows_what_it_has(bool dark, int width)
    {
        var problems = new List<string>();
        await using var ada = await (await Visit.Begin(chromium, town, dark: dark, width: width, height: width == 390 ? 844 : 800)).As(town.Ada);
        (string Name, string Path)[] pages = [("list", "/files"), ("new", "/files/new"), ("uploads", "/files/uploads"), ("awaited", "/files/ada/render-of-run-8"), .. town.Pages.Select(p => (p.Key, p.Value))];
        foreach (var (name, path) in pages)
        {
            await ada.Page.GotoAsync(path);
            if (town.Pages.ContainsKey(name))
            {
                (await ada.Page.Locator(".viewer").First.GetAttributeAsync("data-viewer")).ShouldBe(name.Split(' ')[0], name);
                await ada.Page.Locator(".viewer[data-state=ready]").First.WaitForAsync(new() { Timeout = 60_000 });
            }
            await ada.Picture($"file-{width}-{(dark ? "dark" : "light")}-{name.Replace(' ', '-').Replace('.', '-')}");
            if (await ada.Inaccessible() is { Length: > 0 } wrong) problems.Add($"{name}: {wrong}");
            if (await ada.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") is > 0 and var over)
                problems.Add($"{name}: the page is {over} pixels wider than the window");
        }
        problems.ShouldBeEmpty();
    }
}
