using System.Globalization;
using System.Text.Unicode;
using Parquet;
using Parquet.Data;
using Parquet.File.Values.Primitives;
using Parquet.Schema;

namespace Ouro.Server.Datasets;

/// <summary>The values of one column of one row group, without its nulls, and the levels that say where they belong.</summary>
abstract class ParquetValues(RawColumnData levels, DataField source) : IDisposable
{
    const TypeSet Text = TypeSet.Text;

    public abstract int Count { get; }

    /// <summary>One for each place of the column, or none where every place has a value.</summary>
    public ReadOnlySpan<int> Definitions => source.MaxDefinitionLevel > 0 ? levels.DefinitionLevels : default;

    public ReadOnlySpan<int> Repetitions => source.MaxRepetitionLevel > 0 ? levels.RepetitionLevels : default;

    public int Places => source.MaxDefinitionLevel > 0 ? levels.DefinitionLevels.Length : Count;

    public bool IsDefined(int place) => source.MaxDefinitionLevel == 0 || levels.DefinitionLevels[place] == source.MaxDefinitionLevel;

    public abstract Cell At(int value, Row row);

    public virtual void Dispose() => levels.Dispose();

    /// <summary>What the declared type of a column becomes. A file with types is taken at its word: its text stays text.</summary>
    public static TypeSet Declared(DataField field) => field.ClrType switch
    {
        _ when field is TimeDataField => Text,
        var t when t == typeof(bool) => TypeSet.Boolean | Text,
        // Above 2^63 - 1 an unsigned number is still exact as a numeric.
        var t when t == typeof(ulong) => TypeSet.Bigint | TypeSet.Numeric | Text,
        var t when t.IsPrimitive && t != typeof(float) && t != typeof(double) => TypeSet.Bigint | Text,
        var t when t == typeof(float) || t == typeof(double) => TypeSet.DoublePrecision | Text,
        var t when t == typeof(decimal) || t == typeof(BigDecimal) => TypeSet.Numeric | Text,
        var t when t == typeof(DateOnly) => TypeSet.Date | Text,
        var t when t == typeof(DateTime) => TypeSet.Timestamptz | Text,
        _ => Text,
    };

    public static async Task<ParquetValues> Read(ParquetRowGroupReader group, DataField field, CancellationToken ct)
    {
        var type = field.ClrType;
        if (field is TimeDataField time)
            return type == typeof(int)
                ? await Read<int>(group, field, (value, row) => TimeOfDay(value, time.Precision, row), ct)
                : await Read<long>(group, field, (value, row) => TimeOfDay(value, time.Precision, row), ct);
        if (type == typeof(bool)) return await Read<bool>(group, field, (value, _) => Cell.Of(value), ct);
        if (type == typeof(sbyte)) return await Read<sbyte>(group, field, (value, _) => Cell.Of((long)value), ct);
        if (type == typeof(byte)) return await Read<byte>(group, field, (value, _) => Cell.Of((long)value), ct);
        if (type == typeof(short)) return await Read<short>(group, field, (value, _) => Cell.Of((long)value), ct);
        if (type == typeof(ushort)) return await Read<ushort>(group, field, (value, _) => Cell.Of((long)value), ct);
        if (type == typeof(int)) return await Read<int>(group, field, (value, _) => Cell.Of((long)value), ct);
        if (type == typeof(uint)) return await Read<uint>(group, field, (value, _) => Cell.Of((long)value), ct);
        if (type == typeof(long)) return await Read<long>(group, field, (value, _) => Cell.Of(value), ct);
        if (type == typeof(ulong))
            return await Read<ulong>(group, field, (value, row) => value <= long.MaxValue ? Cell.Of((long)value) : Number($"{value}", row), ct);
        // Through its shortest text, a float becomes the double that a person would write: 0.1, not 0.10000000149011612.
        if (type == typeof(float)) return await Read<float>(group, field, (value, _) => Cell.Of(Widened(value)), ct);
        if (type == typeof(double)) return await Read<double>(group, field, (value, _) => Cell.Of(value), ct);
        if (type == typeof(decimal)) return await Read<decimal>(group, field, Decimal, ct);
        if (type == typeof(BigDecimal)) return await Read<BigDecimal>(group, field, Decimal, ct);
        if (type == typeof(DateTime))
            return await Read<DateTime>(group, field, (value, _) => new(CellKind.Timestamp, 0, 0, Moment.Microseconds(value)), ct);
        if (type == typeof(DateOnly))
            return await Read<DateOnly>(group, field, (value, _) => new(CellKind.Date, 0, 0, value.DayNumber - EpochDay), ct);
        if (type == typeof(Guid)) return await Read<Guid>(group, field, Uuid, ct);
        if (type == typeof(Interval)) return await Read<Interval>(group, field, (value, row) => row.Copy(CellKind.Plain, value.ToString()), ct);
        if (type == typeof(ReadOnlyMemory<char>))
            return await Read<ReadOnlyMemory<char>>(group, field, (value, row) => row.Copy(CellKind.Plain, value.Span), ct);
        if (type == typeof(ReadOnlyMemory<byte>)) return await Read<ReadOnlyMemory<byte>>(group, field, Binary, ct);
        throw new NotSupportedException($"The column {field.Path} has a type that cannot be read.");
    }

