using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

/// <summary>A server that sends letters, to a mailbox of this process.</summary>
public sealed class PostedServer : TestServer
{
    public Mailbox Mailbox { get; } = new();

    protected override Settings Settings => With((nameof(Settings.Smtp), Mailbox.Address), (nameof(Settings.MailFrom), "Ouro <ouro@example.org>"), (nameof(Settings.SignUp), "open"));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Mailbox.Dispose();
    }
}

public sealed partial class MailTests(PostedServer posted, TestServer silent) : IClassFixture<PostedServer>, IClassFixture<TestServer>
{
    const string Password = "correct horse battery";

    [Fact]
    public async Task An_address_counts_once_its_letter_was_answered_and_then_replaces_a_lost_password()
    {
        using var browser = new PlainBrowser(posted);
        (await browser.Send("/sign-up", "sign-up", HttpStatusCode.BadRequest, ("Username", "mailed"), ("Password", Password))).ShouldContain("is not an e-mail address");
        await browser.Send("/sign-up", "sign-up", typed: [("Username", "mailed"), ("Password", Password), ("Email", "Mailed@example.org")]);
        var letter = await posted.Mailbox.Next();
        letter.ShouldContain("To: Mailed@example.org");
        posted.Mailbox.Credentials.ShouldBe("\0ouro\0se@cret");
        (await browser.Page("/settings/security")).ShouldContain("Mailed@example.org waits for its link");
        (await posted.Db.Maybe<string>($"select email from users where username = 'mailed'", default)).ShouldBeNull();
        var link = Link(letter);
        (await browser.Page(link)).ShouldContain("Is this your address?");
        await browser.Send(link, "verify");
        (await posted.Db.Maybe<string>($"select email from users where username = 'mailed' and email_verified_at is not null", default)).ShouldBe("Mailed@example.org");
        await browser.Page(link, HttpStatusCode.Forbidden);

        using var lost = new PlainBrowser(posted);
        await lost.Send("/forgot-password", "forgot", typed: ("Account", "mailed@EXAMPLE.org"));
        var reset = Link(await posted.Mailbox.Next());
        (await lost.Page(reset)).ShouldContain("For the account mailed.");
        (await lost.Send(reset, "reset", HttpStatusCode.BadRequest, ("Password", "short"))).ShouldContain("at least ten characters.");
        (await lost.Send(reset, "reset", typed: ("Password", "another long password"))).ShouldContain("Your password is changed.");
        await lost.Page(reset, HttpStatusCode.Forbidden);
        // The sessions that were there are over.
        (await browser.Page("/settings")).ShouldContain("<h1>Sign in</h1>");
        await using var scope = posted.Services.CreateAsyncScope();
        (await scope.ServiceProvider.GetRequiredService<SignInOperations>().WithPassword("mailed", "another long password", default)).Username.ShouldBe("mailed");
        // No secret stands in the database: what is kept is not enough to make a link.
        var (proof, another) = (link[^20..], reset[^20..]);
        foreach (var table in (string[])["events", "jobs"])
            (await posted.Db.Query<string>(Server.Data.Sql.Trusted($"select row_to_json(t)::text from {table} t"), default)).ShouldAllBe(row => !row.Contains(proof) && !row.Contains(another) && !row.Contains("password\":"));
    }

