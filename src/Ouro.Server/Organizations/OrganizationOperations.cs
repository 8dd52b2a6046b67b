using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;
using Ouro.Server.Users;

namespace Ouro.Server.Organizations;

/// <summary>Organizations: founded, found, changed. Whoever changes one, or who is in it, holds its row until the commit.</summary>
public sealed partial class OrganizationOperations(Db db, Clock clock, EventLog events, EventOperations log, Actors actors)
{
    /// <summary>Founds an organization with its default team; the founder is its admin.</summary>
    public async Task<Organization> Create(Actor actor, CreateOrganization input, CancellationToken ct)
    {
        Contract.Present(input, "organization");
        OrganizationRules.MustBeFree(actor);
        var founded = OrganizationRules.New(input, Guid.CreateVersion7(), Guid.CreateVersion7(), clock.Now());
        await using (var tx = await db.Begin(ct))
        {
            await MustTake(tx, founded, ct);
            await OrganizationStore.Add(tx, founded, ct);
            await events.Record(tx, actor, "organization.created", founded.Id, Audience.Organization(founded.Id), new { founded.Name }, ct);
            await Enter(tx, actor, founded, actor.Id, Role.Admin, MembershipType.Internal, "founding", ct);
            await tx.Commit(ct);
        }
        actors.Forget(actor.Id);
        return await Get(actor, founded.Id, ct);
    }

    /// <summary>The organizations of the caller, by name; of a bound key only its own.</summary>
    public async Task<IReadOnlyList<Organization>> List(Actor actor, CancellationToken ct) => await OrganizationStore.Of(db, actor, ct);

    /// <summary>Organizations that one can join or ask to join, by name.</summary>
    public async Task<Page<Organization>> Discoverable(Actor actor, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset);
        var found = await OrganizationStore.Discoverable(db, actor, after, size + 1, skip, ct);
        return Paged(found, size, skip, organization => organization.Name);
    }

    /// <summary>One organization that the caller may see.</summary>
    public async Task<Organization> Get(Actor actor, Guid id, CancellationToken ct) => await OrganizationStore.Find(db, actor, id, ct) ?? throw Unknown(id.ToString());

    /// <summary>One organization that the caller may see, by its name.</summary>
    public async Task<Organization> ByName(Actor actor, string name, CancellationToken ct) => await OrganizationStore.FindByName(db, actor, name, ct) ?? throw Unknown(name);

    /// <summary>The organization that the request runs in.</summary>
    public Task<Organization> Context(Actor actor, CancellationToken ct) => Get(actor, actor.Context, ct);

    /// <summary>Changes what an organization says of itself, its name, or its rules.</summary>
    public async Task<Organization> Update(Actor actor, Guid id, ChangeOrganization input, CancellationToken ct)
    {
        Contract.Present(input, "organization");
        await using (var tx = await db.Begin(ct))
        {
            var before = OrganizationRules.MustAdminister(await Held(tx, actor, id, ct));
            var after = OrganizationRules.Changed(before, input, clock.Now());
            var changes = OrganizationRules.Differences(before, after);
            if (changes.Count == 0) return before;
            if (after.Name != before.Name) await MustTake(tx, after, ct);
            await OrganizationStore.Change(tx, after, ct);
            await events.Record(tx, actor, "organization.updated", id, Audience.Organization(id), new { changes }, ct);
            await tx.Commit(ct);
        }
        return await Get(actor, id, ct);
    }

    /// <summary>What happened to an organization's people and rules; for its admins.</summary>
    public async Task<Page<Event>> Events(Actor actor, Guid id, EventFilter filter, CancellationToken ct)
    {
        if (!actor.Administers(id)) OrganizationRules.MustAdminister(await Get(actor, id, ct));
        return await log.In(id, actor, filter, ct);
    }

    /// <summary>An organization's id by its name, for the command line.</summary>
    public async Task<Guid> IdOf(string name, CancellationToken ct) => await OrganizationStore.IdOf(db, name, ct) ?? throw Unknown(name);

    /// <summary>An organization that the actor may see, held until the commit.</summary>
    internal static async Task<Organization> Held(Tx tx, Actor actor, Guid id, CancellationToken ct)
    {
        await tx.Run($"set local lock_timeout = '3s'", ct);
        await OrganizationStore.Hold(tx, id, ct);
        return await OrganizationStore.Find(tx, actor, id, ct) ?? throw Unknown(id.ToString());
    }

    static async Task MustTake(Tx tx, Organization organization, CancellationToken ct)
    {
        await UserStore.HoldName(tx, organization.Name, ct);
        if (await OrganizationStore.IsTaken(tx, organization.Name, organization.Id, ct)) throw OrganizationRules.NameTaken(organization.Name);
    }

    internal static Page<T> Paged<T>(List<T> found, int size, int skip, Func<T, string> after)
    {
        var hasMore = found.Count > size;
        if (hasMore) found.RemoveAt(size);
        return new(found, new(skip, size, hasMore, After: hasMore ? after(found[^1]) : null));
    }

    // Not there, and not yours to see, are one answer: nobody learns which organizations there are by asking.
    static Refusal Unknown(string which) =>
        Refusal.NotFound("organization_not_found", $"There is no organization {which}, or it is not yours to see.");
}
