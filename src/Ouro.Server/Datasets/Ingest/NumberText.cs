using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ouro.Server.Datasets;

/// <summary>
/// A number as it is written in a file, understood without losing a digit. <c>00123</c>, <c>+49…</c> and <c>1,5</c> are no numbers: they are
/// codes and telephone numbers more often, and a wrong guess would destroy them.
/// </summary>
readonly ref struct NumberText
{
    const int ExactDoubleDigits = 17;
    const long ExactDoubleInteger = 1L << 53;

    static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(n => double.Parse($"1e{n}", CultureInfo.InvariantCulture))];

    readonly ReadOnlySpan<byte> text;
    readonly ulong mantissa;
    readonly bool negative;

    /// <summary>Digits from the first that is not zero to the last that is not zero.</summary>
    readonly int significant;
    readonly bool overflown;

    NumberText(ReadOnlySpan<byte> text, ulong mantissa, bool negative, int significant, bool overflown, int fraction, int exponent, bool whole)
    {
        this.text = text;
        this.mantissa = mantissa;
        this.negative = negative;
        this.significant = significant;
        this.overflown = overflown;
        Fraction = fraction;
        Exponent = exponent;
        IsWhole = whole;
    }

    /// <summary>The number of digits after the point.</summary>
    public int Fraction { get; }

    public int Exponent { get; }

    /// <summary>Written without a point and an exponent.</summary>
    public bool IsWhole { get; }

    [MethodImpl(Hot.Path)]
    public static bool TryRead(ReadOnlySpan<byte> text, out NumberText number)
    {
        number = default;
        var i = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative) i++;

        ulong mantissa = 0;
        int digits = 0, fraction = 0, trailingZeros = 0, exponent = 0;
        var first = i;
        var point = -1;
        for (; i < text.Length; i++)
        {
            var digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                // Nineteen digits always fit; more are kept only as text.
                if (digits < 19) mantissa = 10 * mantissa + digit;
                if (digits > 0 || digit != 0)
                {
                    digits++;
                    trailingZeros = digit == 0 ? trailingZeros + 1 : 0;
                }
                if (point >= 0) fraction++;
            }
            else if (text[i] == '.' && point < 0) point = i;
            else break;
        }
        var written = i - first - (point >= 0 ? 1 : 0);
        if (written == 0) return false;
        var leading = (point >= 0 ? point : i) - first;
        if (leading > 1 && text[first] == '0') return false;

        if (i < text.Length)
        {
            if (text[i] is not ((byte)'e' or (byte)'E') || !TryExponent(text[(i + 1)..], out exponent)) return false;
        }
        number = new(text, mantissa, negative, digits - trailingZeros, digits > 19, fraction, exponent, point < 0 && i == text.Length);
        return true;
    }

    static bool TryExponent(ReadOnlySpan<byte> text, out int exponent)
    {
        exponent = 0;
        if (text.Length > 0 && text[0] == '+') text = text[1..];
        if (text.Length is 0 or > 5) return false;
        var negative = text[0] == '-';
        if (negative) text = text[1..];
        if (text.Length == 0) return false;
        foreach (var c in text)
        {
            if ((uint)(c - '0') > 9) return false;
            exponent = 10 * exponent + c - '0';
        }
        if (negative) exponent = -exponent;
        return true;
    }

    public bool TryBigint(out long value)
    {
        value = negative ? unchecked(-(long)mantissa) : (long)mantissa;
        return IsWhole && !overflown && mantissa <= (negative ? 1UL << 63 : long.MaxValue);
    }

    /// <summary>A double, only where it keeps every digit that was written: more than 17 of them, or an id above 2^53, need another type.</summary>
    [MethodImpl(Hot.Path)]
    public bool TryDouble(out double value)
    {
        value = 0;
        if (significant > ExactDoubleDigits) return false;
        if (IsWhole && !overflown) return TryWholeDouble(out value);

        var scale = Exponent - Fraction;
        if (!overflown && mantissa <= (ulong)ExactDoubleInteger && scale is >= -22 and <= 22)
        {
            // Both are exact, so their quotient or product is the nearest double: the rule of W. D. Clinger, without the slow way round.
            value = scale < 0 ? mantissa / PowersOfTen[-scale] : mantissa * PowersOfTen[scale];
            if (negative) value = -value;
            return true;
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    bool TryWholeDouble(out double value)
    {
        value = negative ? -(double)mantissa : mantissa;
        return mantissa <= (ulong)ExactDoubleInteger || significant <= 15;
    }

    /// <summary>The nearest double, for a column that is declared so.</summary>
    public bool TryNearestDouble(out double value) =>
        TryDouble(out value) || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>A whole number however it is written: clients of column-wise libraries send 5.0 for 5 where a value is missing elsewhere.</summary>
    public bool TryIntegral(out long value)
    {
        if (TryBigint(out value)) return true;
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) && exact == decimal.Truncate(exact)
            && exact is >= long.MinValue and <= long.MaxValue && Put((long)exact, out value);
    }

    static bool Put(long number, out long value)
    {
        value = number;
        return true;
    }

    /// <summary>Whether it can be written as a numeric of a reasonable length.</summary>
    public bool IsNumeric => Math.Abs(Exponent) <= 400 && text.Length <= 1000;

    public ReadOnlySpan<byte> Text => text;
}
