using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Access;

/// <summary>A key that is bound to a place works there, and elsewhere sees no more than a stranger.</summary>
public sealed class BoundKeyTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_bound_key_reads_and_changes_nothing_private_outside_its_place()
    {
        var ada = await server.Join("ada_places");
        var lab = await server.Found("places-lab", ada);
        var personal = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Personal"))).Id();
        var open = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Open", "public"))).Id();
        var internal_ = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Internal", "organization", lab.Id))).Id();

        var inLab = await Bound(ada, lab.Id);
        var atHome = await Bound(ada, Ids.Global);

        await inLab.Get($"/datasets/{internal_}/data");
        await inLab.Get($"/datasets/{open}/data");
        await inLab.Get($"/datasets/{personal}/data", HttpStatusCode.NotFound);
        await inLab.Post($"/datasets/{open}/data", new { rows = Array.Empty<object>() }, HttpStatusCode.Forbidden);
        await inLab.Delete($"/datasets/{open}", HttpStatusCode.Forbidden);

        await atHome.Get($"/datasets/{personal}/data");
        await atHome.Get($"/datasets/{internal_}/data", HttpStatusCode.NotFound);
        await atHome.Delete($"/datasets/{internal_}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_bound_key_creates_in_its_place_and_only_there()
    {
        var ada = await server.Join("ada_creates");
        var lab = await server.Found("creates-lab", ada);
        var inLab = await Bound(ada, lab.Id);
        (await inLab.Post("/datasets/create/from-schema", Calls.Scores("Here", "organization"))).Data().GetProperty("org_id").GetGuid().ShouldBe(lab.Id);
        var refused = await inLab.Post("/datasets/create/from-schema", Calls.Scores("There", "private", Ids.Global), HttpStatusCode.Forbidden);
        refused.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("bound");
        var atHome = await Bound(ada, Ids.Global);
        (await atHome.Post("/datasets/create/from-schema", Calls.Scores("There", "private", lab.Id), HttpStatusCode.Forbidden)).Code().ShouldBe("api_key_org_mismatch");
        (await inLab.Post("/user/api-keys", new { key = new { name = "wider" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("api_key_org_mismatch");
    }

    async Task<Person> Bound(Person person, Guid place)
    {
        var made = await person.Post("/user/api-keys", new { key = new { name = "bound", org_id = place } });
        return new(server, person.Id, person.Name, made.Data().GetProperty("secret").GetString()!);
    }
}

/// <summary>What one key may ask in a minute.</summary>
public sealed class RequestLimitTests(RequestLimitTests.LimitedServer server) : IClassFixture<RequestLimitTests.LimitedServer>
{
    public sealed class LimitedServer : TestServer
    {
        protected override Ouro.Server.Kernel.Settings Settings => Limited(60);
    }

    [Fact]
    public async Task Past_the_limit_a_key_waits_and_others_do_not()
    {
        var (ada, eve) = (await server.Join("ada_limit"), await server.Join("eve_limit"));
        HttpResponseMessage answer;
        var asked = 0;
        do answer = await ada.Http.GetAsync("/api/user"); while (answer.IsSuccessStatusCode && ++asked < 200);
        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        asked.ShouldBeGreaterThanOrEqualTo(60);
        answer.Headers.RetryAfter.ShouldNotBeNull();
        answer.Headers.GetValues("RateLimit-Policy").ShouldNotBeEmpty();
        await eve.Get("/user");
        using var http = server.Anonymous();
        for (var i = 0; i < 100; i++)
        {
            using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/user");
            preflight.Headers.Add("Origin", "https://example.org");
            preflight.Headers.Add("Access-Control-Request-Method", "GET");
            using var bare = new HttpClient { BaseAddress = server.Root };
            (await bare.SendAsync(preflight)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
    }
}
