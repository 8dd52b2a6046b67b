using System.Text.Json;
using Ouro.Server.Access;
using Ouro.Server.Data;
using Ouro.Server.Events;

namespace Ouro.Server.Teams;

/// <summary>Teams: made, found, changed, deleted; and who is in them.</summary>
public sealed partial class TeamOperations(Db db, Clock clock, EventLog events, Actors actors, WebAddress web, TeamContents contents)
{
    const int MostOfARoster = 1000;
    const int MostOfAPage = 200;

    /// <summary>Creates a team; its creator is its admin.</summary>
    public async Task<Team> Create(Actor actor, CreateTeam input, CancellationToken ct)
    {
        Contract.Present(input, "team");
        var org = input.OrgId ?? actor.Context;
        TeamRules.MustBeInPlace(actor, org);
        var (name, now) = (TeamRules.MustName(input.Name), clock.Now());
        await using var tx = await db.Begin(ct);
        var there = await TeamStore.StandingIn(tx, actor.Id, actor.BoundTo, org, null, ct) ?? throw TeamRules.NoMember();
        var visibility = TeamRules.MustBeVisible(there.IsGlobal, input.Visibility);
        TeamRules.MustCreate(there, visibility);
        var team = new NewTeam(
            Guid.CreateVersion7(), org, name, visibility, Described(input.Description), TeamRules.MustDefault(input.DefaultRole), input.JoinPolicy ?? JoinPolicy.Open,
            input.SourcePolicy, input.ActorTypePolicy, actor.Id, now);
        await TeamStore.HoldName(tx, org, name, ct);
        if (!await TeamStore.Add(tx, team, ct)) throw NameTaken(name);
        await TeamStore.AddMember(tx, team.Id, actor.Id, Role.Admin, now, ct);
        await events.Record(tx, actor, "team.created", team.Id, Audience.Team(team.Id), new { name, visibility }, ct, org, team.Id);
        return await Changed(tx, actor, team.Id, [actor.Id], ct);
    }

    /// <summary>A team by its id, with what is in it; and with who is in it, at most 1,000, where that is asked for.</summary>
    public async Task<Team> Get(Actor actor, Guid id, bool includeMembers, CancellationToken ct)
    {
        var team = await Find(db, actor, id, ct);
        if (includeMembers) team = team with { Members = await TeamStore.Members(db, id, Oldest, MostOfARoster, 0, ct) };
        return await Counted(actor, team, ct);
    }

    /// <summary>A team by its organization's name and its own.</summary>
    public async Task<Team> GetByName(Actor actor, string org, string team, CancellationToken ct) =>
        await Counted(actor, Shaped(await TeamStore.FindByName(db, actor, org, team, ct) ?? throw TeamRules.NoTeam($"{org}/{team}")), ct);

    /// <summary>Teams that the actor may see, newest first.</summary>
    public async Task<Page<Team>> List(Actor actor, TeamList which, CancellationToken ct)
    {
        var (limit, offset) = Contract.Window(which.Limit, which.Offset, MostOfAPage, MostOfAPage);
        which = which with { Query = Contract.Clean(which.Query?.Trim() ?? "", "query") };
        var found = await TeamStore.Visible(db, actor, which, Cursor.Parse(which.After), limit + 1, offset, ct);
        return Paged([.. found.Select(Shaped)], limit, offset, t => new(t.CreatedAt, t.Id));
    }

