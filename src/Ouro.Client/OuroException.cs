using System.Text.Json;

namespace Ouro;

/// <summary>
/// A call that did not succeed: the server refused it, answered what nobody can read, or could not be reached. A call that its caller cancelled
/// throws <see cref="OperationCanceledException"/> instead.
/// </summary>
/// <param name="status">The HTTP status; 0 where there was no answer.</param>
/// <param name="code">The reason as a stable word.</param>
/// <param name="message">What was wrong, why, and what to do next.</param>
/// <param name="requestId">The request's id; null where there was no answer.</param>
/// <param name="hint">What may help; null where the message says it all.</param>
/// <param name="details">Field → problem, or what else belongs to the code.</param>
/// <param name="inner">What this was made from; null for a refusal.</param>
public sealed class OuroException(
    int status, string code, string message, string? requestId = null, string? hint = null, JsonElement? details = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The HTTP status of the answer, or of the failed import; 0 where there was no answer.</summary>
    public int Status { get; } = status;

    /// <summary>
    /// The reason as a stable word, or an SQLSTATE where the caller's SQL failed. The server's refusals have their own; the SDK adds
    /// <c>connection_failed</c> and <c>timed_out</c> (no answer), <c>unexpected_answer</c> (an answer that is not Ouro's, or not of the expected
    /// shape), <c>api_key_missing</c>, <c>file_unreadable</c> (a file to send), <c>content_changed</c> (a file that is downloaded) and
    /// <c>result_truncated</c> (a query's).
    /// </summary>
    public string Code { get; } = code;

    /// <summary>The request's id, by which the server's logs name it; null where there was no answer.</summary>
    public string? RequestId { get; } = requestId;

    /// <summary>What may help; null where the message says it all.</summary>
    public string? Hint { get; } = hint;

    /// <summary>Field → problem, or what else belongs to the code; null for most.</summary>
    public JsonElement? Details { get; } = details;

    /// <summary>After which time the server asked to be called again; null where it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
