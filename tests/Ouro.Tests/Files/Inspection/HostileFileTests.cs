using System.Diagnostics;
using System.Text;
using CsCheck;
using Ouro.Server.Files;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>Files that were made to do harm, or broke on their way.</summary>
public sealed class HostileFileTests(Inspector inspector) : IClassFixture<Inspector>
{
    static readonly byte[][] Valid =
    [
        Samples.Picture(SKEncodedImageFormat.Png, 30, 20), Samples.Held(Samples.Picture(SKEncodedImageFormat.Jpeg, 30, 20), 6), Samples.Picture(SKEncodedImageFormat.Webp, 30, 20),
        Samples.Gif(3, 2), Samples.Bmp(3, 2), Samples.Ico(), Samples.Tiff(3, 2), Samples.Avif(3, 2), Samples.Wav(0.01), Samples.Flac(1), Samples.Ogg(1), Samples.Mp3(3), Samples.Aac(3),
        Samples.Aiff(1), Samples.Mp4("isom", 1, 3, 2)[^300..], Samples.WebM(1, 3, 2), Samples.Avi(25, 3, 2), Samples.Zip(("a.txt", "a"), ("b/c.txt", "b")), Samples.Tar(("a.txt", "a")),
        Samples.Gzip(Samples.Tar(("a.txt", "a"))), Samples.Stl(2), Samples.Glb(), Encoding.UTF8.GetBytes(Samples.Salt), "3\nwater\nO 0 0 0\nH 1 0 0\nH 0 1 0\n"u8.ToArray(),
        "salt\n1.0\n5 0 0\n0 5 0\n0 0 5\nNa Cl\n4 4\n"u8.ToArray(), "{\"a\": [1, {\"b\": 2}]}\n{\"a\": 1}"u8.ToArray(), "a,b\n\"1\",2\n"u8.ToArray(),
    ];

