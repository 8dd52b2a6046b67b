using Shouldly;
using Xunit;

namespace Ouro.Tests.Client;

public sealed class RoomTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_account_reads_itself_and_others()
    {
        var ada = await server.Join("sdk_ada");
        var bot = await server.Join("sdk_ada_bot", ActorType.Agent);
        (await ada.Ouro.Users.CurrentAsync()).ShouldBe(new Identity(ada.Id, ada.Id, "sdk_ada", null, ActorType.Base));
        (await ada.Ouro.Users.ProfileAsync()).IsSelf.ShouldBeTrue();
        (await ada.Ouro.Users.GetAsync("sdk_ada_bot")).ActorType.ShouldBe(ActorType.Agent);
        (await ada.Ouro.Users.GetAsync(bot.Id.ToString())).Username.ShouldBe("sdk_ada_bot");
        (await ada.Ouro.Users.SearchAsync("sdk_ada").Select(u => u.Username).ToListAsync()).ShouldBe(["sdk_ada", "sdk_ada_bot"], ignoreOrder: true);

        var unknown = await Should.ThrowAsync<OuroException>(() => ada.Ouro.Users.GetAsync("no such one?"));
        (unknown.Status, unknown.Code).ShouldBe((404, "user_not_found"));
        unknown.Message.ShouldContain("no such one?");
        unknown.RequestId!.Length.ShouldBe(32);
    }

    [Fact]
    public async Task A_search_for_accounts_goes_on_over_its_pages()
    {
        var many = await server.Join("sdk_many_0");
        for (var i = 1; i <= 120; i++) await server.Join($"sdk_many_{i}");
        var names = await many.Ouro.Users.SearchAsync("sdk_many_").Select(u => u.Username).ToListAsync();
        names.Distinct().Count().ShouldBe(121);
        names.Count.ShouldBe(121);
    }

    [Fact]
    public async Task A_key_is_made_used_exchanged_listed_and_revoked()
    {
        var ada = await server.Join("sdk_keys");
        var made = await ada.Ouro.ApiKeys.CreateAsync(new("ci", Ids.Global));
        await using var ci = new OuroClient(made.Secret, server.Api);
        (await ci.Users.CurrentAsync()).Id.ShouldBe(ada.Id);

        var token = await ci.ApiKeys.ExchangeAsync();
        token.ApiKeyName.ShouldBe("ci");
        await using var withToken = new OuroClient(token.AccessToken, server.Api);
        (await withToken.Users.CurrentAsync()).Id.ShouldBe(ada.Id);
        (await withToken.ApiKeys.ExchangeAsync(ada.Key)).ApiKeyName.ShouldBe("test");

        (await ada.Ouro.ApiKeys.ListAsync().Select(k => k.Name).ToListAsync()).ShouldBe(["ci", "test"]);
        (await ada.Ouro.ApiKeys.RevokeAsync(made.Key.Id)).Id.ShouldBe(made.Key.Id);

        (await Should.ThrowAsync<OuroException>(() => ci.Users.CurrentAsync())).Status.ShouldBe(401);
        (await Should.ThrowAsync<OuroException>(() => ci.ApiKeys.ExchangeAsync())).Code.ShouldBe("invalid_api_key");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.ApiKeys.RevokeAsync(made.Key.Id))).Status.ShouldBe(404);
        var nameless = await Should.ThrowAsync<OuroException>(() => ada.Ouro.ApiKeys.CreateAsync(new(" ")));
        (nameless.Status, nameless.Details!.Value.TryGetProperty("key.name", out _)).ShouldBe((400, true));
    }

    [Fact]
    public async Task A_client_pinned_to_an_organization_works_there()
    {
        var ada = await server.Join("sdk_org");
        var lab = await server.Found("sdk-lab", ada);
        await using var pinned = new OuroClient(new OuroOptions { ApiKey = ada.Key, BaseAddress = server.Api, Organization = lab.Id, Handler = TestServer.Checked() });
        (await pinned.Organizations.ContextAsync()).Id.ShouldBe(lab.Id);
        (await ada.Ouro.Organizations.ContextAsync()).Id.ShouldBe(Ids.Global);
        (await ada.Ouro.Organizations.GetAsync(lab.Id)).Membership.ShouldBe(new Membership(Role.Admin, MembershipType.Internal));
        (await ada.Ouro.Organizations.ListAsync().Select(o => o.Name).ToListAsync()).ShouldContain("sdk-lab");
        (await pinned.Datasets.CreateAsync("in the lab", new[] { new { A = 1 } })).OrgId.ShouldBe(lab.Id);

        var eve = await server.Join("sdk_org_eve");
        await using var intruder = new OuroClient(new OuroOptions { ApiKey = eve.Key, BaseAddress = server.Api, Organization = lab.Id });
        (await Should.ThrowAsync<OuroException>(() => intruder.Organizations.ContextAsync())).Code.ShouldBe("org_context_forbidden");
        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Organizations.GetAsync(lab.Id))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task An_asset_is_looked_at_shared_and_deleted()
    {
        var ada = await server.Join("sdk_assets");
        var eve = await server.Join("sdk_assets_eve");
        var asset = await ada.Ouro.Datasets.CreateAsync("Shared numbers", new[] { new { A = 1 } });

        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Assets.GetAsync(asset.Id))).Code.ShouldBe("asset_not_found");
        var roles = await ada.Ouro.Assets.ShareAsync(asset.Id, eve.Id, Role.Read);
        roles.Select(p => (p.UserId, p.Role)).ShouldBe([(ada.Id, Role.Admin), (eve.Id, Role.Read)]);
        (await eve.Ouro.Assets.GetAsync(asset.Id)).Name.ShouldBe("Shared numbers");
        (await eve.Ouro.Assets.TypeAsync(asset.Id)).ShouldBe(AssetType.Dataset);
        await eve.Ouro.Assets.ViewAsync(asset.Id);
        await eve.Ouro.Assets.ViewAsync(asset.Id, new("api", "full", "/datasets"));
        (await ada.Ouro.Assets.CountsAsync(asset.Id)).Views.ShouldBeGreaterThan(0);
        (await eve.Ouro.Assets.PermissionsAsync(asset.Id)).Count.ShouldBe(2);
        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Assets.DeleteAsync(asset.Id))).Status.ShouldBe(403);
        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Assets.ShareAsync(asset.Id, eve.Id, Role.Admin))).Code.ShouldBe("share_forbidden");

        (await ada.Ouro.Assets.DeleteAsync(asset.Id, dryRun: true)).DryRun.ShouldBeTrue();
        (await ada.Ouro.Assets.DeleteAsync(asset.Id, deleteChildren: true)).Id.ShouldBe(asset.Id);
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Assets.TypeAsync(asset.Id))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_search_is_read_over_its_pages_by_cursor_and_by_offset()
    {
        var ada = await server.Join("sdk_search");
        for (var i = 0; i < 7; i++) await ada.Ouro.Datasets.CreateAsync($"Wombat numbers {i}", new[] { new { A = i } });
        var mine = new AssetSearch { UserId = ada.Id, Limit = 3, Types = [AssetType.Dataset], Visibilities = [Visibility.Private], Source = Source.Api, TopLevelOnly = true };

        var newest = await ada.Ouro.Assets.SearchAsync(mine).Select(a => a.Name).ToListAsync();
        newest.ShouldBe(Enumerable.Range(0, 7).Reverse().Select(i => (string?)$"Wombat numbers {i}"));
        var relevant = await ada.Ouro.Assets.SearchAsync(mine with { Query = "wombat", Sort = "relevant" }).ToListAsync();
        relevant.Select(a => a.Id).Distinct().Count().ShouldBe(7);
        relevant.ShouldAllBe(a => a.MatchSource == "name");
        (await ada.Ouro.Assets.SearchAsync(mine with { Offset = 5 }).CountAsync()).ShouldBe(2);

        var first = await ada.Ouro.Assets.SearchPageAsync(mine);
        (first.Items.Count, first.Pagination.HasMore).ShouldBe((3, true));
        var second = await ada.Ouro.Assets.SearchPageAsync(mine with { After = first.Pagination.After });
        second.Items[0].Name.ShouldBe("Wombat numbers 3");
        (await ada.Ouro.Assets.SearchAsync().Take(3).CountAsync()).ShouldBe(3);
        (await ada.Ouro.Assets.SearchAsync(mine with { Types = [AssetType.Post] }).CountAsync()).ShouldBe(0);
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Assets.SearchPageAsync(mine with { Limit = 0 }))).Code.ShouldBe("invalid_fields");
    }
}
