using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Ouro.Server.Storage;

/// <summary>Content in a bucket of an S3-compatible store: <c>{prefix}objects/3f/3f9a…</c>, one object each.</summary>
public sealed class S3Storage : ObjectStorage, IDisposable
{
    /// <summary>What is larger goes in parts, so that a connection that breaks costs one part. A store takes at most 10,000 of them.</summary>
    public const long WholeLimit = 64L << 20, PartSize = 32L << 20;

    const int PartsAtOnce = 4;

    // A signed link of the fourth version lives seven days at most.
    static readonly TimeSpan LongestLink = TimeSpan.FromDays(7);
    static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(20), AbortPatience = TimeSpan.FromSeconds(30);

    // A question is answered soon or not at all; what carries content has to get through a slow line.
    static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(30), SendPatience = TimeSpan.FromMinutes(15);

    readonly AmazonS3Client client, sender;
    readonly BucketAddress bucket;
    readonly TimeProvider time;

    public S3Storage(Settings settings, TimeProvider time)
    {
        bucket = BucketAddress.Of(settings);
        (client, sender) = (bucket.Connect(settings, AskPatience), bucket.Connect(settings, SendPatience));
        this.time = time;
    }

    public override bool IsRemote => true;

    public void Dispose()
    {
        client.Dispose();
        sender.Dispose();
    }

    public override async Task Check(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(CheckPatience);
        try
        {
            // Not a HEAD, whose refusals carry no reason.
            await client.ListObjectsV2Async(new() { BucketName = bucket.Name, Prefix = bucket.Folder, MaxKeys = 1 }, patience.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw bucket.Unusable(e);
        }
    }

    public override async Task Put(string sha256, SpooledFile file, CancellationToken ct)
    {
        var (key, length) = (bucket.Key(sha256), file.Length);
        if (await Size(key, ct) == length) return;
        if (length <= WholeLimit) await PutWhole(key, sha256, file, ct);
        else await PutParts(key, file, length, ct);
    }

    /// <summary>The name is the checksum of the payload, so the store itself refuses bytes that are not those of the name.</summary>
    async Task PutWhole(string key, string sha256, SpooledFile file, CancellationToken ct)
    {
        await using var content = file.Open();
        await sender.PutObjectAsync(new()
        {
            BucketName = bucket.Name, Key = key, InputStream = content, AutoCloseStream = false, UseChunkEncoding = false,
            ChecksumSHA256 = Convert.ToBase64String(Convert.FromHexString(sha256)),
        }, ct);
    }

    async Task PutParts(string key, SpooledFile file, long length, CancellationToken ct)
    {
        var upload = (await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket.Name, Key = key }, ct)).UploadId;
        try
        {
            var parts = new PartETag[(length + PartSize - 1) / PartSize];
            await Parallel.ForEachAsync(Enumerable.Range(0, parts.Length), new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = ct }, async (i, ct) =>
            {
                // Read from the file as it is sent; each of its chunks is signed. A part that fails is sent again by the client.
                var part = await sender.UploadPartAsync(new()
                {
                    BucketName = bucket.Name, Key = key, UploadId = upload, PartNumber = i + 1,
                    FilePath = file.Path, FilePosition = i * PartSize, PartSize = Math.Min(PartSize, length - i * PartSize),
                }, ct);
                parts[i] = new(i + 1, part.ETag);
            });
            await Complete(key, upload, [.. parts], ct);
            if (await Size(key, ct) is var size && size != length)
            {
                await client.DeleteObjectAsync(bucket.Name, key, ct);
                throw new IOException($"The store had {size?.ToString() ?? "no"} bytes of {key} where {length} were sent.");
            }
        }
        catch
        {
            await Abort(key, upload);
            throw;
        }
    }

    async Task Complete(string key, string upload, List<PartETag> parts, CancellationToken ct)
    {
        try
        {
            await sender.CompleteMultipartUploadAsync(new() { BucketName = bucket.Name, Key = key, UploadId = upload, PartETags = parts }, ct);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchUpload")
        {
            // It was completed, the answer was lost, and the client asked again. The size is looked at in any case.
        }
    }

    /// <summary>Parts of an upload that ends without success would be kept, and paid for, forever. What brought the end is what the caller hears of.</summary>
    async Task Abort(string key, string upload)
    {
        using var patience = new CancellationTokenSource(AbortPatience);
        try
        {
            await client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = key, UploadId = upload }, patience.Token);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            // The store's own rule for unfinished uploads takes them; docs/operating/storage.md says to set one.
        }
    }

    public override async Task<Stream?> Open(string sha256, CancellationToken ct) =>
        await Size(bucket.Key(sha256), ct) is { } size ? new S3Content(client, bucket.Name, bucket.Key(sha256), size) : null;

    public override async Task Remove(string sha256, CancellationToken ct)
    {
        try
        {
            await client.DeleteObjectAsync(bucket.Name, bucket.Key(sha256), ct);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            // Amazon's store is content when there is nothing; some compatible ones are not.
        }
    }

    public override async IAsyncEnumerable<StoredObject> List([EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ListObjectsV2Request { BucketName = bucket.Name, Prefix = bucket.Folder };
        do
        {
            var page = await client.ListObjectsV2Async(request, ct);
            foreach (var at in page.S3Objects ?? [])
                if (at.Key[(at.Key.LastIndexOf('/') + 1)..] is var name && IsName(name) && at.Key == bucket.Key(name))
                    yield return new(name, at.Size!.Value, at.LastModified!.Value.ToUniversalTime());
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    public override Uri? Link(string sha256, string fileName, string contentType, bool isInline, TimeSpan lifetime) => new(client.GetPreSignedURL(new()
    {
        BucketName = bucket.Name,
        Key = bucket.Key(sha256),
        Verb = HttpVerb.GET,
        Protocol = bucket.Endpoint?.Scheme == "http" ? Protocol.HTTP : Protocol.HTTPS,
        Expires = (time.GetUtcNow() + (lifetime < LongestLink ? lifetime : LongestLink)).UtcDateTime,
        ResponseHeaderOverrides = new() { ContentDisposition = Disposition.Of(fileName, isInline), ContentType = contentType },
    }));

    async Task<long?> Size(string key, CancellationToken ct)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(bucket.Name, key, ct)).ContentLength;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
