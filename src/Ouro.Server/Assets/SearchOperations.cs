using System.Text;
using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>The one list of assets: browse, search words, look up an id; always only what the actor may see.</summary>
public sealed class SearchOperations(Db db, Clock clock, AssetOperations assets)
{
    public async Task<Page<Asset>> Search(Actor actor, AssetSearch search, CancellationToken ct)
    {
        Contract.Window(search.Limit, search.Offset);
        var query = Contract.Clean(search.Query?.Trim() ?? "", "query");
        var found = Guid.TryParse(query, out var id)
            ? await assets.Lookup(actor, id, ct)
            : await Matching(actor, search with { Query = query }, ct);
        var page = found.Take(search.Limit).Select(assets.Shaped).ToList();
        var more = found.Count > search.Limit;
        // Only the order by creation has a cursor; the others shift while they are read.
        var after = more && IsByCreation(search, query) ? new Cursor(page[^1].CreatedAt, page[^1].Id).ToString() : null;
        return new(page, new(search.Offset, search.Limit, more, After: after));
    }

    async Task<List<AssetRow>> Matching(Actor actor, AssetSearch search, CancellationToken ct)
    {
        var (filters, order) = Parts(actor, search, DateOnly.FromDateTime(clock.Now().UtcDateTime));
        return await AssetStore.Search(db, actor, search, filters, order, ct);
    }

    static bool IsByCreation(AssetSearch search, string query) => (search.Sort ?? (query.Length > 0 ? "relevant" : "recent")) == "recent" || (search.Sort == "relevant" && query.Length == 0);

    static SearchOrder Order(AssetSearch search, string query, DateOnly today)
    {
        Sql byCreation = $"a.created_at desc, a.id desc";
        if (IsByCreation(search, query)) return new(byCreation, byCreation, Sql.Empty, Sql.Empty, Snippet(query));
        return search.Sort switch
        {
            null or "relevant" => new(
                $"relevance desc, {byCreation}", $"a.relevance desc, {byCreation}", $", ts_rank_cd(a.words, {Words(query)}) as relevance", Sql.Empty, Snippet(query)),
            "updated" => new($"a.last_updated desc, a.id desc", $"a.last_updated desc, a.id desc", Sql.Empty, Sql.Empty, Snippet(query)),
            "popular" => new(
                $"views desc, {byCreation}", $"a.views desc, {byCreation}", $", coalesce(c.views, 0) as views", Popular(search.TimeWindow, today), Snippet(query)),
            _ => throw Refusal.Fields(("sort", "sort is relevant, recent, popular or updated.")),
        };
    }

    static Sql Popular(string? window, DateOnly today)
    {
        var since = window switch
        {
            "day" => today.AddDays(-1),
            "week" => today.AddDays(-7),
            null or "month" => today.AddMonths(-1),
            "all" => DateOnly.MinValue,
            _ => throw Refusal.Fields(("time_window", "time_window is day, week, month or all.")),
        };
        return $" left join (select v.asset_id, sum(v.views)::bigint as views from asset_views v where v.day >= {since} group by v.asset_id) c on c.asset_id = a.id";
    }

    static Sql Snippet(string query) => query.Length == 0 ? Sql.Empty : $"""
        , case when a.description is null then null else ts_headline('english', left(a.description ->> 'text', 20000), {Words(query)},
          'StartSel=**, StopSel=**, MaxFragments=1, MaxWords=30, MinWords=10') end as snippet,
        case when to_tsvector('simple', coalesce(a.name, '')) @@ {Words(query)} or to_tsvector('english', coalesce(a.name, '')) @@ {Words(query)}
          then 'name' else 'body' end as match_source
        """;

    /// <summary>What a search narrows the list to, as conditions over <c>assets a</c>.</summary>
    internal static (Sql Filters, SearchOrder Order) Parts(Actor actor, AssetSearch search, DateOnly today)
    {
        var query = search.Query ?? "";
        return (Filters(actor, search, query), Order(search, query, today));
    }

