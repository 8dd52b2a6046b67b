using Npgsql;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

/// <summary>What somebody gets who asks two datasets at once and wants a third one.</summary>
public abstract class SetAttackTests(QueryWorld world) : IAsyncLifetime
{
    IReadOnlyList<DatasetTable> Both => [.. new[] { world.Ada, world.Bea }.OrderBy(t => t.Name, StringComparer.Ordinal)];

    Attacker Attacker => new(world, [world.Ada, world.Bea]);

    public async ValueTask InitializeAsync()
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(world.App("ouro_one")) { Pooling = false });
        await world.Roles.CreateSet(new Db(source), Both, default);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var line in Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            cases.Add(line[(line.IndexOf('|', StringComparison.Ordinal) + 2)..], line[..line.IndexOf('|', StringComparison.Ordinal)].TrimEnd());
        return cases;
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task A_set_of_datasets_is_exactly_this_set(string sql, string expected)
    {
        var (code, said) = await Attacker.Watched("set", () => Attacker.Try(sql, QueryLimits.Default));

        code.ShouldBe(expected, said);
    }

    [Theory, MemberData(nameof(Cases))]
    public Task Also_where_nobody_reads_the_sql_first(string sql, string expected) => Attacker.Watched(expected, () => Attacker.Raw(
        [new("begin read only"), new("declare q no scroll cursor for " + Attacker.Ready(sql)), new("fetch forward 100 from q"), new("rollback")]));

    [Theory]
    [InlineData("set role {mine}; select * from {second}", "42501")]
    [InlineData("set role {mine}; select * from {other}", "42501")]
    [InlineData("set role {theirs}", "42501")]
    [InlineData("set role ouro_app", "42501")]
    [InlineData("set session authorization {mine}", "42501")]
    [InlineData("set temp_file_limit = -1", "42501")]
    [InlineData("select * from {other}", "42501")]
    [InlineData("begin read write; delete from {second}", "42501")]
    [InlineData("begin read write; grant {mine} to ouro_app", "42501")]
    [InlineData("begin read write; alter role {mine} password 'x'", "42501")]
    [InlineData("begin read write; alter role {set} valid until 'infinity'", "42501")]
    [InlineData("begin read write; drop role {mine}", "42501")]
    [InlineData("begin read write; create role x in role {mine}", "42501")]
    [InlineData("begin read write; create temp table x as select * from {{table}}", "42501")]
    public async Task Even_free_to_write_its_login_may_do_nothing(string sql, string expected)
    {
        var (code, said) = await Attacker.Watched("login", () => Attacker.Raw([.. Attacker.Ready(sql).Split("; ").Select(s => new NpgsqlBatchCommand(s))]));

        code.ShouldBe(expected, said);
    }

    [Fact]
    public async Task The_login_of_a_set_has_the_limits_that_the_login_of_a_dataset_has()
    {
        await using var all = await world.All.OpenConnectionAsync();
        var (one, set) = (await Settings(world.Roles.Role([world.Ada])), await Settings(world.Roles.Role(Both)));

        set.ShouldBe(one);
        set.ShouldContain("statement_timeout=10s");

        Task<string> Settings(string role) => QueryWorld.Scalar<string>(all,
            $"select array_to_string(setconfig, ' ') || ' ' || rolconnlimit from pg_db_role_setting join pg_roles r on r.oid = setrole where rolname = '{role}'");
    }

    [Fact]
    public async Task Sets_that_overlap_are_made_and_asked_at_once()
    {
        DatasetTable[] tables = [.. Enumerable.Range(0, 6).Select(_ => DatasetTable.New(Guid.CreateVersion7())).OrderBy(t => t.Name, StringComparer.Ordinal)];
        foreach (var table in tables) await world.CreateTable(table, "select 1 as id");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(world.App("ouro_one")) { Pooling = true, MaxPoolSize = 12, Timeout = 60 });
        await using var sql = world.NewSql(new(8, 64, TimeSpan.FromMinutes(1), 16));
        var random = new Random(7);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => random.GetItems(tables, 4).Distinct().OrderBy(t => t.Name, StringComparer.Ordinal).ToList()).Where(set => set.Count > 1)
            .Select(async set =>
            {
                await world.Roles.CreateSet(new Db(source), set, default);
                var written = "select count(*) as n from " + string.Join(", ", set.Select(t => QueryText.Named(t.Id)));
                (await sql.Run(QueryText.Read(written).Over(null, set.ToDictionary(t => t.Id)), Guid.Empty, QueryLimits.Default, default)).Rows.ToString().ShouldBe("""[{"n":1}]""");
            }));
    }

    const string Text = """
        harmless | select count(*) from {{table}} a join {second} b on a.id = b.id
        harmless | select session_user, current_user, '{theirs}'::regrole::text
        harmless | select i::regclass::text from generate_series(16384, 16600) i
        harmless | select '{other}'::regclass::oid
        harmless | select name from {second} where name = '{{dataset:not-a-name}} {other}'
        42501 | select * from {other}
        42501 | select * from "datasets"."{name}"
        42501 | select * from datasets /* x */ . {name}
        42P01 | select * from {name}
        42501 | table {other}
        42501 | select (null::{other}).*
        42501 | select * from {second} union all select 1, hidden_column from {other}
        42501 | select (select hidden_column from {other}) from {second}
        42501 | with x as (select * from {other}) select * from x, {second}
        42501 | select * from {{table}} t where exists (select from {other})
        42501 | select * from {{table}}, lateral (select * from {other}) x
        42501 | select ('x' || (select hidden_column from {other}))::int from {{table}}
        42501 | select case when (select hidden_column from {other}) like 's%' then 1 / 0 end from {second}
        42703 | select hidden_column from {second}
        42501 | select * from jsonb_populate_record(null::{other}, '{}')
        42501 | select * from public.users
        42602 | select * from {{dataset:{name}}}
        42602 | select * from {{dataset:}}.{name}
        42501 | select to_regclass('{other}')
        42501 | select set_config('role', '{mine}', false)
        42501 | select set_config('role', '{theirs}', true)
        42501 | select set_config('session_authorization', '{theirs}', false)
        42501 | select pg_has_role('{theirs}', 'member')
        42501 | select pg_has_role('{mine}', 'usage')
        42501 | select has_table_privilege('{other}', 'select')
        42501 | select row_security_active('{other}')
        42501 | select pg_get_viewdef('{other}'::regclass)
        42501 | select pg_total_relation_size('{other}')
        42501 | select query_to_xml('select * from {other}', true, true, '')
        42501 | select table_to_xml('{other}', true, true, '')
        42501 | select * from pg_auth_members
        42501 | select * from pg_roles
        42501 | select * from pg_authid
        42501 | select oid from pg_class
        42501 | select * from pg_stats
        25006 | set role {mine}
        25006 | set role {theirs}
        25006 | reset role
        25006 | grant {mine} to {set}
        25006 | revoke {mine} from {set}
        25006 | drop owned by {mine}
        25006 | reassign owned by {mine} to {set}
        25006 | alter role {set} valid until 'infinity'
        25006 | delete from {second}
        25006 | lock table {second}
        25006 | with gone as (delete from {second} returning *) select * from gone
        25006 | select * from {second} for update
        25006 | select * from {{table}} a, {second} b for share of b
        25006 | select * into x from {second}
        """;
}

public sealed class SetAttacksOnThisPostgres(QueryWorld world) : SetAttackTests(world);

[Collection(NewestPostgres.Name)]
public sealed class SetAttacksOnTheNewestPostgres(NewestQueryWorld world) : SetAttackTests(world);
