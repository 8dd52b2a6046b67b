using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What a reference names.</summary>
public enum RefKind
{
    /// <summary>An asset.</summary>
    Asset,
    /// <summary>A run of a route.</summary>
    Action,
}

/// <summary>What the ids of a column name.</summary>
/// <param name="Kind">Assets or runs.</param>
/// <param name="AssetType">The only type of asset that it may name; null is any.</param>
public sealed record ColumnRef(
    [property: JsonRequired] RefKind Kind, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AssetType? AssetType = null);

/// <summary>The closed set of values of a column.</summary>
/// <param name="Values">The values, 1 to 1,000, in the order in which they are shown.</param>
public sealed record ColumnValues([property: JsonRequired] IReadOnlyList<string> Values);

/// <summary>A column to add to a dataset; its rows have no value in it yet.</summary>
/// <param name="Name">Its name; it becomes lowercase snake_case.</param>
/// <param name="Type">
/// <c>text</c>, <c>bigint</c>, <c>double precision</c>, <c>numeric</c>, <c>boolean</c>, <c>date</c>, <c>timestamptz</c>, <c>uuid</c>, <c>enum</c> or
/// <c>reference</c>, or what other programs call these.
/// </param>
/// <param name="Nullable">Whether a value may be missing; only a dataset without rows takes a column that needs one.</param>
/// <param name="Label">What people are shown as its name.</param>
/// <param name="EnumValues">Its closed set of values.</param>
/// <param name="Ref">What its ids name.</param>
public sealed record AddColumn(
    string Name, string? Type = null, bool Nullable = true, string? Label = null,
    [property: JsonPropertyName("enumValues")] IReadOnlyList<string>? EnumValues = null, ColumnRef? Ref = null);

/// <summary>What becomes different about a column; what is not given stays.</summary>
public sealed record UpdateColumn
{
    /// <summary>Its new name.</summary>
    [JsonPropertyName("newName"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? NewName { get; init; }
    /// <summary>Its new type; every value is converted, or none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Type { get; init; }
    /// <summary>What people are shown as its name; null shows the name itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Label { get; init; }
    /// <summary>Its closed set of values; null opens it.</summary>
    [JsonPropertyName("enumValues"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<IReadOnlyList<string>?> EnumValues { get; init; }
    /// <summary>What its ids name; null makes them plain ids.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<ColumnRef?> Ref { get; init; }
}

/// <summary>A column that is gone.</summary>
/// <param name="Dropped">Its name.</param>
public sealed record DroppedColumn(string Dropped);

/// <summary>What a reference names.</summary>
/// <param name="Kind">An asset or a run.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name; of a run, the route's.</param>
/// <param name="WebUrl">Its web address; of a run, the route's.</param>
public sealed record ResolvedRef(RefKind Kind, Guid Id, string? Name, string WebUrl)
{
    /// <summary>What kind of asset it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public AssetType? AssetType { get; init; }
    /// <summary>Where the run stands.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Status { get; init; }
    /// <summary>The route that was run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public Guid? RouteId { get; init; }
    /// <summary>The route's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? RouteName { get; init; }
    /// <summary>When the run began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public DateTimeOffset? CreatedAt { get; init; }
}
