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
    public static Sql CanRead(Actor actor) => Any(Reaches(actor, "a", content: false, MostParents));

    /// <summary>May see the content too: of what is sold, its owner, those who hold a role on it, and the organization's admins.</summary>
    public static Sql CanOpen(Actor actor) => Any(Reaches(actor, "a", content: true, MostParents));

    /// <summary>The same without asking its parents: whoever may by this may, and who may not is asked for in full. It is much the quicker.</summary>
    public static Sql CanOpenItself(Actor actor) => Any(Reaches(actor, "a", content: true, 0));

    /// <summary>May change what it says and holds.</summary>
    public static Sql CanWrite(Actor actor) => Any(Holds(actor, "a", Writers, MostParents));

    /// <summary>May decide who sees it, where it lives and what it costs, and delete it.</summary>
    public static Sql CanManage(Actor actor) => Any(Holds(actor, "a", Managers, MostParents));

    // The same four with the way that lets the actor in: its name, or null where none does; "parent/…" where what it belongs to decides.
    public static Sql WhyRead(Actor actor) => Which(Reaches(actor, "a", content: false, MostParents));

    public static Sql WhyOpen(Actor actor) => Which(Reaches(actor, "a", content: true, MostParents));

    public static Sql WhyWrite(Actor actor) => Which(Holds(actor, "a", Writers, MostParents));

    public static Sql WhyManage(Actor actor) => Which(Holds(actor, "a", Managers, MostParents));

    static readonly string[] Writers = ["write", "admin"];
    static readonly string[] Managers = ["admin"];

    /// <summary>One way to a right.</summary>
    /// <param name="Name">What it is called when it is explained.</param>
    /// <param name="When">When it lets the actor in.</param>
    /// <param name="Above">The ways of the parent, where that is what decides.</param>
    sealed record Way(string Name, Sql When, Func<Sql>? Above = null);

    static List<Way> Reaches(Actor actor, string name, bool content, int parents)
    {
        var a = Sql.Trusted(name);
        List<Way> ways = [new("public", content ? (Sql)$"{a}.visibility = 'public'" : $"{a}.visibility in ('public', 'monetized')")];
        if (actor.IsSignedIn)
        {
            ways.Add(new("owner", $"{a}.user_id = {actor.Id}"));
            ways.Add(new("member", $"({a}.visibility = 'organization' and {a}.org_id = any({actor.Organizations}))"));
            ways.Add(new("shared", $"{a}.id in (select p.asset_id from permissions p where p.user_id = {actor.Id})"));
            if (content && actor.AdminOf.Length > 0) ways.Add(new("organization_admin", $"({a}.visibility = 'monetized' and {a}.org_id = any({actor.AdminOf}))"));
            ways = InPlace(actor, a, ways, everybodys: 1);
        }
        if (parents > 0) ways.Add(OfParent(a, parents, $"{a}.visibility = 'inherit'", above => Reaches(actor, above, content, parents - 1)));
        return ways;
    }

    // An organization's admins act on what its members see; what is private is its owner's alone.
    static List<Way> Holds(Actor actor, string name, string[] roles, int parents)
    {
        var a = Sql.Trusted(name);
        List<Way> ways =
        [
            new("owner", $"{a}.user_id = {actor.Id}"),
            new("shared", $"exists (select from permissions p where p.asset_id = {a}.id and p.user_id = {actor.Id} and p.role = any({roles}))"),
        ];
        if (actor.AdminOf.Length > 0)
            ways.Add(new("organization_admin", $"({a}.visibility in ('public', 'monetized', 'organization') and {a}.org_id = any({actor.AdminOf}))"));
        ways = InPlace(actor, a, ways, everybodys: 0);
        // A comment inherits who reads it, and stays its author's.
        if (parents > 0) ways.Add(OfParent(a, parents, $"{a}.visibility = 'inherit' and {a}.asset_type <> 'comment'", above => Holds(actor, above, roles, parents - 1)));
        return ways;
    }

    /// <summary>A bound key has what everybody has, and of the rest only what lies in its own place.</summary>
    static List<Way> InPlace(Actor actor, Sql a, List<Way> ways, int everybodys) => actor.BoundTo is not { } place ? ways
        : [.. ways[..everybodys], .. ways[everybodys..].Select(way => way with { When = $"({a}.org_id = {place} and {way.When})" })];

    static Way OfParent(Sql a, int parents, Sql inherits, Func<string, List<Way>> ways)
    {
        var name = "above" + parents;
        // A value and not an "exists": that would be hashed, by reading every asset.
        Sql Asked(Sql what) => $"(select {what} from assets {Sql.Trusted(name)} where {Sql.Trusted(name)}.id = {a}.parent_id)";
        return new("parent", $"({inherits} and {Asked(Any(ways(name)))})", () => Asked(Which(ways(name))));
    }

    static Sql Any(List<Way> ways) => $"({Sql.Join(" or ", ways.Select(way => way.When))})";

    static Sql Which(List<Way> ways) => $"(case {Sql.Join(" ", ways.Select(Told))} end)";

    static Sql Told(Way way) => way.Above is { } above
        ? $"when {way.When} then {way.Name + "/"} || {above()}"
        : (Sql)$"when {way.When} then {way.Name}";
}
