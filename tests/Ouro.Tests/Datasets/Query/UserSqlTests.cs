using System.Diagnostics;
using Npgsql;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

public sealed class UserSqlTests(QueryWorld world)
{
    // Long by its work alone: one series would run into the limit of temporary files first.
    const string Endless = "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b";

    [Fact]
    public async Task A_query_reads_its_own_dataset()
    {
        var result = await world.Query("select id, name, score, even from {{table}} order by id limit 2;");

        result.Rows.ToString().ShouldBe("""
            [{"id":1,"name":"row 1","score":1.5,"even":false},{"id":2,"name":"row 2","score":3.0,"even":true}]
            """);
        result.Columns.Select(c => c.Type).ShouldBe(["integer", "text", "numeric", "boolean"]);
        (result.Count, result.Truncated).ShouldBe((2, null));
    }

    [Theory]
    [InlineData("select count(*) as n, avg(score) as mean, percentile_cont(0.5) within group (order by score) as median, stddev(score), mode() within group (order by even) from {{table}}")]
    [InlineData("with t as (select *, row_number() over (partition by even order by id desc) as r, lag(score) over (order by id) from {{table}}) select * from t where r < 3")]
    [InlineData("select date_trunc('month', now()), current_date - interval '1 day', to_char(now(), 'YYYY'), extract(year from now()), age(now()), now() at time zone 'Europe/Berlin'")]
    [InlineData("select regexp_replace(name, '\\d+', 'x'), upper(name), substring(name from 2), name ilike 'ROW%', name ~ '^r', split_part(name, ' ', 1), name || id, format('%s', id) from {{table}}")]
    [InlineData("select json_agg(t), jsonb_object_agg(id, name), jsonb_build_object('a', 1) -> 'a', array_agg(id order by id), string_agg(name, ',') from {{table}} t")]
    [InlineData("select id::text, score::int, name::varchar(3), '5'::numeric(10,2), '2026-01-01'::date, cast('1' as float8), '2026-01-01'::timestamptz::date from {{table}}")]
    [InlineData("select width_bucket(score, 0, 150, 10), round(score, 1), power(score, 2), ln(score), sqrt(score), greatest(score, 1), random(), md5(name) from {{table}}")]
    [InlineData("select to_tsvector('english', name) @@ plainto_tsquery('english', 'row'), ts_headline(name, to_tsquery('row')) from {{table}}")]
    [InlineData("select * from {{table}} a join lateral (select * from {{table}} b where b.id = a.id + 1) b on true order by a.id offset 10 limit 5")]
    [InlineData("select even, count(*) filter (where id > 5), grouping(even), array_length(array_agg(id), 1) from {{table}} group by rollup (even) having count(*) > 1")]
    [InlineData("select day::date from generate_series('2026-01-01'::timestamptz, '2026-02-01', '1 day') day union select '2026-03-01' except select '2026-01-01' order by 1")]
    [InlineData("select sum(score) over (order by now() + id * interval '1 day' range between '3 days' preceding and current row) from {{table}}")]
    [InlineData("(select 1)")]
    [InlineData("values (1, 'a'), (2, 'b')")]
    [InlineData("table {{table}}")]
    [InlineData("  /* comment */ select 1 -- end")]
    public async Task What_analysts_write_works(string sql) => (await world.Query(sql)).Count.ShouldBeGreaterThan(0);

    [Theory]
    [InlineData("select x from {{table}}", "42703", "Query failed: column \"x\" does not exist", 8)]
    [InlineData("select id from {{table}} where {{table}}.nope = 1", "42703", "Query failed: column {{table}}.nope does not exist", 32)]
    [InlineData("select '😀', x", "42703", "Query failed: column \"x\" does not exist", 13)]
    [InlineData("selec 1", "42601", "Query failed: syntax error at or near \"selec\"", 1)]
    [InlineData("select 1 +", "42601", "Query failed: syntax error at end of input", 11)]
    [InlineData("select 1 / 0", "22012", "Query failed: division by zero", null)]
    [InlineData("select * from nowhere", "42P01", "Query failed: relation \"nowhere\" does not exist", 15)]
    [InlineData("select upper(1, 2)", "42883", "Query failed: function upper(integer, integer) does not exist", 8)]
    [InlineData("select '5x'::int", "22P02", "Query failed: invalid input syntax for type integer: \"5x\"", 8)]
    [InlineData("delete from {{table}}", "25006", "Query failed: only reads are possible; this one starts with DELETE.", 1)]
    public async Task An_error_is_postgres_own_with_a_place_in_the_users_text(string sql, string code, string message, int? position)
    {
        var refusal = await Should.ThrowAsync<Refusal>(() => world.Query(sql));

        (refusal.Status, refusal.Code, refusal.Message).ShouldBe((400, code, message));
        if (position is { } place) refusal.Details!.Value.GetProperty("position").GetInt32().ShouldBe(place);
    }

