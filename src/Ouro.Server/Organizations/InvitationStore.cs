using Ouro.Server.Data;

namespace Ouro.Server.Organizations;

static class InvitationStore
{
    static Sql Columns => $"""
        i.id, i.org_id, jsonb_build_object('id', o.id, 'name', o.name) as organization, i.user_id,
        case when u.id is null then null else jsonb_build_object('user_id', u.id, 'username', u.username, 'actor_type', u.actor_type, 'avatar_path', u.avatar_path) end as user,
        i.email, i.role, i.membership_type,
        case when b.id is null then null else jsonb_build_object('user_id', b.id, 'username', b.username, 'actor_type', b.actor_type, 'avatar_path', b.avatar_path) end as created_by,
        i.created_at, i.expires_at
        """;

    static Sql From => $"""
        join organizations o on o.id = i.org_id
        left join users u on u.id = i.user_id
        left join users b on b.id = i.created_by
        """;

    static Sql IsOpen => $"i.ended_at is null and i.expires_at > now()";

    /// <summary>Addressed to this account, or to its e-mail address, and still open.</summary>
    public static Sql IsFor(Actor actor) => actor.Email is { } email
        ? (Sql)$"{IsOpen} and (i.user_id = {actor.Id} or lower(i.email) = lower({email}))"
        : $"{IsOpen} and i.user_id = {actor.Id}";

    public static Task Add(Session tx, Invitation invitation, Guid by, CancellationToken ct) => tx.Run($"""
        insert into invitations (id, org_id, user_id, email, role, membership_type, created_by, created_at, expires_at)
        values ({invitation.Id}, {invitation.OrgId}, {invitation.UserId}, {invitation.Email}, {invitation.Role}, {invitation.MembershipType}, {by},
          {invitation.CreatedAt}, {invitation.ExpiresAt})
        """, ct);

    public static Task<long> CountOpen(Session tx, Guid org, CancellationToken ct) =>
        tx.Maybe<long>($"select count(*) from invitations i where i.org_id = {org} and {IsOpen}", ct);

    /// <summary>Ends what the same account or address was invited with before.</summary>
    public static Task Replace(Session tx, Guid org, Guid? user, string? email, DateTimeOffset now, CancellationToken ct) => tx.Run($"""
        update invitations set ended_at = {now}
        where org_id = {org} and ended_at is null and (user_id = {user} or lower(email) = lower({email}))
        """, ct);

    public static Task<List<Invitation>> OpenOf(Session db, Guid org, Cursor after, int size, int skip, CancellationToken ct) => db.Query<Invitation>($"""
        select {Columns}
        from invitations i
        {From}
        where i.org_id = {org} and {IsOpen} and (i.created_at, i.id) < ({after.At}, {after.Id})
        order by i.created_at desc, i.id desc
        {Sql.Limit(size, skip)}
        """, ct);

    public static Task<List<Invitation>> For(Session db, Actor actor, CancellationToken ct) => db.Query<Invitation>($"""
        select {Columns}
        from invitations i
        {From}
        where {IsFor(actor)}
        order by i.created_at desc
        limit 200
        """, ct);

    public static Task<Invitation?> FindOpen(Session db, Guid org, Guid id, CancellationToken ct) =>
        db.Maybe<Invitation>($"select {Columns} from invitations i {From} where i.id = {id} and i.org_id = {org} and {IsOpen}", ct);

    /// <summary>The open invitation of a link.</summary>
    public static Task<Invitation?> FindLinked(Session db, Guid id, CancellationToken ct) =>
        db.Maybe<Invitation>($"select {Columns} from invitations i {From} where i.id = {id} and i.user_id is null and {IsOpen}", ct);

    /// <summary>An open invitation that is addressed to the actor.</summary>
    public static Task<Invitation?> FindFor(Session db, Actor actor, Guid id, CancellationToken ct) =>
        db.Maybe<Invitation>($"select {Columns} from invitations i {From} where i.id = {id} and {IsFor(actor)}", ct);

    /// <summary>The organization that an invitation led this account into before.</summary>
    public static Task<Guid?> AcceptedInto(Session db, Guid user, Guid id, CancellationToken ct) =>
        db.Maybe<Guid?>($"select i.org_id from invitations i where i.id = {id} and i.accepted_by = {user}", ct);

    public static Task End(Session tx, Guid id, Guid? acceptedBy, DateTimeOffset now, CancellationToken ct) =>
        tx.Run($"update invitations set ended_at = {now}, accepted_by = {acceptedBy} where id = {id}", ct);
}
