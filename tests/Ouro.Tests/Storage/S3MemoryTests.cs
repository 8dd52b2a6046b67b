using System.Diagnostics;
using System.Security.Cryptography;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Storage;

/// <summary>A file that is larger than what a request may hold in memory.</summary>
static class LargeFile
{
    public const int Megabytes = 100;

    /// <summary>Made piece by piece, so that it is never in memory as a whole.</summary>
    public static async Task<(string Sha256, SpooledFile File)> Make(Spool spool, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = spool.Create(id);
        var piece = new byte[1 << 20];
        var random = new Random(7);
        for (var i = 0; i < Megabytes; i++)
        {
            random.NextBytes(piece);
            hash.AppendData(piece);
            await file.WriteAsync(piece, ct);
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), spool.File(id));
    }
}

/// <summary>Memory belongs to the process, so what measures it runs when nothing else does.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;

/// <summary>Content goes to a bucket and comes from it through a small buffer.</summary>
[Collection("alone")]
public sealed class S3MemoryTests : IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("ouro-memory-").FullName;
    S3Server store = null!;
    S3Storage storage = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = await S3Server.Start("files");
        storage = new(S3StorageTests.Set(store), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        storage.Dispose();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_large_file_goes_and_comes_in_little_memory()
    {
        var (sha256, file) = await LargeFile.Make(new(folder), Ct);
        await Watched("put", () => storage.Put(sha256, file, Ct), 40);
        await Watched("read", async () =>
        {
            await using var content = (await storage.Open(sha256, Ct)).ShouldNotBeNull();
            Convert.ToHexStringLower(await SHA256.HashDataAsync(content, Ct)).ShouldBe(sha256);
        }, 16);
    }

    /// <summary>The store's buffers are counted too: it lives in this process.</summary>
    static async Task Watched(string what, Func<Task> work, int megabytes)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (most, began) = (0L, Stopwatch.GetTimestamp());
        var task = work();
        while (await Task.WhenAny(task, Task.Delay(5, Ct)) != task) most = Math.Max(most, GC.GetTotalMemory(false) - before);
        await task;
        TestContext.Current.SendDiagnosticMessage($"{what}: {most / 1e6:0.0} MB at most, {LargeFile.Megabytes / Stopwatch.GetElapsedTime(began).TotalSeconds:0} MiB/s");
        most.ShouldBeLessThan((long)megabytes << 20);
    }
}
