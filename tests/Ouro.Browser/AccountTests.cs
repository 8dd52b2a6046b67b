using Microsoft.Playwright;
using Ouro.Tests;
using Shouldly;
using Xunit;

namespace Ouro.Browser;

public sealed class AccountTests(Chromium chromium, TestServer server) : IClassFixture<TestServer>
{
    const string Password = "correct horse battery";

    // A green square of 64 pixels.
    static readonly byte[] Square = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAQ0lEQVR42u3PQREAAAgDILV/59nBrwcNSE2nHggICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAicFgZjAX9ki7xQAAAAAElFTkSuQmCC");

    [Fact]
    public async Task A_passkey_is_made_named_used_and_removed()
    {
        var ada = await server.Join("ada_passkey");
        await using var visit = await (await Visit.Begin(chromium, server, named: true)).As(ada);
        var devtools = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        await visit.Page.GotoAsync("/settings/security");
        await visit.Page.Locator("#passkey-name").FillAsync("my phone");
        await visit.Button("Add a passkey").ClickAsync();
        await visit.Button("Remove my phone").WaitForAsync();
        (await visit.Inaccessible()).ShouldBe("");

        await visit.Field("Name of the passkey my phone").FillAsync("old phone");
        await visit.Button("Rename my phone").ClickAsync();
        await visit.Page.GetByText("The passkey is called “old phone”.").WaitForAsync();
        await visit.Page.Locator(".self summary").ClickAsync();
        await visit.Button("Sign out").ClickAsync();

        await visit.Page.GotoAsync("/sign-in?return=%2Fsettings%2Fsecurity");
        await visit.Button("Sign in with a passkey").ClickAsync();
        await visit.Button("Remove old phone").WaitForAsync();
        (await visit.Page.ContentAsync()).ShouldContain("last used");

        await visit.Button("Remove old phone").ClickAsync();
        await visit.Page.GetByText("The passkey “old phone” is removed.").WaitForAsync();
        await visit.Page.Locator(".self summary").ClickAsync();
        await visit.Button("Sign out").ClickAsync();
        await visit.Page.GotoAsync("/sign-in");
        visit.IsRefused = true;
        await visit.Button("Sign in with a passkey").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Alert).GetByText("This passkey was not accepted.").WaitForAsync();
    }

    [Fact]
    public async Task A_guest_signs_up_by_an_invitation_and_writes_a_profile()
    {
        var op = await server.Join("op_guest", isOperator: true);
        string link;
        await using (var operators = await (await Visit.Begin(chromium, server)).As(op))
        {
            await operators.Page.GotoAsync("/settings/server");
            await operators.Button("Make invitation").ClickAsync();
            await operators.Heading("The invitation is made").WaitForAsync();
            link = await operators.Page.Locator(".done code").InnerTextAsync();
        }
        await using var visit = await Visit.Begin(chromium, server);
        await visit.Page.GotoAsync(new Uri(link).PathAndQuery);
        await visit.Page.GetByText("op_guest invites you").WaitForAsync();
        await visit.Field("Username").FillAsync("guest");
        await visit.Field("Password").FillAsync(Password);
        await visit.Button("Make account").ClickAsync();
        await visit.Page.GetByText("Welcome, guest.").WaitForAsync();

        await visit.Page.GotoAsync("/settings");
        await visit.Field("Name (that people read)").FillAsync("A Guest");
        await visit.Field("About").FillAsync("Looks around.");
        await visit.Field("Links").FillAsync("https://example.org/guest");
        await visit.Button("Save profile").ClickAsync();
        await visit.Page.GetByText("The profile is saved.").WaitForAsync();
        await visit.Field("Picture").SetInputFilesAsync(new FilePayload { Name = "me.png", MimeType = "image/png", Buffer = Square });
        await visit.Button("Use this picture").ClickAsync();
        await visit.Page.GetByText("The picture is in use.").WaitForAsync();
        await visit.Page.GotoAsync("/users/guest");
        await visit.Heading("A Guest").WaitForAsync();
        (await visit.Page.Locator(".profile-head .avatar img").EvaluateAsync<int>("i => i.naturalWidth")).ShouldBe(64);
        (await visit.Page.Locator(".self .avatar img").CountAsync()).ShouldBe(1);
        await visit.Link("example.org/guest").WaitForAsync();
        visit.IsRefused = true;
        await visit.Page.GotoAsync("/settings");
        await visit.Field("Links").FillAsync("javascript:alert(1)");
        await visit.Field("About").FillAsync("What was typed stays.");
        await visit.Button("Save profile").ClickAsync();
        await visit.Page.GetByText("is not a link").WaitForAsync();
        (await visit.Field("About").InputValueAsync()).ShouldBe("What was typed stays.");
    }

    [Fact]
    public async Task An_agent_is_made_given_a_key_switched_off_and_marked_on_its_page()
    {
        var ada = await server.Join("ada_agents");
        await using var visit = await (await Visit.Begin(chromium, server)).As(ada);
        await visit.Page.GotoAsync("/settings/agents");
        await visit.Field("Username").FillAsync("scout");
        await visit.Button("Make agent").ClickAsync();
        await visit.Page.GetByText("The agent “scout” is made.").WaitForAsync();
        await visit.Page.Locator("#key-name").FillAsync("server");
        await visit.Button("Make key").ClickAsync();
        await visit.Heading("The key “server” is made").WaitForAsync();
        (await Asked(await visit.Page.Locator(".done code").InnerTextAsync())).ShouldBe(System.Net.HttpStatusCode.OK);
        var secret = await visit.Page.Locator(".done code").InnerTextAsync();
        await visit.Button("Switch off").ClickAsync();
        await visit.Page.GetByText("scout is switched off.").WaitForAsync();
        (await Asked(secret)).ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        await visit.Button("Switch on").ClickAsync();
        await visit.Page.GetByText("scout is switched on.").WaitForAsync();
        await visit.Link("Revoke server").ClickAsync();
        await visit.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke key" }).ClickAsync();
        await visit.Page.GetByText("The key “server” is revoked.").WaitForAsync();
        await visit.Page.GotoAsync("/users/scout");
        await visit.Page.Locator(".profile-head .avatar.square").WaitForAsync();
        await visit.Page.GetByText("answers for it").WaitForAsync();
    }

    [Fact]
    public async Task Following_works_without_script_and_is_seen_on_both_pages()
    {
        var (ada, bob) = (await server.Join("ada_fan"), await server.Join("bob_star"));
        await using var visit = await (await Visit.Begin(chromium, server, script: false)).As(ada);
        await visit.Page.GotoAsync("/users/bob_star");
        await visit.Button("Follow").ClickAsync();
        await visit.Page.GetByText("You follow bob_star.").WaitForAsync();
        await visit.Link("1 follower").ClickAsync();
        await visit.Link("ada_fan").WaitForAsync();
        await using var star = await (await Visit.Begin(chromium, server)).As(bob);
        await star.Page.GotoAsync("/users/ada_fan");
        await star.Page.GetByText("follows you").WaitForAsync();
        await visit.Page.GotoAsync("/users/bob_star");
        await visit.Button("Following").ClickAsync();
        await visit.Page.GetByText("You no longer follow bob_star.").WaitForAsync();
    }

    async Task<System.Net.HttpStatusCode> Asked(string secret)
    {
        using var http = server.Anonymous();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", secret);
        return (await http.GetAsync("/api/user")).StatusCode;
    }
}
