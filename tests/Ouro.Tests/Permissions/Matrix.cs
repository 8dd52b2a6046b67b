namespace Ouro.Tests.Permissions;

/// <summary>
/// The questions. Everything that the town allows is a cell; of each verb so many are asked that every door and every reason the model knows is met, the
/// rare ones as often as the common. <c>OURO_MATRIX</c> multiplies their number.
/// </summary>
public sealed class Matrix(Town town, int seed)
{
    static readonly int Times = int.TryParse(Environment.GetEnvironmentVariable("OURO_MATRIX"), out var times) ? times : 1;

    readonly Random random = new(seed);
    readonly Model model = new();

    public List<Cell> Cells() =>
    [
        .. Take(2000, Asset),
        .. Take(400, Moving),
        .. Take(250, Publishing),
        .. Take(1400, OfTeam),
        .. Take(250, Founding),
        .. Take(800, OfOrganization),
        .. Take(150, Place),
        .. Take(1200, Creating),
    ];

    /// <summary>Draws many and keeps as many of each kind: the verb, the door, and what the model says and why. Credentials are refused alike for every verb.</summary>
    List<Cell> Take(int count, Func<Cell?> draw)
    {
        count *= Times;
        var kinds = Enumerable.Range(0, count * 25).Select(_ => draw()).OfType<Cell>().Distinct()
            .GroupBy(cell => cell.Says(model) is var answer && answer.IsOfTheCredential ? ("", cell.Asker.Door, answer.Why) : (cell.Verb, cell.Asker.Door, answer.ToString()))
            .Select(kind => new Queue<Cell>(kind)).ToList();
        var taken = new List<Cell>(count);
        while (taken.Count < count && kinds.Count > 0)
        {
            foreach (var kind in kinds) taken.Add(kind.Dequeue());
            kinds.RemoveAll(kind => kind.Count == 0);
        }
        return taken;
    }

    Cell? Asset()
    {
        var (verb, thing) = (Any(Enum.GetValues<AssetVerb>()), Any(town.World.Things));
        var asker = Somebody(verb == AssetVerb.Read ? 0.02 : 0.005, thing.Org);
        if (asker.Door == Door.Web && (thing.IsComment || verb > AssetVerb.Change || asker.Who is null && verb != AssetVerb.Read)) return null;
        if (asker.Door == Door.Mcp && (verb == AssetVerb.Explain || thing.IsComment && verb is AssetVerb.Change or AssetVerb.Manage || thing.Visibility == Visibility.Inherit && verb == AssetVerb.Manage)) return null;
        if (thing.IsComment && verb == AssetVerb.Open) return null;
        return new AssetCell(asker, verb, thing, verb != AssetVerb.Explain ? town.Receiver : asker.Who is { } who && random.Next(2) == 0 ? who : Any(town.World.Accounts));
    }

    Cell? Creating()
    {
        var team = Any(Any(Places).Teams);
        var asker = Somebody(0.005, team.Org);
        var visibility = Any<Visibility?>([null, Visibility.Public, Visibility.Organization, Visibility.Private, Visibility.Monetized]);
        // The tool's own default is private, and neither it nor the import of a file sets a price.
        return asker.Door == Door.Mcp && visibility is null or Visibility.Monetized || asker.Door == Door.Web && (visibility == Visibility.Monetized || asker.Who is null)
            ? null
            : new CreateCell(asker, team, visibility);
    }

    Cell? Moving()
    {
        var (thing, team) = (Any(town.Movers), Any(Any(Places).Teams.Except(town.Shops)));
        var asker = random.Next(3) == 0 ? Somebody(0.005, thing.Org) : Mover(thing);
        var visibility = Any<Visibility?>([null, Visibility.Public, Visibility.Organization, Visibility.Private]);
        // Whether what is public somewhere may become public elsewhere is left open.
        return asker.Door == Door.Web || team == thing.Team || thing.Visibility is Visibility.Public or Visibility.Monetized && team.Org != thing.Org && team.IsPublic && visibility is null or Visibility.Public
            ? null
            : new MoveCell(asker, thing, team, visibility);
    }

    Cell? Publishing()
    {
        var thing = Any(town.Movers);
        var asker = random.Next(3) == 0 ? Somebody(0.005, thing.Org) : Mover(thing);
        var visibility = Any([Visibility.Public, Visibility.Organization, Visibility.Private, Visibility.Monetized]);
        return asker.Door == Door.Web || asker.Door == Door.Mcp && visibility == Visibility.Monetized ? null : new MoveCell(asker, thing, null, visibility);
    }

