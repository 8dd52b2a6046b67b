using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Hostile;

/// <summary>Names that look like others, break an address or a line, or are none: refused at every door that takes a name, and kept nowhere.</summary>
public sealed class HostileNameTests(HostileWorld world) : IClassFixture<HostileWorld>
{
    // As they stand in JSON.
    static readonly string[] NoNames =
    [
        "", " ", "h\\u0456dden-lab", "eve\\u0430", "\\uff45\\uff56\\uff45", "e\\u0301ve", "eve\\u200b", "\\u202eeve", "eve\\u00a0", "eve.", "eve ", " eve", "eve\\n", "eve\\r\\n", "\\neve",
        "eve\\u0000", "\\u0000", "eve\\u0007", "eve\\u007f", "\\ud800", "..", ".", "../ada", "%2e%2e", "eve/../ada", "eve\\\\ada", "<b>eve</b>", "eve?x=1", "eve#x", "eve'--", "\\ud83d\\ude00",
        "\\u0131", "\\u212a", "\\u00df",
    ];

    // What is a username and no slug.
    static readonly string[] NoSlugs = ["-a", "a-", "a--b", "Eve", "EVE-LAB", "a_b", "_", "eve\\u2010lab"];

    static readonly string[] Reserved = ["api", "mcp", "settings", "teams", "new", "users", "docs"];

