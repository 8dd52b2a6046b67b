using System.Text.Json;
using Npgsql;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// Tables that are left over from datasets with references. Dropping one needs the assets for itself for a moment, so it is no part of deleting the
/// dataset: that is done at once, and the table goes when nobody reads. Who waits for the lock holds up all readers, so the wait is short, and after a
/// wait in vain all such work pauses.
/// </summary>
public sealed class TableRemoval(Db db, Jobs jobs)
{
    public const string Kind = "dataset.drop_table";

    // Each is dropped in a millisecond or two, and meanwhile nobody reads.
    const int AtOnce = 50;
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    sealed record Input(string Table);

    /// <summary>Leaves a table to be dropped when the transaction has committed.</summary>
    public static Task Add(Jobs jobs, Tx tx, StoredTable table, CancellationToken ct) =>
        jobs.Add(tx, Guid.CreateVersion7(), Kind, null, "waiting", Wire.Element(new Input(table.PhysicalName)), ct);

    /// <summary>The job itself. One lock serves all tables that wait, and their jobs then find nothing left to do.</summary>
    public async Task<JsonElement> Run(Job job, CancellationToken ct)
    {
        var tables = (await jobs.Open(Kind, AtOnce, ct)).Append(job).Select(open => open.Input.Deserialize<Input>(Wire.Options)!.Table).Distinct();
        try
        {
            await using var tx = await db.Begin(ct);
            var there = await tx.Query<string>($"select relname::text from pg_class where relnamespace = 'datasets'::regnamespace and relname = any({tables.ToArray()})", ct);
            if (there.Count == 0) return Wire.Element(new { });
            await TableLocks.Limit(tx, ct);
            // The assets first: who deletes one holds them and comes to this table after.
            await tx.Run($"lock table public.assets, public.actions in access exclusive mode", ct);
            foreach (var table in there) await tx.Run($"drop table if exists datasets.{Sql.Identifier(table)}", ct);
            await tx.Commit(ct);
            return Wire.Element(new { });
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            await jobs.Postpone(Kind, Pause, ct);
            throw new Postponed(Pause);
        }
    }
}
