using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ouro.Server.Datasets;

/// <summary>What rows say of columns that were declared with too few words.</summary>
public static class Typing
{
    /// <summary>
    /// The declared columns, but those of whole numbers are truths where the rows say only true and false (and null, where nothing is known): the
    /// public clients declare both as INTEGER.
    /// </summary>
    public static IReadOnlyList<DeclaredColumn> FromRows(IReadOnlyList<DeclaredColumn> declared, JsonElement rows)
    {
        if (rows.ValueKind != JsonValueKind.Array) return declared;
        var truths = new HashSet<string>(StringComparer.Ordinal);
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Object) continue;
            foreach (var property in row.EnumerateObject())
            {
                if (property.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) truths.Add(property.Name);
                else if (property.Value.ValueKind != JsonValueKind.Null) others.Add(property.Name);
            }
        }
        truths.ExceptWith(others);
        return [.. declared.Select(column =>
            column.Type == ColumnType.Bigint && truths.Contains(column.SentAs) ? column with { Type = ColumnType.Boolean } : column)];
    }

    /// <summary>The columns that rows name, in the order of their first appearance, each of the narrowest type that fits all its values; as in a file.</summary>
    public static IReadOnlyList<DeclaredColumn> OfRows(JsonElement rows)
    {
        if (rows.ValueKind != JsonValueKind.Array) return [];
        var columns = new OrderedDictionary<string, ImportPlan.Column>(StringComparer.Ordinal);
        var (row, number) = (new Row(), 0);
        foreach (var element in rows.EnumerateArray())
        {
            number++;
            if (element.ValueKind != JsonValueKind.Object) throw JsonRowsInput.NoObject(element.ValueKind == JsonValueKind.Array ? "a list" : element.GetRawText(), number);
            foreach (var property in element.EnumerateObject())
            {
                if (!columns.TryGetValue(property.Name, out var column))
                {
                    ColumnNames.MustNotExceed(columns.Count + 1);
                    columns.Add(property.Name, column = new(property.Name, property.Name, TypeSet.Any));
                }
                row.Clear();
                row.Add(CellOf(row, property.Value, property.Name, number));
                if (column.IsPlainText || Fitting.IsMissing(row, row[0])) continue;
                column.HasValues = true;
                column.Possible = Fitting.Of(row, row[0], column.Possible);
                if (column.Possible == TypeSet.None) column.Possible = TypeSet.Text;
            }
        }
        return [.. columns.Values.Select(column => new DeclaredColumn(column.SentAs, column.Type))];
    }

    static Cell CellOf(Row row, JsonElement value, string column, int number)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return Cell.Null;
            case JsonValueKind.True: return Cell.Of(true);
            case JsonValueKind.False: return Cell.Of(false);
            case JsonValueKind.String:
                try
                {
                    return row.Copy(CellKind.String, value.GetString());
                }
                catch (InvalidOperationException)
                {
                    throw Refusal.Invalid("invalid_text", $"Row {number:N0}: the text in “{column}” is not valid Unicode.", details: JsonRowsInput.At(number, column));
                }
            case var kind: return row.Copy(kind == JsonValueKind.Number ? CellKind.Number : CellKind.Json, JsonMarshal.GetRawUtf8Value(value));
        }
    }
}
