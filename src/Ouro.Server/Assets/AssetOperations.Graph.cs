using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>What an asset has to do with others.</summary>
public sealed partial class AssetOperations
{
    const int MostAround = 200;

    /// <summary>What this asset has to do with others that the actor may see, newest first.</summary>
    public async Task<Page<Connection>> Connections(Actor actor, Guid id, int? limit, int? offset, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, MostAround);
        var self = await Get(actor, id, ct);
        var here = new AssetRef(self.Id, self.AssetType, self.Name, self.CreatedAt);
        var found = await AssetStore.Connections(db, actor, id, size, skip, ct);
        return new([.. found.Take(size).Select(edge => edge.ToConnection(here))], new(skip, size, found.Count > size));
    }

    /// <summary>Notes that two assets have to do with each other; once noted, it stays as it is. The caller has checked that the actor may see both, and commits.</summary>
    public Task Connect(Tx tx, Actor actor, ConnectionType type, Guid source, Guid target, CancellationToken ct) =>
        AssetStore.Connect(tx, actor, type, source, target, clock.Now(), ct);

    /// <summary>The runs of routes that this asset came out of and went into.</summary>
    public async Task<(ActionRef? CreatedBy, Page<ActionRef> AsInput)> Actions(Actor actor, Guid id, string? role, string? status, int? limit, int? offset, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset);
        if (role is not (null or "input" or "output" or "both")) throw Refusal.Fields(("role", "role is input, output or both."));
        var standing = string.IsNullOrWhiteSpace(status) ? null : Wire.Name(Contract.One<ActionStatus>(status, "status"));
        await RightsOn(actor, id, ct);
        var made = role == "input" ? null : await AssetStore.MadeBy(db, actor, id, ct);
        var took = role == "output" ? [] : await AssetStore.Took(db, actor, id, standing, size, skip, ct);
        return (made, new([.. took.Take(size)], new(skip, size, took.Count > size)));
    }

    /// <summary>The tags of an asset: none, until there are tags.</summary>
    public async Task<IReadOnlyList<AssetTag>> Tags(Actor actor, Guid id, CancellationToken ct)
    {
        await RightsOn(actor, id, ct);
        return [];
    }

    /// <summary>The routes that take this asset: none, until there are routes.</summary>
    public async Task<Page<Asset>> CompatibleRoutes(Actor actor, Guid id, string? sort, int? limit, int? offset, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, MostAround);
        if (sort is not (null or "popular" or "recent" or "updated")) throw Refusal.Fields(("sort", "sort is popular, recent or updated."));
        await RightsOn(actor, id, ct);
        return new([], new(skip, size, false, 0));
    }
}

/// <summary>A connection as one of its ends sees it: the other end is named.</summary>
sealed record EdgeRow(
    Guid Id, ConnectionType Type, Guid? UserId, Guid? ActionId, Guid SourceId, Guid TargetId, DateTimeOffset CreatedAt, DateTimeOffset LastUpdated,
    Guid OtherId, AssetType OtherType, string? OtherName, DateTimeOffset OtherCreatedAt)
{
    public Connection ToConnection(AssetRef here)
    {
        var other = new AssetRef(OtherId, OtherType, OtherName, OtherCreatedAt);
        return new()
        {
            Id = Id, Type = Type, UserId = UserId, ActionId = ActionId, SourceId = SourceId, TargetId = TargetId, CreatedAt = CreatedAt, LastUpdated = LastUpdated,
            Source = SourceId == here.Id ? here : other, Target = TargetId == here.Id ? here : other,
        };
    }
}

static partial class AssetStore
{
    /// <summary>The edges of an asset to others that the actor may see; each way reads its own index from its beginning.</summary>
    public static Task<List<EdgeRow>> Connections(Session db, Actor actor, Guid id, int limit, int offset, CancellationToken ct)
    {
        return db.Query<EdgeRow>($"""
            select * from (
              ({Edges($"c.source_id", $"c.target_id", $"true")})
              union all
              ({Edges($"c.target_id", $"c.source_id", $"c.source_id <> c.target_id")})) e
            order by created_at desc, id desc
            {Sql.Limit(limit + 1, offset)}
            """, ct);

        Sql Edges(Sql here, Sql there, Sql and) => $"""
            select c.id, c.type, c.user_id, c.action_id, c.source_id, c.target_id, c.created_at, c.last_updated,
              a.id as other_id, a.asset_type as other_type, a.name as other_name, a.created_at as other_created_at
            from connections c
            join assets a on a.id = {there}
            where {here} = {id} and {and} and {Rights.CanRead(actor)}
            order by c.created_at desc, c.id desc
            {Sql.Limit((long)offset + limit + 1)}
            """;
    }

    public static Task Connect(Session tx, Actor actor, ConnectionType type, Guid source, Guid target, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        insert into connections (id, type, user_id, source_id, target_id, created_at, last_updated)
        values ({Guid.CreateVersion7()}, {type}, {actor.Id}, {source}, {target}, {now}, {now})
        on conflict do nothing
        """, ct);

    static Sql ActionColumns => $"r.id, r.route_id, r.user_id, r.status, r.created_at, r.last_updated";

    // A run is seen by who ran it and by who sees its route.
    static Sql CanSeeRun(Actor actor) => $"(r.user_id = {actor.Id} or {Rights.CanRead(actor)})";

    /// <summary>The run that made an asset.</summary>
    public static Task<ActionRef?> MadeBy(Session db, Actor actor, Guid id, CancellationToken ct) => db.Maybe<ActionRef>($"""
        select {ActionColumns}
        from connections c
        join actions r on r.id = c.action_id
        join assets a on a.id = r.route_id
        where c.target_id = {id} and c.type = 'action' and {CanSeeRun(actor)}
        order by r.created_at desc, r.id desc
        limit 1
        """, ct);

    /// <summary>The runs that took an asset.</summary>
    public static Task<List<ActionRef>> Took(Session db, Actor actor, Guid id, string? status, int limit, int offset, CancellationToken ct) => db.Query<ActionRef>($"""
        select {ActionColumns}
        from actions r
        join assets a on a.id = r.route_id
        where r.id in (select c.action_id from connections c where c.source_id = {id} and c.type = 'action')
          and ({status} is null or r.status = {status}) and {CanSeeRun(actor)}
        order by r.created_at desc, r.id desc
        {Sql.Limit(limit + 1, offset)}
        """, ct);
}