    public static TheoryData<string, string> Names
    {
        get
        {
            var cases = new TheoryData<string, string>();
            string tooLong = new('a', 300);
            foreach (var name in NoNames.Append(tooLong).Concat(NoSlugs))
            {
                cases.Add("""POST /organizations/create {"organization":{"name":"#"}}""", name);
                cases.Add("""PUT /organizations/$eve-lab {"organization":{"name":"#"}}""", name);
                cases.Add("""POST /teams/create {"team":{"name":"#","org_id":"$eve-lab"}}""", name);
                cases.Add("""PUT /teams/$eve-team {"team":{"name":"#"}}""", name);
            }
            foreach (var name in NoNames.Append(tooLong).Append("-a").Append("a-b")) cases.Add("""POST /user/agents {"agent":{"username":"#"}}""", name);
            foreach (var name in Reserved)
            {
                cases.Add("""POST /organizations/create {"organization":{"name":"#"}}""", name);
                cases.Add("""PUT /organizations/$eve-lab {"organization":{"name":"#"}}""", name);
                cases.Add("""POST /user/agents {"agent":{"username":"#"}}""", name.ToUpperInvariant());
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_no_name_is_refused(string request, string name)
    {
        var before = await world.Digest();
        var answer = await world.Send(world.Eve, request.Replace("#", name, StringComparison.Ordinal));
        answer.Told.ShouldBeOneOf(["400 invalid_fields", "400 invalid_text", "400 malformed_json"], answer.Body);
        (await world.Digest()).ShouldBe(before);
    }

    // Accounts and organizations share their names, whatever their case.
    [Theory]
    [InlineData("""POST /organizations/create {"organization":{"name":"hidden-lab"}}""", "409 organization_name_taken")]
    [InlineData("""PUT /organizations/$eve-lab {"organization":{"name":"hidden-lab"}}""", "409 organization_name_taken")]
    [InlineData("""POST /organizations/create {"organization":{"name":"ada"}}""", "409 organization_name_taken")]
    [InlineData("""PUT /organizations/$eve-lab {"organization":{"name":"ada"}}""", "409 organization_name_taken")]
    [InlineData("""POST /organizations/create {"organization":{"name":"ouro"}}""", "409 organization_name_taken")]
    [InlineData("""POST /user/agents {"agent":{"username":"ADA"}}""", "409 username_taken")]
    [InlineData("""POST /user/agents {"agent":{"username":"Ouro"}}""", "409 username_taken")]
    [InlineData("""POST /teams/create {"team":{"name":"band","org_id":"$eve-lab"}}""", "409 team_name_taken")]
    [InlineData("""POST /teams/create {"team":{"name":"all","org_id":"$eve-lab"}}""", "409 team_name_taken")]
    [InlineData("""PUT /teams/$eve-team {"team":{"name":"all"}}""", "409 team_name_taken")]
    public async Task A_name_is_given_once(string request, string told)
    {
        var before = await world.Digest();
        (await world.Send(world.Eve, request)).Told.ShouldBe(told);
        (await world.Digest()).ShouldBe(before);
    }

    public static TheoryData<string, string> Texts
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var request in (string[])
            [
                """PUT /user/profile {"user":{"name":"#"}}""", """PUT /user/profile {"user":{"bio":"#"}}""", """PUT /user/agents/$eve-agent {"agent":{"name":"#"}}""",
                """PUT /organizations/$eve-lab {"organization":{"display_name":"#"}}""", """PUT /organizations/$eve-lab {"organization":{"mission":"#"}}""",
                """PUT /teams/$eve-team {"team":{"description":{"text":"#","json":{}}}}""", """POST /teams/$eve-team/bans {"user_id":"$finn","reason":"#"}""",
                """POST /teams/$eve-team/join {"message":"#"}""", """POST /organizations/00000000-0000-0000-0000-000000000000/join {"message":"#"}""",
                """POST /user/api-keys {"key":{"name":"#"}}""", """PUT /assets/$eve-data {"asset":{"name":"#"}}""", """PUT /assets/$eve-data {"asset":{"description":{"text":"#","json":{}}}}""",
                """POST /organizations/$eve-lab/invitations {"invitation":{"email":"#@example.org"}}""", """PUT /user/email {"email":"#@example.org"}""",
                """PUT /organizations/$eve-lab {"organization":{"domain":"#.org"}}""",
            ])
                foreach (var text in (string[])["a\\u0000b", "a\\u0007b", "a\\u001b[31mb", "a\\ud800b"]) cases.Add(request, text);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task No_text_holds_what_cannot_be_kept_or_shown(string request, string text)
    {
        var before = await world.Digest();
        var answer = await world.Send(world.Eve, request.Replace("#", text, StringComparison.Ordinal));
        answer.Told.ShouldBeOneOf(["400 invalid_fields", "400 invalid_text", "400 malformed_json"], answer.Body);
        (await world.Digest()).ShouldBe(before);
    }

    public static TheoryData<string, string> Paths
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var name in (string[])
                ["%00", "a%00b", "..%2fada", "%2f", "%5c", "%ff", "%ed%a0%80", "%e2%80%8b", "%e2%80%aehidden-lab", "h%d1%96dden-lab", "hidden-lab%20", "hidden-lab.", "hidden-lab%0a", "%25", "'--", "%F0%9F%98%80", new string('a', 3000)])
                foreach (var path in (string[])["/api/organizations/by-name/@", "/api/teams/by-name/@/all", "/api/teams/by-name/ouro/@", "/api/users/@", "/organizations/@", "/users/@", "/@/teams/all"])
                    cases.Add(path, name);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task An_address_with_a_hostile_name_leads_nowhere(string path, string name)
    {
        using var line = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        line.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", world.Eve.Key);
        // As it stands: an address that is read and written anew is not hostile any more.
        var address = new Uri(world.Root.GetLeftPart(UriPartial.Authority) + path.Replace("@", name, StringComparison.Ordinal), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var answer = await line.GetAsync(address);
        ((int)answer.StatusCode).ShouldBeOneOf([400, 404], await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_name_of_somebody_in_another_case_is_their_name_and_nobody_elses()
    {
        var profile = (await world.Eve.Get("/users/ADA")).Data();
        profile.GetProperty("user_id").GetGuid().ShouldBe(world.Ada.Id);
        (await world.Eve.Get("/organizations/by-name/EVE-lab")).Data().GetProperty("name").GetString().ShouldBe("eve-lab");
        (await world.Eve.Get("/organizations/by-name/HIDDEN-lab", HttpStatusCode.NotFound)).Code().ShouldBe("organization_not_found");
    }
}
