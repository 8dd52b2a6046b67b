using Microsoft.Extensions.DependencyInjection;
using Ouro.Server;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

public sealed class VerificationTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task What_is_missing_damaged_or_unknown_is_found()
    {
        var ada = await server.Join("ada_verify");
        var names = new List<string>();
        foreach (var text in new[] { "whole", "to be lost", "to be changed" })
            names.Add((await ada.File(System.Text.Encoding.UTF8.GetBytes(text), "a.txt")).GetProperty("metadata").GetProperty("sha256").GetString()!);
        var verification = server.Services.GetRequiredService<Verification>();
        var before = await verification.Verify(null, default);
        (before.Ok, before.OrphanCount).ShouldBe((true, 0));
        before.Objects.ShouldBeGreaterThanOrEqualTo(3);

        var folder = server.Services.GetRequiredService<Installation>().Directory.File("objects");
        string At(string name) => Path.Combine(folder, name[..2], name);
        File.Delete(At(names[1]));
        await File.WriteAllTextAsync(At(names[2]), "something else");
        var unknown = new string('0', 64);
        Directory.CreateDirectory(Path.Combine(folder, "00"));
        await File.WriteAllTextAsync(At(unknown), "nobody's");

        var after = await verification.Verify(null, default);
        after.Ok.ShouldBeFalse();
        after.Missing.ShouldBe([names[1]]);
        after.Damaged.ShouldBe([names[2]]);
        after.Orphans.ShouldBe([unknown]);
    }
}