    static Sql Filters(Actor actor, AssetSearch search, string query)
    {
        List<Sql> filters = [];
        if (query.Length > 0) filters.Add($"a.words @@ {Words(query)}");
        if (search.Types.Count > 0) filters.Add($"a.asset_type = any({search.Types.Select(t => Wire.Name(t)).ToArray()})");
        if (search.OrgId is { } org) filters.Add($"a.org_id = {org}");
        if (search.TeamId is { } team) filters.Add($"a.team_id = {team}");
        if (search.UserId is { } user) filters.Add($"a.user_id = {user}");
        if (search.Visibility is { } visibility) filters.Add($"a.visibility = {visibility}");
        if (search.Source is { } source) filters.Add($"a.source = {source}");
        if (search.TopLevelOnly) filters.Add($"a.parent_id is null");
        filters.Add(search.Scope switch
        {
            null or "all" => Sql.True,
            "personal" => $"a.user_id = {actor.Id} and a.org_id = {Ids.Global}",
            "org" => $"a.org_id = {actor.Context}",
            "global" => $"a.visibility = 'public'",
            _ => throw Refusal.Fields(("scope", "scope is personal, org, global or all.")),
        });
        if (search.After is { Length: > 0 } after)
        {
            if (!IsByCreation(search, query)) throw Refusal.Fields(("after", "Only the order by creation has a cursor; page this list by offset."));
            var cursor = Cursor.Parse(after);
            filters.Add($"(a.created_at, a.id) < ({cursor.At}, {cursor.Id})");
        }
        return Sql.Join(" and ", filters);
    }

    // Whole words as a person writes them, or the beginnings of words, as a search box sees them while somebody types.
    static Sql Words(string query)
    {
        var beginnings = Beginnings(query);
        Sql words = $"websearch_to_tsquery('english', {query})";
        return beginnings.Length == 0 ? words : $"({words} || to_tsquery('simple', {beginnings}))";
    }

    static string Beginnings(string query)
    {
        var words = new StringBuilder();
        foreach (var c in query) words.Append(char.IsLetterOrDigit(c) ? c : ' ');
        return string.Join(" & ", words.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(16).Select(w => w + ":*"));
    }

    /// <summary>Reads the public clients' query: filters as JSON text, and blank words for what is not set.</summary>
    public static AssetSearch Read(string? query, int? limit, int? offset, string? after, string? scope, string? sort, string? timeWindow, string? filters)
    {
        var (size, skip) = Contract.Window(limit, offset);
        var search = new AssetSearch
        {
            Query = query, Limit = size, Offset = skip, After = after, Scope = Set(scope), Sort = Set(sort), TimeWindow = Set(timeWindow),
        };
        if (Set(filters) is not { } text) return search;
        JsonElement given;
        try
        {
            given = JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            throw Refusal.Fields(("filters", "filters is the JSON text of an object."));
        }
        if (given.ValueKind != JsonValueKind.Object) throw Refusal.Fields(("filters", "filters is the JSON text of an object."));
        foreach (var filter in given.EnumerateObject())
            search = filter.Name switch
            {
                "asset_type" => search with { Types = [.. Texts(filter).Select(text => Contract.One<AssetType>(text, $"filters.{filter.Name}"))] },
                "org_id" => search with { OrgId = Id(filter) },
                "team_id" => search with { TeamId = Id(filter) },
                "user_id" => search with { UserId = Id(filter) },
                "visibility" => search with { Visibility = Texts(filter).Select(text => Contract.One<Visibility>(text, $"filters.{filter.Name}")).Cast<Visibility?>().FirstOrDefault() },
                "source" => search with { Source = Texts(filter).Select(text => Contract.One<Source>(text, $"filters.{filter.Name}")).Cast<Source?>().FirstOrDefault() },
                "top_level_only" => search with { TopLevelOnly = filter.Value.ValueKind == JsonValueKind.True },
                _ => search,
            };
        return search;
    }

    static string? Set(string? value) =>
        string.IsNullOrWhiteSpace(value) || value.Trim().ToLowerInvariant() is "null" or "none" or "undefined" or "/null" ? null : value.Trim();

    static IEnumerable<string> Texts(JsonProperty filter)
    {
        var values = filter.Value.ValueKind == JsonValueKind.Array ? filter.Value.EnumerateArray() : Enumerable.Repeat(filter.Value, 1);
        foreach (var value in values)
            if (value.ValueKind == JsonValueKind.String) { if (Set(value.GetString()) is { } text) yield return text; }
            else if (value.ValueKind != JsonValueKind.Null)
                throw Refusal.Fields(($"filters.{filter.Name}", $"{filter.Name} is a text, or a list of texts."));
    }

    static Guid? Id(JsonProperty filter) => Texts(filter).FirstOrDefault() is not { } text ? null
        : Guid.TryParse(text, out var id) ? id
        : throw Refusal.Fields(($"filters.{filter.Name}", $"{filter.Name} is a uuid."));
}
