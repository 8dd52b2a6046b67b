using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>SQL over several datasets: who may, under what, and what is left of it.</summary>
public sealed class QueryAcrossTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_query_joins_its_dataset_with_others_that_it_names()
    {
        var ada = await server.Join("ada_across");
        var (samples, scores) = (await Dataset(ada, "samples", "public"), await Dataset(ada, "scores"));
        var sql = $"select t.id, o.name from {{{{table}}}} t join {QueryText.Named(scores)} o using (id) order by id desc limit 1";

        (await ada.Post($"/datasets/{samples}/query-custom", new { query = sql })).Data().GetRawText().ShouldBe("""[{"id":2,"name":"scores 2"}]""");
        (await ada.Post("/datasets/query", new { query = $"select count(*) as n from {QueryText.Named(samples)} a, {QueryText.Named(scores)} b" })).Data().GetRawText()
            .ShouldBe("""[{"n":4}]""");
        (await ada.Ouro.Datasets.QueryAcrossAsync($"select name from {QueryText.Named(scores)} order by id limit 1")).Rows.ToString().ShouldBe("""[{"name":"scores 1"}]""");
    }

    [Fact]
    public async Task Errors_speak_of_datasets_as_they_were_written()
    {
        var ada = await server.Join("ada_across_errors");
        var (one, other) = (await Dataset(ada, "one"), await Dataset(ada, "other"));
        var sql = $"select '😀', o.nam from {{{{table}}}} t join {QueryText.Named(other)} o on {QueryText.Named(other)}.id = 1";

        var failed = (await ada.Post($"/datasets/{one}/query-custom", new { query = sql }, HttpStatusCode.BadRequest)).GetProperty("error");

        failed.GetProperty("code").GetString().ShouldBe("42P01");
        failed.GetProperty("message").GetString().ShouldBe($"Query failed: invalid reference to FROM-clause entry for table \"{QueryText.Named(other)}\"");
        // In characters, of which the smiling face is one.
        failed.GetProperty("details").GetProperty("position").GetInt32().ShouldBe(sql.LastIndexOf("{{dataset", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_what_the_caller_may_read_can_be_named()
    {
        var (ada, bob) = (await server.Join("ada_across_rights"), await server.Join("bob_across_rights"));
        var (mine, hers) = (await Dataset(bob, "mine"), await Dataset(ada, "hers"));
        var sql = $"select count(*) as n from {{{{table}}}}, {QueryText.Named(hers)}";
        async Task<JsonElement> Ask(HttpStatusCode status) => await bob.Post($"/datasets/{mine}/query-custom", new { query = sql }, status);

        var unseen = await Ask(HttpStatusCode.NotFound);
        (unseen.Code(), unseen.GetProperty("error").GetProperty("message").GetString()!.Contains(hers.ToString(), StringComparison.Ordinal)).ShouldBe(("asset_not_found", true));
        await Share("read");
        (await Ask(HttpStatusCode.OK)).Data().GetRawText().ShouldBe("""[{"n":4}]""");
        // The login for both is still there; the right is not.
        await Share("none");
        await Ask(HttpStatusCode.NotFound);
        await bob.Post("/datasets/query", new { query = $"select 1 from {QueryText.Named(Guid.CreateVersion7())}" }, HttpStatusCode.NotFound);

        Task<JsonElement> Share(string role) => ada.Put($"/assets/{hers}/share", new { permission = new { user = new { user_id = bob.Id }, role } });
    }

    [Theory]
    [InlineData("select 1", "42P01")]
    [InlineData("select * from {{table}}", "42P01")]
    [InlineData("select * from {{dataset:7}}", "42602")]
    [InlineData("", "invalid_fields")]
    public async Task Without_a_dataset_of_its_own_a_query_names_one(string query, string code) =>
        (await (await server.Join("ada_none_" + Guid.CreateVersion7().ToString("N")[20..])).Post("/datasets/query", new { query }, HttpStatusCode.BadRequest)).Code().ShouldBe(code);

    [Fact]
    public async Task A_deleted_dataset_takes_its_part_in_sets_with_it()
    {
        var ada = await server.Join("ada_across_deleted");
        var (one, other) = (await Dataset(ada, "one"), await Dataset(ada, "other"));
        var (first, second) = (await Table(one), await Table(other));
        var query = new { query = $"select count(*) as n from {QueryText.Named(one)}, {QueryText.Named(other)}" };
        await ada.Post("/datasets/query", query);
        (await Members(first, second)).ShouldBe(2);

        await ada.Delete($"/datasets/{other}");

        (await Members(first, second)).ShouldBe(1);
        await ada.Post("/datasets/query", query, HttpStatusCode.NotFound);
        (await ada.Post($"/datasets/{one}/query-custom", new { query = "select count(*) as n from {{table}}" })).Data().GetRawText().ShouldBe("""[{"n":2}]""");
    }

    [Fact]
    public async Task A_login_that_ran_out_is_renewed_by_asking_and_swept_when_nobody_asks()
    {
        var ada = await server.Join("ada_across_swept");
        var (one, other) = (await Dataset(ada, "one"), await Dataset(ada, "other"));
        DatasetTable[] tables = [await Table(one), await Table(other)];
        var role = Roles.Role(tables);
        var query = new { query = $"select count(*) as n from {QueryText.Named(one)}, {QueryText.Named(other)}" };
        await ada.Post("/datasets/query", query);
        await Roles.Sweep(server.Db, default);
        (await There(role)).ShouldBeTrue();

        await RunOut(role, "9 minutes");
        await Sql.Drop(tables[0]);
        await ada.Post("/datasets/query", query);
        (await server.Db.Maybe<bool>($"select rolvaliduntil between now() + interval '40 minutes' and now() + interval '1 hour' from pg_roles where rolname = {role}", default)).ShouldBeTrue();

        await RunOut(role, "11 minutes");
        (await Task.WhenAll(Roles.Sweep(server.Db, default), Roles.Sweep(server.Db, default))).Max().ShouldBeGreaterThan(0);
        (await There(role)).ShouldBeFalse();
        await Sql.Drop(tables[0]);
        await ada.Post("/datasets/query", query);
    }

    [Fact]
    public async Task The_sweep_drops_logins_of_datasets_that_are_not_there_and_no_others()
    {
        var ada = await server.Join("ada_orphans");
        var kept = Roles.Role([await Table(await Dataset(ada, "kept"))]);
        var orphan = kept[..^24] + new string('0', 24);
        var strangers = "d_000000000000_" + new string('1', 24);
        await TestCluster.Run($"create role {strangers}");
        await server.Db.Run(Ouro.Server.Data.Sql.Trusted($"create role {orphan}"), default);

        await Roles.Sweep(server.Db, default);

        (await There(kept), await There(orphan), await There(strangers)).ShouldBe((true, false, true));
        await TestCluster.Run($"drop role {strangers}");
    }

    [Fact]
    public async Task A_plan_is_shown_and_nothing_is_run()
    {
        var ada = await server.Join("ada_plan");
        var (one, other) = (await Dataset(ada, "one"), await Dataset(ada, "other"));
        var sql = $"select * from {{{{table}}}} a join {QueryText.Named(other)} b using (id) where a.id = 1";

        var plan = (await ada.Post($"/datasets/{one}/query-plan", new { query = sql })).Data().GetRawText();

        plan.ShouldContain("\"Relation Name\": \"{{table}}\"");
        plan.ShouldContain($"\"Relation Name\": \"{QueryText.Named(other)}\"");
        plan.ShouldNotContain("Actual");
        plan.ShouldNotMatch("[dt]_[0-9a-f]{24}");
        (await ada.Ouro.Datasets.PlanAsync(one, "select 1")).ToString().ShouldContain("\"Node Type\": \"Result\"");
        foreach (var (query, code) in new[] { ("delete from {{table}}", "25006"), ("select x from {{table}}", "42703"), ("select 1; select 2", "42601"), ("analyze select 1", "25006") })
            (await ada.Post($"/datasets/{one}/query-plan", new { query }, HttpStatusCode.BadRequest)).Code().ShouldBe(code);
        (await ada.Post($"/datasets/{one}/query-plan", new { query = "select x from {{table}}" }, HttpStatusCode.BadRequest))
            .GetProperty("error").GetProperty("details").GetProperty("position").GetInt32().ShouldBe(8);
    }

    DatasetRoles Roles => server.Services.GetRequiredService<DatasetRoles>();

    UserSql Sql => server.Services.GetRequiredService<UserSql>();

    Task<bool> There(string role) => server.Db.Maybe<bool>($"select exists (select from pg_roles where rolname = {role})", default);

    Task<int> RunOut(string role, string ago) => server.Db.Run(Ouro.Server.Data.Sql.Trusted(
        $"do $$ begin execute format('alter role {role} valid until %L', now() - interval '{ago}'); end $$"), default);

    async Task<DatasetTable> Table(Guid id) => new(id, (await server.Db.Maybe<string>($"select name from dataset_tables where asset_id = {id}", default))!);

    Task<long> Members(params DatasetTable[] tables) => server.Db.Maybe<long>($"""
        select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = {Roles.Role(tables)}
        """, default);

    static async Task<Guid> Dataset(Person person, string name, string visibility = "private") => (await person.Post("/datasets/create/from-schema", new
    {
        dataset = new { name, visibility, schema = "CREATE TABLE t (id INTEGER, name TEXT)", rows = new[] { new { id = 1, name = name + " 1" }, new { id = 2, name = name + " 2" } } },
    })).Id();
}