    static readonly int EpochDay = new DateOnly(2000, 1, 1).DayNumber;

    static async Task<ParquetValues> Read<T>(ParquetRowGroupReader group, DataField field, Func<T, Row, Cell> cell, CancellationToken ct)
        where T : struct => new Of<T>((RawColumnData<T>)await group.ReadRawColumnDataBaseAsync(field, ct), field, cell);

    sealed class Of<T>(RawColumnData<T> data, DataField field, Func<T, Row, Cell> cell) : ParquetValues(data, field) where T : struct
    {
        public override int Count => data.Values.Length;

        public override Cell At(int value, Row row) => cell(data.Values[value], row);
    }

    static double Widened(float value)
    {
        if (!float.IsFinite(value) || value == MathF.Truncate(value) && MathF.Abs(value) < 1 << 24) return value;
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var written, "R", CultureInfo.InvariantCulture);
        return double.Parse(text[..written], CultureInfo.InvariantCulture);
    }

    static Cell Decimal(decimal value, Row row)
    {
        value.TryFormat(row.Room(32), out var written, default, CultureInfo.InvariantCulture);
        return row.Keep(CellKind.Number, written);
    }

    static Cell Decimal(BigDecimal value, Row row)
    {
        var digits = System.Numerics.BigInteger.Abs(value.UnscaledValue).ToString(CultureInfo.InvariantCulture).PadLeft(value.Scale + 1, '0');
        var sign = value.UnscaledValue.Sign < 0 ? "-" : "";
        return Number(value.Scale == 0 ? sign + digits : $"{sign}{digits[..^value.Scale]}.{digits[^value.Scale..]}", row);
    }

    static Cell Number(string digits, Row row) => row.Copy(CellKind.Number, digits);

    static Cell Uuid(Guid value, Row row)
    {
        value.TryFormat(row.Room(36), out var written);
        return row.Keep(CellKind.Plain, written);
    }

    /// <summary>Older writers keep text as bytes without saying so; bytes that are no text are shown as PostgreSQL shows them.</summary>
    static Cell Binary(ReadOnlyMemory<byte> value, Row row) => Utf8.IsValid(value.Span) && !value.Span.Contains((byte)0)
        ? row.Copy(CellKind.Plain, value.Span)
        : row.Copy(CellKind.Plain, @"\x" + Convert.ToHexStringLower(value.Span));

    static Cell TimeOfDay(long value, TimeUnitPrecision unit, Row row)
    {
        var ticks = unit switch
        {
            TimeUnitPrecision.Millis => value * TimeSpan.TicksPerMillisecond,
            TimeUnitPrecision.Micros => value * TimeSpan.TicksPerMicrosecond,
            _ => value / 100,
        };
        return row.Copy(CellKind.Plain, new TimeSpan(ticks).ToString(@"hh\:mm\:ss\.ffffff", CultureInfo.InvariantCulture));
    }
}
