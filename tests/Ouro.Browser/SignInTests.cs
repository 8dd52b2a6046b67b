using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Ouro.Server;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class SignInTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    const string Password = "correct horse battery";

    [Fact]
    public async Task A_link_from_the_terminal_signs_in_once()
    {
        var ada = await server.Join("ada_link");
        var code = await Code(ada);
        await using (var visit = await Visit.Begin(chromium, server))
        {
            await visit.Page.GotoAsync("/sign-in/link?code=" + code);
            await visit.Heading("Sign in as ada_link?").WaitForAsync();
            await visit.Button("Sign in").ClickAsync();
            await visit.Page.Locator("summary[aria-label='Account: ada_link']").WaitForAsync();
        }
        await using var late = await Visit.Begin(chromium, server);
        late.IsRefused = true;
        var answer = await late.Page.GotoAsync("/sign-in/link?code=" + code);
        answer!.Status.ShouldBe(403);
        await late.Heading("This link has done its work").WaitForAsync();
        await late.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await late.Heading("Sign in").WaitForAsync();
    }

    [Fact]
    public async Task A_password_is_set_and_signs_in_and_leads_back_to_where_one_wanted_to_go()
    {
        var ada = await server.Join("ada_password");
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        await visit.Page.GotoAsync("/settings/security");
        await visit.Field("New password").FillAsync(Password);
        await visit.Button("Set password").ClickAsync();
        await visit.Page.GetByText("Your password is set.").WaitForAsync();
        await visit.Page.Locator(".self summary").ClickAsync();
        await visit.Button("Sign out").ClickAsync();
        await visit.Page.GetByText("You are signed out.").WaitForAsync();

        await visit.Page.GotoAsync("/datasets/new");
        visit.Page.Url.ShouldContain("/sign-in?return=%2Fdatasets%2Fnew");
        await visit.Field("Name").FillAsync("ADA_password");
        await visit.Field("Password").FillAsync(Password);
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Heading("Import a file").WaitForAsync();
        visit.Page.Url.ShouldEndWith("/datasets/new");
    }

    [Fact]
    public async Task A_wrong_password_says_so_and_keeps_the_name()
    {
        await server.Join("ada_wrong");
        await using var visit = await Visit.Begin(chromium, server);
        visit.IsRefused = true;
        await visit.Page.GotoAsync("/sign-in");
        await visit.Field("Name").FillAsync("ada_wrong");
        await visit.Field("Password").FillAsync("not the password");
        var answer = await visit.Page.RunAndWaitForResponseAsync(() => visit.Page.Keyboard.PressAsync("Enter"), r => r.Request.Method == "POST");
        answer.Status.ShouldBe(403);
        await visit.Page.GetByRole(AriaRole.Alert).GetByText("The name or the password is wrong.").WaitForAsync();
        (await visit.Field("Name").InputValueAsync()).ShouldBe("ada_wrong");
        (await visit.Field("Password").InputValueAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Changing_the_password_ends_other_sessions_and_not_this_one()
    {
        var ada = await server.Join("ada_change");
        await using var other = await (await Visit.Begin(chromium, server)).As(ada);
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        await visit.Page.GotoAsync("/settings/security");
        await visit.Field("New password").FillAsync(Password);
        await visit.Button("Set password").ClickAsync();
        await visit.Page.GetByText("Your password is set.").WaitForAsync();
        await visit.Heading("Change your password").WaitForAsync();
        await other.Page.GotoAsync("/settings");
        other.Page.Url.ShouldContain("/sign-in");

        visit.IsRefused = true;
        await visit.Field("Current password").FillAsync("wrong wrong wrong");
        await visit.Field("New password").FillAsync("another password");
        await visit.Button("Change password").ClickAsync();
        await visit.Page.GetByText("This is not your current password.").WaitForAsync();
    }

    [Fact]
    public async Task Signing_in_leads_to_no_other_site()
    {
        var ada = await server.Join("ada_return");
        foreach (var elsewhere in new[] { "https://example.org/", "//example.org/", "/\\example.org/" })
        {
            await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
            await visit.Page.GotoAsync("/sign-in?return=" + Uri.EscapeDataString(elsewhere));
            visit.Page.Url.ShouldBe(server.Root.ToString());
        }
    }

    [Fact]
    public async Task A_session_outlives_the_server()
    {
        var ada = await server.Join("ada_restart");
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        // A second server on the same data directory is what a restarted one is; cookies do not know ports.
        var settings = Settings.From(_ => null, (nameof(Settings.Port), 0), (nameof(Settings.Host), "127.0.0.1"), (nameof(Settings.LogLevel), Microsoft.Extensions.Logging.LogLevel.Error));
        await using var restarted = OuroServer.Build(settings, server.Services.GetRequiredService<Installation>());
        await restarted.StartAsync();
        await visit.Page.GotoAsync(restarted.Services.GetRequiredService<WebAddress>().Root.Replace("localhost", "127.0.0.1", StringComparison.Ordinal) + "/settings");
        await visit.Heading("Profile").WaitForAsync();
        var keys = server.Services.GetRequiredService<Installation>().Directory.File("keys");
        File.GetUnixFileMode(keys).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await File.ReadAllTextAsync(Directory.GetFiles(keys)[0])).ShouldNotContain("<masterKey");
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        var ada = await server.Join("ada_forged");
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        visit.IsRefused = true;
        foreach (var path in new[] { "/sign-out", "/web/preferences", "/settings/api-keys", "/web/datasets/import-form", "/web/datasets/import?file_name=a.csv" })
        {
            var answer = await visit.Page.Context.APIRequest.PostAsync(server.Root + path[1..], new() { Multipart = visit.Page.Context.APIRequest.CreateFormData()
                .Append("_handler", "key").Append("Name", "forged").Append("file", new FilePayload { Name = "a.csv", MimeType = "text/csv", Buffer = "a\n1\n"u8.ToArray() }) });
            answer.Status.ShouldBe(400, path);
        }
        await visit.Page.GotoAsync("/settings");
        await visit.Heading("Profile").WaitForAsync();
    }

    async Task<string> Code(Person person)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SignInOperations>().CreateLink(person.Id, default);
    }
}
