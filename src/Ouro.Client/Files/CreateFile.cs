using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What it takes to make a file of bytes that were uploaded, or to announce one whose bytes come later.</summary>
public sealed record CreateFile : Pricing
{
    /// <summary>
    /// The id of the upload, which becomes the asset's. With the state <c>in-progress</c> and no upload of this id, the id that the awaited file is to have.
    /// </summary>
    public Guid? Id { get; init; }
    /// <summary>The upload, by the name that <c>POST /files/upload-url</c> gave it; instead of <see cref="Id"/>.</summary>
    public string? UploadId { get; init; }
    /// <summary>Its name, 1 to 255 characters; omitted, the name that the file was uploaded under.</summary>
    public string? Name { get; init; }
    /// <summary>Who may see it; omitted, it follows its place: public in the personal context.</summary>
    public Visibility? Visibility { get; init; }
    /// <summary>What it is about.</summary>
    public Content? Description { get; init; }
    /// <summary>An SPDX-like licence id.</summary>
    public string? LicenseId { get; init; }
    /// <summary>Where it comes from.</summary>
    public Attribution? Attribution { get; init; }
    /// <summary>The organization to put it in; omitted, the context of the request.</summary>
    public Guid? OrgId { get; init; }
    /// <summary>The team to put it in; omitted, the organization's default team.</summary>
    public Guid? TeamId { get; init; }
    /// <summary>What it belongs to.</summary>
    public Guid? ParentId { get; init; }
    /// <summary><c>success</c> with bytes, which is the default; <c>in-progress</c> announces a file whose bytes come later.</summary>
    public AssetState? State { get; init; }
    /// <summary>Keys of the caller's own. What the server knows of the bytes (size, type, classification) it finds out itself, whatever stands here.</summary>
    public JsonElement? Metadata { get; init; }
}

/// <summary>The body on the wire: <c>{"file": {…}}</c>.</summary>
/// <param name="File">The file to make.</param>
public sealed record CreateFileBody(CreateFile File);

/// <summary>What becomes different about a file; what is not given stays.</summary>
public sealed record UpdateFile : ChangeAsset
{
    /// <summary>An upload whose bytes take the place of the file's; its id, path and address stay.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? UploadId { get; init; }
    /// <summary>Of a file whose bytes are still awaited: how that stands. With bytes it becomes <c>success</c> by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public AssetState? State { get; init; }
    /// <summary>Keys of the caller's own, merged into those that are there; or <c>bucket</c> and <c>path</c> of an upload, as the public clients name it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public JsonElement? Metadata { get; init; }
}

/// <summary>The body on the wire: <c>{"file": {…}}</c>.</summary>
/// <param name="File">What becomes different.</param>
public sealed record UpdateFileBody(UpdateFile File);

/// <summary>A whole file in one JSON body, as the public Python client sends it. The server reads it as a stream; the SDK does not send it.</summary>
public sealed record UploadBody
{
    /// <summary>What the file is called, with its extension.</summary>
    public string? FileName { get; init; }
    /// <summary>Its bytes in base64.</summary>
    public string? FileBase64 { get; init; }
    /// <summary>Who will see the asset: <c>public</c> puts it into the bucket <c>public-files</c>.</summary>
    public string? Visibility { get; init; }
    /// <summary>What its sender takes it for; the server looks for itself.</summary>
    public string? ContentType { get; init; }
    /// <summary>When the bytes replace those of a file: what else becomes different about it.</summary>
    public UpdateFile? File { get; init; }
}
