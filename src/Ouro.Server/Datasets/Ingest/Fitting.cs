using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>
/// Which types a value fits. In a file without types, the words for “missing” (<c>NA</c>, <c>N/A</c>, <c>NaN</c>, <c>null</c>, <c>None</c>,
/// infinities …) fit every type: they are null in a column of anything but text, where they stay words, for Namibia's code is NA.
/// </summary>
static class Fitting
{
    const TypeSet AnyNumber = TypeSet.Bigint | TypeSet.DoublePrecision | TypeSet.Numeric;

    /// <summary>The types among <paramref name="possible"/> that the value fits.</summary>
    [MethodImpl(Hot.Path)]
    public static TypeSet Of(Row row, in Cell cell, TypeSet possible) => cell.Kind switch
    {
        CellKind.Null => possible,
        _ when possible == TypeSet.Text => possible,
        CellKind.Field => OfField(row.Text(cell)) & possible,
        CellKind.String => (cell.Length == 0 ? TypeSet.Any : OfMoment(row.Text(cell)) | TypeSet.Text) & possible,
        CellKind.Number => OfNumber(row.Text(cell)) & possible,
        CellKind.Boolean => (TypeSet.Boolean | TypeSet.Text) & possible,
        CellKind.Integer => (AnyNumber | TypeSet.Text) & possible & (Math.Abs((double)cell.Bits) <= 1L << 53 ? TypeSet.Any : ~TypeSet.DoublePrecision),
        CellKind.Double => (TypeSet.DoublePrecision | TypeSet.Text) & possible,
        CellKind.Date => (TypeSet.Date | TypeSet.Timestamptz | TypeSet.Text) & possible,
        CellKind.Timestamp => (TypeSet.Timestamptz | TypeSet.Text) & possible,
        _ => TypeSet.Text & possible,
    };

    /// <summary>Whether the value says anything about its column.</summary>
    public static bool IsMissing(Row row, in Cell cell) => cell.Kind switch
    {
        CellKind.Null => true,
        CellKind.Field => IsMissing(row.Text(cell).Unspaced()),
        CellKind.String => cell.Length == 0,
        _ => false,
    };

    public static bool IsMissing(ReadOnlySpan<byte> trimmed)
    {
        if (trimmed.Length is 0 or 1 or > 9) return trimmed.Length == 0;
        if ((uint)((trimmed[0] | 0x20) - 'a') > 'z' - 'a' && trimmed[0] is not ((byte)'#' or (byte)'-' or (byte)'\\')) return false;
        foreach (var word in Words)
            if (Ascii.EqualsIgnoreCase(trimmed, word)) return true;
        return false;
    }

    static readonly byte[][] Words =
        [.. new[] { "NA", "N/A", "#N/A", "NaN", "NaT", "null", "None", "\\N", "inf", "-inf", "Infinity", "-Infinity" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>The text without spaces around it.</summary>
    public static ReadOnlySpan<byte> Unspaced(this ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || text[0] != ' ' && text[^1] != ' ') return text;
        return text.Trim((byte)' ');
    }

    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.Length == 4 && Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || text.Length == 5 && Ascii.EqualsIgnoreCase(text, "false"u8);
    }

    public static bool TryUuid(ReadOnlySpan<byte> text, out Guid value) =>
        Utf8Parser.TryParse(text, out value, out var read, 'D') && read == text.Length;

    static TypeSet OfField(ReadOnlySpan<byte> text)
    {
        text = text.Unspaced();
        if (text.Length == 0) return TypeSet.Any;
        var first = text[0];
        if ((uint)(first - '0') <= 9 || first is (byte)'-' or (byte)'.')
        {
            var number = OfNumber(text);
            if (number != TypeSet.Text) return number;
            if (first != '-') return OfMoment(text) | TypeSet.Text;
        }
        if (IsMissing(text)) return TypeSet.Any;
        return TryBoolean(text, out _) ? TypeSet.Boolean | TypeSet.Text : TypeSet.Text;
    }

    static TypeSet OfNumber(ReadOnlySpan<byte> text)
    {
        if (!NumberText.TryRead(text, out var number)) return TypeSet.Text;
        var set = TypeSet.Text;
        if (number.TryBigint(out _)) set |= TypeSet.Bigint;
        if (number.TryDouble(out _)) set |= TypeSet.DoublePrecision;
        if (number.IsNumeric) set |= TypeSet.Numeric;
        return set;
    }

    static TypeSet OfMoment(ReadOnlySpan<byte> text)
    {
        text = text.Unspaced();
        if (!Moment.TryTimestamp(text, out _)) return TypeSet.None;
        return text.Length == 10 ? TypeSet.Date | TypeSet.Timestamptz : TypeSet.Timestamptz;
    }
}
