using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

static class DatasetStore
{
    static Sql Columns => $"d.asset_id, d.name, d.label, d.columns, d.row_count, d.version";

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

    /// <summary>The table for somebody who may see it, with whether they may write to it.</summary>
    public static Task<WritableTable?> FindToWrite(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<WritableTable>($"""
        select {Columns}, {Rights.CanWrite(actor)} as may_write
        from dataset_tables d
        join assets a on a.id = d.asset_id
        where d.asset_id = {id} and {Rights.CanRead(actor)}
        """, ct);

    /// <summary>The table, held against other writers until the transaction ends.</summary>
    public static Task<StoredTable?> Hold(Session tx, Guid id, CancellationToken ct) => tx.Maybe<StoredTable>($"""
        select {Columns} from dataset_tables d where d.asset_id = {id} for update
        """, ct);

    public static Task Add(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"""
        insert into dataset_tables (asset_id, name, label, columns, row_count)
        values ({table.AssetId}, {table.Name}, {table.Label}, {Wire.Element(table.Columns)}, {table.RowCount})
        """, ct);

    /// <summary>Writes down what the columns are now.</summary>
    public static Task SetColumns(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"""
        update dataset_tables set columns = {Wire.Element(table.Columns)}, version = {table.Version} where asset_id = {table.AssetId}
        """, ct);

    /// <summary>Writes down how many rows there are now, and on the asset that it changed; a preview of null keeps the one it has.</summary>
    public static Task SetRows(Session tx, Guid id, long rows, DateTimeOffset now, System.Text.Json.JsonElement? preview, CancellationToken ct) => tx.Run($"""
        with counted as (update dataset_tables set row_count = {rows} where asset_id = {id})
        update assets set last_updated = {now}, preview = coalesce({preview}, preview) where id = {id}
        """, ct);

    public static Task CreateTable(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"""
        create table {table.From} ({Sql.Identifier(ColumnNames.Row)} bigint generated always as identity primary key,
          {Sql.Join(", ", table.Columns.Select(c => c.Definition))})
        """, ct);

    public static Task CreateView(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"""
        create view {table.View} as select {table.ColumnList} from {table.From}
        """, ct);

    public static Task DropView(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"drop view if exists {table.View}", ct);

    public static Task DropTable(Session tx, StoredTable table, CancellationToken ct) => tx.Run($"drop table if exists {table.From}", ct);

    /// <summary>How many columns the table ever had; PostgreSQL counts those that were dropped against its limit of 1,600.</summary>
    public static Task<int> ColumnsEver(Session tx, StoredTable table, CancellationToken ct) => tx.Maybe<int>($"""
        select max(attnum)::int from pg_attribute where attrelid = to_regclass({"datasets." + table.PhysicalName})
        """, ct);

    public static Task<long> SizeOf(Session db, StoredTable table, CancellationToken ct) =>
        db.Maybe<long>($"select coalesce(pg_total_relation_size(to_regclass({"datasets." + table.PhysicalName})), 0)", ct);

    /// <summary>
    /// One page in one statement: the right is a condition beside the rows. Numbers 1 to n without a gap are found by the number itself, so that
    /// the last page of a million rows costs what the first one does; where there is a gap, or the right is inherited, no row comes. The limit stands
    /// in the text, because PostgreSQL keeps the plan of a prepared statement only when it knows how few rows are wanted.
    /// </summary>
    public static Sql PageOf(StoredTable table, Actor actor, int limit, int offset)
    {
        Sql row = Sql.Identifier(ColumnNames.Row);
        // Of a table whose columns are not these any more no row is found, and the caller looks for its columns anew.
        return $"""
            select {table.ColumnList}
            from {table.From}
            where {row} > {(long)offset} and (
              select coalesce((select max({row}) from {table.From}), 0) = d.row_count
              from dataset_tables d
              join assets a on a.id = d.asset_id
              where d.asset_id = {table.AssetId} and d.version = {table.Version} and {Rights.CanOpenItself(actor)})
            order by {row}
            {Sql.Limit(limit + 1)}
            """;
    }

    /// <summary>The same for every table: rows that came before are counted.</summary>
    public static Sql PageByCounting(StoredTable table, Actor actor, int limit, int offset) => $"""
        select {table.ColumnList}
        from {table.From}
        where exists (
          select from dataset_tables d
          join assets a on a.id = d.asset_id
          where d.asset_id = {table.AssetId} and d.version = {table.Version} and {Rights.CanOpen(actor)})
        order by {Sql.Identifier(ColumnNames.Row)}
        {Sql.Limit(limit + 1, offset)}
        """;

    public static Sql FirstRows(StoredTable table, int count) =>
        $"select {table.ColumnList} from {table.From} order by {Sql.Identifier(ColumnNames.Row)} limit {count}";
}
