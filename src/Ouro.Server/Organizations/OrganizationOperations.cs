using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Organizations;

/// <summary>Organizations, as far as the other rooms need them to begin with; their full life is a later chapter.</summary>
public sealed class OrganizationOperations(Db db, Clock clock, EventLog events, Actors actors)
{
    /// <summary>Founds an organization with its default team; the founder is its admin.</summary>
    public async Task<Organization> Create(Actor actor, Guid admin, string name, CancellationToken ct)
    {
        var slug = Contract.Slug(Contract.Name(name));
        if (slug != name || name.Length > 80)
            throw Refusal.Fields(("name", "An organization's name is 1 to 80 lowercase letters, digits and single dashes."));
        var (id, team, now) = (Guid.CreateVersion7(), Guid.CreateVersion7(), clock.Now());
        await using (var tx = await db.Begin(ct))
        {
            if (!await OrganizationStore.Add(tx, id, name, team, admin, now, ct))
                throw Refusal.Conflict("organization_name_taken", $"There is already an organization called “{name}”.");
            await events.Record(tx, actor, "organization.created", id, Audience.Organization(id), new { name }, ct);
            await Actors.Changed(tx, admin, ct);
            await tx.Commit(ct);
        }
        actors.Forget(admin);
        return await OrganizationStore.Find(db, admin, id, ct) ?? throw NoOrganization(id.ToString());
    }

    /// <summary>The organizations of the caller, by name.</summary>
    public async Task<IReadOnlyList<Organization>> List(Actor actor, CancellationToken ct) => await OrganizationStore.Of(db, actor.Id, ct);

    /// <summary>One organization that the caller is a member of, or the global one.</summary>
    public async Task<Organization> Get(Actor actor, Guid id, CancellationToken ct) =>
        actor.IsMemberOf(id) && await OrganizationStore.Find(db, actor.Id, id, ct) is { } organization ? organization : throw NoOrganization(id.ToString());

    /// <summary>The organization that the request runs in.</summary>
    public Task<Organization> Context(Actor actor, CancellationToken ct) => Get(actor, actor.Context, ct);

    /// <summary>An organization's id by its name, for the command line.</summary>
    public async Task<Guid> IdOf(string name, CancellationToken ct) =>
        await OrganizationStore.IdOf(db, name, ct) ?? throw NoOrganization(name);

    static Refusal NoOrganization(string which) =>
        Refusal.NotFound("organization_not_found", $"There is no organization {which}, or you are not a member of it.");
}

static class OrganizationStore
{
    static Sql Columns => $"""
        o.id, o.name, o.display_name, o.mission,
        case when m.role is null then null else jsonb_build_object('role', m.role, 'membership_type', m.membership_type) end as membership,
        jsonb_build_object('id', t.id, 'org_id', o.id, 'name', t.name) as default_team, o.created_at, o.last_updated
        """;

    static Sql From(Guid user) => $"""
        organizations o
        join teams t on t.id = o.default_team_id
        left join organization_members m on m.org_id = o.id and m.user_id = {user}
        """;

    public static async Task<bool> Add(Session tx, Guid id, string name, Guid team, Guid admin, DateTimeOffset now, CancellationToken ct)
    {
        var added = await tx.Run($"""
            insert into organizations (id, name, default_team_id, created_at, last_updated) values ({id}, {name}, {team}, {now}, {now})
            on conflict do nothing
            """, ct);
        if (added == 0) return false;
        await tx.Run($"insert into teams (id, org_id, name, visibility, created_at, last_updated) values ({team}, {id}, 'all', 'organization', {now}, {now})", ct);
        await tx.Run($"insert into organization_members (org_id, user_id, role, added_at) values ({id}, {admin}, 'admin', {now})", ct);
        await tx.Run($"insert into team_members (team_id, user_id, role, added_at, read_at) values ({team}, {admin}, 'admin', {now}, {now})", ct);
        return true;
    }

    public static Task<Organization?> Find(Session db, Guid user, Guid id, CancellationToken ct) =>
        db.Maybe<Organization>($"select {Columns} from {From(user)} where o.id = {id}", ct);

    public static Task<List<Organization>> Of(Session db, Guid user, CancellationToken ct) =>
        db.Query<Organization>($"select {Columns} from {From(user)} where m.user_id is not null order by o.name limit 1000", ct);

    public static Task<Guid?> IdOf(Session db, string name, CancellationToken ct) =>
        db.Maybe<Guid?>($"select id from organizations where lower(name) = lower({name})", ct);
}
