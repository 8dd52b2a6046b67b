using System.Buffers.Binary;

namespace Ouro.Server.Datasets;

/// <summary>PostgreSQL's binary numeric: groups of four decimal digits, the weight of the first, sign and scale.</summary>
static class NumericBinary
{
    /// <summary>Writes the number and returns the bytes that it took; <paramref name="to"/> holds at least <see cref="MaxLength"/>.</summary>
    public static int Write(in NumberText number, Span<byte> to)
    {
        var text = number.Text;
        var negative = text[0] == '-';
        Span<byte> digits = stackalloc byte[text.Length];
        var count = 0;
        foreach (var c in text[(negative ? 1 : 0)..])
        {
            if (c is (byte)'e' or (byte)'E') break;
            if (c != '.') digits[count++] = (byte)(c - '0');
        }
        digits = digits[..count];

        // The digits stand for digits × 10^power; the point may lie outside of them.
        var power = number.Exponent - number.Fraction;
        var scale = Math.Max(0, -power);
        while (digits.Length > 0 && digits[0] == 0) digits = digits[1..];
        while (digits.Length > 0 && digits[^1] == 0)
        {
            digits = digits[..^1];
            power++;
        }

        var groups = 0;
        var weight = 0;
        if (digits.Length > 0)
        {
            var top = digits.Length + power - 1;
            weight = Floor(top);
            var lowest = Floor(power);
            groups = weight - lowest + 1;
            for (var g = 0; g < groups; g++)
            {
                short value = 0;
                for (var place = 3; place >= 0; place--)
                {
                    var index = top - (4 * (weight - g) + place);
                    value = (short)(10 * value + (index >= 0 && index < digits.Length ? digits[index] : 0));
                }
                BinaryPrimitives.WriteInt16BigEndian(to[(8 + 2 * g)..], value);
            }
        }
        BinaryPrimitives.WriteInt16BigEndian(to, (short)groups);
        BinaryPrimitives.WriteInt16BigEndian(to[2..], (short)weight);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], negative && groups > 0 ? (ushort)0x4000 : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(to[6..], (ushort)scale);
        return 8 + 2 * groups;
    }

    public static int MaxLength(in NumberText number) => 8 + 2 * (number.Text.Length / 4 + 3);

    static int Floor(int place) => place >= 0 ? place / 4 : -((3 - place) / 4);
}
