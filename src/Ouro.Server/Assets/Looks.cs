using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Server.Assets;

/// <summary>That somebody looked at an asset, as parts of the statement that shows it: <c>with seen as (…), counted as (…), noted as (…)</c>.</summary>
static class Looks
{
    /// <summary>The asset that the actor looks at and may read.</summary>
    public static Sql Seen(Actor actor, Guid id) => $"select a.id, a.team_id, a.user_id, a.created_at from assets a where a.id = {id} and {Rights.CanRead(actor)}";

    /// <summary>Counts the look, by the day.</summary>
    public static Sql Counted(DateTimeOffset now) => $"""
        insert into asset_views (asset_id, day, views) select id, {DateOnly.FromDateTime(now.UtcDateTime)}, 1 from seen
        on conflict (asset_id, day) do update set views = asset_views.views + 1
        returning 1 as looks
        """;

    /// <summary>Where somebody else brought it into a team of the actor's since they came or read everything, it is not unread any more.</summary>
    public static Sql Noted(Actor actor, DateTimeOffset now) => $"""
        insert into asset_seen (user_id, asset_id, seen_at)
        select m.user_id, s.id, {now}
        from seen s
        join team_members m on m.team_id = s.team_id and m.user_id = {actor.Id} and m.read_at < s.created_at
        where s.user_id <> m.user_id
        on conflict do nothing
        """;
}
