using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>
/// The connections of the logins that users' SQL runs under: a small pool each, kept while it is being asked. Few pools are kept at a time,
/// because idle connections of a hundred datasets would use up the server's.
/// </summary>
sealed class DatasetSources(string connectionString, DatasetRoles roles, int kept) : IAsyncDisposable
{
    readonly Lock gate = new();
    readonly Dictionary<string, LinkedListNode<Pool>> pools = new(StringComparer.Ordinal);
    readonly LinkedList<Pool> latest = new();

    sealed class Pool(string role, IReadOnlyList<DatasetTable> tables, NpgsqlDataSource source)
    {
        public string Role { get; } = role;
        public IReadOnlyList<DatasetTable> Tables { get; } = tables;
        public NpgsqlDataSource Source { get; } = source;
        public int Users { get; set; }
    }

    /// <summary>Runs <paramref name="use"/> on the pool of these datasets, which is not disposed of meanwhile unless one of them goes.</summary>
    public async Task<T> Use<T>(IReadOnlyList<DatasetTable> tables, Func<NpgsqlDataSource, Task<T>> use)
    {
        List<Pool> retired;
        Pool pool;
        lock (gate)
        {
            var role = roles.Role(tables);
            if (pools.TryGetValue(role, out var node)) latest.Remove(node);
            else pools[role] = node = new(new(role, tables, Source(tables)));
            latest.AddFirst(node);
            pool = node.Value;
            pool.Users++;
            retired = Retire();
        }
        foreach (var old in retired) await old.Source.DisposeAsync();
        try
        {
            return await use(pool.Source);
        }
        finally
        {
            lock (gate) pool.Users--;
        }
    }

    /// <summary>Closes the connections that read a dataset that goes away.</summary>
    public async Task Drop(DatasetTable table)
    {
        List<Pool> gone;
        lock (gate)
        {
            gone = [.. latest.Where(pool => pool.Tables.Contains(table))];
            foreach (var pool in gone)
            {
                pools.Remove(pool.Role, out var node);
                latest.Remove(node!);
            }
        }
        foreach (var pool in gone) await pool.Source.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        List<Pool> all;
        lock (gate)
        {
            all = [.. latest];
            latest.Clear();
            pools.Clear();
        }
        foreach (var pool in all) await pool.Source.DisposeAsync();
    }

    List<Pool> Retire()
    {
        var retired = new List<Pool>();
        for (var node = latest.Last; node is not null && latest.Count > kept;)
        {
            var before = node.Previous;
            if (node.Value.Users == 0)
            {
                latest.Remove(node);
                pools.Remove(node.Value.Role);
                retired.Add(node.Value);
            }
            node = before;
        }
        return retired;
    }

    NpgsqlDataSource Source(IReadOnlyList<DatasetTable> tables)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Username = roles.Role(tables),
            Password = roles.Password(tables),
            Passfile = null,
            ApplicationName = "ouro query",
            Pooling = true,
            Multiplexing = false,
            Enlist = false,
            MinPoolSize = 0,
            MaxPoolSize = DatasetRoles.Connections,
            ConnectionIdleLifetime = 20,
            // A session outlives its login; within this time a login that has run out is renewed or gives up its sessions.
            ConnectionLifetime = 300,
            ConnectionPruningInterval = 10,
            MaxAutoPrepare = 0,
            KeepAlive = 0,
            Timeout = 5,
            CommandTimeout = 0,
            // A backend that does not answer a cancellation within two seconds is left alone and its connection dropped.
            CancellationTimeout = 2_000,
            IncludeErrorDetail = true,
        };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Types are in catalogs that this role cannot read, and text needs none.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        // What users ask is theirs: it stays out of traces.
        builder.ConfigureTracing(traces => traces.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        return builder.Build();
    }
}
