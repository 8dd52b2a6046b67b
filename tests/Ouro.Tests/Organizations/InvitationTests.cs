using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Organizations;

/// <summary>Invitations: for an account, an address, or whoever has the link; each once, for a week.</summary>
public sealed class InvitationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_invited_account_sees_the_organization_and_its_invitation_and_follows_it()
    {
        var (ada, bob, eve) = (await server.Join("ada_invites"), await server.Join("bob_invited"), await server.Join("eve_uninvited"));
        var lab = await server.Found("inviting-lab", ada);
        var made = (await ada.Post($"/organizations/{lab.Id}/invitations", new { invitation = new { user_id = bob.Id, role = "admin" } })).Data();
        (made.GetProperty("code").ValueKind, made.GetProperty("url").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
        var id = made.GetProperty("invitation").GetProperty("id").GetGuid();

        (await bob.Get($"/organizations/{lab.Id}")).Data().GetProperty("joinStatus").GetString().ShouldBe("none");
        var mine = (await bob.Get("/user/invitations")).Data()[0];
        (mine.GetProperty("id").GetGuid(), mine.GetProperty("organization").GetProperty("name").GetString(), mine.GetProperty("created_by").GetProperty("username").GetString(), mine.GetProperty("role").GetString())
            .ShouldBe((id, "inviting-lab", "ada_invites", "admin"));
        (mine.GetProperty("expires_at").GetDateTimeOffset() - mine.GetProperty("created_at").GetDateTimeOffset()).ShouldBe(TimeSpan.FromDays(7));
        (await eve.Get("/user/invitations")).Data().GetArrayLength().ShouldBe(0);
        foreach (var verb in (string[])["accept", "decline"])
            (await eve.Post($"/invitations/{verb}", new { id }, HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");

        (await bob.Post("/invitations/accept", new { id })).Data().GetProperty("userRole").GetString().ShouldBe("admin");
        (await bob.Post("/invitations/accept", new { id })).Data().GetProperty("userRole").GetString().ShouldBe("admin", "once more changes nothing");
        (await bob.Get("/user/invitations")).Data().GetArrayLength().ShouldBe(0);
        (await ada.Get($"/organizations/{lab.Id}/invitations")).Data().GetArrayLength().ShouldBe(0);
        (await server.InDefaultTeam(lab.Id))[bob.Id].ShouldBe("admin");
        // Used is used: neither leaving nor being made less brings the role back.
        await ada.Delete($"/organizations/{lab.Id}/members/{bob.Id}");
        (await bob.Post("/invitations/accept", new { id }, HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");
    }

    [Fact]
    public async Task A_link_works_once_whoever_has_it_and_its_code_is_kept_nowhere()
    {
        var ada = await server.Join("ada_links");
        var lab = await server.Found("linking-lab", ada);
        for (var round = 0; round < 3; round++)
        {
            var made = (await ada.Post($"/organizations/{lab.Id}/invitations", new { invitation = new { role = "read" } })).Data();
            var code = made.GetProperty("code").GetString()!;
            made.GetProperty("url").GetString().ShouldEndWith("/invitations/" + code);
            (await ada.Get($"/organizations/{lab.Id}/invitations")).GetRawText().ShouldNotContain(code);
            (await server.Db.Maybe<string>($"select string_agg(i::text, '') || (select string_agg(e::text, '') from events e) from invitations i", default))!.ShouldNotContain(code);
            // A member who opens it leaves it to others.
            (await ada.Post("/invitations/accept", new { code })).Data().GetProperty("userRole").GetString().ShouldBe("admin");
            var (bob, eve) = (await server.Join($"bob_link_{round}"), await server.Join($"eve_link_{round}"));
            var answers = await Task.WhenAll(new[] { bob, eve }.Select(p => p.Http.PostAsync("/api/invitations/accept", Json($$"""{"code": "{{code}}"}"""))));
            answers.Select(a => a.StatusCode).Order().ShouldBe([HttpStatusCode.OK, HttpStatusCode.NotFound]);
            (await server.Db.Maybe<long>($"select count(*) from organization_members where org_id = {lab.Id} and role = 'read'", default)).ShouldBe(round + 1);
        }
        (await ada.Post("/invitations/accept", new { code = "guessed" }, HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");
        await ada.Post("/invitations/accept", new { }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_was_taken_back_declined_replaced_or_is_a_week_old_admits_nobody()
    {
        var (ada, bob) = (await server.Join("ada_over"), await server.Join("bob_over"));
        var lab = await server.Found("over-lab", ada);
        var revoked = await Link(ada, lab.Id);
        (await bob.Delete($"/organizations/{lab.Id}/invitations/{revoked.Id}", HttpStatusCode.NotFound)).Code().ShouldBe("organization_not_found");
        await ada.Delete($"/organizations/{lab.Id}/invitations/{revoked.Id}");
        (await ada.Delete($"/organizations/{lab.Id}/invitations/{revoked.Id}", HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");
        var old = await Link(ada, lab.Id);
        await server.Db.Run($"update invitations set expires_at = now() - interval '1 second' where id = {old.Id}", default);
        var declined = await Link(ada, lab.Id);
        await bob.Post("/invitations/decline", new { code = declined.Code });
        var replaced = await Link(ada, lab.Id, "Somebody@example.org");
        var stays = await Link(ada, lab.Id, "somebody@EXAMPLE.org");
        foreach (var code in (string[])[revoked.Code, old.Code, declined.Code, replaced.Code])
            (await bob.Post("/invitations/accept", new { code }, HttpStatusCode.NotFound)).Code().ShouldBe("invitation_not_found");
        (await ada.Get($"/organizations/{lab.Id}/invitations")).Data().EnumerateArray().Select(i => i.GetProperty("id").GetGuid()).ShouldBe([stays.Id]);
        await bob.Get($"/organizations/{lab.Id}", HttpStatusCode.NotFound);
        await bob.Post("/invitations/accept", new { code = stays.Code });
    }

    [Fact]
    public async Task An_address_finds_its_invitation_when_it_is_the_accounts()
    {
        var (ada, bob) = (await server.Join("ada_mail"), await server.Join("bob_mail"));
        await server.Db.Run($"update users set email = 'Bob@example.org' where id = {bob.Id}", default);
        var lab = await server.Found("mail-lab", ada);
        var link = await Link(ada, lab.Id, "bob@EXAMPLE.org");
        (await bob.Get("/user/invitations")).Data()[0].GetProperty("id").GetGuid().ShouldBe(link.Id);
        await bob.Post("/invitations/accept", new { id = link.Id });
        (await bob.Get($"/organizations/{lab.Id}")).Data().GetProperty("userRole").GetString().ShouldBe("write");
    }

    [Fact]
    public async Task An_invitation_overrides_how_one_joins_and_not_which_kinds_of_account_do()
    {
        var (ada, bob) = (await server.Join("ada_override"), await server.Join("bob_override"));
        var lab = (await ada.Post("/organizations/create", new { organization = new { name = "override-lab", actor_type_policy = "agents_only" } })).Id();
        (await ada.Post($"/organizations/{lab}/invitations", new { invitation = new { user_id = bob.Id } }, HttpStatusCode.Forbidden)).Code().ShouldBe("agents_only");
        var link = await Link(ada, lab);
        (await bob.Post("/invitations/accept", new { code = link.Code }, HttpStatusCode.Forbidden)).Code().ShouldBe("agents_only");
        await (await server.Join("bot_override", ActorType.Agent)).Post("/invitations/accept", new { code = link.Code });
    }

    [Fact]
    public async Task Whom_one_may_invite_as_what_is_refused_with_the_reason()
    {
        var (ada, bob, eve) = (await server.Join("ada_refused"), await server.Join("bob_refused"), await server.Join("eve_refused"));
        var lab = await server.Found("refusing-lab", ada);
        await server.Member(lab.Id, bob);
        var path = $"/organizations/{lab.Id}/invitations";
        (await bob.Post(path, new { invitation = new { } }, HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
        (await bob.Get(path, HttpStatusCode.Forbidden)).Code().ShouldBe("organization_admins_only");
        (await ada.Post(path, new { invitation = new { user_id = bob.Id } }, HttpStatusCode.Conflict)).Code().ShouldBe("already_a_member");
        (await ada.Post(path, new { invitation = new { user_id = Guid.CreateVersion7() } }, HttpStatusCode.NotFound)).Code().ShouldBe("user_not_found");
        await ada.Post(path, new { invitation = new { user_id = eve.Id, email = "eve@example.org" } }, HttpStatusCode.BadRequest);
        await ada.Post(path, new { invitation = new { email = "no address" } }, HttpStatusCode.BadRequest);
        await ada.Post(path, new { invitation = new { role = "none" } }, HttpStatusCode.BadRequest);
        (await ada.Post(path, new { invitation = new { membership_type = "external" } }, HttpStatusCode.Forbidden)).Code().ShouldBe("external_members_not_allowed");
        await ada.Put($"/organizations/{lab.Id}", new { organization = new { allow_external_members = true } });
        await ada.Post(path, new { invitation = new { membership_type = "external", role = "admin" } }, HttpStatusCode.BadRequest);
        var external = (await ada.Post(path, new { invitation = new { membership_type = "external", user_id = eve.Id } })).Data().GetProperty("invitation").GetProperty("id").GetGuid();
        // Both are true again when it is followed.
        await ada.Put($"/organizations/{lab.Id}", new { organization = new { allow_external_members = false } });
        (await eve.Post("/invitations/accept", new { id = external }, HttpStatusCode.Forbidden)).Code().ShouldBe("external_members_not_allowed");
        var inLab = await eve.Bound(Ids.Global);
        (await inLab.Post("/invitations/accept", new { id = external }, HttpStatusCode.Forbidden)).Code().ShouldBe("api_key_org_mismatch");
        (await inLab.Get("/user/invitations")).Data().GetArrayLength().ShouldBe(0);
        await inLab.Get($"/organizations/{lab.Id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Joining_another_way_ends_what_was_open_for_the_account()
    {
        var (ada, bob) = (await server.Join("ada_ends"), await server.Join("bob_ends"));
        var lab = (await ada.Post("/organizations/create", new { organization = new { name = "ending-lab", join_policy = "request" } })).Id();
        await bob.Post($"/organizations/{lab}/join", new { });
        await ada.Post($"/organizations/{lab}/invitations", new { invitation = new { user_id = bob.Id } });
        await server.Member(lab, bob);
        (await ada.Get($"/organizations/{lab}/invitations")).Data().GetArrayLength().ShouldBe(0);
        (await ada.Get($"/organizations/{lab}/join-requests?status=pending")).Data().GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_SDK_invites_and_follows()
    {
        var (ada, bob) = (await server.Join("ada_sdk_invites"), await server.Join("bob_sdk_invited"));
        var lab = await ada.Ouro.Organizations.CreateAsync(new() { Name = "sdk-invites", Mission = "Measure", JoinPolicy = JoinPolicy.Request });
        lab.Mission.ShouldBe("Measure");
        var made = await ada.Ouro.Invitations.CreateAsync(lab.Id, new(Role: Role.Read));
        made.ToString().ShouldNotContain(made.Code!);
        (await ada.Ouro.Invitations.ListAsync(lab.Id).ToListAsync()).ShouldHaveSingleItem().Role.ShouldBe(Role.Read);
        var joined = await bob.Ouro.Invitations.AcceptAsync(new(made.Code));
        (joined.UserRole, joined.JoinStatus).ShouldBe((Role.Read, JoinStatus.Joined));
        (await ada.Ouro.Organizations.UpdateMemberAsync(lab.Id, bob.Id, new(Role.Write))).Role.ShouldBe(Role.Write);
        (await ada.Ouro.Organizations.UpdateAsync(lab.Id, new() { DisplayName = "SDK", Mission = null })).Mission.ShouldBeNull();
        (await ada.Ouro.Organizations.ByNameAsync("sdk-invites")).DisplayName.ShouldBe("SDK");
        (await ada.Ouro.Organizations.EventsAsync(lab.Id, new() { Limit = 1 }).Select(e => e.Name).ToListAsync()).ShouldBe(
            ["organization.updated", "organization.member_updated", "invitation.accepted", "organization.member_joined", "invitation.created", "organization.member_joined", "organization.created"]);
        var eve = await server.Join("eve_sdk_asks");
        (await eve.Ouro.Organizations.JoinAsync(lab.Id, "Please")).JoinStatus.ShouldBe(JoinStatus.Pending);
        var request = (await ada.Ouro.Organizations.JoinRequestsAsync(lab.Id, RequestStatus.Pending).ToListAsync()).ShouldHaveSingleItem();
        (await ada.Ouro.Organizations.ApproveRequestAsync(lab.Id, request.Id)).Status.ShouldBe(RequestStatus.Approved);
        (await ada.Ouro.Organizations.RemoveMemberAsync(lab.Id, eve.Id)).ShouldBe(new EndedMembership(lab.Id, eve.Id));
        (await eve.Ouro.Events.MineAsync().Select(e => e.Name).ToListAsync()).ShouldContain("organization.member_removed");
        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Organizations.EventsAsync(lab.Id).ToListAsync().AsTask())).Code.ShouldBe("organization_admins_only");
        (await eve.Ouro.Organizations.DiscoverableAsync().Select(o => o.Name).ToListAsync()).ShouldContain("sdk-invites");
        await ada.Ouro.Invitations.RevokeAsync(lab.Id, (await ada.Ouro.Invitations.CreateAsync(lab.Id, new())).Invitation.Id);
        var own = await ada.Ouro.Invitations.CreateAsync(lab.Id, new(eve.Id));
        (await eve.Ouro.Invitations.MineAsync().ToListAsync()).ShouldHaveSingleItem().Id.ShouldBe(own.Invitation.Id);
        (await eve.Ouro.Invitations.DeclineAsync(new(Id: own.Invitation.Id))).OrgId.ShouldBe(lab.Id);
        (await eve.Ouro.Organizations.JoinRequestsAsync(lab.Id).ToListAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_link_also_admits_who_has_no_account_yet_and_is_used_up_by_that()
    {
        var ada = await server.Join("ada_admits");
        var lab = await server.Found("admitting-lab", ada);
        var link = await Link(ada, lab.Id, "newcomer@example.org");
        await using var scope = server.Services.CreateAsyncScope();
        var signUp = scope.ServiceProvider.GetRequiredService<SignUpOperations>();
        var admission = (await signUp.Look(link.Code, default))!;
        (admission.Says, admission.Email).ShouldBe(("ada_admits invites you to admitting-lab.", "newcomer@example.org"));
        var account = await signUp.SignUp(new("newcomer_admitted", "a long enough password", Invitation: link.Code), null, default);
        (await server.InDefaultTeam(lab.Id))[account.Id].ShouldBe("write");
        (await ada.Get($"/organizations/{lab.Id}/invitations")).Data().GetArrayLength().ShouldBe(0);
        (await Should.ThrowAsync<Refusal>(() => signUp.SignUp(new("second_newcomer", "a long enough password", Invitation: link.Code), null, default))).Code.ShouldBe("sign_up_invitation_gone");
        (await server.Db.Maybe<long>($"select count(*) from users where username = 'second_newcomer'", default)).ShouldBe(0);

        await ada.Put($"/organizations/{lab.Id}", new { organization = new { actor_type_policy = "agents_only" } });
        var closed = await Link(ada, lab.Id);
        (await Should.ThrowAsync<Refusal>(() => signUp.Look(closed.Code, default))).Code.ShouldBe("agents_only");
    }

    static async Task<(Guid Id, string Code)> Link(Person admin, Guid org, string? email = null)
    {
        var made = (await admin.Post($"/organizations/{org}/invitations", new { invitation = new { email } })).Data();
        return (made.GetProperty("invitation").GetProperty("id").GetGuid(), made.GetProperty("code").GetString()!);
    }

    static StringContent Json(string body) => new(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
}
