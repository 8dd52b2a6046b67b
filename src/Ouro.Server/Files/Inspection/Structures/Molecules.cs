using System.Globalization;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>Molecules and proteins, as chemists' programs write them.</summary>
static class Molecules
{
    static readonly HashSet<string> AminoAcids =
        ["ALA", "ARG", "ASN", "ASP", "CYS", "GLN", "GLU", "GLY", "HIS", "ILE", "LEU", "LYS", "MET", "PHE", "PRO", "SER", "THR", "TRP", "TYR", "VAL", "MSE", "SEC"];

    public static JsonElement Mmcif(string text, bool isWhole)
    {
        var block = CifBlock.Read(text);
        var models = block.Column("_atom_site_pdbx_pdb_model_num");
        var (residues, chains) = (block.Column("_atom_site_label_comp_id"), block.Column("_atom_site_auth_asym_id") ?? block.Column("_atom_site_label_asym_id"));
        var symbols = block.Column("_atom_site_type_symbol");
        var isProtein = residues?.Any(r => r is not null && AminoAcids.Contains(r)) == true
            || block.Column("_entity_poly_type")?.Any(t => t?.Contains("polypeptide", StringComparison.OrdinalIgnoreCase) == true) == true;
        bool IsOfFirst(int row) => models is null || row >= models.Count || models[row] == models[0];
        var cell = Cell.Of(block.Number("_cell_length_a"), block.Number("_cell_length_b"), block.Number("_cell_length_c"),
            block.Number("_cell_angle_alpha"), block.Number("_cell_angle_beta"), block.Number("_cell_angle_gamma"));
        return Classified.As("mmcif", isProtein ? "protein" : "molecule",
            ("id", block.Value("_entry_id") is { } id ? Classified.Shown(id, 40) : null),
            ("atoms", isWhole ? symbols?.Where((_, row) => IsOfFirst(row)).Count() : null), ("chains", isWhole ? chains?.Distinct().Count() : null),
            ("cell", cell), ("space_group", SpaceGroup.Of(block.Value("_symmetry_space_group_name_h-m"), block.Number("_symmetry_int_tables_number"))));
    }

    public static JsonElement Pdb(string text, bool isWhole)
    {
        var (atoms, isProtein, isFirst) = (0, false, true);
        var chains = new HashSet<char>();
        string? id = null;
        Cell? cell = null;
        SpaceGroup? group = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if ((line.StartsWith("ATOM  ") || line.StartsWith("HETATM")) && isFirst && line.Length >= 54)
            {
                atoms++;
                chains.Add(line[21]);
                isProtein = isProtein || line[0] == 'A' && line[12..16].Trim() is "CA" && AminoAcids.Contains(line[17..20].ToString());
            }
            else if (line.StartsWith("ENDMDL")) isFirst = false;
            else if (line.StartsWith("HEADER") && line.Length >= 66) id = line[62..66].Trim().ToString();
            else if (line.StartsWith("CRYST1") && line.Length >= 54)
            {
                cell = Cell.Of(Number(line[6..15]), Number(line[15..24]), Number(line[24..33]), Number(line[33..40]), Number(line[40..47]), Number(line[47..54]));
                group = SpaceGroup.Of(line.Length > 55 ? line[55..Math.Min(line.Length, 66)].ToString() : null, null);
            }
        }
        // Programs without a crystal write a cell of 1 × 1 × 1.
        if (cell is { A: 1, B: 1, C: 1 }) (cell, group) = (null, null);
        return Classified.As("pdb", isProtein ? "protein" : "molecule", ("id", id is { Length: > 0 } ? Classified.Shown(id, 40) : null),
            ("atoms", isWhole ? atoms : null), ("chains", isWhole ? chains.Count : null), ("cell", cell), ("space_group", group));
    }

    /// <summary>XYZ: how many atoms, a remark, the atoms; and again for the next frame.</summary>
    public static JsonElement? Xyz(string text, bool isWhole)
    {
        var lines = text.Split('\n');
        if (!int.TryParse(lines[0], out var atoms) || atoms <= 0) return null;
        var formula = new Formula();
        var isThere = lines.Length >= atoms + 2;
        if (isThere)
            foreach (var line in lines[2..(atoms + 2)]) formula.Add(line);
        return Classified.As("xyz", "molecule", ("formula", isThere ? formula.Whole() : null), ("atoms", atoms), ("frames", isWhole ? Frames(lines) : null));
    }

    static int Frames(string[] lines)
    {
        var frames = 0;
        for (long at = 0; at < lines.Length && int.TryParse(lines[at], out var atoms) && atoms > 0; at += atoms + 2L) frames++;
        return frames;
    }

    /// <summary>A molecule of MDL's kind, or a file of many of them; the first is described.</summary>
    public static JsonElement? Mol(string text, bool isWhole, bool isMany)
    {
        var lines = text.Split('\n');
        if (lines.Length < 4) return null;
        var molecules = isMany && isWhole ? lines.Count(line => line.StartsWith("$$$$", StringComparison.Ordinal)) : (int?)null;
        if (lines[3].Contains("V3000", StringComparison.Ordinal))
        {
            var counts = lines.FirstOrDefault(line => line.StartsWith("M  V30 COUNTS ", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return Classified.As(isMany ? "sdf" : "mol", "molecule", ("atoms", counts is [_, _, _, var n, ..] && int.TryParse(n, out var atoms3) ? atoms3 : null), ("molecules", molecules));
        }
        if (!int.TryParse(lines[3].AsSpan(0, 3), out var atoms) || !int.TryParse(lines[3].AsSpan(3, 3), out var bonds) || atoms < 0) return null;
        var formula = new Formula();
        foreach (var line in lines.Skip(4).Take(atoms)) formula.Add(line.Length > 34 ? line[31..34] : "?");
        return Classified.As(isMany ? "sdf" : "mol", "molecule", ("formula", formula.Whole()), ("atoms", atoms), ("bonds", bonds), ("molecules", molecules));
    }

    static double? Number(ReadOnlySpan<char> field) => double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
