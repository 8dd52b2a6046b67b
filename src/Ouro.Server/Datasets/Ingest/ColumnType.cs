
namespace Ouro.Server.Datasets;

/// <summary>
/// What a column of a dataset holds, narrowest first: of the types that fit every value of a column, the first one is chosen.
/// <see cref="Uuid"/> comes last because it is only ever declared (a reference to an asset), never guessed.
/// </summary>
public enum ColumnType
{
    Boolean,
    Bigint,
    DoublePrecision,
    Numeric,
    Date,
    Timestamptz,
    Text,
    Uuid,
}

/// <summary>A column of a table that exists or will.</summary>
/// <param name="Name">The column's name in the table.</param>
/// <param name="Type">What it holds.</param>
/// <param name="SkipsMisfits">A row whose value does not fit is left out and told, instead of refusing all rows: references behave so.</param>
/// <param name="Values">The closed set of its values; null is any.</param>
/// <param name="Required">Whether every row needs a value.</param>
public sealed record TableColumn(string Name, ColumnType Type, bool SkipsMisfits = false, string[]? Values = null, bool Required = false);

/// <summary>How the types are called in PostgreSQL, and by people who write <c>create table</c>.</summary>
public static class ColumnTypes
{
    public static string SqlName(this ColumnType type) => type switch
    {
        ColumnType.Boolean => "boolean",
        ColumnType.Bigint => "bigint",
        ColumnType.DoublePrecision => "double precision",
        ColumnType.Numeric => "numeric",
        ColumnType.Date => "date",
        ColumnType.Timestamptz => "timestamp with time zone",
        ColumnType.Text => "text",
        ColumnType.Uuid => "uuid",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>What a value must look like, for the person whose value does not.</summary>
    public static string Expectation(this ColumnType type) => type switch
    {
        ColumnType.Boolean => "true or false",
        ColumnType.Bigint => "a whole number between -2^63 and 2^63 - 1",
        ColumnType.DoublePrecision => "a number",
        ColumnType.Numeric => "a decimal number",
        ColumnType.Date => "an ISO date such as 2024-05-31",
        ColumnType.Timestamptz => "an ISO timestamp such as 2024-05-31T12:00:00Z",
        ColumnType.Text => "text without NUL characters",
        ColumnType.Uuid => "a UUID",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>
    /// The type that a declared SQL type becomes, or null for one that is unknown. Every integer is a bigint and every float a double:
    /// the public clients say INTEGER and REAL for 64-bit values, and a dataset must not lose digits by its declaration.
    /// </summary>
    /// <param name="words">The type's words in lower case, one space between them, without precision.</param>
    public static ColumnType? Declared(string words) => words switch
    {
        "integer" or "int" or "int2" or "int4" or "int8" or "bigint" or "smallint" or "tinyint" or "mediumint" or "hugeint" or "serial"
            or "bigserial" or "smallserial" or "unsigned bigint" => ColumnType.Bigint,
        "real" or "float" or "float4" or "float8" or "double" or "double precision" => ColumnType.DoublePrecision,
        "numeric" or "decimal" or "dec" => ColumnType.Numeric,
        "boolean" or "bool" => ColumnType.Boolean,
        "timestamp" or "timestamptz" or "datetime" or "timestamp with time zone" or "timestamp without time zone" => ColumnType.Timestamptz,
        "date" => ColumnType.Date,
        "uuid" => ColumnType.Uuid,
        // A time of day, JSON and an enum's label stay what was sent, as text.
        "text" or "varchar" or "char" or "character" or "character varying" or "nvarchar" or "nchar" or "clob" or "string" or "citext"
            or "json" or "jsonb" or "time" or "time with time zone" or "time without time zone" or "timetz" or "interval" or "enum"
            => ColumnType.Text,
        _ => null,
    };

    /// <summary>The type of a column as <c>information_schema</c> or <c>format_type</c> names it.</summary>
    public static ColumnType OfTable(string dataType) => Declared(dataType) ??
        throw Refusal.Invalid("unsupported_column_type", $"Rows cannot be written into a column of type {dataType}.");
}

/// <summary>A set of column types; what a column may still be after the values that were seen.</summary>
[Flags]
public enum TypeSet
{
    None = 0,
    Boolean = 1 << ColumnType.Boolean,
    Bigint = 1 << ColumnType.Bigint,
    DoublePrecision = 1 << ColumnType.DoublePrecision,
    Numeric = 1 << ColumnType.Numeric,
    Date = 1 << ColumnType.Date,
    Timestamptz = 1 << ColumnType.Timestamptz,
    Text = 1 << ColumnType.Text,
    Any = Boolean | Bigint | DoublePrecision | Numeric | Date | Timestamptz | Text,
}
