using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>Users' SQL over datasets.</summary>
public sealed partial class DatasetOperations
{
    /// <summary>Runs one SELECT as the dataset's own role, which can reach nothing else.</summary>
    public async Task<QueryAnswer> Query(Actor actor, Guid id, QueryDataset input, CancellationToken ct)
    {
        var result = await Query(actor, id, input, QueryLimits.Default, ct);
        return new([.. result.Columns.Select(c => new DatasetColumn(c.Name, c.Type))], result.Rows, result.Count, DatasetRules.Told(result.Truncated));
    }

    async Task<QueryResult> Query(Actor actor, Guid id, QueryDataset input, QueryLimits limits, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(input.Query)) throw Refusal.Fields(("query", "query is one SELECT; {{table}} stands for the dataset."));
        var table = await Find(actor, id, ct);
        await assets.MustOpen(actor, id, ct);
        if (!MayQuery)
            throw Refusal.Forbidden("user_sql_off", "SQL is off on this server: its database could not be hardened, because the server is no superuser there.", "An operator can turn it on with OURO_USER_SQL.");
        return await Run(table.Table, input.Query, limits, ct);
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

    async Task<QueryResult> Run(DatasetTable table, string sql, QueryLimits limits, CancellationToken ct)
    {
        try
        {
            return await userSql.Run(table, sql, limits, ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            // A restored database comes without its roles, and another server key makes other passwords: the role is made anew.
            await roles.Create(db, table, ct);
            await userSql.Drop(table);
            return await userSql.Run(table, sql, limits, ct);
        }
    }
}
