using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>Bytes that arrived and wait to become a file.</summary>
/// <param name="Id">The upload's id; the file made of it has the same.</param>
/// <param name="UploadId">The same as <c>bucket/path</c>, by which the public clients name it.</param>
/// <param name="Bucket"><c>public-files</c> or <c>files</c>.</param>
/// <param name="Path">Its path in the bucket, <c>{user id}/{id}.{extension}</c>.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="MimeType">Its media type, told from the bytes.</param>
/// <param name="FileName">What it is called.</param>
/// <param name="Sha256">The SHA-256 of its bytes, hexadecimal.</param>
public sealed record UploadedFile(Guid Id, string UploadId, string Bucket, string Path, long Size, string MimeType, string FileName, string Sha256);

/// <summary>What <c>complete</c> answers: the upload, or where a link was asked for only that.</summary>
public sealed record CompletedUpload
{
    /// <summary>A link to the bytes, for an hour.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? DownloadUrl { get; init; }
    /// <summary>The upload's id; the file made of it has the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Guid? Id { get; init; }
    /// <summary>The same as <c>bucket/path</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? UploadId { get; init; }
    /// <summary><c>public-files</c> or <c>files</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Bucket { get; init; }
    /// <summary>Its path in the bucket.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Path { get; init; }
    /// <summary>Its bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public long? Size { get; init; }
    /// <summary>Its media type, told from the bytes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? MimeType { get; init; }
    /// <summary>What it is called.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? FileName { get; init; }
    /// <summary>The SHA-256 of its bytes, hexadecimal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Sha256 { get; init; }

    /// <summary>The answer that tells of an upload.</summary>
    /// <param name="upload">The upload.</param>
    public static CompletedUpload Of(UploadedFile upload) => new()
    {
        Id = upload.Id, UploadId = upload.UploadId, Bucket = upload.Bucket, Path = upload.Path, Size = upload.Size, MimeType = upload.MimeType, FileName = upload.FileName,
        Sha256 = upload.Sha256,
    };
}

/// <summary>Asks for an address that takes the bytes of a file without a credential.</summary>
/// <param name="FileName">What the file is called, with its extension.</param>
/// <param name="Visibility">Who will see the asset; <c>private</c> unless said.</param>
/// <param name="ContentType">What its sender takes it for.</param>
public sealed record CreateUploadUrl(string? FileName, string? Visibility = null, string? ContentType = null);

/// <summary>Where the bytes of a file go.</summary>
/// <param name="UploadId">The upload, <c>bucket/path</c>.</param>
/// <param name="Bucket"><c>public-files</c> or <c>files</c>.</param>
/// <param name="Path">Its path in the bucket.</param>
/// <param name="Url">Where to send the bytes as they are. It needs no credential.</param>
/// <param name="Method">The verb, <c>PUT</c>.</param>
/// <param name="Headers">Headers to send with them.</param>
/// <param name="ExpiresIn">Seconds within which sending has to begin.</param>
public sealed record UploadUrl(
    string UploadId, string Bucket, string Path, [property: JsonPropertyName("upload_url")] string Url, string Method, IReadOnlyDictionary<string, string> Headers, int ExpiresIn);

/// <summary>Names an upload.</summary>
/// <param name="UploadId"><c>bucket/path</c>, or the upload's id.</param>
/// <param name="FileName">Another name for the file.</param>
/// <param name="Download">Whether to answer with a link to the bytes instead.</param>
public sealed record NamedUpload(string? UploadId, string? FileName = null, bool Download = false);

/// <summary>That an upload was discarded.</summary>
/// <param name="Discarded">Whether there was one.</param>
public sealed record DiscardedUpload(bool Discarded);

/// <summary>An upload as it stands: on its way, or arrived and not yet a file.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UploadId">The same as <c>bucket/path</c>.</param>
/// <param name="FileName">What the file is called.</param>
/// <param name="Length">Its bytes in all; null where its sender has not said.</param>
/// <param name="Received">Its bytes that are here for good; sending goes on behind them.</param>
/// <param name="IsComplete">Whether all of it is here.</param>
/// <param name="Fingerprint">What its sender knows the file by, to find this upload again.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="ExpiresAt">When it is thrown away, unless it goes on or becomes a file.</param>
public sealed record Upload(
    Guid Id, string UploadId, string FileName, long? Length, long Received, bool IsComplete, string? Fingerprint, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>What the server found out about bytes.</summary>
/// <param name="Metadata">Size, type, place and classification, as the asset's metadata will have them.</param>
/// <param name="Preview">The first rows of a table; null for what is none.</param>
public sealed record FileMetadata(JsonElement? Metadata, JsonElement? Preview);

/// <summary>Where the bytes of a file are.</summary>
/// <param name="Url">An address that needs no credential: for a public file always the same, for another for an hour.</param>
public sealed record FileData(string Url);

/// <summary>How much room files take, and how much they may.</summary>
/// <param name="Used">Bytes of files and uploads.</param>
/// <param name="Limit">Bytes that they may have; null for no limit.</param>
/// <param name="Files">How many files there are.</param>
public sealed record StorageUsage(long Used, long? Limit, long Files);
