using System.Security.Cryptography;
using System.Text;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// The logins that users' SQL runs under, so that it is held by PostgreSQL's rights and not by reading the SQL. A dataset's own reads one view
/// and nothing else; it is made, renewed and dropped in the transaction that does the same to the table. A query over several datasets has a
/// login for exactly this set: a member of their logins, made when it is first needed and dropped when it was not for an hour.
/// </summary>
public sealed class DatasetRoles(string database, byte[] key)
{
    // Limits of one query. The first ones bound time and memory, the next ones make results look the same everywhere, the
    // last ones need a superuser's grant (see hardening.sql): temporary files, and no strangers' SQL or values in the log.
    static readonly (string Name, string Value)[] Settings =
    [
        ("default_transaction_read_only", "on"), ("statement_timeout", "10s"), ("lock_timeout", "1s"),
        ("idle_in_transaction_session_timeout", "10s"), ("work_mem", "16MB"), ("hash_mem_multiplier", "1"),
        ("max_parallel_workers_per_gather", "0"), ("jit", "off"), ("cursor_tuple_fraction", "1"),
        ("search_path", "pg_catalog"), ("client_min_messages", "error"),
        ("timezone", "UTC"), ("datestyle", "ISO, MDY"), ("intervalstyle", "postgres"), ("extra_float_digits", "1"), ("bytea_output", "hex"),
    ];
    static readonly (string Name, string Value)[] SuperuserSettings =
        [("temp_file_limit", "256MB"), ("log_min_error_statement", "panic"), ("log_min_messages", "fatal")];

    /// <summary>At most this many connections at a time read one dataset, or one set of them.</summary>
    public const int Connections = 4;

    // PostgreSQL itself lets nobody in after this; whoever still asks renews it, and the sweep drops it ten minutes later.
    const string SetLives = "50 minutes";
    const string SetRests = "10 minutes";

    /// <summary>
    /// The login of a table and its right to read it. May be run again: after a restore without roles, after the server's key
    /// changed, and after the view was made anew.
    /// </summary>
    public Task<int> Create(Session tx, DatasetTable table, CancellationToken ct) => tx.Run(CreateSql(table), ct);

    /// <summary>Lets the login read the view again after it was dropped and created with other columns.</summary>
    public Task<int> Grant(Session tx, DatasetTable table, CancellationToken ct) =>
        tx.Run($"grant select on {View(table)} to {Sql.Identifier(table.Role(database))}", ct);

    /// <summary>Drops the login with its rights, before or after the view.</summary>
    public Task<int> Remove(Session tx, DatasetTable table, CancellationToken ct) => tx.Run(RemoveSql(table), ct);

    /// <summary>
    /// The login for these datasets together. May be run again, and by several servers at once: who comes second waits, because changing one role
    /// twice at a time fails.
    /// </summary>
    public Task<int> CreateSet(Session session, IReadOnlyList<DatasetTable> tables, CancellationToken ct) => session.Run(CreateSetSql(tables), ct);

    /// <summary>
    /// Drops the logins of sets that nobody used for an hour, and those of datasets that are not there, as after a restore; only of this database,
    /// and none that somebody renews meanwhile. Answers how many.
    /// </summary>
    public async Task<int> Sweep(Session session, CancellationToken ct)
    {
        var prefix = DatasetTable.RolePrefix(database);
        var idle = await session.Query<string>($"""
            select r.rolname::text
            from pg_roles r
            where starts_with(r.rolname, {prefix})
              and (r.rolname ~ '_s[0-9a-f]+$' and r.rolvaliduntil < now() - {SetRests}::interval
                or r.rolname ~ '_[0-9a-f]+$' and not exists (select from dataset_tables d where d.name = 'd_' || substr(r.rolname, {prefix.Length + 1})))
            order by r.rolname
            limit 10000
            """, ct);
        foreach (var role in idle) await session.Run(DropIdleSql(role), ct);
        return idle.Count;
    }

    /// <summary>The login of one dataset, or of several together.</summary>
    public string Role(IReadOnlyList<DatasetTable> tables) =>
        tables is [var one] ? one.Role(database) : $"{DatasetTable.RolePrefix(database)}s{Derived("set", tables)[..24]}";

    /// <summary>The password of a login. It is never stored: whoever has the server's key can compute it.</summary>
    public string Password(IReadOnlyList<DatasetTable> tables) =>
        tables is [var one] ? Convert.ToHexStringLower(HMACSHA256.HashData(key, one.Id.ToByteArray(bigEndian: true))) : Derived("password", tables);

    string Derived(string what, IReadOnlyList<DatasetTable> tables) => Convert.ToHexStringLower(HMACSHA256.HashData(key,
        Encoding.UTF8.GetBytes(string.Join(' ', tables.Select(t => $"{t.Id} {t.Name}").Order(StringComparer.Ordinal).Prepend(what)))));

