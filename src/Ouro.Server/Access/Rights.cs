using Ouro.Server.Data;

namespace Ouro.Server.Access;

/// <summary>
/// The one answer to "who may". Lists and single loads splice in the same fragment over <c>assets a</c>, so they cannot disagree.
/// </summary>
public static class Rights
{
    public static Sql CanRead(Actor actor)
    {
        if (!actor.IsSignedIn) return $"a.visibility = 'public'";
        Sql seen = $"""
            (a.visibility = 'public'
              or a.user_id = {actor.Id}
              or (a.visibility = 'organization' and a.org_id = any({actor.Organizations}))
              or a.id in (select p.asset_id from permissions p where p.user_id = {actor.Id}))
            """;
        // A bound key sees what is public, and of the rest only its own place.
        return actor.BoundTo is { } place ? $"({seen} and (a.visibility = 'public' or a.org_id = {place}))" : seen;
    }

    public static Sql CanWrite(Actor actor) => Holds(actor, ["write", "admin"]);

    public static Sql CanManage(Actor actor) => Holds(actor, ["admin"]);

    static Sql Holds(Actor actor, string[] roles)
    {
        Sql held = $"""
            (a.user_id = {actor.Id}
              or exists (select from permissions p where p.asset_id = a.id and p.user_id = {actor.Id} and p.role = any({roles})))
            """;
        return actor.BoundTo is { } place ? $"({held} and a.org_id = {place})" : held;
    }
}
