using System.Text.Json;
using Ouro.Server.Access;
using Ouro.Server.Assets;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// What the ids in columns of references name. What somebody may not see counts as missing, or writing rows would tell what there is. One query for
/// each column or kind, however many rows.
/// </summary>
static class References
{
    const int Shown = 10;

    /// <summary>A run is seen by who started it, and by who owns the route.</summary>
    static Sql CanSee(Actor actor) => $"(x.user_id = {actor.Id} or exists (select from assets a where a.id = x.route_id and {Rights.CanManage(actor)}))";

    /// <summary>Whether an id names something that the actor may see.</summary>
    public static Sql Names(Actor actor, ColumnRef reference, Sql id) => reference.Kind == RefKind.Action
        ? (Sql)$"exists (select from public.actions x where x.id = {id} and {CanSee(actor)})"
        : (Sql)$"exists (select from public.assets a where a.id = {id} and {OfType(reference)} and {Rights.CanRead(actor)})";

    /// <summary>
    /// The rows that go in, and what is told of the others. What their references name cannot be deleted before the transaction ends, so that the
    /// foreign key finds it too.
    /// </summary>
    public static async Task<(HashSet<int> LeftOut, RefWarning? Told, List<SkippedRow> Rows)> Check(
        Tx tx, Actor actor, StoredTable table, JsonRowsInput input, CancellationToken ct)
    {
        var (leftOut, rows, absent) = (new HashSet<int>(), new List<SkippedRow>(), new Dictionary<string, HashSet<Guid>>());
        long missing = 0, mistyped = 0;
        foreach (var column in table.References)
        {
            var named = input.References(column.Name);
            var there = await Found(tx, actor, column.Reference!, [.. named.Where(id => id != Guid.Empty).Distinct()], ct);
            for (var row = 0; row < named.Count; row++)
            {
                if (named[row] == Guid.Empty || there.TryGetValue(named[row], out var fits) && fits) continue;
                var isMistyped = there.ContainsKey(named[row]);
                if (isMistyped) mistyped++;
                else missing++;
                if (!absent.TryGetValue(column.Name, out var some)) absent[column.Name] = some = [];
                if (!isMistyped && some.Count < Shown) some.Add(named[row]);
                leftOut.Add(row);
                if (rows.Count < Shown) rows.Add(new(row + 1, column.Name, named[row].ToString(), isMistyped ? "type_mismatch" : "missing"));
            }
        }
        foreach (var misfit in input.Misfits)
        {
            leftOut.Add(misfit.Row);
            absent.TryAdd(misfit.Column, []);
            if (rows.Count < Shown) rows.Add(new(misfit.Row + 1, misfit.Column, misfit.Value, "malformed"));
        }
        var columns = table.References.Where(c => absent.ContainsKey(c.Name)).Select(c => new RefWarningColumn(c.Name, c.Reference!.Kind, [.. absent[c.Name]]));
        return (leftOut, leftOut.Count == 0 ? null : new(missing, mistyped, input.Misfits.Count, leftOut.Count, [.. columns]), rows);
    }

    /// <summary>What the ids on a page of rows name, of what the actor may see: column → id → the thing.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<Guid, ResolvedRef>>> Resolve(
        Session db, WebAddress web, Actor actor, StoredTable table, RawJson rows, CancellationToken ct)
    {
        using var page = rows.Parse();
        var ids = table.References.ToDictionary(c => c.Name, c => page.RootElement.EnumerateArray()
            .Select(row => row.GetProperty(c.Name)).Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetGuid()).Distinct().ToArray());
        var named = new Dictionary<(RefKind, Guid), ResolvedRef>();
        foreach (var kind in table.References.GroupBy(c => c.Reference!.Kind, c => ids[c.Name]))
            foreach (var target in await Named(db, actor, kind.Key, [.. kind.SelectMany(i => i).Distinct()], ct))
                named[(kind.Key, target.Id)] = target.Told(kind.Key, web);
        return table.References.ToDictionary(c => c.Name, IReadOnlyDictionary<Guid, ResolvedRef> (c) => ids[c.Name]
            .Where(id => named.ContainsKey((c.Reference!.Kind, id))).ToDictionary(id => id, id => named[(c.Reference!.Kind, id)]));
    }

    static async Task<Dictionary<Guid, bool>> Found(Tx tx, Actor actor, ColumnRef reference, Guid[] ids, CancellationToken ct) =>
        ids.Length == 0 ? [] : (await tx.Query<FoundTarget>(reference.Kind == RefKind.Action
            ? (Sql)$"select x.id, true as fits from public.actions x where x.id = any({ids}) and {CanSee(actor)} for key share of x"
            : (Sql)$"select a.id, {OfType(reference)} as fits from public.assets a where a.id = any({ids}) and {Rights.CanRead(actor)} for key share of a", ct))
        .ToDictionary(found => found.Id, found => found.Fits);

    static Task<List<Target>> Named(Session db, Actor actor, RefKind kind, Guid[] ids, CancellationToken ct) => ids.Length == 0 ? Task.FromResult(new List<Target>()) : db.Query<Target>($"""
        select {(kind == RefKind.Action ? (Sql)$"x.id, x.status, x.created_at" : (Sql)$"a.id, null as status, a.created_at")},
          a.id as asset_id, a.asset_type, a.name, a.name_url_slug, a.org_id, u.username, o.name as org_name
        from public.assets a
        join users u on u.id = a.user_id
        join organizations o on o.id = a.org_id
        {(kind == RefKind.Action ? (Sql)$"join public.actions x on x.route_id = a.id where x.id = any({ids}) and {CanSee(actor)}" : (Sql)$"where a.id = any({ids}) and {Rights.CanRead(actor)}")}
        """, ct);

    static Sql OfType(ColumnRef reference) => reference.AssetType is { } type ? $"a.asset_type = {type}" : Sql.True;

    sealed record FoundTarget(Guid Id, bool Fits);

    /// <summary>An asset as a reference to it reads, or a run with its route.</summary>
    sealed record Target(
        Guid Id, string? Status, DateTimeOffset CreatedAt, Guid AssetId, AssetType AssetType, string? Name, string? NameUrlSlug, Guid OrgId, string Username, string OrgName)
    {
        public ResolvedRef Told(RefKind kind, WebAddress web)
        {
            var address = web.Of(AssetRules.Path(new AssetRow { Id = AssetId, AssetType = AssetType, NameUrlSlug = NameUrlSlug, OrgId = OrgId, Username = Username, OrgName = OrgName }));
            return kind == RefKind.Action
                ? new(kind, Id, Name, address) { Status = Status, RouteId = AssetId, RouteName = Name, CreatedAt = CreatedAt }
                : new(kind, Id, Name, address) { AssetType = AssetType };
        }
    }
}
