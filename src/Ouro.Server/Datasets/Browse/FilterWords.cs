namespace Ouro.Server.Datasets;

/// <summary>Conditions as people read and choose them.</summary>
public static class FilterWords
{
    static readonly Dictionary<string, string> Words = new()
    {
        ["eq"] = "is", ["neq"] = "is not", ["gt"] = "is more than", ["gte"] = "is at least", ["lt"] = "is less than", ["lte"] = "is at most",
        ["ilike"] = "contains", ["like"] = "contains, in these capitals", ["in"] = "is one of", ["is.null"] = "is missing", ["is.not_null"] = "is there",
    };

    /// <summary>What can be asked of a column, the likeliest first.</summary>
    public static IEnumerable<(string Operator, string Words)> For(ColumnType type) => (type switch
    {
        ColumnType.Text => (string[])["ilike", "like", "eq", "neq", "in"],
        ColumnType.Boolean => ["eq"],
        ColumnType.Uuid => ["eq", "neq", "in"],
        ColumnType.Date or ColumnType.Timestamptz => ["gte", "lt", "eq", "neq", "gt", "lte"],
        _ => ["gte", "lte", "eq", "neq", "gt", "lt", "in"],
    }).Concat(["is.null", "is.not_null"]).Select(op => (op, Moment(type, op) ?? Words[op]));

    /// <summary>The condition that a form asks for.</summary>
    public static RowFilter Filter(IReadOnlyList<StoredColumn> columns, StoredColumn column, string op, string? value) =>
        op is "is.null" or "is.not_null" ? BrowseRules.Filter(columns, column.Name, "is", [op[3..]])
        : BrowseRules.Filter(columns, column.Name, op, op == "in" ? [.. (value ?? "").Split('|').Select(v => v.Trim())] : [value ?? ""]);

    public static string Of(RowFilter filter)
    {
        var op = Data.Wire.Name(filter.Operator);
        return op == "is" ? $"{filter.Column.Name} {Words["is." + filter.Values[0]]}"
            : $"{filter.Column.Name} {Moment(filter.Column.Type, op) ?? Words[op]} {string.Join(" or ", filter.Values.Select(v => v.Length > 40 ? v[..40] + "…" : v.Length == 0 ? "“”" : v))}";
    }

    static string? Moment(ColumnType type, string op) => type is not (ColumnType.Date or ColumnType.Timestamptz) ? null : op switch
    {
        "gte" => "is from", "gt" => "is after", "lt" => "is before", "lte" => "is until", _ => null,
    };
}
