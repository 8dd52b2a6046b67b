using System.Data;
using System.Reflection;
using Npgsql;

namespace Ouro.Server.Data;

/// <summary>
/// Takes from PUBLIC what a stranger's SQL must not have. Runs at every start, because a restore or an upgrade brings the
/// defaults back; it compares first, so that a second run writes nothing.
/// </summary>
public static class Hardening
{
    static readonly string Missing = Resource();

    /// <summary>
    /// Hardens the database that <paramref name="superuser"/> is connected to, and gives what PUBLIC loses to <paramref name="role"/>, the
    /// application's. Where the connection is no superuser's, nothing is done and the result says so.
    /// </summary>
    public static async Task<Hardened> Apply(NpgsqlConnection superuser, string role, CancellationToken ct)
    {
        if (await Refused(superuser, role, ct) is { } why) return new(false, 0, why);
        var statements = await Statements(superuser, role, ct);
        if (statements.Count == 0) return new(true, 0);

        await using var transaction = await superuser.BeginTransactionAsync(ct);
        // Databases and parameters are shared by the cluster: two servers that start at once would update the same rows,
        // and an advisory lock holds only inside one database. A lock on a shared catalog holds everywhere. Who comes second
        // repeats what the first has done, which does no harm.
        await Run(superuser, ["lock table pg_catalog.pg_database in share row exclusive mode", .. statements], ct);
        await transaction.CommitAsync(ct);
        return new(true, statements.Count);
    }

    /// <summary>What is still to be done, as the statements that do it.</summary>
    public static async Task<List<string>> Statements(NpgsqlConnection connection, string role, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Missing, connection) { Parameters = { new() { Value = role } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var statements = new List<string>();
        while (await reader.ReadAsync(ct)) statements.Add(reader.GetString(0));
        return statements;
    }

    static async Task<string?> Refused(NpgsqlConnection connection, string role, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select
              (select rolsuper from pg_catalog.pg_roles where rolname = current_user),
              exists (select from pg_catalog.pg_roles where rolname = $1),
              current_user::text
            """, connection) { Parameters = { new() { Value = role } } };
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, ct);
        await reader.ReadAsync(ct);
        return !reader.GetBoolean(0) ? $"“{reader.GetString(2)}” is not a superuser, and only a superuser can take rights from PUBLIC."
            : !reader.GetBoolean(1) ? $"There is no role “{role}” to give to what PUBLIC has."
            : null;
    }

    static async Task Run(NpgsqlConnection connection, List<string> statements, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new(statement));
        await batch.ExecuteNonQueryAsync(ct);
    }

    static string Resource()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Ouro.Server.Data.Hardening.hardening.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>How hardening a database went.</summary>
/// <param name="Done">The database is hard; false where this could not be brought about.</param>
/// <param name="Statements">How many statements it took; 0 where nothing was to be done.</param>
/// <param name="Why">Why it could not be done.</param>
public sealed record Hardened(bool Done, int Statements, string? Why = null);
