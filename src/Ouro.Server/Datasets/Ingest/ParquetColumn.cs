using Parquet.Schema;

namespace Ouro.Server.Datasets;

/// <summary>A column of a Parquet file as the rows see it: plain values, or a list or structure that becomes JSON text.</summary>
abstract class ParquetColumn(Field source)
{
    public string Name => source.Name;

    /// <summary>The columns in which the file keeps it.</summary>
    public abstract IReadOnlyList<DataField> Fields { get; }

    public abstract TypeSet Declared { get; }

    /// <summary>Begins a row group with the values of the <see cref="Fields"/>.</summary>
    public abstract void Begin(IReadOnlyList<ParquetValues> values);

    /// <summary>The value of the next row.</summary>
    public abstract Cell Next(Row row);

    public static ParquetColumn Of(Field field) =>
        field is DataField { IsArray: false } data && data.MaxRepetitionLevel == 0 ? new Flat(data) : new ParquetNested(field);

    sealed class Flat(DataField source) : ParquetColumn(source)
    {
        ParquetValues values = null!;
        int place;
        int value;

        public override IReadOnlyList<DataField> Fields => [source];

        public override TypeSet Declared => ParquetValues.Declared(source);

        public override void Begin(IReadOnlyList<ParquetValues> values)
        {
            this.values = values[0];
            (place, value) = (0, 0);
        }

        public override Cell Next(Row row) => values.IsDefined(place++) ? values.At(value++, row) : Cell.Null;
    }
}
