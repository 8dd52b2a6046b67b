using System.Text.Json;
using System.Text.Json.Serialization;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Ouro.Server.Mcp;

/// <summary>A refusal as a model reads it.</summary>
/// <param name="Error">The kind of refusal, from a short list.</param>
/// <param name="Message">What was wrong, why, and what to do next.</param>
/// <param name="Status">The HTTP status that REST would have answered with.</param>
/// <param name="Retryable">Whether the same call may succeed later.</param>
/// <param name="RetryAfterSeconds">After how long.</param>
/// <param name="Code">The reason as a stable word, or an SQLSTATE.</param>
/// <param name="Hint">What may help.</param>
/// <param name="Details">Argument → problem, or what else belongs to the code.</param>
sealed record ToolRefusal(
    string Error, string Message, int Status, bool Retryable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetryAfterSeconds,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hint,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Details);

/// <summary>
/// The MCP translator of refusals: whatever goes wrong in a tool comes back as its result, because a model reads results and clients keep
/// protocol errors to themselves. Only a tool that does not exist is an error of the protocol.
/// </summary>
static class ToolRefusals
{
    public static McpRequestHandler<CallToolRequestParams, CallToolResult> Translate(McpRequestHandler<CallToolRequestParams, CallToolResult> next) =>
        async (request, ct) =>
        {
            if (request.MatchedPrimitive is not McpServerTool tool) return await next(request, ct);
            var call = request.Services!.GetRequiredService<McpCall>();
            try
            {
                request.Params!.Arguments = ToolArguments.Read(tool.ProtocolTool, request.Params.Arguments);
                return await next(request, ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                return Answer(From(e, call.Context, tool.ProtocolTool.Name));
            }
        };

    /// <summary>A resource has no way to say that it is a refusal, so the same JSON is the message of a protocol error.</summary>
    public static McpRequestHandler<ReadResourceRequestParams, ReadResourceResult> TranslateReading(McpRequestHandler<ReadResourceRequestParams, ReadResourceResult> next) =>
        async (request, ct) =>
        {
            try
            {
                return await next(request, ct);
            }
            catch (Exception e) when (e is not McpException && !ct.IsCancellationRequested)
            {
                var refusal = e is FormatException ? Refusal.Fields(("uri", $"{request.Params?.Uri} does not hold a uuid.")) : From(e, request.Services!.GetRequiredService<McpCall>().Context, "resource");
                throw new McpProtocolException(JsonSerializer.Serialize(Shown(refusal), OuroJson.Options), refusal.Status == 404 ? McpErrorCode.ResourceNotFound : McpErrorCode.InvalidRequest);
            }
        };

    public static CallToolResult Answer(Refusal refusal) => new()
    {
        IsError = true,
        Content = [new TextContentBlock { Text = JsonSerializer.Serialize(Shown(refusal), OuroJson.Options) }],
    };

    public static ToolRefusal Shown(Refusal refusal) => new(
        Kind(refusal), refusal.Message, refusal.Status, refusal.Status is 408 or 429 or 500 or 502 or 503 or 504, refusal.RetryAfter, refusal.Code,
        refusal.Hint ?? (refusal.Code == UnknownColumn ? "Column names are lowercase snake_case; get_asset with detail=\"full\" lists them." : null),
        refusal.Details);

    const string UnknownColumn = "42703";

    // Arguments were read before the tool began, so JSON that cannot be read in it is not the caller's.
    static Refusal From(Exception e, HttpContext context, string tool) =>
        RestRefusals.From(e is JsonException ? new InvalidOperationException("JSON inside the server is not of the expected shape.", e) : e, context, tool);

    static string Kind(Refusal refusal) => refusal switch
    {
        { Code: ToolArguments.Invalid } => "invalid_arguments",
        { Code: UnknownColumn } => "invalid_dataset_query",
        { Status: 400 } => "bad_request",
        { Status: 401 } => "authentication_failed",
        { Status: 403 } => "permission_denied",
        { Status: 404 } => "not_found",
        { Status: 429 } => "rate_limited",
        { Status: >= 500 } => "server_error",
        _ => "unexpected",
    };
}
