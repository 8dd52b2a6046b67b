using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// How the values of a column become those of another type: which of them fit, and what each becomes, both as SQL over the column. What fits is what
/// would fit when the value were sent as a row; an empty text is no value.
/// </summary>
static class Retyping
{
    // A day that the calendar has, but for the 29th of February, which needs its year.
    const string Day = """\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-9]))""";
    const string Zone = """\s?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?""";
    const string Time = """([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?""";
    const string Number = """^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$""";

    const string Uuid = "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$";

    /// <summary>The value as text, as a page of rows shows it.</summary>
    public static Sql Text(StoredColumn column)
    {
        var name = Sql.Identifier(column.Name);
        return column.Type == ColumnType.Timestamptz ? (Sql)$"(to_json({name}) #>> array[]::text[])" : (Sql)$"{name}::text";
    }

    /// <summary>The value that the column holds after it.</summary>
    public static Sql Converted(StoredColumn column, ColumnType to)
    {
        var text = Trimmed(column);
        return to switch
        {
            ColumnType.Text => Text(column),
            ColumnType.Bigint => $"{text}::numeric::bigint",
            ColumnType.Date => $"left({text}, 10)::date",
            _ => $"{text}::{Sql.Trusted(to.SqlName())}",
        };
    }

    /// <summary>Whether a value fits; true where there is none.</summary>
    public static Sql Fits(StoredColumn column, ColumnType to)
    {
        var text = Trimmed(column);
        Sql number = $"{text} ~* {Sql.Literal(Number)}";
        Sql leap = $"({text} !~ '^....-02-29' or (left({text}, 4)::int % 4 = 0 and (left({text}, 4)::int % 100 <> 0 or left({text}, 4)::int % 400 = 0)))";
        Sql year = $"{text} !~ '^0000'";
        return to switch
        {
            ColumnType.Text => Sql.True,
            ColumnType.Numeric => $"coalesce({number}, true)",
            // A whole number beyond 2^53 would lose its last digits.
            ColumnType.DoublePrecision when column.Type == ColumnType.Bigint =>
                $"coalesce(abs({Sql.Identifier(column.Name)}::numeric) <= 9007199254740992, true)",
            ColumnType.DoublePrecision => $"({text} is null or case when {number} then abs({text}::numeric) < 1.7e308 else false end)",
            ColumnType.Bigint =>
                $"({text} is null or case when {number} then {text}::numeric = trunc({text}::numeric) and {text}::numeric between -9223372036854775808 and 9223372036854775807 else false end)",
            ColumnType.Boolean => $"coalesce(lower({text}) in ('true', 'false', '1', '0'), true)",
            ColumnType.Uuid => $"coalesce({text} ~* {Sql.Literal(Uuid)}, true)",
            ColumnType.Date => Moment($"""^{Day}([T ]00:00(:00(\.0+)?)?\s?(Z|[+-]00(:?00)?)?)?$"""),
            _ => Moment($"""^{Day}([T ]{Time}{Zone})?$"""),
        };

        Sql Moment(string shape) => $"({text} is null or case when {text} ~ {Sql.Literal(shape)} then {leap} and {year} else false end)";
    }

    static Sql Trimmed(StoredColumn column) => $"nullif(btrim({Text(column)}), '')";
}
