using Npgsql;
using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;

namespace Ouro.Tests.Datasets.Query;

/// <summary>Somebody who may read some datasets and wants more.</summary>
sealed class Attacker(QueryWorld world, IReadOnlyList<DatasetTable> tables)
{
    /// <summary>What is sent where nobody reads the SQL first.</summary>
    public string Ready(string sql) => Filled(sql).Replace("{{table}}", tables[0].Qualified, StringComparison.Ordinal)
        .Replace(QueryText.Named(tables[^1].Id), tables[^1].Qualified, StringComparison.Ordinal);

    string Filled(string sql) => sql.Replace("{other}", world.Other.Qualified.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal)
        .Replace("{name}", world.Other.Name, StringComparison.Ordinal)
        .Replace("{second}", QueryText.Named(tables[^1].Id), StringComparison.Ordinal)
        .Replace("{mine}", world.Roles.Role([tables[0]]), StringComparison.Ordinal)
        .Replace("{theirs}", world.Roles.Role([world.Other]), StringComparison.Ordinal)
        .Replace("{set}", world.Roles.Role(tables), StringComparison.Ordinal);

    /// <summary>Runs an attack between two looks at everything that it could have changed.</summary>
    public async Task<(string Code, string Said)> Watched(string category, Func<Task<(string, string)>> attack)
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

    /// <summary>As a user asks.</summary>
    public async Task<(string Code, string Said)> Try(string sql, QueryLimits limits)
    {
        try
        {
            var result = await world.Sql.Run(QueryText.Read(Filled(sql)).Over(tables[0], tables.ToDictionary(t => t.Id)), Guid.Empty, limits, default);
            return ("harmless", result.Rows.ToString());
        }
        catch (Refusal refusal)
        {
            refusal.Status.ShouldBe(refusal.Code == "57014" ? 408 : 400);
            return (refusal.Code, $"{refusal.Message} {refusal.Hint} {refusal.Details}");
        }
    }

    /// <summary>On a connection of the login itself.</summary>
    public async Task<(string Code, string Said)> Raw(NpgsqlBatchCommand[] commands)
    {
        try
        {
            await using var connection = await QueryWorld.Open(world.Login(tables, "ouro_one"));
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
