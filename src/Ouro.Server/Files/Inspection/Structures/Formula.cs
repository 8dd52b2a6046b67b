using System.Globalization;

namespace Ouro.Server.Files;

/// <summary>How many atoms of which elements.</summary>
sealed class Formula
{
    static readonly HashSet<string> Elements =
        [.. ("H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe "
            + "Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg "
            + "Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og D").Split(' ')];

    readonly Dictionary<string, double> counts = [];
    bool isUnknown;

    /// <summary>Atoms of an element, written as files write it: <c>Fe3+</c>, <c>FE</c>, <c>Na1</c>. Something else makes the whole unknown.</summary>
    public void Add(string written, double count = 1)
    {
        if (Element(written) is { } element && double.IsFinite(count) && count >= 0) counts[element] = counts.GetValueOrDefault(element) + count;
        else isUnknown = true;
    }

    /// <summary>A formula as CIF has it: <c>'C6 H12 O6'</c>.</summary>
    public static Formula? Sum(string text)
    {
        var formula = new Formula();
        foreach (var part in text.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            var letters = part.TakeWhile(char.IsAsciiLetter).Count();
            if (letters == part.Length) formula.Add(part);
            else if (CifBlock.Number(part[letters..]) is { } count) formula.Add(part[..letters], count);
            else return null;
        }
        return formula;
    }

    /// <summary>All atoms of a molecule: carbon and hydrogen first and the others by the alphabet, as Hill had it.</summary>
    public string? Whole() => Written(1);

    /// <summary>The smallest whole numbers of atoms that stand in the relation of a crystal's, in the same order.</summary>
    public string? Reduced()
    {
        var divisor = counts.Count > 0 && counts.Values.All(n => Math.Abs(n - Math.Round(n)) < 1e-3 && n < 1e9) ? counts.Values.Select(n => (long)Math.Round(n)).Aggregate(Divisor) : 1;
        return Written(divisor);
    }

    string? Written(double divisor)
    {
        if (isUnknown || counts.Count == 0 || counts.Values.Sum() == 0) return null;
        return string.Concat(counts.Where(c => c.Value > 0).OrderBy(c => Place(c.Key)).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Value / divisor) switch
        {
            var n when Math.Abs(n - 1) < 1e-3 => c.Key,
            var n => c.Key + n.ToString("0.###", CultureInfo.InvariantCulture),
        }));
    }

    int Place(string element) => !counts.ContainsKey("C") ? 2 : element switch { "C" => 0, "H" => 1, _ => 2 };

    static long Divisor(long a, long b) => b == 0 ? Math.Max(a, 1) : Divisor(b, a % b);

    static string? Element(string written)
    {
        var letters = string.Concat(written.TrimStart().TakeWhile(char.IsAsciiLetter).Take(2));
        if (letters.Length == 0) return null;
        var element = char.ToUpperInvariant(letters[0]) + letters[1..].ToLowerInvariant();
        return Elements.Contains(element) ? element : Elements.Contains(element[..1]) ? element[..1] : null;
    }
}
