using Shouldly;
using Xunit;

namespace Ouro.Tests.Conversations;

/// <summary>What is taken away ends what is open: a socket holds no right longer than a request would.</summary>
public sealed class OpenSocketTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_revoked_key_ends_its_socket_and_no_other()
    {
        var ada = await server.Join("ada_revoked");
        var other = await ada.Ouro.ApiKeys.CreateAsync(new("other"));
        await using var first = await LiveSocket.Open(server, ada.Key);
        await using var second = await LiveSocket.Open(server, other.Secret);
        await ada.Ouro.ApiKeys.RevokeAsync(other.Key.Id);
        (await second.Next()).ShouldBe("41");
        (await second.Next()).ShouldBeNull("the line is closed");
        (await first.Ask("""["conversation:join",{}]""")).ShouldContain("conversation_id");
    }

    [Fact]
    public async Task Who_loses_a_conversation_hears_nothing_more_of_it()
    {
        var (ada, ben) = (await server.Join("ada_talks"), await server.Join("ben_talks"));
        var talk = await Conversation(ada);
        await ada.Put($"/assets/{talk}/share", new { permission = new { user = new { user_id = ben.Id }, role = "read" } });
        await using var hers = await LiveSocket.Open(server, ada.Key);
        await using var his = await LiveSocket.Open(server, ben.Key);
        await using var hisOther = await LiveSocket.Open(server, ben.Key);
        foreach (var socket in (LiveSocket[])[hers, his, hisOther]) (await socket.Ask(Join(talk))).ShouldContain("\"ok\":true");
        await hers.Send($$"""["activity",{"conversation_id":"{{talk}}","n":1}]""");
        (await his.Next())!.ShouldContain("\"n\":1");

        await ada.Put($"/assets/{talk}/share", new { permission = new { user = new { user_id = ben.Id }, role = "none" } });
        // The next thing that he hears is the answer to his own question, and not what she said before it.
        await hers.Send($$"""["activity",{"conversation_id":"{{talk}}","n":2}]""");
        (await hers.Ask("""["conversation:join",{}]""")).ShouldContain("conversation_id");
        (await his.Ask(Join(talk))).ShouldContain("\"ok\":false");
        await his.Send($$"""["activity",{"conversation_id":"{{talk}}","n":3}]""");
        (await his.Ask(Join(talk))).ShouldContain("\"ok\":false");
        (await hers.Ask("""["conversation:join",{}]""")).ShouldContain("conversation_id");
    }

    [Fact]
    public async Task Who_may_not_see_a_conversation_any_more_hears_nothing_of_it()
    {
        var (ada, ben) = (await server.Join("ada_closes"), await server.Join("ben_outside"));
        var talk = await Conversation(ada, "public");
        await using var hers = await LiveSocket.Open(server, ada.Key);
        await using var his = await LiveSocket.Open(server, ben.Key);
        foreach (var socket in (LiveSocket[])[hers, his]) (await socket.Ask(Join(talk))).ShouldContain("\"ok\":true");
        await ada.Put($"/assets/{talk}", new { asset = new { visibility = "private" } });
        // Notifications take a moment: until then he hears each word before the answer to his own question.
        for (var (n, hears) = (1, true); hears; n++)
        {
            n.ShouldBeLessThan(200, "he hears on");
            await hers.Send($$"""["activity",{"conversation_id":"{{talk}}","n":{{n}}}]""");
            (await hers.Ask("""["conversation:join",{}]""")).ShouldContain("conversation_id");
            await his.Send("""["conversation:join",{}]""", question: n);
            hears = (await his.Next())!.StartsWith("42", StringComparison.Ordinal);
            if (hears) (await his.Next())!.ShouldStartWith($"43{n}");
        }
        (await hers.Ask(Join(talk))).ShouldContain("\"ok\":true");
    }

    [Fact]
    public async Task A_key_bound_to_an_organization_ends_with_the_membership()
    {
        var (ada, ben) = (await server.Join("ada_leaves"), await server.Join("ben_leaves"));
        var lab = await server.Found("leaving-lab", ada);
        await server.Db.Run($"insert into organization_members (org_id, user_id, role, added_at) values ({lab.Id}, {ben.Id}, 'write', now())", default);
        await Changed(ben);
        var bound = await ben.Ouro.ApiKeys.CreateAsync(new("bound", lab.Id));
        await using var socket = await LiveSocket.Open(server, bound.Secret);
        await server.Db.Run($"delete from organization_members where user_id = {ben.Id}", default);
        await Changed(ben);
        (await socket.Next()).ShouldBe("41");
    }

    Task<int> Changed(Person person) => server.Db.Run($"select pg_notify({Ouro.Server.Access.Actors.Channel}, {person.Id.ToString()})", default);

    static string Join(Guid conversation) => $$"""["conversation:join",{"conversation_id":"{{conversation}}"}]""";

    async Task<Guid> Conversation(Person owner, string visibility = "private")
    {
        var id = Guid.CreateVersion7();
        await server.Db.Run($"""
            insert into assets (id, asset_type, user_id, org_id, team_id, visibility, metadata, attribution, source, created_at, last_updated)
            values ({id}, 'conversation', {owner.Id}, {Ids.Global}, {Ids.Global}, {visibility}, jsonb_build_object('members', jsonb_build_array()), jsonb_build_object(), 'api', now(), now())
            """, default);
        return id;
    }
}
