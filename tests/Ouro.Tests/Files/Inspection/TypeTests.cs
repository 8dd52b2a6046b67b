using System.Text;
using Ouro.Server.Files;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>What a file is, told from its bytes, and what its name may add to that.</summary>
public sealed class TypeTests(Inspector inspector) : IClassFixture<Inspector>
{
    static readonly (string Type, Func<byte[]> Bytes)[] Binary =
    [
        ("image/png", () => Samples.Picture(SKEncodedImageFormat.Png, 3, 2)), ("image/jpeg", () => Samples.Picture(SKEncodedImageFormat.Jpeg, 3, 2)),
        ("image/webp", () => Samples.Picture(SKEncodedImageFormat.Webp, 3, 2)), ("image/gif", () => Samples.Gif(3, 2)), ("image/bmp", () => Samples.Bmp(3, 2)),
        ("image/tiff", () => Samples.Tiff(3, 2)), ("image/vnd.microsoft.icon", Samples.Ico), ("image/avif", () => Samples.Avif(3, 2)), ("image/heic", () => [0, 0, 0, 24, .. "ftypheic\0\0\0\0mif1heic"u8]),
        ("audio/mpeg", () => Samples.Mp3(4)), ("audio/mpeg", () => [.. "ID3\x04\0\0\0\0\0\x0a"u8, .. new byte[10], .. Samples.Mp3(4)]), ("audio/wav", () => Samples.Wav(0.1)), ("audio/ogg", () => Samples.Ogg(1)),
        ("audio/flac", () => Samples.Flac(1)), ("audio/aac", () => Samples.Aac(4)), ("audio/x-aiff", () => Samples.Aiff(1)), ("audio/midi", () => [.. "MThd\0\0\0\x06\0\x01\0\x01\0\x60"u8]),
        ("audio/amr", () => [.. "#!AMR\n"u8, 0x3c, .. new byte[31]]), ("audio/mp4", () => Samples.Mp4("M4A ", 1, 0, 0)),
        ("audio/x-ms-wma", () => [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c, .. new byte[50]]),
        ("video/x-ms-wmv", () => [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c, .. new byte[50], 0xc0, 0xef, 0x19, 0xbc, 0x4d, 0x5b, 0xcf, 0x11, 0xa8, 0xfd, 0x00, 0x80, 0x5f, 0x5c, 0x44, 0x2b]),
        ("video/mp4", () => Samples.Mp4("isom", 1, 3, 2)), ("video/quicktime", () => Samples.Mp4("qt  ", 1, 3, 2)), ("video/webm", () => Samples.WebM(1, 3, 2)), ("video/avi", () => Samples.Avi(25, 3, 2)),
        ("video/x-matroska", () => [0x1a, 0x45, 0xdf, 0xa3, 0x8b, 0x42, 0x82, 0x88, .. "matroska"u8]), ("video/x-flv", () => [.. "FLV\x01\x05\0\0\0\x09"u8]),
        ("video/ogg", () => [.. "OggS\0\x02"u8, .. new byte[20], 1, 42, 0x80, .. "theora"u8, .. new byte[35]]), ("video/mpeg", () => [0, 0, 1, 0xba, .. new byte[20]]),
        ("video/mp2t", () => [.. Enumerable.Range(0, 4).SelectMany(_ => (byte[])[0x47, .. new byte[187]])]),
        ("application/pdf", () => Samples.Pdf(1)), ("application/zip", () => Samples.Zip(("a.txt", "a"))), ("application/zip", () => Samples.Zip()),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", () => Samples.Zip(("[Content_Types].xml", "<a/>"), ("word/document.xml", "<a/>"))),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", () => Samples.Zip(("[Content_Types].xml", "<a/>"), ("xl/workbook.xml", "<a/>"))),
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation", () => Samples.Zip(("[Content_Types].xml", "<a/>"), ("ppt/presentation.xml", "<a/>"))),
        ("application/vnd.oasis.opendocument.text", () => Stored("application/vnd.oasis.opendocument.text")), ("application/epub+zip", () => Stored("application/epub+zip")),
        ("application/java-archive", () => Samples.Zip(("META-INF/MANIFEST.MF", "Manifest-Version: 1.0"))), ("application/x-npz", () => Samples.Zip(("arr_0.npy", "x"))),
        ("application/gzip", () => Samples.Gzip([1, 2, 3])), ("application/x-bzip2", () => [.. "BZh91AY&SY"u8, 1, 2]), ("application/x-xz", () => [0xfd, .. "7zXZ\0"u8, 0, 4]),
        ("application/zstd", () => [0x28, 0xb5, 0x2f, 0xfd, 4]), ("application/x-7z-compressed", () => [.. "7z"u8, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]), ("application/vnd.rar", () => [.. "Rar!\x1a\x07\x01\0"u8]),
        ("application/x-tar", () => Samples.Tar(("a.txt", "a"))), ("application/vnd.apache.parquet", () => [.. "PAR1"u8, 0x15, 4, .. "PAR1"u8]), ("application/vnd.apache.arrow.file", () => [.. "ARROW1\0\0"u8, 1]),
        ("application/x-hdf5", () => [0x89, .. "HDF\r\n\x1a\n"u8, 0]), ("application/x-netcdf", () => [.. "CDF\x01\0\0\0\0"u8]), ("application/x-npy", () => [0x93, .. "NUMPY\x01\0"u8]),
        ("application/vnd.sqlite3", () => [.. "SQLite format 3\0"u8, 16, 0]), ("model/gltf-binary", Samples.Glb), ("model/stl", () => Samples.Stl(2)),
        ("model/ply", () => [.. "ply\nformat binary_little_endian 1.0\nelement vertex 1\nend_header\n"u8, 0, 1, 2]),
        ("application/wasm", () => [.. "\0asm\x01\0\0\0"u8]), ("application/x-elf", () => [0x7f, .. "ELF\x02\x01\x01\0"u8]), (MediaTypes.Binary, () => [0, 1, 2, 3, 0xfe]),
    ];

    public static TheoryData<string, int> Binaries => new(Binary.Select((b, i) => (b.Type, i)));

    [Theory]
    [MemberData(nameof(Binaries))]
    public async Task Bytes_that_say_what_they_are_are_that_under_any_name(string type, int number)
    {
        var bytes = Binary[number].Bytes();
        foreach (var name in (string[])["", "x.txt", "x.html", "x.png", "x.csv", "x.cif", "POSCAR"])
            (await inspector.Look(bytes, name)).ContentType.ShouldBe(type, name);
    }

    [Theory]
    [InlineData("<!DOCTYPE html><p>hi", "text/html")]
    [InlineData(" \r\n\t<!doctype HTML>", "text/html")]
    [InlineData("<html lang=en>", "text/html")]
    [InlineData("<script>alert(1)</script>", "text/html")]
    [InlineData("<IFRAME src=x>", "text/html")]
    [InlineData("<a href=x>", "text/html")]
    [InlineData("<!-- a comment --><p>", "text/html")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")]
    [InlineData("<?xml version='1.0'?><!-- c --><!DOCTYPE svg [<!ENTITY a \"]>\">]><s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "image/svg+xml")]
    [InlineData("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "application/xhtml+xml")]
    [InlineData("<?xml version='1.0'?><rss/>", "application/xml")]
    public async Task What_a_browser_could_take_for_a_page_is_one_under_any_name(string text, string type)
    {
        foreach (var name in (string[])["", "x.txt", "x.csv", "x.cif", "x.json", "x.png", "x.py"]) (await inspector.Look(text, name)).ContentType.ShouldBe(type, name);
        (await inspector.Look([0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(text)], "x.txt")).ContentType.ShouldBe(type);
        (await inspector.Look([0xff, 0xfe, .. Encoding.Unicode.GetBytes(text)], "x.txt")).ContentType.ShouldBe(type);
        (await inspector.Look([.. Encoding.UTF8.GetBytes(text), 0, 1, 2, 0xff], "x.bin")).ContentType.ShouldBe(type);
    }

    [Theory]
    [InlineData("<3 is a heart", "x.txt", "text/plain")]
    [InlineData("a <script>alert(1)</script>", "x.txt", "text/plain")]
    [InlineData("<abbr>x", "x.txt", "text/plain")]
    [InlineData("<!-- logo -->\n<p align=center>\n\n# Title", "README.md", "text/markdown")]
    [InlineData("<!DOCTYPE html><p>hi", "README.md", "text/html")]
    [InlineData("<note><to/></note>", "x.xml", "application/xml")]
    [InlineData("only words", "x.html", "text/html")]
    [InlineData("only words", "x.png", "text/plain")]
    [InlineData("only words", "x.pdf", "text/plain")]
    [InlineData("only words", "x.svg", "text/plain")]
    [InlineData("only words", "x.json", "text/plain")]
    [InlineData("only words", "x.cif", "text/plain")]
    [InlineData("only words", "x.stl", "text/plain")]
    [InlineData("", "x.py", "text/x-python")]
    [InlineData("", "", "text/plain")]
    [InlineData("print(1)", "x.py", "text/x-python")]
    [InlineData("a: 1", "x.yml", "application/yaml")]
    [InlineData("# a", "x.md", "text/markdown")]
    [InlineData("a,b\n1,2", "x.csv", "text/csv")]
    [InlineData("a\tb\n1\t2", "x.tsv", "text/tab-separated-values")]
    [InlineData("a,b\n1,2\n3,4", "noname", "text/csv")]
    [InlineData("Well, this\nis only, a\nletter, I think.", "x.txt", "text/plain")]
    [InlineData("{\"a\": [1, 2]}", "", "application/json")]
    [InlineData("{\"a\": 1}\n{\"a\": 2}", "x.json", "application/x-ndjson")]
    [InlineData("{\"a\": 1}", "x.txt", "text/plain")]
    [InlineData("{\"type\": \"Point\"}", "x.geojson", "application/geo+json")]
    [InlineData("{\"asset\": {\"version\": \"2.0\"}, \"scenes\": []}", "x.gltf", "model/gltf+json")]
    [InlineData("data_x\n_cell_length_a 1", "x.txt", "chemical/x-cif")]
    [InlineData("data_1ABC\n_entry.id 1ABC\n", "x.cif", "chemical/x-mmcif")]
    [InlineData("solid a\nfacet normal 0 0 1\nendfacet", "a.stl", "model/stl")]
    [InlineData("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3", "a.obj", "model/obj")]
    [InlineData("2\nwater\nO 0 0 0\nH 1 0 0", "a.xyz", "chemical/x-xyz")]
    [InlineData("salt\n1.0\n5 0 0\n0 5 0\n0 0 5\nNa Cl\n4 4", "POSCAR", "chemical/x-vasp-poscar")]
    [InlineData("{\\rtf1 hello}", "x.txt", "application/rtf")]
    public async Task A_name_decides_between_what_the_text_leaves_open(string text, string name, string type) =>
        (await inspector.Look(text, name)).ContentType.ShouldBe(type);

    [Fact]
    public async Task The_letters_of_a_text_are_named()
    {
        (await inspector.Look("grün")).Charset.ShouldBe("utf-8");
        (await inspector.Look([(byte)'g', (byte)'r', 0xfc, (byte)'n'])).Charset.ShouldBe("windows-1252");
        (await inspector.Look([0xff, 0xfe, .. Encoding.Unicode.GetBytes("grün")])).Charset.ShouldBe("utf-16");
        (await inspector.Look([0xfe, 0xff, .. Encoding.BigEndianUnicode.GetBytes("grün")])).Charset.ShouldBe("utf-16");
        (await inspector.Look(Samples.Gif(1, 1))).Charset.ShouldBeNull();
        // Letters that lie across the borders of what is read at once.
        (await inspector.Look(string.Concat("x", new string('ü', 100_000)))).Charset.ShouldBe("utf-8");
        (await inspector.Look([.. Encoding.UTF8.GetBytes("x" + new string('ü', 9_000_000)), (byte)'\n'])).Charset.ShouldBe("utf-8");
        // One zero byte in the middle makes it no text.
        (await inspector.Look([.. Encoding.ASCII.GetBytes(new string('x', 100_000)), 0, .. Encoding.ASCII.GetBytes(new string('x', 100_000))])).ContentType.ShouldBe(MediaTypes.Binary);
    }

    [Theory]
    [InlineData("a.CIF", null, "cif")]
    [InlineData("a.tar.gz", null, "gz")]
    [InlineData("board.kicad_sch", null, "kicadsch")]
    [InlineData("a..Jp-g", null, "jpg")]
    [InlineData("a.7z", null, "7z")]
    [InlineData("photo.001", "image/png", "png")]
    [InlineData("a.abcdefghijklm", "text/csv", "csv")]
    [InlineData("a.", "text/csv", "csv")]
    [InlineData(".profile", "text/plain", "txt")]
    [InlineData("noname", "image/jpeg", "jpg")]
    [InlineData("noname", "application/octet-stream", "bin")]
    [InlineData("../x.d/noname", "made/up", "bin")]
    [InlineData("ä.é", null, "bin")]
    [InlineData(null, null, "bin")]
    public void An_extension_is_kept_in_one_way(string? name, string? type, string extension) => MediaTypes.Extension(name, type).ShouldBe(extension);

    /// <summary>Kinds that say in their first entry what they are, uncompressed.</summary>
    static byte[] Stored(string type) =>
        [.. "PK\x03\x04"u8, .. new byte[22], 8, 0, 0, 0, .. "mimetype"u8, .. Encoding.ASCII.GetBytes(type), .. "PK\x05\x06"u8, .. new byte[18]];
}
