namespace Ouro.Server.Files;

/// <summary>The names of what files are, and the ends of names that go with them.</summary>
public static class MediaTypes
{
    public const string Binary = "application/octet-stream";
    public const string Text = "text/plain";

    /// <summary>Types whose bytes say so: each with its usual extension first.</summary>
    static readonly (string Type, string[] Extensions)[] Known =
    [
        ("image/png", ["png"]), ("image/jpeg", ["jpg", "jpeg"]), ("image/gif", ["gif"]), ("image/webp", ["webp"]), ("image/bmp", ["bmp"]),
        ("image/tiff", ["tiff", "tif"]), ("image/vnd.microsoft.icon", ["ico"]), ("image/avif", ["avif"]), ("image/heic", ["heic", "heif"]),
        ("image/svg+xml", ["svg"]), ("image/jp2", ["jp2"]), ("image/vnd.adobe.photoshop", ["psd"]),
        ("audio/mpeg", ["mp3"]), ("audio/wav", ["wav"]), ("audio/ogg", ["ogg", "oga", "opus"]), ("audio/flac", ["flac"]), ("audio/aac", ["aac"]),
        ("audio/x-aiff", ["aiff", "aif"]), ("audio/midi", ["mid", "midi"]), ("audio/x-ms-wma", ["wma"]), ("audio/amr", ["amr"]), ("audio/mp4", ["m4a"]),
        ("video/mp4", ["mp4", "m4v"]), ("video/webm", ["webm"]), ("video/ogg", ["ogv"]), ("video/avi", ["avi"]), ("video/mpeg", ["mpg", "mpeg"]),
        ("video/mp2t", ["m2ts"]), ("video/quicktime", ["mov"]), ("video/x-ms-wmv", ["wmv"]), ("video/x-flv", ["flv"]), ("video/x-matroska", ["mkv"]), ("video/3gpp", ["3gp"]),
        ("application/pdf", ["pdf"]), ("application/rtf", ["rtf"]), ("application/zip", ["zip"]), ("application/epub+zip", ["epub"]), ("application/java-archive", ["jar"]),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ["docx"]),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ["xlsx"]),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ["pptx"]),
        ("application/vnd.oasis.opendocument.text", ["odt"]), ("application/vnd.oasis.opendocument.spreadsheet", ["ods"]),
        ("application/vnd.oasis.opendocument.presentation", ["odp"]), ("application/x-ole-storage", ["doc", "xls", "ppt", "msg"]),
        ("application/gzip", ["gz", "tgz"]), ("application/x-bzip2", ["bz2"]), ("application/x-xz", ["xz"]), ("application/zstd", ["zst"]),
        ("application/x-7z-compressed", ["7z"]), ("application/vnd.rar", ["rar"]), ("application/x-tar", ["tar"]),
        ("application/vnd.apache.parquet", ["parquet", "pq"]), ("application/vnd.apache.arrow.file", ["arrow", "feather"]), ("application/x-hdf5", ["h5", "hdf5"]),
        ("application/x-netcdf", ["nc"]), ("application/x-npy", ["npy"]), ("application/x-npz", ["npz"]), ("application/vnd.sqlite3", ["sqlite", "db"]),
        ("application/wasm", ["wasm"]), ("application/x-elf", ["elf", "so"]), ("application/vnd.microsoft.portable-executable", ["exe", "dll"]),
        ("font/woff", ["woff"]), ("font/woff2", ["woff2"]), ("font/ttf", ["ttf"]), ("font/otf", ["otf"]),
        ("model/gltf-binary", ["glb"]), ("model/gltf+json", ["gltf"]), ("model/stl", ["stl"]), ("model/obj", ["obj"]), ("model/ply", ["ply"]),
        ("chemical/x-cif", ["cif"]), ("chemical/x-mmcif", ["mmcif", "mcif"]), ("chemical/x-pdb", ["pdb", "ent"]), ("chemical/x-xyz", ["xyz"]),
        ("chemical/x-mdl-molfile", ["mol"]), ("chemical/x-mdl-sdfile", ["sdf", "sd"]), ("chemical/x-vasp-poscar", ["poscar", "vasp"]),
        ("text/html", ["html", "htm"]), ("application/xhtml+xml", ["xhtml"]), ("application/xml", ["xml"]), ("application/json", ["json"]),
        ("application/x-ndjson", ["ndjson", "jsonl"]), ("text/csv", ["csv"]), ("text/tab-separated-values", ["tsv", "tab"]), (Text, ["txt", "text", "log", "ini", "cfg", "conf"]),
    ];

    /// <summary>Kinds of text that look alike to a reader of bytes, so that the name decides.</summary>
    static readonly (string Type, string[] Extensions)[] Named =
    [
        ("text/markdown", ["md", "markdown"]), ("application/yaml", ["yaml", "yml"]), ("application/toml", ["toml"]), ("application/sql", ["sql"]),
        ("application/geo+json", ["geojson"]), ("application/x-ipynb+json", ["ipynb"]), ("text/css", ["css"]), ("text/javascript", ["js", "mjs", "cjs", "jsx"]),
        ("text/x-typescript", ["ts", "tsx"]), ("text/x-python", ["py", "pyi"]), ("text/x-csharp", ["cs"]), ("text/x-c", ["c", "h"]), ("text/x-c++", ["cpp", "cc", "cxx", "hpp"]),
        ("text/x-java", ["java"]), ("text/x-kotlin", ["kt", "kts"]), ("text/x-go", ["go"]), ("text/x-rust", ["rs"]), ("text/x-ruby", ["rb"]), ("text/x-php", ["php"]),
        ("text/x-swift", ["swift"]), ("text/x-scala", ["scala"]), ("text/x-julia", ["jl"]), ("text/x-r", ["r"]), ("text/x-matlab", ["m"]), ("text/x-lua", ["lua"]),
        ("text/x-perl", ["pl", "pm"]), ("text/x-fortran", ["f", "f90", "f95"]), ("text/x-haskell", ["hs"]), ("text/x-shellscript", ["sh", "bash", "zsh"]),
        ("text/x-tex", ["tex", "bib", "sty"]), ("text/x-diff", ["diff", "patch"]), ("text/x-rst", ["rst"]), ("text/calendar", ["ics"]), ("text/vcard", ["vcf"]),
        ("application/x-kicad-schematic", ["kicadsch"]),
    ];

    static readonly Dictionary<string, string> UsualExtension = Known.Concat(Named).ToDictionary(t => t.Type, t => t.Extensions[0]);
    static readonly Dictionary<string, string> TypeOfExtension = Known.Concat(Named).SelectMany(t => t.Extensions.Select(e => (e, t.Type))).ToDictionary(p => p.e, p => p.Type);
    static readonly HashSet<string> Freely = [.. Named.Select(t => t.Type)];

    /// <summary>
    /// The extension that a file is filed under, without its dot: the end of its name in lower case with only letters and digits kept; where that leaves
    /// nothing, only digits or more than twelve characters, the usual one of its type; else <c>bin</c>.
    /// </summary>
    public static string Extension(string? fileName, string? contentType) =>
        Normal(EndOfName(fileName)) ?? UsualExtension.GetValueOrDefault(contentType ?? "") ?? "bin";

    /// <summary>An extension as it is kept, e.g. <c>cif</c> for <c>.CIF</c>; null where it is none.</summary>
    public static string? Normal(string? extension)
    {
        if (extension is null || extension.Length > 1000) return null;
        var kept = string.Concat(extension.TrimStart('.').ToLowerInvariant().Where(char.IsAsciiLetterOrDigit));
        return kept.Length is 0 or > 12 || kept.All(char.IsAsciiDigit) ? null : kept;
    }

    /// <summary>The type that a name speaks of, which says nothing about the bytes; null where it speaks of none.</summary>
    public static string? OfName(string? fileName) => Normal(EndOfName(fileName)) is { } extension ? TypeOfExtension.GetValueOrDefault(extension) : null;

    /// <summary>Whether text may be called this because of its name alone.</summary>
    public static bool IsFreelyNamed(string contentType) => Freely.Contains(contentType);

    // A name that only begins with a dot, such as .profile, has no end.
    static string? EndOfName(string? fileName)
    {
        var name = (fileName ?? "").Split('/', '\\')[^1].TrimStart('.');
        return name.LastIndexOf('.') is >= 0 and var dot ? name[dot..] : null;
    }
}
