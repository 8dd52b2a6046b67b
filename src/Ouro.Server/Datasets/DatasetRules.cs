using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What a dataset's table looks like.</summary>
public static class DatasetRules
{
    /// <summary>
    /// The columns that a schema and its rows make: the schema names them, and the rows tell booleans from whole numbers. Without a schema, the
    /// rows say it all.
    /// </summary>
    public static List<StoredColumn> Columns(CreateDataset input, JsonElement rows)
    {
        var declared = string.IsNullOrWhiteSpace(input.Schema)
            ? Typing.OfRows(rows)
            : Typing.FromRows(CreateTableText.Parse(input.Schema, Names(input.Metadata)), rows);
        if (declared.Count == 0)
            throw Refusal.Fields(("dataset.schema", "There are no columns: schema is the text of one CREATE TABLE statement that names them, and without it the rows do."));
        var names = ColumnNames.For([.. declared.Select(d => d.SentAs)]);
        return [.. declared.Select((d, i) => new StoredColumn(names[i], d.Type, d.SentAs))];
    }

    public static StoredTable New(Guid id, string? name, List<StoredColumn> columns, long rows = 0) =>
        new(id, DatasetTable.New(id).Name, Label(name), columns, rows);

    /// <summary>The table's name for people: the dataset's, as a name in SQL.</summary>
    static string Label(string? name)
    {
        var label = Contract.Slug(Contract.Name(name, "dataset.name")).Replace('-', '_');
        return label.Length == 0 ? "dataset" : label.Length > 63 ? label[..63] : label;
    }

    public static JsonElement Metadata(StoredTable table) => Wire.Element(new
    {
        schema = DatasetTable.Schema, table_name = table.Label, columns = table.Columns.Select(c => c.Name), refs = new { }, enum_columns = new { },
    });

    public static string? Told(Truncation? truncated) => truncated switch
    {
        null => null,
        Truncation.Rows => $"Only the first {QueryLimits.Default.Rows:N0} rows are here. Add LIMIT and OFFSET, or aggregate.",
        _ => $"Only the first {QueryLimits.Default.Bytes >> 20} MB are here. Select fewer columns or rows.",
    };

    /// <summary>The columns of a result that becomes a dataset. What a dataset has no type for is kept as PostgreSQL writes it.</summary>
    public static List<StoredColumn> Columns(IReadOnlyList<ResultColumn> result)
    {
        if (result.Count == 0) throw Refusal.Invalid("no_columns", "The query yields no columns, and a dataset needs one.", "Select something.");
        var names = ColumnNames.For([.. result.Select(c => c.Name)]);
        return [.. result.Select((c, i) => new StoredColumn(names[i], Kept(c.Type), c.Name))];
    }

    static ColumnType Kept(string type) => type switch
    {
        "boolean" => ColumnType.Boolean,
        "smallint" or "integer" or "bigint" => ColumnType.Bigint,
        "real" or "double precision" => ColumnType.DoublePrecision,
        "numeric" => ColumnType.Numeric,
        "date" => ColumnType.Date,
        "timestamp with time zone" or "timestamp without time zone" => ColumnType.Timestamptz,
        "uuid" => ColumnType.Uuid,
        _ => ColumnType.Text,
    };

    public static string? ToldSaved(Truncation? truncated) => truncated switch
    {
        null => null,
        Truncation.Rows => $"Only the first {QueryLimits.Saved.Rows:N0} rows of the result were saved. Filter or aggregate more.",
        _ => $"Only the first {QueryLimits.Saved.Bytes >> 20:N0} MB of the result were saved. Select fewer columns or rows.",
    };

    static string[]? Names(JsonElement? metadata) =>
        metadata is { ValueKind: JsonValueKind.Object } m && m.TryGetProperty("columns", out var columns) && columns.ValueKind == JsonValueKind.Array
        && columns.EnumerateArray().All(c => c.ValueKind == JsonValueKind.String)
            ? [.. columns.EnumerateArray().Select(c => c.GetString()!)]
            : null;
}
