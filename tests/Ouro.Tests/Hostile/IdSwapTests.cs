using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Hostile;

/// <summary>A stranger with the id of something private learns no more than with one that is nowhere, and changes nothing.</summary>
public sealed class IdSwapTests(HostileWorld world) : IClassFixture<HostileWorld>
{
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var (_, things, request, told) in Swaps.All)
                foreach (var thing in things.Split(',')) cases.Add(request, thing, told);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task An_id_that_is_private_is_answered_like_one_that_is_nowhere(string request, string thing, string told)
    {
        var nowhere = thing.EndsWith("-name", StringComparison.Ordinal) ? "nowhere" : Guid.CreateVersion7().ToString();
        var before = await world.Digest(world.Eve);
        var (there, not) = (await world.Send(world.Eve, request, world[thing]), await world.Send(world.Eve, request, nowhere));
        there.Told.ShouldBe(told, there.Body);
        there.Without(world[thing]).ShouldBe(not.Without(nowhere));
        (await world.Digest(world.Eve)).ShouldBe(before);
    }

    [Fact]
    public void Every_call_that_takes_an_id_is_tried()
    {
        var calls = world.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal))
            .Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).OfType<string>().Distinct().ToList();
        var tried = Swaps.All.Select(swap => swap.Call).Distinct().ToList();
        calls.Except(tried).Except(Swaps.None.Keys).ShouldBeEmpty("these calls have no case and no reason to have none");
        tried.Concat(Swaps.None.Keys).Except(calls).ShouldBeEmpty("these are no calls any more");
        tried.Intersect(Swaps.None.Keys).ShouldBeEmpty();
    }
}
