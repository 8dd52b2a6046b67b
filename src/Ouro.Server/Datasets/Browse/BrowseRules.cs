using System.Globalization;
using System.Text;

namespace Ouro.Server.Datasets;

/// <summary>An order of rows. Equal ones stay in the order of ingestion, and rows without a value come last.</summary>
public sealed record RowOrder(StoredColumn Column, bool IsDescending)
{
    public override string ToString() => $"{Column.Name}.{(IsDescending ? "desc" : "asc")}";
}

public enum FilterOperator { Eq, Neq, Gt, Gte, Lt, Lte, Like, Ilike, In, Is }

/// <summary>A condition on a column. Its values were found to be of the column's type.</summary>
public sealed record RowFilter(StoredColumn Column, FilterOperator Operator, IReadOnlyList<string> Values)
{
    public override string ToString() =>
        $"{Column.Name}.{Data.Wire.Name(Operator)}.{string.Join('|', Values.Select(FilterText.Escape))}";
}

/// <summary>What addresses say of sorting and filtering: <c>column.desc</c>, <c>column.gte.5,name.in.a|b</c>.</summary>
public static class BrowseRules
{
    public const int MostFilters = 20;
    public const int MostValues = 100;
    const int LongestValue = 1000;

    public static RowOrder? Order(IReadOnlyList<StoredColumn> columns, string? sort)
    {
        if (string.IsNullOrWhiteSpace(sort)) return null;
        var isDescending = sort.EndsWith(".desc", StringComparison.Ordinal);
        var name = isDescending || sort.EndsWith(".asc", StringComparison.Ordinal) ? sort[..sort.LastIndexOf('.')] : sort;
        return new(Column(columns, name, "sort"), isDescending);
    }

    public static IReadOnlyList<RowFilter> Filters(IReadOnlyList<StoredColumn> columns, string? filters)
    {
        if (string.IsNullOrWhiteSpace(filters)) return [];
        var written = filters.Split(',');
        return written.Length > MostFilters
            ? throw Wrong($"There are {written.Length} conditions, and {MostFilters} are the most.")
            : [.. written.Select(one => Filter(columns, one))];
    }

    static RowFilter Filter(IReadOnlyList<StoredColumn> columns, string written)
    {
        if (written.Split('.', 3) is not [var name, var op, var value])
            throw Wrong($"“{Short(written)}” is not column.operator.value. Inside of a value a comma is written %2C.");
        return Filter(columns, name, op, [.. value.Split('|').Select(Uri.UnescapeDataString)]);
    }

    /// <summary>A condition, checked: the column is there, the operator is one, and each value is of the column's type.</summary>
    public static RowFilter Filter(IReadOnlyList<StoredColumn> columns, string name, string op, IReadOnlyList<string> values)
    {
        var column = Column(columns, name, "filters");
        if (!Data.Wire.TryParse<FilterOperator>(op, out var by))
            throw Wrong($"“{Short(op)}” is no operator. There are {string.Join(", ", Data.Wire.All<FilterOperator>())}.");
        if (by is FilterOperator.Like or FilterOperator.Ilike && column.Type is not ColumnType.Text)
            throw Wrong($"{column.Name} is {column.Type.SqlName()}; only text can contain something. Compare it with eq, gt, gte, lt, lte.");
        if (by is FilterOperator.Is)
            return values is ["null" or "not_null"] ? new(column, by, values) : throw Wrong($"{column.Name}.is. is followed by null or not_null.");
        if (by is not FilterOperator.In) values = [string.Join('|', values)];
        if (values.Count > MostValues) throw Wrong($"{column.Name}.in. names {values.Count} values, and {MostValues} are the most.");
        return new(column, by, [.. values.Select(value => Typed(column, value))]);
    }

    /// <summary>The value as PostgreSQL reads it.</summary>
    static string Typed(StoredColumn column, string value)
    {
        if (value.Length > LongestValue) throw Wrong($"The value for {column.Name} is longer than {LongestValue} characters.");
        var text = column.Type is ColumnType.Text ? value : value.Trim();
        var fits = column.Type switch
        {
            ColumnType.Boolean => text is "true" or "false",
            ColumnType.Bigint or ColumnType.DoublePrecision or ColumnType.Numeric =>
                text.Length <= 100 && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number),
            ColumnType.Date => Moment.TryDate(Encoding.UTF8.GetBytes(text), out _),
            ColumnType.Timestamptz => Moment.TryTimestamp(Encoding.UTF8.GetBytes(text), out _),
            ColumnType.Uuid => Guid.TryParse(text, out _),
            _ => true,
        };
        if (fits) return Contract.Clean(text, "filters");
        var expected = column.Type is ColumnType.Bigint ? "a number" : column.Type.Expectation();
        throw Wrong($"{column.Name} is {column.Type.SqlName()}, and “{Short(value)}” is not {expected}.");
    }

    static StoredColumn Column(IReadOnlyList<StoredColumn> columns, string name, string field) =>
        columns.FirstOrDefault(c => c.Name == name) ?? throw Refusal.Fields((field, $"There is no column “{Short(name)}”."));

    static Refusal Wrong(string problem) => Refusal.Fields(("filters", problem));

    static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}

/// <summary>Text inside of a condition: what would end it is percent-encoded.</summary>
static class FilterText
{
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny("%,|") < 0) return text;
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
            if (c is '%' or ',' or '|') escaped.Append('%').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
            else escaped.Append(c);
        return escaped.ToString();
    }
}
