namespace Ouro.Tests.Permissions;

/// <summary>One question of the matrix: somebody, a door, a verb, a place. The model says what is right, a door what is answered.</summary>
public abstract record Cell(Asker Asker)
{
    public abstract string Verb { get; }

    public abstract Answer Says(Model model);

    public abstract Task<string> Ask(Doors doors);

    /// <summary>Questions are asked in acts: what changes nothing, what changes assets, teams, organizations, and what adds to them.</summary>
    public virtual int Act => 0;

    /// <summary>What a success changes; questions about the same are asked one after the other, and it is put back between them.</summary>
    public virtual object? Changes => null;

    public virtual Task PutBack(Ground ground) => Task.CompletedTask;
}

public enum AssetVerb { Read, Open, Change, Manage, Share, Delete, Explain }

/// <summary>Something with an asset that leaves it as it is: a change to what it is already, a deletion that only tells what would go.</summary>
public sealed record AssetCell(Asker Asker, AssetVerb What, Thing Thing, Account Whom) : Cell(Asker)
{
    public override string Verb => $"{What}";

    public override Answer Says(Model model) => What switch
    {
        AssetVerb.Read => model.Read(Asker, Thing),
        AssetVerb.Open => model.Open(Asker, Thing),
        AssetVerb.Change => model.Change(Asker, Thing),
        AssetVerb.Manage => model.Manage(Asker, Thing),
        AssetVerb.Share => model.Share(Asker, Thing),
        AssetVerb.Delete => model.Delete(Asker, Thing),
        _ => model.Explain(Asker, Thing, Whom),
    };

    public override async Task<string> Ask(Doors doors) => await ((What, Asker.Door) switch
    {
        (AssetVerb.Read, Door.Web) => doors.Page(Asker, Thing.Address),
        (AssetVerb.Read, Door.Mcp) => doors.Tool(Asker, "get_asset", new { id = Thing.Id }),
        (AssetVerb.Read, _) => doors.Rest(Asker, HttpMethod.Get, $"/assets/{Thing.Id}"),
        (AssetVerb.Open, Door.Web) => doors.Script(Asker, HttpMethod.Get, $"/web/datasets/{Thing.Id}/export"),
        (AssetVerb.Open, Door.Mcp) => doors.Tool(Asker, "query_dataset", new { dataset_id = Thing.Id }),
        (AssetVerb.Open, _) => doors.Rest(Asker, HttpMethod.Get, $"/datasets/{Thing.Id}/data"),
        (AssetVerb.Change, Door.Web) => doors.Page(Asker, $"/assets/{Thing.Id}/edit"),
        (AssetVerb.Change, Door.Mcp) => doors.Tool(Asker, "update_dataset", new { id = Thing.Id, name = Thing.Name }),
        (AssetVerb.Change, _) => doors.Rest(Asker, HttpMethod.Put, $"/assets/{Thing.Id}", new { asset = new { name = Thing.Name } }),
        (AssetVerb.Manage, Door.Mcp) => doors.Tool(Asker, "update_dataset", new { id = Thing.Id, visibility = Word(Thing.Visibility) }),
        (AssetVerb.Manage, _) => doors.Rest(Asker, HttpMethod.Put, $"/assets/{Thing.Id}", new { asset = new { visibility = Word(Thing.Visibility) } }),
        (AssetVerb.Share, Door.Mcp) => doors.Tool(Asker, "share_asset", new { id = Thing.Id, user_id = Whom.Id, role = "read" }),
        (AssetVerb.Share, _) => doors.Rest(Asker, HttpMethod.Put, $"/assets/{Thing.Id}/share", new { permission = new { user = new { user_id = Whom.Id }, role = "read" } }),
        (AssetVerb.Delete, Door.Mcp) => doors.Tool(Asker, "delete_asset", new { id = Thing.Id, dry_run = true, delete_children = true }),
        (AssetVerb.Delete, _) => doors.Rest(Asker, HttpMethod.Delete, $"/assets/{Thing.Id}?dry_run=true&delete_children=true"),
        _ => doors.Rest(Asker, HttpMethod.Get, $"/access/explain?user_id={Whom.Id}&asset_id={Thing.Id}"),
    }) is var reply && What == AssetVerb.Explain ? reply.Told(e => string.Join(' ', e.GetProperty("rights").EnumerateArray().Where(r => r.GetProperty("allowed").GetBoolean()).Select(r => r.GetProperty("right").GetString()))) : reply.Told();

