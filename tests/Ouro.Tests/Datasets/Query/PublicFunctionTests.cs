using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

/// <summary>
/// Everything that a stranger's SQL may call, seen from the other side than hardening.sql: what is there, and not what was meant.
/// A function that a new version of PostgreSQL brings fails here until somebody has read what it does.
/// </summary>
public abstract partial class PublicFunctionTests(QueryWorld world)
{
    static readonly HashSet<string> ReadTheClockOrSettings = [.. """
        age anytextcat array_sample array_shuffle array_to_json array_to_string clock_timestamp concat concat_ws convert convert_from convert_to
        date date_add date_part date_subtract date_trunc enum_first enum_last enum_range extract format gen_random_uuid generate_series
        get_current_ts_config in_range interval_pl_timestamptz json_agg json_agg_strict json_build_array json_build_object json_object_agg
        json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict json_populate_record json_populate_recordset
        json_to_record json_to_recordset json_to_tsvector jsonb_agg jsonb_agg_strict jsonb_build_array jsonb_build_object
        jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_path_query_tz
        jsonb_populate_record jsonb_populate_record_valid jsonb_populate_recordset jsonb_to_record jsonb_to_recordset jsonb_to_tsvector
        length make_timestamptz money now numeric overlaps pg_column_size pg_typeof phraseto_tsquery plainto_tsquery quote_literal
        quote_nullable random random_normal row_to_json statement_timestamp textanycat time timeofday timestamp timestamptz
        timestamptz_mi_interval timestamptz_pl_interval timetz timezone to_char to_date to_json to_jsonb to_number to_timestamp to_tsquery
        to_tsvector transaction_timestamp ts_headline ts_match_tq ts_match_tt uuidv4 uuidv7 websearch_to_tsquery
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)];

    [Fact]
    public async Task Everybody_may_call_only_what_computes()
    {
        var outside = new List<string>();
        var count = 0;
        await foreach (var function in Callable())
        {
            count++;
            if (!function.Harmless()) outside.Add(function.Signature);
        }

        outside.ShouldBeEmpty();
        count.ShouldBeInRange(1_500, 2_100);
    }

    [Fact]
    public async Task Everybody_may_read_no_relation_and_use_no_language_or_schema()
    {
        await using var all = await world.All.OpenConnectionAsync();
        (await QueryWorld.Scalar<string>(all, """
            select coalesce(string_agg(what, ', '), 'nothing') from (
              select c.oid::regclass::text from pg_class c cross join lateral aclexplode(c.relacl) x where x.grantee = 0
              union all select attname from pg_attribute cross join lateral aclexplode(attacl) x where x.grantee = 0
              union all select lanname from pg_language cross join lateral aclexplode(coalesce(lanacl, acldefault('l', lanowner))) x where lanpltrusted and x.grantee = 0
              union all select nspname from pg_namespace cross join lateral aclexplode(coalesce(nspacl, acldefault('n', nspowner))) x
                where x.grantee = 0 and nspname <> 'pg_catalog'
              union all select datname from pg_database cross join lateral aclexplode(coalesce(datacl, acldefault('d', datdba))) x
                where x.grantee = 0 and datname in ('postgres', 'template1', 'ouro_one')
            ) open (what)
            """)).ShouldBe("nothing");
    }

    async IAsyncEnumerable<Function> Callable()
    {
        await using var all = await world.All.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand("""
            select p.oid::regprocedure::text, p.proname, n.nspname, l.lanname, p.provolatile = 'i', p.prosecdef,
              array(select t::regtype::text from unnest(p.proargtypes::oid[] || p.prorettype) t)
            from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            join pg_language l on l.oid = p.prolang
            where exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0)
            """, all);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            yield return new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetBoolean(4),
                reader.GetBoolean(5), reader.GetFieldValue<string[]>(6));
        }
    }

    sealed partial record Function(string Signature, string Name, string Schema, string Language, bool Immutable, bool Definer, string[] Types)
    {
        public bool Harmless() =>
            Schema == "pg_catalog" && !Definer && Language is "internal" or "sql"
            && (Immutable ? !Reaching().IsMatch(Name) || Name is "pg_size_pretty" or "pg_size_bytes" : ReadTheClockOrSettings.Contains(Name) || TimeComparison().IsMatch(Name))
            && !Types.Any(t => Opaque().IsMatch(t));

        [GeneratedRegex("^(pg_(?!lsn)|lo_|lo[a-z]*(read|write)|has_|set_config|current_|xml|query_|table_|schema_|database_|cursor_|txid|acl|normalize|is_normalized|inet_(client|server)|brin|gin_|gist|spg|ts_stat|ts_rewrite|satisfies|dblink|to_reg|binary_upgrade)")]
        private static partial Regex Reaching();

        [GeneratedRegex("^(date|timestamp|timestamptz)_(cmp|eq|ge|gt|le|lt|ne)_(date|timestamp|timestamptz)$")]
        private static partial Regex TimeComparison();

        [GeneratedRegex("^(internal|xml|aclitem|point|line|lseg|box|path|polygon|circle|trigger|event_trigger|.*_handler)(\\[\\])?$")]
        private static partial Regex Opaque();
    }
}

public sealed class FunctionsOfThisPostgres(QueryWorld world) : PublicFunctionTests(world);

[Collection(NewestPostgres.Name)]
public sealed class FunctionsOfTheNewestPostgres(NewestQueryWorld world) : PublicFunctionTests(world);
