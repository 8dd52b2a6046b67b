using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Storage;

/// <summary>The stand-in refuses what a real store refuses; otherwise what is tested against it would prove little.</summary>
public sealed class S3ServerTests : IAsyncLifetime
{
    S3Server store = null!;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => store = await S3Server.Start("files");

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Who_signs_nothing_gets_nothing()
    {
        using var http = new HttpClient { BaseAddress = store.Root };
        (await http.PutAsync("/files/a", new ByteArrayContent([1]), Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await http.GetAsync("/files/a", Ct)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, InlineData(true, "SignatureDoesNotMatch"), InlineData(false, "XAmzContentSHA256Mismatch")]
    public async Task A_byte_that_changes_on_the_way_is_noticed(bool chunked, string code)
    {
        using var client = Client(new Falsified());
        var error = await Should.ThrowAsync<AmazonS3Exception>(() => client.PutObjectAsync(
            new() { BucketName = "files", Key = "a", InputStream = new MemoryStream(new byte[200_000]), UseChunkEncoding = chunked }, Ct));
        error.ErrorCode.ShouldBe(code);
        store["files"].Keys.ShouldBeEmpty();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_arrives_as_it_was_signed_is_kept(bool chunked)
    {
        using var client = Client(null);
        await client.PutObjectAsync(new() { BucketName = "files", Key = "a b/ü+(1)", InputStream = new MemoryStream(new byte[200_000]), UseChunkEncoding = chunked }, Ct);
        new FileInfo(store["files"].PathOf("a b/ü+(1)")).Length.ShouldBe(200_000);
    }

    [Fact]
    public async Task Uploads_are_held_to_the_rules_of_the_protocol()
    {
        using var client = Client(null);
        async Task<string> Code(Func<Task> call) => (await Should.ThrowAsync<AmazonS3Exception>(call)).ErrorCode;
        var upload = (await client.InitiateMultipartUploadAsync("files", "a", Ct)).UploadId;
        async Task<string> Part(int number) => (await client.UploadPartAsync(
            new() { BucketName = "files", Key = "a", UploadId = upload, PartNumber = number, InputStream = new MemoryStream(new byte[100]), PartSize = 100 }, Ct)).ETag;
        var (one, two) = (await Part(1), await Part(2));
        Task Complete(params (int Number, string ETag)[] parts) => client.CompleteMultipartUploadAsync(
            new() { BucketName = "files", Key = "a", UploadId = upload, PartETags = [.. parts.Select(p => new Amazon.S3.Model.PartETag(p.Number, p.ETag))] }, Ct);
        (await Code(() => Complete((1, one), (2, two)))).ShouldBe("EntityTooSmall");
        (await Code(() => Complete((1, one), (3, two)))).ShouldBe("InvalidPart");
        (await Code(() => Complete((1, "\"00\"")))).ShouldBe("InvalidPart");
        await client.AbortMultipartUploadAsync("files", "a", upload, Ct);
        (await Code(() => Complete((1, one)))).ShouldBe("NoSuchUpload");
        (await Code(() => Part(3))).ShouldBe("NoSuchUpload");
        (await Code(() => client.GetObjectAsync("files", "a", Ct))).ShouldBe("NoSuchKey");
        (await Code(() => client.GetObjectAsync("nothing", "a", Ct))).ShouldBe("NoSuchBucket");
    }

    AmazonS3Client Client(DelegatingHandler? handler) => new(new BasicAWSCredentials(S3Server.AccessKey, S3Server.SecretKey), new AmazonS3Config
    {
        ServiceURL = store.Root.ToString(), ForcePathStyle = true, AuthenticationRegion = S3Server.Region, MaxErrorRetry = 0,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, HttpClientFactory = handler is null ? null : new By(handler),
    });

    sealed class By(DelegatingHandler handler) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(handler);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }

    /// <summary>A way to the store on which the last byte but some changes.</summary>
    sealed class Falsified() : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is { } content)
            {
                var bytes = await content.ReadAsByteArrayAsync(cancellationToken);
                bytes[bytes.Length / 2] ^= 1;
                request.Content = new ByteArrayContent(bytes);
                foreach (var header in content.Headers) request.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