    static string Word(Visibility visibility) => visibility.ToString().ToLowerInvariant();

    public override string ToString() => $"{Asker}: {What} [{Thing}]" + (What == AssetVerb.Explain ? $" for {Whom}" : "");
}

/// <summary>Making a dataset in a team. The body says that it came through the web; what is kept is the door it really came through.</summary>
public sealed record CreateCell(Asker Asker, Team Team, Visibility? Visibility) : Cell(Asker)
{
    public override string Verb => "Create";

    public override int Act => 4;

    public override Answer Says(Model model) => model.Create(Asker, Team, Visibility);

    public override async Task<string> Ask(Doors doors)
    {
        var (name, said) = ($"Made {Guid.CreateVersion7()}", Visibility?.ToString().ToLowerInvariant());
        var reply = await (Asker.Door switch
        {
            Door.Web => doors.Script(Asker, HttpMethod.Post, $"/web/datasets/import?name={name}&file_name=a.csv&org_id={Team.Org.Id}&team_id={Team.Id}&wait=10" + (said is null ? "" : "&visibility=" + said), new StringContent("a\n1\n", new System.Net.Http.Headers.MediaTypeHeaderValue("text/csv"))),
            Door.Mcp => doors.Tool(Asker, "create_dataset", new { name, org_id = Team.Org.Id, team_id = Team.Id, data = "[{\"a\":1}]", visibility = said }),
            _ => doors.Rest(Asker, HttpMethod.Post, "/datasets/create/from-schema", new
            {
                dataset = new { name, org_id = Team.Org.Id, team_id = Team.Id, visibility = said, source = "web", price_usd = said == "monetized" ? 1 : (int?)null, schema = "CREATE TABLE t (a INTEGER)" },
            }),
        });
        return reply.IsSuccess ? $"200 {await doors.Made(name)}" : reply.Told();
    }

    public override string ToString() => $"{Asker}: create {Visibility?.ToString().ToLowerInvariant() ?? "unsaid"} in {Team}" + (Asker.Who is null ? "" : $" ({Standing.Of(Asker.Who, Team)})");
}

/// <summary>Moving an asset into a team, or, without one, making it visible to others where it is.</summary>
public sealed record MoveCell(Asker Asker, Thing Thing, Team? Team, Visibility? Visibility) : Cell(Asker)
{
    public override string Verb => Team is null ? "Publish" : "Move";

    public override Answer Says(Model model) => Team is null ? model.Publish(Asker, Thing, Visibility!.Value) : model.Move(Asker, Thing, Team, Visibility);

    public override async Task<string> Ask(Doors doors)
    {
        var changes = new Dictionary<string, object>();
        if (Team is not null) (changes["org_id"], changes["team_id"]) = (Team.Org.Id, Team.Id);
        if (Visibility is { } visibility) changes["visibility"] = visibility.ToString().ToLowerInvariant();
        if (Visibility == Ouro.Visibility.Monetized && Asker.Door != Door.Mcp) changes["price_usd"] = 1;
        var reply = Asker.Door == Door.Mcp
            ? await doors.Tool(Asker, "update_dataset", new Dictionary<string, object>(changes) { ["id"] = Thing.Id })
            : await doors.Rest(Asker, HttpMethod.Put, $"/assets/{Thing.Id}", new { asset = changes });
        return reply.Told(asset => asset.GetProperty("visibility").GetString()!);
    }

    public override int Act => 1;

    public override object? Changes => Thing;

    public override Task PutBack(Ground ground) => ground.Lay(Thing);

    public override string ToString() => $"{Asker}: {Verb.ToLowerInvariant()} [{Thing}] as {Visibility?.ToString().ToLowerInvariant() ?? "it is"}" + (Team is null ? "" : $" into {Team}" + (Asker.Who is null ? "" : $" ({Standing.Of(Asker.Who, Team)})"));
}

/// <summary>What somebody is to a team, for who reads a difference.</summary>
static class Standing
{
    public static string Of(Account who, Team team) => string.Join("; ",
        team.Members.TryGetValue(who, out var role) ? $"team {role.ToString().ToLowerInvariant()}" : "not in the team",
        team.Org.Members.TryGetValue(who, out var part) ? $"organization {part}" : "not in the organization",
        team.Bans.Contains(who) ? "banned" : who.Owner is { } owner && team.Bans.Contains(owner) ? "owner banned" : "not banned");
}
