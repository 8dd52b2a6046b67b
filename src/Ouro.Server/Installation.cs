using Npgsql;
using Ouro.Server.Data;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server;

/// <summary>What an Ouro stands on: its data directory, its key and its database. The server and the commands open it alike.</summary>
public sealed class Installation : IAsyncDisposable
{
    readonly EmbeddedPostgres? embedded;

    Installation(DataDirectory directory, EmbeddedPostgres? embedded, Database database)
    {
        (Directory, this.embedded, Database) = (directory, embedded, database);
    }

    public DataDirectory Directory { get; }

    public Database Database { get; }

    public static async Task<Installation> Open(Settings settings, HolderKind kind, ILogger log, CancellationToken ct)
    {
        var directory = await DataDirectory.Open(settings.Data, kind, ct: ct);
        EmbeddedPostgres? embedded = null;
        try
        {
            if (settings.Database is null)
                embedded = await EmbeddedPostgres.Start(directory, new() { Bin = settings.PostgresBin, RunAs = settings.PostgresUser, ThrowAway = settings.UnsafeFast, Log = log }, ct);
            var connection = embedded?.ConnectionString ?? settings.Database!;
            var name = embedded is null ? new NpgsqlConnectionStringBuilder(connection).Database ?? "ouro" : "ouro";
            var database = await Database.Open(new(connection, name, $"{name}_app", directory.Key.Derive("application role")), log, ct);
            return new(directory, embedded, database);
        }
        catch
        {
            if (embedded is not null) await embedded.DisposeAsync();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>On a database that somebody else owns: in tests, a clone of one that many share.</summary>
    public static Installation Of(DataDirectory directory, Database database) => new(directory, null, database);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        if (embedded is not null) await embedded.DisposeAsync();
        Directory.Dispose();
    }
}
