using System.Net;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Storage;

/// <summary>Links to content in a bucket, followed by somebody who has nothing but the link.</summary>
public sealed class S3LinkTests : IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("ouro-links-").FullName;
    readonly HttpClient anybody = new();
    S3Server store = null!;
    S3Storage storage = null!;
    string sha256 = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        store = await S3Server.Start("files");
        storage = new(S3StorageTests.Set(store), TimeProvider.System);
        var file = new SpooledFile(Path.Combine(folder, "a"));
        await File.WriteAllTextAsync(file.Path, "a,b\n1,2\n", Ct);
        sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(file.Path, Ct)));
        await storage.Put(sha256, file, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        anybody.Dispose();
        storage.Dispose();
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    Uri Link(string name = "a.csv", bool isInline = false, int seconds = 60) => storage.Link(sha256, name, "text/csv; charset=utf-8", isInline, TimeSpan.FromSeconds(seconds))!;

    [Theory, InlineData("a.csv", "a.csv"), InlineData("Straße „5“ (a+b) 100% & 日本'*!.csv", "Straße „5“ (a+b) 100% & 日本'*!.csv"), InlineData("../x\"\r\n.csv", ".._x___.csv")]
    public async Task A_link_works_without_credentials_and_carries_name_and_type(string name, string saved)
    {
        var link = Link(name);
        link.ToString().ShouldStartWith(store.Root.ToString());
        link.ToString().ShouldNotContain(S3Server.SecretKey);
        using var answer = await anybody.GetAsync(link, Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Ct));
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldBe("a,b\n1,2\n");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/csv; charset=utf-8");
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        answer.Content.Headers.ContentDisposition.FileNameStar.ShouldBe(saved);
    }

    [Fact]
    public async Task A_link_may_be_looked_at_in_place_and_in_parts()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Link(isInline: true)) { Headers = { Range = new(4, 6) } };
        using var answer = await anybody.SendAsync(request, Ct);
        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await answer.Content.ReadAsStringAsync(Ct)).ShouldBe("1,2");
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");
    }

    [Fact]
    public async Task A_link_ends()
    {
        var link = Link(seconds: 90);
        store.Ahead = TimeSpan.FromSeconds(80);
        (await anybody.GetAsync(link, Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        store.Ahead = TimeSpan.FromSeconds(100);
        var late = await anybody.GetAsync(link, Ct);
        late.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await late.Content.ReadAsStringAsync(Ct)).ShouldContain("expired");
        // Longer than the protocol knows is as long as it knows.
        store.Ahead = TimeSpan.Zero;
        (await anybody.GetAsync(Link(seconds: 30 * 86_400), Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_link_that_was_changed_is_refused_and_so_is_one_made_with_another_secret()
    {
        var link = Link().AbsoluteUri;
        foreach (var forged in (string[])[
            link.Replace("a.csv", "b.csv", StringComparison.Ordinal), link.Replace("X-Amz-Expires=60", "X-Amz-Expires=6000", StringComparison.Ordinal),
            link.Replace(sha256, new string('0', 64), StringComparison.Ordinal), link.Split('?')[0]])
        {
            forged.ShouldNotBe(link);
            (await anybody.GetAsync(forged, Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, forged);
        }
        using var other = new S3Storage(S3StorageTests.Set(store, ("S3SecretKey", "not the secret")), TimeProvider.System);
        (await anybody.GetAsync(other.Link(sha256, "a.csv", "text/csv", false, TimeSpan.FromMinutes(1)), Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
