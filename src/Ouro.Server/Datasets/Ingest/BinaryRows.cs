using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ouro.Server.Datasets;

/// <summary>What became of a value.</summary>
enum Fit
{
    Misfit,
    Null,
    Value,
}

/// <summary>
/// Rows in PostgreSQL's binary COPY format, in a buffer that is sent and filled again. Values go from the file's bytes to these bytes without
/// an object between, which is what makes an import faster than PostgreSQL's own reading of CSV.
/// </summary>
/// <param name="lenient">
/// For rows that people and programs send to a table that exists: numbers may be strings, and 5.0 is a whole number. A guess from a file is
/// strict.
/// </param>
/// <param name="size">Bytes to make room for; more room is made as it is needed.</param>
sealed class BinaryRows(bool lenient, int size = 160 * 1024)
{
    static readonly byte[] Signature = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8];

    byte[] buffer = new byte[size];
    int length;

    public int Length => length;

    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, length);

    public void Reset() => length = 0;

    public void Header()
    {
        Signature.CopyTo(Take(11));
        Take(8).Clear();
    }

    public void Trailer() => BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);

    public void StartRow(int columns) => BinaryPrimitives.WriteInt16BigEndian(Take(2), (short)columns);

    public Fit Null()
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);
        return Fit.Null;
    }

    [MethodImpl(Hot.Path)]
    public Fit Write(ColumnType type, Row row, in Cell cell)
    {
        if (cell.Kind == CellKind.Null) return Null();
        switch (type)
        {
            case ColumnType.Text: return WriteText(row, cell);
            case ColumnType.Bigint: return WriteBigint(row, cell);
            case ColumnType.DoublePrecision: return WriteDouble(row, cell);
            case ColumnType.Timestamptz: return WriteTimestamp(row, cell);
            case ColumnType.Date: return WriteDate(row, cell);
            case ColumnType.Boolean: return WriteBoolean(row, cell);
            case ColumnType.Numeric: return WriteNumeric(row, cell);
            case ColumnType.Uuid: return WriteUuid(row, cell);
            default: throw new ArgumentOutOfRangeException(nameof(type));
        }
    }

    [MethodImpl(Hot.Path)]
    public Fit Bigint(long value)
    {
        var to = Take(12);
        BinaryPrimitives.WriteInt32BigEndian(to, 8);
        BinaryPrimitives.WriteInt64BigEndian(to[4..], value);
        return Fit.Value;
    }

    [MethodImpl(Hot.Path)]
    Fit WriteBigint(Row row, in Cell cell)
    {
        if (cell.Kind == CellKind.Integer) return Bigint(cell.Bits);
        if (!Digits(row, cell, out var text)) return Fit.Misfit;
        return NumberText.TryRead(text, out var number) && (lenient ? number.TryIntegral(out var value) : number.TryBigint(out value))
            ? Bigint(value) : NullOrMisfit(cell, text);
    }

    [MethodImpl(Hot.Path)]
    Fit WriteDouble(Row row, in Cell cell)
    {
        if (cell.Kind == CellKind.Double) return double.IsFinite(cell.Double) ? Bigint(cell.Bits) : Null();
        if (cell.Kind == CellKind.Integer) return Bigint(BitConverter.DoubleToInt64Bits(cell.Bits));
        if (!Digits(row, cell, out var text)) return Fit.Misfit;
        return NumberText.TryRead(text, out var number) && (lenient ? number.TryNearestDouble(out var value) : number.TryDouble(out value))
            ? Bigint(BitConverter.DoubleToInt64Bits(value)) : NullOrMisfit(cell, text);
    }

    Fit WriteNumeric(Row row, in Cell cell)
    {
        if (cell.Kind == CellKind.Integer)
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(cell.Bits, digits, out var written);
            return TryNumeric(digits[..written]) ? Fit.Value : Fit.Misfit;
        }
        if (!Digits(row, cell, out var text)) return Fit.Misfit;
        return TryNumeric(text) ? Fit.Value : NullOrMisfit(cell, text);
    }

    bool TryNumeric(ReadOnlySpan<byte> text)
    {
        if (!NumberText.TryRead(text, out var number) || !number.IsNumeric) return false;
        var to = Reserve(4 + NumericBinary.MaxLength(number));
        var bytes = NumericBinary.Write(number, to[4..]);
        BinaryPrimitives.WriteInt32BigEndian(to, bytes);
        length += 4 + bytes;
        return true;
    }

    [MethodImpl(Hot.Path)]
    Fit WriteBoolean(Row row, in Cell cell)
    {
        var value = cell.Bits != 0;
        if (cell.Kind != CellKind.Boolean)
        {
            if (!Words(row, cell, out var text)) return Fit.Misfit;
            if (!Fitting.TryBoolean(text, out value)) return NullOrMisfit(cell, text);
        }
        var to = Take(5);
        BinaryPrimitives.WriteInt32BigEndian(to, 1);
        to[4] = value ? (byte)1 : (byte)0;
        return Fit.Value;
    }

    [MethodImpl(Hot.Path)]
    Fit WriteDate(Row row, in Cell cell)
    {
        var days = (int)cell.Bits;
        if (cell.Kind != CellKind.Date)
        {
            if (!Moments(row, cell, out var text)) return Fit.Misfit;
            if (!Moment.TryDate(text, out days))
            {
                // A midnight is the date: the public client sends dates of its frames with a time of zero.
                if (!lenient || !Moment.TryTimestamp(text, out var at) || at % Moment.OfDate(1) != 0) return NullOrMisfit(cell, text);
                days = (int)(at / Moment.OfDate(1));
            }
        }
        var to = Take(8);
        BinaryPrimitives.WriteInt32BigEndian(to, 4);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], days);
        return Fit.Value;
    }

    [MethodImpl(Hot.Path)]
    Fit WriteTimestamp(Row row, in Cell cell)
    {
        if (cell.Kind == CellKind.Timestamp) return Bigint(cell.Bits);
        if (cell.Kind == CellKind.Date) return Bigint(Moment.OfDate(cell.Bits));
        if (!Moments(row, cell, out var text)) return Fit.Misfit;
        return Moment.TryTimestamp(text, out var at) ? Bigint(at) : NullOrMisfit(cell, text);
    }

    Fit WriteUuid(Row row, in Cell cell)
    {
        if (cell.Kind is not (CellKind.Field or CellKind.String or CellKind.Plain)) return Fit.Misfit;
        var text = row.Text(cell).Unspaced();
        if (!Fitting.TryUuid(text, out var id)) return NullOrMisfit(cell, text);
        var to = Take(20);
        BinaryPrimitives.WriteInt32BigEndian(to, 16);
        id.TryWriteBytes(to[4..], bigEndian: true, out _);
        return Fit.Value;
    }

    [MethodImpl(Hot.Path)]
    Fit WriteText(Row row, in Cell cell)
    {
        if (cell.Kind is CellKind.Field or CellKind.String or CellKind.Plain or CellKind.Number or CellKind.Json)
        {
            var text = row.Text(cell);
            // A text file with a NUL was refused before its rows were read.
            if (cell.Kind != CellKind.Field && text.Contains((byte)0)) return Fit.Misfit;
            return Bytes(text);
        }
        Span<byte> written = stackalloc byte[40];
        var count = 0;
        switch (cell.Kind)
        {
            case CellKind.Boolean: return Bytes(cell.Bits != 0 ? "true"u8 : "false"u8);
            case CellKind.Integer: Utf8Formatter.TryFormat(cell.Bits, written, out count); break;
            case CellKind.Double: cell.Double.TryFormat(written, out count, "R", CultureInfo.InvariantCulture); break;
            case CellKind.Date: Moment.OfDays(cell.Bits).TryFormat(written, out count, "yyyy-MM-dd", CultureInfo.InvariantCulture); break;
            default:
                Moment.OfMicroseconds(cell.Bits).TryFormat(written, out count, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
                break;
        }
        return Bytes(written[..count]);
    }

    [MethodImpl(Hot.Path)]
    Fit Bytes(ReadOnlySpan<byte> text)
    {
        var to = Take(4 + text.Length);
        BinaryPrimitives.WriteInt32BigEndian(to, text.Length);
        text.CopyTo(to[4..]);
        return Fit.Value;
    }

    /// <summary>What may be read as a number: a string only where the column was declared.</summary>
    bool Digits(Row row, scoped in Cell cell, out ReadOnlySpan<byte> text)
    {
        text = cell.Kind == CellKind.Number ? row.Text(cell) : default;
        return cell.Kind == CellKind.Number || Words(row, cell, out text);
    }

    bool Words(Row row, scoped in Cell cell, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (cell.Kind != CellKind.Field && (cell.Kind != CellKind.String || !lenient && cell.Length > 0)) return false;
        text = row.Text(cell).Unspaced();
        return true;
    }

    bool Moments(Row row, scoped in Cell cell, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (cell.Kind is not (CellKind.Field or CellKind.String)) return false;
        text = row.Text(cell).Unspaced();
        return true;
    }

    // The public Python client sends a missing moment of a frame as the text that pandas prints for it.
    Fit NullOrMisfit(in Cell cell, ReadOnlySpan<byte> trimmed) =>
        trimmed.Length == 0 || cell.Kind == CellKind.Field && Fitting.IsMissing(trimmed) || lenient && trimmed.SequenceEqual("NaT"u8) ? Null() : Fit.Misfit;

    Span<byte> Take(int bytes)
    {
        var taken = Reserve(bytes);
        length += bytes;
        return taken[..bytes];
    }

    Span<byte> Reserve(int bytes)
    {
        if (buffer.Length - length < bytes) Array.Resize(ref buffer, Math.Max(2 * buffer.Length, length + bytes));
        return buffer.AsSpan(length);
    }

    /// <summary>Takes back what was written after <paramref name="mark"/>.</summary>
    public void Back(int mark) => length = mark;
}
