using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ouro.Server.Access;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

public sealed class ApiKeyTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_key_is_exchanged_for_a_token_that_the_client_can_read_and_send_bare_or_as_bearer()
    {
        var ada = await server.Join("ada_exchange");
        var token = await Exchange(ada.Key);
        token.GetProperty("api_key_name").GetString().ShouldBe("test");
        token.GetProperty("refresh_token").ValueKind.ShouldBe(JsonValueKind.Null);
        var access = token.GetProperty("access_token").GetString()!;
        access.Split('.').Length.ShouldBe(3);

        foreach (var credential in (string[])[access, "Bearer " + access, "bearer " + access, ada.Key, "Bearer " + ada.Key, "ApiKey " + ada.Key])
            (await Get("/api/user", credential)).GetProperty("data").GetProperty("id").GetGuid().ShouldBe(ada.Id);
    }

    [Fact]
    public async Task A_wrong_key_is_answered_with_200_and_an_error_because_the_client_shows_only_that_well()
    {
        foreach (var wrong in (string?[])["nonsense", "", null, ApiKeySecret.New(), "a.b.c"])
        {
            var answer = await Exchange(wrong);
            answer.GetProperty("access_token").ValueKind.ShouldBe(JsonValueKind.Null);
            answer.GetProperty("error").GetProperty("status").GetInt32().ShouldBe(401);
        }
    }

    [Fact]
    public async Task An_old_header_does_not_stand_in_the_way_of_an_exchange()
    {
        var ada = await server.Join("ada_old_header");
        using var http = server.Anonymous();
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "an.expired.token");
        var answer = await http.PostAsJsonAsync("/api/users/get-token", new { pat = ada.Key });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Who_sends_no_valid_credential_is_refused()
    {
        foreach (var credential in (string?[])[null, "nonsense", "a.b.c", ApiKeySecret.New()])
            (await Get("/api/user/profile", credential, HttpStatusCode.Unauthorized)).GetProperty("code").GetString().ShouldBe("unauthenticated");
    }

    [Fact]
    public async Task A_revoked_key_ends_its_tokens_with_the_next_request()
    {
        var ada = await server.Join("ada_revoked");
        var made = await ada.Http.PostAsJsonAsync("/api/user/api-keys", new { key = new { name = "second" } });
        var second = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        var secret = second.GetProperty("secret").GetString()!;
        var token = (await Exchange(secret)).GetProperty("access_token").GetString()!;
        await Get("/api/user", token);
        await Get("/api/user", secret);

        var id = second.GetProperty("key").GetProperty("id").GetGuid();
        (await ada.Http.DeleteAsync($"/api/user/api-keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Get("/api/user", token, HttpStatusCode.Unauthorized);
        await Get("/api/user", secret, HttpStatusCode.Unauthorized);
        (await ada.Http.DeleteAsync($"/api/user/api-keys/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_secret_of_a_key_is_shown_once_and_kept_nowhere()
    {
        var ada = await server.Join("ada_secret");
        var list = await (await ada.Http.GetAsync("/api/user/api-keys")).Content.ReadAsStringAsync();
        list.ShouldNotContain(ada.Key);
        list.ShouldContain(ada.Key[^4..]);
        var kept = await server.Db.Query<string>($"select encode(hash, 'hex') || hint || name from api_keys where user_id = {ada.Id}", default);
        kept.ShouldHaveSingleItem().ShouldNotContain(ada.Key);
    }

    [Fact]
    public async Task A_bound_key_names_no_other_place_and_an_unbound_one_only_its_own_organizations()
    {
        var ada = await server.Join("ada_bound");
        var lab = await server.Found("bound-lab", ada);
        var eve = await server.Join("eve_bound");
        var other = await server.Found("bound-other", eve);

        (await Context(ada.Key, lab.Id.ToString())).GetProperty("data").GetProperty("name").GetString().ShouldBe("bound-lab");
        (await Context(ada.Key, null)).GetProperty("data").GetProperty("id").GetGuid().ShouldBe(Ids.Global);
        (await Context(ada.Key, other.Id.ToString(), HttpStatusCode.Forbidden)).GetProperty("code").GetString().ShouldBe("org_context_forbidden");
        (await Context(ada.Key, "not-a-uuid", HttpStatusCode.BadRequest)).GetProperty("code").GetString().ShouldBe("invalid_org_context");

        var made = await ada.Http.PostAsJsonAsync("/api/user/api-keys", new { key = new { name = "personal", org_id = Ids.Global } });
        var personal = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("secret").GetString()!;
        (await Exchange(personal)).GetProperty("api_key_org_id").GetGuid().ShouldBe(Ids.Global);
        (await Context(personal, lab.Id.ToString(), HttpStatusCode.Forbidden)).GetProperty("code").GetString().ShouldBe("api_key_org_mismatch");
    }

    [Fact]
    public void A_mistyped_key_is_known_by_its_checksum()
    {
        var secret = ApiKeySecret.New();
        ApiKeySecret.IsWellFormed(secret).ShouldBeTrue();
        ApiKeySecret.IsWellFormed(secret[..^1]).ShouldBeFalse();
        ApiKeySecret.IsWellFormed(secret.Replace(secret[12], secret[12] == 'a' ? 'b' : 'a')).ShouldBeFalse();
    }

    async Task<JsonElement> Exchange(string? key)
    {
        using var http = server.Anonymous();
        var answer = await http.PostAsJsonAsync("/api/users/get-token", new { pat = key });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    Task<JsonElement> Context(string credential, string? organization, HttpStatusCode status = HttpStatusCode.OK) =>
        Get("/api/organizations/context", credential, status, organization);

    async Task<JsonElement> Get(string path, string? credential, HttpStatusCode status = HttpStatusCode.OK, string? organization = null)
    {
        using var http = server.Anonymous();
        if (credential is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", credential);
        if (organization is not null) http.DefaultRequestHeaders.Add("X-Ouro-Org", organization);
        var answer = await http.GetAsync(path);
        answer.StatusCode.ShouldBe(status);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
