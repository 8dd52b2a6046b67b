namespace Ouro.Server.Files;

/// <summary>What the first bytes of a file say, where they are such as nothing else begins with.</summary>
static class Signatures
{
    static readonly (byte[] Mark, string Type)[] Plain =
    [
        ([0x89, .. "PNG\r\n\x1a\n"u8], "image/png"), ([0xff, 0xd8, 0xff], "image/jpeg"), ([.. "GIF87a"u8], "image/gif"), ([.. "GIF89a"u8], "image/gif"),
        ([.. "II*\0"u8], "image/tiff"), ([.. "MM\0*"u8], "image/tiff"), ([.. "II+\0"u8], "image/tiff"), ([.. "MM\0+"u8], "image/tiff"),
        ([.. "8BPS\0\x01"u8], "image/vnd.adobe.photoshop"), ([0, 0, 0, 12, .. "jP  \r\n"u8], "image/jp2"),
        ([.. "fLaC"u8], "audio/flac"), ([.. "MThd\0\0\0\x06"u8], "audio/midi"), ([.. "#!AMR"u8], "audio/amr"),
        ([.. "FLV\x01"u8], "video/x-flv"), ([0, 0, 1, 0xba], "video/mpeg"), ([0, 0, 1, 0xb3], "video/mpeg"),
        ([.. "%PDF-"u8], "application/pdf"), ([.. "{\\rtf"u8], "application/rtf"),
        ([0x1f, 0x8b, 8], "application/gzip"), ([0xfd, .. "7zXZ\0"u8], "application/x-xz"), ([0x28, 0xb5, 0x2f, 0xfd], "application/zstd"),
        ([.. "7z"u8, 0xbc, 0xaf, 0x27, 0x1c], "application/x-7z-compressed"), ([.. "Rar!\x1a\x07"u8], "application/vnd.rar"),
        ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "application/x-ole-storage"),
        ([.. "PAR1"u8], "application/vnd.apache.parquet"), ([.. "ARROW1\0\0"u8], "application/vnd.apache.arrow.file"), ([0x89, .. "HDF\r\n\x1a\n"u8], "application/x-hdf5"),
        ([.. "CDF\x01"u8], "application/x-netcdf"), ([.. "CDF\x02"u8], "application/x-netcdf"), ([.. "CDF\x05"u8], "application/x-netcdf"),
        ([0x93, .. "NUMPY"u8], "application/x-npy"), ([.. "SQLite format 3\0"u8], "application/vnd.sqlite3"),
        ([.. "\0asm"u8], "application/wasm"), ([0x7f, .. "ELF"u8], "application/x-elf"),
        ([.. "glTF\x01\0\0\0"u8], "model/gltf-binary"), ([.. "glTF\x02\0\0\0"u8], "model/gltf-binary"),
        ([.. "wOFF"u8], "font/woff"), ([.. "wOF2"u8], "font/woff2"), ([0, 1, 0, 0, 0], "font/ttf"), ([.. "OTTO\0"u8], "font/otf"),
    ];

    static ReadOnlySpan<byte> Asf => [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c];

    static ReadOnlySpan<byte> AsfVideo => [0xc0, 0xef, 0x19, 0xbc, 0x4d, 0x5b, 0xcf, 0x11, 0xa8, 0xfd, 0x00, 0x80, 0x5f, 0x5c, 0x44, 0x2b];

    /// <summary>The type that the bytes leave no doubt of; null where there is some.</summary>
    public static string? Of(FileBytes file)
    {
        ReadOnlySpan<byte> head = file.Head;
        foreach (var (mark, type) in Plain)
            if (head.StartsWith(mark)) return type;
        return head switch
        {
            [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => ZipContents.Type(file),
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31 or 0x17, 0x41 or 0x72, ..] => "application/x-bzip2",
            [0x1a, 0x45, 0xdf, 0xa3, ..] => head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) >= 0 ? "video/webm" : "video/x-matroska",
            [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => head.IndexOf("\x80theora"u8[1..]) > 0 ? "video/ogg" : "audio/ogg",
            [(byte)'I', (byte)'D', (byte)'3', < 0x10, < 0xff, _, < 0x80, < 0x80, < 0x80, < 0x80, ..] => Sound.BehindTag(file),
            [(byte)'B', (byte)'M', ..] when head.Length >= 18 && head.Little32(14) is 12 or 40 or 52 or 56 or 64 or 108 or 124 => "image/bmp",
            [0, 0, 1 or 2, 0, > 0, 0, _, _, _, 0, ..] => "image/vnd.microsoft.icon",
            [(byte)'p', (byte)'l', (byte)'y', (byte)'\r' or (byte)'\n', ..] when head.IndexOf("format "u8) > 0 => "model/ply",
            [(byte)'M', (byte)'Z', ..] when head.Length >= 64 && head.Little32(60) is >= 4 and < HeadLimit and var at && head.Has((int)at, "PE\0\0"u8)
                => "application/vnd.microsoft.portable-executable",
            _ => Form(head) ?? (head.StartsWith(Asf) ? head.IndexOf(AsfVideo) > 0 ? "video/x-ms-wmv" : "audio/x-ms-wma" : null) ?? Brand(head) ?? Transport(head)
                ?? Tar(head) ?? BinaryStl(file) ?? Sound.Frames(head),
        };
    }

    const int HeadLimit = FileBytes.HeadLength - 4;

    static string? Form(ReadOnlySpan<byte> head) =>
        head.StartsWith("RIFF"u8)
            ? head.Has(8, "WEBP"u8) ? "image/webp" : head.Has(8, "WAVE"u8) ? "audio/wav" : head.Has(8, "AVI "u8) ? "video/avi" : null
            : head.StartsWith("RF64"u8) && head.Has(8, "WAVE"u8) ? "audio/wav"
            : head.StartsWith("FORM"u8) && (head.Has(8, "AIFF"u8) || head.Has(8, "AIFC"u8)) ? "audio/x-aiff" : null;

    /// <summary>Files made of boxes say in the first one what they are for.</summary>
    static string? Brand(ReadOnlySpan<byte> head)
    {
        if (head.Has(4, "moov"u8) || head.Has(4, "mdat"u8) || head.Has(4, "wide"u8)) return "video/quicktime";
        if (!head.Has(4, "ftyp"u8) || head.Length < 12) return null;
        var box = head[..(int)Math.Min(Math.Min(head.Big32(0), 512), (uint)head.Length)];
        var brand = head[8..12];
        if (brand.StartsWith("qt"u8)) return "video/quicktime";
        if (brand.StartsWith("M4A"u8) || brand.StartsWith("M4B"u8)) return "audio/mp4";
        if (brand.StartsWith("3g"u8)) return "video/3gpp";
        if (brand.StartsWith("avi"u8)) return "image/avif";
        if (brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8)) return "image/heic";
        if (brand.StartsWith("mif1"u8) || brand.StartsWith("msf1"u8)) return box.IndexOf("avif"u8) > 0 ? "image/avif" : "image/heic";
        return "video/mp4";
    }

    static string? Transport(ReadOnlySpan<byte> head)
    {
        if (head.Length < 3 * 188) return null;
        for (var at = 0; at < Math.Min(head.Length, 10 * 188); at += 188)
            if (head[at] != 0x47) return null;
        return "video/mp2t";
    }

    /// <summary>Old archives have no mark but the sum of their first header.</summary>
    static string? Tar(ReadOnlySpan<byte> head) => head.Length >= 512 && TarContents.IsHeader(head[..512]) ? "application/x-tar" : null;

    static string? BinaryStl(FileBytes file) =>
        file.Head.Length >= 84 && ((ReadOnlySpan<byte>)file.Head).Little32(80) is > 0 and var triangles && file.Length == 84 + 50L * triangles ? "model/stl" : null;
}
