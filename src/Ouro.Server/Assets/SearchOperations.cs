using System.Text;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>The one list of assets: browse, search words, look up an id; always only what the actor may see.</summary>
public sealed class SearchOperations(Db db, Clock clock, AssetOperations assets)
{
    /// <summary>The largest page.</summary>
    public const int MostOfAPage = 200;

    public async Task<Page<Asset>> Search(Actor actor, AssetSearch search, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(Math.Min(search.Limit, MostOfAPage), search.Offset);
        search = search with { Limit = size, Query = Contract.Clean(search.Query?.Trim() ?? "", "query") };
        var (filters, order) = Parts(actor, search, Today);
        // An id as the query finds that asset, whatever else is asked for.
        if (Guid.TryParse(search.Query, out var id))
            return Page(skip > 0 || search.After is not null ? [] : await assets.Lookup(actor, id, ct), search, order);
        return Page(await AssetStore.Search(db, actor, search, filters, order, ct), search, order);
    }

    /// <summary>What belongs to an asset and the actor may see, newest first.</summary>
    public async Task<Page<Asset>> Children(Actor actor, Guid id, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, MostOfAPage);
        await assets.RightsOn(actor, id, ct);
        var search = new AssetSearch { Limit = size, Offset = skip, After = after };
        var (filters, order) = Parts(actor, search, Today);
        return Page(await AssetStore.Search(db, actor, search, $"a.parent_id = {id} and {filters}", order, ct), search, order);
    }

    DateOnly Today => DateOnly.FromDateTime(clock.Now().UtcDateTime);

    Page<Asset> Page(List<AssetRow> found, AssetSearch search, SearchOrder order)
    {
        var page = found.Take(search.Limit).Select(assets.Shaped).ToList();
        var more = found.Count > search.Limit;
        // At its end a list is counted; before it, counting would cost more than it tells.
        long? total = more || search.After is { Length: > 0 } || page.Count == 0 && search.Offset > 0 ? null : search.Offset + page.Count;
        return new(page, new(search.Offset, search.Limit, more, total, more && order.Moment is { } moment ? new Cursor(moment(page[^1]), page[^1].Id).ToString() : null));
    }

    /// <summary>What a search narrows the list to, as conditions over <c>assets a</c>, and its order.</summary>
    internal static (Sql Filters, SearchOrder Order) Parts(Actor actor, AssetSearch search, DateOnly today)
    {
        var order = Order(search, search.Query ?? "", today);
        return (Filters(actor, search, search.Query ?? "", order), order);
    }

    static SearchOrder Order(AssetSearch search, string query, DateOnly today)
    {
        var since = search.TimeWindow switch
        {
            "day" => today.AddDays(-1),
            "week" => today.AddDays(-7),
            null or "month" => today.AddMonths(-1),
            "all" => DateOnly.MinValue,
            _ => throw Refusal.Fields(("time_window", "time_window is day, week, month or all.")),
        };
        var recent = new SearchOrder($"a.created_at desc, a.id desc", Sql.Empty, Snippet(query), a => a.CreatedAt);
        return (search.Sort ?? (query.Length > 0 ? "relevant" : "recent")) switch
        {
            "recent" => recent,
            "relevant" when query.Length == 0 => recent,
            "relevant" => new($"a.relevance desc, {recent.By}", $", ts_rank_cd(a.words, {Words(query)}) as relevance", recent.Columns),
            "updated" => new($"a.last_updated desc, a.id desc", Sql.Empty, recent.Columns, a => a.LastUpdated),
            "popular" => new($"a.popularity desc, {recent.By}", Sql.Empty, recent.Columns) { PopularSince = since },
            _ => throw Refusal.Fields(("sort", "sort is relevant, recent, popular or updated.")),
        };
    }

    static Sql Snippet(string query) => query.Length == 0 ? Sql.Empty : $"""
        , case when a.description is null then null else ts_headline('english', left(a.description ->> 'text', 20000), {Words(query)},
          'StartSel=**, StopSel=**, MaxFragments=1, MaxWords=30, MinWords=10') end as snippet,
        case when to_tsvector('simple', coalesce(a.name, '')) @@ {Words(query)} or to_tsvector('english', coalesce(a.name, '')) @@ {Words(query)}
          then 'name' else 'body' end as match_source
        """;

    static Sql Filters(Actor actor, AssetSearch search, string query, SearchOrder order)
    {
        List<Sql> filters = [];
        if (query.Length > 0) filters.Add($"a.words @@ {Words(query)}");
        if (search.Types.Count > 0) filters.Add($"a.asset_type = any({search.Types.Select(t => Wire.Name(t)).ToArray()})");
        if (search.OrgId is { } org) filters.Add($"a.org_id = {org}");
        if (search.TeamId is { } team) filters.Add($"a.team_id = {team}");
        if (search.UserId is { } user) filters.Add($"a.user_id = {user}");
        if (search.Visibilities.Count > 0) filters.Add($"a.visibility = any({search.Visibilities.Select(v => Wire.Name(v)).ToArray()})");
        if (search.LicenseId is { } licence) filters.Add($"a.license_id = {licence}");
        if (search.Source is { } source) filters.Add($"a.source = {source}");
        if (search.TopLevelOnly) filters.Add($"a.parent_id is null");
        if (search.ExcludeUserId is { } other) filters.Add($"a.user_id <> {other}");
        if (search.ExcludeOrgIds.Count > 0) filters.Add($"a.org_id <> all({search.ExcludeOrgIds.ToArray()})");
        if (search.MetadataFilters is { } metadata) filters.Add(MetadataFilters.Of(actor, metadata));
        filters.Add(search.Scope switch
        {
            null or "all" => Sql.True,
            "personal" => $"a.user_id = {actor.Id} and a.org_id = {Ids.Global}",
            "org" => $"a.org_id = {actor.Context}",
            "global" => $"a.visibility in ('public', 'monetized')",
            _ => throw Refusal.Fields(("scope", "scope is personal, org, global or all.")),
        });
        if (search.After is { Length: > 0 } after)
        {
            if (order.Moment is null) throw Refusal.Fields(("after", "Only the orders recent and updated have a cursor; page this list by offset."));
            var cursor = Cursor.Parse(after);
            Sql moment = search.Sort == "updated" ? (Sql)$"a.last_updated" : $"a.created_at";
            filters.Add($"({moment}, a.id) < ({cursor.At}, {cursor.Id})");
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
}
