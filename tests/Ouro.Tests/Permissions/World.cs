namespace Ouro.Tests.Permissions;

/// <summary>Through which door things are made.</summary>
public enum SourcePolicy { Any, WebOnly, ApiOnly }

/// <summary>Which accounts come in.</summary>
public enum ActorPolicy { Any, VerifiedOnly, AgentsOnly }

/// <summary>How one comes in.</summary>
public enum JoinPolicy { Open, Request, InviteOnly }

/// <summary>Who makes things public.</summary>
public enum Publishing { Members, Admins, Off }

/// <summary>How a request arrives: with a key or its token at REST, with a key at MCP, with a cookie at the web.</summary>
public enum Door { Key, Token, Mcp, Web }

/// <summary>A person or an agent. An agent has an owner, who answers for it.</summary>
public sealed class Account(string name, ActorType kind = ActorType.Base, Account? owner = null, bool isOperator = false)
{
    public Guid Id { get; set; }
    public string Name => name;
    public ActorType Kind => kind;
    public Account? Owner => owner;
    public bool IsOperator => isOperator;

    public override string ToString() => $"{name} ({kind.ToString().ToLowerInvariant()}{(isOperator ? ", operator" : "")}{(owner is null ? "" : $", of {owner.Name}")})";
}

/// <summary>Somebody's part in an organization.</summary>
public sealed record Part(Role Role, bool IsExternal = false)
{
    public override string ToString() => $"{Role.ToString().ToLowerInvariant()}{(IsExternal ? ", external" : "")}";
}

/// <summary>An organization, or the global one, in which everybody is.</summary>
public sealed class Org(string name, bool isGlobal = false)
{
    public Guid Id { get; } = isGlobal ? Ids.Global : Guid.CreateVersion7();
    public string Name => name;
    public bool IsGlobal => isGlobal;
    public SourcePolicy Source { get; init; }
    public ActorPolicy Actors { get; init; }
    public JoinPolicy Join { get; init; } = isGlobal ? JoinPolicy.Open : JoinPolicy.InviteOnly;
    public Publishing Publishing { get; init; }
    public Role BaseRole { get; init; } = Role.Write;
    public bool AllowsExternalMembers { get; init; }
    public bool AllowsExternalTeams { get; init; }
    public Dictionary<Account, Part> Members { get; } = [];
    public HashSet<Account> Invited { get; } = [];
    public HashSet<Account> Requests { get; } = [];
    public List<Team> Teams { get; } = [];
    public Team All { get; set; } = null!;

    public override string ToString() =>
        isGlobal ? "the global organization" : $"{name} (source {Source}, actors {Actors}, join {Join}, publishing {Publishing}{(AllowsExternalMembers ? ", externals" : "")}{(AllowsExternalTeams ? ", external teams" : "")})";
}

/// <summary>A team. A policy that is null is its organization's.</summary>
public sealed class Team(string name, Org org, bool isPublic, bool isDefault = false)
{
    public Guid Id { get; } = isDefault && org.IsGlobal ? Ids.Global : Guid.CreateVersion7();
    public string Name => name;
    public Org Org => org;
    public bool IsPublic => isPublic;
    public bool IsDefault => isDefault;
    public SourcePolicy? Source { get; init; }
    public ActorPolicy? Actors { get; init; }
    public JoinPolicy Join { get; init; }
    public Role DefaultRole { get; init; } = Role.Write;
    public Dictionary<Account, Role> Members { get; } = [];
    public HashSet<Account> Bans { get; } = [];
    public HashSet<Account> Requests { get; } = [];

    /// <summary>Where its page is.</summary>
    public string Address => $"{(org.IsGlobal ? "" : "/" + org.Name)}/teams/{name}";

    /// <summary>Whether something in it is public, as far as the matrix put it there.</summary>
    public bool HoldsPublicThings { get; set; }

    public override string ToString() =>
        $"#{name} ({(isPublic ? "public" : "internal")}{(isDefault ? ", default" : "")}, source {Source?.ToString() ?? "inherited"}, actors {Actors?.ToString() ?? "inherited"}, join {Join}) of {org}";
}

/// <summary>An asset: who owns it, where it lives, who may see it, with whom it is shared.</summary>
public sealed class Thing(string name, Account owner, Team team, Visibility visibility, Thing? parent = null, bool isComment = false)
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public string Name => name;
    public Account Owner => owner;
    public Team Team => team;
    public Org Org => team.Org;
    public Visibility Visibility => visibility;
    public Thing? Parent => parent;
    public bool IsComment => isComment;
    public Dictionary<Account, Role> Shares { get; } = [];

    /// <summary>Where its page is.</summary>
    public string Address => $"/datasets/{(Org.IsGlobal ? owner.Name : Org.Name)}/{name.ToLowerInvariant().Replace(' ', '-')}";

    public override string ToString() =>
        $"{name}: {visibility.ToString().ToLowerInvariant()}{(isComment ? " comment" : "")} of {owner.Name} in #{team.Name} of {Org.Name}"
        + (Shares.Count > 0 ? $", shared ({string.Join('/', Shares.Values.Distinct())})" : "") + (parent is null ? "" : $", below [{parent}]");
}

/// <summary>Who asks, through which door, with a key bound to which place.</summary>
public sealed record Asker(Account? Who, Door Door = Door.Key, Org? BoundTo = null)
{
    public bool IsSignedIn => Who is not null;

    public override string ToString() => $"{Who?.ToString() ?? "nobody"} by {Door}{(BoundTo is null ? "" : $" bound to {BoundTo.Name}")}";
}

/// <summary>Everything there is, or may be.</summary>
public sealed class World
{
    public List<Account> Accounts { get; } = [];
    public List<Org> Orgs { get; } = [];
    public List<Thing> Things { get; } = [];

    public IEnumerable<Team> Teams => Orgs.SelectMany(o => o.Teams);

    /// <summary>Founds an organization with its default team; whoever is a member of the one is in the other.</summary>
    public Org Found(Org org, params (Account Who, Part Part)[] members)
    {
        Orgs.Add(org);
        org.All = new("all", org, isPublic: org.IsGlobal, isDefault: true);
        org.Teams.Add(org.All);
        foreach (var (who, part) in members) Join(org, who, part);
        return org;
    }

    public static void Join(Org org, Account who, Part part)
    {
        org.Members[who] = part;
        org.All.Members[who] = part.Role;
    }

    public Thing Add(Thing thing)
    {
        Things.Add(thing);
        if (thing.Visibility is Visibility.Public or Visibility.Monetized) thing.Team.HoldsPublicThings = true;
        return thing;
    }
}
