using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

public sealed class VerificationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_operator_vouches_and_it_counts_from_the_next_request_on()
    {
        var (op, ada) = (await server.Join("op_vouches", isOperator: true), await server.Join("ada_vouched"));
        (await ada.Get("/user")).Data().GetProperty("actor_type").GetString().ShouldBe("base");
        var seen = await op.Ouro.Users.VerifyAsync("ada_vouched");
        (seen.ActorType, seen.VerifiedBy!.Username, seen.Badges.Single()).ShouldBe((ActorType.Verified, "op_vouches", "verified"));
        seen.VerifiedAt.ShouldNotBeNull();
        (await ada.Get("/user")).Data().GetProperty("actor_type").GetString().ShouldBe("verified");
        (await server.Db.Maybe<long>($"select count(*) from events where name = 'user.verified' and subject_id = {ada.Id} and actor_id = {op.Id}", default)).ShouldBe(1);
        (await op.Ouro.Users.UnverifyAsync("ada_vouched")).ActorType.ShouldBe(ActorType.Base);
        (await ada.Get("/user")).Data().GetProperty("actor_type").GetString().ShouldBe("base");
        (await op.Get("/users/op_vouches")).Data().GetProperty("badges")[0].GetString().ShouldBe("operator");
    }

    [Fact]
    public async Task An_admin_vouches_for_members_of_their_organization_and_for_nobody_else()
    {
        var (admin, member, stranger, op) = (await server.Join("admin_v"), await server.Join("member_v"), await server.Join("stranger_v"), await server.Join("op_v", isOperator: true));
        var lab = await server.Found("vouching-lab", admin);
        await server.Db.Run($"insert into organization_members (org_id, user_id, role, added_at) values ({lab.Id}, {member.Id}, 'write', now())", default);
        (await member.Put("/users/admin_v/verification", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("verification_forbidden");
        (await admin.Put("/users/stranger_v/verification", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("verification_forbidden");
        (await admin.Put("/users/admin_v/verification", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("verification_forbidden");
        (await admin.Put("/users/member_v/verification", new { })).Data().GetProperty("verified_by").GetProperty("username").GetString().ShouldBe("admin_v");
        // What an admin of the organization did is told to its admins.
        (await server.Db.Maybe<Guid?>($"select org_id from events where name = 'user.verified' and subject_id = {member.Id}", default)).ShouldBe(lab.Id);
        (await op.Ouro.Users.VerifyAsync("stranger_v")).VerifiedBy!.Username.ShouldBe("op_v");
        (await admin.Delete("/users/stranger_v/verification", HttpStatusCode.Forbidden)).Code().ShouldBe("verification_forbidden");
        (await admin.Delete("/users/member_v/verification")).Data().GetProperty("actor_type").GetString().ShouldBe("base");
    }

    [Fact]
    public async Task Agents_neither_vouch_nor_are_vouched_for()
    {
        var op = await server.Join("op_agents", isOperator: true);
        await server.Join("bot_v", ActorType.Agent);
        var robot = await server.Join("op_bot", ActorType.Agent, isOperator: true);
        await server.Join("human_v");
        (await op.Put("/users/bot_v/verification", new { }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        (await robot.Put("/users/human_v/verification", new { }, HttpStatusCode.Forbidden)).Code().ShouldBe("agents_cannot");
        (await op.Put("/users/nobody_v/verification", new { }, HttpStatusCode.NotFound)).Code().ShouldBe("user_not_found");
    }
}
