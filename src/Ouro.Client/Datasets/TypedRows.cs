using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ouro;

/// <summary>Rows of a type of one's own: the columns that its properties make, and their values as JSON.</summary>
static class TypedRows
{
    /// <summary>The most bytes of rows in one request, so that its whole body stays below a megabyte.</summary>
    const int MostBytes = 960_000;

    /// <summary>The text of a schema: a column for each property that is written as JSON, under the name that it has there.</summary>
    public static string Schema<T>()
    {
        var properties = Columns(typeof(T));
        return $"CREATE TABLE \"rows\" ({string.Join(", ", properties.Select(p => $"{Quoted(p.Name)} {SqlType(p.PropertyType)}"))})";
    }

    /// <summary>The rows as JSON lists of less than a megabyte each; a row that is larger alone has one to itself. No rows make no list.</summary>
    public static async IAsyncEnumerable<JsonElement> Batches<T>(IAsyncEnumerable<T> rows, [EnumeratorCancellation] CancellationToken ct)
    {
        var list = new ArrayBufferWriter<byte>(64 << 10);
        await foreach (var row in rows.WithCancellation(ct))
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(row, Transport.Reading);
            if (list.WrittenCount > 0 && list.WrittenCount + json.Length + 2 > MostBytes) yield return Ended(list);
            list.Write(list.WrittenCount == 0 ? "["u8 : ","u8);
            list.Write(json);
        }
        if (list.WrittenCount > 0) yield return Ended(list);
    }

    static JsonElement Ended(ArrayBufferWriter<byte> list)
    {
        list.Write("]"u8);
        var ended = JsonElement.Parse(list.WrittenSpan);
        list.ResetWrittenCount();
        return ended;
    }

    static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static List<JsonPropertyInfo> Columns(Type type)
    {
        var row = Transport.Reading.GetTypeInfo(type);
        var columns = row.Kind == JsonTypeInfoKind.Object ? row.Properties.Where(p => p.Get is not null).ToList() : [];
        return columns.Count > 0 ? columns : throw new ArgumentException(
            $"{type} has no properties to make columns of. Use a record, or name the columns in CreateDataset.Schema.", nameof(type));
    }

    static string SqlType(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return "TEXT";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 => "BIGINT",
            TypeCode.Single or TypeCode.Double => "DOUBLE PRECISION",
            // The upper half of unsigned 64-bit numbers is beyond BIGINT.
            TypeCode.Decimal or TypeCode.UInt64 => "NUMERIC",
            TypeCode.Boolean => "BOOLEAN",
            TypeCode.DateTime => "TIMESTAMP WITH TIME ZONE",
            _ when type == typeof(DateTimeOffset) => "TIMESTAMP WITH TIME ZONE",
            _ when type == typeof(DateOnly) => "DATE",
            _ => "TEXT",
        };
    }
}
