using System.Numerics;

namespace Ouro.Server.Datasets;

/// <summary>
/// What the columns of a file may be, by the rows that were seen. Each value can only take types away, so what is left after the last row is
/// true of them all; the narrowest of it is the column's type.
/// </summary>
sealed class ImportPlan
{
    readonly List<Column> columns = [];
    readonly HashSet<string> taken = [];

    /// <summary>From here on, a type that is lost is remembered as a widening.</summary>
    bool settled;

    public IReadOnlyList<Column> Columns => columns;

    public IEnumerable<string> SentNames => columns.Select(column => column.SentAs);

    public void Observe(RowReader reader)
    {
        var row = reader.Row;
        Meet(reader);
        for (var i = 0; i < row.Count; i++)
        {
            ref var cell = ref row[i];
            var column = columns[i];
            if (cell.Kind == CellKind.Null || column.IsPlainText || Fitting.IsMissing(row, cell)) continue;
            var before = column.Chosen;
            column.HasValues = true;
            column.Possible = Fitting.Of(row, cell, column.Possible);
            if (column.Possible == TypeSet.None) column.Possible = TypeSet.Text;
            if (settled && column.Widened is null && column.Chosen != before)
                column.Widened = new(before, reader.RowNumber, row.Shown(i));
        }
    }

    /// <summary>Columns that the reader names and the plan does not have yet.</summary>
    public void Meet(RowReader reader)
    {
        if (reader.Headers.Count == columns.Count) return;
        ColumnNames.MustNotExceed(reader.Headers.Count);
        for (var i = columns.Count; i < reader.Headers.Count; i++)
        {
            var sent = reader.Headers[i];
            columns.Add(new(sent, ColumnNames.Next(sent, i, taken), reader.Declared(i)));
        }
    }

    public void Settle() => settled = true;

    public sealed class Column(string sentAs, string name, TypeSet declared)
    {
        public string SentAs => sentAs;

        public string Name => name;

        public TypeSet Possible { get; set; } = declared;

        /// <summary>A file that declares its types need show no values.</summary>
        public bool HasValues { get; set; } = declared != TypeSet.Any;

        public Widening? Widened { get; set; }

        public long Nulls { get; set; }

        public bool IsPlainText => HasValues && Possible == TypeSet.Text;

        /// <summary>The type by what is known; null while there was no value.</summary>
        public ColumnType? Chosen => HasValues ? Type : null;

        public ColumnType Type => HasValues ? (ColumnType)BitOperations.TrailingZeroCount((int)Possible) : ColumnType.Text;
    }
}
