using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>A dataset's table, as it stands beside the asset.</summary>
/// <param name="AssetId">The dataset.</param>
/// <param name="Name">The view that everybody reads.</param>
/// <param name="Label">The name that people are shown; unique to nobody.</param>
/// <param name="Columns">The columns, in order.</param>
/// <param name="RowCount">Its rows, counted as they come in.</param>
public sealed record StoredTable(Guid AssetId, string Name, string Label, List<StoredColumn> Columns, long RowCount)
{
    public DatasetTable Table => new(AssetId, Name);

    /// <summary>The physical table behind the view, with the hidden order of ingestion.</summary>
    public string PhysicalName => Physical(Name);

    public static string Physical(string view) => "t_" + view[2..];

    /// <summary>The table, and its columns without the hidden one, ready for a statement.</summary>
    public Sql From => $"datasets.{Sql.Identifier(PhysicalName)}";

    public Sql View => $"datasets.{Sql.Identifier(Name)}";

    public Sql ColumnList => Sql.Join(", ", Columns.Select(c => Sql.Identifier(c.Name)));
}

/// <summary>A column of a dataset.</summary>
/// <param name="Name">Its name: lowercase snake_case.</param>
/// <param name="Type">Its type.</param>
/// <param name="SentAs">Its name as it was sent.</param>
public sealed record StoredColumn(string Name, ColumnType Type, string SentAs)
{
    public DatasetColumn ToColumn() => new(Name, Type.SqlName());
}

static class DatasetStore
{
    static Sql Columns => $"d.asset_id, d.name, d.label, d.columns, d.row_count";

    public static Task<StoredTable?> Find(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<StoredTable>($"""
        select {Columns}
        from dataset_tables d
        join assets a on a.id = d.asset_id
        where d.asset_id = {id} and {Rights.CanRead(actor)}
        """, ct);

    /// <summary>Those of these datasets whose rows the actor may see.</summary>
    public static Task<List<StoredTable>> FindAll(Session db, Actor actor, Guid[] ids, CancellationToken ct) => db.Query<StoredTable>($"""
        select {Columns}
        from dataset_tables d
        join assets a on a.id = d.asset_id
        where d.asset_id = any({ids}) and {Rights.CanOpen(actor)}
        """, ct);

    /// <summary>The table, held against other writers until the transaction ends.</summary>
    public static Task<StoredTable?> Hold(Session tx, Guid id, CancellationToken ct) => tx.Maybe<StoredTable>($"""
        select {Columns} from dataset_tables d where d.asset_id = {id} for update
        """, ct);

    public static Task Add(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"""
        insert into dataset_tables (asset_id, name, label, columns, row_count)
        values ({table.AssetId}, {table.Name}, {table.Label}, {Wire.Element(table.Columns)}, {table.RowCount})
        """, ct);

    public static Task SetRowCount(Session tx, Guid id, long rows, CancellationToken ct) =>
        tx.Run($"update dataset_tables set row_count = {rows} where asset_id = {id}", ct);

    public static Task CreateTable(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"""
        create table {table.From} ({Sql.Identifier(ColumnNames.Row)} bigint generated always as identity primary key,
          {Sql.Join(", ", table.Columns.Select(c => (Sql)$"{Sql.Identifier(c.Name)} {Sql.Trusted(c.Type.SqlName())}"))})
        """, ct);

    public static Task CreateView(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"""
        create view {table.View} as select {table.ColumnList} from {table.From}
        """, ct);

    public static async Task Drop(Session tx, StoredTable table, CancellationToken ct)
    {
        await tx.Run($"drop view if exists {table.View}", ct);
        await tx.Run($"drop table if exists {table.From}", ct);
    }

    public static Task<long> SizeOf(Session db, StoredTable table, CancellationToken ct) =>
        db.Maybe<long>($"select coalesce(pg_total_relation_size(to_regclass({"datasets." + table.PhysicalName})), 0)", ct);

    /// <summary>
    /// One page in one statement: the right is a condition beside the rows. Numbers 1 to n without a gap are found by the number itself, so that
    /// the last page of a million rows costs what the first one does.
    /// </summary>
    public static Sql PageOf(StoredTable table, Actor actor, int limit, int offset)
    {
        Sql row = Sql.Identifier(ColumnNames.Row);
        return $"""
            with state as materialized (
              select coalesce((select max({row}) from {table.From}), 0) = d.row_count as is_dense
              from dataset_tables d
              join assets a on a.id = d.asset_id
              where d.asset_id = {table.AssetId} and {Rights.CanOpen(actor)})
            select {table.ColumnList}
            from {table.From}
            where {row} > (select case when is_dense then {(long)offset} else 0 end from state)
            order by {row}
            limit {limit + 1}
            offset (select case when is_dense then 0 else {(long)offset} end from state)
            """;
    }

    public static Sql FirstRows(StoredTable table, int count) =>
        $"select {table.ColumnList} from {table.From} order by {Sql.Identifier(ColumnNames.Row)} limit {count}";
}
