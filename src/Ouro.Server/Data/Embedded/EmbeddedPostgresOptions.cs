using Microsoft.Extensions.Logging.Abstractions;

namespace Ouro.Server.Data.Embedded;

/// <summary>What an operator, or a test, may choose about the embedded PostgreSQL.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>; otherwise they are looked for.</summary>
    public string? Bin { get; init; }

    /// <summary>A <c>node_modules</c> folder that may hold PostgreSQL as an npm package; otherwise looked for above the program.</summary>
    public string? NodeModules { get; init; }

    /// <summary>The account that runs the database when the server is root; otherwise <c>postgres</c>, then <c>nobody</c>.</summary>
    public string? RunAs { get; init; }

    /// <summary>
    /// Address space of one database process, its 128 MB of shared buffers included. PostgreSQL itself does not bound what an aggregate
    /// takes; this does, and then only that query fails.
    /// </summary>
    public int MemoryLimitMegabytes { get; init; } = 2048;

    /// <summary>How long the database may take until it answers. Recovery after a crash replays up to 2 GB, hence the patience.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For clusters that nobody will miss (tests): does not wait for the disk, so a crash of the machine destroys it.</summary>
    public bool ThrowAway { get; init; }

    public ILogger Log { get; init; } = NullLogger.Instance;
}
