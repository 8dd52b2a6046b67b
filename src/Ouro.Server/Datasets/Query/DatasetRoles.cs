using System.Security.Cryptography;
using System.Text;
using Ouro.Server.Data;

namespace Ouro.Server.Datasets;

/// <summary>
/// A dataset's own login: it reads one view and nothing else, so that users' SQL is held by PostgreSQL's rights and not by
/// reading the SQL. Made, renewed and dropped in the transaction that does the same to the table.
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

    /// <summary>At most this many connections at a time read one dataset.</summary>
    public const int Connections = 4;

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

    /// <summary>The password of a dataset's login. It is never stored: whoever has the server's key can compute it.</summary>
    public string Password(DatasetTable table) => Convert.ToHexStringLower(HMACSHA256.HashData(key, table.Id.ToByteArray(bigEndian: true)));

    public string Role(DatasetTable table) => table.Role(database);

    Sql CreateSql(DatasetTable table)
    {
        var role = table.Role(database);
        var readers = DatasetTable.ReadersRole(database);
        var (name, group) = (Sql.Identifier(role), Sql.Identifier(readers));
        var settings = Sql.Join("\n", Settings.Select(s => Setting(role, s.Name, s.Value)));
        var superuser = Sql.Join("\n", SuperuserSettings.Select(s => (Sql)$"""
            if has_parameter_privilege(current_user, {Sql.Literal(s.Name)}, 'set') then {Setting(role, s.Name, s.Value)} end if;
            """));
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
                create role {name} login inherit connection limit {Sql.Trusted(Connections.ToString())} in role {group};
              end if;
              alter role {name} password {Sql.Literal(Verifier(Password(table)))};
              {settings}
              {superuser}
              if current_setting('server_version_num')::int >= 170000 then {Setting(role, "transaction_timeout", "15s")} end if;
              grant select on {View(table)} to {name};
            end
            $do$
            """;
    }

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
