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
    public static Sql CanRead(Actor actor) => Reaches(actor, "a", content: false, MostParents);

    /// <summary>May see the content too: of what is sold, its owner, those who hold a role on it, and the organization's admins.</summary>
    public static Sql CanOpen(Actor actor) => Reaches(actor, "a", content: true, MostParents);

    /// <summary>The same without asking its parents: whoever may by this may, and who may not is asked for in full. It is much the quicker.</summary>
    public static Sql CanOpenItself(Actor actor) => Reaches(actor, "a", content: true, 0);

    /// <summary>May change what it says and holds.</summary>
    public static Sql CanWrite(Actor actor) => Holds(actor, "a", ["write", "admin"], MostParents);

    /// <summary>May decide who sees it, where it lives and what it costs, and delete it.</summary>
    public static Sql CanManage(Actor actor) => Holds(actor, "a", ["admin"], MostParents);

    static Sql Reaches(Actor actor, string name, bool content, int parents)
    {
        var a = Sql.Trusted(name);
        List<Sql> ways = [content ? (Sql)$"{a}.visibility = 'public'" : $"{a}.visibility in ('public', 'monetized')"];
        if (actor.IsSignedIn)
        {
            List<Sql> own =
            [
                $"{a}.user_id = {actor.Id}",
                $"({a}.visibility = 'organization' and {a}.org_id = any({actor.Organizations}))",
                $"{a}.id in (select p.asset_id from permissions p where p.user_id = {actor.Id})",
            ];
            if (content && actor.AdminOf.Length > 0) own.Add($"({a}.visibility = 'monetized' and {a}.org_id = any({actor.AdminOf}))");
            ways.Add(InPlace(actor, a, own));
        }
        if (parents > 0) ways.Add($"({a}.visibility = 'inherit' and {OfParent(a, parents, above => Reaches(actor, above, content, parents - 1))})");
        return Any(ways);
    }

    // An organization's admins act on what its members see; what is private is its owner's alone.
    static Sql Holds(Actor actor, string name, string[] roles, int parents)
    {
        var a = Sql.Trusted(name);
        List<Sql> own =
        [
            $"{a}.user_id = {actor.Id}",
            $"exists (select from permissions p where p.asset_id = {a}.id and p.user_id = {actor.Id} and p.role = any({roles}))",
        ];
        if (actor.AdminOf.Length > 0) own.Add($"({a}.visibility in ('public', 'monetized', 'organization') and {a}.org_id = any({actor.AdminOf}))");
        List<Sql> ways = [InPlace(actor, a, own)];
        // A comment inherits who reads it, and stays its author's.
        if (parents > 0) ways.Add($"({a}.visibility = 'inherit' and {a}.asset_type <> 'comment' and {OfParent(a, parents, above => Holds(actor, above, roles, parents - 1))})");
        return Any(ways);
    }

    /// <summary>A bound key has what everybody has, and of the rest only what lies in its own place.</summary>
    static Sql InPlace(Actor actor, Sql a, List<Sql> own) =>
        actor.BoundTo is { } place ? $"({a}.org_id = {place} and {Any(own)})" : Any(own);

    // A value and not an "exists": that would be hashed, by reading every asset.
    static Sql OfParent(Sql a, int parents, Func<string, Sql> right)
    {
        var above = "above" + parents;
        return $"(select {right(above)} from assets {Sql.Trusted(above)} where {Sql.Trusted(above)}.id = {a}.parent_id)";
    }

    static Sql Any(List<Sql> ways) => $"({Sql.Join(" or ", ways)})";
}
