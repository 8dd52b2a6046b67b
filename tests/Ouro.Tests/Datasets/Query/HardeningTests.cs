using Npgsql;
using Ouro.Server.Data;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

public sealed class HardeningTests(QueryWorld world)
{
    [Fact]
    public async Task A_second_run_writes_nothing()
    {
        await using var superuser = await QueryWorld.Open(world.Superuser("ouro_one"));
        var before = await Written(superuser);

        (await Hardening.Apply(superuser, QueryWorld.Application, default)).ShouldBe(new(true, 0));

        (await Written(superuser)).ShouldBe(before);
    }

    [Fact]
    public async Task What_was_undone_is_done_again()
    {
        await QueryWorld.Run(world.Superuser("postgres"), $"create database ouro_undone owner {QueryWorld.Application}");
        await using var superuser = await QueryWorld.Open(world.Superuser("ouro_undone"));
        (await Hardening.Apply(superuser, QueryWorld.Application, default)).Statements.ShouldBeGreaterThan(10);
        await QueryWorld.Run(superuser, $"""
            grant execute on function pg_sleep(float8) to public;
            grant select on pg_class to public;
            grant connect on database ouro_undone to public;
            revoke execute on function pg_catalog.now() from public;
            revoke execute on function pg_catalog.version() from {QueryWorld.Application};
            create function public.late() returns int language sql as 'select 1';
            """);

        (await Hardening.Apply(superuser, QueryWorld.Application, default)).Statements.ShouldBe(5);
        (await Hardening.Apply(superuser, QueryWorld.Application, default)).Statements.ShouldBe(0);
        (await QueryWorld.Scalar<bool>(superuser, $"""
            select has_function_privilege('{QueryWorld.Application}', 'public.late()', 'execute')
              and has_function_privilege('{QueryWorld.Application}', 'version()', 'execute')
              and not has_database_privilege('{world.Roles.Role([world.Ada])}', 'ouro_undone', 'connect')
            """)).ShouldBeTrue();
    }

    [Fact]
    public async Task Two_servers_that_start_at_once_do_not_stumble()
    {
        await QueryWorld.Run(world.Superuser("postgres"), "create role ouro_twin login createrole");
        foreach (var name in (string[])["ouro_twin_a", "ouro_twin_b"]) await QueryWorld.Run(world.Superuser("postgres"), $"create database {name}");

        var done = await Task.WhenAll(((string[])["ouro_twin_a", "ouro_twin_a", "ouro_twin_b"]).Select(async database =>
        {
            await using var superuser = await QueryWorld.Open(world.Superuser(database));
            return await Hardening.Apply(superuser, "ouro_twin", default);
        }));

        done.ShouldAllBe(d => d.Done);
    }

    [Fact]
    public async Task Without_a_superuser_it_says_so_and_does_nothing()
    {
        await using var app = await QueryWorld.Open(world.App("ouro_one"));

        var hardened = await Hardening.Apply(app, QueryWorld.Application, default);

        hardened.Done.ShouldBeFalse();
        hardened.Why!.ShouldContain("not a superuser");
    }

    [Fact]
    public async Task The_application_keeps_what_everybody_had()
    {
        await using var app = await QueryWorld.Open(world.App("ouro_one"));
        await QueryWorld.Run(app, """
            select count(*) from pg_class; select count(*) from information_schema.columns; select version(); select pg_sleep(0);
            create temp table t (i int); do $$ begin perform set_config('work_mem', '4MB', true); end $$;
            create function public.mine() returns int language plpgsql as 'begin return 1; end';
            drop function public.mine();
            """);
    }

    static Task<string> Written(NpgsqlConnection connection) => QueryWorld.Scalar<string>(connection, """
        select (select max(xmin::text::bigint) || ' ' || count(*) from pg_proc where proname <> 'normalize')
          || (select string_agg(xmin::text || datname, ' ' order by datname) from pg_database)
          || (select string_agg(xmin::text || nspname, ' ' order by nspname) from pg_namespace where nspname !~ '^pg_temp|^pg_toast_temp')
          || (select string_agg(xmin::text || lanname, ' ' order by lanname) from pg_language)
        """);
}
