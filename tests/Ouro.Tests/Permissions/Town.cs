namespace Ouro.Tests.Permissions;

/// <summary>
/// A world in which everything is there once: an account for each kind, part in the organizations and part in the teams; a team for each audience and each
/// policy, inherited or its own; an asset for each visibility, share and way of inheriting.
/// </summary>
public sealed class Town
{
    static readonly Part?[] Parts = [null, new(Role.Read), new(Role.Write), new(Role.Admin), new(Role.Read, IsExternal: true), new(Role.Write, IsExternal: true)];
    static readonly SourcePolicy?[] Sources = [null, SourcePolicy.Any, SourcePolicy.WebOnly, SourcePolicy.ApiOnly];
    static readonly ActorPolicy?[] ActorPolicies = [null, ActorPolicy.Any, ActorPolicy.VerifiedOnly, ActorPolicy.AgentsOnly];

    readonly Account banned = new("banned_owner");

    public World World { get; } = new();

    /// <summary>Who made most of what is there, a member who may write; and an agent of theirs.</summary>
    public Account Author { get; } = new("the_author");

    public Account Machine { get; }

    /// <summary>Made things, and left; their keys are still bound to the organizations.</summary>
    public Account Leaver { get; } = new("the_leaver");

    public Account Operator { get; } = new("the_operator", isOperator: true);

    /// <summary>Invited everywhere, and not come yet.</summary>
    public Account Guest { get; } = new("the_guest");

    /// <summary>Nobody in particular, who is banned here and there.</summary>
    public Account Bystander { get; } = new("the_bystander");

    /// <summary>With whom things are shared while the matrix is asked; they ask nothing themselves.</summary>
    public Account Receiver { get; } = new("the_receiver");

    public Org Global { get; }

    /// <summary>The organizations with a team for everything.</summary>
    public IReadOnlyList<Org> Labs { get; }

    /// <summary>Organizations that differ in who sees and who comes into them, with few teams.</summary>
    public List<Org> Clubs { get; } = [];

    /// <summary>Teams that something public is in, or nothing, and that become internal or public.</summary>
    public List<Team> Shops { get; } = [];

    /// <summary>Assets that are moved and published; nothing is below them.</summary>
    public List<Thing> Movers { get; } = [];

    public Town()
    {
        Machine = new("the_machine", ActorType.Agent, Author);
        Global = World.Found(new("ouro", isGlobal: true));
        Labs =
        [
            World.Found(new("lab-any") { AllowsExternalMembers = true }),
            World.Found(new("lab-web") { Source = SourcePolicy.WebOnly, Actors = ActorPolicy.VerifiedOnly, Join = JoinPolicy.Request, Publishing = Publishing.Admins, AllowsExternalTeams = true }),
            World.Found(new("lab-api") { Source = SourcePolicy.ApiOnly, Actors = ActorPolicy.AgentsOnly, Join = JoinPolicy.Open, Publishing = Publishing.Off, BaseRole = Role.Read }),
            World.Found(new("lab-out") { AllowsExternalMembers = true, AllowsExternalTeams = true, Join = JoinPolicy.Request }),
        ];
        AddClubs();
        AddAccounts();
        foreach (var org in (Org[])[Global, .. Labs]) AddTeams(org);
        foreach (var org in (Org[])[Global, .. Labs])
        {
            AddThings(org.All);
            AddThings(org.Teams.First(t => t.IsPublic && !t.IsDefault && t.Source == SourcePolicy.Any));
            AddShops(org);
        }
    }

    /// <summary>Every way in, for every kind of account, where there is something to be seen and where there is not.</summary>
    void AddClubs()
    {
        foreach (var join in Enum.GetValues<JoinPolicy>())
            foreach (var actors in Enum.GetValues<ActorPolicy>())
                foreach (var isOpen in (bool[])[false, true])
                {
                    var club = World.Found(new($"club-{join}-{actors}-{(isOpen ? "seen" : "unseen")}".ToLowerInvariant()) { Join = join, Actors = actors, AllowsExternalMembers = isOpen });
                    if (isOpen) club.Teams.Add(new("window", club, isPublic: true));
                    Clubs.Add(club);
                }
    }

