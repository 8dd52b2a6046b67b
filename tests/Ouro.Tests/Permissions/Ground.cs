using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Access;
using Ouro.Server.Data;

namespace Ouro.Tests.Permissions;

/// <summary>Lays a world of the model into a server's database, and puts back what a question changed.</summary>
public sealed class Ground(TestServer server)
{
    readonly Dictionary<Account, Person> people = [];

    public TestServer Server => server;

    public Person Of(Account account) => people[account];

    /// <summary>The organizations and teams of a world whose accounts are open.</summary>
    public async Task Lay(World world)
    {
        foreach (var org in world.Orgs) await Lay(org);
        foreach (var team in world.Teams) await Lay(team);
    }

    /// <summary>Takes everything away but the accounts.</summary>
    public Task Clear() => Run($"delete from assets", $"delete from teams where id <> {Ids.Global}", $"delete from organizations where id <> {Ids.Global}");

    /// <summary>Accounts are made by the server itself, with a key each.</summary>
    public async Task Open(IEnumerable<Account> accounts)
    {
        foreach (var account in accounts)
        {
            people[account] = await server.Join(account.Name, account.Kind, account.IsOperator);
            account.Id = people[account].Id;
        }
        foreach (var agent in accounts.Where(a => a.Owner is not null))
            await server.Db.Run($"update users set owner_id = {agent.Owner!.Id} where id = {agent.Id}", default);
    }

    public async Task Lay(Org org)
    {
        await Write(org);
        Forget();
    }

    public async Task Lay(Team team)
    {
        await Write(team);
        Forget();
    }

    /// <summary>The server keeps who somebody is until it is told of a change; what is written beside it, it is not told of.</summary>
    void Forget()
    {
        var actors = server.Services.GetRequiredService<Actors>();
        foreach (var person in people.Values) actors.Forget(person.Id);
    }

    async Task Write(Org org)
    {
        if (org.IsGlobal) return;
        var (who, parts) = (org.Members.Keys.Select(a => a.Id).ToArray(), org.Members.Values);
        await Run($"""
            insert into organizations (id, name, default_team_id, created_at, last_updated)
            values ({org.Id}, {org.Name}, {org.All.Id}, now(), now())
            on conflict (id) do nothing
            """,
            $"""
            update organizations
            set mission = null, source_policy = {Word(org.Source)}, actor_type_policy = {Word(org.Actors)}, join_policy = {Word(org.Join)}, public_publishing = {Word(org.Publishing)},
              base_role = {org.BaseRole}, allow_external_members = {org.AllowsExternalMembers}, allow_external_public_team_creation = {org.AllowsExternalTeams}
            where id = {org.Id}
            """,
            $"delete from organization_members where org_id = {org.Id}",
            $"delete from organization_join_requests where org_id = {org.Id}",
            $"delete from invitations where org_id = {org.Id}",
            $"""
            insert into organization_members (org_id, user_id, role, membership_type, added_at)
            select {org.Id}, m.id, m.role, m.type, now()
            from unnest({who}, {parts.Select(p => Word(p.Role)).ToArray()}, {parts.Select(p => p.IsExternal ? "external" : "internal").ToArray()}) m (id, role, type)
            """,
            $"""
            insert into invitations (id, org_id, user_id, role, membership_type, created_at, expires_at)
            select gen_random_uuid(), {org.Id}, invited, 'write', 'internal', now(), now() + interval '7 days'
            from unnest({org.Invited.Select(a => a.Id).ToArray()}) invited
            """);
    }

