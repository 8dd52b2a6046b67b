using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

/// <summary>A server that anybody may join, where another room admits by the code “lab” and notes whom.</summary>
public sealed class OpenServer : TestServer
{
    public List<Guid> Admitted { get; } = [];

    protected override Settings Settings => With((nameof(Settings.SignUp), "open"));

    protected override void Add(IServiceCollection services) => services.AddSingleton(new SignUpTicket(
        (_, code, _) => Task.FromResult(code == "lab" ? new Admission("ada invites you to the lab.") : null),
        async (tx, code, user, ct) =>
        {
            if (code != "lab" || !await tx.Maybe<bool>($"select exists (select from users where id = {user})", ct)) return false;
            Admitted.Add(user);
            return true;
        }));
}

public sealed class ClosedServer : TestServer
{
    protected override Settings Settings => With((nameof(Settings.SignUp), "closed"));
}

public sealed class SignUpTests(TestServer server, OpenServer open, ClosedServer closed) : IClassFixture<TestServer>, IClassFixture<OpenServer>, IClassFixture<ClosedServer>
{
    const string Password = "correct horse battery";

    [Fact]
    public async Task An_invitation_admits_one_person_once()
    {
        var op = await server.Join("op_invites", isOperator: true);
        var invitation = await op.Ouro.ServerInvitations.CreateAsync(new());
        var path = new Uri(invitation.Url).PathAndQuery;
        using var browser = new PlainBrowser(server);
        (await browser.Page("/sign-up", HttpStatusCode.Forbidden)).ShouldContain("An account here needs an invitation.");
        (await browser.Page(path)).ShouldContain("op_invites invites you to make an account here.");
        (await browser.Send(path, "sign-up", typed: [("Username", "guest_1"), ("Name", "A Guest"), ("Password", Password)])).ShouldContain("Welcome, guest_1.");
        (await browser.Page("/settings")).ShouldContain("A Guest");

        using var second = new PlainBrowser(server);
        (await second.Page(path, HttpStatusCode.Forbidden)).ShouldContain("This invitation was used already");
        foreach (var forged in new[] { "nonsense", path[^43..^1] + (path[^1] == 'A' ? 'B' : 'A') })
            await second.Page("/sign-up?invitation=" + forged, HttpStatusCode.Forbidden);
        (await op.Ouro.ServerInvitations.ListAsync().ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_who_use_one_invitation_at_once_are_one_account()
    {
        var op = await server.Join("op_once", isOperator: true);
        var code = new Uri((await op.Ouro.ServerInvitations.CreateAsync(new())).Url).Query["?invitation=".Length..];
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await using var scope = server.Services.CreateAsyncScope();
            try
            {
                await scope.ServiceProvider.GetRequiredService<SignUpOperations>().SignUp(new($"racer_{i}", Password, Invitation: code), null, default);
                return "in";
            }
            catch (Refusal refusal)
            {
                return refusal.Code;
            }
        }));
        results.Count(r => r == "in").ShouldBe(1);
        results.Where(r => r != "in").ShouldAllBe(r => r == "sign_up_invitation_gone");
        (await server.Db.Maybe<long>($"select count(*) from users where username like 'racer%'", default)).ShouldBe(1);
    }

    [Fact]
    public async Task Only_operators_invite_and_what_they_withdraw_admits_nobody()
    {
        var (op, ada) = (await server.Join("op_withdraws", isOperator: true), await server.Join("ada_invites"));
        (await ada.Post("/operator/invitations", new { invitation = new { } }, HttpStatusCode.Forbidden)).Code().ShouldBe("operators_only");
        (await ada.Get("/operator/invitations", HttpStatusCode.Forbidden)).Code().ShouldBe("operators_only");
        (await op.Post("/operator/invitations", new { invitation = new { email = "not an address" } }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        var invitation = await op.Ouro.ServerInvitations.CreateAsync(new("guest@example.org"));
        (await ada.Delete($"/operator/invitations/{invitation.Id}", HttpStatusCode.Forbidden)).Code().ShouldBe("operators_only");
        (await op.Ouro.ServerInvitations.WithdrawAsync(invitation.Id)).Email.ShouldBe("guest@example.org");
        (await op.Delete($"/operator/invitations/{invitation.Id}", HttpStatusCode.NotFound)).Code().ShouldBe("server_invitation_not_found");
        using var browser = new PlainBrowser(server);
        await browser.Page(new Uri(invitation.Url).PathAndQuery, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Where_sign_up_is_open_anybody_makes_an_account_and_what_is_wrong_is_told_at_its_field()
    {
        await open.Join("taken_name");
        using var browser = new PlainBrowser(open);
        (await browser.Send("/sign-up", "sign-up", HttpStatusCode.Conflict, ("Username", "TAKEN_name"), ("Password", Password))).ShouldContain("There is already an account");
        (await browser.Send("/sign-up", "sign-up", HttpStatusCode.BadRequest, ("Username", "settings"), ("Password", Password))).ShouldContain("is reserved");
        (await browser.Send("/sign-up", "sign-up", HttpStatusCode.BadRequest, ("Username", "short_pw"), ("Password", "short"))).ShouldContain("at least ten characters.");
        (await browser.Send("/sign-up", "sign-up", HttpStatusCode.BadRequest, ("Username", "bad_mail"), ("Password", Password), ("Email", "nobody"))).ShouldContain("is not an e-mail address");
        (await browser.Send("/sign-up", "sign-up", typed: [("Username", "newcomer"), ("Password", Password)])).ShouldContain("Welcome, newcomer.");
    }

    [Fact]
    public async Task Another_room_admits_by_its_own_invitations_in_the_same_transaction()
    {
        using var browser = new PlainBrowser(open);
        (await browser.Page("/sign-up?invitation=lab")).ShouldContain("ada invites you to the lab.");
        await browser.Send("/sign-up?invitation=lab", "sign-up", typed: [("Username", "lab_member"), ("Password", Password)]);
        var id = await open.Db.Maybe<Guid>($"select id from users where username = 'lab_member'", default);
        open.Admitted.ShouldBe([id]);
        await using var scope = open.Services.CreateAsyncScope();
        var signUp = scope.ServiceProvider.GetRequiredService<SignUpOperations>();
        await Should.ThrowAsync<InvalidOperationException>(() => signUp.SignUp(new("never_there", Password), (_, _) => throw new InvalidOperationException(), default));
        (await open.Db.Maybe<long>($"select count(*) from users where username = 'never_there'", default)).ShouldBe(0);
    }

    [Fact]
    public async Task Where_sign_up_is_closed_nobody_makes_an_account()
    {
        using var browser = new PlainBrowser(closed);
        (await browser.Page("/sign-up", HttpStatusCode.Forbidden)).ShouldContain("Nobody makes accounts here by themselves.");
        var op = await closed.Join("op_closed", isOperator: true);
        await browser.Page(new Uri((await op.Ouro.ServerInvitations.CreateAsync(new())).Url).PathAndQuery, HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("OURO_SIGN_UP", "sometimes", "OURO_SIGN_UP is one of open, invitation, closed, not “sometimes”.")]
    [InlineData("OURO_LOG_FORMAT", "xml", "OURO_LOG_FORMAT is one of text, json, not “xml”.")]
    public void A_word_that_no_setting_knows_stops_the_start(string name, string value, string said) =>
        Should.Throw<SettingException>(() => Settings.From(n => n == name ? value : null)).Message.ShouldBe(said);

    [Fact]
    public async Task Looking_at_a_sign_in_link_does_not_use_it_up()
    {
        var ada = await server.Join("ada_preview");
        await using var scope = server.Services.CreateAsyncScope();
        var path = "/sign-in/link?code=" + await scope.ServiceProvider.GetRequiredService<SignInOperations>().CreateLink(ada.Id, default);
        using var browser = new PlainBrowser(server);
        foreach (var _ in Enumerable.Range(0, 3)) (await browser.Page(path)).ShouldContain("Sign in as ada_preview?");
        await browser.Send(path, "sign-in-link");
        (await browser.Page("/settings")).ShouldContain("ada_preview");
        using var late = new PlainBrowser(server);
        await late.Page(path, HttpStatusCode.Forbidden);
    }
}
