using Ouro.Server.Data;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

/// <summary>A database without a server, for the tests of one class.</summary>
public sealed class ScratchDatabase : IAsyncLifetime
{
    Database? database;

    public Db Db => database!.Db;

    public async ValueTask InitializeAsync() => database = await TestCluster.Clone();

    public ValueTask DisposeAsync() => database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