    [Fact]
    public async Task A_file_that_breaks_off_anywhere_is_looked_at()
    {
        var before = inspector.Warnings.Count;
        foreach (var bytes in Valid)
            for (var length = 0; length <= Math.Min(bytes.Length, 2200); length += length < 300 ? 1 : 13)
                (await inspector.Look(bytes[..length], "x")).ContentType.ShouldNotBeNullOrEmpty();
        var pdf = Samples.Pdf(2);
        for (var length = 5; length < pdf.Length; length += 97) (await inspector.Look(pdf[..length])).ContentType.ShouldBe("application/pdf");
        inspector.Warnings.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Any_bytes_are_looked_at()
    {
        string[] known = ["", "x.cif", "x.csv", "x.pdb", "x.json", "x.obj", "x.xyz", "x.mol", "POSCAR", "x.stl"];
        var names = Gen.Int[0, known.Length - 1].Select(i => known[i]);
        var wrong = Gen.Select(Gen.Int[0, Valid.Length - 1].Select(i => Valid[i]), Gen.Int[0, 4000], Gen.Byte.Array[0, 12], (bytes, at, with) =>
        {
            var changed = bytes.ToArray();
            for (var i = 0; i < with.Length; i++) changed[(at + 7 * i) % changed.Length] = with[i];
            return changed;
        });
        await Gen.Select(Gen.OneOf<byte[]>(Gen.Byte.Array[0, 400], wrong), names).SampleAsync(async (bytes, name) => (await inspector.Look(bytes, name)).ContentType.ShouldNotBeNullOrEmpty(), iter: 3000);
    }

    [Fact]
    public async Task An_archive_that_claims_more_than_a_disk_holds_is_only_listed()
    {
        var zip = Samples.Zip(("zeros.bin", "0"));
        // The size of the entry, in the list at the end: four gigabytes less one would mean that it stands elsewhere.
        var listed = zip.AsSpan().LastIndexOf("PK\x01\x02"u8);
        new byte[] { 0xfe, 0xff, 0xff, 0xff }.CopyTo(zip, listed + 24);
        (await inspector.Look(zip)).Classification!.Value.GetProperty("size").GetInt64().ShouldBe(4_294_967_294);

        // A gigabyte of nothing within a megabyte: no more of it is unpacked than takes a moment.
        using var stream = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            var tar = Samples.Tar(("zeros.bin", "0"));
            // The entry says that it is as long as what follows.
            Encoding.ASCII.GetBytes("10000000000\0").CopyTo(tar, tar.AsSpan().IndexOf("zeros.bin\0"u8) + 124);
            await gzip.WriteAsync(tar.AsMemory(0, 512 * 3));
            for (var mebibyte = 0; mebibyte < 1024; mebibyte++) await gzip.WriteAsync(new byte[1 << 20]);
        }
        var began = Stopwatch.GetTimestamp();
        (await inspector.Look(stream.ToArray())).ContentType.ShouldBe("application/gzip");
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_long_file_is_not_read_through()
    {
        var file = inspector.Put([]);
        await using (var sparse = new FileStream(file.Path, FileMode.Open)) sparse.SetLength(5L << 30);
        var began = Stopwatch.GetTimestamp();
        foreach (var head in (byte[][])[Samples.PngHeader(3, 2), Samples.Wav(0.1), Samples.Mp4("isom", 1, 3, 2), Samples.Ogg(1), Samples.Tar(("a", "a")), [.. "PK\x03\x04"u8], "a,b\n1,2\n"u8.ToArray(), Samples.Glb()])
        {
            await using (var sparse = new FileStream(file.Path, FileMode.Open)) await sparse.WriteAsync(head);
            (await inspector.Inspection.Look(file, "x.csv", default)).ContentType.ShouldNotBeNullOrEmpty();
        }
        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_document_that_kills_its_reader_is_kept_and_the_next_one_is_read()
    {
        (await inspector.Look(Nested(200_000))).ShouldBe(new Inspection("application/pdf"));
        var before = inspector.Warnings.Count;
        (await inspector.Look(Deep(50_000))).ShouldBe(new Inspection("application/pdf"));
        inspector.Warnings.Count.ShouldBe(before + 1);
        (await inspector.Look(Samples.Pdf(2))).Pages.ShouldBe(2);
    }

    [Fact]
    public async Task Text_that_is_nested_deeply_is_text()
    {
        (await inspector.Look(new string('[', 200_000), "x.json")).ContentType.ShouldBe("text/plain");
        (await inspector.Look(string.Concat(Enumerable.Repeat("{\"a\":", 50_000)))).ContentType.ShouldBe("text/plain");
        (await inspector.Look("<?xml version='1.0'?>" + string.Concat(Enumerable.Repeat("<!--", 100_000)))).ContentType.ShouldBe("application/xml");
        (await inspector.Look("data_x\n" + string.Concat(Enumerable.Repeat("loop_ _a 'x ;\n", 100_000)), "x.cif")).ContentType.ShouldBe("chemical/x-cif");
    }

    /// <summary>A document whose pages lie that deep in a tree without branches: who goes down by calling itself has no stack left.</summary>
    static byte[] Deep(int depth)
    {
        var text = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        void Add(string content)
        {
            places.Add(text.Length);
            text.Append($"{places.Count} 0 obj\n{content}\nendobj\n");
        }
        Add("<</Type/Catalog/Pages 2 0 R>>");
        while (places.Count < depth) Add($"<</Type/Pages/Kids[{places.Count + 2} 0 R]/Count 1>>");
        Add("<</Type/Page/MediaBox[0 0 9 9]>>");
        var table = text.Length;
        text.Append($"xref\n0 {places.Count + 1}\n0000000000 65535 f \n");
        foreach (var place in places) text.Append($"{place:d10} 00000 n \n");
        return Encoding.ASCII.GetBytes(text.Append($"trailer\n<</Root 1 0 R/Size {places.Count + 1}>>\nstartxref\n{table}\n%%EOF\n").ToString());
    }

    /// <summary>A document whose catalog holds a list of lists of lists.</summary>
    static byte[] Nested(int depth) => Encoding.ASCII.GetBytes(
        $"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/X {new string('[', depth)}{new string(']', depth)}>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R/Size 3>>\n%%EOF\n");
}
