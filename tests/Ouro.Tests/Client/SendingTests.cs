using System.Diagnostics;
using System.IO.Compression;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Client;

public sealed class SendingTests
{
    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task What_only_reads_is_tried_again_when_the_server_is_busy(int status)
    {
        await using var server = await StandIn.Start((status, null), (200, null));
        await using var ouro = server.Client();
        (await ouro.Users.CurrentAsync()).Username.ShouldBe("ada");
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Putting_and_deleting_are_tried_again_with_the_same_body()
    {
        await using var server = await StandIn.Start((503, null), (503, null), (409, null));
        await using var ouro = server.Client();
        await Should.ThrowAsync<OuroException>(() => ouro.Assets.ShareAsync(Ids.Global, Ids.Global, Role.Write));
        server.Requests.Select(r => (r.Method, r.Path)).Distinct().ShouldHaveSingleItem().ShouldBe(("PUT", $"/api/assets/{Ids.Global}/share"));
        server.Requests.Select(r => r.Body).Distinct().ShouldHaveSingleItem().ShouldContain("\"role\":\"write\"");
        server.Requests.Count.ShouldBe(3);
        await Should.ThrowAsync<OuroException>(() => ouro.Assets.DeleteAsync(Ids.Global, dryRun: true));
        server.Requests.Last().Path.ShouldBe($"/api/assets/{Ids.Global}?dry_run=true");
    }

    [Fact]
    public async Task The_third_try_is_the_last_one_unless_the_options_say_otherwise()
    {
        await using var server = await StandIn.Start((503, null));
        await using (var ouro = server.Client())
            (await Should.ThrowAsync<OuroException>(() => ouro.Users.CurrentAsync())).Status.ShouldBe(503);
        server.Requests.Count.ShouldBe(3);
        await using (var once = server.Client(o => o with { Tries = 1 }))
            await Should.ThrowAsync<OuroException>(() => once.Users.CurrentAsync());
        server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task What_would_happen_twice_is_repeated_only_when_the_server_says_when()
    {
        foreach (var (status, retryAfter, tries) in new[] { (503, (string?)null, 1), (502, "0", 1), (504, "0", 1), (408, "0", 1), (429, null, 1), (429, "0", 3), (503, "0", 3) })
        {
            await using var server = await StandIn.Start((status, retryAfter));
            await using var ouro = server.Client();
            (await Should.ThrowAsync<OuroException>(() => ouro.Datasets.QueryAsync(Ids.Global, "select 1"))).Status.ShouldBe(status);
            server.Requests.Count.ShouldBe(tries, $"{status} with retry-after {retryAfter}");
        }
    }

    [Fact]
    public async Task A_file_is_sent_again_only_when_it_can_be_rewound()
    {
        await using var server = await StandIn.Start((429, "0"));
        await using var ouro = server.Client();
        using var file = new MemoryStream("not of it\nn\n1\n"u8.ToArray()) { Position = 10 };
        await Should.ThrowAsync<OuroException>(() => ouro.Datasets.ImportAsync(file, new() { FileName = "a&b.csv" }));
        server.Requests.Select(r => r.Body).ShouldBe(["n\n1\n", "n\n1\n", "n\n1\n"]);
        server.Requests.First().Path.ShouldBe("/api/datasets/create/from-file?file_name=a%26b.csv&wait=0");

        await using var zipped = new GZipStream(new MemoryStream(Zipped()), CompressionMode.Decompress);
        await Should.ThrowAsync<OuroException>(() => ouro.Datasets.ImportAsync(zipped, new() { FileName = "a.csv" }));
        server.Requests.Count.ShouldBe(4);
    }

    static byte[] Zipped()
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionMode.Compress)) zip.Write("n\n1\n"u8);
        return bytes.ToArray();
    }

    [Fact]
    public async Task An_import_is_followed_over_a_restart_of_the_server()
    {
        const string Job = "00000000-0000-0000-0000-00000000000a", Dataset = "00000000-0000-0000-0000-00000000000b";
        await using var server = await StandIn.Start((context, n) => n switch
        {
            1 => StandIn.Answer(context, 202, Import("in-progress", "null")),
            < 9 => StandIn.Answer(context, 502, "<html>", "text/html"),
            9 => StandIn.Answer(context, 200, Import("success", $"\"{Dataset}\"")),
            _ => StandIn.Answer(context, 200, $$$"""{"data":{"id":"{{{Dataset}}}","asset_type":"dataset","name":"a"},"error":null}"""),
        });
        await using var ouro = server.Client();
        using var file = new MemoryStream("n\n1\n"u8.ToArray());
        (await ouro.Datasets.ImportAsync(file, new() { FileName = "a.csv" })).Rows.ShouldBe(new WrittenRows(7, 0));
        server.Requests.Select(r => r.Path).Distinct().Skip(1).ShouldBe([$"/api/datasets/imports/{Job}", $"/api/datasets/{Dataset}"]);

        static string Import(string status, string dataset) => $$$"""
            {"data":{"id":"{{{Job}}}","status":"{{{status}}}","stage":"loading","file_name":"a.csv","bytes_total":4,"bytes_done":4,"rows_done":7,
            "dataset_id":{{{dataset}}},"error":null,"report":null,"created_at":"2026-01-01T00:00:00Z","finished_at":null},"error":null}
            """;
    }

    [Fact]
    public void Options_do_not_show_their_key()
    {
        new OuroOptions { ApiKey = "ouro_pat_secret", Client = "importer/2.1" }.ToString().ShouldBe("OuroOptions { BaseAddress = , Organization = , Client = importer/2.1 }");
    }

    [Fact]
    public async Task The_pause_is_never_shorter_than_the_server_asks_for()
    {
        await using var server = await StandIn.Start((429, "1"), (200, null));
        await using var ouro = server.Client();
        var began = Stopwatch.GetTimestamp();
        await ouro.Users.CurrentAsync();
        Stopwatch.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromSeconds(0.99));
    }

    [Fact]
    public async Task A_server_that_asks_for_an_hour_is_not_waited_for()
    {
        await using var server = await StandIn.Start((503, "3600"));
        await using var ouro = server.Client();
        var busy = await Should.ThrowAsync<OuroException>(() => ouro.Users.CurrentAsync());
        busy.RetryAfter.ShouldBe(TimeSpan.FromHours(1));
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again_for_what_only_reads()
    {
        await using var server = await StandIn.Start((context, n) =>
        {
            if (n < 3) context.Abort();
            return n < 3 ? Task.CompletedTask : StandIn.Answer(context, 200, StandIn.Success);
        });
        await using var ouro = server.Client();
        (await ouro.Users.CurrentAsync()).Username.ShouldBe("ada");
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_connection_that_breaks_in_a_write_is_told_and_not_repeated()
    {
        await using var server = await StandIn.Start((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var ouro = server.Client();
        (await Should.ThrowAsync<OuroException>(() => ouro.ApiKeys.CreateAsync(new("ci")))).Code.ShouldBe("connection_failed");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Where_nobody_listens_the_exception_says_so_and_names_the_address()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var address = new Uri($"http://127.0.0.1:{((System.Net.IPEndPoint)taken.LocalEndPoint!).Port}/api");
        await using var ouro = new OuroClient(new OuroOptions { ApiKey = "ouro_pat_test", BaseAddress = address, FirstPause = TimeSpan.FromMilliseconds(1) });
        var failure = await Should.ThrowAsync<OuroException>(() => ouro.Users.CurrentAsync());
        (failure.Status, failure.Code, failure.RequestId).ShouldBe((0, "connection_failed", null));
        failure.Message.ShouldContain(address.Authority);
        failure.Hint!.ShouldContain("OURO_BASE_URL");
        failure.InnerException.ShouldBeOfType<HttpRequestException>();
    }

    [Fact]
    public async Task A_try_that_takes_too_long_is_given_up()
    {
        await using var server = await StandIn.Start((context, _) => Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted));
        await using var ouro = server.Client(o => o with { Timeout = TimeSpan.FromMilliseconds(400), Tries = 2 });
        (await Should.ThrowAsync<OuroException>(() => ouro.Users.CurrentAsync())).Code.ShouldBe("timed_out");
        server.Requests.Count.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task Cancelling_stops_a_request_and_a_pause_and_is_no_failure()
    {
        await using var slow = await StandIn.Start((context, _) => Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted));
        await using var busy = await StandIn.Start((503, "20"));
        foreach (var server in new[] { slow, busy })
        {
            await using var ouro = server.Client();
            using var stop = new CancellationTokenSource();
            var asked = ouro.Users.CurrentAsync(stop.Token);
            while (server.Requests.IsEmpty) await Task.Delay(10);
            await Task.Delay(100);
            await stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(asked);
            server.Requests.Count.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Every_request_says_who_asks_with_which_program_and_in_which_organization()
    {
        var lab = Guid.CreateVersion7();
        await using var server = await StandIn.Start((200, null));
        await using (var ouro = server.Client(o => o with { ApiKey = " ouro_pat_test\n", Organization = lab })) await ouro.Users.CurrentAsync();
        await using (var ouro = server.Client(o => o with { Client = "importer/2.1" })) await ouro.Users.CurrentAsync();
        var (first, second) = (server.Requests.First().Headers, server.Requests.Last().Headers);
        first.Authorization.ToString().ShouldBe("Bearer ouro_pat_test");
        first.UserAgent.ToString().ShouldMatch(@"^ouro-dotnet/\d+\.\d+\.\d+[^+]*$");
        first["X-Ouro-Client"].ToString().ShouldBe(first.UserAgent.ToString());
        first["X-Ouro-Org"].ToString().ShouldBe(lab.ToString());
        second["X-Ouro-Client"].ToString().ShouldBe("importer/2.1");
        second.ContainsKey("X-Ouro-Org").ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_that_is_not_of_an_Ouro_is_told_with_its_status()
    {
        foreach (var (status, body, type) in new[] { (200, "<html>", "text/html"), (404, "<html>", "text/html"), (200, "null", "application/json"), (400, "{}", "application/json"), (200, "{\"data\":", "application/json"), (500, "", "text/plain") })
        {
            await using var server = await StandIn.Start((context, _) => StandIn.Answer(context, status, body, type));
            await using var ouro = server.Client();
            var failure = await Should.ThrowAsync<OuroException>(() => ouro.Users.CurrentAsync());
            (failure.Status, failure.Code).ShouldBe((status, "unexpected_answer"));
        }
    }

    [Theory]
    [InlineData("", "/api/user")]
    [InlineData("/", "/api/user")]
    [InlineData("/api/", "/api/user")]
    [InlineData("/somewhere/api", "/somewhere/api/user")]
    public async Task The_base_address_may_be_written_as_people_write_it(string path, string asked)
    {
        await using var server = await StandIn.Start((200, null));
        await using var ouro = server.Client(o => o with { BaseAddress = new(new Uri(server.Api, "/").ToString().TrimEnd('/') + path) });
        await ouro.Users.CurrentAsync();
        server.Requests.ShouldHaveSingleItem().Path.ShouldBe(asked);
    }

    [Fact]
    public async Task A_client_that_was_given_its_connections_leaves_them_open()
    {
        await using var server = await StandIn.Start((200, null));
        using var http = new HttpClient();
        await using (var ouro = server.Client(o => o with { HttpClient = http })) await ouro.Users.CurrentAsync();
        await using (var ouro = server.Client(o => o with { HttpClient = http })) await ouro.Users.CurrentAsync();
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public void Without_a_key_there_is_no_client()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("OURO_API_KEY") is null, "There is a key in the environment.");
        Should.Throw<OuroException>(() => new OuroClient()).Code.ShouldBe("api_key_missing");
        Should.Throw<ArgumentException>(() => new OuroClient("ouro_pat_test", new("ftp://localhost/api")));
        Should.Throw<ArgumentOutOfRangeException>(() => new OuroClient(new OuroOptions { ApiKey = "ouro_pat_test", Tries = 0 }));
    }
}
