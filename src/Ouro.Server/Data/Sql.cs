using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Ouro.Server.Data;

/// <summary>
/// SQL written as an interpolated string: holes become parameters, a hole that is itself <see cref="Sql"/> is spliced in with its
/// values. A plain string does not convert, so a value cannot become SQL.
/// </summary>
[InterpolatedStringHandler]
public sealed class Sql
{
    readonly StringBuilder text;
    readonly List<(NpgsqlDbType Type, object? Value)> values;
    readonly List<int> holes;

    public Sql(int literalLength, int formattedCount)
    {
        text = new(literalLength + 4 * formattedCount);
        values = new(formattedCount);
        holes = new(formattedCount);
    }

    public static Sql Empty => new(0, 0);

    public static Sql True => $"true";

    /// <summary>A name known only at run time, quoted.</summary>
    public static Sql Identifier(string name)
    {
        var sql = Empty;
        sql.text.Append('"').Append(name.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        return sql;
    }

    /// <summary>A text literal, for the statements that take no parameters (DDL).</summary>
    public static Sql Literal(string value)
    {
        var sql = Empty;
        if (value.Contains('\\', StringComparison.Ordinal)) sql.text.Append(" E");
        sql.text.Append('\'').Append(value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)).Append('\'');
        return sql;
    }

    /// <summary>SQL from this program's own source or resources. Never pass what somebody sent.</summary>
    public static Sql Trusted(string source)
    {
        var sql = Empty;
        sql.text.Append(source);
        return sql;
    }

    /// <summary>
    /// At most so many rows. The number is part of the text: a plan that serves every reader must know how few rows are wanted, or PostgreSQL makes a
    /// new one for each, which takes longer than the query.
    /// </summary>
    public static Sql Limit(long rows) => Trusted(FormattableString.Invariant($"limit {rows}"));

    /// <summary>The same from an offset, which is a value where it is any: there are too many to keep a plan for each.</summary>
    public static Sql Limit(long rows, long offset) => offset == 0 ? Limit(rows) : $"{Limit(rows)} offset {offset}";

    public static Sql Join(string separator, IEnumerable<Sql> parts)
    {
        var sql = Empty;
        foreach (var part in parts)
        {
            if (sql.text.Length > 0) sql.text.Append(separator);
            sql.AppendFormatted(part);
        }
        return sql;
    }

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Sql fragment)
    {
        var start = text.Length;
        text.Append(fragment.text);
        foreach (var hole in fragment.holes) holes.Add(start + hole);
        values.AddRange(fragment.values);
    }

    public void AppendFormatted(string? value) => Add(NpgsqlDbType.Text, value);
    public void AppendFormatted(Guid value) => Add(NpgsqlDbType.Uuid, value);
    public void AppendFormatted(Guid? value) => Add(NpgsqlDbType.Uuid, value);
    public void AppendFormatted(int value) => Add(NpgsqlDbType.Integer, value);
    public void AppendFormatted(int? value) => Add(NpgsqlDbType.Integer, value);
    public void AppendFormatted(long value) => Add(NpgsqlDbType.Bigint, value);
    public void AppendFormatted(long? value) => Add(NpgsqlDbType.Bigint, value);
    public void AppendFormatted(double? value) => Add(NpgsqlDbType.Double, value);
    public void AppendFormatted(bool value) => Add(NpgsqlDbType.Boolean, value);
    public void AppendFormatted(bool? value) => Add(NpgsqlDbType.Boolean, value);
    public void AppendFormatted(DateTimeOffset value) => Add(NpgsqlDbType.TimestampTz, value);
    public void AppendFormatted(DateTimeOffset? value) => Add(NpgsqlDbType.TimestampTz, value);
    public void AppendFormatted(DateOnly value) => Add(NpgsqlDbType.Date, value);
    public void AppendFormatted(Guid[] value) => Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, value);
    public void AppendFormatted(string[] value) => Add(NpgsqlDbType.Array | NpgsqlDbType.Text, value);
    public void AppendFormatted(byte[]? value) => Add(NpgsqlDbType.Bytea, value);
    public void AppendFormatted(JsonElement value) => Add(NpgsqlDbType.Json, value.GetRawText());
    public void AppendFormatted(JsonElement? value) => Add(NpgsqlDbType.Json, value?.GetRawText());

    /// <summary>An enum travels as its wire name.</summary>
    public void AppendFormatted<T>(T value) where T : struct, Enum => Add(NpgsqlDbType.Text, Wire.Name(value));

    void Add(NpgsqlDbType type, object? value)
    {
        holes.Add(text.Length);
        values.Add((type, value));
    }

    /// <summary>A command of the text with <c>$1 … $n</c> and its parameters.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(Text(), connection);
        Bind(command.Parameters);
        return command;
    }

    void Bind(NpgsqlParameterCollection parameters)
    {
        for (var i = 0; i < values.Count; i++)
            if (First(i) == i) parameters.Add(new NpgsqlParameter { NpgsqlDbType = values[i].Type, Value = values[i].Value ?? DBNull.Value });
    }

    string Text()
    {
        if (holes.Count == 0) return text.ToString();
        var result = new StringBuilder(text.Length + 4 * holes.Count);
        Span<int> numbers = holes.Count <= 64 ? stackalloc int[holes.Count] : new int[holes.Count];
        var (from, most) = (0, 0);
        for (var i = 0; i < holes.Count; i++)
        {
            var first = First(i);
            numbers[i] = first == i ? ++most : numbers[first];
            result.Append(text, from, holes[i] - from).Append('$').Append(numbers[i]);
            from = holes[i];
        }
        return result.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Where this value stands first: one that fills several holes, such as who asks, travels once.</summary>
    int First(int hole)
    {
        for (var i = 0; i < hole; i++)
            if (values[i].Type == values[hole].Type && Equals(values[i].Value, values[hole].Value)) return i;
        return hole;
    }

    public override string ToString() => Text();
}
