using Ouro.Server.Data;
using Ouro.Server.Teams;

namespace Ouro.Server.Assets;

/// <summary>What goes on in teams: what came into one, or into all of one's own, and what of it is unread.</summary>
public sealed class FeedOperations(Db db, Clock clock, TeamOperations teams, AssetOperations assets, SearchOperations searches)
{
    const int MostOfAPreview = 50;

    /// <summary>What is in a team and the actor may see, newest first; what belongs to something else only where its type is asked for.</summary>
    public async Task<Page<Asset>> Activity(Actor actor, Guid team, AssetType? type, int? limit, int? offset, string? after, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset);
        await teams.Standing(actor, team, ct);
        return await searches.Search(actor, new() { TeamId = team, Types = type is { } only ? [only] : [], TopLevelOnly = type is null, Limit = size, Offset = skip, After = after }, ct);
    }

    /// <summary>What came into any of the actor's teams, newest first.</summary>
    public async Task<Page<Asset>> Feed(Actor actor, int? limit, string? after, CancellationToken ct)
    {
        var (size, _) = Contract.Window(limit, 0);
        var found = await AssetStore.Feed(db, actor, Cursor.Parse(after), size + 1, ct);
        var page = found.Take(size).Select(assets.Shaped).ToList();
        var more = found.Count > size;
        return new(page, new(0, size, more, After: more ? new Cursor(page[^1].CreatedAt, page[^1].Id).ToString() : null));
    }

    /// <summary>What is unread: a count for each of the actor's teams, or with the view mode preview a page of one team.</summary>
    public async Task<(TeamUnreads Unreads, Pagination? Pagination)> Unreads(
        Actor actor, Guid? org, Guid? team, string? viewMode, int? limit, int? offset, CancellationToken ct)
    {
        switch (viewMode ?? "count")
        {
            case "count":
                var counts = await AssetStore.Unreads(db, actor, org, team, ct);
                return (new() { Unreads = counts.ToDictionary(c => c.TeamId, c => c.Count) }, null);
            case "preview":
                if (team is not { } of) throw Refusal.Fields(("team_id", "A preview is of one team: send team_id."));
                var page = await UnreadPreview(actor, of, limit, offset, ct);
                return (new() { ViewMode = "preview", TeamId = of, UnreadCount = (int)page.Pagination.Total!, Results = page.Items }, page.Pagination);
            default:
                throw Refusal.Fields(("view_mode", "view_mode is count or preview."));
        }
    }

    /// <summary>Which of these the actor has not read yet, of those that lie in their teams.</summary>
    public async Task<IReadOnlySet<Guid>> UnreadAmong(Actor actor, IReadOnlyList<Asset> shown, CancellationToken ct) =>
        actor.IsSignedIn && shown.Count > 0 ? (await AssetStore.UnreadAmong(db, actor, [.. shown.Select(a => a.Id)], ct)).ToHashSet() : new HashSet<Guid>();

    /// <summary>The teams that the actor came into last, by name, with how much is unread in each; at most these many, and one more where there are more.</summary>
    public Task<List<JoinedTeam>> Joined(Actor actor, int most, CancellationToken ct) => AssetStore.Joined(db, actor, most + 1, ct);

    /// <summary>The newest few of each of these types in a team that the actor may see.</summary>
    public async Task<IReadOnlyList<Asset>> Newest(Actor actor, Guid team, AssetType[] types, int each, CancellationToken ct)
    {
        await teams.Standing(actor, team, ct);
        return [.. (await AssetStore.NewestOfTeam(db, actor, team, types, each, ct)).Select(assets.Shaped)];
    }

    /// <summary>What is unread in a team, newest first; its total is counted up to 1,000.</summary>
    public async Task<Page<Asset>> UnreadPreview(Actor actor, Guid team, int? limit, int? offset, CancellationToken ct)
    {
        var (size, skip) = Contract.Window(limit, offset, most: MostOfAPreview);
        await teams.Standing(actor, team, ct);
        var count = (await AssetStore.Unreads(db, actor, null, team, ct)).Sum(c => c.Count);
        var found = await AssetStore.Unread(db, actor, team, size + 1, skip, ct);
        return new([.. found.Take(size).Select(assets.Shaped)], new(skip, size, found.Count > size, count));
    }

    /// <summary>Marks everything in a team as read.</summary>
    public async Task<TeamUnreads> Read(Actor actor, Guid team, CancellationToken ct)
    {
        var there = await teams.Standing(actor, team, ct);
        TeamRules.MustBeInPlace(actor, there.OrgId);
        return await AssetStore.ReadAll(db, actor.Id, team, clock.Now(), ct) ? new() { TeamId = team, UnreadCount = 0 }
            : throw Refusal.Forbidden("not_a_member", $"Only members of {there.Told} have something to read in it.", "Join it first.");
    }

    /// <summary>What teams hold, for the room below that cannot know it.</summary>
    public static TeamContents Contents(Db db) => new(
        async (actor, team, ct) =>
        {
            var counts = (await AssetStore.CountOfTeam(db, actor, team, ct)).ToDictionary(k => k.AssetType, k => k.Count);
            var told = Shown.ToDictionary(type => Wire.Name(type) + "s", type => counts.GetValueOrDefault(type));
            told["assets"] = counts.Values.Sum();
            // Until quests can be closed, each is open.
            told["open_quests"] = counts.GetValueOrDefault(AssetType.Quest);
            return told;
        },
        AssetStore.CountPublicOfTeam,
        async (tx, team, ct) =>
        {
            await AssetStore.UnpublishOfTeam(tx, team, null, ct);
            await AssetStore.TellReach(tx, null, ct);
        },
        async (tx, team, to, owners, ct) =>
        {
            if (to.Visibility == Visibility.Organization) await AssetStore.UnpublishOfTeam(tx, team, owners, ct);
            await AssetStore.TellReach(tx, null, ct);
            return await AssetStore.MoveOfTeam(tx, team, to.Team, owners, ct);
        });

    static readonly AssetType[] Shown = [AssetType.Dataset, AssetType.File, AssetType.Service, AssetType.Route, AssetType.Post, AssetType.Quest];
}
