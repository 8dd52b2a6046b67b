using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Kernel;
using Ouro.Server.Users;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Users;

public sealed class SignInTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Wrong_passwords_are_counted_before_they_are_tried_so_that_many_at_once_are_no_way_around()
    {
        var ada = await server.Join("ada_guessed");
        var refused = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => Refused("ada_guessed", "wrong password")));
        refused.Count(r => r.Status == 403).ShouldBeLessThanOrEqualTo(10);
        refused.Count(r => r.Status == 429).ShouldBeGreaterThanOrEqualTo(15);
        ada.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_password_signs_in_and_changing_it_ends_every_session()
    {
        var ada = await server.Join("ada_password");
        await using var scope = server.Services.CreateAsyncScope();
        var signIn = scope.ServiceProvider.GetRequiredService<SignInOperations>();
        var actor = new Actor { Id = ada.Id, Username = "ada_password" };
        var first = await signIn.SetPassword(actor, null, "a long enough one", default);
        (await signIn.WithPassword("ADA_password", "a long enough one", default)).Id.ShouldBe(ada.Id);
        (await Should.ThrowAsync<Refusal>(() => signIn.SetPassword(actor, "not it", "another long one", default))).Code.ShouldBe("invalid_fields");
        (await signIn.SetPassword(actor, "a long enough one", "another long one", default)).SecurityStamp.ShouldNotBe(first.SecurityStamp);
        (await Refused("ada_password", "a long enough one")).Status.ShouldBe(403);
        (await Refused(new string('x', 3_000_000), "x")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_link_signs_in_once()
    {
        var ada = await server.Join("ada_link");
        await using var scope = server.Services.CreateAsyncScope();
        var signIn = scope.ServiceProvider.GetRequiredService<SignInOperations>();
        var code = await signIn.CreateLink(ada.Id, default);
        (await signIn.UseLink(code, default)).Id.ShouldBe(ada.Id);
        foreach (var used in (string?[])[code, "nonsense", "", null])
            (await Should.ThrowAsync<Refusal>(() => signIn.UseLink(used, default))).Code.ShouldBe("sign_in_link_used");
    }

    async Task<Refusal> Refused(string name, string password)
    {
        await using var scope = server.Services.CreateAsyncScope();
        return await Should.ThrowAsync<Refusal>(() => scope.ServiceProvider.GetRequiredService<SignInOperations>().WithPassword(name, password, default));
    }
}
