using Ouro.Server.Access;
using Ouro.Server.Assets;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>What the head of a dataset's page says, besides the asset itself.</summary>
public sealed record DatasetHead(
    Guid AssetId, string Name, string Label, List<StoredColumn> Columns, long RowCount, long SizeBytes, bool MayOpen, bool MayWrite, bool MayManage, long Views);

/// <summary>Something that happened to a dataset.</summary>
public sealed record DatasetEvent(DateTimeOffset At, string Name, string? Username, System.Text.Json.JsonElement Data);

static class BrowseStore
{
    /// <summary>All that the head says in one statement; where somebody came to look, that is counted.</summary>
    public static Task<DatasetHead?> Head(Session db, Actor actor, Guid id, DateTimeOffset now, bool isLook, CancellationToken ct) => db.Maybe<DatasetHead>($"""
        with seen as ({Looks.Seen(actor, id)} and {isLook}),
        counted as ({Looks.Counted(now)}),
        noted as ({Looks.Noted(actor, now)})
        select d.asset_id, d.name, d.label, d.columns, d.row_count,
          coalesce(pg_total_relation_size(to_regclass('datasets.t_' || substr(d.name, 3))), 0) as size_bytes,
          {Rights.CanOpen(actor)} as may_open, {Rights.CanWrite(actor)} as may_write, {Rights.CanManage(actor)} as may_manage,
          (coalesce((select sum(v.views) from asset_views v where v.asset_id = a.id), 0) + (select count(*) from counted))::bigint as views
        from dataset_tables d
        join assets a on a.id = d.asset_id
        where d.asset_id = {id} and {Rights.CanRead(actor)}
        """, ct);

    /// <summary>
    /// A page of sorted or filtered rows, and behind their columns each row's own number. A cursor is such a number: what is behind it is
    /// found by the value that its row has, so that no page costs more than the first.
    /// </summary>
    public static Sql PageOf(StoredTable table, Actor actor, RowOrder? order, IReadOnlyList<RowFilter> filters, long? after, int limit)
    {
        var row = Sql.Identifier(ColumnNames.Row);
        Sql value = order is null ? row : Sql.Identifier(order.Column.Name);
        Sql by = order is null ? row : (Sql)$"{value} {Sql.Trusted(order.IsDescending ? "desc" : "asc")} nulls last, {row}";
        Sql at = after is null ? Sql.Empty : (Sql)$", at as materialized (select {value} as value from {table.From} where {row} = {after})";
        Sql behind = after is null ? Sql.True
            : order is null ? (Sql)$"{row} > {after}"
            : (Sql)$"""
                exists (select from at) and ({value} {Sql.Trusted(order.IsDescending ? "<" : ">")} (select value from at)
                  or ({value} is null and (select value from at) is not null)
                  or ({value} is not distinct from (select value from at) and {row} > {after}))
                """;
        return $"""
            with {Readable(table, actor)}{at}
            select {table.ColumnList}, {row}
            from {table.From}
            where exists (select from readable) and {Conditions(filters)} and ({behind})
            order by {by}
            limit {limit + 1}
            """;
    }

    public static Task<bool> HasRow(Session db, StoredTable table, long row, CancellationToken ct) =>
        db.Maybe<bool>($"select exists (select from {table.From} where {Sql.Identifier(ColumnNames.Row)} = {row})", ct);

    /// <summary>How many rows meet the conditions, counted as far as <paramref name="most"/>.</summary>
    public static Sql CountOf(StoredTable table, Actor actor, IReadOnlyList<RowFilter> filters, int most) => $"""
        with {Readable(table, actor)}
        select count(*) from (select from {table.From} where exists (select from readable) and {Conditions(filters)} limit {most}) matching
        """;

    /// <summary>Rows to summarize, each value as short text: all of a small table, of a large one whole blocks here and there.</summary>
    public static Sql SampleOf(StoredTable table, IReadOnlyList<StoredColumn> columns, long rows)
    {
        Sql sample = table.RowCount <= rows ? Sql.Empty : (Sql)$"tablesample system ({100.0 * rows / table.RowCount}) repeatable (1)";
        return $"""
            select {Sql.Join(", ", columns.Select(c => c.Type is ColumnType.Text ? (Sql)$"left({Sql.Identifier(c.Name)}, 61)" : Sql.Identifier(c.Name)))}
            from {table.From} {sample}
            limit {2 * rows}
            """;
    }

    /// <summary>What happened to a dataset, newest first.</summary>
    public static Task<List<DatasetEvent>> History(Session db, Actor actor, Guid id, int most, CancellationToken ct) => db.Query<DatasetEvent>($"""
        select e.at, e.name, u.username, e.data
        from events e
        join assets a on a.id = e.subject_id
        left join users u on u.id = e.actor_id
        where e.subject_id = {id} and e.audience = 'asset' and {Rights.CanRead(actor)}
        order by e.id desc
        limit {most}
        """, ct);

    static Sql Readable(StoredTable table, Actor actor) => $"""
        readable as materialized (
          select from dataset_tables d join assets a on a.id = d.asset_id where d.asset_id = {table.AssetId} and d.version = {table.Version} and {Rights.CanOpen(actor)})
        """;

    static Sql Conditions(IReadOnlyList<RowFilter> filters) => filters.Count == 0 ? Sql.True : Sql.Join(" and ", filters.Select(Condition));

    static Sql Condition(RowFilter filter)
    {
        var column = Sql.Identifier(filter.Column.Name);
        var value = filter.Values[0];
        // A column of whole numbers may be compared with a fraction.
        var type = Sql.Trusted(filter.Column.Type is ColumnType.Bigint && !filter.Values.All(v => long.TryParse(v, out _)) ? "numeric" : filter.Column.Type.SqlName());
        return filter.Operator switch
        {
            FilterOperator.Eq => $"{column} = {value}::{type}",
            // Who looks for what is not x means the rows without a value too.
            FilterOperator.Neq => $"{column} is distinct from {value}::{type}",
            FilterOperator.Gt => $"{column} > {value}::{type}",
            FilterOperator.Gte => $"{column} >= {value}::{type}",
            FilterOperator.Lt => $"{column} < {value}::{type}",
            FilterOperator.Lte => $"{column} <= {value}::{type}",
            FilterOperator.Like => $"position({value} in {column}) > 0",
            FilterOperator.Ilike => $"position(lower({value}) in lower({column})) > 0",
            FilterOperator.In => $"{column} = any({filter.Values.ToArray()}::{type}[])",
            _ => value == "null" ? (Sql)$"{column} is null" : (Sql)$"{column} is not null",
        };
    }
}
