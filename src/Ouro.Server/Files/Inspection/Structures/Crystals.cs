using System.Globalization;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>The cell that a crystal repeats: lengths in ångström, angles in degrees, volume in cubic ångström.</summary>
sealed record Cell(double A, double B, double C, double Alpha, double Beta, double Gamma, double? Volume)
{
    public static Cell? Of(double? a, double? b, double? c, double? alpha, double? beta, double? gamma)
    {
        if (a is not > 0 || b is not > 0 || c is not > 0 || alpha is not (> 0 and < 180) || beta is not (> 0 and < 180) || gamma is not (> 0 and < 180)) return null;
        var (x, y, z) = (Math.Cos(double.DegreesToRadians(alpha.Value)), Math.Cos(double.DegreesToRadians(beta.Value)), Math.Cos(double.DegreesToRadians(gamma.Value)));
        var volume = a * b * c * Math.Sqrt(1 - x * x - y * y - z * z + 2 * x * y * z);
        return new(a.Value, b.Value, c.Value, alpha.Value, beta.Value, gamma.Value, volume is { } v && double.IsFinite(v) ? Math.Round(v, 4) : null);
    }

    /// <summary>The cell between three vectors.</summary>
    public static Cell? Of(double[][] v)
    {
        double Dot(int i, int j) => v[i][0] * v[j][0] + v[i][1] * v[j][1] + v[i][2] * v[j][2];
        double Length(int i) => Math.Sqrt(Dot(i, i));
        double Angle(int i, int j) => Math.Round(double.RadiansToDegrees(Math.Acos(Dot(i, j) / Length(i) / Length(j))), 4);
        return Of(Math.Round(Length(0), 6), Math.Round(Length(1), 6), Math.Round(Length(2), 6), Angle(1, 2), Angle(0, 2), Angle(0, 1));
    }
}

/// <summary>The symmetry of a crystal.</summary>
sealed record SpaceGroup(string? Symbol, int? Number)
{
    public static SpaceGroup? Of(string? symbol, double? number)
    {
        var known = number is >= 1 and <= 230 && number == Math.Floor(number.Value) ? (int?)number : null;
        var shown = symbol is null ? null : Classified.Shown(string.Concat(symbol.Where(c => !char.IsWhiteSpace(c))), 40);
        return shown is null or "" && known is null ? null : new(shown is "" ? null : shown, known);
    }
}

/// <summary>Crystals, as CIF and VASP write them.</summary>
static class Crystals
{
    /// <param name="text">The file, or its beginning.</param>
    /// <param name="isWhole">Whether it is all of it, so that sites can be counted.</param>
    public static JsonElement Cif(string text, bool isWhole)
    {
        var block = CifBlock.Read(text);
        var cell = Cell.Of(block.Number("_cell_length_a"), block.Number("_cell_length_b"), block.Number("_cell_length_c"),
            block.Number("_cell_angle_alpha"), block.Number("_cell_angle_beta"), block.Number("_cell_angle_gamma"));
        var group = SpaceGroup.Of(
            block.Value("_symmetry_space_group_name_h-m", "_space_group_name_h-m_alt", "_space_group_name_h-m_ref", "_space_group_name_h-m", "_space_group_name_h-m_full"),
            block.Number("_symmetry_int_tables_number", "_space_group_it_number"));
        var sites = block.Column("_atom_site_type_symbol") ?? block.Column("_atom_site_label");
        var formula = block.Value("_chemical_formula_sum") is { } sum ? Formula.Sum(sum) : isWhole && sites is not null ? OfSites(block, sites) : null;
        return Classified.As("cif", cell is null ? "molecule" : "crystal", ("formula", cell is null ? formula?.Whole() : formula?.Reduced()), ("cell", cell), ("space_group", group),
            ("sites", isWhole ? sites?.Count : null), ("block", block.Name is { Length: > 0 } name ? Classified.Shown(name, 80) : null));
    }

    /// <summary>What is in the cell, where the file says of each site how often it is there, or where it lists all of them.</summary>
    static Formula? OfSites(CifBlock block, IReadOnlyList<string?> sites)
    {
        var operations = block.Column("_symmetry_equiv_pos_as_xyz") ?? block.Column("_space_group_symop_operation_xyz");
        var times = block.Column("_atom_site_symmetry_multiplicity") ?? block.Column("_atom_site_site_symmetry_multiplicity");
        if (times is null && operations is { Count: > 1 }) return null;
        var occupied = block.Column("_atom_site_occupancy");
        var formula = new Formula();
        for (var i = 0; i < sites.Count; i++) formula.Add(sites[i] ?? "?", Told(times, i) * Told(occupied, i));
        return formula;
    }

    static double Told(IReadOnlyList<string?>? column, int row) => column is not null && row < column.Count && column[row] is { } value ? CifBlock.Number(value) ?? double.NaN : 1;

    /// <summary>POSCAR: a scale, three vectors, the elements and how many there are of each.</summary>
    public static JsonElement? Poscar(string text)
    {
        var lines = text.Split('\n', 12).Take(11).Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToArray();
        if (lines.Length < 7) return null;
        var scale = double.Parse(lines[1][0], CultureInfo.InvariantCulture);
        double[][] vectors = [.. lines[2..5].Select(line => line[..3].Select(x => double.Parse(x, CultureInfo.InvariantCulture)).ToArray())];
        if (scale < 0)
        {
            // A negative scale is the volume that the cell shall have.
            var (a, b, c) = (vectors[0], vectors[1], vectors[2]);
            var volume = a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
            scale = Math.Cbrt(-scale / Math.Abs(volume));
        }
        var cell = Cell.Of([.. vectors.Select(v => v.Select(x => x * scale).ToArray())]);
        var (elements, counts) = char.IsAsciiLetter(lines[5].FirstOrDefault("0")[0]) ? (lines[5], lines[6]) : (lines[0], lines[5]);
        var numbers = counts.Select(c => int.TryParse(c, out var n) ? n : -1).TakeWhile(n => n >= 0).ToArray();
        var formula = new Formula();
        if (elements.Length == numbers.Length)
            foreach (var (element, number) in elements.Zip(numbers)) formula.Add(element, number);
        return Classified.As("poscar", "crystal", ("formula", formula.Reduced()), ("cell", cell), ("sites", numbers.Sum(n => (long)n)));
    }
}
