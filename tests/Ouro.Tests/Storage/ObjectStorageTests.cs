using System.Security.Cryptography;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Storage;

/// <summary>What every place for content promises.</summary>
public abstract class ObjectStorageTests : IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("ouro-storage-").FullName;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected ObjectStorage Storage { get; private set; } = null!;

    protected Spool Spool { get; private set; } = null!;

    protected abstract Task<ObjectStorage> Make(string folder);

    public virtual async ValueTask InitializeAsync()
    {
        Spool = new(Path.Combine(folder, "spool"));
        Storage = await Make(folder);
    }

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A file that came in, with the name of its content.</summary>
    protected (string Sha256, SpooledFile File) Came(byte[] bytes)
    {
        var file = Spool.File(Guid.CreateVersion7());
        File.WriteAllBytes(file.Path, bytes);
        return (Name(bytes), file);
    }

    protected async Task<string> Put(byte[] bytes)
    {
        var (sha256, file) = Came(bytes);
        await Storage.Put(sha256, file, Ct);
        return sha256;
    }

    protected async Task<byte[]> All(string sha256)
    {
        await using var content = await Opened(sha256);
        var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Ct);
        return bytes.ToArray();
    }

    protected async Task<Stream> Opened(string sha256) => (await Storage.Open(sha256, Ct)).ShouldNotBeNull();

    protected async Task<List<StoredObject>> Listed()
    {
        var all = new List<StoredObject>();
        await foreach (var at in Storage.List(Ct)) all.Add(at);
        return all;
    }

    protected static string Name(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Bytes without a pattern, the same for the same seed.</summary>
    protected static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    [Theory, InlineData(0), InlineData(1), InlineData(100_000), InlineData(3_000_001)]
    public async Task What_was_put_is_read_back(int length)
    {
        var bytes = Bytes(length);
        var sha256 = await Put(bytes);
        (await All(sha256)).ShouldBe(bytes);
        await using var content = await Opened(sha256);
        content.Length.ShouldBe(length);
        (content.CanRead, content.CanSeek, content.CanWrite).ShouldBe((true, true, false));
    }

    [Fact]
    public async Task Content_is_read_from_any_place_and_again()
    {
        var bytes = Bytes(1_000_000);
        await using var content = await Opened(await Put(bytes));
        var part = new byte[1000];
        foreach (var from in (int[])[500_000, 999_000, 0, 1000, 1000, 998_999])
        {
            content.Seek(from, SeekOrigin.Begin).ShouldBe(from);
            await content.ReadExactlyAsync(part, Ct);
            part.ShouldBe(bytes[from..(from + 1000)]);
            content.Position.ShouldBe(from + 1000);
        }
        content.Seek(-10, SeekOrigin.End).ShouldBe(999_990);
        (await content.ReadAtLeastAsync(part, 1000, throwOnEndOfStream: false, Ct)).ShouldBe(10);
        part[..10].ShouldBe(bytes[^10..]);
        (await content.ReadAsync(part, Ct)).ShouldBe(0);
        content.Position = 2_000_000;
        (await content.ReadAsync(part, Ct)).ShouldBe(0);
        content.Position = 7;
        content.ReadExactly(part);
        part.ShouldBe(bytes[7..1007]);
    }

    [Fact]
    public async Task Many_read_the_same_content_at_once()
    {
        var bytes = Bytes(400_000);
        var sha256 = await Put(bytes);
        foreach (var read in await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => All(sha256)))) read.ShouldBe(bytes);
    }

    [Fact]
    public async Task Identical_content_is_kept_once()
    {
        var bytes = Bytes(50_000);
        var names = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Put(bytes)));
        names.Distinct().Count().ShouldBe(1);
        (await Listed()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(at => at.Sha256.ShouldBe(names[0]), at => at.Size.ShouldBe(50_000));
    }

    [Fact]
    public async Task Putting_again_changes_nothing_and_the_file_stays_its_owners()
    {
        var (sha256, file) = Came(Bytes(10_000));
        await Storage.Put(sha256, file, Ct);
        await Storage.Put(sha256, file, Ct);
        File.Exists(file.Path).ShouldBeTrue();
        File.Delete(file.Path);
        (await All(sha256)).ShouldBe(Bytes(10_000));
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        (await Storage.Open(Name([1]), Ct)).ShouldBeNull();
        (await Listed()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_removed_is_gone_and_may_be_removed_again()
    {
        var (gone, stays) = (await Put(Bytes(100, 1)), await Put(Bytes(100, 2)));
        await Storage.Remove(gone, Ct);
        await Storage.Remove(gone, Ct);
        await Storage.Remove(Name([9]), Ct);
        (await Storage.Open(gone, Ct)).ShouldBeNull();
        (await Listed()).ShouldHaveSingleItem().Sha256.ShouldBe(stays);
        (await Put(Bytes(100, 1))).ShouldBe(gone);
        (await All(gone)).ShouldBe(Bytes(100, 1));
    }

    [Fact]
    public async Task Everything_is_listed_with_its_size_and_time()
    {
        var before = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        var put = new Dictionary<string, long>();
        for (var i = 0; i < 25; i++) put[await Put(Bytes(100 + i, i))] = 100 + i;
        var listed = await Listed();
        listed.ToDictionary(at => at.Sha256, at => at.Size).ShouldBe(put, ignoreOrder: true);
        listed.ShouldAllBe(at => at.StoredAt > before && at.StoredAt < before.AddMinutes(3));
    }

    [Fact]
    public async Task A_put_that_fails_leaves_nothing_under_the_name()
    {
        var (sha256, file) = Came(Bytes(1000));
        File.Delete(file.Path);
        await Should.ThrowAsync<IOException>(() => Storage.Put(sha256, file, Ct));
        (await Storage.Open(sha256, Ct)).ShouldBeNull();
        (await Listed()).ShouldBeEmpty();
    }
}