    Sql CreateSql(DatasetTable table)
    {
        var role = table.Role(database);
        var readers = DatasetTable.ReadersRole(database);
        var (name, group) = (Sql.Identifier(role), Sql.Identifier(readers));
        // One round trip. The group exists because every grant on the database or the schema rewrites one shared row:
        // a grant per dataset would make that row long, and two datasets created at once would fail.
        return $"""
            do $do$
            begin
              if not exists (select from pg_roles where rolname = {Sql.Literal(readers)}) then
                perform pg_advisory_xact_lock(hashtext({Sql.Literal(readers)}));
                if not exists (select from pg_roles where rolname = {Sql.Literal(readers)}) then
                  create role {group} nologin;
                  grant connect on database {Sql.Identifier(database)} to {group};
                end if;
              end if;
              if not has_schema_privilege({Sql.Literal(readers)}, {Sql.Literal(DatasetTable.Schema)}, 'usage') then
                perform pg_advisory_xact_lock(hashtext({Sql.Literal(readers)}));
                grant usage on schema {Sql.Identifier(DatasetTable.Schema)} to {group};
              end if;

              if not exists (select from pg_roles where rolname = {Sql.Literal(role)}) then
                create role {name} login inherit connection limit {Limit} in role {group};
              end if;
              {Secured(role, Password([table]))}
              grant select on {View(table)} to {name};
            end
            $do$
            """;
    }

    Sql CreateSetSql(IReadOnlyList<DatasetTable> tables)
    {
        var role = Role(tables);
        var name = Sql.Identifier(role);
        // Members are taken in always in the same order, so that two sets that share datasets wait for each other and never in a circle.
        return $"""
            do $do$
            begin
              perform pg_advisory_xact_lock(hashtext({Sql.Literal(role)}));
              if not exists (select from pg_roles where rolname = {Sql.Literal(role)}) then
                create role {name} login inherit connection limit {Limit};
              end if;
              {Secured(role, Password(tables))}
              execute format('alter role {name} valid until %L', now() + {Sql.Literal(SetLives)}::interval);
              grant {Sql.Join(", ", tables.Select(t => t.Role(database)).Order(StringComparer.Ordinal).Select(Sql.Identifier))} to {name};
            end
            $do$
            """;
    }

    /// <summary>What a login is let in with, and the limits of its queries; each login has its own, because being a member brings none.</summary>
    static Sql Secured(string role, string password)
    {
        var settings = Sql.Join("\n", Settings.Select(s => Setting(role, s.Name, s.Value)));
        var superuser = Sql.Join("\n", SuperuserSettings.Select(s => (Sql)$"""
            if has_parameter_privilege(current_user, {Sql.Literal(s.Name)}, 'set') then {Setting(role, s.Name, s.Value)} end if;
            """));
        return $"""
            alter role {Sql.Identifier(role)} password {Sql.Literal(Verifier(password))};
            {settings}
            {superuser}
            if current_setting('server_version_num')::int >= 170000 then {Setting(role, "transaction_timeout", "15s")} end if;
            """;
    }

    static Sql DropIdleSql(string role) => $"""
        do $do$
        begin
          perform pg_advisory_xact_lock(hashtext({Sql.Literal(role)}));
          if not exists (select from pg_roles where rolname = {Sql.Literal(role)} and rolvaliduntil > now() - {Sql.Literal(SetRests)}::interval) then
            drop role if exists {Sql.Identifier(role)};
          end if;
        exception when dependent_objects_still_exist then
          null; -- Something that is not ours was given to it, or its view outlived its dataset: it can do no harm and stays.
        end
        $do$
        """;

    Sql RemoveSql(DatasetTable table)
    {
        var role = table.Role(database);
        return $"""
            do $do$
            begin
              if exists (select from pg_roles where rolname = {Sql.Literal(role)}) then
                if to_regclass({Sql.Literal(table.Qualified)}) is not null then
                  revoke all on {View(table)} from {Sql.Identifier(role)};
                end if;
                drop role {Sql.Identifier(role)};
              end if;
            end
            $do$
            """;
    }

    static Sql Limit => Sql.Trusted(Connections.ToString());

    static Sql Setting(string role, string name, string value) =>
        $"alter role {Sql.Identifier(role)} set {Sql.Identifier(name)} = {(name == "search_path" ? Sql.Identifier(value) : Sql.Literal(value))};";

    static Sql View(DatasetTable table) => Sql.Trusted(table.Qualified);

    /// <summary>
    /// What PostgreSQL keeps of a password (SCRAM, RFC 5803). Computed here, so that the password itself is in no statement and
    /// so in no log.
    /// </summary>
    static string Verifier(string password)
    {
        const int rounds = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8.ToArray()));
        var server = HMACSHA256.HashData(salted, "Server Key"u8.ToArray());
        return $"SCRAM-SHA-256${rounds}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
