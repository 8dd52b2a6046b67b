using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using SkiaSharp;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace Ouro.Tests.Files;

/// <summary>Small files of many kinds, made as their formats say.</summary>
static class Samples
{
    /// <summary>A picture whose left half is red and whose right half is blue.</summary>
    public static byte[] Picture(SKEncodedImageFormat format, int width, int height, Action<SKBitmap>? paint = null)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.Red);
            using var blue = new SKPaint { Color = SKColors.Blue };
            canvas.DrawRect(width / 2, 0, width, height, blue);
        }
        paint?.Invoke(bitmap);
        using var image = SKImage.FromBitmap(bitmap);
        using var data = image.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>The header of a PNG that claims so many pixels, and no pixels.</summary>
    public static byte[] PngHeader(int width, int height) => [0x89, .. "PNG\r\n\x1a\n"u8, .. Big(13), .. "IHDR"u8, .. Big(width), .. Big(height), 8, 2, 0, 0, 0, .. Big(0)];

    /// <summary>A JPEG with a note of how the camera was held.</summary>
    public static byte[] Held(byte[] jpeg, byte orientation)
    {
        byte[] exif = [.. "Exif\0\0MM\0*"u8, .. Big(8), 0, 1, 1, 0x12, 0, 3, .. Big(1), 0, orientation, 0, 0, .. Big(0)];
        return [0xff, 0xd8, 0xff, 0xe1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    public static byte[] Gif(int width, int height) => [.. "GIF89a"u8, .. Little16(width), .. Little16(height), 0, 0, 0, 0x3b];

    public static byte[] Bmp(int width, int height) =>
        [.. "BM"u8, .. Little(54 + 3 * 4), 0, 0, 0, 0, .. Little(54), .. Little(40), .. Little(width), .. Little(-height), 1, 0, 24, 0, .. new byte[24], .. new byte[12]];

    public static byte[] Ico() => [0, 0, 1, 0, 2, 0, 16, 16, 0, 0, 1, 0, 32, 0, .. Little(100), .. Little(38), 0, 0, 0, 0, 1, 0, 32, 0, .. Little(100), .. Little(138), .. new byte[200]];

    public static byte[] Tiff(int width, int height) =>
        [.. "II*\0"u8, .. Little(8), 2, 0, 0, 1, 3, 0, .. Little(1), .. Little(width), 1, 1, 4, 0, .. Little(1), .. Little(height), .. Little(0)];

    public static byte[] Avif(int width, int height) =>
        [.. Big(24), .. "ftypavif"u8, .. Big(0), .. "avifmif1"u8, .. Big(60), .. "meta"u8, .. Big(0), .. Big(28), .. "iprp"u8, .. Big(20), .. "ispe"u8, .. Big(0), .. Big(width), .. Big(height)];

    public static byte[] Wav(double seconds)
    {
        var data = (int)(seconds * 16_000);
        return [.. "RIFF"u8, .. Little(36 + data), .. "WAVEfmt "u8, .. Little(16), 1, 0, 1, 0, .. Little(8000), .. Little(16_000), 2, 0, 16, 0, .. "data"u8, .. Little(data), .. new byte[data]];
    }

    public static byte[] Flac(int seconds)
    {
        var info = new byte[34];
        // 20 bits of rate, 3 of channels, 5 of depth, 36 of samples.
        BinaryPrimitives.WriteUInt64BigEndian(info.AsSpan(10), 44_100UL << 44 | 1UL << 41 | 15UL << 36 | 44_100UL * (ulong)seconds);
        return [.. "fLaC"u8, 0x80, 0, 0, 34, .. info, .. new byte[100]];
    }

    public static byte[] Ogg(int seconds) =>
    [
        .. Page(2, 0, [1, .. "vorbis"u8, .. Little(0), 2, .. Little(48_000), .. new byte[14]]), .. Page(4, 48_000L * seconds, new byte[90]),
    ];

    static byte[] Page(byte flags, long position, byte[] packet)
    {
        var granule = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(granule, position);
        return [.. "OggS"u8, 0, flags, .. granule, .. Little(7), .. Little(0), .. Little(0), 1, (byte)packet.Length, .. packet];
    }

    /// <summary>Frames of 128 kbit/s at 44.1 kHz, each 1152 samples and 417 bytes.</summary>
    public static byte[] Mp3(int frames) => [.. Enumerable.Range(0, frames).SelectMany(_ => (byte[])[0xff, 0xfb, 0x90, 0x00, .. new byte[413]])];

    public static byte[] Aac(int frames) => [.. Enumerable.Range(0, frames).SelectMany(_ => (byte[])[0xff, 0xf1, 0x50, 0x80, 0x0c, 0x9f, 0xfc, .. new byte[93]])];

    public static byte[] Aiff(int seconds) =>
        [.. "FORM"u8, .. Big(46), .. "AIFFCOMM"u8, .. Big(18), 0, 1, .. Big(8000 * seconds), 0, 16, 0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0, .. "SSND"u8, .. Big(8), .. Big(0), .. Big(0)];

    /// <summary>The film itself comes first and what it is like afterwards, as cameras do it.</summary>
    public static byte[] Mp4(string brand, double seconds, int width, int height, bool isTurned = false)
    {
        byte[] matrix = isTurned
            ? [.. Big(0), .. Big(0x10000), .. Big(0), .. Big(-0x10000), .. Big(0), .. Big(0), .. Big(0), .. Big(0), .. Big(0x40000000)]
            : [.. Big(0x10000), .. Big(0), .. Big(0), .. Big(0), .. Big(0x10000), .. Big(0), .. Big(0), .. Big(0), .. Big(0x40000000)];
        var header = Box("mvhd", [.. Big(0), .. Big(0), .. Big(0), .. Big(1000), .. Big((int)(seconds * 1000)), .. new byte[80]]);
        var track = Box("trak", Box("tkhd", [.. Big(3), .. Big(0), .. Big(0), .. Big(1), .. Big(0), .. Big(0), .. new byte[16], .. matrix, .. Big(width << 16), .. Big(height << 16)]));
        return [.. Box("ftyp", [.. Encoding.ASCII.GetBytes(brand), .. Big(0)]), .. Box("mdat", new byte[100_000]), .. Box("moov", [.. header, .. track])];
    }

    static byte[] Box(string name, byte[] content) => [.. Big(8 + content.Length), .. Encoding.ASCII.GetBytes(name), .. content];

    public static byte[] WebM(double seconds, int width, int height)
    {
        byte[] duration = [.. Big(BitConverter.SingleToInt32Bits((float)(seconds * 1000)))];
        byte[] info = [0x15, 0x49, 0xa9, 0x66, 0x8e, 0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40, 0x44, 0x89, 0x84, .. duration];
        byte[] video = [0xe0, 0x88, 0xb0, 0x82, .. Big(width)[2..], 0xba, 0x82, .. Big(height)[2..]];
        byte[] tracks = [0x16, 0x54, 0xae, 0x6b, (byte)(0x80 + video.Length + 2), 0xae, (byte)(0x80 + video.Length), .. video];
        return [0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84, .. "webm"u8, 0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. info, .. tracks, 0x1f, 0x43, 0xb6, 0x75, 0xff];
    }

    public static byte[] Avi(int frames, int width, int height) =>
        [.. "RIFF"u8, .. Little(200), .. "AVI LIST"u8, .. Little(64), .. "hdrlavih"u8, .. Little(56), .. Little(40_000), .. new byte[12], .. Little(frames), .. new byte[12], .. Little(width), .. Little(height), .. new byte[20]];

    public static byte[] Pdf(int pages)
    {
        using var builder = new PdfDocumentBuilder();
        var font = builder.AddStandard14Font(Standard14Font.Helvetica);
        for (var page = 1; page <= pages; page++) builder.AddPage(PageSize.A4).AddText($"Page {page}", 12, new PdfPoint(25, 700), font);
        return builder.Build();
    }

    public static byte[] Zip(params (string Name, string Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, name == "mimetype" ? CompressionLevel.NoCompression : CompressionLevel.Optimal).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        return stream.ToArray();
    }

    public static byte[] Tar(params (string Name, string Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax))
            foreach (var (name, content) in entries)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        return stream.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(content);
        return stream.ToArray();
    }

    public static byte[] Stl(int triangles) => [.. new byte[80], .. Little(triangles), .. new byte[50 * triangles]];

    public static byte[] Glb()
    {
        const string Json = """{"asset":{"version":"2.0"},"meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1}]}],"accessors":[{"count":8},{"count":36}]}  """;
        return [.. "glTF"u8, .. Little(2), .. Little(20 + Json.Length), .. Little(Json.Length), .. "JSON"u8, .. Encoding.ASCII.GetBytes(Json)];
    }

    public const string Salt = """
        # the salt of every kitchen
        data_NaCl
        _chemical_formula_sum 'Na4 Cl4'
        _cell_length_a    5.64(2)
        _cell_length_b    5.64(2)
        _cell_length_c    5.64(2)
        _cell_angle_alpha 90
        _cell_angle_beta  90.0
        _cell_angle_gamma 90(1)
        _symmetry_space_group_name_H-M 'F m -3 m'
        _symmetry_Int_Tables_number 225
        _publ_section_title
        ;
        loop_ _atom_site_label is only a text here
        ;
        loop_
        _atom_site_label
        _atom_site_type_symbol
        _atom_site_fract_x
        _atom_site_fract_y
        _atom_site_fract_z
        Na1 Na 0 0 0
        'Cl1 (the "other")' Cl 0.5 0.5 0.5
        """;

    public static byte[] Big(int n) => [(byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n];

    public static byte[] Little(int n) => [(byte)n, (byte)(n >> 8), (byte)(n >> 16), (byte)(n >> 24)];

    static byte[] Little16(int n) => [(byte)n, (byte)(n >> 8)];
}
