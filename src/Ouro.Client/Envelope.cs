using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ouro;

/// <summary>What every JSON answer of the API is wrapped in.</summary>
/// <typeparam name="T">What the answer carries.</typeparam>
/// <param name="Data">The payload; null in a failure.</param>
public sealed record Envelope<T>(T Data)
{
    /// <summary>What went wrong; null in a success.</summary>
    public Failure? Error { get; init; }

    /// <summary>Where this page stands in its list; absent where the answer is no list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Pagination? Pagination { get; init; }

    /// <summary>The code of <see cref="Error"/> once more, where the public clients look for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    /// <summary>What belongs to the payload and is not part of it, e.g. the columns of a query's rows.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Metadata { get; init; }

    /// <summary>How many rows an ingest took and skipped; beside <see cref="Data"/> in answers to dataset writes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowIngest? RowIngest { get; init; }

    /// <summary>What an ingest left out, and why.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IngestWarning? Warning { get; init; }

    /// <summary>References of a page of rows: column → id → what it names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? ResolvedRefs { get; init; }
}

/// <summary>Why a request was refused.</summary>
/// <param name="Message">What was wrong, why, and what to do next; for people and models.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The reason as a stable word, or an SQLSTATE where the caller's SQL failed.</param>
/// <param name="Hint">What may help; null where the message says it all.</param>
/// <param name="Details">Field → problem, or what else belongs to the code.</param>
/// <param name="Name">Always <c>HttpError</c>.</param>
public sealed record Failure(string Message, int Status, string Code, string? Hint = null, JsonElement? Details = null, string Name = "HttpError");

/// <summary>Where a page stands in its list.</summary>
/// <param name="Offset">Rows before this page.</param>
/// <param name="Limit">The most rows a page holds.</param>
/// <param name="HasMore">Whether another page follows.</param>
/// <param name="Total">Rows in the whole list; null where counting would cost more than it tells.</param>
/// <param name="After">The cursor that continues this list exactly; null at its end.</param>
public sealed record Pagination(
    int Offset,
    int Limit,
    [property: JsonPropertyName("hasMore")] bool HasMore,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Total = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? After = null);

/// <summary>A page of a list.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
/// <param name="Items">The items, in the list's order.</param>
/// <param name="Pagination">Where the page stands.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, Pagination Pagination);
