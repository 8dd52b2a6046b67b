-- What stands between a stranger's SQL and this database: the statements that are still missing, none where all is well.
-- $1 is the application's role. Reading this query writes nothing; Hardening.cs runs what it returns, as superuser.
--
-- PostgreSQL trusts PUBLIC with its catalogs, nearly all functions, its languages and every database. A role that runs
-- users' SQL has only what PUBLIC has, so all of that goes to the application's role instead, and PUBLIC gets back a list
-- of functions that compute from their arguments and do nothing else.
with application as (
  select r.oid, quote_ident(r.rolname) as name
  from pg_roles r
  where r.rolname = $1
),

-- ---- functions ------------------------------------------------------------------------------------------------------

-- One pass over all functions, because this runs at every start.
routines as materialized (
  select
    p.oid,
    p.proacl,
    p.proowner,
    p.pronamespace = 'pg_catalog'::regnamespace
      and case p.provolatile
        -- Immutable functions compute. Left out: what looks into the server all the same, and what cannot be interrupted.
        when 'i' then
          p.proname !~ '^(pg_(?!lsn|size_)|txid_|xml|xpath|lo_|acl|makeacl|hash_acl|gin_|gist_|spg_|brin_|binary_upgrade)'
          and p.proname not in ('normalize', 'is_normalized', 'satisfies_hash_partition', 'postgresql_fdw_validator', 'ts_rewrite',
            'icu_unicode_version', 'unicode_version')
        -- Stable and volatile functions are on the list by name: they read the clock, the time zone, a text search
        -- configuration or the dice, and nothing that belongs to somebody.
        else p.proname in (
          -- time
          'age', 'clock_timestamp', 'date', 'date_add', 'date_part', 'date_subtract', 'date_trunc', 'extract', 'generate_series', 'in_range',
          'make_timestamptz', 'now', 'overlaps', 'statement_timestamp', 'time', 'timeofday', 'timestamp', 'timestamptz', 'timetz', 'timezone',
          'transaction_timestamp', 'interval_pl_timestamptz', 'timestamptz_mi_interval', 'timestamptz_pl_interval',
          'date_cmp_timestamptz', 'date_eq_timestamptz', 'date_ge_timestamptz', 'date_gt_timestamptz', 'date_le_timestamptz',
          'date_lt_timestamptz', 'date_ne_timestamptz', 'timestamp_cmp_timestamptz', 'timestamp_eq_timestamptz', 'timestamp_ge_timestamptz',
          'timestamp_gt_timestamptz', 'timestamp_le_timestamptz', 'timestamp_lt_timestamptz', 'timestamp_ne_timestamptz',
          'timestamptz_cmp_date', 'timestamptz_cmp_timestamp', 'timestamptz_eq_date', 'timestamptz_eq_timestamp', 'timestamptz_ge_date',
          'timestamptz_ge_timestamp', 'timestamptz_gt_date', 'timestamptz_gt_timestamp', 'timestamptz_le_date', 'timestamptz_le_timestamp',
          'timestamptz_lt_date', 'timestamptz_lt_timestamp', 'timestamptz_ne_date', 'timestamptz_ne_timestamp',
          -- text and numbers
          'anytextcat', 'textanycat', 'array_to_string', 'concat', 'concat_ws', 'convert', 'convert_from', 'convert_to', 'format', 'length',
          'money', 'numeric', 'quote_literal', 'quote_nullable', 'to_char', 'to_date', 'to_number', 'to_timestamp',
          'enum_first', 'enum_last', 'enum_range', 'pg_column_size', 'pg_typeof',
          -- json
          'array_to_json', 'row_to_json', 'to_json', 'to_jsonb', 'json_agg', 'json_agg_strict', 'json_build_array', 'json_build_object',
          'json_object_agg', 'json_object_agg_strict', 'json_object_agg_unique', 'json_object_agg_unique_strict', 'json_populate_record',
          'json_populate_recordset', 'json_to_record', 'json_to_recordset', 'jsonb_agg', 'jsonb_agg_strict', 'jsonb_build_array',
          'jsonb_build_object', 'jsonb_path_exists_tz', 'jsonb_path_match_tz', 'jsonb_path_query_array_tz', 'jsonb_path_query_first_tz',
          'jsonb_path_query_tz', 'jsonb_populate_record', 'jsonb_populate_record_valid', 'jsonb_populate_recordset', 'jsonb_to_record',
          'jsonb_to_recordset',
          -- text search
          'get_current_ts_config', 'json_to_tsvector', 'jsonb_to_tsvector', 'phraseto_tsquery', 'plainto_tsquery', 'to_tsquery', 'to_tsvector',
          'ts_headline', 'ts_match_tq', 'ts_match_tt', 'websearch_to_tsquery',
          -- dice
          'array_sample', 'array_shuffle', 'gen_random_uuid', 'random', 'random_normal', 'uuidv4', 'uuidv7')
      end
      -- Geometry cannot be interrupted either, xml reaches into queries and libxml, and the others only PostgreSQL itself calls.
      and not (p.proargtypes::oid[] || p.prorettype) && array[
        'internal', 'xml', 'aclitem', 'aclitem[]', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'point[]',
        'trigger', 'event_trigger', 'language_handler', 'fdw_handler', 'index_am_handler', 'table_am_handler', 'tsm_handler'
        ]::regtype[]::oid[] as wanted
  from pg_proc p
),
changing as materialized (
  select
    r.oid::regprocedure::text as name,
    r.wanted,
    has.everyone,
    -- The application keeps what PUBLIC has, or had when PostgreSQL was installed.
    not has.application and not r.wanted and (has.everyone or r.oid < 16384 and (i.initprivs is null or initial.everyone)) as owed
  from routines r
  cross join application
  left join pg_init_privs i on i.objoid = r.oid and i.classoid = 'pg_proc'::regclass
  cross join lateral (
    select
      acl @> makeaclitem(0, r.proowner, 'execute', false) as everyone,
      acl @> makeaclitem(application.oid, r.proowner, 'execute', false) or r.proowner = application.oid as application
    from (select coalesce(r.proacl, acldefault('f', r.proowner)) as acl) given
  ) has
  cross join lateral (
    select coalesce(bool_or(x.grantee = 0), false) as everyone
    from aclexplode(i.initprivs) x
  ) initial
  -- Most are as they were installed, and stay so.
  where not (r.proacl is null and r.wanted)
    and (r.wanted <> has.everyone
      or not has.application and not r.wanted and r.oid < 16384 and (i.initprivs is null or initial.everyone))
),

