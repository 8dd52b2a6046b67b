using System.Text.Json;

namespace Ouro.Server.Kernel;

/// <summary>
/// A request that is understood and not carried out. Every refusal says what was wrong, why, and what to do next;
/// anything else that is thrown is a bug. Three translators turn it into an answer: REST, MCP and web.
/// </summary>
public sealed class Refusal(int status, string code, string message, string? hint = null, JsonElement? details = null) : Exception(message)
{
    public int Status { get; } = status;
    public string Code { get; } = code;
    public string? Hint { get; } = hint;
    public JsonElement? Details { get; } = details;

    /// <summary>Seconds after which the same request may succeed; becomes <c>retry-after</c>.</summary>
    public int? RetryAfter { get; init; }

    public static Refusal Invalid(string code, string message, string? hint = null, JsonElement? details = null) => new(400, code, message, hint, details);

    /// <summary>Invalid fields, each named with what is wrong about it.</summary>
    public static Refusal Fields(params (string Field, string Problem)[] fields) =>
        new(400, "invalid_fields", string.Join(" ", fields.Select(f => f.Problem)), null,
            JsonSerializer.SerializeToElement(fields.ToDictionary(f => f.Field, f => f.Problem)));

    public static Refusal Unauthenticated(string message) =>
        new(401, "unauthenticated", message, "Send an API key or an access token as Authorization.");

    public static Refusal Forbidden(string code, string message, string? hint = null) => new(403, code, message, hint);

    public static Refusal NotFound(string code, string message, JsonElement? details = null) => new(404, code, message, details: details);

    /// <summary>Not there, or not yours to see: the two are one answer, so that nothing can be probed.</summary>
    public static Refusal NoAsset(Guid id) =>
        NotFound("asset_not_found", $"There is no asset {id}, or it is not shared with you.");

    public static Refusal Conflict(string code, string message, string? hint = null, JsonElement? details = null) => new(409, code, message, hint, details);
}
