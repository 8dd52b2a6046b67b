using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Client;

public sealed class ImportTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task A_file_is_sent_loaded_and_told_of_on_the_way()
    {
        var ada = await server.Join("sdk_import");
        var csv = Csv(200_000);
        var told = new Told();
        using var stream = new MemoryStream(csv);
        var dataset = await ada.Ouro.Datasets.ImportAsync(stream, new() { FileName = "numbers.csv", Description = "Numbers & more", Visibility = Visibility.Public }, told);
        (dataset.Name, dataset.AssetType, dataset.Visibility, dataset.Rows.Inserted).ShouldBe(("numbers", AssetType.Dataset, Visibility.Public, 200_000));
        dataset.Description!.Text.ShouldBe("Numbers & more");

        var reports = told.Reports.ToList();
        reports[0].ShouldBe(new ImportProgressReport("uploading", 0, csv.Length));
        var uploaded = reports.Last(r => r.Stage == "uploading");
        (uploaded.BytesDone, uploaded.BytesTotal, uploaded.ImportId).ShouldBe((csv.Length, csv.Length, null));
        (reports[^1].Stage, reports[^1].RowsDone).ShouldBe(("done", 200_000));
        reports.SkipWhile(r => r.Stage == "uploading").ShouldAllBe(r => r.Stage != "uploading" && r.ImportId != null);

        var job = await ada.Ouro.Imports.GetAsync(reports[^1].ImportId!.Value);
        (job.Status, job.DatasetId, job.FileName).ShouldBe((AssetState.Success, dataset.Id, "numbers.csv"));
        job.Report!.Value.GetProperty("columns").GetArrayLength().ShouldBe(2);
        (await ada.Ouro.Imports.CancelAsync(job.Id)).Status.ShouldBe(AssetState.Success);
        stream.CanRead.ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_of_this_machine_is_named_by_itself()
    {
        var ada = await server.Join("sdk_import_path");
        var path = Path.Combine(Path.GetTempPath(), $"möwen {Guid.CreateVersion7():N}.jsonl");
        await File.WriteAllTextAsync(path, """{"n":1,"city":"Köln"}""" + "\n" + """{"n":2,"city":null}""");
        try
        {
            var dataset = await ada.Ouro.Datasets.ImportAsync(path);
            dataset.Name.ShouldBe(Path.GetFileNameWithoutExtension(path));
            (await ada.Ouro.Datasets.QueryAsync<JsonElement>(dataset.Id, "select city from {{table}} where n = 1")).ShouldHaveSingleItem().GetProperty("city").GetString().ShouldBe("Köln");
            (await ada.Ouro.Datasets.ImportAsync(path, new() { Name = "gulls" })).Name.ShouldBe("gulls");
        }
        finally
        {
            File.Delete(path);
        }
        await Should.ThrowAsync<FileNotFoundException>(() => ada.Ouro.Datasets.ImportAsync(path));
    }

    [Fact]
    public async Task A_stream_without_a_length_is_sent_from_where_it_stands()
    {
        var ada = await server.Join("sdk_import_stream");
        var told = new Told();
        await using var forward = new Forward(new MemoryStream(Csv(1000)));
        (await ada.Ouro.Datasets.ImportAsync(forward, new() { FileName = "forward.csv" }, told)).Rows.Inserted.ShouldBe(1000);
        told.Reports.First().BytesTotal.ShouldBeNull();

        using var later = new MemoryStream([.. "not of the file\n"u8, .. Csv(10)]) { Position = 16 };
        (await ada.Ouro.Datasets.ImportAsync(later, new() { FileName = "later.csv" })).Rows.Inserted.ShouldBe(10);
    }

    [Fact]
    public async Task An_import_that_fails_says_why_and_leaves_nothing()
    {
        var ada = await server.Join("sdk_import_fails");
        var told = new Told();
        foreach (var (name, bytes) in new[] { ("empty.csv", Array.Empty<byte>()), ("broken.json", "[{\"a\":1},{\"a\":"u8.ToArray()), ("table.xlsx", "PK\u0003\u0004 and so on"u8.ToArray()) })
        {
            using var stream = new MemoryStream(bytes);
            var failure = await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.ImportAsync(stream, new() { FileName = name }, told));
            failure.Status.ShouldBe(400, name);
            failure.Code.ShouldNotBeNullOrEmpty();
        }
        (await ada.Ouro.Imports.ListAsync().ToListAsync()).Select(i => i.FileName).ShouldBe(["table.xlsx", "broken.json", "empty.csv"]);
        (await ada.Ouro.Imports.ListAsync().ToListAsync()).ShouldAllBe(i => i.Status == AssetState.Error && i.Error != null && i.DatasetId == null);
        (await ada.Ouro.Assets.SearchAsync(new() { UserId = ada.Id }).CountAsync()).ShouldBe(0);
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Imports.GetAsync(Guid.CreateVersion7()))).Code.ShouldBe("import_not_found");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Imports.CancelAsync(Guid.CreateVersion7()))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_refusal_is_heard_before_the_file_is_on_its_way()
    {
        await using var stranger = new OuroClient("ouro_pat_of_nobody", server.Api);
        using var stream = new MemoryStream(new byte[32 << 20]);
        (await Should.ThrowAsync<OuroException>(() => stranger.Datasets.ImportAsync(stream, new() { FileName = "large.csv" }))).Status.ShouldBe(401);
        stream.Position.ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_not_taken_for_a_broken_connection()
    {
        var ada = await server.Join("sdk_import_unreadable");
        await using var broken = new Forward(new MemoryStream(Csv(100_000)), breaksAfter: 300_000);
        var failure = await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.ImportAsync(broken, new() { FileName = "broken.csv" }));
        (failure.Status, failure.Code).ShouldBe((0, "file_unreadable"));
        (await Ended(ada)).Error!.Code.ShouldBe("upload_broken");
    }

    [Fact]
    public async Task Cancelling_while_the_file_is_sent_leaves_nothing()
    {
        var ada = await server.Join("sdk_import_cancel");
        using var stop = new CancellationTokenSource();
        await using var slow = new Forward(new MemoryStream(Csv(100_000)), breaksAfter: 300_000, instead: stop);
        await Should.ThrowAsync<OperationCanceledException>(() => ada.Ouro.Datasets.ImportAsync(slow, new() { FileName = "slow.csv" }, cancellationToken: stop.Token));
        // Where the line broke before the server had begun, there is no import to end.
        if (await ada.Ouro.Imports.ListAsync().AnyAsync()) (await Ended(ada)).Status.ShouldBe(AssetState.Error);
        (await ada.Ouro.Assets.SearchAsync(new() { UserId = ada.Id }).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Cancelling_while_the_server_loads_stops_the_load()
    {
        var ada = await server.Join("sdk_import_cancel_load");
        using var stop = new CancellationTokenSource();
        using var stream = new MemoryStream(Csv(2_000_000));
        var told = new Told(report => { if (report.ImportId is not null) stop.Cancel(); });
        await Should.ThrowAsync<OperationCanceledException>(() => ada.Ouro.Datasets.ImportAsync(stream, new() { FileName = "loading.csv" }, told, stop.Token));
        var ended = await Ended(ada);
        (ended.Status, ended.Error?.Code).ShouldBe((AssetState.Error, "import_cancelled"));
        (await ada.Ouro.Assets.SearchAsync(new() { UserId = ada.Id }).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task An_import_into_a_place_of_others_is_refused()
    {
        var ada = await server.Join("sdk_import_place");
        var eve = await server.Join("sdk_import_place_eve");
        var lab = await server.Found("import-lab", ada);
        using var stream = new MemoryStream(Csv(3));
        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Datasets.ImportAsync(stream, new() { FileName = "a.csv", OrgId = lab.Id }))).Status.ShouldBeInRange(400, 404);
        stream.Position = 0;
        (await ada.Ouro.Datasets.ImportAsync(stream, new() { FileName = "a.csv", OrgId = lab.Id, TeamId = lab.DefaultTeam!.Id, Visibility = Visibility.Organization })).OrgId.ShouldBe(lab.Id);
    }

    static async Task<ImportJob> Ended(Person person)
    {
        for (var tries = 0; ; tries++)
        {
            var import = (await person.Ouro.Imports.ListAsync().ToListAsync()).ShouldHaveSingleItem();
            if (import.FinishedAt is not null || tries == 100) return import;
            await Task.Delay(50);
        }
    }

    static byte[] Csv(int rows)
    {
        var text = new StringBuilder("number,word\n");
        for (var i = 0; i < rows; i++) text.Append(i).Append(",word ").Append(i).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reports in the order in which they were made, which <see cref="Progress{T}"/> does not keep.</summary>
    sealed class Told(Action<ImportProgressReport>? then = null) : IProgress<ImportProgressReport>
    {
        public ConcurrentQueue<ImportProgressReport> Reports { get; } = [];

        public void Report(ImportProgressReport value)
        {
            Reports.Enqueue(value);
            then?.Invoke(value);
        }
    }

    /// <summary>A stream that only goes forward, and that may break on the way or have its reader stopped.</summary>
    sealed class Forward(Stream inner, int breaksAfter = int.MaxValue, CancellationTokenSource? instead = null) : Stream
    {
        int read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (read >= breaksAfter && instead is null) throw new IOException("The disk is gone.");
            if (read >= breaksAfter) await instead!.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            var n = await inner.ReadAsync(buffer, cancellationToken);
            read += n;
            return n;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
