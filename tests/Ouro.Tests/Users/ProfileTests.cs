using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

public sealed class ProfileTests(TestServer server) : IClassFixture<TestServer>
{
    // The smallest picture: one transparent pixel.
    public static readonly byte[] Pixel = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    [Fact]
    public async Task A_profile_says_what_its_owner_wrote_and_keeps_what_was_not_given()
    {
        var (ada, bob) = (await server.Join("ada_profile"), await server.Join("bob_profile"));
        await ada.Ouro.Users.UpdateAsync(new() { Name = "Ada L.", Bio = "Counts things.", Urls = new ProfileLink[] { new("https://example.org/ada") } });
        var seen = await bob.Ouro.Users.GetAsync("ADA_profile");
        (seen.Name, seen.DisplayName, seen.Bio, seen.Urls.Single().Value, seen.IsSelf).ShouldBe(("Ada L.", "Ada L.", "Counts things.", "https://example.org/ada", false));
        seen.Url.ShouldEndWith("/users/ada_profile");
        var after = await ada.Ouro.Users.UpdateAsync(new() { Name = null });
        (after.Name, after.DisplayName, after.Bio, after.IsSelf).ShouldBe((null, "ada_profile", "Counts things.", true));
        (await ada.Put("/user/profile", new { user = new { } })).Data().GetProperty("bio").GetString().ShouldBe("Counts things.");
        (await ada.Put("/user/profile", new { user = new { bio = (string?)null, is_operator = true, actor_type = "verified" } })).Data().GetProperty("actor_type").GetString().ShouldBe("base");
    }

