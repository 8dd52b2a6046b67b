using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Hostile;

/// <summary>An invitation admits whom it is for, once, while it is open.</summary>
public sealed class InvitationReplayTests(HostileWorld world) : IClassFixture<HostileWorld>
{
    static int made;

    public static TheoryData<string, string> Ends
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var end in (string[])["accepted", "declined", "revoked", "expired", "replaced", "removed"])
                foreach (var way in (string[])["account", "link", "address"]) cases.Add(end, way);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_is_over_admits_nobody(string end, string way)
    {
        var (invited, org) = (await Somebody(), Guid.Parse(world["lab"]));
        var (id, code) = await Invite(way, invited);
        object answer = way == "account" ? new { id } : new { code };
        switch (end)
        {
            case "accepted": await invited.Post("/invitations/accept", answer); break;
            case "declined": await invited.Post("/invitations/decline", answer); break;
            case "revoked": await world.Ada.Delete($"/organizations/{org}/invitations/{id}"); break;
            case "expired": await world.Db.Run($"update invitations set expires_at = now() - interval '1 second' where id = {id}", default); break;
            // A link is for nobody, so that another does not take its place.
            case "replaced":
                await Invite(way, invited);
                if (way == "link") await world.Ada.Delete($"/organizations/{org}/invitations/{id}");
                break;
            case "removed":
                await invited.Post("/invitations/accept", answer);
                await world.Ada.Delete($"/organizations/{org}/members/{invited.Id}");
                break;
        }
        var (other, before) = (await Somebody(), await world.Digest());
        List<Person> trying = end is "accepted" ? [other] : [other, invited];
        foreach (var person in trying)
            foreach (var verb in (string[])["accept", "decline"])
                (await person.Post($"/invitations/{verb}", answer, HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");
        (await world.Digest()).ShouldBe(before);
    }

    [Theory]
    [InlineData("account")]
    [InlineData("address")]
    public async Task What_is_addressed_to_another_is_not_there(string way)
    {
        var (invited, other) = (await Somebody(), await Somebody());
        var (id, _) = await Invite(way, invited);
        var before = await world.Digest();
        foreach (var verb in (string[])["accept", "decline"])
        {
            (await other.Post($"/invitations/{verb}", new { id }, HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");
            // An id is no code, not even the invited one's.
            (await invited.Post($"/invitations/{verb}", new { code = id.ToString() }, HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");
        }
        (await world.Digest()).ShouldBe(before);
        (await other.Get("/user/invitations")).Data().GetArrayLength().ShouldBe(0);
        (await other.Get($"/organizations/{world["lab"]}", HttpStatusCode.NotFound)).Code().ShouldBe("organization_not_found");
        (await invited.Post("/invitations/accept", new { id })).Data().GetProperty("id").GetString().ShouldBe(world["lab"]);
    }

    [Fact]
    public async Task An_address_that_is_only_asked_for_is_not_ones_own()
    {
        var (invited, thief) = (await Somebody(), await Somebody());
        var (id, _) = await Invite("address", invited);
        // The thief's own address is asked for and waits to be proved.
        await world.Db.Run($"""
            insert into account_links (id, kind, user_id, email, created_at, expires_at)
            values ({Guid.CreateVersion7()}, 'verify_email', {thief.Id}, {invited.Name + "@example.org"}, now(), now() + interval '1 day')
            """, default);
        await thief.Post("/invitations/accept", new { id }, HttpStatusCode.NotFound);
        (await thief.Get("/user/invitations")).Data().GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("account")]
    [InlineData("address")]
    public async Task Of_many_that_follow_at_once_one_membership_comes(string way)
    {
        var invited = await Somebody();
        var (id, code) = await Invite(way, invited);
        object answer = way == "account" ? new { id } : new { code };
        Person[] crowd = way == "account" ? [invited, invited, invited] : [invited, await Somebody(), await Somebody(), await Somebody()];
        var before = await Members();
        var answers = await Task.WhenAll(crowd.Select(person => world.Send(person, "POST /invitations/accept " + System.Text.Json.JsonSerializer.Serialize(answer))));
        answers.Select(a => a.Told).ShouldAllBe(told => told == "200" || told == "404 invitation_not_found" || told == "409 busy");
        answers.ShouldContain(a => a.Status == 200);
        if (way != "account") answers.Count(a => a.Status == 200).ShouldBe(1);
        (await Members()).ShouldBe(before + 1);
        (await world.Db.Maybe<int>($"select member_count from organizations where id = {Guid.Parse(world["lab"])}", default)).ShouldBe((int)before + 1);
    }

    [Theory]
    [InlineData("agents_only", ActorType.Base, "403 agents_only")]
    [InlineData("verified_only", ActorType.Base, "403 verified_members_only")]
    [InlineData("verified_only", ActorType.Agent, "403 verified_members_only")]
    [InlineData("agents_only", ActorType.Verified, "403 agents_only")]
    public async Task An_invitation_goes_past_no_policy_of_who_is_admitted(string policy, ActorType kind, string told)
    {
        var number = Interlocked.Increment(ref made);
        var (admin, invited) = (await Somebody(), await world.Join($"kind_{number}", kind));
        var org = await world.Found($"policy-{number}", admin);
        var code = (await admin.Post($"/organizations/{org.Id}/invitations", new { invitation = new { role = "admin" } })).Data().GetProperty("code").GetString();
        var addressed = (await admin.Post($"/organizations/{org.Id}/invitations", new { invitation = new { user_id = invited.Id } })).Data().GetProperty("invitation").GetProperty("id").GetGuid();
        await admin.Put($"/organizations/{org.Id}", new { organization = new { actor_type_policy = policy } });
        var before = await world.Digest();
        (await world.Send(invited, $$"""POST /invitations/accept {"code":"{{code}}"}""")).Told.ShouldBe(told);
        (await world.Send(invited, $$"""POST /invitations/accept {"id":"{{addressed}}"}""")).Told.ShouldBe(told);
        (await world.Digest()).ShouldBe(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("../../etc/passwd")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("\\u0000")]
    [InlineData("\\u202e")]
    public async Task A_guessed_code_is_none(string code)
    {
        var before = await world.Digest();
        foreach (var verb in (string[])["accept", "decline"])
            (await world.Send(world.Eve, $$"""POST /invitations/{{verb}} {"code":"{{code}}"}""")).Told.ShouldBe("404 invitation_not_found");
        (await world.Digest()).ShouldBe(before);
    }

    [Fact]
    public async Task A_code_that_is_changed_in_one_place_is_another()
    {
        var (_, code) = await Invite("link", world.Eve);
        var before = await world.Digest();
        for (var i = 0; i < code!.Length - 1; i += 5)
        {
            var changed = code[..i] + (code[i] == 'A' ? 'B' : 'A') + code[(i + 1)..];
            (await world.Send(world.Eve, $$"""POST /invitations/accept {"code":"{{changed}}"}""")).Told.ShouldBe("404 invitation_not_found");
        }
        (await world.Digest()).ShouldBe(before);
    }

    [Fact]
    public async Task A_link_that_made_an_account_makes_no_other_and_lets_nobody_in()
    {
        var (_, code) = await Invite("link", world.Eve);
        await using var scope = world.Services.CreateAsyncScope();
        var signUp = scope.ServiceProvider.GetRequiredService<SignUpOperations>();
        var number = Interlocked.Increment(ref made);
        await signUp.SignUp(new($"first_{number}", "a long password", Invitation: code), null, default);
        var before = await world.Digest();
        (await Should.ThrowAsync<Refusal>(() => signUp.SignUp(new($"second_{number}", "a long password", Invitation: code), null, default))).Code.ShouldBe("sign_up_invitation_gone");
        (await world.Send(world.Eve, $$"""POST /invitations/accept {"code":"{{code}}"}""")).Told.ShouldBe("404 invitation_not_found");
        (await world.Digest()).ShouldBe(before);
    }

    Task<long> Members() => world.Db.Maybe<long>($"select count(*) from organization_members where org_id = {Guid.Parse(world["lab"])}", default);

    /// <summary>Somebody new with an address of their own.</summary>
    async Task<Person> Somebody()
    {
        var person = await world.Join($"somebody_{Interlocked.Increment(ref made)}");
        await world.Db.Run($"update users set email = {person.Name + "@example.org"}, email_verified_at = now() where id = {person.Id}", default);
        await world.Db.Run($"select pg_notify({Ouro.Server.Access.Actors.Channel}, {person.Id.ToString()})", default);
        return person;
    }

    async Task<(Guid Id, string? Code)> Invite(string way, Person invited)
    {
        object invitation = way switch
        {
            "account" => new { user_id = invited.Id, role = "write" },
            "address" => new { email = invited.Name + "@example.org", role = "write" },
            _ => new { role = "write" },
        };
        var answer = (await world.Ada.Post($"/organizations/{world["lab"]}/invitations", new { invitation })).Data();
        return (answer.GetProperty("invitation").GetProperty("id").GetGuid(), answer.GetProperty("code").GetString());
    }
}