    [Fact]
    public async Task No_answer_tells_whether_an_address_has_an_account()
    {
        await posted.Join("known_person");
        await posted.Db.Run($"update users set email = 'known@example.org', email_verified_at = now() where username = 'known_person'", default);
        var answers = new List<string>();
        foreach (var account in (string[])["known@example.org", "unknown@example.org"])
        {
            using var browser = new PlainBrowser(posted);
            answers.Add(Token().Replace(await browser.Send("/forgot-password", "forgot", typed: ("Account", account)), ""));
        }
        answers[0].ShouldBe(answers[1]);
        (await posted.Mailbox.Next()).ShouldContain("known@example.org");

        // Who signs up with somebody else's address is told nothing, and gets nothing.
        using var eve = new PlainBrowser(posted);
        (await eve.Send("/sign-up", "sign-up", typed: [("Username", "eve_takes"), ("Password", Password), ("Email", "known@example.org")])).ShouldContain("Welcome, eve_takes.");
        var link = Link(await posted.Mailbox.Next());
        (await eve.Send(link, "verify", HttpStatusCode.Conflict)).ShouldContain("Another account has proved that this address is its own.");
        (await posted.Db.Maybe<string>($"select email from users where username = 'eve_takes'", default)).ShouldBeNull();
        posted.Mailbox.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_new_address_needs_the_password_and_the_last_one_asked_for_counts()
    {
        var ada = await posted.Join("ada_moves");
        (await ada.Ouro.Users.ChangeEmailAsync(new("first@example.org"))).PendingEmail.ShouldBe("first@example.org");
        var first = Link(await posted.Mailbox.Next());
        await ada.Ouro.Users.ChangeEmailAsync(new("second@example.org"));
        var second = Link(await posted.Mailbox.Next());
        (await ada.Ouro.Users.ProfileAsync()).PendingEmail.ShouldBe("second@example.org");
        using var browser = new PlainBrowser(posted);
        await browser.Page(first, HttpStatusCode.Forbidden);
        await browser.Send(second, "verify");
        var after = await ada.Ouro.Users.ProfileAsync();
        (after.Email, after.PendingEmail).ShouldBe(("second@example.org", null));
        await using (var scope = posted.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<SignInOperations>().SetPassword(new() { Id = ada.Id, Username = ada.Name }, null, Password, default);
        (await ada.Put("/user/email", new { email = "third@example.org" }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        (await ada.Put("/user/email", new { email = "third@example.org", password = "not the password" }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        (await ada.Put("/user/email", new { email = "x", password = Password }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        await ada.Put("/user/email", new { email = "third@example.org", password = Password });
        await posted.Mailbox.Next();
    }

    [Fact]
    public async Task Without_a_mail_server_operators_see_the_links_and_nobody_else_does()
    {
        var (op, ada) = (await silent.Join("op_links", isOperator: true), await silent.Join("ada_silent"));
        await ada.Ouro.Users.ChangeEmailAsync(new("ada@example.org"));
        using var stranger = new PlainBrowser(silent);
        await stranger.Send("/forgot-password", "forgot", typed: ("Account", "ada_silent"));
        using var operators = await PlainBrowser.As(op);
        string page;
        // The job that looks for the account takes a moment.
        for (var tries = 0; !(page = await operators.Page("/settings/server")).Contains("/reset-password?code=", StringComparison.Ordinal) && tries < 100; tries++) await Task.Delay(100);
        page.ShouldContain("proves ada@example.org");
        var reset = Regex.Match(page, @"/reset-password\?code=[\w-]+").Value;
        await stranger.Send(reset, "reset", typed: ("Password", Password));
        using var own = await PlainBrowser.As(ada);
        await own.Page("/settings/server", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Letters_and_wrong_passwords_are_not_asked_for_without_end()
    {
        var ada = await silent.Join("ada_flooded");
        for (var i = 0; i < 10; i++) await ada.Put("/user/email", new { email = "flood@example.org" });
        (await ada.Put("/user/email", new { email = "flood@example.org" }, HttpStatusCode.TooManyRequests)).Code().ShouldBe("too_many_letters");
        await using var scope = silent.Services.CreateAsyncScope();
        var signIn = scope.ServiceProvider.GetRequiredService<SignInOperations>();
        var actor = new Actor { Id = ada.Id, Username = ada.Name };
        await signIn.SetPassword(actor, null, Password, default);
        for (var i = 0; i < 10; i++) (await Should.ThrowAsync<Refusal>(() => signIn.SetPassword(actor, "wrong", Password, default))).Code.ShouldBe("invalid_fields");
        (await Should.ThrowAsync<Refusal>(() => signIn.SetPassword(actor, Password, Password, default))).Code.ShouldBe("too_many_attempts");
    }

    [Fact]
    public async Task A_letter_that_the_mailbox_refuses_is_given_up_and_one_it_cannot_take_now_waits()
    {
        using var mailbox = new Mailbox();
        var mail = new Mail(Settings.From(_ => null, (nameof(Settings.Smtp), mailbox.Address), (nameof(Settings.MailFrom), "ouro@example.org")), NullLogger<Mail>.Instance);
        mailbox.Answers.Enqueue("550 no such mailbox");
        (await mail.Send(new("gone@example.org", "s", "t"), default)).ShouldBeFalse();
        mailbox.Answers.Enqueue("451 later");
        await Should.ThrowAsync<Postponed>(() => mail.Send(new("busy@example.org", "s", "t"), default));
        (await mail.Send(new("there@example.org", "Grüße", "Größe"), default)).ShouldBeTrue();
        (await mailbox.Next()).ShouldContain("there@example.org");
        mailbox.Dispose();
        await Should.ThrowAsync<Postponed>(() => mail.Send(new("there@example.org", "s", "t"), default));
    }

    [Theory]
    [InlineData("mail.example.org", "a@example.org")]
    [InlineData("http://mail.example.org", "a@example.org")]
    [InlineData("smtp://u:secret@mail.example.org", null)]
    [InlineData("smtp://u:secret@mail.example.org", "not an address")]
    public void A_mail_server_that_is_set_wrongly_stops_the_start(string smtp, string? from)
    {
        var message = Should.Throw<SettingException>(() => new Mail(Settings.From(_ => null, (nameof(Settings.Smtp), smtp), (nameof(Settings.MailFrom), from)), NullLogger<Mail>.Instance)).Message;
        message.ShouldContain("OURO_");
        message.ShouldNotContain("secret");
    }

    static string Link(string letter) => new Uri(Regex.Match(letter.Replace("=\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal), @"http://\S+").Value).PathAndQuery;

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*>|value=\"CfDJ8[^\"]*\"")]
    private static partial Regex Token();
}
