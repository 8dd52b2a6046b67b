using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>A saved view of a dataset: a query, and how to draw its result.</summary>
/// <param name="Id">The view's id.</param>
/// <param name="DatasetId">The dataset.</param>
/// <param name="Name">Its name, 1 to 255 characters.</param>
/// <param name="Description">What it shows.</param>
/// <param name="SqlQuery">One SELECT; null for the dataset's own rows.</param>
/// <param name="Config">How to draw it, as whoever draws it understands it; kept and given back as it is.</param>
/// <param name="EngineType">What draws it: <c>auto</c>.</param>
/// <param name="CreatedBy">Who made it; null where the account is gone.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUpdated">When it last changed.</param>
public sealed record DatasetView(
    Guid Id, Guid DatasetId, string Name, string? Description, string? SqlQuery, JsonElement? Config, string EngineType, Guid? CreatedBy,
    DateTimeOffset CreatedAt, DateTimeOffset LastUpdated);

/// <summary>A view to save: a query, how to draw its result, or both.</summary>
public sealed record CreateView
{
    /// <summary>Its name, 1 to 255 characters.</summary>
    public string? Name { get; init; }
    /// <summary>What it shows.</summary>
    public string? Description { get; init; }
    /// <summary>One SELECT, which is planned before it is saved; omitted, the view draws the dataset's own rows.</summary>
    public string? SqlQuery { get; init; }
    /// <summary>How to draw it, at most 100,000 characters of JSON.</summary>
    public JsonElement? Config { get; init; }
    /// <summary>What to make a view of; refused, because this server has no language model.</summary>
    public string? Prompt { get; init; }
}

/// <summary>A change of a view: what is absent stays as it is.</summary>
public sealed record UpdateView
{
    /// <summary>Its new name.</summary>
    public string? Name { get; init; }
    /// <summary>What it shows; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> Description { get; init; }
    /// <summary>One SELECT; null for the dataset's own rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<string?> SqlQuery { get; init; }
    /// <summary>How to draw it; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public Optional<JsonElement?> Config { get; init; }
    /// <summary>What to make a view of; refused, because this server has no language model.</summary>
    public string? Prompt { get; init; }
}

/// <summary>A view and what its query yields now.</summary>
/// <param name="View">The view.</param>
/// <param name="Result">The rows.</param>
public sealed record ViewAnswer(DatasetView View, QueryAnswer Result);
