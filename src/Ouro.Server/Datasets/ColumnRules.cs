using System.Text;
using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What is done to a column.</summary>
public enum ColumnOp
{
    Add,
    Update,
    Rename,
    Drop,
}

/// <summary>One change of a dataset's columns, as it is asked for.</summary>
public sealed record ColumnEdit
{
    public ColumnOp Op { get; init; }

    /// <summary>The column that is there, by its name or by the name it was sent as.</summary>
    public string? Column { get; init; }

    /// <summary>The name of a new column.</summary>
    public string? Name { get; init; }

    public string? NewName { get; init; }
    public string? Type { get; init; }
    public bool Nullable { get; init; } = true;
    public Optional<string?> Label { get; init; }
    public Optional<IReadOnlyList<string>?> EnumValues { get; init; }
    public Optional<ColumnRef?> Ref { get; init; }
}

/// <summary>What may become of a dataset's columns.</summary>
public static class ColumnRules
{
    const int MostValues = 1000;
    const int LongestValue = 255;
    const int LongestLabel = 255;
    const int LongestName = 63;

    static readonly string[] Types = ["text", "bigint", "double precision", "numeric", "boolean", "date", "timestamptz", "uuid", "enum", "reference"];

    /// <summary>The column that a name means: its own, the one it was sent as, or another spelling of these.</summary>
    public static StoredColumn Find(StoredTable table, string? name, string field = "column")
    {
        if (string.IsNullOrWhiteSpace(name)) throw Refusal.Fields((field, $"{field} is the name of a column of this dataset."));
        var normal = ColumnNames.Normalize(name);
        return table.Columns.Find(c => c.Name == name) ?? table.Columns.Find(c => c.SentAs == name) ?? table.Columns.Find(c => c.Name == normal)
            ?? throw (field == "column" ? Refusal.NotFound("column_not_found", Problem(), About(name)) : Refusal.Fields((field, Problem())));

        string Problem() => $"The dataset has no column “{Cut(name)}”. It has {Listed([.. table.Columns.Select(c => c.Name)])}.";
    }

    /// <summary>The column that an edit makes, or makes of another; null where it takes one away.</summary>
    public static StoredColumn? After(StoredTable table, StoredColumn? before, ColumnEdit edit) => edit.Op switch
    {
        ColumnOp.Add => New(table, edit),
        ColumnOp.Drop when table.Columns.Count == 1 =>
            throw Refusal.Conflict("last_column", $"“{before!.Name}” is the only column of the dataset.", "Delete the dataset instead, or add another column first."),
        ColumnOp.Drop => null,
        _ => Changed(table, before!, edit),
    };

    static StoredColumn New(StoredTable table, ColumnEdit edit)
    {
        ColumnNames.MustNotExceed(table.Columns.Count + 1);
        var name = FreeName(table, edit.Name, "name");
        var column = Meaning(new(name, TypeOf(edit.Type, ColumnType.Text), edit.Name!, Labelled(edit.Label.Value), !edit.Nullable), edit);
        if (column is { Required: true, Reference: not null }) throw NotRequired(column);
        return !column.Required || table.RowCount == 0 ? column : throw Refusal.Fields(
            ("nullable", $"The dataset has {table.RowCount:N0} rows, which would have no value in “{name}”. Add the column as nullable, or before there are rows."));
    }

    static StoredColumn Changed(StoredTable table, StoredColumn before, ColumnEdit edit)
    {
        if (edit is { NewName: null, Type: null, Label.IsGiven: false, EnumValues.IsGiven: false, Ref.IsGiven: false })
            throw Refusal.Fields(("column", "There is nothing to change: send at least one of newName, type, label, enumValues and ref."));
        var column = before;
        if (edit.NewName is not null && edit.NewName != before.Name)
        {
            var others = table with { Columns = [.. table.Columns.Where(c => c != before)] };
            column = column with { Name = FreeName(others, edit.NewName, "newName"), SentAs = edit.NewName };
        }
        if (edit.Label.IsGiven) column = column with { Label = Labelled(edit.Label.Value) };
        // Another type says that it is no set of values and no reference any more, unless it says so again.
        if (edit.Type is { } type) column = column with { Type = TypeOf(type, column.Type), Values = type == "enum" ? column.Values : null, Reference = type == "reference" ? column.Reference : null };
        column = Meaning(column, edit);
        return column is { Required: true, Reference: not null } ? throw NotRequired(column) : column;
    }

    /// <summary>The column with its closed set of values, or with what its ids name.</summary>
    static StoredColumn Meaning(StoredColumn column, ColumnEdit edit)
    {
        if (edit.EnumValues.IsGiven) column = column with { Values = edit.EnumValues.Value is null ? null : Closed(edit.EnumValues.Value, "enumValues") };
        if (edit.Ref.IsGiven) column = column with { Reference = Named(edit.Ref.Value, "ref") };
        if (column is { Values: not null, Reference: not null })
            throw Refusal.Fields(("type", $"“{column.Name}” cannot be a reference and a closed set of values at once."));
        if (edit.Type == "enum" && column.Values is null) throw Refusal.Fields(("enumValues", "An enum needs its values: a list of texts."));
        if (edit.Type == "reference" && column.Reference is null) throw Refusal.Fields(("ref", """A reference says what it names: {"kind": "asset"} or {"kind": "action"}."""));
        return column with { Type = column.Values is not null ? ColumnType.Text : column.Reference is not null ? ColumnType.Uuid : column.Type };
    }

