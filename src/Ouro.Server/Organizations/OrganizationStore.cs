using Ouro.Server.Data;

namespace Ouro.Server.Organizations;

static class OrganizationStore
{
    // The caller's own part is told here: a key that is bound elsewhere has none.
    static Sql From(Actor actor) => $"""
        organizations o
        join teams t on t.id = o.default_team_id
        left join organization_members m on m.org_id = o.id and m.user_id = {actor.Id} and ({actor.BoundTo} is null or m.org_id = {actor.BoundTo})
        """;

    static Sql Columns(Actor actor) => $"""
        o.id, o.name, o.display_name, o.avatar_path, o.mission, o.size, o.email, o.domain, o.urls, o.base_role, o.allow_external_members,
        o.allow_external_public_team_creation, o.join_policy, o.actor_type_policy, o.source_policy, o.public_publishing, o.member_count,
        case when {IsPublic} then 'public' else 'organization' end as visibility,
        case when m.role is not null then jsonb_build_object('role', m.role, 'membership_type', m.membership_type)
          when o.id = {Ids.Global} and {actor.IsSignedIn} then jsonb_build_object('role', 'write', 'membership_type', 'internal') end as membership,
        jsonb_build_object('id', t.id, 'org_id', o.id, 'name', t.name) as default_team,
        case when m.role is not null or o.id = {Ids.Global} and {actor.IsSignedIn} then 'joined'
          when exists (select from organization_join_requests r where r.org_id = o.id and r.user_id = {actor.Id} and r.status = 'pending') then 'pending'
          else 'none' end as join_status,
        o.created_at, o.last_updated
        """;

    static Sql IsPublic => $"(o.join_policy <> 'invite_only' or exists (select from teams p where p.org_id = o.id and p.visibility = 'public'))";

    /// <summary>Seen by its members, by those it invited, and by everybody where it can be joined or asked, or has a public team.</summary>
    static Sql IsVisible(Actor actor) => actor.IsSignedIn && actor.BoundTo is null
        ? (Sql)$"(m.role is not null or {IsPublic} or exists (select from invitations i where i.org_id = o.id and {InvitationStore.IsFor(actor)}))"
        : $"(m.role is not null or {IsPublic})";

    public static Task<Organization?> Find(Session db, Actor actor, Guid id, CancellationToken ct) =>
        db.Maybe<Organization>($"select {Columns(actor)} from {From(actor)} where o.id = {id} and {IsVisible(actor)}", ct);

    public static Task<Organization?> FindByName(Session db, Actor actor, string name, CancellationToken ct) =>
        db.Maybe<Organization>($"select {Columns(actor)} from {From(actor)} where lower(o.name) = lower({name}) and {IsVisible(actor)}", ct);

    /// <summary>One that the actor need not be able to see: the link of an invitation, or whoever has the machine, leads to it.</summary>
    public static Task<Organization?> Load(Session db, Actor actor, Guid id, CancellationToken ct) =>
        db.Maybe<Organization>($"select {Columns(actor)} from {From(actor)} where o.id = {id}", ct);

    public static Task<List<Organization>> Of(Session db, Actor actor, CancellationToken ct) => db.Query<Organization>($"""
        select {Columns(actor)}
        from {From(actor)}
        where m.user_id is not null
        order by o.name
        {Sql.Limit(OrganizationRules.MostMemberships)}
        """, ct);

    public static Task<List<Organization>> Discoverable(Session db, Actor actor, string? after, int size, int skip, CancellationToken ct) => db.Query<Organization>($"""
        select {Columns(actor)}
        from {From(actor)}
        where o.join_policy <> 'invite_only' and o.id <> {Ids.Global} and o.name > {after ?? ""}
        order by o.name
        {Sql.Limit(size, skip)}
        """, ct);

    public static Task<Guid?> IdOf(Session db, string name, CancellationToken ct) =>
        db.Maybe<Guid?>($"select id from organizations where lower(name) = lower({name})", ct);

    /// <summary>Keeps an organization's people and rules to this transaction; what only refers to it goes on.</summary>
    public static Task Hold(Session tx, Guid id, CancellationToken ct) => tx.Run($"select from organizations where id = {id} for no key update", ct);

    public static Task<bool> IsTaken(Session tx, string name, Guid except, CancellationToken ct) => tx.Maybe<bool>($"""
        select exists (select from users where lower(username) = lower({name}))
          or exists (select from organizations where lower(name) = lower({name}) and id <> {except})
        """, ct);

    public static async Task Add(Session tx, Organization organization, CancellationToken ct)
    {
        var team = organization.DefaultTeam!;
        await tx.Run($"""
            insert into organizations (id, name, default_team_id, created_at, last_updated)
            values ({organization.Id}, {organization.Name}, {team.Id}, {organization.CreatedAt}, {organization.LastUpdated})
            """, ct);
        await tx.Run($"""
            insert into teams (id, org_id, name, visibility, created_at, last_updated)
            values ({team.Id}, {organization.Id}, {team.Name}, 'organization', {organization.CreatedAt}, {organization.LastUpdated})
            """, ct);
        await Change(tx, organization, ct);
    }

    public static Task Change(Session tx, Organization organization, CancellationToken ct) => tx.Run($"""
        update organizations set
          name = {organization.Name}, display_name = {organization.DisplayName}, mission = {organization.Mission}, size = {organization.Size},
          email = {organization.Email}, domain = {organization.Domain}, urls = {Wire.Element(organization.Urls)}, base_role = {organization.BaseRole},
          allow_external_members = {organization.AllowExternalMembers},
          allow_external_public_team_creation = {organization.AllowExternalPublicTeamCreation}, join_policy = {organization.JoinPolicy},
          actor_type_policy = {organization.ActorTypePolicy}, source_policy = {organization.SourcePolicy},
          public_publishing = {organization.PublicPublishing}, last_updated = {organization.LastUpdated}
        where id = {organization.Id}
        """, ct);
}
