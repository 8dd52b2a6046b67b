using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace Ouro.Server.Kernel;

/// <summary>The REST translator of refusals: every failure below <c>/api</c> leaves as the envelope, whatever went wrong.</summary>
public static partial class RestRefusals
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
            case BadHttpRequestException { StatusCode: 408 }:
                return new(408, "too_slow", "The bytes come too slowly: less than 240 in a second.", "Send it again; what is sent in pieces goes on where it stands.") { RetryAfter = 1 };
            case BadHttpRequestException { InnerException: JsonException json }: return Malformed(json);
            case JsonException json: return Malformed(json);
            case BadHttpRequestException { StatusCode: 400 } bad: return Misread(bad.Message);
            case BadHttpRequestException bad: return new(bad.StatusCode, "malformed_request", bad.Message);
            case InvalidOperationException when e.Message.Contains("UTF-16", StringComparison.Ordinal):
            case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter }:
                return new(400, "invalid_text", "A text holds a character that cannot be kept: NUL, or half of a character.", "Remove it.");
            // A compressed body that is damaged or ends too early.
            case InvalidDataException { Source: "System.IO.Compression" }:
                return new(400, "malformed_body", "The body is not compressed as Content-Encoding says, or it is cut off.", "Send it again, whole.");
            case PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected }:
                return new(409, "busy", "Somebody else is changing the same thing right now.", "Try again in a moment.") { RetryAfter = 1 };
            // It was there when it was looked for; whoever writes finds out last.
            case PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation }:
                return Refusal.NotFound("asset_not_found", "What this belongs to was deleted meanwhile.");
            case PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } gone when gone.MessageText.Contains("\"datasets.", StringComparison.Ordinal):
                return new(409, "busy", "This dataset is being changed or deleted right now.", "Try again in a moment.") { RetryAfter = 1 };
            // Wherever it was written to: no room on the disk, or no more of it for this account.
            case IOException { HResult: 28 or 122 }:
                return new(507, "storage_full", "The server's disk is full.", "Tell who runs this server, and try again later.");
            case NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.TooManyConnections }:
                return new(503, "database_busy", "The database has no connection free.", "Try again in a moment.") { RetryAfter = 2 };
            // It says itself that it stops, was stopped, or is not yet there again.
            case PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow }:
            case NpgsqlException and not PostgresException:
                context.RequestServices.GetRequiredService<ILogger<Refusal>>().LogError(e, "The database does not answer.");
                return new(503, "database_unavailable", "The database does not answer.", "Try again in a moment.") { RetryAfter = 2 };
        }
        context.RequestServices.GetRequiredService<ILogger<Refusal>>().LogError(
            e, "Unhandled in {Method} {Path} {Tool} request {Request}.", context.Request.Method, context.Request.Path, tool, context.TraceIdentifier);
        return new(500, "internal_error", $"The server failed at this. It is logged as request {context.TraceIdentifier}.");
    }

    static Refusal Malformed(JsonException e)
    {
        var where = e.LineNumber is { } line ? $"Line {line + 1}, byte {e.BytePositionInLine + 1}." : null;
        var field = Field(e);
        if (Required().Match(e.Message) is { Success: true } required)
        {
            field = $"{field}.{required.Groups["name"].Value}".TrimStart('.');
            var missing = $"{field} is missing.";
            return new(400, "malformed_json", missing, where, Details(field, missing));
        }
        if (field.Length == 0) return new(400, "malformed_json", "The body is not JSON of the expected shape.", where);
        var problem = Choices(e.Message) is { } choices ? $"{field.Split('.')[^1]} is one of {choices}." : $"The body is not of the expected shape at {field}.";
        return new(400, "malformed_json", problem, where, Details(field, problem));
    }

    /// <summary>The path of what was wrong. A value that was read on its own has a path of its own, which goes on from the outer one.</summary>
    static string Field(JsonException e)
    {
        var path = "";
        for (var part = e; part is not null; part = part.InnerException as JsonException) path += part.Path?.TrimStart('$');
        return path.TrimStart('.');
    }

    // The framework names its own types; a caller knows only the words that they stand for.
    static string? Choices(string message) =>
        EnumType().Match(message) is { Success: true } found && typeof(Asset).Assembly.GetType(found.Groups["type"].Value) is { IsEnum: true } type
            ? string.Join(", ", Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToElement(value, type, OuroJson.Options).GetString()))
            : null;

    static Refusal Misread(string message)
    {
        if (Missing().Match(message) is { Success: true } missing)
            return missing.Groups["from"].Value == "body"
                ? new(400, "malformed_request", "This call needs a body: a JSON object.", null, Details("body", "It is missing, or null."))
                : Named(missing.Groups["name"].Value, "{0} is missing.");
        if (Unfit().Match(message) is not { Success: true } unfit) return new(400, "malformed_request", message);
        var type = unfit.Groups["type"].Value;
        var kind = type.Contains("int", StringComparison.OrdinalIgnoreCase) || type.Contains("long", StringComparison.OrdinalIgnoreCase) ? "a whole number"
            : type.Contains("Guid", StringComparison.Ordinal) ? "a uuid" : type.Contains("bool", StringComparison.OrdinalIgnoreCase) ? "true or false" : "another kind of value";
        return Named(unfit.Groups["name"].Value, $"{{0}} is {kind}, not “{unfit.Groups["value"].Value}”.");

        static Refusal Named(string parameter, string problem)
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter);
            problem = problem.Replace("{0}", name, StringComparison.Ordinal);
            return new(400, "malformed_request", problem, null, Details(name, problem));
        }
    }

    static JsonElement Details(string field, string problem) => JsonSerializer.SerializeToElement(new Dictionary<string, string> { [field] = problem });

    [GeneratedRegex(@"converted to (System\.Nullable`1\[)?(?<type>Ouro\.\w+)\b")]
    private static partial Regex EnumType();

    [GeneratedRegex(@"missing required properties including: '?(?<name>[^',]+)")]
    private static partial Regex Required();

    [GeneratedRegex("""^Failed to bind parameter "(?<type>.+) (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex Unfit();

    [GeneratedRegex("""^(Required parameter|Implicit body inferred for parameter) "(.+ )?(?<name>\w+)" (was not provided from (?<from>body|.+)\.|but no (?<from>body) was provided\..*)""")]
    private static partial Regex Missing();

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
