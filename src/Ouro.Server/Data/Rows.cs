using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Npgsql;

namespace Ouro.Server.Data;

/// <summary>Rows to records: column <c>created_at</c> fills <c>CreatedAt</c>, enums are text, jsonb columns read as their record.</summary>
static class Rows<T>
{
    static readonly ConcurrentDictionary<string, Func<NpgsqlDataReader, T>> Readers = new();

    /// <summary>The function that reads one row of this result; compiled once for each list of columns.</summary>
    public static Func<NpgsqlDataReader, T> Reader(NpgsqlDataReader result)
    {
        var names = new string[result.FieldCount];
        for (var i = 0; i < names.Length; i++) names[i] = result.GetName(i);
        return Readers.GetOrAdd(string.Join(',', names), _ => Compile(names));
    }

    static Func<NpgsqlDataReader, T> Compile(string[] names)
    {
        var row = Expression.Parameter(typeof(NpgsqlDataReader));
        if (Cell.IsScalar(typeof(T))) return Expression.Lambda<Func<NpgsqlDataReader, T>>(Cell.Read(row, 0, typeof(T)), row).Compile();

        var ordinals = names.Select((name, i) => (Key: Key(name), i)).ToDictionary(n => n.Key, n => n.i);
        var constructor = typeof(T).GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        var arguments = constructor.GetParameters().Select(p =>
            ordinals.Remove(Key(p.Name!), out var ordinal) ? Cell.Read(row, ordinal, p.ParameterType)
            : p.HasDefaultValue ? Expression.Constant(p.DefaultValue ?? Default(p.ParameterType), p.ParameterType)
            : throw new InvalidOperationException($"No column for {typeof(T).Name}.{p.Name}."));
        var created = Expression.New(constructor, arguments.ToArray());
        var members = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite && ordinals.ContainsKey(Key(p.Name)))
            .Select(p => (MemberBinding)Expression.Bind(p, Cell.Read(row, ordinals[Key(p.Name)], p.PropertyType)));
        return Expression.Lambda<Func<NpgsqlDataReader, T>>(Expression.MemberInit(created, members), row).Compile();
    }

    static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    static string Key(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}

static class Cell
{
    static readonly HashSet<Type> Scalars =
        [typeof(string), typeof(Guid), typeof(int), typeof(long), typeof(bool), typeof(double), typeof(float), typeof(short), typeof(uint), typeof(decimal),
         typeof(DateTimeOffset), typeof(Guid[]), typeof(string[]), typeof(byte[])];

    public static bool IsScalar(Type type) => (Nullable.GetUnderlyingType(type) ?? type) is var t && (t.IsEnum || t == typeof(JsonElement) || Scalars.Contains(t));

    public static Expression Read(ParameterExpression row, int ordinal, Type type)
    {
        var at = Expression.Constant(ordinal);
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        Expression value =
            plain.IsEnum ? Expression.Call(typeof(Wire), nameof(Wire.Parse), [plain], Text(row, at))
            : plain == typeof(DateTimeOffset) ? Expression.Call(row, nameof(NpgsqlDataReader.GetFieldValue), [typeof(DateTimeOffset)], at)
            : Scalars.Contains(plain) ? Expression.Call(row, nameof(NpgsqlDataReader.GetFieldValue), [plain], at)
            : Expression.Call(typeof(Wire), nameof(Wire.Json), [plain], Text(row, at));
        if (plain != type) value = Expression.Convert(value, type);
        return Expression.Condition(Expression.Call(row, nameof(NpgsqlDataReader.IsDBNull), [], at), Expression.Default(type), value);
    }

    static MethodCallExpression Text(ParameterExpression row, Expression at) =>
        Expression.Call(row, nameof(NpgsqlDataReader.GetFieldValue), [typeof(string)], at);
}
