using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ouro.Tests;

namespace Ouro.Browser;

/// <summary>A server with a file of each kind that has a viewer of its own.</summary>
public sealed class FileTown : TestServer
{
    public const string Salt = """
        data_NaCl
        _chemical_formula_sum 'Na Cl'
        _symmetry_space_group_name_H-M 'F m -3 m'
        _symmetry_Int_Tables_number 225
        _cell_length_a 5.6402
        _cell_length_b 5.6402
        _cell_length_c 5.6402
        _cell_angle_alpha 90
        _cell_angle_beta 90
        _cell_angle_gamma 90
        loop_
        _symmetry_equiv_pos_as_xyz
        x,y,z
        x,y+1/2,z+1/2
        x+1/2,y,z+1/2
        x+1/2,y+1/2,z
        loop_
        _atom_site_label
        _atom_site_type_symbol
        _atom_site_fract_x
        _atom_site_fract_y
        _atom_site_fract_z
        Na1 Na 0 0 0
        Cl1 Cl 0.5 0.5 0.5

        """;

    const string Cube = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1\nf 1 2 3 4\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n";

    const string Paper = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        + "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        + "4 0 obj<</Length 46>>stream\nBT /F1 32 Tf 60 180 Td (A paper on iron) Tj ET\nendstream endobj\ntrailer<</Root 1 0 R>>\n";

    public Person Ada { get; private set; } = null!;

    /// <summary>The pages of the files, by the viewer that shows each.</summary>
    public Dictionary<string, string> Pages { get; } = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Ada = await Join("ada");
        foreach (var (viewer, name, bytes, about) in new (string, string, byte[], string?)[]
        {
            ("structure", "rock salt.cif", Encoding.UTF8.GetBytes(Salt), "The cell of rock salt, as measured at room temperature."), ("pdf", "paper.pdf", Encoding.ASCII.GetBytes(Paper), null),
            ("model", "cube.obj", Encoding.ASCII.GetBytes(Cube), null), ("markdown", "README.md", "# Samples\n\nWhat came out of **run 7**.\n\n| sample | score |\n|---|---|\n| a | 1.5 |\n\n<script>alert(1)</script>\n"u8.ToArray(), null),
            ("code", "relax.py", "def relax(cell, steps=100):\n    \"\"\"Moves atoms until nothing pulls at them.\"\"\"\n    return cell\n"u8.ToArray(), null),
            ("table", "penguins.csv", "species,island,mass\nAdelie,Torgersen,3700\nGentoo,Biscoe,5000\n"u8.ToArray(), "Body mass of penguins"), ("archive", "runs.zip", Zip(), null),
            ("image", "rings.png", Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNkYPhfz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC"), null),
            ("image", "drawing.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80\" height=\"40\"><script>alert(1)</script><circle cx=\"20\" cy=\"20\" r=\"15\"/></svg>"u8.ToArray(), null),
            ("audio", "tone.wav", Wav(), null), ("hex", "weights.bin", [.. Enumerable.Range(0, 300).Select(n => (byte)(n * 7))], null), ("code", "page.html", "<!doctype html><script>alert(1)</script>"u8.ToArray(), null),
        })
            Pages[viewer + " " + name] = (await Put(Ada, name, bytes, "public", about)).Address;
        await Ada.Ouro.Files.CreateAsync(new() { Name = "Render of run 8", Visibility = Visibility.Public, State = AssetState.InProgress, Metadata = JsonSerializer.SerializeToElement(new { type = "video/mp4" }) });
    }

    public static async Task<(Guid Id, string Address)> Put(Person owner, string name, byte[] bytes, string visibility = "private", string? about = null)
    {
        var answer = await owner.Http.PostAsync($"/api/files/create/from-file?file_name={Uri.EscapeDataString(name)}&visibility={visibility}{(about is null ? "" : "&description=" + Uri.EscapeDataString(about))}", new ByteArrayContent(bytes));
        var file = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data");
        return (file.GetProperty("id").GetGuid(), file.GetProperty("slug").GetString()!);
    }

    static byte[] Zip()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            for (var i = 0; i < 5; i++)
                using (var entry = zip.CreateEntry($"run/{i}/energy.json").Open()) entry.Write("{}"u8);
        return bytes.ToArray();
    }

    static byte[] Wav()
    {
        var (bytes, count) = (new MemoryStream(), 16_000);
        using (var to = new BinaryWriter(bytes, Encoding.ASCII, leaveOpen: true))
        {
            to.Write("RIFF"u8); to.Write(36 + 2 * count); to.Write("WAVEfmt "u8); to.Write(16); to.Write((short)1); to.Write((short)1); to.Write(8000); to.Write(16_000); to.Write((short)2); to.Write((short)16);
            to.Write("data"u8); to.Write(2 * count);
            for (var i = 0; i < count; i++) to.Write((short)(9000 * Math.Sin(i / 8.0)));
        }
        return bytes.ToArray();
    }
}
