using System.Net;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

public sealed partial class EditPageTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_form_changes_what_was_typed_and_keeps_it_where_it_is_refused()
    {
        var ada = await server.Join("ada_edits");
        var created = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Editable"))).Data();
        var (id, address) = (created.GetProperty("id").GetGuid(), created.GetProperty("slug").GetString()!);
        using var browser = await SignedIn(ada);
        (await browser.GetStringAsync(address)).ShouldContain($"href=\"/assets/{id}/edit\"");

        var (status, refused) = await Save(browser, id, new() { ["Name"] = "Typed & kept", ["Visible"] = "monetized", ["Dollars"] = "a lot" });
        status.ShouldBe(HttpStatusCode.BadRequest);
        refused.ShouldContain("value=\"Typed &amp; kept\"");
        refused.ShouldContain("value=\"a lot\"");
        refused.ShouldContain("id=\"price_usd-problem\"");
        (await Save(browser, id, new() { ["Name"] = "Priceless", ["Visible"] = "monetized" })).Page.ShouldContain("id=\"price-problem\"");

        (await Save(browser, id, new() { ["Name"] = "For sale", ["Visible"] = "monetized", ["Dollars"] = "4.50", ["Description"] = "Two\r\nlines", ["LicenseId"] = "MIT", ["PaperUrl"] = "https://example.org" }))
            .Page.ShouldContain("“For sale” is saved.");
        var saved = await ada.Ouro.Assets.GetAsync(id);
        (saved.Name, saved.Visibility, saved.PriceUsd, saved.LicenseId, saved.Attribution.PaperUrl).ShouldBe(("For sale", Visibility.Monetized, 4.5m, "MIT", "https://example.org"));
        saved.Description!.Text.ShouldBe("Two\nlines");

        var eve = await server.Join("eve_edits");
        using var other = await SignedIn(eve);
        (await other.GetAsync($"/assets/{id}/edit")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var seen = await other.GetStringAsync(saved.Slug);
        seen.ShouldContain("Unlock “For sale” to open it");
        seen.ShouldContain("$4.50");
        seen.ShouldNotContain($"/assets/{id}/edit");
        await ada.Ouro.Assets.ShareAsync(id, eve.Id, Role.Write);
        (await other.GetStringAsync($"/assets/{id}/edit")).ShouldNotContain("Who may see it");
        (await Save(other, id, new() { ["Name"] = "Hers too" })).Page.ShouldContain("“Hers too” is saved.");
        (await ada.Ouro.Assets.GetAsync(id)).PriceUsd.ShouldBe(4.5m);
    }

    static async Task<HttpClient> SignedIn(Person person) => (await PlainBrowser.As(person)).Http;

    /// <summary>Sends the page's form as a browser does: with what stands in it, but for what is typed.</summary>
    static async Task<(HttpStatusCode Status, string Page)> Save(HttpClient browser, Guid id, Dictionary<string, string> typed)
    {
        var page = await browser.GetStringAsync($"/assets/{id}/edit");
        var hidden = Hidden().Matches(page[page.IndexOf($"action=\"/assets/{id}/edit\"", StringComparison.Ordinal)..]).Take(2).Select(m => KeyValuePair.Create(m.Groups["name"].Value, m.Groups["value"].Value));
        using var answer = await browser.PostAsync($"/assets/{id}/edit", new FormUrlEncodedContent([.. hidden, .. typed]));
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()) is var text && answer.IsSuccessStatusCode ? text : await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"\s*/?>""")]
    private static partial Regex Hidden();
}
