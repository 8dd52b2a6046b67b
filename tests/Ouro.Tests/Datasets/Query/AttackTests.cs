using Npgsql;
using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

/// <summary>Each attack, one by one: what it is answered, that no secret comes back in any form, and that nothing is different afterwards.</summary>
public sealed class AttackTests(QueryWorld world)
{
    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var (category, sql, expected) in Attacks.All()) cases.Add(category, sql, expected);
        return cases;
    }

    [Fact]
    public void There_are_enough_of_them() => Attacks.All().Count().ShouldBeGreaterThan(200);

    [Theory, MemberData(nameof(Cases))]
    public async Task An_attack_gets_nothing_and_changes_nothing(string category, string sql, string expected)
    {
        var limits = expected == "slow" ? QueryLimits.Default with { Time = TimeSpan.FromMilliseconds(150) } : QueryLimits.Default;

        var (code, said) = await Watched(category, () => Try(Filled(sql), limits));

        code.ShouldBe(expected == "slow" ? "57014" : expected);
        said.Length.ShouldBeLessThan(17 << 20);
    }

    [Theory, MemberData(nameof(Cases))]
    public Task Nor_does_it_where_nobody_reads_the_sql_first(string category, string sql, string expected) =>
        expected == "slow" ? Task.CompletedTask : Watched(category, () => Raw(
            [new("begin read only"), new("declare q no scroll cursor for " + Ready(sql)), new("fetch forward 100 from q"), new("rollback")]));

    [Theory, MemberData(nameof(Cases))]
    public Task Nor_does_it_on_a_connection_of_the_role_itself(string category, string sql, string expected) =>
        expected == "slow" ? Task.CompletedTask : Watched(category, () => Raw([new(Ready(sql))]));

    [Theory]
    [InlineData("set default_transaction_read_only = off; delete from {{table}}", "42501")]
    [InlineData("begin read write; create table datasets.x (i int)", "42501")]
    [InlineData("begin read write; create table public.x (i int)", "42501")]
    [InlineData("begin read write; create temp table x (i int)", "42501")]
    [InlineData("begin read write; create schema x", "42501")]
    [InlineData("begin read write; create function pg_temp.x() returns int language sql as 'select 1'", "42501")]
    [InlineData("begin read write; do $$ begin null; end $$", "42501")]
    [InlineData("begin read write; select lo_creat(-1)", "42501")]
    [InlineData("set temp_file_limit = -1", "42501")]
    [InlineData("set log_min_error_statement = 'error'", "42501")]
    [InlineData("set role ouro_app", "42501")]
    [InlineData("set session authorization ouro_app", "42501")]
    [InlineData("alter role current_user createrole", "42501")]
    [InlineData("begin read write; grant select on {{table}} to public", "42501")]
    [InlineData("begin read write; alter view {{table}} rename to x", "42501")]
    [InlineData("select * from {other}", "42501")]
    public async Task Even_free_to_write_the_role_may_do_nothing(string sql, string expected)
    {
        var (code, said) = await Watched("the role", () => Raw([.. Ready(sql).Split("; ").Select(s => new NpgsqlBatchCommand(s))]));

        code.ShouldBe(expected, said);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("template1")]
    [InlineData("ouro_two")]
    public async Task A_role_enters_only_its_own_database(string database)
    {
        var refused = await Should.ThrowAsync<PostgresException>(() => QueryWorld.Open(world.Login(world.Ada, database)));

        refused.SqlState.ShouldBe("42501");
    }

    [Fact]
    public async Task A_role_enters_only_with_its_own_password()
    {
        var stranger = new NpgsqlConnectionStringBuilder(world.Login(world.Ada, "ouro_one")) { Password = world.Roles.Password([world.Other]) };

        var refused = await Should.ThrowAsync<PostgresException>(() => QueryWorld.Open(stranger.ConnectionString));

        refused.SqlState.ShouldBe("28P01");
    }

    /// <summary>Names are the one thing that cannot be kept from a query; so nothing but random names may come out.</summary>
    [Fact]
    public async Task Only_names_that_say_nothing_can_be_listed()
    {
        var result = await world.Query("""
            select i::regclass::text as name, i::regtype::text as type, i::regrole::text as role from generate_series(16384, 18000) i
            """);

        foreach (var name in result.Rows.As<List<Dictionary<string, string>>>()!.SelectMany(row => row.Values))
            name.ShouldMatch("""
                ^(\d+|datasets\.[dt]_[0-9a-f]{24}(_pkey)?(\[\])?|d_[0-9a-f]{12}_([0-9a-f]{24}|readers)|ouro_\w+|pg_toast\.\w+|(public\.)?_?users(\[\])?)$
                """);
    }

    string Filled(string sql) => sql.Replace("{other}", world.Other.Qualified.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal)
        .Replace("{name}", world.Other.Name, StringComparison.Ordinal);

    string Ready(string sql) => Filled(sql).Replace("{{table}}", world.Ada.Qualified, StringComparison.Ordinal);

    async Task<(string Code, string Said)> Watched(string category, Func<Task<(string, string)>> attack)
    {
        await using var all = await world.All.OpenConnectionAsync();
        var before = await QueryWorld.Scalar<string>(all, State);

        var (code, said) = await attack();

        said.ShouldNotContain(QueryWorld.Secret, Case.Insensitive, category);
        said.ShouldNotContain("root:", Case.Insensitive);
        (await QueryWorld.Scalar<string>(all, State)).ShouldBe(before);
        File.Exists("/tmp/ouro-attack").ShouldBeFalse();
        return (code, said);
    }

    async Task<(string Code, string Said)> Try(string sql, QueryLimits limits)
    {
        try
        {
            var result = await world.Query(sql, limits);
            return ("harmless", result.Rows.ToString());
        }
        catch (Refusal refusal)
        {
            refusal.Status.ShouldBe(refusal.Code == "57014" ? 408 : 400);
            return (refusal.Code, $"{refusal.Message} {refusal.Hint} {refusal.Details}");
        }
    }

    async Task<(string Code, string Said)> Raw(NpgsqlBatchCommand[] commands)
    {
        try
        {
            await using var connection = await QueryWorld.Open(world.Login(world.Ada, "ouro_one"));
            await using var batch = new NpgsqlBatch(connection) { Timeout = 2 };
            foreach (var command in commands) batch.BatchCommands.Add(command);
            await using var reader = await batch.ExecuteReaderAsync();
            var said = new System.Text.StringBuilder();
            do
            {
                while (await reader.ReadAsync())
                    for (var i = 0; i < reader.FieldCount; i++) said.Append(reader.GetValue(i));
            }
            while (await reader.NextResultAsync());
            return ("harmless", said.ToString());
        }
        catch (PostgresException error)
        {
            return (error.SqlState, $"{error.MessageText} {error.Detail} {error.Hint}");
        }
        catch (Exception error) when (error is NpgsqlException or InvalidCastException or OverflowException or NotSupportedException)
        {
            return ("driver", error.Message);
        }
    }

    /// <summary>All that an attack could have changed.</summary>
    static string State => $"""
        select concat_ws(' / ',
          (select string_agg(u::text, ',') from public.users u),
          (select count(*) from pg_largeobject_metadata),
          (select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname ~ '^d_'),
          (select count(*) from pg_class c where c.relname in ('x', 'users')),
          (select count(*) from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and a.usename ~ '^d_'),
          (select count(*) from pg_roles where rolname ~ '^d_' and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)),
          (select count(*) from pg_listening_channels()),
          (select pg_postmaster_start_time()))
        """;
}
