using System.Net;
using Microsoft.Playwright;
using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class ApiKeyTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_key_is_shown_once_works_and_is_revoked()
    {
        var ada = await server.Join("ada_keys");
        await server.Found("keys-lab", ada);
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        await visit.Page.GotoAsync("/settings/api-keys");
        await visit.Field("Name").FillAsync("laptop");
        await visit.Field("Works in").SelectOptionAsync("keys-lab only");
        await visit.Button("Make key").ClickAsync();
        await visit.Heading("The key “laptop” is made").WaitForAsync();
        var secret = await visit.Page.Locator(".done code").InnerTextAsync();
        secret.ShouldStartWith("ouro_pat_");
        await visit.Button("Copy API key").ClickAsync();
        await visit.Button("Copied").WaitForAsync();
        (await visit.Page.EvaluateAsync<string>("navigator.clipboard.readText()")).ShouldBe(secret);
        (await Asked(secret)).ShouldBe(HttpStatusCode.OK);

        await visit.Page.GotoAsync("/settings/api-keys");
        (await visit.Page.ContentAsync()).ShouldNotContain(secret);
        var row = visit.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "laptop" });
        (await row.InnerTextAsync()).ShouldContain("…" + secret[^4..]);
        (await row.InnerTextAsync()).ShouldContain("keys-lab");

        await visit.Link("Revoke laptop").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke key" }).ClickAsync();
        await visit.Page.GetByText("The key “laptop” is revoked.").WaitForAsync();
        (await row.CountAsync()).ShouldBe(0);
        (await Asked(secret)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Without_script_a_key_is_made_and_revoked_on_pages()
    {
        var ada = await server.Join("ada_plain_keys");
        await using var visit = await (await Visit.Begin(chromium, server, script: false)).As(ada);
        await visit.Page.GotoAsync("/settings/api-keys");
        await visit.Field("Name").FillAsync("plain");
        await visit.Button("Make key").ClickAsync();
        await visit.Heading("The key “plain” is made").WaitForAsync();
        await visit.Link("Revoke plain").ClickAsync();
        await visit.Heading("Revoke “plain”?").WaitForAsync();
        await visit.Link("Keep it").ClickAsync();
        await visit.Link("Revoke plain").ClickAsync();
        await visit.Button("Revoke key").ClickAsync();
        await visit.Page.GetByText("The key “plain” is revoked.").WaitForAsync();
    }

    async Task<HttpStatusCode> Asked(string secret)
    {
        using var http = server.Anonymous();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", secret);
        return (await http.GetAsync("/api/user")).StatusCode;
    }
}
