using System.Globalization;
using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>What a reader knows about a value before anybody asked what its column holds.</summary>
enum CellKind : byte
{
    Null,

    /// <summary>Text of a file without types: it may be a number, a date, a word for “missing”.</summary>
    Field,

    /// <summary>Text that was meant as text, though JSON has no other way to write a date.</summary>
    String,

    /// <summary>Text of a file with types: nothing but text.</summary>
    Plain,

    /// <summary>The digits of a number.</summary>
    Number,

    /// <summary>A list or an object, as JSON text.</summary>
    Json,
    Boolean,
    Integer,
    Double,

    /// <summary>Days since 2000-01-01.</summary>
    Date,

    /// <summary>Microseconds since 2000-01-01T00:00:00Z.</summary>
    Timestamp,
}

/// <summary>One value: its bits, or the place of its UTF-8 text in the row's bytes.</summary>
readonly record struct Cell(CellKind Kind, int Start, int Length, long Bits)
{
    public static Cell Null => default;

    public static Cell Text(CellKind kind, int start, int length) => new(kind, start, length, 0);

    public static Cell Of(bool value) => new(CellKind.Boolean, 0, 0, value ? 1 : 0);

    public static Cell Of(long value) => new(CellKind.Integer, 0, 0, value);

    public static Cell Of(double value) => new(CellKind.Double, 0, 0, BitConverter.DoubleToInt64Bits(value));

    public double Double => BitConverter.Int64BitsToDouble(Bits);
}

/// <summary>One row, filled again for each row of a file. Nothing is boxed, and no value has an object of its own.</summary>
sealed class Row
{
    Cell[] cells = new Cell[16];
    byte[] scratch = new byte[1024];
    int used;

    public int Count { get; private set; }

    /// <summary>What the cells' places refer to: the reader's buffer, or text that was put here by <see cref="Keep"/>.</summary>
    public byte[] Bytes { get; set; } = [];

    public ref Cell this[int column] => ref cells[column];

    public ReadOnlySpan<byte> Text(scoped in Cell cell) => Bytes.AsSpan(cell.Start, cell.Length);

    /// <summary>An empty row.</summary>
    public void Clear()
    {
        Count = 0;
        used = 0;
    }

    /// <summary>A row of nulls.</summary>
    public void Clear(int columns)
    {
        Clear();
        Widen(columns);
    }

    public void Widen(int columns)
    {
        if (columns > cells.Length) Array.Resize(ref cells, Math.Max(columns, 2 * cells.Length));
        cells.AsSpan(Count, columns - Count).Clear();
        Count = columns;
    }

    public void Add(in Cell cell)
    {
        if (Count == cells.Length) Array.Resize(ref cells, 2 * cells.Length);
        cells[Count++] = cell;
    }

    public void Shorten(int columns) => Count = columns;

    /// <summary>Room for text that is not in a buffer of the reader; <see cref="Keep"/> makes what was written there a cell.</summary>
    public Span<byte> Room(int length)
    {
        if (scratch.Length - used < length) Array.Resize(ref scratch, Math.Max(2 * scratch.Length, used + length));
        Bytes = scratch;
        return scratch.AsSpan(used);
    }

    public Cell Keep(CellKind kind, int length)
    {
        var cell = Cell.Text(kind, used, length);
        used += length;
        return cell;
    }

    public Cell Copy(CellKind kind, ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        return Keep(kind, text.Length);
    }

    public Cell Copy(CellKind kind, ReadOnlySpan<char> text)
    {
        var room = Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        return Keep(kind, Encoding.UTF8.GetBytes(text, room));
    }

    /// <summary>The value as a person would recognize it, cut to a length that fits a message.</summary>
    public string Shown(int column)
    {
        var cell = cells[column];
        var text = cell.Kind switch
        {
            CellKind.Null => "null",
            CellKind.Boolean => cell.Bits != 0 ? "true" : "false",
            CellKind.Integer => cell.Bits.ToString(CultureInfo.InvariantCulture),
            CellKind.Double => cell.Double.ToString("R", CultureInfo.InvariantCulture),
            CellKind.Date => Moment.OfDays(cell.Bits).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            CellKind.Timestamp => Moment.OfMicroseconds(cell.Bits).ToString("O", CultureInfo.InvariantCulture),
            _ => Encoding.UTF8.GetString(Text(cell)[..Math.Min(cell.Length, 400)]),
        };
        return text.Length <= 80 ? text : text[..80] + "…";
    }
}
