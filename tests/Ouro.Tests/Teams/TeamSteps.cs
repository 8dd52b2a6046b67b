using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Ouro.Tests.Organizations;
using Shouldly;

namespace Ouro.Tests.Teams;

/// <summary>What tests of teams do again and again.</summary>
static partial class TeamSteps
{
    /// <summary>Makes somebody a member of an organization.</summary>
    public static async Task Enrol(this TestServer server, Organization org, Person person, string role = "write", MembershipType type = MembershipType.Internal)
    {
        if (type == MembershipType.External) await server.Db.Run($"update organizations set allow_external_members = true where id = {org.Id}", default);
        await server.Member(org.Id, person, role, type);
    }

    /// <summary>Somebody new in an organization.</summary>
    public static async Task<Person> Member(
        this TestServer server, Organization org, string name, string role = "write", MembershipType type = MembershipType.Internal, ActorType kind = ActorType.Base)
    {
        var person = await server.Join(name, kind);
        await server.Enrol(org, person, role, type);
        return person;
    }

    public static Task Owns(this TestServer server, Person owner, Person agent) => server.Db.Run($"update users set owner_id = {owner.Id} where id = {agent.Id}", default);

    /// <summary>What refused a call, and with which status.</summary>
    public static async Task<string> Refused(this Task call)
    {
        var refusal = await Should.ThrowAsync<OuroException>(() => call);
        refusal.Message.ShouldNotBeNullOrWhiteSpace();
        return $"{refusal.Status} {refusal.Code}";
    }

    /// <summary>A dataset in a place; its id.</summary>
    public static async Task<Guid> Publish(this Person person, string name, Guid org, Guid? team = null, string? visibility = null) =>
        (await person.Post("/datasets/create/from-schema", Body(name, org, team, visibility))).Id();

    /// <summary>What refuses a dataset in a place.</summary>
    public static async Task<string> PublishRefused(this Person person, Guid org, Guid? team = null, string? visibility = null)
    {
        using var answer = await person.Http.PostAsync("/api/datasets/create/from-schema", System.Net.Http.Json.JsonContent.Create(Body("Refused", org, team, visibility)));
        var body = System.Text.Json.JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        return answer.IsSuccessStatusCode ? "200" : $"{(int)answer.StatusCode} {body.Code()}";
    }

    static object Body(string name, Guid org, Guid? team, string? visibility) =>
        new { dataset = new { name, org_id = org, team_id = team, visibility, schema = "CREATE TABLE t (a INTEGER)", rows = new[] { new { a = 1 } } } };

    public static async Task<HttpClient> Browser(this Person person)
    {
        var browser = (await PlainBrowser.As(person)).Http;
        var page = await browser.GetStringAsync("/datasets/new");
        browser.DefaultRequestHeaders.Add("RequestVerificationToken", Token().Match(page).Groups["token"].Value);
        browser.DefaultRequestHeaders.Add("Accept", "application/json");
        return browser;
    }

    /// <summary>A file sent into a place with the browser's cookie.</summary>
    public static async Task<(HttpStatusCode Status, string Body)> Upload(this HttpClient browser, Guid org, Guid team, string headers = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/web/datasets/import?file_name=sent.csv&visibility=organization&org_id={org}&team_id={team}")
        {
            Content = new StringContent("a\n1\n", Encoding.UTF8, "text/csv"),
        };
        if (headers.Length > 0) request.Headers.Add(headers.Split(':')[0], headers.Split(':')[1]);
        using var answer = await browser.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="(?<token>[^"]+)"|value="(?<token>[^"]+)"[^>]*name="__RequestVerificationToken" """)]
    private static partial Regex Token();
}
