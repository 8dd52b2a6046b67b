using Ouro.Server.Assets;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Ouro.Server.Events;
using Ouro.Server.Kernel;
using Ouro.Server.Organizations;
using Ouro.Server.Storage;
using Shouldly;
using Xunit;

namespace Ouro.Tests.House;

/// <summary>The plans of the hot queries with 100,000 assets behind them: a list reads an index from its beginning, and no query reads everything.</summary>
public sealed class HotPlanTests(HotPlanTests.Crowded server) : IClassFixture<HotPlanTests.Crowded>
{
    public sealed class Crowded : TestServer
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            var ada = await Join("ada_crowd");
            var bob = await Join("bob_crowd");
            // Every other one is in one of twenty teams, all of which are bob's, and all of it is unread but for a hundred.
            await Db.Run($"""
                insert into teams (id, org_id, name, created_at, last_updated)
                select ('00000000-0000-0000-0002-' || lpad(n::text, 12, '0'))::uuid, {Ids.Global}, 'crowd-' || n, now(), now() from generate_series(1, 20) n
                """, default);
            await Db.Run($"""
                insert into team_members (team_id, user_id, role, added_at, read_at)
                select id, {bob.Id}, 'write', now() - interval '1 year', now() - interval '1 year' from teams where name like 'crowd-%'
                """, default);
            // One in ten is private, one in ten belongs to one of twenty organizations, one in a hundred is a file, and one in fifty was looked at.
            await Db.Run($"""
                insert into organizations (id, name, default_team_id, created_at, last_updated)
                select ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid, 'crowd-' || n, {Ids.Global}, now(), now() from generate_series(1, 20) n
                """, default);
            for (var from = 1; from <= 100_000; from += 20_000)
                await Db.Run($"""
                    insert into assets (id, asset_type, user_id, org_id, team_id, name, name_url_slug, visibility, metadata, attribution, source, created_at, last_updated)
                    select gen_random_uuid(), case when n % 100 = 1 then 'file' else 'dataset' end, {ada.Id},
                      case when n % 10 = 5 then ('00000000-0000-0000-0001-' || lpad((1 + n / 10 % 20)::text, 12, '0'))::uuid else {Ids.Global} end,
                      case when n % 2 = 0 then ('00000000-0000-0000-0002-' || lpad((1 + n / 10 % 20)::text, 12, '0'))::uuid else {Ids.Global} end,
                      'Sample number ' || n, 'sample-number-' || n, case n % 10 when 0 then 'private' when 5 then 'organization' else 'public' end,
                      case when n % 100 = 1 then jsonb_build_object('extension', case when n % 1000 = 1 then 'cif' else 'txt' end) end,
                      jsonb_build_object(), 'api', now() - n * interval '1 second', now() - n * interval '1 second'
                    from generate_series({from}, {from + 19_999}) n
                    """, default);
            await Db.Run($"insert into asset_views (asset_id, day, views) select id, date '2025-12-20', 3 from assets where name ~ '(17|71)$'", default);
            await Db.Run($"insert into asset_seen (user_id, asset_id, seen_at) select {bob.Id}, id, now() from assets where name ~ '002$'", default);
            foreach (var table in (string[])["assets", "asset_views", "teams", "team_members", "asset_seen"])
                await TestCluster.Run("analyze " + table, (await Db.Maybe<string>($"select current_database()::text", default))!);
        }
    }

    static readonly Actor Somebody = new() { Id = Guid.CreateVersion7(), Organizations = [Guid.CreateVersion7(), Guid.CreateVersion7()] };

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(null, "updated", 0)]
    [InlineData(null, null, 1000)]
    [InlineData(null, "popular", 0)]
    public async Task Browsing_reads_an_index_from_its_beginning(string? query, string? sort, int offset)
    {
        var plan = await Plan(Search(new() { Query = query, Sort = sort, Offset = offset }));
        plan.ShouldContain("Index Scan using assets_");
        plan.ShouldNotContain("Seq Scan on assets");
        plan.ShouldNotContain("Sort Method: external");
        Read(plan).ShouldBeLessThan(3000 + offset);
    }

    [Fact]
    public async Task A_member_of_many_organizations_browses_as_quickly()
    {
        var member = Somebody with { Organizations = [.. Enumerable.Range(1, 20).Select(n => new Guid($"00000000-0000-0000-0001-{n:d12}"))] };
        foreach (var search in (AssetSearch[])[new(), new() { OrgId = member.Organizations[14] }, new() { Scope = "global" }, new() { Types = [AssetType.Dataset], TopLevelOnly = true }])
        {
            var plan = await Plan(Search(search, member));
            plan.ShouldNotContain("Seq Scan on assets");
            Read(plan).ShouldBeLessThan(3000);
        }
    }

    [Fact]
    public async Task The_feed_of_twenty_teams_reads_of_each_what_a_page_needs()
    {
        var bob = await Bob();
        foreach (var after in (Cursor[])[Cursor.Start, new((await server.Db.Query<DateTimeOffset>($"select created_at from assets order by created_at limit 1 offset 500", default))[0], bob.Id)])
        {
            var plan = await Plan(AssetStore.FeedOf(bob, bob.Teams, after, 21));
            plan.ShouldContain("Index Scan using assets_team");
            plan.ShouldNotContain("Seq Scan on assets");
            Read(plan).ShouldBeLessThan(1000);
        }
        (await Plan(Search(new() { TeamId = bob.Teams[7], TopLevelOnly = true }, bob))).ShouldContain("Index Scan using assets_team");
    }

    [Fact]
    public async Task What_is_unread_in_twenty_teams_is_counted_by_their_index_and_no_further_than_a_thousand()
    {
        var bob = await Bob();
        var plan = await Plan(AssetStore.UnreadsOf(bob, null, null));
        plan.ShouldContain("using assets_team");
        plan.ShouldNotContain("Seq Scan on assets");
        Read(plan).ShouldBeLessThan(3000);
        (await server.Db.Query<UnreadCount>(AssetStore.UnreadsOf(bob, null, null), default)).Select(c => c.Count).ShouldBe(Enumerable.Repeat(1000, 20));
    }

    async Task<Actor> Bob() => new()
    {
        Id = await server.Db.Maybe<Guid>($"select id from users where username = 'bob_crowd'", default), Teams = [.. await server.Db.Query<Guid>($"select id from teams where name like 'crowd-%'", default)],
    };

    [Fact]
    public async Task Who_has_not_signed_in_browses_an_index_too()
    {
        var plan = await Plan(Search(new(), Actor.Nobody));
        plan.ShouldNotContain("Seq Scan on assets");
        Read(plan).ShouldBeLessThan(3000);
    }

    [Fact]
    public async Task Metadata_is_found_by_its_index()
    {
        var plan = await Plan(Search(new() { MetadataFilters = System.Text.Json.JsonSerializer.SerializeToElement(new { extension = new[] { "cif", ".XYZ" } }) }));
        plan.ShouldContain("assets_metadata");
        Read(plan).ShouldBeLessThan(3000);
    }

    [Fact]
    public async Task What_belongs_to_an_asset_is_found_by_its_index()
    {
        var (filters, order) = SearchOperations.Parts(Somebody, new(), new(2026, 1, 1));
        var plan = await Plan(AssetStore.Found(Somebody, new(), $"a.parent_id = {Guid.CreateVersion7()} and {filters}", order));
        plan.ShouldContain("assets_parent");
    }

    [Fact]
    public async Task Browsing_on_from_a_cursor_costs_what_the_first_page_does()
    {
        var at = await server.Db.Query<DateTimeOffset>($"select created_at from assets order by created_at limit 1 offset 500", default);
        var plan = await Plan(Search(new() { After = new Cursor(at[0], Guid.CreateVersion7()).ToString() }));
        plan.ShouldContain("Index Scan using assets_");
        Read(plan).ShouldBeLessThan(500);
    }

    [Fact]
    public async Task The_roster_and_the_log_of_a_large_organization_are_read_from_where_the_page_begins()
    {
        var org = new Guid("00000000-0000-0000-0001-000000000001");
        await server.Db.Run($"insert into users (id, username, security_stamp, created_at) select gen_random_uuid(), 'crowd_' || n, '', now() from generate_series(1, 100000) n", default);
        await server.Db.Run($"insert into organization_members (org_id, user_id, role, added_at) select {org}, id, 'write', now() - random() * interval '1 year' from users where username like 'crowd%'", default);
        await server.Db.Run($"""
            insert into events (at, name, actor_id, subject_id, audience, audience_id, data, org_id)
            select m.added_at, 'organization.member_joined', m.user_id, m.user_id, 'organization', {org}, jsonb_build_object(), {org} from organization_members m where m.org_id = {org}
            """, default);
        foreach (var table in (string[])["users", "organization_members", "events"])
            await TestCluster.Run("analyze " + table, (await server.Db.Maybe<string>($"select current_database()::text", default))!);
        var half = (await server.Db.Query<DateTimeOffset>($"select added_at from organization_members where org_id = {org} order by added_at offset 50000 limit 1", default))[0];
        foreach (var (query, index) in new[]
        {
            (MemberStore.Roster(org, null, 51, 0), "organization_members_roster"), (MemberStore.Roster(org, new Cursor(half, Guid.Empty), 51, 0), "organization_members_roster"),
            (EventStore.Newest($"e.org_id = {org}", new(), new(half, 0), 51), "events_org"), (EventStore.Newest(Sql.True, new(), EventCursor.Parse(null), 51), "events_log"),
        })
        {
            var plan = await Plan(query);
            plan.ShouldContain(index);
            Read(plan).ShouldBeLessThan(200, plan);
        }
    }

    [Fact]
    public async Task Content_without_use_is_found_in_one_pass()
    {
        var ada = await server.Join("ada_blobs");
        await server.Db.Run($"insert into blobs (sha256, size, created_at) select md5(n::text) || md5('b' || n), 1, now() from generate_series(1, 100000) n", default);
        await server.Db.Run($"""
            insert into uploads (id, user_id, bucket, path, file_name, sha256, instance, created_at, expires_at)
            select gen_random_uuid(), {ada.Id}, 'files', sha256, 'a', sha256, 'here', now(), now() from blobs
            """, default);
        foreach (var table in (string[])["blobs", "uploads", "files"])
            await TestCluster.Run("analyze " + table, (await server.Db.Maybe<string>($"select current_database()::text", default))!);
        var plan = string.Join('\n', await server.Db.Query<string>($"explain {BlobStore.Marking(DateTimeOffset.UnixEpoch)}", default));
        double.Parse(System.Text.RegularExpressions.Regex.Match(plan, @"cost=[\d.]+\.\.([\d.]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBeLessThan(10_000_000, plan);
    }

    [Fact]
    public async Task Words_are_found_by_their_index()
    {
        var plan = await Plan(Search(new() { Query = "number 4711" }));
        plan.ShouldContain("assets_words");
        plan.ShouldNotContain("Seq Scan on assets");
    }

    [Fact]
    public async Task A_page_of_rows_is_found_by_number_however_deep_it_lies()
    {
        var ada = await server.Join("ada_deep");
        var id = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "Deep", schema = "CREATE TABLE t (a INTEGER)", rows = new[] { new { a = 1 } } } })).Id();
        var table = (await server.Db.Maybe<StoredTable>($"select asset_id, name, label, columns, row_count from dataset_tables where asset_id = {id}", default))!;
        await server.Db.Run($"insert into {table.From} (a) select n from generate_series(2, 100000) n", default);
        await server.Db.Run($"update dataset_tables set row_count = 100000 where asset_id = {id}", default);
        var plan = await Plan(DatasetStore.PageOf(table, new() { Id = ada.Id }, 20, 99_900));
        plan.ShouldNotContain($"Seq Scan on {table.PhysicalName}");
        Read(plan).ShouldBeLessThan(200);
        (await ada.Get($"/datasets/{id}/data?limit=1&offset=99900")).Data()[0].GetProperty("a").GetInt32().ShouldBe(99_901);
    }

    static Sql Search(AssetSearch search, Actor? actor = null)
    {
        var (filters, order) = SearchOperations.Parts(actor ?? Somebody, search, new(2026, 1, 1));
        return AssetStore.Found(actor ?? Somebody, search, filters, order);
    }

    async Task<string> Plan(Sql query) => string.Join('\n', await server.Db.Query<string>($"explain (analyze, timing off) {query}", default));

    /// <summary>The most rows that one step of the plan read.</summary>
    static long Read(string plan) => System.Text.RegularExpressions.Regex.Matches(plan, @"actual rows=(\d+)|Removed by Filter: (\d+)")
        .Max(m => long.Parse(m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value));
}
