using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Users;
using Shouldly;

namespace Ouro.Tests;

/// <summary>A browser without script: it opens pages and sends their forms as they stand, but for what is typed.</summary>
public sealed partial class PlainBrowser(TestServer server) : IDisposable
{
    public HttpClient Http { get; } = new() { BaseAddress = server.Root };

    /// <summary>A browser that somebody is signed in with.</summary>
    public static async Task<PlainBrowser> As(Person person)
    {
        await using var scope = person.Server.Services.CreateAsyncScope();
        var browser = new PlainBrowser(person.Server);
        await browser.Send("/sign-in/link?code=" + await scope.ServiceProvider.GetRequiredService<SignInOperations>().CreateLink(person.Id, default), "sign-in-link");
        return browser;
    }

    /// <summary>A page's text, unescaped.</summary>
    public async Task<string> Page(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        var answer = await Http.GetAsync(path);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        answer.StatusCode.ShouldBe(status, page);
        return page;
    }

    /// <summary>Sends the form of that name on a page; answers with the page that follows.</summary>
    public async Task<string> Send(string path, string form, HttpStatusCode status = HttpStatusCode.OK, params (string Field, string Value)[] typed)
    {
        var page = await Http.GetStringAsync(path);
        var found = Form().Matches(page).Select(m => m.Value).FirstOrDefault(f => f.Contains($"name=\"_handler\" value=\"{form}\"", StringComparison.Ordinal));
        found.ShouldNotBeNull($"{path} has no form “{form}”.");
        var hidden = Hidden().Matches(found).Select(m => KeyValuePair.Create(m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value)));
        using var answer = await Http.PostAsync(path, new FormUrlEncodedContent([.. hidden, .. typed.Select(t => KeyValuePair.Create(t.Field, t.Value))]));
        var next = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        answer.StatusCode.ShouldBe(status, next);
        return next;
    }

    public void Dispose() => Http.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"\s*/?>""")]
    private static partial Regex Hidden();
}
