using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>Users' SQL over datasets.</summary>
public sealed partial class DatasetOperations
{
    /// <summary>Runs one SELECT on a dataset, and on others that it names, under a login that can reach nothing else.</summary>
    public Task<QueryAnswer> Query(Actor actor, Guid id, QueryDataset input, CancellationToken ct) =>
        running.Run(actor.Id, input.QueryId, async stop => Told(await Query(actor, id, input, QueryLimits.Default, stop)), ct);

    /// <summary>Runs one SELECT on the datasets that it names by their ids.</summary>
    public Task<QueryAnswer> QueryAcross(Actor actor, QueryDataset input, CancellationToken ct) =>
        running.Run(actor.Id, input.QueryId, async stop => Told(await Query(actor, null, input, QueryLimits.Default, stop)), ct);

    /// <summary>Stops a query of the caller's that is waiting or running; one that has ended is let be.</summary>
    public async Task<CancelledQuery> CancelQuery(Actor actor, Guid queryId, CancellationToken ct)
    {
        await running.Stop(actor.Id, queryId, ct);
        return new(queryId);
    }

    /// <summary>How PostgreSQL would run a SELECT. It is planned and not run.</summary>
    public async Task<RawJson> Plan(Actor actor, Guid id, QueryDataset input, CancellationToken ct)
    {
        var query = await Ready(actor, id, input, ct);
        return await AsTheirLogin(actor, query, () => userSql.Plan(query, actor.Id, ct), ct);
    }

    async Task<QueryResult> Query(Actor actor, Guid? home, QueryDataset input, QueryLimits limits, CancellationToken ct)
    {
        var query = await Ready(actor, home, input, ct);
        return await AsTheirLogin(actor, query, () => userSql.Run(query, actor.Id, limits, ct), ct);
    }

    /// <summary>A page of a dataset, or of what a SELECT makes of it.</summary>
    public async Task<DatasetPage> Page(Actor actor, Guid id, PageOfDataset input, CancellationToken ct)
    {
        var (limit, offset) = Contract.Window(input.Limit, input.Offset, 100, MostRowsOfAPage);
        if (input.Sql is null)
        {
            var page = await Rows(actor, id, limit, offset, ct, input.ResolveRefs);
            return new(page.Rows, limit, offset, page.Pagination.HasMore, null, page.ResolvedRefs);
        }
        if (input.ResolveRefs)
            throw Refusal.Fields(("resolve_refs", "resolve_refs works on pages of rows and not with sql. Leave one of them out."));
        var (sql, isPaged) = QueryPaging.Of(input.Sql, limit, offset);
        var limits = isPaged ? QueryLimits.Default with { Rows = limit } : QueryLimits.Default;
        var result = await Query(actor, id, new(sql), limits, ct);
        // A page that its own limit cut is whole; what is left is the next page.
        var isCut = result.Truncated is not null && !(isPaged && result.Truncated is Truncation.Rows);
        return new(result.Rows, isPaged ? limit : null, isPaged ? offset : null, result.Truncated is not null, isCut ? DatasetRules.Told(result.Truncated) : null);
    }

    static QueryAnswer Told(QueryResult result) =>
        new([.. result.Columns.Select(c => new DatasetColumn(c.Name, c.Type))], result.Rows, result.Count, DatasetRules.Told(result.Truncated));

    /// <summary>The SQL over the datasets that it names, each of which the actor may open at this moment.</summary>
    async Task<SentQuery> Ready(Actor actor, Guid? home, QueryDataset input, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(input.Query)) throw Refusal.Fields(("query", "query is one SELECT; {{table}} stands for the dataset."));
        var text = QueryText.Read(input.Query);
        Guid[] asked = [.. home is { } own ? text.Others.Prepend(own).Distinct() : text.Others];
        var tables = (await DatasetStore.FindAll(db, actor, asked, ct)).ToDictionary(t => t.AssetId, t => t.Table);
        foreach (var id in asked)
        {
            if (tables.ContainsKey(id)) continue;
            await MustOpen(actor, id, ct);
            throw Refusal.NoAsset(id);
        }
        if (!MayQuery)
            throw Refusal.Forbidden("user_sql_off", "SQL is off on this server: its database could not be hardened, because the server is no superuser there.", "An operator can turn it on with OURO_USER_SQL.");
        return text.Over(home is { } table ? tables[table] : null, tables);
    }

    /// <summary>Runs what reads these datasets. Of one that is deleted meanwhile a view without rights may be left, or rights without a view: it is told as gone.</summary>
    async Task<T> AsTheirLogin<T>(Actor actor, SentQuery query, Func<Task<T>> run, CancellationToken ct)
    {
        try
        {
            return await WithLogin(query, run, ct);
        }
        catch (Exception e) when (e is PostgresException or Refusal { Code: PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedTable })
        {
            var there = await DatasetStore.FindAll(db, actor, [.. query.Tables.Select(t => t.Id)], ct);
            if (query.Tables.FirstOrDefault(t => !there.Exists(kept => kept.AssetId == t.Id)) is { } gone) throw Refusal.NoAsset(gone.Id);
            throw;
        }
    }

    async Task<T> WithLogin<T>(SentQuery query, Func<Task<T>> run, CancellationToken ct)
    {
        try
        {
            return await run();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            // A set of datasets is asked for the first time, or its login has run out. A restored database comes without its roles, and another
            // server key makes other passwords.
            if (query.Tables is [var table]) await roles.Create(db, table, ct);
            else await roles.CreateSet(db, query.Tables, ct);
            return await run();
        }
    }
}
