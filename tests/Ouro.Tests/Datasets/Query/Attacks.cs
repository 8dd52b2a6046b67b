namespace Ouro.Tests.Datasets.Query;

/// <summary>
/// What strangers have tried, or may try, against SQL that they are allowed to write. <c>{other}</c> is the view of somebody else's
/// dataset, <c>{role}</c> the attacker's own role; the expected answer is a code of PostgreSQL, <c>slow</c> for a query that must be
/// stopped, or <c>harmless</c> for one that may succeed because it yields nothing.
/// </summary>
static class Attacks
{
    public static IEnumerable<(string Category, string Sql, string Expected)> All() =>
        Lines(Text).Select(line => (line.Category, line.Sql.Replace(@"\n", "\n", StringComparison.Ordinal), line.Expected));

    static IEnumerable<(string Category, string Sql, string Expected)> Lines(string text)
    {
        var category = "";
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#') category = line[2..];
            else
            {
                var bar = line.IndexOf('|', StringComparison.Ordinal);
                yield return (category, line[(bar + 1)..].TrimStart(), line[..bar].TrimEnd());
            }
        }
    }

    const string Text = """
        # a second statement
        42601 | select 1; select * from public.users
        42601 | select 1; drop table public.users
        42601 | select 1;; select 2
        42601 | ; select 1
        42601 | select 'a\'; select * from public.users; --'
        harmless | select E'a\'; select * from public.users; --'
        42601 | select 'a\''; drop view {other}; --
        42601 | select $$a$$; select 2
        42601 | select $a$ $b$ ; $a$; delete from {{table}}
        42601 | select 1 /* ; */; select 2
        42601 | select 1 -- \n; select 2
        42601 | select 1; commit; drop table public.users
        42601 | select 1; rollback; set role none
        42601 | select 1) ; select (2
        42601 | select 1; close q; declare q cursor for select 2
        # another kind of statement
        25006 | delete from {{table}}
        25006 | update {{table}} set id = 0
        25006 | insert into {{table}} values (1)
        25006 | merge into {{table}} t using {{table}} s on t.id = s.id when matched then delete
        25006 | truncate {{table}}
        25006 | drop view {{table}}
        25006 | create table x (i int)
        25006 | create temp table x as select 1
        25006 | alter role current_user superuser
        42501 | grant select on {other} to public
        25006 | copy {{table}} to stdout
        25006 | copy {{table}} to program 'id'
        25006 | copy (select 1) to '/tmp/ouro-attack'
        25006 | do $$ begin perform 1; end $$
        25006 | set role ouro_app
        25006 | reset role
        25006 | set statement_timeout = 0
        25006 | set session authorization postgres
        25006 | set transaction read write
        25006 | show all
        25006 | listen x
        25006 | notify x
        25006 | prepare p as select 1
        25006 | execute p
        25006 | deallocate all
        25006 | explain analyze delete from {{table}}
        42501 | explain select * from {other}
        25006 | declare r cursor with hold for select 1
        25006 | fetch all from q
        25006 | begin
        25006 | commit
        25006 | rollback
        25006 | savepoint s
        25006 | lock table {{table}}
        25006 | vacuum
        25006 | analyze
        25006 | discard all
        25006 | call nothing()
        25006 | load 'plpgsql'
        25006 | checkpoint
        25006 | import foreign schema x from server y into z
        # writing inside a query
        25006 | with gone as (delete from {{table}} returning *) select * from gone
        25006 | with new as (insert into {{table}} values (1) returning *) select * from new
        25006 | with new as (update {{table}} set id = 1 returning *) select * from new
        25006 | select * into x from {{table}}
        25006 | select 1 into temp x
        25006 | select * from {{table}} for update
        25006 | select * from {{table}} for share
        25006 | select * from {{table}} for key share nowait
        42501 | select nextval('public.s')
        42501 | select setval('public.s', 1)
        # somebody else's data
        42501 | select * from {other}
        42501 | select * from "datasets"."{name}"
        42501 | select * from DATASETS.{name}
        42501 | select * from datasets /* x */ . {name}
        42P01 | select * from {name}
        42501 | select * from ouro_one.datasets.{name}
        0A000 | select * from U&"d\0061tasets".{name}
        0A000 | select * from U&"d!0061tasets" uescape '!' . {name}
        42501 | table {other}
        42501 | select (null::{other}).*
        42501 | select * from jsonb_populate_record(null::{other}, '{}')
        42501 | select * from public.users
        42P01 | select * from users
        42501 | select (select email from public.users)
        42501 | select 1 where exists (select from public.users where email like 'sesame%')
        42501 | select * from {{table}} where name = (select hidden_column from {other})
        42501 | select * from {{table}} union all select 1, email, 1, true from public.users
        42501 | select 1 / (select count(*) from public.users)
        0A000 | select * from ouro_two.public.users
        harmless | select '{other}'::regclass
        42501 | select to_regclass('{other}')
        42501 | select {{table}} from {{table}} as x, {other} as y
        42501 | select * from (values (1)) v order by (select email from public.users)
        0A000 | select * from {{table}} tablesample system (100)
        # running text as SQL
        42501 | select query_to_xml('select * from public.users', true, true, '')
        42501 | select query_to_xml_and_xmlschema('select 1', true, true, '')
        42501 | select query_to_xmlschema('select 1', true, true, '')
        42501 | select database_to_xml(true, true, '')
        42501 | select database_to_xmlschema(true, true, '')
        42501 | select schema_to_xml('public', true, true, '')
        42501 | select table_to_xml('public.users', true, true, '')
        42501 | select table_to_xml(16384, true, true, '')
        42501 | select cursor_to_xml('q', 10, true, true, '')
        42501 | select set_config('role', 'none', true), query_to_xml('select 1', true, true, '')
        42501 | select set_config('role', 'ouro_app', false)
        42501 | select set_config('statement_timeout', '0', false)
        42501 | select set_config('transaction_read_only', 'off', true)
        42501 | select set_config('session_authorization', 'postgres', false)
        42501 | select current_setting('data_directory')
        42501 | select current_setting('is_superuser')
        42501 | select * from ts_stat('select email::tsvector from public.users')
        42501 | select ts_rewrite('a'::tsquery, 'select * from public.users')
        42501 | select ts_rewrite('a'::tsquery, 'a'::tsquery, 'b'::tsquery)
        42883 | select * from dblink('dbname=ouro_two', 'select 1') as t (i int)
        42883 | select dblink_connect('host=127.0.0.1')
        42883 | select * from xpath_table('a', 'b', 'c', 'd', '1=1') as t (i int)
        42883 | select * from crosstab('select 1') as t (i int)
        # files and large objects
        42501 | select pg_read_file('/etc/passwd')
        42501 | select pg_read_file('postgresql.conf')
        42501 | select pg_read_binary_file('/etc/passwd')
        42501 | select * from pg_ls_dir('/')
        42501 | select * from pg_ls_logdir()
        42501 | select * from pg_ls_waldir()
        42501 | select * from pg_ls_tmpdir()
        42501 | select pg_stat_file('/etc/passwd')
        42501 | select lo_import('/etc/passwd')
        42501 | select lo_create(1)
        42501 | select lo_creat(-1)
        42501 | select lo_from_bytea(0, 'x')
        42501 | select lo_get(1)
        42501 | select lo_put(1, 0, 'x')
        42501 | select lo_open(1, 262144)
        42501 | select loread(0, 1)
        42501 | select lo_export(1, '/tmp/ouro-attack')
        42501 | select lo_unlink(1)
        42501 | select pg_current_logfile()
        42501 | select pg_hba_file_rules()
        # the server
        42501 | select pg_sleep(60)
        42501 | select pg_sleep_for('1 minute')
        42501 | select pg_sleep_until(now() + interval '1 minute')
        42501 | select pg_terminate_backend(pg_backend_pid())
        42501 | select pg_cancel_backend(1)
        42501 | select pg_reload_conf()
        42501 | select pg_rotate_logfile()
        42501 | select pg_switch_wal()
        42501 | select pg_notify('x', 'y')
        42501 | select pg_logical_emit_message(true, 'x', 'y')
        42501 | select pg_export_snapshot()
        42501 | select pg_stat_reset()
        42501 | select pg_advisory_lock(1)
        42501 | select pg_try_advisory_lock(1)
        42501 | select pg_advisory_xact_lock(1)
        42501 | select pg_advisory_unlock_all()
        42501 | select txid_current()
        42501 | select pg_current_xact_id()
        42501 | select pg_backend_pid()
        42501 | select pg_nextoid('pg_class', 'oid', 'pg_class_oid_index')
        42501 | select pg_database_size('postgres')
        42501 | select pg_total_relation_size('{other}')
        42501 | select pg_relation_filepath('{other}')
        42501 | select inet_server_addr()
        42501 | select version()
        42501 | select pg_postmaster_start_time()
        42501 | select setseed(0.5)
        # the catalogs
        42501 | select * from pg_stat_activity
        42501 | select * from pg_stats
        42501 | select * from pg_statistic
        42501 | select * from pg_authid
        42501 | select * from pg_shadow
        42501 | select * from pg_roles
        42501 | select * from pg_user
        42501 | select * from pg_class
        42501 | select * from pg_attribute
        42501 | select * from pg_proc
        42501 | select * from pg_settings
        42501 | select * from pg_database
        42501 | select * from pg_tables
        42501 | select * from pg_views
        42501 | select * from pg_locks
        42501 | select * from pg_cursors
        42501 | select * from pg_namespace
        42501 | select * from pg_largeobject
        42501 | select * from pg_catalog.pg_db_role_setting
        42501 | select subconninfo from pg_subscription
        42501 | select subname from pg_subscription
        42501 | select * from information_schema.tables
        42501 | select * from information_schema.columns
        42501 | select * from information_schema.routines
        42501 | table pg_catalog.pg_type
        42501 | select pg_get_viewdef('{other}'::regclass)
        42501 | select pg_get_functiondef(1)
        42501 | select pg_get_userbyid(10)
        42501 | select has_table_privilege('{other}', 'select')
        42501 | select has_database_privilege('ouro_two', 'connect')
        42501 | select col_description(1259, 1)
        42501 | select obj_description(1259)
        42501 | select pg_describe_object(1259, 16384, 0)
        42501 | select pg_identify_object(1259, 16384, 0)
        42501 | select pg_partition_root(1259)
        42501 | select satisfies_hash_partition(1259, 2, 0, 1)
        42501 | select * from pg_show_all_settings()
        42501 | select * from pg_stat_get_activity(null)
        42501 | select * from pg_lock_status()
        42501 | select * from pg_options_to_table(array['a=b'])
        42501 | select * from pg_get_keywords()
        42501 | select xid from (select xmin as xid from {other}) x
        # disguises
        42501 | select/**/*/**/from/**/public.users
        42501 | select /* /* nested */ ; */ 1 from public.users
        42501 | select "pg_read_file"('/etc/passwd')
        42501 | select pg_catalog.pg_read_file('/etc/passwd')
        0A000 | select U&"pg_r\0065ad_file"('/etc/passwd')
        harmless | select * from {{table}} as "a""; drop table users; --"
        harmless | select '{{table}}', $${{table}}$$, "{{table}}" from (select 1 as "{{table}}") x /* {{table}} */ -- {{table}}
        42P02 | select $1
        42P02 | select 1 + $1::int, '$2'
        harmless | select 1 as a$1, $x$ $1 $x$
        42601 | select :name, @name
        harmless | select 'a' \n 'b$1', E'\\' , '$1'
        42601 | {{table}}
        42601 | ''
        42601 | select 1 /* open
        42601 | select 'open
        42601 | select "open
        42601 | select $a$ open
        25006 | copy(select 1)to stdout
        # stories told by errors
        22P02 | select name::int from {{table}}
        42501 | select cast((select hidden_column from {other}) as int)
        42501 | select (select 'sesame' || email from public.users)::int
        42501 | select case when (select count(*) from public.users) > 0 then 1 / 0 else 1 end
        42703 | select hidden_column from {{table}}
        22P02 | select repeat('x', 20000000)::int
        42P01 | select * from no_such_table
        # too much
        slow | select count(*) from generate_series(1, 100000000) a, generate_series(1, 100000000) b
        slow | with recursive r (n) as (select 1 union all select n + 1 from r) select count(*) from r
        slow | select count(*) from {{table}} a, {{table}} b, {{table}} c, {{table}} d, {{table}} e, {{table}} f
        slow | select sum(length(md5(i::text))) from generate_series(1, 1000000000) i
        slow | select max(a.i) from generate_series(1, 30000) a (i) join generate_series(1, 30000) b (i) on a.i * b.i % 7 = b.i % 11
        slow | select count(*) from (select distinct repeat(i::text, 50) from generate_series(1, 100000000) i) x
        slow | select regexp_replace(repeat('a', 30) || 'b', '(a|a?)*(a|a?)*(a|a?)*(a|a?)*c\1\2\3', '') from generate_series(1, 100000000)
        slow | select factorial(i::bigint % 1000 + 20000) from generate_series(1, 10000) i
        harmless | select repeat('x', 50000000)
        53400 | select repeat('x', 50000000), repeat('y', 50000000) from generate_series(1, 3)
        54000 | select repeat('x', 2000000000)
        54000 | select array_fill(0, array[10000, 100000])
        harmless | select string_agg(repeat('x', 1000), '') from generate_series(1, 100000)
        harmless | select * from generate_series(1, 10000000)
        42501 | select normalize(repeat(U&'\0041\030A', 1000000), nfc)
        42501 | select repeat(U&'\0041\030A', 1000000) is nfc normalized
        42501 | select polygon(1000000, circle '((0,0),1)')
        42501 | select path '((0,0),(1,1))' ?# path '((0,1),(1,0))'
        42501 | select lo_get(lo_from_bytea(0, decode(repeat('00', 1000000), 'hex')))
        42501 | select xmlcomment('x')
        42501 | select xpath('/a', '<a/>')
        """;
}
