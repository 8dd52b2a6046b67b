using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Teams;

/// <summary>Who puts things into a team, and who sees them there.</summary>
public sealed class ContributeTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Members_who_write_create_and_who_could_join_at_a_click_may_at_once()
    {
        var ada = await server.Join("ada_puts");
        var lab = await server.Found("puts-lab", ada);
        var (writer, reader, stranger) = (await server.Member(lab, "writer_puts"), await server.Member(lab, "reader_puts", "read"), await server.Join("stranger_puts"));
        var team = await ada.Ouro.Teams.CreateAsync(new("open", lab.Id) { Visibility = Visibility.Public });
        foreach (var (person, inTeam, inDefault) in new[] { (ada, "200", "200"), (writer, "200", "200"), (reader, "403 read_only_role", "403 read_only_role"), (stranger, "403 not_a_member", "403 not_a_member") })
        {
            (await person.PublishRefused(lab.Id, team.Id)).ShouldBe(inTeam, person.Name);
            (await person.PublishRefused(lab.Id)).ShouldBe(inDefault, person.Name);
        }
        (await stranger.PublishRefused(lab.Id, lab.DefaultTeam!.Id)).ShouldBe("400 invalid_fields");
        (await stranger.PublishRefused(Guid.CreateVersion7())).ShouldBe("403 not_a_member");
        (await writer.PublishRefused(lab.Id, Guid.CreateVersion7())).ShouldBe("400 invalid_fields");
        (await writer.PublishRefused(Ids.Global, team.Id)).ShouldBe("400 invalid_fields");

        // Being in the team counts for more than being in the organization.
        await stranger.Ouro.Teams.JoinAsync(team.Id);
        await reader.Ouro.Teams.JoinAsync(team.Id);
        await ada.Ouro.Teams.AddMemberAsync(team.Id, new(writer.Id, Role.Read));
        (await stranger.PublishRefused(lab.Id, team.Id)).ShouldBe("200");
        (await stranger.PublishRefused(lab.Id)).ShouldBe("403 not_a_member");
        (await reader.PublishRefused(lab.Id, team.Id)).ShouldBe("200");
        (await writer.PublishRefused(lab.Id, team.Id)).ShouldBe("403 read_only_role");
        await ada.Ouro.Teams.ChangeMemberAsync(team.Id, writer.Id, Role.Admin);
        (await writer.PublishRefused(lab.Id, team.Id)).ShouldBe("200");
    }

    [Fact]
    public async Task Who_is_not_in_a_team_that_does_not_take_them_at_a_click_is_told_what_would()
    {
        var ada = await server.Join("ada_click");
        var lab = await server.Found("click-lab", ada);
        var (writer, bot) = (await server.Member(lab, "writer_click"), await server.Member(lab, "bot_click", kind: ActorType.Agent));
        foreach (var (name, join, kinds, person, agent) in new[]
        {
            ("asks", JoinPolicy.Request, ActorTypePolicy.Any, "403 join_first", "403 join_first"),
            ("closed", JoinPolicy.InviteOnly, ActorTypePolicy.Any, "403 join_first", "403 join_first"),
            ("agents", JoinPolicy.Open, ActorTypePolicy.AgentsOnly, "403 agents_only", "200"),
            ("verified", JoinPolicy.Open, ActorTypePolicy.VerifiedOnly, "403 verified_members_only", "403 verified_members_only"),
            ("both", JoinPolicy.Request, ActorTypePolicy.AgentsOnly, "403 agents_only", "403 join_first"),
        })
        {
            var team = await ada.Ouro.Teams.CreateAsync(new(name, lab.Id) { JoinPolicy = join, ActorTypePolicy = kinds });
            (await writer.PublishRefused(lab.Id, team.Id)).ShouldBe(person, name);
            (await bot.PublishRefused(lab.Id, team.Id)).ShouldBe(agent, name);
            // Its admins, and its organization's, need not be admitted.
            (await ada.PublishRefused(lab.Id, team.Id)).ShouldBe("200");
        }
    }

    [Fact]
    public async Task The_source_policy_goes_by_the_door_that_was_really_used()
    {
        var ada = await server.Join("ada_doors");
        var lab = await server.Found("doors-lab", ada);
        using var browser = await ada.Browser();
        var (web, api) = (await ada.Ouro.Teams.CreateAsync(new("web", lab.Id) { SourcePolicy = SourcePolicy.WebOnly }), await ada.Ouro.Teams.CreateAsync(new("api", lab.Id) { SourcePolicy = SourcePolicy.ApiOnly }));
        (await ada.PublishRefused(lab.Id, web.Id)).ShouldBe("403 web_only");
        (await ada.PublishRefused(lab.Id, api.Id)).ShouldBe("200");
        // What a body or a header says of itself changes nothing.
        ada.Http.DefaultRequestHeaders.Add("X-Ouro-Client", "web");
        (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Lies", org_id = lab.Id, team_id = web.Id, source = "web", schema = "CREATE TABLE t (a INTEGER)" } }, HttpStatusCode.Forbidden))
            .Code().ShouldBe("web_only");
        (await ada.PostText($"/datasets/create/from-file?file_name=a.csv&org_id={lab.Id}&team_id={web.Id}", "a\n1\n", HttpStatusCode.Forbidden, "text/csv")).Code().ShouldBe("web_only");
        (await browser.Upload(lab.Id, web.Id)).Status.ShouldBe(HttpStatusCode.OK);
        var (status, body) = await browser.Upload(lab.Id, api.Id);
        (status, body.Contains("api_only", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Forbidden, true));
        (await browser.Upload(lab.Id, api.Id, "Authorization: " + ada.Key)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await server.Db.Query<string>($"select source from assets where team_id = {web.Id}", default)).ShouldBe(["web"]);

        // It is asked again where something moves in, and not where something is changed in its place.
        var elsewhere = await ada.Publish("Elsewhere", lab.Id);
        (await ada.Ouro.Assets.UpdateAsync(elsewhere, new() { TeamId = web.Id }).Refused()).ShouldBe("403 web_only");
        var inside = await server.Db.Maybe<Guid>($"select id from assets where team_id = {web.Id}", default);
        (await ada.Ouro.Assets.UpdateAsync(inside, new() { Name = "Changed", Visibility = Visibility.Private })).Name.ShouldBe("Changed");
    }

    [Fact]
    public async Task Visibility_follows_the_team_and_nothing_in_an_internal_one_is_public()
    {
        var ada = await server.Join("ada_boundary");
        var lab = await server.Found("boundary-lab", ada);
        var eve = await server.Join("eve_boundary");
        var (open, internal_) = (await ada.Ouro.Teams.CreateAsync(new("open", lab.Id) { Visibility = Visibility.Public }), await ada.Ouro.Teams.CreateAsync(new("internal", lab.Id)));
        (await Of(await ada.Publish("a", lab.Id, open.Id))).ShouldBe(Visibility.Public);
        var held = await ada.Publish("b", lab.Id, internal_.Id);
        (await Of(held)).ShouldBe(Visibility.Organization);
        (await Of(await ada.Publish("c", lab.Id, internal_.Id, "private"))).ShouldBe(Visibility.Private);
        foreach (var visibility in (string[])["public", "monetized"])
        {
            (await ada.PublishRefused(lab.Id, internal_.Id, visibility)).ShouldBe("403 internal_team");
            (await ada.Put($"/assets/{held}", new { asset = new { visibility, price_usd = visibility == "public" ? (int?)null : 1 } }, HttpStatusCode.Forbidden)).Code().ShouldBe("internal_team");
        }
        await eve.Get($"/assets/{held}", HttpStatusCode.NotFound);
        // Publishing is one update that moves and says who sees it.
        (await ada.Ouro.Assets.UpdateAsync(held, new() { TeamId = open.Id, Visibility = Visibility.Public })).TeamId.ShouldBe(open.Id);
        await eve.Get($"/assets/{held}");
        (await ada.Ouro.Assets.UpdateAsync(held, new() { TeamId = internal_.Id }).Refused()).ShouldBe("403 internal_team");
        (await ada.Ouro.Assets.UpdateAsync(held, new() { TeamId = internal_.Id, Visibility = Visibility.Organization })).Visibility.ShouldBe(Visibility.Organization);

        Task<Visibility> Of(Guid id) => Seen(ada, id);
    }

    [Fact]
    public async Task An_organization_says_who_publishes_and_what_is_public_already_stays()
    {
        var ada = await server.Join("ada_publishes");
        var lab = await server.Found("publishes-lab", ada);
        var bob = await server.Member(lab, "bob_publishes");
        var team = await ada.Ouro.Teams.CreateAsync(new("open", lab.Id) { Visibility = Visibility.Public });
        var before = await bob.Publish("Before", lab.Id, team.Id);
        var inner = await bob.Publish("Inner", lab.Id, team.Id, "organization");
        foreach (var (policy, admin) in new[] { ("admins", "200"), ("off", "403 public_publishing_off") })
        {
            await server.Db.Run($"update organizations set public_publishing = {policy} where id = {lab.Id}", default);
            var code = "403 public_publishing_" + policy;
            (await bob.PublishRefused(lab.Id, team.Id)).ShouldBe(code);
            (await bob.PublishRefused(lab.Id, team.Id, "organization")).ShouldBe("200");
            (await ada.PublishRefused(lab.Id, team.Id)).ShouldBe(admin);
            (await bob.Ouro.Assets.UpdateAsync(inner, new() { Visibility = Visibility.Public }).Refused()).ShouldBe(code);
            (await bob.Ouro.Assets.UpdateAsync(inner, new() { Visibility = Visibility.Monetized, PriceUsd = 3 }).Refused()).ShouldBe(code);
            (await bob.Ouro.Assets.UpdateAsync(before, new() { Name = "Still", Visibility = Visibility.Public })).Visibility.ShouldBe(Visibility.Public);
            var personal = await bob.Publish("Personal " + policy, Ids.Global, visibility: "public");
            (await bob.Ouro.Assets.UpdateAsync(personal, new() { OrgId = lab.Id, TeamId = team.Id }).Refused()).ShouldBe(code);
        }
        (await bob.PostText($"/datasets/create/from-file?file_name=a.csv&org_id={lab.Id}&team_id={team.Id}&visibility=public", "a\n1\n", HttpStatusCode.Forbidden, "text/csv")).Code().ShouldBe("public_publishing_off");
    }

    [Fact]
    public async Task An_import_that_was_accepted_is_asked_again_when_it_is_loaded()
    {
        var ada = await server.Join("ada_loads");
        var lab = await server.Found("loads-lab", ada);
        var bob = await server.Member(lab, "bob_loads");
        var team = await ada.Ouro.Teams.CreateAsync(new("loads", lab.Id));
        // The file is accepted, and while it waits for what holds its team its sender is banned.
        await using var tx = await server.Db.Begin(default);
        await tx.Run($"select from teams where id = {team.Id} for update", default);
        var sent = bob.PostText($"/datasets/create/from-file?file_name=late.csv&org_id={lab.Id}&team_id={team.Id}", "a\n1\n", HttpStatusCode.Forbidden, "text/csv");
        while (!sent.IsCompleted && !await tx.Maybe<bool>($"select exists (select from pg_locks where not granted)", default)) await Task.Delay(20);
        sent.IsCompleted.ShouldBeFalse("it was accepted, and waits");
        await tx.Run($"insert into team_bans (id, team_id, user_id, created_at) values ({Guid.CreateVersion7()}, {team.Id}, {bob.Id}, now())", default);
        await tx.Commit(default);
        (await sent).Code().ShouldBe("banned_from_team");
        (await ada.Ouro.Teams.GetAsync(team.Id)).Metrics!["datasets"].ShouldBe(0);
    }

    [Fact]
    public async Task A_query_saved_as_a_dataset_obeys_the_team_too()
    {
        var ada = await server.Join("ada_saves");
        var lab = await server.Found("saves-lab", ada);
        var reader = await server.Member(lab, "reader_saves", "read");
        var source = await ada.Publish("Source", lab.Id);
        (await reader.Post("/datasets/create/from-query", new { name = "Saved", dataset_id = source, query = "select 1 as a", org_id = lab.Id }, HttpStatusCode.Forbidden)).Code().ShouldBe("read_only_role");
    }

    [Fact]
    public async Task A_team_with_public_things_becomes_internal_only_when_they_do()
    {
        var (ada, eve) = (await server.Join("ada_unpublishes"), await server.Join("eve_unpublishes"));
        var lab = await server.Found("unpublishes-lab", ada);
        var bob = await server.Member(lab, "bob_unpublishes");
        var team = await ada.Ouro.Teams.CreateAsync(new("open", lab.Id) { Visibility = Visibility.Public });
        await eve.Ouro.Teams.JoinAsync(team.Id);
        await bob.Ouro.Teams.JoinAsync(team.Id);
        var (open, sold, own) = (await eve.Publish("Open", lab.Id, team.Id), await bob.Publish("Sold", lab.Id, team.Id), await bob.Publish("Own", lab.Id, team.Id, "private"));
        await bob.Ouro.Assets.UpdateAsync(sold, new() { Visibility = Visibility.Monetized, PriceUsd = 5, PriceSats = 100 });

        var refused = await ada.Put($"/teams/{team.Id}", new { team = new { visibility = "organization" } }, HttpStatusCode.Conflict);
        (refused.Code(), refused.GetProperty("error").GetProperty("details").GetProperty("public_assets").GetInt32()).ShouldBe(("team_has_public_assets", 2));
        (await ada.Ouro.Teams.GetAsync(team.Id)).Visibility.ShouldBe(Visibility.Public);
        (await ada.Ouro.Teams.UpdateAsync(team.Id, new() { Visibility = Visibility.Organization, Unpublish = true })).MemberCount.ShouldBe(2);
        (await eve.Ouro.Teams.GetAsync(team.Id).Refused()).ShouldBe("404 team_not_found");
        (await eve.Ouro.Assets.GetAsync(open)).Visibility.ShouldBe(Visibility.Organization);
        (await eve.PublishRefused(lab.Id, team.Id)).ShouldBe("400 invalid_fields");
        var now = await ada.Ouro.Assets.GetAsync(sold);
        (now.Visibility, now.Monetization, now.PriceUsd, now.PriceSats, now.PriceCurrency).ShouldBe((Visibility.Organization, "none", null, null, null));
        (await bob.Ouro.Assets.GetAsync(own)).Visibility.ShouldBe(Visibility.Private);

        // Back to public changes nothing that is in it.
        await ada.Ouro.Teams.UpdateAsync(team.Id, new() { Visibility = Visibility.Public });
        (await ada.Ouro.Assets.GetAsync(open)).Visibility.ShouldBe(Visibility.Organization);
    }

    [Fact]
    public async Task What_was_in_a_deleted_team_is_in_the_default_team_and_internal_there()
    {
        var ada = await server.Join("ada_deletes");
        var lab = await server.Found("deletes-lab", ada);
        var team = await ada.Ouro.Teams.CreateAsync(new("doomed", lab.Id) { Visibility = Visibility.Public });
        var (open, sold, own) = (await ada.Publish("Open", lab.Id, team.Id), await ada.Publish("Sold", lab.Id, team.Id), await ada.Publish("Own", lab.Id, team.Id, "private"));
        await ada.Ouro.Assets.UpdateAsync(sold, new() { Visibility = Visibility.Monetized, PriceUsd = 5 });
        var address = (await ada.Ouro.Assets.GetAsync(open)).Slug;
        var gone = await ada.Ouro.Teams.DeleteAsync(team.Id);
        (gone.Name, gone.MovedTo, gone.MovedAssets).ShouldBe(("doomed", lab.DefaultTeam!.Id, 3));
        (await ada.Ouro.Teams.GetAsync(team.Id).Refused()).ShouldBe("404 team_not_found");
        (await ada.Ouro.Teams.DeleteAsync(team.Id).Refused()).ShouldBe("404 team_not_found");
        foreach (var (id, visibility) in new[] { (open, Visibility.Organization), (sold, Visibility.Organization), (own, Visibility.Private) })
            (await ada.Ouro.Assets.GetAsync(id)).ShouldSatisfyAllConditions(a => a.TeamId.ShouldBe(lab.DefaultTeam.Id), a => a.Visibility.ShouldBe(visibility), a => a.Monetization.ShouldBe("none"), a => a.PriceUsd.ShouldBeNull());
        (await ada.Ouro.Assets.GetAsync(open)).Slug.ShouldBe(address);
        (await ada.Ouro.Teams.CreateAsync(new("doomed", lab.Id))).Id.ShouldNotBe(team.Id);

        var global = await ada.Ouro.Teams.CreateAsync(new("deletes-global"));
        var stays = await ada.Publish("Stays public", Ids.Global, global.Id, "public");
        await ada.Ouro.Teams.DeleteAsync(global.Id);
        (await ada.Ouro.Assets.GetAsync(stays)).ShouldSatisfyAllConditions(a => a.TeamId.ShouldBe(Ids.Global), a => a.Visibility.ShouldBe(Visibility.Public));
    }

    [Fact]
    public async Task What_inherits_stays_with_its_parent_when_a_banned_account_s_things_move()
    {
        var (ada, eve) = (await server.Join("ada_below"), await server.Join("eve_below"));
        var team = await ada.Ouro.Teams.CreateAsync(new("below"));
        var (hers, others) = (await eve.Publish("Hers", Ids.Global, team.Id, "public"), await ada.Publish("Others", Ids.Global, team.Id, "public"));
        var (onHers, onOthers) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (id, parent, owner) in new[] { (onHers, hers, ada.Id), (onOthers, others, eve.Id) })
            await server.Db.Run($$"""
                insert into assets (id, asset_type, user_id, org_id, team_id, parent_id, name, visibility, attribution, source, created_at, last_updated)
                values ({{id}}, 'comment', {{owner}}, {{Ids.Global}}, {{team.Id}}, {{parent}}, '', 'inherit', jsonb_build_object(), 'api', now(), now())
                """, default);
        await ada.Ouro.Teams.BanAsync(team.Id, new(eve.Id) { RemoveContributions = true });
        foreach (var (id, place) in new[] { (hers, Ids.Global), (onHers, Ids.Global), (others, team.Id), (onOthers, team.Id) })
            (await server.Db.Maybe<Guid>($"select team_id from assets where id = {id}", default)).ShouldBe(place);
    }

    static async Task<Visibility> Seen(Person person, Guid id) => (await person.Ouro.Assets.GetAsync(id)).Visibility;
}
