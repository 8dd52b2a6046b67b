using System.Text.Json;

namespace Ouro.Server.Assets;

/// <summary>A search as an address carries it, in the public clients' spellings: filters as JSON text, and blank words for what is not set.</summary>
static class SearchText
{
    public static AssetSearch Read(
        string? query, int? limit, int? offset, string? after, string? scope, string? sort, string? timeWindow, string? filters, string? metadataFilters)
    {
        var search = new AssetSearch
        {
            Query = Set(query), Limit = limit ?? 20, Offset = offset ?? 0, After = Set(after), Scope = Set(scope), Sort = Set(sort), TimeWindow = Set(timeWindow),
            MetadataFilters = Object(metadataFilters, "metadata_filters"),
        };
        if (Object(filters, "filters") is not { } given) return search;
        foreach (var filter in given.EnumerateObject())
            search = filter.Name switch
            {
                "asset_type" => search with { Types = Words<AssetType>(filter) },
                "visibility" => search with { Visibilities = Words<Visibility>(filter) },
                "source" => search with { Source = Words<Source>(filter) is [var source, ..] ? source : null },
                "org_id" => search with { OrgId = Ids(filter).Cast<Guid?>().FirstOrDefault() },
                "team_id" => search with { TeamId = Ids(filter).Cast<Guid?>().FirstOrDefault() },
                "user_id" => search with { UserId = Ids(filter).Cast<Guid?>().FirstOrDefault() },
                "license_id" => search with { LicenseId = Texts(filter).FirstOrDefault() },
                "exclude_user_id" => search with { ExcludeUserId = Ids(filter).Cast<Guid?>().FirstOrDefault() },
                "exclude_org_ids" => search with { ExcludeOrgIds = [.. Ids(filter)] },
                "top_level_only" => search with { TopLevelOnly = filter.Value.ValueKind == JsonValueKind.True || filter.Value.ValueKind == JsonValueKind.String && filter.Value.GetString() == "true" },
                _ => search,
            };
        // A method is a route's and a status a quest's, and there are none of either yet.
        foreach (var filter in given.EnumerateObject().Where(f => f.Name is "method" or "status" && Texts(f).Any()))
            search = search with { Types = [filter.Name == "method" ? AssetType.Route : AssetType.Quest] };
        return search;
    }

    /// <summary>A value, or null for what the clients write when they have none.</summary>
    public static string? Set(string? value) =>
        string.IsNullOrWhiteSpace(value) || value.Trim().ToLowerInvariant() is "null" or "none" or "undefined" or "/null" ? null : value.Trim();

    static JsonElement? Object(string? text, string field)
    {
        if (Set(text) is not { } given) return null;
        try
        {
            if (JsonSerializer.Deserialize<JsonElement>(given) is { ValueKind: JsonValueKind.Object } value) return value;
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw Refusal.Fields((field, $"{field} is the JSON text of an object."));
    }

    static List<T> Words<T>(JsonProperty filter) where T : struct, Enum => [.. Texts(filter).Select(text => Contract.One<T>(text, $"filters.{filter.Name}"))];

    static IEnumerable<string> Texts(JsonProperty filter)
    {
        var values = filter.Value.ValueKind == JsonValueKind.Array ? filter.Value.EnumerateArray() : Enumerable.Repeat(filter.Value, 1);
        foreach (var value in values)
            if (value.ValueKind == JsonValueKind.String) { if (Set(value.GetString()) is { } text) yield return Contract.Clean(text, $"filters.{filter.Name}"); }
            else if (value.ValueKind != JsonValueKind.Null)
                throw Refusal.Fields(($"filters.{filter.Name}", $"{filter.Name} is a text, or a list of texts."));
    }

    static IEnumerable<Guid> Ids(JsonProperty filter)
    {
        foreach (var text in Texts(filter).Take(201))
            yield return Guid.TryParse(text, out var id) ? id : throw Refusal.Fields(($"filters.{filter.Name}", $"{filter.Name} is a uuid."));
    }
}