    void AddAccounts()
    {
        World.Accounts.AddRange([Author, Machine, Leaver, Operator, Guest, Bystander, banned]);
        foreach (var org in Labs)
        {
            World.Join(org, Author, new(Role.Write));
            org.Invited.Add(Guest);
        }
        foreach (var club in Clubs) club.Invited.Add(Guest);
        foreach (var part in Parts)
        {
            foreach (var kind in Enum.GetValues<ActorType>())
                foreach (var place in (string[])["out", "read", "write", "admin", "banned"])
                    if (part?.Role != Role.Admin || place != "banned") Enter(new($"{kind}_{Word(part)}_{place}".ToLowerInvariant(), kind), part);
            if (part?.Role != Role.Admin) Enter(new($"agent_{Word(part)}_disowned", ActorType.Agent, banned), part);
        }
    }

    /// <summary>In the clubs there are fewer admins, so that there can be a last one.</summary>
    void Enter(Account account, Part? part)
    {
        World.Accounts.Add(account);
        if (part is null) return;
        foreach (var org in Labs) World.Join(org, account, part);
        foreach (var club in Clubs)
            if (account.Name.EndsWith("_out", StringComparison.Ordinal) && (part.Role < Role.Admin || account.Kind == ActorType.Base || account.Kind == ActorType.Verified && club.AllowsExternalMembers))
                World.Join(club, account, part);
    }

    static string Word(Part? part) => part is null ? "none" : $"{(part.IsExternal ? "x" : "")}{part.Role}".ToLowerInvariant();

    void AddTeams(Org org)
    {
        foreach (var isPublic in org.IsGlobal ? (bool[])[true] : [true, false])
            foreach (var source in Sources)
                foreach (var actors in ActorPolicies)
                    foreach (var join in Enum.GetValues<JoinPolicy>())
                    {
                        var team = new Team($"t{org.Teams.Count}", org, isPublic) { Source = source, Actors = actors, Join = join, DefaultRole = org.Teams.Count % 2 == 0 ? Role.Read : Role.Write };
                        org.Teams.Add(team);
                        Fill(team);
                    }
    }

    /// <summary>Each account has its part in every team that it may see.</summary>
    void Fill(Team team)
    {
        team.Bans.Add(banned);
        foreach (var account in World.Accounts.Where(a => team.IsPublic || team.Org.Members.ContainsKey(a)))
        {
            var place = account.Name[(account.Name.LastIndexOf('_') + 1)..];
            if (place is "read" or "write" or "admin") team.Members[account] = Enum.Parse<Role>(place, ignoreCase: true);
            else if (place == "banned") team.Bans.Add(account);
            else if (place == "out" && account.Kind == ActorType.Verified && team.Join == JoinPolicy.Request) team.Requests.Add(account);
        }
    }

    void AddShops(Org org)
    {
        foreach (var isPublic in org.IsGlobal ? (bool[])[true] : [true, false])
            foreach (var isStocked in isPublic ? (bool[])[true, false] : [false])
            {
                var shop = new Team($"shop-{org.Teams.Count}", org, isPublic);
                org.Teams.Add(shop);
                Shops.Add(shop);
                Fill(shop);
                if (isStocked) World.Add(new($"stock of {org.Name}", Author, shop, Visibility.Public));
            }
    }

    void AddThings(Team team)
    {
        Visibility[] visibilities = !team.IsPublic ? [Visibility.Organization, Visibility.Private]
            : team.Org.IsGlobal ? [Visibility.Public, Visibility.Private, Visibility.Monetized]
            : [Visibility.Public, Visibility.Organization, Visibility.Private, Visibility.Monetized];
        foreach (var visibility in visibilities)
        {
            foreach (var role in Enum.GetValues<Role>())
            {
                var thing = Add(Author, team, visibility, null, role);
                Add(Machine, team, Visibility.Inherit, thing);
                var below = Add(Leaver, team, Visibility.Inherit, thing, role == Role.None ? Role.Write : Role.None);
                World.Add(new(Named(team), Machine, team, Visibility.Inherit, thing, isComment: true));
                for (var depth = 2; depth <= 4; depth++) below = Add(Machine, team, Visibility.Inherit, below);
            }
            foreach (var owner in (Account[])[Machine, Leaver, Operator]) Add(owner, team, visibility, null);
            foreach (var role in (Role[])[Role.None, Role.Write, Role.Admin]) Movers.Add(Add(Author, team, visibility, null, role));
        }
    }

    string Named(Team team) => $"thing {World.Things.Count} of {team.Org.Name}";

    Thing Add(Account owner, Team team, Visibility visibility, Thing? parent, Role sharedAs = Role.None)
    {
        var thing = World.Add(new(Named(team), owner, team, visibility, parent));
        if (sharedAs > Role.None)
            foreach (var account in World.Accounts.Where(a => a != owner)) thing.Shares[account] = sharedAs;
        return thing;
    }
}