    async Task Write(Team team)
    {
        await Run($"""
            insert into teams (id, org_id, name, created_at, last_updated)
            values ({team.Id}, {team.Org.Id}, {team.Name}, now(), now())
            on conflict (id) do nothing
            """,
            $"""
            update teams
            set name = {team.Name}, description = null, visibility = {(team.IsPublic ? "public" : "organization")}, default_role = {team.DefaultRole},
              source_policy = {(team.Source is { } source ? Word(source) : null)}, actor_type_policy = {(team.Actors is { } actors ? Word(actors) : null)}, join_policy = {Word(team.Join)}
            where id = {team.Id}
            """,
            $"delete from team_members where team_id = {team.Id}",
            $"delete from team_bans where team_id = {team.Id}",
            $"delete from team_join_requests where team_id = {team.Id}",
            $"""
            insert into team_members (team_id, user_id, role, added_at, read_at)
            select {team.Id}, m.id, m.role, now(), now()
            from unnest({team.Members.Keys.Select(a => a.Id).ToArray()}, {team.Members.Values.Select(Word).ToArray()}) m (id, role)
            """,
            $"""
            insert into team_bans (id, team_id, user_id, created_at)
            select gen_random_uuid(), {team.Id}, banned, now()
            from unnest({team.Bans.Select(a => a.Id).ToArray()}) banned
            """,
            $"""
            insert into team_join_requests (id, team_id, user_id, created_at)
            select gen_random_uuid(), {team.Id}, asking, now()
            from unnest({team.Requests.Select(a => a.Id).ToArray()}) asking
            """);
    }

    /// <summary>Each asset is a real dataset of one column, and is then put where it belongs.</summary>
    public async Task LayDatasets(IReadOnlyList<Thing> things)
    {
        var maker = people.Values.First();
        await Parallel.ForEachAsync(things, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (thing, ct) =>
        {
            var answer = await maker.Http.PostAsJsonAsync("/api/datasets/create/from-schema", new { dataset = new { name = thing.Name, schema = "CREATE TABLE t (a INTEGER)", visibility = "private" } }, ct);
            thing.Id = (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).Id();
        });
        foreach (var thing in things) await Lay(thing);
        await Share(things);
    }

    /// <summary>Assets that are read and listed, and hold nothing.</summary>
    public async Task LayPosts(IReadOnlyList<Thing> things)
    {
        await Run([.. things.Select(thing => (Sql)$"""
            insert into assets (id, asset_type, user_id, org_id, team_id, parent_id, name, name_url_slug, visibility, attribution, source, created_at, last_updated)
            values ({thing.Id}, {(thing.IsComment ? "comment" : "post")}, {thing.Owner.Id}, {thing.Org.Id}, {thing.Team.Id}, {thing.Parent?.Id}, {thing.Name}, {thing.Id.ToString()}, {thing.Visibility},
              jsonb_build_object('originality', 'original'), 'api', now(), now())
            """)]);
        await Share(things);
    }

    Task Share(IReadOnlyList<Thing> things)
    {
        var shares = things.SelectMany(t => t.Shares.Select(s => (Thing: t.Id, Who: s.Key.Id, Role: Word(s.Value)))).ToList();
        return Run($"""
            insert into permissions (id, asset_id, user_id, role, created_at, last_updated)
            select gen_random_uuid(), s.thing, s.who, s.role, now(), now()
            from unnest({shares.Select(s => s.Thing).ToArray()}, {shares.Select(s => s.Who).ToArray()}, {shares.Select(s => s.Role).ToArray()}) s (thing, who, role)
            """);
    }

    public Task Lay(Thing thing) => Run($"""
        update assets
        set user_id = {thing.Owner.Id}, org_id = {thing.Org.Id}, team_id = {thing.Team.Id}, parent_id = {thing.Parent?.Id}, visibility = {thing.Visibility},
          asset_type = {(thing.IsComment ? "comment" : "dataset")}, preview = null,
          monetization = {(thing.Visibility == Visibility.Monetized ? "pay-to-unlock" : "none")},
          price_cents = {(thing.Visibility == Visibility.Monetized ? 100L : null)},
          price_currency = {(thing.Visibility == Visibility.Monetized ? "usd" : null)}
        where id = {thing.Id}
        """);

    /// <summary>What was made of this name, as it is kept: who sees it, and the door it came through.</summary>
    public Task<string?> Made(string name) => server.Db.Maybe<string>($"select visibility || ' ' || source from assets where name = {name}", default);

    /// <summary>Somebody's open request to come into a team.</summary>
    public Task<Guid> Request(Team team, Account who) => server.Db.Maybe<Guid>($"select id from team_join_requests where team_id = {team.Id} and user_id = {who.Id} and status = 'pending'", default);

    async Task Run(params Sql[] statements)
    {
        await using var tx = await server.Db.Begin(default);
        foreach (var statement in statements) await tx.Run(statement, default);
        await tx.Commit(default);
    }

    static string Word<T>(T value) where T : struct, Enum => string.Concat(value.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