    /// <summary>Changes a team: what it says of itself, and its rules. What is not given stays.</summary>
    public async Task<Team> Update(Actor actor, Guid id, ChangeTeam change, CancellationToken ct)
    {
        Contract.Present(change, "team");
        await using var tx = await db.Begin(ct);
        var there = await Held(tx, actor, id, ct);
        TeamRules.MustModerate(there);
        var before = (await TeamStore.Stored(tx, id, ct))!;
        var after = before with
        {
            Name = change.Name is null ? before.Name : TeamRules.MustName(change.Name),
            Visibility = change.Visibility is null ? before.Visibility : TeamRules.MustBeVisible(there.IsGlobal, change.Visibility),
            Description = change.Description.IsGiven ? Described(change.Description.Value) : before.Description,
            DefaultRole = change.DefaultRole is null ? before.DefaultRole : TeamRules.MustDefault(change.DefaultRole),
            JoinPolicy = change.JoinPolicy ?? before.JoinPolicy,
            SourcePolicy = change.SourcePolicy.Or(before.SourcePolicy), ActorTypePolicy = change.ActorTypePolicy.Or(before.ActorTypePolicy),
        };
        if (after.Name != before.Name) TeamRules.MustNotBeDefault(there, "it keeps its name");
        if (after.Visibility != before.Visibility) TeamRules.MustNotBeDefault(there, "who sees it cannot be changed");
        if (after.Visibility != before.Visibility && after.Visibility == Visibility.Organization) TeamRules.MustStayInside(there);
        if (after.Name != before.Name) await TeamStore.HoldName(tx, there.OrgId, after.Name, ct);
        if (!await TeamStore.Update(tx, after, clock.Now(), ct)) throw NameTaken(after.Name);
        var others = after.Visibility == before.Visibility ? []
            : after.Visibility == Visibility.Public ? Publish(there) : await Unpublish(tx, id, change.Unpublish, ct);
        await events.Record(tx, actor, "team.updated", id, Audience.Team(id), Changes(change, before, after), ct, there.OrgId, id);
        return await Changed(tx, actor, id, others, ct);
    }

    /// <summary>Deletes a team. What is in it moves to the organization's default team.</summary>
    public async Task<DeletedTeam> Delete(Actor actor, Guid id, CancellationToken ct)
    {
        await using var tx = await db.Begin(ct);
        var there = await Held(tx, actor, id, ct);
        TeamRules.MustModerate(there);
        TeamRules.MustNotBeDefault(there, "it cannot be deleted");
        var moved = await contents.Move(tx, id, (there.DefaultTeamId, there.DefaultVisibility), null, ct);
        await events.Record(tx, actor, "team.deleted", id, Audience.Organization(there.OrgId), new { name = there.TeamName, moved_assets = moved }, ct, there.OrgId, id);
        var members = await TeamStore.Remove(tx, id, ct);
        await Commit(tx, members, ct);
        return new(id, there.TeamName, there.DefaultTeamId, moved);
    }

    /// <summary>What an account is to a team, or to an organization's default team, for who decides about putting something there; null where there is none.</summary>
    public Task<Standing?> StandingIn(Session session, Actor actor, Guid org, Guid? team, CancellationToken ct) =>
        TeamStore.StandingIn(session, actor.Id, actor.BoundTo, org, team, ct);

    /// <summary>What the actor is to a team that they may see.</summary>
    public async Task<Standing> Standing(Actor actor, Guid id, CancellationToken ct) =>
        await TeamStore.Standing(db, actor.Id, actor.BoundTo, id, ct) is { IsSeen: true } there ? there : throw TeamRules.NoTeam(id.ToString());

    /// <summary>Why the actor would not come into a team by themselves, and why they put nothing there.</summary>
    public async Task<WhyNot> WhyNot(Actor actor, Guid id, CancellationToken ct)
    {
        var there = await Standing(actor, id, ct);
        return new(TeamRules.WhyNotJoin(there), TeamRules.WhyNotContribute(there, actor.Source));
    }

    /// <summary>A team by its names, for its admins.</summary>
    public async Task<Team> Administered(Actor actor, string org, string team, CancellationToken ct)
    {
        var found = await GetByName(actor, org, team, ct);
        TeamRules.MustModerate(await Standing(actor, found.Id, ct));
        return found;
    }

    /// <summary>How much of a team is public or for sale, for its admins: what making it internal would hide.</summary>
    public async Task<long> CountPublic(Actor actor, Guid id, CancellationToken ct)
    {
        TeamRules.MustModerate(await Standing(actor, id, ct));
        await using var tx = await db.Begin(ct);
        return await contents.CountPublic(tx, id, ct);
    }

    static List<Guid> Publish(Standing there)
    {
        TeamRules.MustPublish(there.PublicPublishing, there.OrgRole == Role.Admin);
        return [];
    }

