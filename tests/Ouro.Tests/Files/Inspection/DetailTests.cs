using System.Text;
using System.Text.Json;
using Ouro.Server.Files;
using Shouldly;
using SkiaSharp;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>What is told of a file besides its type.</summary>
public sealed class DetailTests(Inspector inspector) : IClassFixture<Inspector>
{
    [Fact]
    public async Task An_image_tells_its_pixels()
    {
        foreach (var bytes in (byte[][])
            [Samples.Picture(SKEncodedImageFormat.Png, 300, 200), Samples.Picture(SKEncodedImageFormat.Jpeg, 300, 200), Samples.Picture(SKEncodedImageFormat.Webp, 300, 200),
             Samples.Gif(300, 200), Samples.Bmp(300, 200), Samples.Tiff(300, 200), Samples.Avif(300, 200)])
            Size(await inspector.Look(bytes)).ShouldBe((300, 200));
        Size(await inspector.Look(Samples.Ico())).ShouldBe((256, 256));
        Size(await inspector.Look("<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg' width=\"300px\" viewBox='0 0 9 200'/>")).ShouldBe((300, 200));
        Size(await inspector.Look("<svg width='100%' height='100%'/>")).ShouldBe((null, null));
        Size(await inspector.Look(Samples.Held(Samples.Picture(SKEncodedImageFormat.Jpeg, 300, 200), 6))).ShouldBe((200, 300));
    }

    [Fact]
    public async Task Sound_tells_how_long_it_lasts()
    {
        (await inspector.Look(Samples.Wav(2.5))).Duration.ShouldBe(2.5);
        (await inspector.Look(Samples.Flac(61))).Duration.ShouldBe(61);
        (await inspector.Look(Samples.Ogg(7))).Duration.ShouldBe(7);
        (await inspector.Look(Samples.Aiff(3))).Duration.ShouldBe(3);
        (await inspector.Look(Samples.Mp3(100))).Duration!.Value.ShouldBe(100 * 1152 / 44_100.0, 0.01);
        (await inspector.Look(Samples.Aac(100))).Duration!.Value.ShouldBe(100 * 1024 / 44_100.0, 0.01);
        (await inspector.Look(Samples.Mp4("M4A ", 12.5, 0, 0))).Duration.ShouldBe(12.5);
        // Three seconds of speech, of which each frame of 32 bytes lasts a fiftieth.
        (await inspector.Look([.. "#!AMR\n"u8, .. Enumerable.Range(0, 150).SelectMany(_ => (byte[])[0x3c, .. new byte[31]])])).Duration.ShouldBe(3);
    }

    [Fact]
    public async Task A_film_tells_how_long_it_lasts_and_how_large_it_is()
    {
        foreach (var bytes in (byte[][])[Samples.Mp4("isom", 9.5, 640, 480), Samples.Mp4("qt  ", 9.5, 640, 480), Samples.WebM(9.5, 640, 480)])
        {
            var seen = await inspector.Look(bytes);
            (seen.Duration, seen.Width, seen.Height).ShouldBe((9.5, 640, 480), seen.ContentType);
        }
        Size(await inspector.Look(Samples.Mp4("isom", 9.5, 640, 480, isTurned: true))).ShouldBe((480, 640));
        var avi = await inspector.Look(Samples.Avi(250, 320, 240));
        (avi.Duration, avi.Width, avi.Height).ShouldBe((10, 320, 240));
    }

    [Fact]
    public async Task A_document_tells_its_pages()
    {
        (await inspector.Look(Samples.Pdf(3), "three.txt")).Pages.ShouldBe(3);
        (await inspector.Look(Samples.Pdf(1))).Pages.ShouldBe(1);
        (await inspector.Look("%PDF-1.7\nand nothing else")).ShouldBe(new Inspection("application/pdf"));
    }

