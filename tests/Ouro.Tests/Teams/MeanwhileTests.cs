using Shouldly;
using Xunit;

namespace Ouro.Tests.Teams;

/// <summary>Several at once: whatever their order, one of the orders is what happened.</summary>
public sealed class MeanwhileTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Joining_many_times_at_once_is_joining_once()
    {
        var (ada, eve) = (await server.Join("ada_once"), await server.Join("eve_once"));
        var (open, asks) = (await ada.Ouro.Teams.CreateAsync(new("once-open")), await ada.Ouro.Teams.CreateAsync(new("once-asks") { JoinPolicy = JoinPolicy.Request }));
        var joined = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => eve.Ouro.Teams.JoinAsync(open.Id)));
        joined.ShouldAllBe(t => t.JoinStatus == JoinStatus.Joined && t.MemberCount == 2);
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => eve.Ouro.Teams.JoinAsync(asks.Id)));
        asked.Select(t => t.UserJoinRequest!.Id).Distinct().Count().ShouldBe(1);
        (await server.Db.Query<string>($"select name from events where actor_id = {eve.Id} order by id", default)).ShouldBe(["team.joined", "team.join_requested"]);

        var request = asked[0].UserJoinRequest!.Id;
        var decided = await Task.WhenAll(Enumerable.Range(0, 6).Select(async n =>
        {
            try
            {
                return (await (n % 2 == 0 ? ada.Ouro.Teams.ApproveAsync(asks.Id, request) : ada.Ouro.Teams.RejectAsync(asks.Id, request))).Status.ToString();
            }
            catch (OuroException refusal)
            {
                return refusal.Code;
            }
        }));
        decided.Count(d => d == "request_reviewed").ShouldBe(5);
        (await eve.Ouro.Teams.GetAsync(asks.Id)).JoinStatus.ShouldBe(decided.Contains("Approved") ? JoinStatus.Joined : JoinStatus.None);
    }

    [Fact]
    public async Task Nobody_is_in_a_team_that_they_were_banned_from_while_joining()
    {
        var (ada, eve) = (await server.Join("ada_race"), await server.Join("eve_race"));
        foreach (var n in Enumerable.Range(0, 6))
        {
            var team = await ada.Ouro.Teams.CreateAsync(new($"race-{n}"));
            await Task.WhenAll(ada.Ouro.Teams.BanAsync(team.Id, new(eve.Id)), Tried(eve.Ouro.Teams.JoinAsync(team.Id)), Tried(eve.Publish("Raced", Ids.Global, team.Id)));
            (await ada.Ouro.Teams.MembersAsync(team.Id).Select(m => m.UserId).ToListAsync()).ShouldBe([ada.Id]);
        }
    }

    [Fact]
    public async Task What_is_created_while_its_team_is_deleted_is_in_the_default_team_or_refused()
    {
        var ada = await server.Join("ada_vanish");
        var lab = await server.Found("vanish-lab", ada);
        foreach (var n in Enumerable.Range(0, 6))
        {
            var team = await ada.Ouro.Teams.CreateAsync(new($"vanish-{n}", lab.Id) { Visibility = Visibility.Public });
            var created = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ada.PublishRefused(lab.Id, team.Id)));
            var joined = Tried(ada.Ouro.Teams.JoinAsync(team.Id));
            await ada.Ouro.Teams.DeleteAsync(team.Id);
            (await created).ShouldAllBe(answer => answer == "200" || answer == "400 invalid_fields");
            await joined;
        }
        // All of them are where the teams' things went, and none of them is public there.
        (await server.Db.Maybe<long>($"select count(*) from assets where org_id = {lab.Id} and (team_id <> {lab.DefaultTeam!.Id} or visibility <> 'organization')", default)).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_is_public_in_a_team_that_became_internal_meanwhile()
    {
        var ada = await server.Join("ada_closing");
        var lab = await server.Found("closing-lab", ada);
        foreach (var n in Enumerable.Range(0, 6))
        {
            var team = await ada.Ouro.Teams.CreateAsync(new($"closing-{n}", lab.Id) { Visibility = Visibility.Public });
            var inner = await ada.Publish("Inner", lab.Id, team.Id, "organization");
            await Task.WhenAll(Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ada.PublishRefused(lab.Id, team.Id, "public"))),
                Tried(ada.Ouro.Assets.UpdateAsync(inner, new() { Visibility = Visibility.Public })),
                ada.Ouro.Teams.UpdateAsync(team.Id, new() { Visibility = Visibility.Organization, Unpublish = true }));
            (await server.Db.Maybe<long>($"select count(*) from assets where team_id = {team.Id} and visibility = 'public'", default)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_name_is_taken_once_whoever_comes_at_once()
    {
        var ada = await server.Join("ada_same");
        var lab = await server.Found("same-lab", ada);
        var other = await ada.Ouro.Teams.CreateAsync(new("other", lab.Id));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Tried(n % 2 == 0 ? ada.Ouro.Teams.CreateAsync(new("same", lab.Id)) : ada.Ouro.Teams.UpdateAsync(other.Id, new() { Name = "same" }))));
        outcomes.ShouldAllBe(o => o == null || o == "team_name_taken");
        (await ada.Ouro.Teams.ListAsync(new() { OrgId = lab.Id, Query = "same" }).CountAsync()).ShouldBe(1);
    }

    static async Task<string?> Tried(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (OuroException refusal)
        {
            return refusal.Code;
        }
        catch (ShouldAssertException)
        {
            return "refused";
        }
    }
}