    [Theory]
    [InlineData("urls", """{"urls": [{"value": "javascript:alert(1)"}]}""")]
    [InlineData("urls", """{"urls": [{"value": "/etc/passwd"}]}""")]
    [InlineData("urls", """{"urls": [{"value": "https://a"},{"value": "https://a"},{"value": "https://a"},{"value": "https://a"},{"value": "https://a"},{"value": "https://a"},{"value": "https://a"},{"value": "https://a"},{"value": "https://a"}]}""")]
    [InlineData("name", """{"name": "two\nlines"}""")]
    [InlineData("bio", """{"bio": "a\u0007bell"}""")]
    public async Task What_no_profile_says_is_refused(string field, string user)
    {
        var eve = await server.Join("eve_" + Guid.CreateVersion7().ToString("N")[20..]);
        var refusal = await eve.PutText("/user/profile", $"{{\"user\": {user}}}", HttpStatusCode.BadRequest);
        refusal.Code().ShouldBe("invalid_fields");
        refusal.GetProperty("error").GetProperty("details").TryGetProperty(field, out _).ShouldBeTrue();
        (await eve.Put("/user/profile", new { user = new { name = new string('x', 81) } }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        (await eve.Put("/user/profile", new { }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
    }

    [Fact]
    public async Task A_picture_is_told_by_its_bytes_and_served_as_one_that_does_nothing()
    {
        var ada = await server.Join("ada_picture");
        var path = (await ada.Ouro.Users.SetAvatarAsync(Pixel)).AvatarPath!;
        using var web = new HttpClient { BaseAddress = server.Root };
        var picture = await web.GetAsync(path);
        (await picture.Content.ReadAsByteArrayAsync()).ShouldBe(Pixel);
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        picture.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        picture.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("sandbox");
        picture.Headers.CacheControl!.ToString().ShouldContain("immutable");

        (await Refused(ada, "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray())).Code().ShouldBe("invalid_fields");
        (await Refused(ada, [])).Code().ShouldBe("invalid_fields");
        (await Refused(ada, [.. Pixel, .. new byte[512 << 10]], HttpStatusCode.RequestEntityTooLarge)).Code().ShouldBe("avatar_too_large");
        (await ada.Ouro.Users.ProfileAsync()).AvatarPath.ShouldBe(path);

        (await ada.Ouro.Users.RemoveAvatarAsync()).AvatarPath.ShouldBeNull();
        (await web.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_that_is_bound_to_one_place_changes_nothing_of_the_account()
    {
        var ada = await server.Join("ada_bound");
        var bound = await server.Services.GetRequiredService<ApiKeyOperations>().Create(Actor.Nobody, ada.Id, new("bound", Ids.Global), default);
        var narrow = new Person(server, ada.Id, ada.Name, bound.Secret);
        foreach (var answer in new[]
        {
            await narrow.Put("/user/profile", new { user = new { bio = "x" } }, HttpStatusCode.Forbidden), await narrow.Delete("/user/avatar", HttpStatusCode.Forbidden),
            await narrow.Post("/user/sign-out-everywhere", new { }, HttpStatusCode.Forbidden), await narrow.Put("/user/email", new { email = "a@example.org" }, HttpStatusCode.Forbidden),
            await narrow.Post("/user/agents", new { agent = new { username = "no_agent" } }, HttpStatusCode.Forbidden), await narrow.Get("/user/agents", HttpStatusCode.Forbidden),
        })
            answer.Code().ShouldBe("api_key_org_mismatch");
    }

    [Fact]
    public async Task What_there_may_be_and_is_is_told()
    {
        var ada = await server.Join("ada_plan");
        await ada.Post("/datasets/create/from-schema", Calls.Scores());
        var plan = await ada.Get("/user/plan-info");
        plan.Data().GetProperty("planType").GetString().ShouldBe("free");
        plan.Data().GetProperty("limits").GetProperty("canCreatePrivateAssets").GetBoolean().ShouldBeTrue();
        plan.Data().GetProperty("limits").GetProperty("maxDatasets").GetInt64().ShouldBeGreaterThan(1_000_000);
        plan.Data().GetProperty("usage").GetProperty("datasets").GetProperty("used").GetInt32().ShouldBe(1);
        plan.Data().GetProperty("usage").GetProperty("agents").GetProperty("limit").GetInt32().ShouldBe(100);
        (await ada.Ouro.Users.PlanInfoAsync()).Usage["api_keys"].Used.ShouldBe(1);
    }

    [Fact]
    public async Task No_account_is_called_like_a_path_or_an_organization()
    {
        var routes = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Select(e => e.RoutePattern.RawText!.Trim('/').Split('/')).ToList();
        var first = routes.Select(r => r[0]).Concat(routes.Where(r => r.Length > 2 && r[0] == "api" && r[1] == "users").Select(r => r[2]));
        first.Where(part => part.Length > 0 && !part.Contains('{') && !part.Contains('.')).Distinct().ShouldAllBe(part => AccountRules.Reserved.Contains(part));

        var ada = await server.Join("ada_names");
        await server.Found("lab42", ada);
        foreach (var (name, status) in new[] { ("Settings", 400), ("search", 400), ("has space", 400), ("ａｄａ", 400), ("", 400), ("LAB42", 409), ("Ada_NAMES", 409), ("ouro", 409) })
            (await ada.Post("/user/agents", new { agent = new { username = name } }, (HttpStatusCode)status)).Code().ShouldBe(status == 409 ? "username_taken" : "invalid_fields", name);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_sessions_and_no_key()
    {
        var ada = await server.Join("ada_everywhere");
        using var browser = await PlainBrowser.As(ada);
        (await browser.Page("/settings/security")).ShouldContain("Sign out everywhere");
        (await ada.Ouro.Users.SignOutEverywhereAsync()).ApiKeys.ShouldBe(1);
        (await browser.Page("/settings/security")).ShouldContain("<h1>Sign in</h1>");
        (await ada.Get("/user")).Data().GetProperty("username").GetString().ShouldBe("ada_everywhere");
    }

    static async Task<JsonElement> Refused(Person person, byte[] bytes, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        var answer = await person.Http.PutAsync("/api/user/avatar", new ByteArrayContent(bytes));
        answer.StatusCode.ShouldBe(status);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
    }
}