    async Task<List<Guid>> Unpublish(Tx tx, Guid id, bool isMeant, CancellationToken ct)
    {
        if (!isMeant && await contents.CountPublic(tx, id, ct) is > 0 and var count)
            throw Refusal.Conflict("team_has_public_assets", $"{count:N0} assets in this team are public or for sale, and an internal team holds none.",
                "Send unpublish true to make them visible to the organization only, or move them to a public team.", JsonSerializer.SerializeToElement(new { public_assets = count }));
        await contents.Unpublish(tx, id, ct);
        return await TeamStore.RemoveStrangers(tx, id, clock.Now(), ct);
    }

    // Policies travel with what they were, so that who reads the log sees what was loosened.
    static Dictionary<string, object?> Changes(ChangeTeam change, NewTeam before, NewTeam after)
    {
        var changes = new Dictionary<string, object?>();
        Note("name", before.Name, after.Name);
        Note("visibility", before.Visibility, after.Visibility);
        Note("default_role", before.DefaultRole, after.DefaultRole);
        Note("join_policy", before.JoinPolicy, after.JoinPolicy);
        Note("source_policy", before.SourcePolicy, after.SourcePolicy);
        Note("actor_type_policy", before.ActorTypePolicy, after.ActorTypePolicy);
        if (change.Description.IsGiven) changes["description"] = null;
        return changes;

        void Note<T>(string field, T from, T to)
        {
            if (!Equals(from, to)) changes[field] = new { from, to };
        }
    }

    static Content? Described(Content? description)
    {
        if (description is null) return null;
        if (Contract.Clean(description.Text, "description").Length > 20_000) throw Refusal.Fields(("description", "A team's description has at most 20,000 characters."));
        Contract.Bounded(description.Json, "description", 200_000);
        return description;
    }

    async Task<Team> Find(Session session, Actor actor, Guid id, CancellationToken ct) =>
        Shaped(await TeamStore.Find(session, actor, id, ct) ?? throw TeamRules.NoTeam(id.ToString()));

    async Task<Team> Counted(Actor actor, Team team, CancellationToken ct)
    {
        var metrics = await contents.Count(actor, team.Id, ct);
        if (team.MemberCount is { } members) metrics["members"] = members;
        return team with { Metrics = metrics };
    }

    /// <summary>A team that the actor may see, held until the transaction ends, and what they are to it.</summary>
    static async Task<Standing> Held(Tx tx, Actor actor, Guid id, CancellationToken ct)
    {
        await tx.Run($"set local lock_timeout = '3s'", ct);
        // First held and then read: what it waited for may have changed who is in it.
        var there = await TeamStore.Hold(tx, id, ct) ? await TeamStore.Standing(tx, actor.Id, actor.BoundTo, id, ct) : null;
        if (there is not { IsSeen: true }) throw TeamRules.NoTeam(id.ToString());
        TeamRules.MustBeInPlace(actor, there.OrgId);
        return there;
    }

    /// <summary>Commits, and answers with the team as it is now; those whose memberships changed are looked at again.</summary>
    async Task<Team> Changed(Tx tx, Actor actor, Guid id, List<Guid> others, CancellationToken ct)
    {
        var team = await Find(tx, actor, id, ct);
        await Commit(tx, others, ct);
        return await Counted(actor, team, ct);
    }

    async Task Commit(Tx tx, List<Guid> changed, CancellationToken ct)
    {
        await Actors.Changed(tx, changed, ct);
        await tx.Commit(ct);
        foreach (var user in changed) actors.Forget(user);
    }

    Team Shaped(Team team) => team with { Url = web.Of(TeamRules.Path(team.OrgId, team.Organization.Name, team.Name)) };

    static readonly Cursor Oldest = new(DateTimeOffset.UnixEpoch, Guid.Empty);

    static Page<T> Paged<T>(List<T> found, int limit, int offset, Func<T, Cursor> at)
    {
        var more = found.Count > limit;
        if (more) found.RemoveRange(limit, found.Count - limit);
        return new(found, new(offset, limit, more, After: more ? at(found[^1]).ToString() : null));
    }

    static Refusal NameTaken(string name) => Refusal.Conflict("team_name_taken", $"The organization already has a team called “{name}”.", "Choose another name.");
}
