using System.Text.Json;

namespace Ouro.Server.Datasets;

/// <summary>What rows say of columns that were declared with too few words.</summary>
public static class Typing
{
    /// <summary>
    /// The declared columns, but those of whole numbers are truths where the rows say only true and false (and null, where nothing is known): the
    /// public clients declare both as INTEGER.
    /// </summary>
    public static IReadOnlyList<DeclaredColumn> FromRows(IReadOnlyList<DeclaredColumn> declared, JsonElement rows)
    {
        if (rows.ValueKind != JsonValueKind.Array) return declared;
        var truths = new HashSet<string>(StringComparer.Ordinal);
        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Object) continue;
            foreach (var property in row.EnumerateObject())
            {
                if (property.Value.ValueKind is JsonValueKind.True or JsonValueKind.False) truths.Add(property.Name);
                else if (property.Value.ValueKind != JsonValueKind.Null) others.Add(property.Name);
            }
        }
        truths.ExceptWith(others);
        return [.. declared.Select(column =>
            column.Type == ColumnType.Bigint && truths.Contains(column.SentAs) ? column with { Type = ColumnType.Boolean } : column)];
    }
}
