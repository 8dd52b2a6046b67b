using Ouro.Bench;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Commands;

/// <summary>Uploads whose server, client or database dies. The bench <c>kills</c> kills a hundred.</summary>
public sealed class UploadKillTests
{
    [Fact]
    public async Task What_was_acknowledged_survives_whoever_dies()
    {
        var folder = Directory.CreateTempSubdirectory("ouro-kills-").FullName;
        try
        {
            var program = Path.Combine(Path.GetDirectoryName(typeof(Ouro.Server.OuroServer).Assembly.Location)!, "ouro-server.dll");
            // Of this seed come a server that dies in the middle of one long request, one that dies making the file, both ways of the database to die, and nothing at all.
            var outcome = await UploadCampaign.Run(program, Path.Combine(folder, "data"), seed: 463, count: 9, largest: 40 << 20, TestContext.Current.SendDiagnosticMessage, TestContext.Current.CancellationToken);
            outcome.Findings.ShouldBeEmpty();
            outcome.Kills.Values.ShouldBe([3, 3, 3]);
            // A campaign that kills nobody in the middle of something shows nothing.
            outcome.InFlight.ShouldBeGreaterThan(0);
            outcome.Objects.ShouldBeGreaterThan(0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
