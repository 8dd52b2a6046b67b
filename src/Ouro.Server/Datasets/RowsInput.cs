using System.Text.Json;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

sealed record Ingested(long Inserted, long Skipped, long Added, IngestWarning? Warning);

static class RowsInput
{
    public static readonly Ingested Nothing = new(0, 0, 0, null);
    public static Task<Ingested> Write(Tx tx, StoredTable table, JsonElement rows, CancellationToken ct) => throw new NotSupportedException();
    public static Task<Ingested> Overwrite(Tx tx, StoredTable table, JsonElement rows, CancellationToken ct) => throw new NotSupportedException();
    public static Task<Ingested> Upsert(Tx tx, StoredTable table, JsonElement rows, CancellationToken ct) => throw new NotSupportedException();
}

static class Typing
{
    public static ColumnType[] FromRows(IReadOnlyList<DeclaredColumn> declared, JsonElement rows) => [.. declared.Select(d => d.Type)];
}
