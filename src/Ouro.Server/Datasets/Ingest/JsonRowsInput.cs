using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>A value that does not fit a column which leaves such rows out.</summary>
/// <param name="Row">The row's place in the list, from 0.</param>
/// <param name="Column">The column of the table.</param>
/// <param name="Value">The value as it was sent, cut to 80 characters.</param>
public sealed record MisfittingValue(int Row, string Column, string Value);

/// <summary>
/// Rows that came as JSON, checked against the columns of a table before any is written, and kept as PostgreSQL takes them: the JSON is gone through
/// once and never becomes objects. Columns that the table does not have are ignored and counted; a value that does not fit refuses all rows, unless
/// its column leaves such rows out.
/// </summary>
public sealed class JsonRowsInput
{
    const int MaxIgnoredColumns = 20;
    const int LongestRow = 16 << 20;
    const int Full = 128 * 1024;

    // A row of three bytes may become thousands in a wide table, so what is kept is bounded, not only what is sent.
    const int MostRows = 1_000_000;
    const long MostBytes = 128 << 20;

    readonly TableColumn[] columns;
    readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> ignored = new(StringComparer.Ordinal);
    readonly List<MisfittingValue> misfits = [];
    readonly List<NamedPlace> order = [];
    readonly HashSet<string>?[] values;
    readonly bool[] named;
    readonly int[] firstWithout;
    readonly List<BinaryRows> parts = [];
    long kept;

    // Only where rows may be left out: where each begins, and what it refers to.
    readonly List<(int Part, int Start)>? starts;
    readonly Dictionary<string, List<Guid>> references = [];

    /// <summary>What the n-th property of the last rows was called. Rows name their columns mostly in one order, and bytes are compared quickly.</summary>
    sealed record NamedPlace(byte[] Utf8, string Name, int Place);

    JsonRowsInput(IReadOnlyList<TableColumn> columns, IReadOnlyDictionary<string, string>? sentNames, int size)
    {
        this.columns = [.. columns];
        named = new bool[columns.Count];
        firstWithout = [.. Enumerable.Repeat(-1, columns.Count)];
        values = [.. columns.Select(column => column.Values?.ToHashSet(StringComparer.Ordinal))];
        for (var i = 0; i < columns.Count; i++)
        {
            places[columns[i].Name] = i;
            if (columns[i].SkipsMisfits) references[columns[i].Name] = [];
        }
        foreach (var (sent, name) in sentNames ?? new Dictionary<string, string>())
            if (places.TryGetValue(name, out var place)) places.TryAdd(sent, place);
        if (references.Count > 0) starts = [];
        parts.Add(new(lenient: true, Math.Clamp(size + size / 2, 1024, Full + 32 * 1024)));
    }

    public int Count { get; private set; }

    /// <summary>At most twenty of the columns that were ignored.</summary>
    public IReadOnlyList<IgnoredColumn> IgnoredColumns =>
        [.. ignored.Take(MaxIgnoredColumns).Select(pair => new IgnoredColumn(pair.Key, pair.Value))];

    /// <summary>The values for which their rows are left out.</summary>
    public IReadOnlyList<MisfittingValue> Misfits => misfits;

    /// <summary>What each row refers to in a column that leaves misfits out; the empty id where it refers to nothing.</summary>
    public IReadOnlyList<Guid> References(string column) => references[column];

    /// <summary>The columns that at least one row names; an update by these rows changes no other.</summary>
    public IEnumerable<string> NamedColumns => columns.Where((_, i) => named[i]).Select(column => column.Name);

    /// <summary>The place of the first row without a value in this column, from 0; null where all have one.</summary>
    public int? FirstWithout(string column) => firstWithout[places[column]] is var row and >= 0 ? row : null;

