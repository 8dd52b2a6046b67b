namespace Ouro.Tests.Permissions;

/// <summary>A small world that nobody thought of: who is where, which policies hold and what is shared with whom is drawn by lot, as far as the rules allow it.</summary>
public sealed class RandomWorld
{
    readonly Random random;
    readonly IReadOnlyList<Account> accounts;

    public int Seed { get; }

    public World World { get; } = new();

    /// <summary>Each account with a key that is bound nowhere, and some with one that is.</summary>
    public List<Asker> Askers { get; } = [];

    public RandomWorld(IReadOnlyList<Account> accounts, int seed)
    {
        (Seed, random, this.accounts) = (seed, new(seed), accounts);
        World.Accounts.AddRange(accounts);
        var global = World.Found(new("ouro", isGlobal: true));
        AddTeams(global);
        for (var i = 0; i < 3; i++)
        {
            var org = World.Found(new($"org-{seed}-{i}") { Join = Any<JoinPolicy>(), Actors = Any<ActorPolicy>(), Publishing = Any<Publishing>() });
            foreach (var account in accounts.Where(_ => random.Next(2) == 0))
                World.Join(org, account, random.Next(3) == 0 ? new(random.Next(2) == 0 ? Role.Read : Role.Write, IsExternal: true) : new(Any([Role.Read, Role.Write, Role.Admin])));
            AddTeams(org);
        }
        for (var i = 0; i < 50; i++) AddThing(i);
        foreach (var account in accounts)
            Askers.Add(new(account, Any([Door.Key, Door.Token]), random.Next(3) == 0 ? Any(World.Orgs.Where(o => o.IsGlobal || o.Members.ContainsKey(account))) : null));
    }

    void AddTeams(Org org)
    {
        for (var i = 0; i < 3; i++)
        {
            var team = new Team($"team-{i}", org, org.IsGlobal || random.Next(2) == 0) { Join = Any<JoinPolicy>() };
            org.Teams.Add(team);
            foreach (var account in accounts.Where(a => team.IsPublic || org.Members.ContainsKey(a)))
                if (random.Next(3) == 0) team.Members[account] = Any([Role.Read, Role.Write, Role.Admin]);
                else if (random.Next(6) == 0) team.Bans.Add(account);
        }
    }

    /// <summary>What inherits lives where its parent does; what is public only in a public team.</summary>
    void AddThing(int number)
    {
        var parent = World.Things.Count > 0 && random.Next(3) == 0 ? Any(World.Things) : null;
        var inherits = parent is not null && random.Next(3) > 0;
        var team = inherits ? parent!.Team : Any(World.Teams);
        var visibility = inherits ? Visibility.Inherit
            : Any<Visibility>(!team.IsPublic ? [Visibility.Organization, Visibility.Private]
                : team.Org.IsGlobal ? [Visibility.Public, Visibility.Private, Visibility.Monetized]
                : [Visibility.Public, Visibility.Private, Visibility.Monetized, Visibility.Organization]);
        var thing = World.Add(new($"Marble {number}", Any(accounts), team, visibility, parent, isComment: inherits && random.Next(4) == 0));
        foreach (var account in accounts.Where(a => a != thing.Owner && random.Next(8) == 0)) thing.Shares[account] = Any([Role.Read, Role.Write, Role.Admin]);
    }

    T Any<T>(IEnumerable<T> of) => of.ElementAt(random.Next(of.Count()));

    T Any<T>() where T : struct, Enum => Any(Enum.GetValues<T>());
}
