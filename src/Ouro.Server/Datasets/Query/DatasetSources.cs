using Npgsql;

namespace Ouro.Server.Datasets;

/// <summary>
/// The connections of datasets' roles: a small pool each, kept while the dataset is being asked. Few pools are kept at a time,
/// because idle connections of a hundred datasets would use up the server's.
/// </summary>
sealed class DatasetSources(string connectionString, DatasetRoles roles, int kept) : IAsyncDisposable
{
    readonly Lock gate = new();
    readonly Dictionary<string, LinkedListNode<Pool>> pools = new(StringComparer.Ordinal);
    readonly LinkedList<Pool> latest = new();

    sealed class Pool(string role, NpgsqlDataSource source)
    {
        public string Role { get; } = role;
        public NpgsqlDataSource Source { get; } = source;
        public int Users { get; set; }
    }

    /// <summary>Runs <paramref name="use"/> on the dataset's pool, which is not disposed of meanwhile unless the dataset goes.</summary>
    public async Task<T> Use<T>(DatasetTable table, Func<NpgsqlDataSource, Task<T>> use)
    {
        List<Pool> retired;
        Pool pool;
        lock (gate)
        {
            var role = roles.Role(table);
            if (pools.TryGetValue(role, out var node)) latest.Remove(node);
            else pools[role] = node = new(new(role, Source(table)));
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

    /// <summary>Closes the connections of a dataset that goes away.</summary>
    public async Task Drop(DatasetTable table)
    {
        LinkedListNode<Pool>? node;
        lock (gate)
        {
            if (!pools.Remove(roles.Role(table), out node)) return;
            latest.Remove(node);
        }
        await node.Value.Source.DisposeAsync();
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

    NpgsqlDataSource Source(DatasetTable table)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Username = roles.Role(table),
            Password = roles.Password(table),
            Passfile = null,
            ApplicationName = "ouro query",
            Pooling = true,
            Multiplexing = false,
            Enlist = false,
            MinPoolSize = 0,
            MaxPoolSize = DatasetRoles.Connections,
            ConnectionIdleLifetime = 20,
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
