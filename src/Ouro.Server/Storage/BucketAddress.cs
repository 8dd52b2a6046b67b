using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Ouro.Server.Storage;

/// <summary>Which bucket, where, and under which names. It holds no secret.</summary>
sealed record BucketAddress(string Name, Uri? Endpoint, string Region, string Folder)
{
    const int Retries = 5;

    // A store that cannot be connected to will not be by waiting.
    static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    public string Key(string sha256) => $"{Folder}{sha256[..2]}/{sha256}";

    public static BucketAddress Of(Settings settings)
    {
        var name = settings.S3Bucket!;
        if (name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
            throw new SettingException($"OURO_S3_BUCKET is the name of a bucket alone, such as ouro-files, not “{name}”. An address goes to OURO_S3_ENDPOINT, a folder to OURO_S3_PREFIX.");
        Uri? endpoint = null;
        if (settings.S3Endpoint is not null
            && (!Uri.TryCreate(settings.S3Endpoint, UriKind.Absolute, out endpoint) || endpoint.Scheme is not ("http" or "https") || endpoint.UserInfo.Length > 0))
            // Not the value itself: somebody may have put a secret into it.
            throw new SettingException("OURO_S3_ENDPOINT is an address such as https://s3.example.org, without a name or password. Unset it for Amazon's own store.");
        if (settings.S3AccessKey is null != settings.S3SecretKey is null)
            throw new SettingException($"{(settings.S3AccessKey is null ? "OURO_S3_SECRET_KEY is set and OURO_S3_ACCESS_KEY" : "OURO_S3_ACCESS_KEY is set and OURO_S3_SECRET_KEY")} is not. Set both, or neither where the machine has credentials of its own.");
        var prefix = settings.S3Prefix?.Trim('/') ?? "";
        return new(name, endpoint, settings.S3Region, prefix.Length == 0 ? "objects/" : $"{prefix}/objects/");
    }

    /// <param name="settings">The key, which is not kept here.</param>
    /// <param name="patience">How long one request may take to its answer's first line.</param>
    public AmazonS3Client Connect(Settings settings, TimeSpan patience)
    {
        var config = new AmazonS3Config
        {
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = Retries,
            Timeout = patience,
            ConnectTimeout = ConnectPatience,
            // Checksums beyond the signature are not understood by every compatible store; what we send is signed to the last byte.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (Endpoint is null) config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        else (config.ServiceURL, config.AuthenticationRegion, config.ForcePathStyle) = (Endpoint.ToString(), Region, true);
        try
        {
            return settings.S3AccessKey is null ? new(config) : new(new BasicAWSCredentials(settings.S3AccessKey, settings.S3SecretKey), config);
        }
        catch (Exception e) when (IsWithoutKey(e))
        {
            throw Unusable(e);
        }
    }

    /// <summary>What keeps the bucket from being used, and what to do about it.</summary>
    public SettingException Unusable(Exception e)
    {
        var place = Endpoint?.ToString() ?? $"Amazon S3 ({Region})";
        return new(e switch
        {
            AmazonS3Exception { ErrorCode: "NoSuchBucket" } =>
                $"There is no bucket “{Name}” at {place}, so files cannot be kept. Create it, or set OURO_S3_BUCKET to one that is there.",
            AmazonS3Exception { ErrorCode: "SignatureDoesNotMatch" or "InvalidAccessKeyId" or "InvalidToken" or "ExpiredToken" } refused =>
                $"{place} does not accept the key for the bucket “{Name}” ({refused.ErrorCode}). Check OURO_S3_ACCESS_KEY and OURO_S3_SECRET_KEY.",
            AmazonS3Exception { ErrorCode: "RequestTimeTooSkewed" } =>
                $"{place} refuses requests because this machine's clock differs from its own by more than 15 minutes. Set the clock.",
            AmazonS3Exception { ErrorCode: "AuthorizationHeaderMalformed" or "PermanentRedirect" } or AmazonS3Exception { StatusCode: HttpStatusCode.MovedPermanently } =>
                $"The bucket “{Name}” is not in the region {Region}. Set OURO_S3_REGION to the one that it is in.",
            AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden } =>
                $"The key may not list the bucket “{Name}” at {place}. It has to be allowed ListBucket, GetObject, PutObject, DeleteObject and AbortMultipartUpload.",
            AmazonS3Exception refused =>
                $"The bucket “{Name}” at {place} cannot be used: {(int)refused.StatusCode} {refused.ErrorCode}. Check OURO_S3_ENDPOINT and OURO_S3_BUCKET.",
            OperationCanceledException =>
                $"{place}, which has the bucket “{Name}”, did not answer in time, so files cannot be kept. Check OURO_S3_ENDPOINT and the network.",
            _ when IsWithoutKey(e) =>
                $"No key to the bucket “{Name}” was found, neither in the settings nor where Amazon's own programs look. Set OURO_S3_ACCESS_KEY and OURO_S3_SECRET_KEY.",
            _ => $"{place}, which has the bucket “{Name}”, could not be reached: {e.GetBaseException().Message.TrimEnd('.')}. Check OURO_S3_ENDPOINT and the network.",
        });
    }

    /// <summary>Some places are looked at when the client is made, others when it first signs; each says it in its own words.</summary>
    static bool IsWithoutKey(Exception e) =>
        e is AmazonServiceException and not AmazonS3Exception or AmazonClientException && e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase);
}
