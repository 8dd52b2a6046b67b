using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Storage;

/// <summary>Content in a folder.</summary>
public sealed class LocalStorageTests : ObjectStorageTests
{
    string folder = null!;

    protected override Task<ObjectStorage> Make(string folder) => Task.FromResult<ObjectStorage>(new LocalStorage(this.folder = Path.Combine(folder, "objects")));

    [Fact]
    public async Task Content_lies_under_its_name_for_the_server_alone()
    {
        var sha256 = await Put(Bytes(10));
        var path = Path.Combine(folder, sha256[..2], sha256);
        File.ReadAllBytes(path).ShouldBe(Bytes(10));
        (File.GetUnixFileMode(Path.GetDirectoryName(path)!) & (UnixFileMode.OtherRead | UnixFileMode.GroupRead)).ShouldBe(default);
        Storage.IsRemote.ShouldBeFalse();
        Storage.Link(sha256, "a.txt", "text/plain", false, TimeSpan.FromMinutes(1)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_no_content_is_not_listed()
    {
        var sha256 = await Put(Bytes(10));
        File.WriteAllText(Path.Combine(folder, sha256[..2], "notes.txt"), "");
        File.WriteAllText(Path.Combine(folder, sha256.ToUpperInvariant()), "");
        (await Listed()).ShouldHaveSingleItem().Sha256.ShouldBe(sha256);
    }

    [Fact]
    public async Task A_folder_on_another_disk_than_what_comes_in_gets_a_copy_or_nothing()
    {
        var other = $"/dev/shm/ouro-{Guid.CreateVersion7():N}";
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no second disk here.");
        try
        {
            var storage = new LocalStorage(other);
            var (sha256, file) = Came(Bytes(3_000_000));
            await storage.Put(sha256, file, Ct);
            await using (var content = (await storage.Open(sha256, Ct)).ShouldNotBeNull())
            {
                var read = new byte[3_000_000];
                await content.ReadExactlyAsync(read, Ct);
                read.ShouldBe(Bytes(3_000_000));
            }
            var (gone, vanished) = Came(Bytes(100, 2));
            File.Delete(vanished.Path);
            await Should.ThrowAsync<IOException>(() => storage.Put(gone, vanished, Ct));
            Directory.GetFiles(other, "*", SearchOption.AllDirectories).ShouldHaveSingleItem().ShouldEndWith(sha256);
        }
        finally
        {
            if (Directory.Exists(other)) Directory.Delete(other, recursive: true);
        }
    }
}
