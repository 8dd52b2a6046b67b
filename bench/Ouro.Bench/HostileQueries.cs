namespace Ouro.Bench;

/// <summary>SQL that somebody writes who means no good, or does not know better: it wants all memory, all disk, or all time.</summary>
public static class HostileQueries
{
    public static IReadOnlyList<string> All { get; } =
    [
        "select array_agg(repeat(md5(i::text), 300)) from generate_series(1, 100000000) i",
        "select jsonb_agg(repeat('x', 1000) || i) from generate_series(1, 100000000) i",
        "select json_object_agg(i, repeat('x', 5000)) from generate_series(1, 100000000) i",
        "select string_agg(repeat('x', 1000), '') from generate_series(1, 100000000)",
        "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b",
        "with recursive r (n) as (select 1 union all select n + 1 from r) select count(*) from r",
        "select * from (select i, random() as r from generate_series(1, 100000000) i) x order by r",
        "select count(distinct md5(i::text)) from generate_series(1, 100000000) i",
        "select sum(length(repeat(md5(i::text), 10000))) from generate_series(1, 100000000) i",
        "select regexp_replace(repeat('a', 30) || 'b', '(a|a?)*(a|a?)*(a|a?)*(a|a?)*c\\1\\2\\3', '') from generate_series(1, 100000000)",
        "select factorial(30000) from generate_series(1, 100000)",
        "select count(*) from {{table}} a, {{table}} b, {{table}} c, {{table}} d, {{table}} e, {{table}} f",
        "select repeat('x', 500000000), repeat('y', 500000000) from generate_series(1, 100)",
        "select array_fill(0, array[10000, 10000]) || array_fill(0, array[10000, 10000])",
        "select percentile_cont(0.5) within group (order by random()) from generate_series(1, 100000000)",
        "select lag(r) over (order by r) from (select random() as r from generate_series(1, 100000000)) x",
        "select to_tsvector('english', repeat('many different words ', 10000000))",
        "select array_agg(a) from (select array_agg(repeat('x', 100000)) as a from generate_series(1, 10000000) i group by i % 100) x",
        "select upper(repeat('ß', 200000000)) || lower(repeat('İ', 100000000))",
        "select max(a.i) from generate_series(1, 100000) a (i) join generate_series(1, 100000) b (i) on a.i * b.i % 7 = b.i % 11",
    ];
}
