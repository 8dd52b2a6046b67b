using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Ouro.Server.Kernel;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Storage;

/// <summary>Content in a bucket, and what becomes of it when the store or the way to it fails.</summary>
public sealed class S3StorageTests : ObjectStorageTests
{
    S3Server store = null!;

    S3Bucket Bucket => store["files"];

    protected override async Task<ObjectStorage> Make(string folder)
    {
        store = await S3Server.Start("files");
        return new S3Storage(Set(store), TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        ((S3Storage)Storage).Dispose();
        await store.DisposeAsync();
        await base.DisposeAsync();
    }

    public static Settings Set(S3Server store, params (string, object?)[] instead) => Settings.From(_ => null, [.. instead,
        (nameof(Settings.S3Bucket), "files"), (nameof(Settings.S3Endpoint), store.Root.ToString()), (nameof(Settings.S3Region), S3Server.Region),
        (nameof(Settings.S3AccessKey), S3Server.AccessKey), (nameof(Settings.S3SecretKey), S3Server.SecretKey), (nameof(Settings.S3Prefix), "ouro/")]);

    [Fact]
    public async Task Content_lies_under_its_name_behind_the_prefix()
    {
        var sha256 = await Put(Bytes(10));
        Bucket.Keys.ShouldBe([$"ouro/objects/{sha256[..2]}/{sha256}"]);
        Storage.IsRemote.ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_there_is_not_sent_again_and_a_small_file_takes_one_request()
    {
        await Put(Bytes(10_000));
        await Put(Bytes(10_000));
        store.Count("PUT").ShouldBe(1);
        store.Count("HEAD").ShouldBe(2);
        store.Requests.Single(r => r.Method == "PUT").Payload.ShouldBe(Name(Bytes(10_000)));
    }

    [Fact]
    public async Task Bytes_that_are_not_those_of_the_name_are_refused_by_the_store()
    {
        var (_, file) = Came(Bytes(10_000));
        (await Should.ThrowAsync<AmazonS3Exception>(() => Storage.Put(Name([1]), file, Ct))).ErrorCode.ShouldBe("BadDigest");
        Bucket.Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_list_of_several_pages_is_whole_and_has_only_what_is_ours()
    {
        for (var i = 0; i < 2500; i++)
            if (Name(BitConverter.GetBytes(i)) is var name) await Bucket.Put($"ouro/objects/{name[..2]}/{name}", _ => Task.CompletedTask);
        var other = Name([1]);
        foreach (var key in (string[])["ouro/objects/notes.txt", $"ouro/objects/00/{other}", $"objects/{other[..2]}/{other}", $"ouro/objects/{other[..2]}/{other.ToUpperInvariant()}"])
            await Bucket.Put(key, _ => Task.CompletedTask);
        (await Listed()).Select(at => at.Sha256).ToHashSet().ShouldBe(Enumerable.Range(0, 2500).Select(i => Name(BitConverter.GetBytes(i))), ignoreOrder: true);
        store.Count("GET", "list-type").ShouldBe(3);
    }

    [Fact]
    public async Task A_large_file_goes_in_parts()
    {
        var (sha256, file) = await Large();
        await Storage.Put(sha256, file, Ct);
        store.Count("PUT", "partNumber=").ShouldBe(4);
        store.Requests.Where(r => r.Target.Contains("partNumber=", StringComparison.Ordinal)).ShouldAllBe(r => r.Payload == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        Bucket.Unfinished.ShouldBe(0);
        (await Hash(sha256)).ShouldBe(sha256);

        await Storage.Put(sha256, file, Ct);
        store.Count("PUT", "partNumber=").ShouldBe(4);
    }

    [Fact]
    public async Task Nobody_waits_for_the_rest_of_what_was_begun()
    {
        var (sha256, file) = await Large();
        await Storage.Put(sha256, file, Ct);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 20; i++)
        {
            await using var content = await Opened(sha256);
            content.Position = i * 1000;
            await content.ReadExactlyAsync(new byte[100], Ct);
        }
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_part_that_breaks_off_is_sent_again_alone()
    {
        var (sha256, file) = await Large();
        store.Troubles.Add(new("PUT", "partNumber=2") { CutAfter = 1 << 20 });
        store.Troubles.Add(new("PUT", "partNumber=3") { Status = HttpStatusCode.InternalServerError });
        store.Troubles.Add(new("PUT", "partNumber=4") { Status = HttpStatusCode.ServiceUnavailable, Code = "SlowDown", Delay = TimeSpan.FromMilliseconds(300) });
        await Storage.Put(sha256, file, Ct);
        (await Hash(sha256)).ShouldBe(sha256);
        Enumerable.Range(1, 4).Select(n => store.Count("PUT", $"partNumber={n}")).ShouldBe([1, 2, 2, 2]);
    }

    [Fact]
    public async Task An_upload_whose_completion_was_not_heard_of_counts()
    {
        var (sha256, file) = await Large();
        store.Troubles.Add(new("POST", "uploadId=") { LosesAnswer = true });
        await Storage.Put(sha256, file, Ct);
        store.Count("POST", "uploadId=").ShouldBe(2);
        (await Hash(sha256)).ShouldBe(sha256);
    }

    [Fact]
    public async Task An_upload_that_fails_or_is_given_up_is_aborted_and_leaves_nothing()
    {
        var (sha256, file) = await Large();
        store.Troubles.Add(new("PUT", "partNumber=3") { Status = HttpStatusCode.Forbidden, Code = "AccessDenied" });
        (await Should.ThrowAsync<AmazonS3Exception>(() => Storage.Put(sha256, file, Ct))).ErrorCode.ShouldBe("AccessDenied");
        (Bucket.Unfinished, store.Count("DELETE", "uploadId=")).ShouldBe((0, 1));
        (await Storage.Open(sha256, Ct)).ShouldBeNull();

        store.Troubles.Add(new("PUT", "partNumber=2") { Delay = TimeSpan.FromMinutes(1) });
        using var given = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Should.ThrowAsync<OperationCanceledException>(() => Storage.Put(sha256, file, given.Token));
        (Bucket.Unfinished, Bucket.Keys.Count()).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Small_requests_are_made_again_when_the_store_stumbles()
    {
        store.Troubles.Add(new("PUT", "") { Status = HttpStatusCode.ServiceUnavailable, Times = 2 });
        store.Troubles.Add(new("HEAD", "") { Status = HttpStatusCode.InternalServerError, Skip = 1 });
        store.Troubles.Add(new("DELETE", "") { Status = HttpStatusCode.BadGateway });
        var sha256 = await Put(Bytes(10_000));
        (await All(sha256)).ShouldBe(Bytes(10_000));
        await Storage.Remove(sha256, Ct);
        Bucket.Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reading_goes_on_where_the_connection_broke()
    {
        var bytes = Bytes(3_000_000);
        var sha256 = await Put(bytes);
        store.Troubles.Add(new("GET", sha256) { CutAfter = 1_000_000, Times = 2 });
        (await All(sha256)).ShouldBe(bytes);
        store.Count("GET", sha256).ShouldBe(3);
    }

    [Fact]
    public async Task Reading_ends_in_an_error_when_the_store_never_gets_further()
    {
        var sha256 = await Put(Bytes(3_000_000));
        await using var content = await Opened(sha256);
        store.Troubles.Add(new("GET", sha256) { CutAfter = 0, Times = 100 });
        await Should.ThrowAsync<IOException>(async () => await content.ReadExactlyAsync(new byte[10], Ct));
        await Storage.Remove(sha256, Ct);
    }

    Task<(string Sha256, SpooledFile File)> Large() => LargeFile.Make(Spool, Ct);

    async Task<string> Hash(string sha256)
    {
        await using var content = await Opened(sha256);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, Ct));
    }
}