    [Fact]
    public async Task A_crystal_tells_its_formula_cell_and_space_group()
    {
        var salt = await inspector.Classify(Samples.Salt, "salt.cif");
        Words(salt, "inspector", "kind", "version", "formula", "sites").ShouldBe("cif crystal 1 ClNa 2");
        salt.GetProperty("cell").GetRawText().ShouldBe("""{"a":5.64,"b":5.64,"c":5.64,"alpha":90,"beta":90,"gamma":90,"volume":179.4061}""");
        salt.GetProperty("space_group").GetRawText().ShouldBe("""{"symbol":"Fm-3m","number":225}""");
    }

    [Fact]
    public async Task A_crystal_without_a_formula_is_counted_where_all_its_atoms_are_there()
    {
        const string Cell = "data_x\n_cell_length_a 4\n_cell_length_b 4\n_cell_length_c 4\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 120\n";
        (await inspector.Classify(Cell + "loop_\n_atom_site_type_symbol\n_atom_site_occupancy\nFe3+ 1.0\nO2- 0.5\nO2- 1\nO2- 1.5\n")).GetProperty("formula").GetString().ShouldBe("FeO3");
        var symmetric = await inspector.Classify(Cell + "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,-y,-z\nloop_\n_atom_site_type_symbol\nFe\nO\n");
        symmetric.TryGetProperty("formula", out _).ShouldBeFalse();
        (await inspector.Classify(Cell + "loop_\n_atom_site_type_symbol\n_atom_site_symmetry_multiplicity\nC 6\nH 12\nO 6")).GetProperty("formula").GetString().ShouldBe("CH2O");
    }

    [Fact]
    public async Task POSCAR_is_a_crystal_too()
    {
        var salt = await inspector.Classify("salt\n2.0\n2.82 0 0\n0 2.82 0\n0 0 2.82\nNa Cl\n4 4\nDirect\n", "POSCAR");
        Words(salt, "inspector", "kind", "formula", "sites").ShouldBe("poscar crystal ClNa 8");
        salt.GetProperty("cell").GetProperty("volume").GetDouble().ShouldBe(179.4061, 0.001);
    }

    [Fact]
    public async Task Molecules_and_proteins_are_told_apart()
    {
        const string Atom = "ATOM      1  N   ALA A   1      11.104   6.134  -6.504  1.00  0.00           N\nATOM      2  CA  ALA A   1      11.639   6.071  -5.147  1.00  0.00           C\n";
        var protein = await inspector.Classify("HEADER    HYDROLASE                               01-JAN-00   1ABC\nCRYST1   50.000   60.000   70.000  90.00  90.00  90.00 P 21 21 21    4\n" + Atom + "END\n");
        Words(protein, "inspector", "kind", "id", "atoms", "chains").ShouldBe("pdb protein 1ABC 2 1");
        protein.GetProperty("space_group").GetProperty("symbol").GetString().ShouldBe("P212121");
        Words(await inspector.Classify(Atom.Replace("ALA", "LIG", StringComparison.Ordinal), "x.pdb"), "kind", "atoms").ShouldBe("molecule 2");
        var large = await inspector.Classify("data_1ABC\n_entry.id 1ABC\nloop_\n_atom_site.group_PDB\n_atom_site.type_symbol\n_atom_site.label_comp_id\n_atom_site.auth_asym_id\nATOM N ALA A\nATOM C GLY B\n", "1abc.cif");
        Words(large, "inspector", "kind", "id", "atoms", "chains").ShouldBe("mmcif protein 1ABC 2 2");
        Words(await inspector.Classify("3\nwater\nO 0 0 0\nH 1 0 0\nH 0 1 0\n", "x.xyz"), "kind", "formula", "atoms", "frames").ShouldBe("molecule H2O 3 1");
        (await inspector.Classify("4\nperoxide\nO 0 0 0\nO 1 0 0\nH 0 1 0\nH 0 0 1\n", "x.xyz")).GetProperty("formula").GetString().ShouldBe("H2O2");
        const string Mol = "water\n\n\n  3  2  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 O   0\n    1.0000    0.0000    0.0000 H   0\n    0.0000    1.0000    0.0000 H   0\n  1  2  1\n  1  3  1\nM  END\n";
        Words(await inspector.Classify(Mol, "x.mol"), "inspector", "formula", "atoms", "bonds").ShouldBe("mol H2O 3 2");
        Words(await inspector.Classify(Mol + "$$$$\n" + Mol + "$$$$\n", "x.sdf"), "inspector", "formula", "molecules").ShouldBe("sdf H2O 2");
    }

