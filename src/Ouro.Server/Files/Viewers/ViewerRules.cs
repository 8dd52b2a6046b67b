using System.Collections.Frozen;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>The ways in which a file can be looked at.</summary>
public enum ViewerKind
{
    Image, Audio, Video, Pdf, Markdown, Code, Table, Archive, Model, Structure,
    /// <summary>The bytes themselves, where nothing else is known.</summary>
    Hex,
}

/// <summary>Which viewer shows a file. Its stored type decides, which was told from its bytes; what it is called never does.</summary>
public static class ViewerRules
{
    // What browsers draw. Others, such as image/tiff, would be an empty box.
    static readonly FrozenSet<string> Images = new[]
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml", "image/bmp", "image/apng", "image/vnd.microsoft.icon", "image/x-icon",
    }.ToFrozenSet();

    static readonly FrozenSet<string> Sounds = new[]
    {
        "audio/mpeg", "audio/wav", "audio/x-wav", "audio/ogg", "audio/flac", "audio/x-flac", "audio/aac", "audio/mp4", "audio/webm", "audio/opus",
    }.ToFrozenSet();

    static readonly FrozenSet<string> Films = new[] { "video/mp4", "video/webm", "video/ogg", "video/quicktime", "video/x-matroska" }.ToFrozenSet();

    static readonly FrozenDictionary<string, string> Models = new Dictionary<string, string>
    {
        ["model/gltf-binary"] = "gltf", ["model/gltf+json"] = "gltf", ["model/stl"] = "stl", ["model/obj"] = "obj", ["model/ply"] = "ply",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, string> Structures = new Dictionary<string, string>
    {
        ["chemical/x-cif"] = "cif", ["text/cif"] = "cif", ["chemical/x-mmcif"] = "cif", ["chemical/x-pdb"] = "pdb", ["chemical/x-xyz"] = "xyz",
        ["chemical/x-mdl-sdfile"] = "sdf", ["chemical/x-sdf"] = "sdf", ["chemical/x-mdl-molfile"] = "sdf", ["chemical/x-vasp-poscar"] = "vasp",
    }.ToFrozenDictionary();

    // Texts that do not say so in their type, by what they are coloured as.
    static readonly FrozenDictionary<string, string> Languages = new Dictionary<string, string>
    {
        ["application/json"] = "json", ["application/x-ndjson"] = "json", ["application/xml"] = "xml", ["application/yaml"] = "yaml", ["application/toml"] = "ini",
        ["application/sql"] = "sql", ["application/javascript"] = "javascript", ["application/x-kicad-schematic"] = "plaintext",
        ["text/html"] = "xml", ["text/css"] = "css", ["text/javascript"] = "javascript", ["text/markdown"] = "markdown", ["text/x-typescript"] = "typescript",
        ["text/x-python"] = "python", ["text/x-csharp"] = "csharp", ["text/x-c"] = "c", ["text/x-c++"] = "cpp", ["text/x-java"] = "java", ["text/x-kotlin"] = "kotlin",
        ["text/x-go"] = "go", ["text/x-rust"] = "rust", ["text/x-ruby"] = "ruby", ["text/x-php"] = "php", ["text/x-swift"] = "swift", ["text/x-r"] = "r",
        ["text/x-lua"] = "lua", ["text/x-perl"] = "perl", ["text/x-shellscript"] = "bash", ["text/x-diff"] = "diff",
    }.ToFrozenDictionary();

    public static ViewerKind Of(string type, JsonElement? preview) => type switch
    {
        _ when Images.Contains(type) => ViewerKind.Image,
        _ when Sounds.Contains(type) => ViewerKind.Audio,
        _ when Films.Contains(type) => ViewerKind.Video,
        "application/pdf" => ViewerKind.Pdf,
        "text/markdown" => ViewerKind.Markdown,
        _ when Models.ContainsKey(type) => ViewerKind.Model,
        _ when Structures.ContainsKey(type) => ViewerKind.Structure,
        "text/csv" or "text/tab-separated-values" when HasRows(preview) => ViewerKind.Table,
        _ when IsText(type) => ViewerKind.Code,
        _ when HasRows(preview) => ViewerKind.Archive,
        _ => ViewerKind.Hex,
    };

    /// <summary>The format that the viewer of models reads a type as.</summary>
    public static string Model(string type) => Models[type];

    /// <summary>The format that the viewer of atoms reads a type as.</summary>
    public static string Structure(string type) => Structures[type];

    /// <summary>What a text is coloured as; null where it is plain.</summary>
    public static string? Language(string type) =>
        Languages.GetValueOrDefault(type) ?? (type.EndsWith("+json", StringComparison.Ordinal) ? "json" : type.EndsWith("+xml", StringComparison.Ordinal) ? "xml" : null);

    static bool IsText(string type) => type.StartsWith("text/", StringComparison.Ordinal) || Language(type) is not null;

    static bool HasRows(JsonElement? preview) =>
        preview is { ValueKind: JsonValueKind.Array } rows && rows.GetArrayLength() > 0 && rows.EnumerateArray().All(r => r.ValueKind == JsonValueKind.Object);
}
