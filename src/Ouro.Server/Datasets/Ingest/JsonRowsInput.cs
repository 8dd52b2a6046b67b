using System.Runtime.InteropServices;
using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>A value that does not fit a column which leaves such rows out.</summary>
/// <param name="Row">The row's place in the list, from 0.</param>
/// <param name="Column">The column of the table.</param>
/// <param name="Value">The value as it was sent, cut to 80 characters.</param>
public sealed record MisfittingValue(int Row, string Column, string Value);

/// <summary>
/// Rows that came as JSON, checked against the columns of a table before any is written. Columns that the table does not have are ignored and
/// counted; a value that does not fit refuses all rows, unless its column leaves such rows out.
/// </summary>
public sealed class JsonRowsInput
{
    const int MaxIgnoredColumns = 20;

    readonly List<JsonElement> rows = [];
    readonly TableColumn[] columns;
    readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> ignored = new(StringComparer.Ordinal);
    readonly List<MisfittingValue> misfits = [];
    readonly bool[] named;

    JsonRowsInput(IReadOnlyList<TableColumn> columns, IReadOnlyDictionary<string, string>? sentNames)
    {
        this.columns = [.. columns];
        named = new bool[columns.Count];
        for (var i = 0; i < columns.Count; i++) places[columns[i].Name] = i;
        foreach (var (sent, name) in sentNames ?? new Dictionary<string, string>())
            if (places.TryGetValue(name, out var place)) places.TryAdd(sent, place);
    }

    public int Count => rows.Count;

    /// <summary>At most twenty of the columns that were ignored.</summary>
    public IReadOnlyList<IgnoredColumn> IgnoredColumns =>
        [.. ignored.Take(MaxIgnoredColumns).Select(pair => new IgnoredColumn(pair.Key, pair.Value))];

    /// <summary>The values for which their rows are left out.</summary>
    public IReadOnlyList<MisfittingValue> Misfits => misfits;

    /// <summary>Checks every value.</summary>
    /// <param name="rows">The list as it was sent.</param>
    /// <param name="columns">The table's columns without the hidden one.</param>
    /// <param name="sentNames">Column names by the names that the sender uses; other names are normalized.</param>
    public static JsonRowsInput Read(
        JsonElement rows, IReadOnlyList<TableColumn> columns, IReadOnlyDictionary<string, string>? sentNames = null)
    {
        if (rows.ValueKind != JsonValueKind.Array)
            throw Refusal.Fields(("rows", "rows must be a list of objects, one for each row."));
        var input = new JsonRowsInput(columns, sentNames);
        var row = new Row();
        var scratch = new BinaryRows(lenient: true);
        foreach (var element in rows.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object)
                throw NoObject(element, input.rows.Count + 1);
            input.Fill(row, element, count: true);
            input.Check(row, scratch);
            input.rows.Add(element);
        }
        return input;
    }

    internal static Refusal NoObject(JsonElement row, int number) => Refusal.Invalid(
        "row_not_an_object", $"Row {number:N0} is {Called(row.ValueKind)}, not an object.", "Every row is an object of column names and values.");

    /// <summary>The value as it was sent, or undefined where the row does not name the column.</summary>
    public JsonElement Value(int row, string column)
    {
        var place = places[column];
        var value = default(JsonElement);
        foreach (var property in rows[row].EnumerateObject())
            if (PlaceOf(property.Name) == place) value = property.Value;
        return value;
    }

    /// <summary>The columns that at least one row names; an update by these rows changes no other.</summary>
    public IEnumerable<string> NamedColumns => columns.Where((_, i) => named[i]).Select(column => column.Name);

    /// <summary>
    /// Appends the rows to a table that has these columns; the database numbers them. Returns how many there were. Rows with misfits, and those that
    /// <paramref name="isLeftOut"/> names by their place in the list, are left out.
    /// </summary>
    public async Task<int> CopyTo(Tx tx, Sql table, Func<int, bool>? isLeftOut, CancellationToken ct)
    {
        var skipped = misfits.Select(misfit => misfit.Row).ToHashSet();
        var row = new Row();
        var written = 0;
        // A column that no row names keeps its default.
        var used = Enumerable.Range(0, columns.Length).Where(i => named[i]).ToArray();
        if (used.Length == 0) used = [.. Enumerable.Range(0, columns.Length)];
        await using var writer = await TableWriter.Open(tx, table, used.Select(i => columns[i].Name), lenient: true, ct);
        for (var n = 0; n < rows.Count; n++)
        {
            if (skipped.Contains(n) || isLeftOut?.Invoke(n) == true) continue;
            Fill(row, rows[n], count: false);
            Write(writer.StartRow(), row, used);
            await writer.EndRow(ct);
            written++;
        }
        await writer.Complete(ct);
        return written;
    }

    void Write(BinaryRows to, Row row, int[] used)
    {
        foreach (var i in used)
            if (to.Write(columns[i].Type, row, row[i]) == Fit.Misfit)
                throw new InvalidOperationException($"A value of {columns[i].Name} no longer fits.");
    }

    void Fill(Row row, JsonElement element, bool count)
    {
        row.Clear(columns.Length);
        foreach (var property in element.EnumerateObject())
        {
            var name = property.Name;
            var place = PlaceOf(name);
            if (place >= 0)
            {
                named[place] = true;
                row[place] = CellOf(row, property.Value, columns[place].Name, rows.Count + 1);
            }
            else if (count) ignored[name] = ignored.GetValueOrDefault(name) + 1;
        }
    }

    int PlaceOf(string name)
    {
        if (places.TryGetValue(name, out var place)) return place;
        place = ignored.ContainsKey(name) ? -1 : places.GetValueOrDefault(ColumnNames.Normalize(name), -1);
        if (place >= 0) places[name] = place;
        return place;
    }

    internal static Cell CellOf(Row row, JsonElement value, string column, int number)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: return Cell.Null;
            case JsonValueKind.True: return Cell.Of(true);
            case JsonValueKind.False: return Cell.Of(false);
            case JsonValueKind.Number: return row.Copy(CellKind.Number, Raw(value));
            case JsonValueKind.String:
                try
                {
                    return row.Copy(CellKind.String, value.GetString());
                }
                catch (InvalidOperationException)
                {
                    throw Refusal.Invalid("invalid_text", $"Row {number:N0}: the text in “{column}” is not valid Unicode.");
                }
            default: return row.Copy(CellKind.Json, Raw(value));
        }
    }

    static ReadOnlySpan<byte> Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value);

    void Check(Row row, BinaryRows scratch)
    {
        scratch.Reset();
        for (var i = 0; i < columns.Length; i++)
        {
            if (scratch.Write(columns[i].Type, row, row[i]) != Fit.Misfit) continue;
            var column = columns[i];
            if (!column.SkipsMisfits)
                throw Refusal.Invalid("value_does_not_fit",
                    $"Row {rows.Count + 1:N0}: “{row.Shown(i)}” does not fit the column “{column.Name}” of type {column.Type.SqlName()}.",
                    $"Send {column.Type.Expectation()}, or null.");
            misfits.Add(new(rows.Count, column.Name, row.Shown(i)));
        }
    }

    static string Called(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
