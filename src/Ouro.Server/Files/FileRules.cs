using System.Globalization;
using System.Text;
using System.Text.Json;
using Ouro.Server.Data;
using Ouro.Server.Storage;

namespace Ouro.Server.Files;

/// <summary>How files are called, where they are said to be, and what is said of them.</summary>
public static class FileRules
{
    const int LongestName = 255, LongestExtension = 12, MostMetadata = 20_000;

    // What the server knows of the bytes itself; nobody else writes it.
    static readonly string[] Ours =
    [
        "id", "name", "path", "size", "type", "bucket", "fullPath", "mimeType", "extension", "contentType", "contentLength", "lastModified", "file_name", "sha256",
        "charset", "width", "height", "duration", "pages", "classification",
    ];

    /// <summary>
    /// The name of a file without what could mislead: no folders, no control characters, nothing that turns the direction of reading, at most 255
    /// characters with its extension.
    /// </summary>
    public static string Name(string? given)
    {
        if (string.IsNullOrWhiteSpace(given)) throw Refusal.Fields(("file_name", "file_name is what the file is called, with its extension."));
        var clean = new StringBuilder();
        foreach (var rune in given[(given.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator) && rune != Rune.ReplacementChar) clean.Append(rune.ToString());
        var name = clean.ToString().Trim().TrimStart('.');
        if (name.Length == 0) return "file";
        if (name.Length <= LongestName) return name;
        var ending = Path.GetExtension(name) is { Length: <= LongestExtension + 1 } extension ? extension : "";
        var kept = name[..(LongestName - ending.Length)];
        return (char.IsHighSurrogate(kept[^1]) ? kept[..^1] : kept) + ending;
    }

    /// <summary>The bucket that the public clients are told: by who will see the file.</summary>
    public static string Bucket(Visibility? visibility) => visibility == Visibility.Public ? "public-files" : "files";

    public static Visibility? Visible(string? given) => string.IsNullOrWhiteSpace(given) ? null : Contract.One<Visibility>(given.Trim(), "visibility");

    /// <summary>The path of an upload, by which the public clients name it.</summary>
    public static string PathOf(Guid user, Guid id, string fileName) => $"{user}/{id}.{MediaTypes.Extension(fileName, null)}";

    /// <summary>The upload that an <c>upload_id</c> names: <c>bucket/path</c>, or its id.</summary>
    public static Guid UploadId(string? given)
    {
        if (given is null) throw Refusal.Fields(("upload_id", "upload_id names an upload: bucket/path as upload-url answered it, or its id."));
        var name = given[(given.LastIndexOf('/') + 1)..];
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return Guid.TryParse(dot < 0 ? name : name[..dot], out var id) ? id : throw Refusal.Fields(("upload_id", $"“{given[..Math.Min(given.Length, 200)]}” names no upload."));
    }

    /// <summary>A SHA-256 as it is kept: 64 hexadecimal digits in lower case.</summary>
    public static string? Sha256(string? given) => given is null ? null
        : given.Length == 64 && given.All(char.IsAsciiHexDigit) ? given.ToLowerInvariant() : throw Refusal.Fields(("sha256", "sha256 is 64 hexadecimal digits."));

    /// <summary>The upload that metadata of the public clients names by its place; null where it names none, or the file's own.</summary>
    public static string? UploadIn(JsonElement? metadata, string? ownPath) =>
        metadata is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty("path", out var path) && path.ValueKind == JsonValueKind.String
        && path.GetString() is { Length: > 0 } named && named != ownPath ? named : null;

    /// <summary>The keys of metadata that are the sender's to say; null where there are none.</summary>
    public static JsonElement? OwnMetadata(JsonElement? metadata)
    {
        if (metadata is not { ValueKind: not JsonValueKind.Null } given) return null;
        if (given.ValueKind != JsonValueKind.Object) throw Refusal.Fields(("metadata", "metadata is an object."));
        Contract.Bounded(given, "metadata", MostMetadata);
        return Own(given) is { Count: > 0 } own ? Wire.Element(own) : null;
    }

    /// <summary>What several changes put together is as bounded as one of them: every list of assets carries it.</summary>
    public static Asset MustStayBounded(Asset asset)
    {
        if (asset.Metadata is { ValueKind: JsonValueKind.Object } merged) Contract.Bounded(Wire.Element(Own(merged)), "metadata", MostMetadata);
        return asset;
    }

    static Dictionary<string, JsonElement> Own(JsonElement metadata)
    {
        var own = new Dictionary<string, JsonElement>();
        foreach (var key in metadata.EnumerateObject())
            if (!Ours.Contains(key.Name)) own[key.Name] = key.Value;
        return own;
    }

    /// <summary>What is said of a file: what its bytes are, beside what is its owner's to say.</summary>
    public static JsonElement Metadata(Guid id, string path, string fileName, Blob blob, Inspection seen, DateTimeOffset at, params JsonElement?[] own)
    {
        var said = new Dictionary<string, object?>();
        foreach (var part in own)
            if (part is { ValueKind: JsonValueKind.Object } given)
                foreach (var (key, value) in Own(given)) said[key] = value;
        said["id"] = id;
        said["name"] = path[(path.LastIndexOf('/') + 1)..];
        said["path"] = path;
        said["size"] = said["contentLength"] = blob.Size;
        said["type"] = said["mimeType"] = said["contentType"] = seen.ContentType;
        said["extension"] = MediaTypes.Extension(fileName, seen.ContentType);
        said["lastModified"] = at;
        said["file_name"] = fileName;
        said["sha256"] = blob.Sha256;
        (string, object?)[] found =
        [
            ("charset", seen.Charset), ("width", seen.Width), ("height", seen.Height), ("duration", seen.Duration), ("pages", seen.Pages), ("classification", seen.Classification),
        ];
        foreach (var (key, value) in found)
            if (value is not null) said[key] = value;
        return Wire.Element(said);
    }

    /// <summary>The media type that a file has which is still awaited, as its announcement says it.</summary>
    public static JsonElement Awaited(JsonElement? metadata)
    {
        var type = metadata is { ValueKind: JsonValueKind.Object } given && given.TryGetProperty("type", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString()! : "";
        if (type.Length > 100) throw Refusal.Fields(("metadata.type", "metadata.type is a media type."));
        var own = OwnMetadata(metadata)?.EnumerateObject().ToDictionary(key => key.Name, key => key.Value) ?? [];
        own["type"] = Wire.Element(type.Length == 0 ? Inspection.Unknown.ContentType : Contract.Clean(type, "metadata.type"));
        return Wire.Element(own);
    }

    /// <summary>An asset with the bucket that follows from who sees it; one without bytes has none.</summary>
    public static Asset Shaped(Asset asset) =>
        asset.Metadata is { ValueKind: JsonValueKind.Object } metadata && metadata.TryGetProperty("path", out _)
            ? asset with { Metadata = WithBucket(metadata, Bucket(asset.Visibility)) } : asset;

    /// <summary>What is said of a file, with where the public clients are told that it is.</summary>
    public static JsonElement WithBucket(JsonElement metadata, string bucket)
    {
        var said = metadata.EnumerateObject().ToDictionary(key => key.Name, key => key.Value);
        (said["bucket"], said["fullPath"]) = (Wire.Element(bucket), Wire.Element($"{bucket}/{said["path"].GetString()}"));
        return Wire.Element(said);
    }

    /// <summary>Where the small picture of an image is.</summary>
    public static string? Picture(Asset asset) =>
        asset.Metadata is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("sha256", out var sum) && said.TryGetProperty("type", out var type) && Thumbnails.AreMadeOf(type.GetString()!)
            ? $"/web/files/{asset.Id}/thumbnail?v={sum.GetString()![..12]}" : null;

    /// <summary>Bytes for people: <c>5 GB</c>.</summary>
    public static string Told(long bytes) => bytes >= 1L << 30 ? $"{bytes / (double)(1L << 30):0.##} GiB" : $"{bytes:N0} bytes";
}
