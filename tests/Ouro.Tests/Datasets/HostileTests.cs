using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ouro.Bench;
using Ouro.Server.Data;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>Many who ask what hurts, at once. The bench <c>hostile</c> measures what others notice of it; here is what must hold at any speed.</summary>
public sealed class HostileTests(TestServer server) : IClassFixture<TestServer>
{
    const long MostMemory = 2L << 20; // In kilobytes, as the system counts.

    [Fact]
    public async Task Hostile_queries_wait_for_each_other_stay_within_their_memory_and_leave_others_alone()
    {
        var (eve, ada) = (await server.Join("eve_hostile"), await server.Join("ada_hostile"));
        var dataset = (await eve.Post("/datasets/create/from-schema", Calls.Scores("Hostile", "public"))).Id();
        var queries = HostileQueries.All.ToArray();
        new Random(11).Shuffle(queries);

        var attacks = queries.Take(16).Select(async query =>
        {
            using var answer = await eve.Http.PostAsJsonAsync($"/api/datasets/{dataset}/query-custom", new { query });
            return (int)answer.StatusCode;
        }).ToList();
        var attacked = Task.WhenAll(attacks);
        var (running, memory, asked) = (0, 0L, 0);
        await using var superuser = new NpgsqlConnection(TestCluster.Superuser(server.Services.GetRequiredService<Database>().Name));
        await superuser.OpenAsync();
        while (!attacked.IsCompleted)
        {
            var backends = await AtWork(superuser);
            running = Math.Max(running, backends.Count);
            memory = backends.Select(Resident).Append(memory).Max();
            await ada.Get($"/datasets/{dataset}/data");
            asked++;
        }

        var answers = await attacked;
        answers.ShouldAllBe(status => status == 200 || status == 400 || status == 408 || status == 429);
        answers.ShouldContain(429);
        answers.ShouldContain(status => status != 429);
        running.ShouldBeInRange(1, Math.Max(1, Environment.ProcessorCount - 1));
        memory.ShouldBeInRange(1, MostMemory);
        asked.ShouldBeGreaterThan(10);
    }

    /// <summary>
    /// The processes that work on a query of a user; those that only end a transaction are done with it. One that has just answered counts as active
    /// until it says otherwise, so the next one is counted a moment after it began.
    /// </summary>
    static async Task<List<int>> AtWork(NpgsqlConnection superuser)
    {
        await using var look = new NpgsqlCommand("""
            select pid from pg_stat_activity
            where datname = current_database() and application_name = 'ouro query' and state = 'active' and query <> 'ROLLBACK'
              and state_change < clock_timestamp() - interval '100 ms'
            """, superuser);
        await using var reader = await look.ExecuteReaderAsync();
        var found = new List<int>();
        while (await reader.ReadAsync()) found.Add(reader.GetInt32(0));
        return found;
    }

    static long Resident(int process)
    {
        try
        {
            return long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return 0; // It ended meanwhile.
        }
    }
}
