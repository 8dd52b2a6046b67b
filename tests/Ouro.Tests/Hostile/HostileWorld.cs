using System.Text.Json;
using System.Text.RegularExpressions;
using Ouro.Tests.Files;
using Ouro.Tests.Organizations;
using Ouro.Tests.Teams;

namespace Ouro.Tests.Hostile;

/// <summary>
/// Ada's hidden lab with everything that can be private in it, and Eve, who has a lab of her own and wants to know and to have more.
/// </summary>
public sealed partial class HostileWorld : TestServer
{
    readonly Dictionary<string, string> things = [];

    public Person Ada { get; private set; } = null!;
    public Person Ben { get; private set; } = null!;
    public Person Eve { get; private set; } = null!;

    /// <summary>Whoever acts in a case, by their name.</summary>
    public Dictionary<string, Person> People { get; } = [];

    /// <summary>An id, or a name, of something in this world.</summary>
    public string this[string thing] => things[thing];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var name in (string[])["ada", "ben", "tom", "rita", "finn", "dan", "wes", "eve"]) People[name] = await Join(name);
        (Ada, Ben, Eve) = (People["ada"], People["ben"], People["eve"]);
        People["op"] = await Join("op", isOperator: true);
        foreach (var (name, person) in People) things[name] = person.Id.ToString();

        var lab = await Found("hidden-lab", Ada);
        await this.Enrol(lab, People["tom"]);
        await this.Enrol(lab, Ben);
        await this.Enrol(lab, People["rita"], "read");
        await Db.Run($"update organizations set public_publishing = 'admins' where id = {lab.Id}", default);
        var secrets = await Ada.Ouro.Teams.CreateAsync(new("secrets", lab.Id));
        await Ada.Post($"/teams/{secrets.Id}/members", new { user_id = People["tom"].Id, role = "admin" });
        await Ada.Post($"/teams/{secrets.Id}/members", new { user_id = Ben.Id, role = "write" });
        await Ada.Post($"/teams/{secrets.Id}/bans", new { user_id = People["finn"].Id });
        things["default-team"] = lab.DefaultTeam!.Id.ToString();

        var evil = await Found("eve-lab", Eve);
        var band = await Eve.Ouro.Teams.CreateAsync(new("band", evil.Id));
        (things["lab"], things["team"], things["eve-lab"], things["eve-team"]) = (lab.Id.ToString(), secrets.Id.ToString(), evil.Id.ToString(), band.Id.ToString());
        (things["lab-name"], things["ada-name"]) = ("hidden-lab", "ada");

        things["private"] = (await Ada.Post("/datasets/create/from-schema", Calls.Scores("Private"))).Id().ToString();
        things["internal"] = (await Ada.Post("/datasets/create/from-schema", Calls.Scores("Internal", "organization", lab.Id))).Id().ToString();
        things["eve-data"] = (await Eve.Post("/datasets/create/from-schema", Calls.Scores("Mine"))).Id().ToString();
        await Ada.Put($"/assets/{this["internal"]}/share", new { permission = new { user = new { user_id = People["wes"].Id }, role = "write" } });
        things["file"] = (await Ada.File("secret"u8.ToArray(), "secret.txt", "private")).GetProperty("id").GetString()!;
        things["upload"] = (await Ada.Upload("waiting"u8.ToArray(), "waiting.txt", "private")).GetProperty("id").GetString()!;
        things["eve-file"] = (await Eve.File("mine"u8.ToArray(), "mine.txt", "private")).GetProperty("id").GetString()!;
        things["view"] = (await Ada.Post($"/datasets/{this["private"]}/visualizations", new { name = "v", sql_query = "select score from {{table}}" })).Id().ToString();
        await Ada.PostText("/datasets/create/from-file?name=Sent", "a\n1\n", type: "text/csv");
        things["import"] = (await Ada.Get("/datasets/imports?limit=1")).Data()[0].GetProperty("id").GetString()!;

        things["key"] = (await Ada.Ouro.ApiKeys.CreateAsync(new("other"))).Key.Id.ToString();
        var bot = await Ada.Ouro.Agents.CreateAsync(new() { Username = "ada_bot" });
        var botKey = await Ada.Ouro.Agents.CreateKeyAsync(bot.Id, new("k"));
        (things["agent"], things["agent-key"]) = (bot.Id.ToString(), botKey.Key.Id.ToString());
        People["bot"] = new(this, bot.Id, "ada_bot", botKey.Secret);
        things["eve-agent"] = (await Eve.Ouro.Agents.CreateAsync(new() { Username = "eve_bot" })).Id.ToString();
        People["ada-in-lab"] = await Ada.Bound(lab.Id);
        People["ada-at-home"] = await Ada.Bound(Ids.Global);
        People["op-at-home"] = await People["op"].Bound(Ids.Global);

        things["invitation"] = (await Ada.Post($"/organizations/{lab.Id}/invitations", new { invitation = new { user_id = People["dan"].Id, role = "write" } }))
            .Data().GetProperty("invitation").GetProperty("id").GetString()!;
        things["server-invitation"] = (await People["op"].Ouro.ServerInvitations.CreateAsync(new())).Id.ToString();
        (things["request"], things["team-request"]) = (Guid.CreateVersion7().ToString(), Guid.CreateVersion7().ToString());
        await Db.Run($"insert into organization_join_requests (id, org_id, user_id, created_at) values ({Guid.Parse(this["request"])}, {lab.Id}, {People["finn"].Id}, now())", default);
        await Db.Run($"insert into team_join_requests (id, team_id, user_id, created_at) values ({Guid.Parse(this["team-request"])}, {secrets.Id}, {People["rita"].Id}, now())", default);
    }

    /// <summary>A request as it is written in a case: method, path and body, in which <c>$name</c> is a thing of this world and <c>@</c> what is swapped.</summary>
    public async Task<Answer> Send(Person actor, string request, string swapped = "")
    {
        var parts = Named().Replace(request, thing => this[thing.Groups[1].Value]).Replace("@", swapped, StringComparison.Ordinal).Split(' ', 3);
        using var message = new HttpRequestMessage(new(parts[0]), "/api" + parts[1]);
        if (parts.Length > 2) message.Content = new StringContent(parts[2], System.Text.Encoding.UTF8, parts[2].StartsWith('{') ? "application/json" : "text/csv");
        using var answer = await actor.Http.SendAsync(message);
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Date" or "Content-Length") && !h.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase))
            .Select(h => $"{h.Key}: {string.Join(',', h.Value)}").Order();
        return new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), string.Join('\n', headers));
    }

    /// <summary>Everything that says who is what and whose what is. Two that are equal have nothing between them but what one has done oneself.</summary>
    public async Task<string> Digest(Person? doer = null)
    {
        List<string> parts = [];
        foreach (var (table, columns) in Guarded)
            parts.Add(table + " " + await Db.Maybe<string>(Ouro.Server.Data.Sql.Trusted(
                $"select coalesce(md5(string_agg(r::text, '|' order by r::text)), '') from (select {columns} from {table}) r"), default));
        if (doer is not null) parts.Add("events " + await Db.Maybe<long>($"select count(*) from events where actor_id is distinct from {doer.Id}", default));
        return string.Join('\n', parts);
    }

    static readonly (string Table, string Columns)[] Guarded =
    [
        ("organizations", "*"), ("organization_members", "*"), ("organization_join_requests", "*"), ("invitations", "*"), ("server_invitations", "*"),
        ("teams", "*"), ("team_members", "*"), ("team_join_requests", "*"), ("team_bans", "*"),
        ("users", "id, username, name, bio, email, email_verified_at, actor_type, is_operator, password_hash, security_stamp, owner_id, verified_by, verified_at, disabled_at, avatar_path"),
        ("api_keys", "id, user_id, name, hash, org_id, revoked_at"), ("account_links", "id, kind, user_id, email"), ("passkeys", "id, user_id"),
        ("assets", "id, asset_type, user_id, org_id, team_id, parent_id, visibility, name, description::text, metadata::text, attribution::text, state, source, created_at, last_updated"),
        ("permissions", "*"), ("dataset_tables", "asset_id, name, columns::text, row_count"), ("dataset_views", "*"), ("connections", "*"), ("asset_views", "*"), ("asset_seen", "*"),
        ("jobs", "id, kind, user_id, state"), ("files", "*"), ("uploads", "*"), ("blobs", "sha256"),
    ];

    [GeneratedRegex(@"\$([a-z-]*[a-z])")]
    private static partial Regex Named();
}

/// <summary>What came back, as text.</summary>
public sealed record Answer(int Status, string Body, string Headers)
{
    /// <summary>The status, and the code of a refusal.</summary>
    public string Told => Status < 400 ? $"{Status}" : $"{Status} {JsonElement.Parse(Body).Code()}";

    /// <summary>The whole answer with a word in place of what was asked for.</summary>
    public string Without(string asked) => $"{Status}\n{Headers}\n{Body.Replace(asked, "…", StringComparison.OrdinalIgnoreCase)}";
}
