using Ouro.Server.Data;

namespace Ouro.Server.Access;

/// <summary>
/// The one answer to "who may". Lists and single loads splice in the same fragment over <c>assets a</c>, so they cannot disagree.
/// </summary>
public static class Rights
{
    // What inherits is asked of its parent, at most so far up: a reply, its comment, the route below it, the route's service.
    const int MostParents = 3;

    /// <summary>May see that it is there and what it says of itself. Of what is sold, everybody may.</summary>
    public static Sql CanRead(Actor actor) => Reaches(actor, "a", "in ('public', 'monetized')", MostParents);

    /// <summary>May see the content too: of what is sold, its owner and those who hold a role on it.</summary>
    public static Sql CanOpen(Actor actor) => Reaches(actor, "a", "= 'public'", MostParents);

    /// <summary>The same without asking its parents: whoever may by this may, and who may not is asked for in full. It is much the quicker.</summary>
    public static Sql CanOpenItself(Actor actor) => Reaches(actor, "a", "= 'public'", 0);

    public static Sql CanWrite(Actor actor) => Holds(actor, ["write", "admin"]);

    public static Sql CanManage(Actor actor) => Holds(actor, ["admin"]);

    static Sql Reaches(Actor actor, string name, string toEverybody, int parents)
    {
        var a = Sql.Trusted(name);
        List<Sql> ways = [$"{a}.visibility {Sql.Trusted(toEverybody)}"];
        if (actor.IsSignedIn)
        {
            Sql own = $"""
                {a}.user_id = {actor.Id}
                  or ({a}.visibility = 'organization' and {a}.org_id = any({actor.Organizations}))
                  or {a}.id in (select p.asset_id from permissions p where p.user_id = {actor.Id})
                """;
            // A bound key sees what everybody sees, and of the rest only its own place.
            ways.Add(actor.BoundTo is { } place ? $"({a}.org_id = {place} and ({own}))" : own);
        }
        if (parents > 0)
        {
            // A value and not an "exists": that would be hashed, by reading every asset.
            var parent = Sql.Trusted("above" + parents);
            ways.Add($"({a}.visibility = 'inherit' and (select {Reaches(actor, "above" + parents, toEverybody, parents - 1)} from assets {parent} where {parent}.id = {a}.parent_id))");
        }
        return $"({Sql.Join(" or ", ways)})";
    }

    static Sql Holds(Actor actor, string[] roles)
    {
        Sql held = $"""
            (a.user_id = {actor.Id}
              or exists (select from permissions p where p.asset_id = a.id and p.user_id = {actor.Id} and p.role = any({roles})))
            """;
        return actor.BoundTo is { } place ? $"({held} and a.org_id = {place})" : held;
    }
}
