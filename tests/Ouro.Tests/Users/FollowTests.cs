using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

public sealed class FollowTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Following_is_a_switch_and_both_see_it()
    {
        var (ada, bob) = (await server.Join("ada_follows"), await server.Join("bob_follows"));
        (await ada.Ouro.Users.FollowAsync("bob_follows")).ShouldBe(new FollowState(true, 1));
        var seen = await ada.Ouro.Users.GetAsync("bob_follows");
        (seen.IsFollowing, seen.IsFollowed, seen.Followers).ShouldBe((true, false, 1));
        var raw = (await bob.Get($"/users/{ada.Id}")).Data();
        (raw.GetProperty("isFollowing").GetBoolean(), raw.GetProperty("isFollowed").GetBoolean(), raw.GetProperty("following").GetInt32()).ShouldBe((false, true, 1));
        (await ada.Put("/users/bob_follows/follow", new { })).Data().GetProperty("following").GetBoolean().ShouldBeFalse();
        (await ada.Ouro.Users.GetAsync("bob_follows")).Followers.ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_follows_themselves_or_nobody()
    {
        var ada = await server.Join("ada_alone");
        (await ada.Put("/users/ADA_alone/follow", new { }, HttpStatusCode.BadRequest)).Code().ShouldBe("cannot_follow_yourself");
        (await ada.Put("/users/nobody_at_all/follow", new { }, HttpStatusCode.NotFound)).Code().ShouldBe("user_not_found");
        (await ada.Get("/users/nobody_at_all/follows", HttpStatusCode.NotFound)).Code().ShouldBe("user_not_found");
    }

    [Fact]
    public async Task Lists_of_followers_are_paged_newest_first()
    {
        var star = await server.Join("star");
        foreach (var i in Enumerable.Range(0, 5)) await (await server.Join($"fan{i}")).Ouro.Users.FollowAsync("star");
        var first = await star.Get("/users/star/followers?limit=2");
        first.Data().EnumerateArray().Select(f => f.GetProperty("user").GetProperty("username").GetString()).ShouldBe(["fan4", "fan3"]);
        first.Data()[0].GetProperty("followed_user_id").GetGuid().ShouldBe(star.Id);
        first.GetProperty("pagination").GetProperty("hasMore").GetBoolean().ShouldBeTrue();
        var all = new List<string>();
        await foreach (var follow in star.Ouro.Users.FollowersAsync("star")) all.Add(follow.User.Username);
        all.ShouldBe(["fan4", "fan3", "fan2", "fan1", "fan0"]);
        var followed = new List<string>();
        await foreach (var follow in star.Ouro.Users.FollowsAsync("fan2")) followed.Add(follow.User.Username);
        followed.ShouldBe(["star"]);
        (await star.Get("/users/star/followers?after=nonsense", HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
    }
}
