using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>What somebody is told about a dataset that others change or delete at this very moment.</summary>
public sealed class MeanwhileTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public async Task A_file_that_waited_for_a_change_of_the_columns_has_the_new_ones(string format)
    {
        var (ada, id, table) = await Made();

        using var file = await Meanwhile(Locked(table), () => ada.Http.GetAsync($"/api/datasets/{id}/export?format={format}"), Renamed(id, table));

        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await file.Content.ReadAsStringAsync();
        text.ShouldContain("points");
        text.ShouldNotContain("score");
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public async Task A_file_of_what_is_gone_when_it_begins_is_not_there(string format)
    {
        var (ada, id, table) = await Made();
        (await Meanwhile(Locked(table), () => ada.Post($"/assets/{id}/download", new { format }, HttpStatusCode.NotFound), Deleted(id, table)))
            .Code().ShouldBe("asset_not_found");
    }

    [Fact]
    public async Task A_summary_is_of_the_columns_that_are_there()
    {
        var (ada, id, table) = await Made();
        (await Meanwhile(Locked(table), () => ada.Get($"/datasets/{id}/summary"), Renamed(id, table))).ToString().ShouldContain("points");
        var (bob, gone, its) = await Made();
        (await Meanwhile(Locked(its), () => bob.Get($"/datasets/{gone}/summary", HttpStatusCode.NotFound), Deleted(gone, its))).Code().ShouldBe("asset_not_found");
    }

    [Theory]
    [InlineData("data")]
    [InlineData("data?sort=score.asc")]
    [InlineData("export")]
    [InlineData("export?format=parquet")]
    [InlineData("summary")]
    public async Task Columns_that_change_faster_than_they_are_read_are_told_as_busy(string path)
    {
        var (ada, id, table) = await Made();
        await server.Db.Run($"alter table {table.From} rename column score to points", default);
        (await ada.Get($"/datasets/{id}/{path}", HttpStatusCode.Conflict)).Code().ShouldBe("busy");
    }

    [Theory]
    [InlineData("query-custom")]
    [InlineData("query-plan")]
    public async Task A_query_of_what_is_deleted_meanwhile_finds_nothing(string call)
    {
        var (ada, id, table) = await Made();
        await ada.Post($"/datasets/{id}/query-custom", new { query = "select 1 from {{table}}" });
        var roles = server.Services.GetRequiredService<DatasetRoles>();

        (await Meanwhile(
            async tx =>
            {
                await roles.Remove(tx, table.Table, default);
                await Deleted(id, table)(tx);
            },
            () => ada.Post($"/datasets/{id}/{call}", new { query = "select * from {{table}}" }, HttpStatusCode.NotFound), _ => Task.CompletedTask))
            .Code().ShouldBe("asset_not_found");
    }

    [Fact]
    public async Task What_would_belong_to_a_dataset_that_is_deleted_meanwhile_is_not_made()
    {
        var calls = new (string Path, Func<Guid, object> Body)[]
        {
            ("/datasets/{0}/visualizations", _ => new { name = "v", sql_query = "select 1", config = new { type = "bar" } }),
            ("/assets/{0}/view", _ => new { }),
            ("/datasets/create/from-query", id => new { query = "select 1 as x", dataset_id = id, name = "Saved" }),
        };
        foreach (var (path, body) in calls)
        {
            var (ada, id, _) = await Made();
            (await Meanwhile(tx => tx.Run($"delete from assets where id = {id}", default),
                () => ada.Post(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id), body(id), HttpStatusCode.NotFound), _ => Task.CompletedTask))
                .Code().ShouldBe("asset_not_found", path);
        }
    }

    async Task<(Person Person, Guid Id, StoredTable Table)> Made()
    {
        var person = await server.Join("ada_" + Guid.CreateVersion7().ToString("N")[20..]);
        var id = (await person.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var name = await server.Db.Maybe<string>($"select name from dataset_tables where asset_id = {id}", default);
        return (person, id, new(id, name!, "", [], 2));
    }

    static Func<Tx, Task> Locked(StoredTable table) => tx => tx.Run($"lock table {table.From} in access exclusive mode", default);

    static Func<Tx, Task> Renamed(Guid id, StoredTable table) => async tx =>
    {
        await tx.Run($"alter table {table.From} rename column score to points", default);
        await tx.Run($"update dataset_tables set version = version + 1, columns = replace(columns::text, '\"score\"', '\"points\"')::jsonb where asset_id = {id}", default);
    };

    static Func<Tx, Task> Deleted(Guid id, StoredTable table) => async tx =>
    {
        await tx.Run($"drop table {table.From} cascade", default);
        await tx.Run($"delete from assets where id = {id}", default);
    };

    /// <summary>Does the first in a transaction, lets somebody ask until they wait for it, does the rest and commits.</summary>
    async Task<T> Meanwhile<T>(Func<Tx, Task> first, Func<Task<T>> ask, Func<Tx, Task> rest)
    {
        await using var tx = await server.Db.Begin(default);
        await first(tx);
        var asking = ask();
        while (!asking.IsCompleted && !await tx.Maybe<bool>($"select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))", default))
            await Task.Delay(5);
        await rest(tx);
        await tx.Commit(default);
        return await asking;
    }
}
