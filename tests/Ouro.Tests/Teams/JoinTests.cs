using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Teams;

public sealed class JoinTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_public_team_admits_strangers_and_makes_them_no_members_of_the_organization()
    {
        var (ada, eve) = (await server.Join("ada_open"), await server.Join("eve_open"));
        var lab = await server.Found("open-lab", ada);
        var team = await ada.Ouro.Teams.CreateAsync(new("open", lab.Id) { Visibility = Visibility.Public, DefaultRole = Role.Read });
        var joined = await eve.Ouro.Teams.JoinAsync(team.Id);
        (joined.JoinStatus, joined.UserMembership!.Role, joined.UserMembership.MembershipType, joined.MemberCount).ShouldBe((JoinStatus.Joined, Role.Read, MembershipType.External, 2));
        (await eve.Get($"/organizations/user")).Data().GetArrayLength().ShouldBe(0);
        (await eve.Get($"/teams/{lab.DefaultTeam!.Id}", HttpStatusCode.NotFound)).Code().ShouldBe("team_not_found");
        // Once more, it changes nothing.
        await ada.Ouro.Teams.ChangeMemberAsync(team.Id, eve.Id, Role.Write);
        (await eve.Ouro.Teams.JoinAsync(team.Id)).UserMembership!.Role.ShouldBe(Role.Write);
        (await eve.Ouro.Teams.MembersAsync(team.Id).Select(m => (m.User.Username, m.Role)).ToListAsync()).ShouldBe([("ada_open", Role.Admin), ("eve_open", Role.Write)]);

        var internal_ = await ada.Ouro.Teams.CreateAsync(new("internal", lab.Id));
        (await eve.Ouro.Teams.JoinAsync(internal_.Id).Refused()).ShouldBe("404 team_not_found");
        await server.Enrol(lab, eve);
        (await eve.Ouro.Teams.JoinAsync(internal_.Id)).UserMembership!.MembershipType.ShouldBe(MembershipType.Internal);
        (await server.Db.Query<string>($"select name from events where team_id = {team.Id} order by id", default)).ShouldBe(["team.created", "team.joined", "team.member_changed"]);
    }

    [Theory]
    [InlineData(ActorTypePolicy.VerifiedOnly, ActorType.Base, "403 verified_members_only")]
    [InlineData(ActorTypePolicy.VerifiedOnly, ActorType.Agent, "403 verified_members_only")]
    [InlineData(ActorTypePolicy.VerifiedOnly, ActorType.Verified, null)]
    [InlineData(ActorTypePolicy.AgentsOnly, ActorType.Base, "403 agents_only")]
    [InlineData(ActorTypePolicy.AgentsOnly, ActorType.Verified, "403 agents_only")]
    [InlineData(ActorTypePolicy.AgentsOnly, ActorType.Agent, null)]
    [InlineData(ActorTypePolicy.Any, ActorType.Agent, null)]
    public async Task Who_joins_is_for_the_actor_type_policy_to_say(ActorTypePolicy policy, ActorType kind, string? refusal)
    {
        var name = $"{policy}_{kind}".ToLowerInvariant();
        var (ada, eve) = (await server.Join("ada_" + name), await server.Join("eve_" + name, kind));
        var lab = await server.Found(name.Replace('_', '-'), ada);
        foreach (var join in Enum.GetValues<JoinPolicy>())
        {
            var team = await ada.Ouro.Teams.CreateAsync(new("t-" + join.ToString().ToLowerInvariant(), lab.Id) { Visibility = Visibility.Public, JoinPolicy = join, ActorTypePolicy = policy });
            // Whom the policy does not admit is told so first, however one comes in; and an admin cannot put them in either.
            if (refusal is not null)
            {
                (await eve.Ouro.Teams.JoinAsync(team.Id).Refused()).ShouldBe(refusal);
                (await ada.Ouro.Teams.AddMemberAsync(team.Id, new(eve.Id)).Refused()).ShouldBe(refusal);
            }
            else if (join == JoinPolicy.InviteOnly)
                (await eve.Ouro.Teams.JoinAsync(team.Id).Refused()).ShouldBe("403 invite_only");
            else
                (await eve.Ouro.Teams.JoinAsync(team.Id)).JoinStatus.ShouldBe(join == JoinPolicy.Open ? JoinStatus.Joined : JoinStatus.Pending);
        }
    }

    [Fact]
    public async Task Who_is_in_stays_when_the_policy_changes()
    {
        var (ada, eve) = (await server.Join("ada_stays"), await server.Join("eve_stays"));
        var team = await ada.Ouro.Teams.CreateAsync(new("stays"));
        await eve.Ouro.Teams.JoinAsync(team.Id);
        await ada.Ouro.Teams.UpdateAsync(team.Id, new() { ActorTypePolicy = ActorTypePolicy.AgentsOnly });
        (await eve.Ouro.Teams.JoinAsync(team.Id)).JoinStatus.ShouldBe(JoinStatus.Joined);
        await eve.Ouro.Teams.LeaveAsync(team.Id);
        (await eve.Ouro.Teams.JoinAsync(team.Id).Refused()).ShouldBe("403 agents_only");
    }

    [Fact]
    public async Task A_request_waits_for_an_admin_who_decides_it_once()
    {
        var (ada, eve, bob) = (await server.Join("ada_asks"), await server.Join("eve_asks"), await server.Join("bob_asks"));
        var team = await ada.Ouro.Teams.CreateAsync(new("asks") { JoinPolicy = JoinPolicy.Request });
        var asked = await eve.Ouro.Teams.JoinAsync(team.Id, "I grow crystals");
        (asked.JoinStatus, asked.JoinRequestPending, asked.UserMembership, asked.UserJoinRequest!.Message).ShouldBe((JoinStatus.Pending, true, null, "I grow crystals"));
        (await eve.Ouro.Teams.JoinAsync(team.Id, "again")).UserJoinRequest!.Id.ShouldBe(asked.UserJoinRequest.Id);
        await bob.Ouro.Teams.JoinAsync(team.Id);
        (await bob.Ouro.Teams.JoinRequestsAsync(team.Id).Select(r => r.User.Username).ToListAsync()).ShouldBe(["bob_asks"]);
        var waiting = await ada.Ouro.Teams.JoinRequestsAsync(team.Id, RequestStatus.Pending).ToListAsync();
        waiting.Select(r => r.User.Username).ShouldBe(["bob_asks", "eve_asks"]);
        (await ada.Get($"/teams/{team.Id}/join-requests?status=sometime", HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");

        (await eve.Ouro.Teams.ApproveAsync(team.Id, asked.UserJoinRequest.Id).Refused()).ShouldBe("403 not_a_team_admin");
        var approved = await ada.Ouro.Teams.ApproveAsync(team.Id, asked.UserJoinRequest.Id);
        (approved.Status, approved.ReviewedAt is not null).ShouldBe((RequestStatus.Approved, true));
        (await eve.Ouro.Teams.GetAsync(team.Id)).JoinStatus.ShouldBe(JoinStatus.Joined);
        (await ada.Ouro.Teams.ApproveAsync(team.Id, approved.Id).Refused()).ShouldBe("409 request_reviewed");
        (await ada.Ouro.Teams.RejectAsync(team.Id, approved.Id).Refused()).ShouldBe("409 request_reviewed");
        (await ada.Ouro.Teams.RejectAsync(team.Id, waiting[0].Id)).Status.ShouldBe(RequestStatus.Rejected);
        (await bob.Ouro.Teams.GetAsync(team.Id)).JoinStatus.ShouldBe(JoinStatus.None);
        (await bob.Ouro.Teams.JoinAsync(team.Id)).UserJoinRequest!.Id.ShouldNotBe(waiting[0].Id);

        // A request of another team is none of this one.
        var other = await bob.Ouro.Teams.CreateAsync(new("asks-other") { JoinPolicy = JoinPolicy.Request });
        var foreign = (await eve.Ouro.Teams.JoinAsync(other.Id)).UserJoinRequest!.Id;
        (await ada.Ouro.Teams.ApproveAsync(team.Id, foreign).Refused()).ShouldBe("404 request_not_found");
        // Who was put in, or kept out, has been answered.
        await bob.Ouro.Teams.AddMemberAsync(other.Id, new(eve.Id));
        (await eve.Ouro.Teams.JoinRequestsAsync(other.Id).Select(r => r.Status).ToListAsync()).ShouldBe([RequestStatus.Approved]);
        await ada.Ouro.Teams.BanAsync(team.Id, new(bob.Id));
        (await bob.Ouro.Teams.JoinRequestsAsync(team.Id).Select(r => r.Status).ToListAsync()).ShouldBe([RequestStatus.Rejected, RequestStatus.Rejected]);
    }

    [Fact]
    public async Task Admins_add_change_and_remove_members_and_a_team_may_be_left_without_one()
    {
        var (ada, eve) = (await server.Join("ada_adds"), await server.Join("eve_adds"));
        var lab = await server.Found("adds-lab", ada);
        var bob = await server.Member(lab, "bob_adds");
        var team = await bob.Ouro.Teams.CreateAsync(new("adds", lab.Id) { JoinPolicy = JoinPolicy.InviteOnly, DefaultRole = Role.Read });
        (await bob.Ouro.Teams.AddMemberAsync(team.Id, new(eve.Id)).Refused()).ShouldBe("403 not_a_member");
        (await bob.Ouro.Teams.AddMemberAsync(team.Id, new(Guid.CreateVersion7())).Refused()).ShouldBe("404 user_not_found");
        await bob.Post($"/teams/{team.Id}/members", new { user_id = ada.Id, role = "none" }, HttpStatusCode.BadRequest);
        (await bob.Ouro.Teams.AddMemberAsync(team.Id, new(ada.Id))).Role.ShouldBe(Role.Read);
        (await bob.Ouro.Teams.AddMemberAsync(team.Id, new(ada.Id, Role.Admin))).Role.ShouldBe(Role.Read);
        // Who administers the organization administers its teams, whatever their role there.
        (await ada.Ouro.Teams.GetAsync(team.Id)).CanModerate.ShouldBeTrue();
        (await ada.Ouro.Teams.ChangeMemberAsync(team.Id, bob.Id, Role.Read)).Role.ShouldBe(Role.Read);
        (await bob.Ouro.Teams.UpdateAsync(team.Id, new() { Name = "mine" }).Refused()).ShouldBe("403 not_a_team_admin");
        (await ada.Ouro.Teams.ChangeMemberAsync(team.Id, eve.Id, Role.Read).Refused()).ShouldBe("404 member_not_found");
        await ada.Ouro.Teams.ChangeMemberAsync(team.Id, bob.Id, Role.Admin);
        (await bob.Delete($"/teams/{team.Id}/members/{bob.Id}")).Data().GetProperty("joinStatus").GetString().ShouldBe("none");
        (await bob.Get($"/teams/{team.Id}/leave")).Data().GetProperty("joinStatus").GetString().ShouldBe("none");
        (await ada.Ouro.Teams.RemoveMemberAsync(team.Id, bob.Id).Refused()).ShouldBe("404 member_not_found");
        await ada.Ouro.Teams.LeaveAsync(team.Id);
        (await ada.Ouro.Teams.GetAsync(team.Id)).ShouldSatisfyAllConditions(t => t.MemberCount.ShouldBe(0), t => t.CanModerate.ShouldBeTrue());
        (await ada.Ouro.Teams.AddMemberAsync(team.Id, new(bob.Id))).AddedAt.ShouldBeGreaterThan(team.CreatedAt);
        (await ada.Ouro.Teams.RemoveMemberAsync(team.Id, bob.Id)).MemberCount.ShouldBe(0);
    }

    [Fact]
    public async Task Operators_are_admins_of_the_teams_of_the_global_organization_and_of_no_others()
    {
        var (ada, oper) = (await server.Join("ada_oper"), await server.Join("oper_oper", isOperator: true));
        var lab = await server.Found("oper-lab", ada);
        var (global, labs) = (await ada.Ouro.Teams.CreateAsync(new("oper-global")), await ada.Ouro.Teams.CreateAsync(new("public", lab.Id) { Visibility = Visibility.Public }));
        (await oper.Ouro.Teams.UpdateAsync(global.Id, new() { Description = Content.Of("Looked after") })).CanModerate.ShouldBeTrue();
        (await oper.Ouro.Teams.UpdateAsync(labs.Id, new() { Description = Content.Of("Not mine") }).Refused()).ShouldBe("403 not_a_team_admin");
    }

    [Fact]
    public async Task A_ban_ends_membership_keeps_agents_out_too_and_lifting_it_restores_nothing()
    {
        var (ada, eve, bot, oper) = (await server.Join("ada_bans"), await server.Join("eve_bans"), await server.Join("bot_bans", ActorType.Agent), await server.Join("oper_bans", isOperator: true));
        await server.Owns(eve, bot);
        var team = await ada.Ouro.Teams.CreateAsync(new("bans"));
        await eve.Ouro.Teams.JoinAsync(team.Id);
        await bot.Ouro.Teams.JoinAsync(team.Id);
        var (hers, its) = (await eve.Publish("Hers", Ids.Global, team.Id), await bot.Publish("Its", Ids.Global, team.Id));

        var ban = await ada.Ouro.Teams.BanAsync(team.Id, new(eve.Id, "Spam"));
        (ban.User.Username, ban.Reason).ShouldBe(("eve_bans", "Spam"));
        (await ada.Ouro.Teams.GetAsync(team.Id)).MemberCount.ShouldBe(1);
        foreach (var kept in (Person[])[eve, bot])
        {
            (await kept.Ouro.Teams.JoinAsync(team.Id).Refused()).ShouldBe("403 banned_from_team");
            (await kept.PublishRefused(Ids.Global, team.Id)).ShouldBe("403 banned_from_team");
            (await ada.Ouro.Teams.AddMemberAsync(team.Id, new(kept.Id)).Refused()).ShouldBe("409 member_banned");
        }
        (await eve.Ouro.Assets.GetAsync(hers)).TeamId.ShouldBe(team.Id);
        (await ada.Ouro.Teams.BanAsync(team.Id, new(oper.Id)).Refused()).ShouldBe("403 organization_admin");
        (await ada.Ouro.Teams.BanAsync(team.Id, new(Guid.CreateVersion7())).Refused()).ShouldBe("404 user_not_found");

        (await ada.Ouro.Teams.BanAsync(team.Id, new(eve.Id) { RemoveContributions = true })).Reason.ShouldBe("Spam");
        foreach (var moved in (Guid[])[hers, its]) (await eve.Server.Db.Maybe<Guid>($"select team_id from assets where id = {moved}", default)).ShouldBe(Ids.Global);
        (await ada.Ouro.Teams.BansAsync(team.Id).CountAsync()).ShouldBe(1);
        await ada.Ouro.Teams.UnbanAsync(team.Id, eve.Id);
        (await ada.Ouro.Teams.UnbanAsync(team.Id, eve.Id).Refused()).ShouldBe("404 ban_not_found");
        (await eve.Ouro.Teams.GetAsync(team.Id)).JoinStatus.ShouldBe(JoinStatus.None);
        (await bot.Ouro.Teams.JoinAsync(team.Id)).JoinStatus.ShouldBe(JoinStatus.Joined);

        // Only the agent, and before it ever came.
        var second = await server.Join("second_bans", ActorType.Agent);
        await server.Owns(eve, second);
        await ada.Ouro.Teams.BanAsync(team.Id, new(second.Id));
        (await second.Ouro.Teams.JoinAsync(team.Id).Refused()).ShouldBe("403 banned_from_team");
        (await eve.Ouro.Teams.JoinAsync(team.Id)).JoinStatus.ShouldBe(JoinStatus.Joined);
    }
}