    [Fact]
    public async Task A_hint_comes_along()
    {
        var refusal = await Should.ThrowAsync<Refusal>(() => world.Query("select nam from {{table}}"));

        refusal.Hint.ShouldBe("Perhaps you meant to reference the column \"{{table}}.name\".");
    }

    [Fact]
    public async Task Too_many_rows_are_cut_and_it_is_said()
    {
        var cut = await world.Query("select i from generate_series(1, 20000) i");
        (cut.Count, cut.Truncated).ShouldBe((10_000, Truncation.Rows));

        var whole = await world.Query("select i from generate_series(1, 10000) i");
        (whole.Count, whole.Truncated).ShouldBe((10_000, null));

        var few = await world.Query("select * from {{table}}", QueryLimits.Default with { Rows = 3 });
        (few.Count, few.Truncated).ShouldBe((3, Truncation.Rows));
    }

    [Theory]
    [InlineData("select i, repeat('x', 1000) as x from generate_series(1, 10000) i", 98)]
    [InlineData("select i, repeat('x', 30000) as x from generate_series(1, 10000) i", 3)]
    [InlineData("select repeat('x', 100000000) as x from generate_series(1, 2) i", 0)]
    public async Task Too_many_bytes_are_cut_and_it_is_said(string sql, int rows)
    {
        var result = await world.Query(sql, QueryLimits.Default with { Bytes = 100_000 });

        (result.Count, result.Truncated).ShouldBe((rows, Truncation.Bytes));
        result.Rows.Utf8.Length.ShouldBeLessThanOrEqualTo(100_001);
        using var parsed = result.Rows.Parse();
        (await world.Query("select 1 as one")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_query_has_its_time()
    {
        var watch = Stopwatch.StartNew();

        var refusal = await Should.ThrowAsync<Refusal>(() => world.Query(Endless, QueryLimits.Default with { Time = TimeSpan.FromMilliseconds(200) }));

        (refusal.Status, refusal.Code).ShouldBe((408, "57014"));
        // By the limit of this query, well before the role's own ten seconds.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_backend_that_does_not_listen_is_left_behind()
    {
        // normalize() of a long text looks at no signal; only this test lets a role call it.
        var deaf = DatasetTable.New(Guid.CreateVersion7());
        await world.CreateTable(deaf, "select 1 as id");
        await using (var all = await world.All.OpenConnectionAsync())
            await QueryWorld.Run(all, $"grant execute on function pg_catalog.normalize(text, text) to \"{world.Roles.Role([deaf])}\"");
        await using var sql = world.NewSql(new(1, 1, TimeSpan.FromSeconds(5), 4));
        var watch = Stopwatch.StartNew();

        var refusal = await Should.ThrowAsync<Refusal>(() => sql.Run(deaf,
            "select length(normalize(repeat(U&'\\0315\\0300\\05AE\\0301', 8000)))", QueryLimits.Default with { Time = TimeSpan.FromMilliseconds(200) }, default));

        refusal.Status.ShouldBe(408);
        // The backend itself goes on for minutes.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Hanging_up_stops_the_query()
    {
        using var hangUp = new CancellationTokenSource(200);
        await using var sql = world.NewSql(new(1, 0, TimeSpan.FromSeconds(1), 4));

        await Should.ThrowAsync<OperationCanceledException>(() => sql.Run(world.Ada, Endless, QueryLimits.Default, hangUp.Token));

        (await sql.Run(world.Ada, "select 1 as one", QueryLimits.Default, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_comes_too_late_is_told_to_come_back()
    {
        await using var sql = world.NewSql(new(1, 1, TimeSpan.FromMilliseconds(700), 4));
        var limits = QueryLimits.Default with { Time = TimeSpan.FromSeconds(1.2) };
        var running = Caught(sql.Run(world.Ada, Endless, limits, default));
        var waiting = Caught(sql.Run(world.Ada, Endless, limits, default));

        // Turned away at once: the one that may wait still does.
        var turnedAway = await Caught(sql.Run(world.Ada, "select 1", limits, default));
        waiting.IsCompleted.ShouldBeFalse();
        var impatient = await waiting;

        foreach (var refusal in (Refusal[])[turnedAway, impatient])
            (refusal.Status, refusal.Code, refusal.RetryAfter).ShouldBe((429, "queries_busy", 5));
        (await running).Status.ShouldBe(408);
        (await sql.Run(world.Ada, "select 1 as one", limits, default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Few_datasets_keep_connections()
    {
        await using var sql = world.NewSql(new(2, 16, TimeSpan.FromSeconds(5), 2));
        var tables = Enumerable.Range(0, 5).Select(_ => DatasetTable.New(Guid.CreateVersion7())).ToList();
        foreach (var table in tables) await world.CreateTable(table, "select 7 as id");

        for (var round = 0; round < 3; round++)
            foreach (var table in tables)
                (await sql.Run(table, "select * from {{table}}", QueryLimits.Default, default)).Rows.ToString().ShouldBe("""[{"id":7}]""");

        await using var all = await world.All.OpenConnectionAsync();
        var roles = string.Join(", ", tables.Select(t => $"'{world.Roles.Role([t])}'"));
        var open = long.MaxValue;
        for (var i = 0; i < 20 && open > 2; i++)
        {
            open = await QueryWorld.Scalar<long>(all, $"select count(*) from pg_stat_activity where usename in ({roles})");
            await Task.Delay(20);
        }
        open.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task Datasets_are_made_at_once_changed_and_dropped()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => DatasetTable.New(Guid.CreateVersion7())).ToList();
        await Task.WhenAll(tables.Select(table => world.CreateTable(table, "select 1 as id")));
        await using var sql = world.NewSql(QueryCapacity.Default);
        (await sql.Run(tables[0], "select * from {{table}}", QueryLimits.Default, default)).Count.ShouldBe(1);
        await using var source = NpgsqlDataSource.Create(world.App("ouro_one"));

        await using (var tx = await new Db(source).Begin(default))
        {
            await QueryWorld.Run(tx.Connection, $"drop view {tables[0].Qualified}; create view {tables[0].Qualified} as select 2 as id, 3 as more");
            await world.Roles.Grant(tx, tables[0], default);
            await tx.Commit(default);
        }
        (await sql.Run(tables[0], "select * from {{table}}", QueryLimits.Default, default)).Rows.ToString().ShouldBe("""[{"id":2,"more":3}]""");

        foreach (var table in tables)
        {
            await using var tx = await new Db(source).Begin(default);
            await world.Roles.Create(tx, table, default); // Once more, as after a restore.
            if (table == tables[1]) await QueryWorld.Run(tx.Connection, $"drop view {table.Qualified}");
            await world.Roles.Remove(tx, table, default);
            await world.Roles.Remove(tx, table, default);
            await tx.Commit(default);
            await sql.Drop(table);
        }
        await using var all = await world.All.OpenConnectionAsync();
        (await QueryWorld.Scalar<long>(all, $"select count(*) from pg_roles where rolname = any (array[{string.Join(", ", tables.Select(t => $"'{world.Roles.Role([t])}'"))}])")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_being_saved_holds_one_of_the_turns_of_all_queries()
    {
        await using var sql = world.NewSql(QueryCapacity.Default with { Running = 1, Waiting = 0 });
        var rows = new HeldRows();
        var saving = sql.Save(QueryText.Read("select id from {{table}}").Over(world.Ada, new Dictionary<Guid, DatasetTable>()), Guid.Empty, QueryLimits.Saved, rows, default);
        await rows.Reached.Task;

        (await Caught(sql.Run(world.Ada, "select 1", QueryLimits.Default))).Code.ShouldBe("queries_busy");

        rows.Going.SetResult();
        await saving;
        (await sql.Run(world.Ada, "select 1", QueryLimits.Default)).Count.ShouldBe(1);
    }

    /// <summary>Takes no rows until it is told to go on.</summary>
    sealed class HeldRows : IRowSink
    {
        public TaskCompletionSource Reached { get; } = new();
        public TaskCompletionSource Going { get; } = new();
        public int Count => 0;
        public long Length => 0;
        public Truncation? Truncated => null;

        public Task Append(NpgsqlDataReader reader, CancellationToken ct)
        {
            Reached.TrySetResult();
            return Going.Task;
        }
    }

    static async Task<Refusal> Caught(Task<QueryResult> query) => await Should.ThrowAsync<Refusal>(() => query);
}
