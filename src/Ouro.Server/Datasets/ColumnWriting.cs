using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// Changes of a table's columns, in the transaction of the caller. The view is not there meanwhile. What a change does is what the column before and
/// the column after differ by.
/// </summary>
static class ColumnWriting
{
    const int Shown = 5;

    /// <summary>Adds a column (nothing before), changes it, or drops it (nothing after). Answers with the column as it is now.</summary>
    public static async Task<StoredColumn?> Change(Tx tx, Actor actor, StoredTable table, StoredColumn? before, StoredColumn? after, CancellationToken ct)
    {
        if (before is null) return await Add(tx, actor, table, after!, ct);
        var hasNewMeaning = after is not null && (!Equals(before.Reference, after.Reference) || !(before.Values ?? []).SequenceEqual(after.Values ?? []));
        if (before.Target is not null && (after is null || hasNewMeaning)) await HoldTargets(tx, [before], exclusively: true, ct);
        if (after is null)
        {
            await tx.Run($"alter table {table.From} drop column {Sql.Identifier(before.Name)}", ct);
            return null;
        }
        if (hasNewMeaning && before.Constraint is { } old) await Unconstrain(tx, table, old, ct);
        if (before.Name != after.Name)
            await tx.Run($"alter table {table.From} rename column {Sql.Identifier(before.Name)} to {Sql.Identifier(after.Name)}", ct);
        if (before.Type != after.Type) await Retype(tx, table, after with { Type = before.Type }, after.Type, ct);
        if (!hasNewMeaning) return after;
        await MustMean(tx, actor, table, after, ct);
        return await Constrain(tx, table, after, isChecked: true, ct);
    }

    /// <summary>Keeps what a column means, from now on: a closed set by a check, references by an index and a foreign key.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="isChecked">Whether its values were checked already; a foreign key then does not look at them again while others wait for it.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<StoredColumn> Constrain(Tx tx, StoredTable table, StoredColumn column, bool isChecked, CancellationToken ct)
    {
        if (column is { Values: null, Reference: null }) return column with { Constraint = null };
        column = column with { Constraint = $"c_{Guid.CreateVersion7():N}" };
        var (name, constraint) = (Sql.Identifier(column.Name), Sql.Identifier(column.Constraint));
        if (column.Values is { } values)
        {
            await tx.Run($"alter table {table.From} add constraint {constraint} check ({name} in ({Sql.Join(", ", values.Select(Sql.Literal))}))", ct);
            return column;
        }
        await tx.Run($"create index {constraint} on {table.From} ({name})", ct);
        await HoldTargets(tx, [column], exclusively: false, ct);
        await tx.Run($"""
            alter table {table.From} add constraint {constraint} foreign key ({name}) references public.{Sql.Identifier(column.Target!)} on delete set null
            {Sql.Trusted(isChecked ? "not valid" : "")}
            """, ct);
        return column;
    }

    /// <summary>
    /// Lets PostgreSQL look at references that were there before their foreign key, in a transaction of its own, because here nobody waits for it. What
    /// was deleted between the check and the key is emptied, as the key would have done.
    /// </summary>
    public static async Task Validate(Db db, StoredTable table, CancellationToken ct)
    {
        foreach (var column in table.References)
        {
            var name = Sql.Identifier(column.Name);
            if (!await db.Maybe<bool>($"""
                select exists (select from pg_constraint where conname = {column.Constraint} and conrelid = to_regclass({"datasets." + table.PhysicalName}) and not convalidated)
                """, ct)) continue;
            await db.Run($"""
                update {table.From} t set {name} = null
                where {name} is not null and not exists (select from public.{Sql.Identifier(column.Target!)} x where x.id = t.{name})
                """, ct);
            await db.Run($"alter table {table.From} validate constraint {Sql.Identifier(column.Constraint!)}", ct);
        }
    }