    Cell? OfTeam()
    {
        var verb = Any(Enum.GetValues<TeamVerb>());
        var team = verb is TeamVerb.MakeInternal or TeamVerb.MakePublic ? Any(town.Shops.Concat(Places.Select(o => o.All))) : Any(Any(Places).Teams);
        var asker = random.Next(3) > 0 ? Somebody(0.01, team.Org) : new(Any(town.World.Accounts.Where(a => team.Members.GetValueOrDefault(a) == Role.Admin || team.Org.IsGlobal && a.IsOperator)), Any([Door.Key, Door.Token, Door.Mcp]));
        var whom = verb switch
        {
            TeamVerb.SetRole or TeamVerb.Remove when team.Members.Count > 0 => Any(team.Members.Keys),
            TeamVerb.Approve when team.Requests.Count > 0 => Any(team.Requests),
            TeamVerb.Unban when team.Bans.Count > 0 => Any(team.Bans),
            TeamVerb.Add => Any(town.World.Accounts.Where(a => !team.Members.ContainsKey(a))),
            TeamVerb.Ban => random.Next(3) == 0 ? town.Bystander : Any(town.World.Accounts.Where(a => !team.Bans.Contains(a))),
            TeamVerb.SetRole or TeamVerb.Remove or TeamVerb.Approve or TeamVerb.Unban => null,
            _ => town.Bystander,
        };
        return whom is null || whom == asker.Who
            // A page offers what makes a difference, to whom it shows something.
            || asker.Door == Door.Web && verb switch
            {
                TeamVerb.See => false,
                TeamVerb.Join => asker.Who is null || team.Members.ContainsKey(asker.Who) || team.Requests.Contains(asker.Who),
                TeamVerb.Leave => asker.Who is null || !team.Members.ContainsKey(asker.Who),
                TeamVerb.Edit or TeamVerb.SeeBans or TeamVerb.Delete => asker.Who is null || team.IsDefault,
                _ => true,
            }
            // Only these are tools.
            || asker.Door == Door.Mcp && verb is not (TeamVerb.See or TeamVerb.Join or TeamVerb.Leave or TeamVerb.Edit or TeamVerb.MakeInternal or TeamVerb.MakePublic)
            // Nobody comes into the default team, is kept out of it, or has another role there.
            || team.IsDefault && (verb is TeamVerb.Add or TeamVerb.SetRole or TeamVerb.Ban or TeamVerb.Unban or TeamVerb.Approve || team.Org.IsGlobal && verb is TeamVerb.Join or TeamVerb.Leave)
            || verb == TeamVerb.Delete && !team.IsDefault && town.World.Things.Any(t => t.Team == team)
            ? null
            : new TeamCell(asker, verb, team, whom);
    }

    Cell? Founding()
    {
        var org = Any(Places);
        var asker = Somebody(0.01, org);
        // The global organization has no other teams than public ones.
        return asker.Door == Door.Web || Any<Visibility?>([null, Visibility.Public, Visibility.Organization]) is var visibility && org.IsGlobal && visibility == Visibility.Organization
            ? null
            : new FoundCell(asker, org, visibility);
    }

    Cell? OfOrganization()
    {
        var verb = Any(Enum.GetValues<OrgVerb>());
        var org = verb is OrgVerb.See or OrgVerb.SeeRoster or OrgVerb.SeeEvents or OrgVerb.Edit ? Any(town.Clubs.Concat(town.Labs)) : Any(town.Clubs);
        var asker = verb == OrgVerb.Leave || random.Next(3) == 0 ? new(Any(org.Members.Keys), Any([Door.Key, Door.Token])) : Somebody(0.01, org);
        if (verb == OrgVerb.See && random.Next(6) == 0) asker = new(town.Guest, asker.Door);
        return asker.Door == Door.Mcp || verb == OrgVerb.Join && asker.Who == town.Guest
            || asker.Door == Door.Web && verb switch
            {
                OrgVerb.See => false,
                OrgVerb.SeeRoster or OrgVerb.SeeEvents or OrgVerb.Edit => asker.Who is null,
                OrgVerb.Join => asker.Who is null || org.Members.ContainsKey(asker.Who),
                _ => true,
            }
            ? null
            : new OrgCell(asker, verb, org, Any(org.Members.Keys.Where(a => a != asker.Who)), Any([Role.Read, Role.Write, Role.Admin]));
    }

    /// <summary>Which organization a request runs in.</summary>
    Cell? Place()
    {
        var named = Any<Org?>([null, .. Places]);
        var asker = Somebody(0.01, named ?? town.Global);
        return asker.Door is Door.Web or Door.Mcp ? null : new PlaceCell(asker, named);
    }

    /// <summary>Somebody who may well manage the asset.</summary>
    Asker Mover(Thing thing)
    {
        var who = thing.Shares.Count > 0 ? Any(town.World.Accounts.Where(thing.Shares.ContainsKey)) : thing.Owner;
        return new(who, Any([Door.Key, Door.Token, Door.Mcp]), random.Next(8) == 0 && IsIn(who, thing.Org) ? thing.Org : null);
    }

    static bool IsIn(Account who, Org org) => org.IsGlobal || org.Members.ContainsKey(who);

    Org[] Places => [town.Global, .. town.Labs];

    /// <summary>Anybody, or nobody, by a door that is theirs; one in three keys is bound to here, to the personal context, or elsewhere.</summary>
    Asker Somebody(double nobody, Org here)
    {
        var door = Any(Enum.GetValues<Door>());
        if (random.NextDouble() < nobody) return new(null, door);
        // The leaver's keys are still bound to what was left, and can no longer be exchanged for a token.
        if (random.Next(60) == 0) return new(town.Leaver, Any([Door.Key, Door.Mcp]), Any(town.Labs));
        var who = Any(town.World.Accounts);
        if (door == Door.Web) return who.Kind == ActorType.Agent ? new(who, Door.Key) : new(who, door);
        var place = random.Next(9) switch { 0 => here, 1 => town.Global, 2 => Any(town.Labs), _ => null };
        return new(who, door, place is not null && IsIn(who, place) ? place : null);
    }

    T Any<T>(IEnumerable<T> of) => of is IReadOnlyList<T> list ? list[random.Next(list.Count)] : Any(of.ToList());
}