    [Fact]
    public async Task An_archive_is_listed_and_not_unpacked()
    {
        var entries = Enumerable.Range(0, 150).Select(n => ($"data/file{n}.{(n % 2 == 0 ? "csv" : "TXT")}", new string('x', 1000))).ToArray();
        foreach (var (bytes, inspectorName) in (IEnumerable<(byte[], string)>)
            [(Samples.Zip(entries), "zip"), ([.. "#!/bin/sh\n"u8, .. Samples.Zip(entries)], ""), (Samples.Tar(entries), "tar"), (Samples.Gzip(Samples.Tar(entries)), "tar")])
        {
            var seen = await inspector.Look(bytes);
            if (inspectorName == "")
            {
                // What begins as something else is that.
                seen.Classification.ShouldBeNull();
                continue;
            }
            Words(seen.Classification!.Value, "inspector", "kind", "entries", "size").ShouldBe($"{inspectorName} archive 150 150000");
            seen.Classification!.Value.GetProperty("extensions").EnumerateArray().Select(e => e.GetString()).ShouldBe(["csv", "txt"]);
            seen.Preview!.Value.GetArrayLength().ShouldBe(100);
            seen.Preview!.Value[1].GetRawText().ShouldBe("""{"name":"data/file1.TXT","size":1000}""");
        }
        (await inspector.Look(Samples.Gzip(Encoding.UTF8.GetBytes("only text")))).Classification.ShouldBeNull();
        var longName = new string('d', 120) + "/" + new string('f', 120) + "ü.txt";
        (await inspector.Look(Samples.Tar((longName, "x")))).Preview!.Value[0].GetProperty("name").GetString().ShouldBe(longName[..200]);
    }

    [Fact]
    public async Task A_model_tells_its_triangles()
    {
        Words(await inspector.Classify(Samples.Glb()), "inspector", "kind", "triangles", "vertices").ShouldBe("gltf model 12 8");
        Words(await inspector.Classify(Samples.Stl(7)), "inspector", "triangles").ShouldBe("stl 7");
        Words(await inspector.Classify("solid a\nfacet normal 0 0 1\nendfacet\nfacet normal 0 0 1\nendfacet\n", "a.stl"), "triangles").ShouldBe("2");
        Words(await inspector.Classify("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nf 1 2 3\nf 1/1 2/2 3/3 4/4\n", "a.obj"), "inspector", "triangles", "vertices").ShouldBe("obj 3 4");
        Words(await inspector.Classify("ply\nformat ascii 1.0\nelement vertex 8\nproperty float x\nelement face 12\nend_header\n"), "inspector", "triangles", "vertices").ShouldBe("ply 12 8");
    }

    [Fact]
    public async Task What_is_told_can_be_kept_by_the_database()
    {
        var zip = await inspector.Look(Samples.Zip(("a\0b\u0001.txt", "x")));
        zip.Preview!.Value[0].GetProperty("name").GetString().ShouldBe("ab.txt");
        var table = await inspector.Look("{\"a\": \"x\\u0000y\"}\n{\"a\": \"z\"}\n");
        table.Preview!.Value[0].GetProperty("a").GetString().ShouldBe("xy");
    }

    static (int?, int?) Size(Inspection seen) => (seen.Width, seen.Height);

    /// <summary>Properties of a classification, one behind the other.</summary>
    internal static string Words(JsonElement classification, params string[] names) => string.Join(' ', names.Select(n => classification.GetProperty(n).ToString()));
}
