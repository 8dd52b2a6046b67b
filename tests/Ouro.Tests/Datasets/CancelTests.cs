using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ouro.Server.Data;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>Queries that somebody does not want any more.</summary>
public sealed class CancelTests(TestServer server) : IClassFixture<TestServer>
{
    const string Endless = "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b";

    [Fact]
    public async Task A_query_is_cancelled_by_its_id_by_whoever_asked_it_and_nobody_else()
    {
        var (ada, bob) = (await server.Join("ada_cancels"), await server.Join("bob_cancels"));
        var dataset = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var id = Guid.CreateVersion7();
        var running = ada.Post($"/datasets/{dataset}/query-custom", new { query = Endless, query_id = id }, HttpStatusCode.Conflict);
        await Computing(1);

        await bob.Delete($"/datasets/queries/{id}");
        (await ada.Post($"/datasets/{dataset}/query-custom", new { query = "select 1", query_id = id }, HttpStatusCode.Conflict)).Code().ShouldBe("query_id_taken");
        running.IsCompleted.ShouldBeFalse();
        (await ada.Delete($"/datasets/queries/{id}")).Data().GetProperty("query_id").GetGuid().ShouldBe(id);

        (await running).Code().ShouldBe("query_cancelled");
        await Computing(0);
        (await ada.Post($"/datasets/{dataset}/query-custom", new { query = "select 1 as one", query_id = id })).Data().GetRawText().ShouldBe("""[{"one":1}]""");
        await ada.Delete("/datasets/queries/7", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_being_saved_is_cancelled_by_its_id_too_and_leaves_nothing()
    {
        var ada = await server.Join("ada_cancels_saving");
        var dataset = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var id = Guid.CreateVersion7();
        // The first rows are in the table when it begins to compute.
        const string Stuck = "select case when g > 5000 then (select count(*) from generate_series(g, 200000) a, generate_series(1, 100000) b) end as x from generate_series(1, 9000) g";
        var saving = ada.Post("/datasets/create/from-query", new { query = Stuck, dataset_id = dataset, name = "Never", query_id = id }, HttpStatusCode.Conflict);
        await Counted(1, "application_name = 'ouro' and state = 'active' and query like 'copy datasets.%'");

        await ada.Delete($"/datasets/queries/{id}");

        (await saving).Code().ShouldBe("query_cancelled");
        await Computing(0);
        (await server.Db.Maybe<long>($"select count(*) from assets where user_id = {ada.Id}", default)).ShouldBe(1);
    }

    [Fact]
    public async Task The_SDK_cancels_by_id_and_by_letting_go()
    {
        var ada = await server.Join("ada_lets_go");
        var dataset = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var id = Guid.CreateVersion7();
        var running = Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.QueryAsync(dataset, new QueryDataset(Endless, id)));
        await Computing(1);
        await ada.Ouro.Datasets.CancelQueryAsync(id);
        (await running).Code.ShouldBe("query_cancelled");

        using var patience = new CancellationTokenSource();
        var asking = Should.ThrowAsync<OperationCanceledException>(() => ada.Ouro.Datasets.QueryAsync(dataset, Endless, patience.Token));
        await Computing(1);
        await patience.CancelAsync();
        await asking;
        await Computing(0);
    }

    /// <summary>Waits until this many queries of users keep the database busy.</summary>
    Task Computing(int expected) => Counted(expected, "application_name = 'ouro query' and state = 'active'");

    async Task Counted(int expected, string condition)
    {
        await using var superuser = new NpgsqlConnection(TestCluster.Superuser(server.Services.GetRequiredService<Database>().Name));
        await superuser.OpenAsync();
        await using var look = new NpgsqlCommand(
            $"select count(*) from pg_stat_activity where datname = current_database() and {condition}", superuser);
        var count = -1L;
        for (var i = 0; i < 400 && count != expected; i++)
        {
            count = (long)(await look.ExecuteScalarAsync())!;
            if (count != expected) await Task.Delay(25);
        }
        count.ShouldBe(expected);
    }
}
