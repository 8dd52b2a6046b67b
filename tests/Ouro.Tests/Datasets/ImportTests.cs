using System.Net;
using System.Text;
using System.Text.Json;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

public sealed class ImportTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_file_becomes_a_dataset_and_the_import_says_what_was_guessed()
    {
        var ada = await server.Join("ada_import");
        var created = await ada.PostText("/datasets/create/from-file?name=Weather&visibility=public&file_name=w.csv",
            "date;Max Temp\n2026-01-01;1,5\n2026-01-02;NA\n", type: "text/csv");
        created.GetProperty("row_ingest").GetProperty("inserted").GetInt32().ShouldBe(2);
        (await ada.Get($"/datasets/{created.Id()}/data")).Data().GetRawText()
            .ShouldBe("""[{"date":"2026-01-01","max_temp":"1,5"},{"date":"2026-01-02","max_temp":"NA"}]""");
        var import = (await ada.Get("/datasets/imports?limit=1")).Data()[0];
        import.GetProperty("status").GetString().ShouldBe("success");
        import.GetProperty("dataset_id").GetGuid().ShouldBe(created.Id());
        import.GetProperty("report").GetProperty("columns").GetArrayLength().ShouldBe(2);
        Directory.GetFiles(Spool).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_does_not_wait_follows_the_import()
    {
        var ada = await server.Join("ada_follow");
        var rows = string.Join('\n', Enumerable.Range(0, 50_000).Select(i => $"{{\"a\": {i}}}"));
        var accepted = (await ada.PostText("/datasets/create/from-file?name=Lines&wait=0", rows, HttpStatusCode.Accepted, "application/jsonl")).Data();
        var id = accepted.GetProperty("id").GetGuid();
        JsonElement import;
        for (var tries = 0; (import = (await ada.Get($"/datasets/imports/{id}")).Data()).GetProperty("status").GetString() is "queued" or "in-progress"; tries++)
        {
            tries.ShouldBeLessThan(300);
            await Task.Delay(50);
        }
        import.GetProperty("rows_done").GetInt32().ShouldBe(50_000);
        (await ada.Get($"/datasets/{import.GetProperty("dataset_id").GetGuid()}/stats")).Data().GetProperty("count").GetInt32().ShouldBe(50_000);
        var eve = await server.Join("eve_follow");
        await eve.Get($"/datasets/imports/{id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_leaves_only_its_reason()
    {
        var ada = await server.Join("ada_broken");
        foreach (var (file, type, code) in new[]
        {
            ("", "text/csv", "empty_file"), ("""[{"a": 1}, {"a": """, "application/json", "invalid_json"), ("PAR1nonsensePAR1", "application/vnd.apache.parquet", "unreadable_file"),
        })
            (await ada.PostText("/datasets/create/from-file?name=Broken", file, HttpStatusCode.BadRequest, type)).Code().ShouldBe(code);
        foreach (var import in (await ada.Get("/datasets/imports")).Data().EnumerateArray())
        {
            import.GetProperty("status").GetString().ShouldBe("error");
            import.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
            import.GetProperty("dataset_id").ValueKind.ShouldBe(JsonValueKind.Null);
        }
        (await ada.Get("/search/assets?query=broken")).Data().GetArrayLength().ShouldBe(0);
        Directory.GetFiles(Spool).ShouldBeEmpty();
        await ada.PostText("/datasets/create/from-file", "a\n1\n", HttpStatusCode.BadRequest, "text/csv");
        await ada.PostText("/datasets/create/from-file?name=x&wait=11", "a\n1\n", HttpStatusCode.BadRequest, "text/csv");
        (await ada.PostText("/datasets/create/from-file?name=x&visibility=odd", "a\n1\n", HttpStatusCode.BadRequest, "text/csv")).Code().ShouldBe("invalid_fields");
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_only_its_reason()
    {
        var ada = await server.Join("ada_cut");
        using var cut = new CancellationTokenSource();
        var sending = ada.Http.PostAsync("/api/datasets/create/from-file?name=Cut", new StreamContent(new Stalling(cut)), cut.Token);
        await Should.ThrowAsync<OperationCanceledException>(sending);
        JsonElement import;
        for (var tries = 0; (import = (await ada.Get("/datasets/imports")).Data()[0]).GetProperty("status").GetString() != "error"; tries++)
        {
            tries.ShouldBeLessThan(200);
            await Task.Delay(50);
        }
        import.GetProperty("error").GetProperty("code").GetString().ShouldBe("upload_broken");
        Directory.GetFiles(Spool).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_arriving_when_the_server_stopped_is_told_after_its_start()
    {
        var ada = await server.Join("ada_stopped");
        var imports = (ImportOperations)server.Services.GetService(typeof(ImportOperations))!;
        var jobs = (Ouro.Server.Kernel.Jobs)server.Services.GetService(typeof(Ouro.Server.Kernel.Jobs))!;
        var id = Guid.CreateVersion7();
        var input = new ImportInput(Guid.CreateVersion7(), new() { Name = "Arriving" }, Source.Api);
        await jobs.Add(server.Db, id, ImportOperations.Kind, ada.Id, Ouro.Server.Kernel.Jobs.Receiving, JsonSerializer.SerializeToElement(input, OuroJson.Options), default);
        await imports.Recover(default);
        (await ada.Get($"/datasets/imports/{id}")).Data().GetProperty("error").GetProperty("code").GetString().ShouldBe("import_interrupted");
    }

    [Fact]
    public async Task A_cancelled_import_keeps_nothing()
    {
        var ada = await server.Join("ada_cancel");
        var rows = new StringBuilder("a,b\n");
        for (var i = 0; i < 400_000; i++) rows.Append(i).Append(",some words to make it last\n");
        var accepted = (await ada.PostText("/datasets/create/from-file?name=Cancelled&wait=0", rows.ToString(), HttpStatusCode.Accepted, "text/csv")).Data();
        var import = (await ada.Delete($"/datasets/imports/{accepted.GetProperty("id").GetGuid()}")).Data();
        // It may have been done in the moment between; then it is whole.
        var found = (await ada.Get("/search/assets?query=cancelled")).Data().GetArrayLength();
        if (import.GetProperty("status").GetString() == "error")
        {
            import.GetProperty("error").GetProperty("code").GetString().ShouldBe("import_cancelled");
            await Task.Delay(1500);
            (await ada.Get("/search/assets?query=cancelled")).Data().GetArrayLength().ShouldBe(0);
        }
        else found.ShouldBe(1);
    }

    string Spool => ((ImportSpool)server.Services.GetService(typeof(ImportSpool))!).File(Guid.Empty).Path is var path ? Path.GetDirectoryName(path)! : "";

    /// <summary>Sends a little, then gives the sender up.</summary>
    sealed class Stalling(CancellationTokenSource cut) : MemoryStream
    {
        public override bool CanSeek => false;

        int reads;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (reads++ < 3)
            {
                buffer.Span.Fill((byte)'a');
                return buffer.Length;
            }
            await Task.Delay(300, cancellationToken);
            await cut.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }
}
