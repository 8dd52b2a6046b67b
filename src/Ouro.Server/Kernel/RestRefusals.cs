using System.Text.Json;
using Npgsql;

namespace Ouro.Server.Kernel;

/// <summary>The REST translator of refusals: every failure below <c>/api</c> leaves as the envelope, whatever went wrong.</summary>
public static class RestRefusals
{
    public static void UseRestRefusals(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
                await Write(context, Unmatched(context));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone, and what they interrupted is no failure of ours.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await Write(context, From(e, context));
        }
    });

    /// <summary>The refusal that an exception stands for; a bug becomes a 500 that says only where it is logged.</summary>
    public static Refusal From(Exception e, HttpContext context, string? tool = null)
    {
        switch (e)
        {
            case Refusal refusal: return refusal;
            case BadHttpRequestException { StatusCode: 413 }:
                return new(413, "body_too_large", "The body is larger than this call takes.", "Send it in parts, or as a file.");
            case BadHttpRequestException { InnerException: JsonException json }: return Malformed(json);
            case JsonException json: return Malformed(json);
            case BadHttpRequestException bad: return new(bad.StatusCode, "malformed_request", bad.StatusCode == 400 ? Readable(bad.Message) : bad.Message);
            case InvalidOperationException when e.Message.Contains("UTF-16", StringComparison.Ordinal):
            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter }:
                return new(400, "invalid_text", "A text holds a character that cannot be kept: NUL, or half of a character.", "Remove it.");
            // A compressed body that is damaged or ends too early.
            case InvalidDataException { Source: "System.IO.Compression" }:
                return new(400, "malformed_body", "The body is not compressed as Content-Encoding says, or it is cut off.", "Send it again, whole.");
            case PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected }:
                return new(409, "busy", "Somebody else is changing the same thing right now.", "Try again in a moment.") { RetryAfter = 1 };
            case NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.TooManyConnections }:
                return new(503, "database_busy", "The database has no connection free.", "Try again in a moment.") { RetryAfter = 2 };
            case NpgsqlException and not PostgresException:
                context.RequestServices.GetRequiredService<ILogger<Refusal>>().LogError(e, "The database does not answer.");
                return new(503, "database_unavailable", "The database does not answer.", "Try again in a moment.") { RetryAfter = 2 };
        }
        context.RequestServices.GetRequiredService<ILogger<Refusal>>().LogError(
            e, "Unhandled in {Method} {Path} {Tool} request {Request}.", context.Request.Method, context.Request.Path, tool, context.TraceIdentifier);
        return new(500, "internal_error", $"The server failed at this. It is logged as request {context.TraceIdentifier}.");
    }

    static Refusal Malformed(JsonException e) =>
        new(400, "malformed_json", e.Path is null or "$"
            ? "The body is not JSON of the expected shape."
            : $"The body is not of the expected shape at {e.Path}.", e.LineNumber is { } line ? $"Line {line + 1}, byte {e.BytePositionInLine + 1}." : null);

    // The framework names its own parameter types; a caller knows only the value.
    static string Readable(string message) =>
        message.StartsWith("Failed to bind parameter", StringComparison.Ordinal) && message.LastIndexOf(" from ", StringComparison.Ordinal) is var from and > 0
            ? $"A value in the address is malformed: {message[(from + 6)..].TrimEnd('.')}."
            : message;

    static Refusal Unmatched(HttpContext context) => context.Response.StatusCode switch
    {
        404 => Refusal.NotFound("no_such_call", $"There is no call {context.Request.Method} {context.Request.Path}. The calls are listed at /api/openapi.json."),
        405 => new(405, "method_not_allowed", $"{context.Request.Path} does not answer {context.Request.Method}."),
        415 => new(415, "unsupported_media_type", "This call takes JSON: send Content-Type: application/json."),
        var status => new(status, "refused", $"The request was refused with status {status}."),
    };

    public static Task Write(HttpContext context, Refusal refusal)
    {
        // Not Clear(): the request's id and the state of its limit belong to refusals too.
        context.Response.ContentLength = null;
        context.Response.StatusCode = refusal.Status;
        if (refusal.RetryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString();
        return context.Response.WriteAsJsonAsync(
            new Envelope<object?>(null) { Error = Body(refusal), Code = refusal.Code }, OuroJson.Options, context.RequestAborted);
    }

    public static Failure Body(Refusal refusal) => new(refusal.Message, refusal.Status, refusal.Code, refusal.Hint, refusal.Details);
}