    /// <summary>The columns of a dataset with what its maker says of their meaning.</summary>
    public static List<StoredColumn> Meant(
        StoredTable table, IReadOnlyDictionary<string, ColumnRef?>? refs, IReadOnlyDictionary<string, ColumnValues?>? enums)
    {
        var columns = table.Columns.ToList();
        foreach (var edit in Edits(refs, enums))
        {
            var before = Find(table with { Columns = columns }, edit.Column, edit.Ref.IsGiven ? "refs" : "enum_columns");
            columns[columns.IndexOf(before)] = Changed(table, before, edit);
        }
        return columns;
    }

    /// <summary>The same as changes of columns that are there.</summary>
    public static IEnumerable<ColumnEdit> Edits(IReadOnlyDictionary<string, ColumnRef?>? refs, IReadOnlyDictionary<string, ColumnValues?>? enums) =>
        (refs ?? new Dictionary<string, ColumnRef?>()).Select(r => new ColumnEdit { Op = ColumnOp.Update, Column = r.Key, Ref = new(r.Value) })
            .Concat((enums ?? new Dictionary<string, ColumnValues?>()).Select(e => new ColumnEdit { Op = ColumnOp.Update, Column = e.Key, EnumValues = new(e.Value is { } set ? Sent(set, $"enum_columns.{e.Key}.values") : null) }));

    // Only null itself opens a closed set; a set without values is a mistake.
    static IReadOnlyList<string> Sent(ColumnValues set, string field) => set.Values ?? throw Refusal.Fields((field, $"values are 1 to {MostValues:N0} texts; null in place of the set opens it."));

    /// <summary>Some of a list, for a message.</summary>
    public static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(10).Select(Cut)) + (names.Count > 10 ? $" and {names.Count - 10:N0} more" : "");

    static string FreeName(StoredTable table, string? sent, string field)
    {
        if (sent is null || ColumnNames.Normalize(Contract.Line(sent, field)) is not { Length: > 0 } name)
            throw Refusal.Fields((field, "A column's name has at least one letter or digit."));
        if (ColumnNames.IsReserved(sent)) throw Refusal.Fields((field, $"“{sent}” is a name of PostgreSQL's own. Choose another one."));
        // Longer names are cut in files, where nobody chose them for this; here somebody did.
        if (Encoding.UTF8.GetByteCount(sent) > LongestName) throw Refusal.Fields((field, $"A column's name has at most {LongestName} bytes; this one has {Encoding.UTF8.GetByteCount(sent)}."));
        return table.Columns.Exists(c => c.Name == name)
            ? throw Refusal.Conflict("column_exists", $"The dataset has a column “{name}” already.", "Choose another name, or change that column.", About(name))
            : name;
    }

    static ColumnType TypeOf(string? type, ColumnType standard) => type?.Trim().ToLowerInvariant() switch
    {
        null or "" => standard,
        "enum" => ColumnType.Text,
        "reference" => ColumnType.Uuid,
        var words => ColumnTypes.Declared(words) ?? throw Refusal.Fields(("type", $"type is one of {string.Join(", ", Types)}, not “{Cut(type!)}”.")),
    };

    static string[] Closed(IReadOnlyList<string> values, string field)
    {
        if (values.Count is 0 or > MostValues) throw Refusal.Fields((field, $"{field} are 1 to {MostValues:N0} texts."));
        foreach (var value in values)
            if (string.IsNullOrEmpty(value) || value.Length > LongestValue) throw Refusal.Fields((field, $"Each of the {field} has 1 to {LongestValue} characters."));
            else Contract.Clean(value, field);
        return values.Distinct().Count() == values.Count ? [.. values] : throw Refusal.Fields((field, $"{field} name a value twice."));
    }

    static ColumnRef? Named(ColumnRef? reference, string field) =>
        reference is { AssetType: not null, Kind: RefKind.Action } or { AssetType: AssetType.User or AssetType.Organization or AssetType.Team }
            ? throw Refusal.Fields((field, "asset_type is a type of asset, and goes with the kind asset."))
            : reference;

    static string? Labelled(string? label) => string.IsNullOrWhiteSpace(label) ? null
        : Contract.Line(label.Trim(), "label").Length <= LongestLabel ? label.Trim() : throw Refusal.Fields(("label", $"A label has at most {LongestLabel} characters."));

    static Refusal NotRequired(StoredColumn column) => Refusal.Fields(("nullable",
        $"“{column.Name}” is a reference, which becomes empty when what it names is deleted. It has to be nullable."));

    static JsonElement About(string column) => Wire.Element(new { column = Cut(column) });

    static string Cut(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
