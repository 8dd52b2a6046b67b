using System.Text.Json;

namespace Ouro.Tests;

/// <summary>
/// Checks every answer of the API against what breaks the public Python client: the envelope, the statuses, and the ways in which a well-meant
/// record makes a whole list unreadable.
/// </summary>
public sealed class StrictAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    static readonly string[] Bytes = ["/download", "/export", "/content"];

    static readonly string[] AssetTypes = ["post", "comment", "file", "dataset", "service", "route", "quest", "conversation"];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        var path = request.RequestUri!.AbsolutePath;
        if (!path.StartsWith("/api/", StringComparison.Ordinal) || path == "/api/openapi.json") return answer;
        if (!answer.Headers.Contains("x-request-id")) throw Broken(request, "there is no x-request-id");
        // A file is as it is, also in part, or as somebody has it already; only its refusals are answers.
        if (Bytes.Any(end => path.EndsWith(end, StringComparison.Ordinal)) && request.Method == HttpMethod.Get && (int)answer.StatusCode is < 300 or 304 or 416
            || path.EndsWith("/download", StringComparison.Ordinal) && answer.IsSuccessStatusCode) return answer;
        // tus answers with headers.
        if (answer.Headers.Contains("Tus-Resumable") && (answer.IsSuccessStatusCode || request.Method == HttpMethod.Head)) return answer;
        if ((int)answer.StatusCode is >= 300 and < 400) throw Broken(request, "it redirects, and the client does not follow");
        if (answer.Content.Headers.ContentType?.MediaType != "application/json")
            throw Broken(request, $"it is {answer.Content.Headers.ContentType?.MediaType ?? "nothing"}, not JSON");
        await answer.Content.LoadIntoBufferAsync(cancellationToken);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        foreach (var problem in Problems(path, (int)answer.StatusCode, body.RootElement)) throw Broken(request, problem);
        return answer;
    }

    /// <summary>What is wrong with an answer; nothing for most.</summary>
    public static IEnumerable<string> Problems(string path, int status, JsonElement body)
    {
        if (path.EndsWith("/users/get-token", StringComparison.Ordinal) && status < 400)
        {
            if (!body.TryGetProperty("refresh_token", out _)) yield return "the token's answer has no refresh_token";
            yield break;
        }
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("data", out var data) || !body.TryGetProperty("error", out var error))
        {
            yield return "it has no envelope";
            yield break;
        }
        if (status >= 400)
        {
            if (error.ValueKind != JsonValueKind.Object || error.GetProperty("message").GetString() is not { Length: > 0 } || error.GetProperty("status").GetInt32() != status)
                yield return "its error does not say a message and this status";
            else if (!body.TryGetProperty("code", out var code) || code.GetString() != error.GetProperty("code").GetString())
                yield return "its code is not at the top level too";
            yield break;
        }
        if (error.ValueKind != JsonValueKind.Null) yield return "a success carries an error";
        if (body.TryGetProperty("pagination", out var pagination) && pagination.GetProperty("hasMore").ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            yield return "hasMore is no boolean";
        // Rows of a dataset are the users' own.
        if (path.EndsWith("/data", StringComparison.Ordinal) || path.EndsWith("/query-custom", StringComparison.Ordinal)) yield break;
        foreach (var problem in Walk(data, "data")) yield return problem;
    }

    static IEnumerable<string> Walk(JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return value.EnumerateArray().SelectMany((item, i) => Walk(item, $"{at}[{i}]"));
        if (value.ValueKind != JsonValueKind.Object) return [];
        var own = Record(value).Select(problem => $"{at}: {problem}");
        return own.Concat(value.EnumerateObject()
            .Where(p => p.Name is not ("preview" or "metadata" or "details" or "rows" or "report"))
            .SelectMany(p => Walk(p.Value, $"{at}.{p.Name}")));
    }

    static IEnumerable<string> Record(JsonElement record)
    {
        if (Text(record, "asset_type") is { } type && AssetTypes.Contains(type) && record.TryGetProperty("visibility", out _))
        {
            foreach (var key in (string[])["id", "user_id", "org_id", "team_id", "visibility", "created_at", "last_updated"])
                if (Text(record, key) is null) yield return $"an asset's {key} is missing or null";
            if (Text(record, "state") is not ("queued" or "in-progress" or "success" or "error")) yield return "an asset's state is null or unknown to the client";
            if (Text(record, "source") is not ("web" or "api")) yield return "an asset's source is null or unknown to the client";
            if (!record.TryGetProperty("attribution", out var attribution) || attribution.ValueKind != JsonValueKind.Object) yield return "an asset's attribution is null";
            if (record.TryGetProperty("preview", out var preview) && preview.ValueKind != JsonValueKind.Null
                && preview.ValueKind != (type is "dataset" or "file" ? JsonValueKind.Array : JsonValueKind.Object)) yield return $"the preview of a {type} has the wrong type";
            if (record.TryGetProperty("metadata", out var own) && own.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object)) yield return "an asset's metadata is no object";
            if (type == "route" && record.TryGetProperty("route", out var route) && route.ValueKind == JsonValueKind.Object)
            {
                if (Text(route, "path") is null || Text(route, "method") is null) yield return "a route has no path or method";
                if (route.TryGetProperty("responses", out var responses) && responses.ValueKind == JsonValueKind.Array) yield return "a route's responses are a list";
                if (route.TryGetProperty("security", out var security) && security.ValueKind == JsonValueKind.Object) yield return "a route's security is an object";
            }
            if (type == "conversation" && !(record.TryGetProperty("metadata", out var m) && m.TryGetProperty("members", out _))) yield return "a conversation has no members";
            if (type == "file" && record.TryGetProperty("metadata", out var f) && f.ValueKind == JsonValueKind.Object && !f.TryGetProperty("type", out _)) yield return "a file's metadata has no type";
            if (type is "post" or "quest" && record.TryGetProperty("comments", out var comments) && comments.ValueKind == JsonValueKind.Array) yield return "comments is a list";
        }
        foreach (var (key, needs) in new[] { ("user", "user_id"), ("organization", "name"), ("organization", "id") })
            if (record.TryGetProperty(key, out var nested) && (nested.ValueKind == JsonValueKind.Null || nested.ValueKind == JsonValueKind.Object && Text(nested, needs) is null))
                yield return $"the nested {key} is null or has no {needs}";
        foreach (var key in (string[])["description", "content", "review"])
            if (record.TryGetProperty(key, out var content) && content.ValueKind == JsonValueKind.Object
                && !(content.TryGetProperty("json", out var json) && json.ValueKind == JsonValueKind.Object && Text(content, "text") is not null))
                yield return $"{key} has only one of json and text";
        if (record.TryGetProperty("is_agent", out var agent) && agent.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) yield return "is_agent is null";
        if (record.TryGetProperty("route_id", out _) && Text(record, "status") is not null && (Text(record, "user_id") is null || Text(record, "id") is null)) yield return "a run has no user_id";
        if (record.TryGetProperty("source_id", out _))
            foreach (var key in (string[])["id", "type", "source_id", "target_id"])
                if (Text(record, key) is null) yield return $"a connection has no {key}";
        if (record.TryGetProperty("deleted_children", out _) && (Text(record, "id") is null || Text(record, "asset_type") is null)) yield return "a deletion does not say what was deleted";
        if (record.TryGetProperty("role", out var role) && record.TryGetProperty("asset_id", out _) && (role.ValueKind != JsonValueKind.String || Text(record, "id") is null)) yield return "a permission has no id or role";
        if (record.TryGetProperty("column_name", out _))
            foreach (var key in (string[])["data_type", "name", "type"])
                if (Text(record, key) is null) yield return $"a column has no {key}";
    }

    static string? Text(JsonElement record, string key) =>
        record.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static InvalidOperationException Broken(HttpRequestMessage request, string problem) =>
        new($"The answer to {request.Method} {request.RequestUri!.PathAndQuery} would break a client: {problem}.");
}