    /// <summary>
    /// Takes the lock on the tables that references point to, which adding or dropping a foreign key needs, before anything of this transaction writes
    /// to them: two that both write and then both want the lock would wait for each other. Assets come before runs, as in deletions.
    /// </summary>
    public static async Task HoldTargets(Tx tx, IEnumerable<StoredColumn> columns, bool exclusively, CancellationToken ct)
    {
        foreach (var target in columns.Select(c => c.Target).OfType<string>().Distinct().OrderDescending())
            await tx.Run($"lock table public.{Sql.Identifier(target)} in {Sql.Trusted(exclusively ? "access exclusive" : "share row exclusive")} mode", ct);
    }

    static async Task<StoredColumn> Add(Tx tx, Actor actor, StoredTable table, StoredColumn column, CancellationToken ct)
    {
        if (await DatasetStore.ColumnsEver(tx, table, ct) >= ColumnNames.MaxColumns + 1)
            throw Refusal.Invalid("too_many_columns",
                $"PostgreSQL counts columns that were dropped too, and this table had {ColumnNames.MaxColumns:N0} in its life.", "Create a new dataset with the columns that you need, and write the rows to it.");
        await tx.Run($"alter table {table.From} add column {column.Definition}", ct);
        return await Constrain(tx, table, column, isChecked: table.RowCount > 0, ct);
    }

    static async Task Unconstrain(Tx tx, StoredTable table, string constraint, CancellationToken ct)
    {
        await tx.Run($"alter table {table.From} drop constraint {Sql.Identifier(constraint)}", ct);
        await tx.Run($"drop index if exists datasets.{Sql.Identifier(constraint)}", ct);
    }

    static async Task Retype(Tx tx, StoredTable table, StoredColumn column, ColumnType to, CancellationToken ct)
    {
        await MustFit(tx, table, column, Retyping.Fits(column, to), $"do not fit the type {to.SqlName()}, which takes {to.Expectation()}", ct);
        try
        {
            await tx.Run($"""
                alter table {table.From} alter column {Sql.Identifier(column.Name)} type {Sql.Trusted(to.SqlName())} using {Retyping.Converted(column, to)}
                """, ct);
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            throw Refusal.Invalid("values_do_not_fit", $"A value of “{column.Name}” cannot become {to.SqlName()}: {e.MessageText}. Nothing was changed.");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.NotNullViolation)
        {
            throw Refusal.Invalid("value_missing", $"“{column.Name}” has empty texts, which are no {to.SqlName()}, and every row needs a value. Nothing was changed.");
        }
    }

    /// <summary>Refuses a meaning that the values which are there do not have.</summary>
    static Task MustMean(Tx tx, Actor actor, StoredTable table, StoredColumn column, CancellationToken ct) => column switch
    {
        { Values: { } values } => MustFit(tx, table, column, $"coalesce({Sql.Identifier(column.Name)} = any({values}), true)",
            $"are not among {ColumnRules.Listed(values)}", ct),
        { Reference: { } reference } => MustFit(tx, table, column,
            $"({Sql.Identifier(column.Name)} is null or {References.Names(actor, reference, $"{table.From}.{Sql.Identifier(column.Name)}")})",
            $"name no {(reference.AssetType is { } type ? Wire.Name(type) : Wire.Name(reference.Kind))} that you may see", ct),
        _ => Task.CompletedTask,
    };

    static async Task MustFit(Tx tx, StoredTable table, StoredColumn column, Sql fits, string problem, CancellationToken ct)
    {
        var misfits = await tx.Query<Misfit>($"""
            select {Retyping.Text(column)} as value, count(*) over () as count from {table.From} where not ({fits}) order by {Sql.Identifier(ColumnNames.Row)} limit {Shown}
            """, ct);
        if (misfits is not [var first, ..]) return;
        throw new Refusal(400, "values_do_not_fit",
            $"{first.Count:N0} {(first.Count == 1 ? "value" : "values")} of “{column.Name}” {problem}; the first: {string.Join(", ", misfits.Select(m => $"“{m.Value[..Math.Min(80, m.Value.Length)]}”"))}. Nothing was changed.",
            "Mend these values first, or choose otherwise.",
            Wire.Element(new { column = column.Name, count = first.Count, values = misfits.Select(m => m.Value[..Math.Min(80, m.Value.Length)]) }));
    }

    sealed record Misfit(string Value, long Count);
}
