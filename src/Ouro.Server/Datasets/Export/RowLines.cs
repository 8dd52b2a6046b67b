using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>How a row becomes a line.</summary>
abstract class RowLines(IReadOnlyList<StoredColumn> columns)
{
    readonly ColumnType[] types = [.. columns.Select(c => c.Type)];

    /// <summary>What comes before the first row.</summary>
    public virtual void Begin(Utf8Buffer output) { }

    /// <summary>Adds a row, whose values come as PostgreSQL's binary COPY writes them.</summary>
    public void Add(Utf8Buffer output, ReadOnlySpan<byte> values)
    {
        for (var i = 0; i < types.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(values);
            values = values[4..];
            Before(output, i);
            if (length < 0)
            {
                Null(output);
                continue;
            }
            Value(output, types[i], values[..length]);
            values = values[length..];
        }
        End(output);
    }

    protected abstract void Before(Utf8Buffer output, int column);
    protected abstract void Null(Utf8Buffer output);
    protected abstract void Text(Utf8Buffer output, ReadOnlySpan<byte> text);
    protected abstract void Word(Utf8Buffer output, ReadOnlySpan<byte> word);
    protected abstract void End(Utf8Buffer output);

    void Value(Utf8Buffer output, ColumnType type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case ColumnType.Boolean:
                output.Write(value[0] != 0 ? "true"u8 : "false"u8);
                break;
            case ColumnType.Bigint:
                Utf8Formatter.TryFormat(BinaryPrimitives.ReadInt64BigEndian(value), output.GetSpan(24), out var digits);
                output.Advance(digits);
                break;
            case ColumnType.DoublePrecision:
                Double(output, BinaryPrimitives.ReadDoubleBigEndian(value));
                break;
            case ColumnType.Date:
                Span<byte> day = stackalloc byte[Days.Longest];
                Word(output, day[..Days.Write(day, BinaryPrimitives.ReadInt32BigEndian(value))]);
                break;
            case ColumnType.Timestamptz:
                Span<byte> moment = stackalloc byte[Days.Longest];
                Word(output, moment[..Days.WriteMoment(moment, BinaryPrimitives.ReadInt64BigEndian(value))]);
                break;
            case ColumnType.Numeric:
                // NaN and Infinity end in a letter, and are no number to any format.
                if (value[^1] is >= (byte)'0' and <= (byte)'9') output.Write(value);
                else Word(output, value);
                break;
            default:
                Text(output, value);
                break;
        }
    }

    void Double(Utf8Buffer output, double value)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, default, System.Globalization.CultureInfo.InvariantCulture);
        text = text[..length];
        if (!double.IsFinite(value))
        {
            Word(output, text);
            return;
        }
        if (text.IndexOf((byte)'E') is >= 0 and var exponent) text[exponent] = (byte)'e';
        output.Write(text);
    }
}

/// <summary>RFC 4180 with a header: a missing value is nothing, and the empty text two quotation marks.</summary>
sealed class CsvLines(IReadOnlyList<StoredColumn> columns) : RowLines(columns)
{
    static readonly SearchValues<byte> Quoted = SearchValues.Create("\",\r\n"u8);

    readonly string header = string.Join(',', columns.Select(c => c.Name));

    public override void Begin(Utf8Buffer output)
    {
        output.Write(Encoding.UTF8.GetBytes(header));
        output.Write((byte)'\n');
    }

    protected override void Before(Utf8Buffer output, int column)
    {
        if (column > 0) output.Write((byte)',');
    }

    protected override void Null(Utf8Buffer output) { }

    protected override void Text(Utf8Buffer output, ReadOnlySpan<byte> text)
    {
        // A line of \. alone would end the file for PostgreSQL.
        if (text.Length > 0 && text.IndexOfAny(Quoted) < 0 && !text.SequenceEqual("\\."u8))
        {
            output.Write(text);
            return;
        }
        output.Write((byte)'"');
        while (text.IndexOf((byte)'"') is >= 0 and var at)
        {
            output.Write(text[..(at + 1)]);
            output.Write((byte)'"');
            text = text[(at + 1)..];
        }
        output.Write(text);
        output.Write((byte)'"');
    }

    protected override void Word(Utf8Buffer output, ReadOnlySpan<byte> word) => output.Write(word);

    protected override void End(Utf8Buffer output) => output.Write((byte)'\n');
}

/// <summary>An object a line.</summary>
sealed class JsonLines(IReadOnlyList<StoredColumn> columns) : RowLines(columns)
{
    readonly byte[][] keys = [.. columns.Select((c, i) => Encoding.UTF8.GetBytes($"{(i == 0 ? '{' : ',')}\"{c.Name}\":"))];

    protected override void Before(Utf8Buffer output, int column) => output.Write(keys[column]);

    protected override void Null(Utf8Buffer output) => output.Write("null"u8);

    protected override void Text(Utf8Buffer output, ReadOnlySpan<byte> text) => JsonCell.WriteString(output, text);

    protected override void Word(Utf8Buffer output, ReadOnlySpan<byte> word)
    {
        output.Write((byte)'"');
        output.Write(word);
        output.Write((byte)'"');
    }

    protected override void End(Utf8Buffer output) => output.Write("}\n"u8);
}
