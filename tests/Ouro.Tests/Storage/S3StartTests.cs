using Microsoft.Extensions.DependencyInjection;
using Ouro.Server;
using Ouro.Server.Kernel;
using Ouro.Server.Storage;
using Ouro.Tests.Commands;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Storage;

/// <summary>A place that cannot be used is told at the start, in words.</summary>
public sealed class S3StartTests : IAsyncLifetime
{
    S3Server store = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => store = await S3Server.Start("files");

    public ValueTask DisposeAsync() => store.DisposeAsync();

    async Task<string> Refusal(params (string, object?)[] set)
    {
        var error = await Should.ThrowAsync<SettingException>(async () =>
        {
            using var storage = new S3Storage(S3StorageTests.Set(store, set), TimeProvider.System);
            await storage.Check(Ct);
        });
        error.ToString().ShouldNotContain(S3Server.SecretKey);
        return error.Message;
    }

    [Fact]
    public async Task A_bucket_that_is_there_is_accepted()
    {
        using var storage = new S3Storage(S3StorageTests.Set(store), TimeProvider.System);
        await storage.Check(Ct);
        storage.ToString()!.ShouldNotContain(S3Server.SecretKey);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named() =>
        (await Refusal(("S3Bucket", "other"))).ShouldSatisfyAllConditions(m => m.ShouldContain("no bucket “other”"), m => m.ShouldContain("Create it"));

    [Fact]
    public async Task A_wrong_key_is_really_refused()
    {
        (await Refusal(("S3SecretKey", "a wrong secret"))).ShouldSatisfyAllConditions(
            m => m.ShouldContain("SignatureDoesNotMatch"), m => m.ShouldContain("OURO_S3_SECRET_KEY"), m => m.ShouldNotContain("a wrong secret"));
        (await Refusal(("S3AccessKey", "NOBODY"))).ShouldContain("InvalidAccessKeyId");
    }

    [Fact]
    public async Task A_wrong_region_is_named() => (await Refusal(("S3Region", "us-west-9"))).ShouldContain("OURO_S3_REGION");

    [Fact]
    public async Task A_clock_that_is_wrong_is_said()
    {
        store.Ahead = TimeSpan.FromHours(1);
        (await Refusal()).ShouldContain("clock");
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_named()
    {
        var nobody = new Uri(store.Root, "/").ToString().Replace(store.Root.Port.ToString(), "1", StringComparison.Ordinal);
        (await Refusal(("S3Endpoint", nobody))).ShouldSatisfyAllConditions(m => m.ShouldContain(nobody), m => m.ShouldContain("OURO_S3_ENDPOINT"));
    }

    [Theory]
    [InlineData("S3Bucket", "s3://files", "OURO_S3_BUCKET")]
    [InlineData("S3Endpoint", "s3.example.org", "OURO_S3_ENDPOINT")]
    [InlineData("S3Endpoint", "https://key:word@s3.example.org", "OURO_S3_ENDPOINT")]
    public async Task A_setting_that_cannot_be_meant_is_refused(string property, string value, string variable)
    {
        var message = await Refusal((property, value));
        message.ShouldContain(variable);
        message.ShouldNotContain("key:word");
    }

    [Fact]
    public void Half_a_key_and_two_places_are_refused()
    {
        Should.Throw<SettingException>(() => new S3Storage(Settings.From(_ => null, ("S3Bucket", "files"), ("S3AccessKey", "a")), TimeProvider.System)).Message
            .ShouldContain("OURO_S3_SECRET_KEY is not");
        var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(Settings.From(_ => null, ("S3Bucket", "files"), ("Objects", "/tmp/objects")))
            .AddSingleton(Installation.Of(null!, null!));
        StorageRoom.Add(services);
        Should.Throw<SettingException>(() => services.BuildServiceProvider().GetRequiredService<ObjectStorage>()).Message.ShouldContain("two places");
    }

    [Fact]
    public async Task The_server_does_not_start_without_its_bucket()
    {
        var data = Path.Combine(Path.GetTempPath(), "ouro-s3-up-" + Guid.CreateVersion7().ToString("N")[20..]);
        try
        {
            var (code, output, errors) = await ServerProcess.Run(data, new Dictionary<string, string>
            {
                ["OURO_S3_BUCKET"] = "other", ["OURO_S3_ENDPOINT"] = store.Root.ToString(), ["OURO_S3_REGION"] = S3Server.Region,
                ["OURO_S3_ACCESS_KEY"] = S3Server.AccessKey, ["OURO_S3_SECRET_KEY"] = S3Server.SecretKey,
            }, "up", "--port", "0");
            code.ShouldBe(1, output + errors);
            errors.ShouldContain("no bucket “other”");
            (output + errors).ShouldNotContain(S3Server.SecretKey);
            // The first account, whose link is told only once, is left for the start that succeeds.
            File.Exists(Path.Combine(data, "owner.key")).ShouldBeFalse();

            var without = await ServerProcess.Run(data, new Dictionary<string, string>
            {
                ["OURO_S3_BUCKET"] = "files", ["OURO_S3_ENDPOINT"] = store.Root.ToString(), ["AWS_EC2_METADATA_DISABLED"] = "true", ["AWS_ACCESS_KEY_ID"] = "",
                ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(data, "none"), ["AWS_CONFIG_FILE"] = Path.Combine(data, "none"),
            }, "up", "--port", "0");
            without.Code.ShouldBe(1, without.Output + without.Errors);
            without.Errors.ShouldContain("No key to the bucket “files” was found");
            without.Errors.ShouldNotContain("   at ");
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