    /// <summary>Checks every value.</summary>
    /// <param name="json">The list as it was sent.</param>
    /// <param name="columns">The table's columns without the hidden one.</param>
    /// <param name="sentNames">Column names by the names that the sender uses; other names are normalized.</param>
    public static JsonRowsInput Read(
        ReadOnlySpan<byte> json, IReadOnlyList<TableColumn> columns, IReadOnlyDictionary<string, string>? sentNames = null)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            throw Refusal.Fields(("rows", "rows must be a list of objects, one for each row."));
        var input = new JsonRowsInput(columns, sentNames, json.Length);
        var row = new Row();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw NoObject(Called(reader.TokenType), input.Count + 1);
            var start = reader.TokenStartIndex;
            input.Fill(row, ref reader, json);
            if (reader.BytesConsumed - start > LongestRow)
                throw Refusal.Invalid("row_too_long", $"Row {input.Count + 1:N0} is longer than {LongestRow >> 20} MiB.", "Put large values into files, and their addresses into rows.",
                    At(input.Count + 1));
            input.Add(row);
        }
        return input;
    }

    internal static Refusal NoObject(string kind, int number) => Refusal.Invalid(
        "row_not_an_object", $"Row {number:N0} is {kind}, not an object.", "Every row is an object of column names and values.", At(number));

    /// <summary>Where a refusal of rows points to: the row, from 1, and where they are known its column and the value as it was sent.</summary>
    internal static JsonElement At(long row, string? column = null, string? value = null) => Wire.Element(
        column is null ? new { row } : value is null ? new { row, column } : (object)new { row, column, value });

    /// <summary>
    /// Appends the rows to a table that has these columns; the database numbers them. Returns how many there were. Rows with misfits, and those that
    /// <paramref name="leftOut"/> names by their place in the list, are left out.
    /// </summary>
    public async Task<int> CopyTo(Tx tx, Sql table, IReadOnlySet<int>? leftOut, CancellationToken ct)
    {
        var skipped = misfits.Select(misfit => misfit.Row).Concat(leftOut ?? new HashSet<int>()).ToHashSet();
        await using var writer = await TableWriter.Open(tx, table, columns.Select(column => column.Name), lenient: true, ct, size: 64);
        if (skipped.Count == 0)
            foreach (var part in parts) await writer.Append(part.Written, ct);
        else
            foreach (var part in Kept(skipped)) await writer.Append(part, ct);
        await writer.Complete(ct);
        return Count - skipped.Count;
    }

    /// <summary>The rows between those that are left out, in pieces as long as can be.</summary>
    IEnumerable<ReadOnlyMemory<byte>> Kept(HashSet<int> skipped)
    {
        for (var row = 0; row < Count;)
        {
            if (skipped.Contains(row++)) continue;
            var (part, start) = starts![row - 1];
            while (row < Count && starts[row].Part == part && !skipped.Contains(row)) row++;
            var end = row < Count && starts[row].Part == part ? starts[row].Start : parts[part].Length;
            yield return parts[part].Written[start..end];
        }
    }

    [MethodImpl(Hot.Path)]
    void Fill(Row row, ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        row.Clear(columns.Length);
        for (var property = 0; reader.Read() && reader.TokenType != JsonTokenType.EndObject; property++)
        {
            var place = PlaceOf(ref reader, property);
            reader.Read();
            if (place < 0)
            {
                reader.Skip();
                continue;
            }
            named[place] = true;
            row[place] = CellOf(row, ref reader, json, columns[place].Name);
        }
    }

    int PlaceOf(ref Utf8JsonReader reader, int property)
    {
        var expected = property < order.Count ? order[property] : null;
        if (expected is null || reader.ValueIsEscaped || !reader.ValueSpan.SequenceEqual(expected.Utf8))
        {
            var name = reader.GetString()!;
            expected = new([.. reader.ValueSpan], name, PlaceOf(name));
            if (property == order.Count) order.Add(expected);
            else if (property < order.Count) order[property] = expected;
        }
        if (expected.Place < 0) ignored[expected.Name] = ignored.GetValueOrDefault(expected.Name) + 1;
        return expected.Place;
    }

    int PlaceOf(string name)
    {
        if (places.TryGetValue(name, out var place)) return place;
        place = ignored.ContainsKey(name) ? -1 : places.GetValueOrDefault(ColumnNames.Normalize(name), -1);
        if (place >= 0) places[name] = place;
        return place;
    }

    Cell CellOf(Row row, ref Utf8JsonReader reader, ReadOnlySpan<byte> json, string column)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return Cell.Null;
            case JsonTokenType.True: return Cell.Of(true);
            case JsonTokenType.False: return Cell.Of(false);
            case JsonTokenType.Number: return row.Copy(CellKind.Number, reader.ValueSpan);
            case JsonTokenType.String when !reader.ValueIsEscaped && Utf8.IsValid(reader.ValueSpan): return row.Copy(CellKind.String, reader.ValueSpan);
            case JsonTokenType.String:
                try
                {
                    return row.Keep(CellKind.String, reader.CopyString(row.Room(reader.ValueSpan.Length)));
                }
                catch (InvalidOperationException)
                {
                    throw Refusal.Invalid("invalid_text", $"Row {Count + 1:N0}: the text in “{column}” is not valid Unicode.", details: At(Count + 1, column));
                }
            default:
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                return row.Copy(CellKind.Json, json[start..(int)reader.BytesConsumed]);
        }
    }

    [MethodImpl(Hot.Path)]
    void Add(Row row)
    {
        if (parts[^1].Length >= Full)
        {
            kept += parts[^1].Length;
            parts.Add(new(lenient: true));
        }
        if (Count == MostRows || kept > MostBytes)
            throw new Refusal(413, "body_too_large", $"The rows from number {Count + 1:N0} on are more than one request takes: {MostRows:N0} rows, or {MostBytes >> 20} MB in the table.", "Send them in parts.");
        var to = parts[^1];
        starts?.Add((parts.Count - 1, to.Length));
        to.StartRow(columns.Length);
        for (var i = 0; i < columns.Length; i++)
        {
            var fit = to.Write(columns[i].Type, row, row[i]);
            if (fit == Fit.Misfit) Misfit(row, i, to);
            else if (fit == Fit.Null) Without(i);
            else if (values[i] is { } closed) MustBeOne(row, i, closed);
            if (columns[i].SkipsMisfits)
                references[columns[i].Name].Add(fit == Fit.Value && Fitting.TryUuid(row.Text(row[i]).Unspaced(), out var id) ? id : Guid.Empty);
        }
        Count++;
    }

    void Misfit(Row row, int place, BinaryRows to)
    {
        var column = columns[place];
        if (!column.SkipsMisfits)
            throw Refusal.Invalid("value_does_not_fit",
                $"Row {Count + 1:N0}: “{row.Shown(place)}” does not fit the column “{column.Name}” of type {column.Type.SqlName()}.",
                $"Send {column.Type.Expectation()}, or null.", At(Count + 1, column.Name, row.Shown(place)));
        misfits.Add(new(Count, column.Name, row.Shown(place)));
        // The row goes no further; the null keeps its columns counted.
        to.Null();
    }

    void Without(int place)
    {
        if (columns[place].Required)
            throw Refusal.Invalid("value_missing", $"Row {Count + 1:N0} has no value in “{columns[place].Name}”, and every row needs one.", "Send one, or let the column be empty.",
                At(Count + 1, columns[place].Name));
        if (firstWithout[place] < 0) firstWithout[place] = Count;
    }

    void MustBeOne(Row row, int place, HashSet<string> closed)
    {
        var value = row[place].Kind == CellKind.Boolean ? row.Shown(place) : System.Text.Encoding.UTF8.GetString(row.Text(row[place]));
        if (closed.Contains(value)) return;
        throw new Refusal(400, "value_not_allowed",
            $"Row {Count + 1:N0}: “{row.Shown(place)}” is not a value of the column “{columns[place].Name}”, which takes {ColumnRules.Listed(columns[place].Values!)}. Nothing was written.",
            "Send one of them, or null; or change the column's values first.",
            Wire.Element(new { row = Count + 1, column = columns[place].Name, value = row.Shown(place), allowed = columns[place].Values }));
    }

    static string Called(JsonTokenType kind) => kind switch
    {
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };
}