-- ---- relations ------------------------------------------------------------------------------------------------------

-- Whole relations, and the few that PostgreSQL opens by column.
relations as (
  select c.oid, 0 as attnum, null::text as columns, c.relacl as acl, c.relkind, c.relowner
  from pg_class c
  where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S') and c.relacl is not null and not pg_is_other_temp_schema(c.relnamespace)
  union all
  select c.oid, t.attnum, format('(%I)', t.attname), t.attacl, c.relkind, c.relowner
  from pg_attribute t
  join pg_class c on c.oid = t.attrelid
  where t.attacl is not null
),
readable as (
  select
    r.oid,
    r.relowner,
    x.privilege_type || coalesce(r.columns, '') as privilege,
    case r.relkind when 'S' then 'sequence' else 'table' end as kind,
    bool_or(x.grantee = 0 and not x.initially) as everyone,
    bool_or(x.grantee = application.oid) as application
  from relations r
  cross join application
  left join pg_init_privs i on i.objoid = r.oid and i.classoid = 'pg_class'::regclass and i.objsubid = r.attnum
  cross join lateral (
    select a.grantee, a.privilege_type, false as initially from aclexplode(r.acl) a
    union all
    select a.grantee, a.privilege_type, true from aclexplode(i.initprivs) a where a.grantee = 0
  ) x
  where x.grantee in (0, application.oid)
  group by r.oid, r.columns, r.relkind, r.relowner, x.privilege_type
),

-- ---- all else that PUBLIC is given ------------------------------------------------------------------------------------

others as (
  select format('database %I', d.datname) as object, x.*, d.datdba as owner, d.datname = current_database() as here
  from pg_database d
  cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
  where d.datname in (current_database(), 'postgres', 'template1')
  union all
  select format('schema %I', n.nspname), x.*, n.nspowner, true
  from pg_namespace n
  cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
  where n.nspname !~ '^pg_'
  union all
  select format('language %I', l.lanname), x.*, l.lanowner, true
  from pg_language l
  cross join lateral aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) x
  where l.lanpltrusted
),
needs (privilege, option) as (
  -- Datasets' roles are let into the database by the application, which creates them.
  select format('connect on database %I', current_database()), true
  union all
  select format('temporary on database %I', current_database()), false
  union all
  select format('%s on schema %I', p.privilege, n.nspname), false
  from pg_namespace n, (values ('create'), ('usage')) p (privilege)
  where n.nspname = 'public'
  union all
  select 'usage on schema information_schema', false
  union all
  select format('usage on language %I', l.lanname), false
  from pg_language l
  where l.lanpltrusted
  union all
  select lower(o.privilege_type) || ' on ' || o.object, false
  from others o
  where o.grantee = 0 and o.here
)

select statement
from (
  select 1 as step, format('grant execute on routine %s to %s', string_agg(c.name, ', '), a.name) as statement
  from changing c, application a
  where c.owed
  group by a.name
  union all
  select 2, format('revoke execute on routine %s from public', string_agg(c.name, ', '))
  from changing c
  where c.everyone and not c.wanted
  having count(*) > 0
  union all
  select 3, format('grant execute on routine %s to public', string_agg(c.name, ', '))
  from changing c
  where c.wanted and not c.everyone
  having count(*) > 0
  union all
  select 4, format('alter default privileges for role %s revoke execute on routines from public', a.name)
  from application a
  where not exists (select from pg_default_acl d where d.defaclrole = a.oid and d.defaclnamespace = 0 and d.defaclobjtype = 'f')

  union all
  select 5, format('grant %s on %s %s to %s', r.privilege, r.kind, string_agg(r.oid::regclass::text, ', '), a.name)
  from readable r, application a
  where not r.application and r.relowner <> a.oid
  group by r.privilege, r.kind, a.name
  union all
  select 6, format('revoke all on %s %s from public', r.kind, string_agg(distinct r.oid::regclass::text, ', '))
  from readable r
  where r.everyone
  group by r.kind

  union all
  select 7, format('grant %s to %s%s', n.privilege, a.name, case when bool_or(n.option) then ' with grant option' else '' end)
  from needs n, application a
  where not exists (
    select from others o
    where lower(o.privilege_type) || ' on ' || o.object = n.privilege
      and o.grantee = a.oid and (o.is_grantable or o.owner = a.oid or not n.option))
  group by n.privilege, a.name
  union all
  select 8, format('revoke all on %s from public', o.object)
  from others o
  where o.grantee = 0
  group by o.object

  union all
  -- The limits of a dataset's role that only a superuser may set for others.
  select 9, format('grant set on parameter %s to %s', p.name, a.name)
  from application a, unnest(array['temp_file_limit', 'log_min_error_statement', 'log_min_messages']) p (name)
  where not has_parameter_privilege(a.oid, p.name, 'set')
) missing
order by step, statement
