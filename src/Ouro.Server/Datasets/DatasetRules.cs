using System.Text;
using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What a dataset's table looks like.</summary>
public static class DatasetRules
{
    // What the server knows of a table itself; nobody else writes it.
    static readonly string[] Ours = ["schema", "table_name", "columns", "refs", "enum_columns", "lineage"];

    const int LongestName = 63;
    const int MostMetadata = 100_000;

    /// <summary>
    /// The table that a dataset will have: the schema names its columns, the rows tell booleans from whole numbers, and what is said of references and
    /// closed sets makes them such. Without a schema, the rows say it all.
    /// </summary>
    public static StoredTable New(CreateDataset input, Guid id)
    {
        var rows = input.Rows ?? input.Preview ?? default;
        var declared = string.IsNullOrWhiteSpace(input.Schema)
            ? Typing.OfRows(input.Rows ?? default)
            : Typing.FromRows(CreateTableText.Parse(input.Schema, Names(input.Metadata)), rows);
        if (declared.Count == 0)
            throw Refusal.Fields(("dataset.schema", "There are no columns: schema is the text of one CREATE TABLE statement that names them, and without it the rows do."));
        foreach (var twice in declared.GroupBy(d => d.SentAs).Where(d => d.Count() > 1))
            throw Refusal.Fields(("dataset.schema", $"There are {twice.Count()} columns “{twice.Key}”. Give each a name of its own."));
        foreach (var sent in declared.Select(d => d.SentAs).Where(d => Encoding.UTF8.GetByteCount(d) > LongestName))
            throw Refusal.Fields(("dataset.schema", $"The name of the column “{sent[..Math.Min(80, sent.Length)]}” has {Encoding.UTF8.GetByteCount(sent)} bytes; a name has at most {LongestName}."));
        var names = ColumnNames.For([.. declared.Select(d => d.SentAs)]);
        var table = New(id, input.Name, [.. declared.Select((d, i) => new StoredColumn(names[i], d.Type, d.SentAs))]);
        return table with { Columns = ColumnRules.Meant(table, input.Refs ?? RefsOf(input.Metadata), input.EnumColumns ?? EnumsOf(input.Metadata)) };
    }

    public static StoredTable New(Guid id, string? name, List<StoredColumn> columns, long rows = 0) =>
        new(id, DatasetTable.New(id).Name, Label(name), columns, rows);

    /// <summary>What metadata says of references, and of closed sets: the public clients say it there too.</summary>
    public static IReadOnlyDictionary<string, ColumnRef?>? RefsOf(JsonElement? metadata) => Part<ColumnRef>(metadata, "refs");

    public static IReadOnlyDictionary<string, ColumnValues?>? EnumsOf(JsonElement? metadata) => Part<ColumnValues>(metadata, "enum_columns");

    /// <summary>The keys of metadata that are the sender's to say; null where there are none.</summary>
    public static JsonElement? OwnMetadata(JsonElement? metadata)
    {
        if (metadata is not { ValueKind: not JsonValueKind.Null } given) return null;
        if (given.ValueKind != JsonValueKind.Object) throw Refusal.Fields(("metadata", "metadata is an object."));
        Contract.Bounded(given, "metadata", MostMetadata);
        return Own(given) is { Count: > 0 } own ? Wire.Element(own) : null;
    }

    /// <summary>What several changes put together is as bounded as one of them: every list of assets carries it.</summary>
    public static Asset MustStayBounded(Asset asset)
    {
        if (asset.Metadata is { ValueKind: JsonValueKind.Object } merged) Contract.Bounded(Wire.Element(Own(merged)), "metadata", MostMetadata);
        return asset;
    }

    static Dictionary<string, JsonElement> Own(JsonElement metadata)
    {
        var own = new Dictionary<string, JsonElement>();
        foreach (var key in metadata.EnumerateObject())
            if (!Ours.Contains(key.Name) && !own.TryAdd(key.Name, key.Value))
                throw Refusal.Fields(("metadata", $"metadata names “{key.Name[..Math.Min(80, key.Name.Length)]}” twice. Send it once."));
        return own;
    }

    /// <summary>The table's name for people: the dataset's, as a name in SQL.</summary>
    static string Label(string? name)
    {
        var label = Contract.Slug(Contract.Name(name, "dataset.name")).Replace('-', '_');
        return label.Length == 0 ? "dataset" : label.Length > 63 ? label[..63] : label;
    }

    /// <summary>What an asset says of its table, after what else is said there.</summary>
    public static JsonElement Metadata(StoredTable table, JsonElement? more = null)
    {
        var metadata = more?.EnumerateObject().ToDictionary(key => key.Name, key => (object)key.Value) ?? [];
        metadata["schema"] = DatasetTable.Schema;
        metadata["table_name"] = table.Label;
        metadata["columns"] = table.Columns.Select(c => c.Name);
        metadata["refs"] = table.References.ToDictionary(c => c.Name, c => c.Reference);
        metadata["enum_columns"] = table.Columns.Where(c => c.Values is not null).ToDictionary(c => c.Name, c => new ColumnValues(c.Values!));
        return Wire.Element(metadata);
    }

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

    static Dictionary<string, T?>? Part<T>(JsonElement? metadata, string key)
    {
        if (metadata is not { ValueKind: JsonValueKind.Object } m || !m.TryGetProperty(key, out var part) || part.ValueKind == JsonValueKind.Null) return null;
        try
        {
            return part.Deserialize<Dictionary<string, T?>>(Wire.Options);
        }
        catch (JsonException e)
        {
            throw Refusal.Fields(($"metadata.{key}", $"metadata.{key}{e.Path?.TrimStart('$')} is not of the expected shape."));
        }
    }
}
