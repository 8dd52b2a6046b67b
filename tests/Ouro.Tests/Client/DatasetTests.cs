using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Client;

public sealed class DatasetTests(TestServer server) : IClassFixture<TestServer>
{
    public enum Sky { Clear, PartlyCloudy }

    public sealed record Reading(
        long Count, int? Small, double Value, double? MaybeValue, decimal Price, bool Ok, bool? MaybeOk, DateTimeOffset At, DateOnly Day, string? Note,
        Guid Station, Sky Sky, [property: JsonPropertyName("renamed")] string Original)
    {
        [JsonIgnore]
        public string NotAColumn => "never sent";
    }

    static readonly Reading Full = new(
        1L << 40, -7, 0.1 + 0.2, null, 1234567890.123456789m, true, null, new(2024, 5, 31, 12, 30, 15, TimeSpan.FromHours(2)), new(1969, 12, 31),
        "“quotes” 'n’ 日本 🌦\n\ttab", Guid.Parse("0190a8f0-0000-7000-8000-000000000001"), Sky.PartlyCloudy, "kept");

    [Fact]
    public async Task Typed_rows_come_back_as_they_were()
    {
        var ada = await server.Join("sdk_typed");
        Reading[] rows = [Full, Full with { Count = long.MinValue, Small = null, Value = -0.5, MaybeValue = double.MaxValue, Ok = false, MaybeOk = false, Note = null }, Full with { Count = 0, Value = double.MinValue, MaybeValue = double.Epsilon, Note = "" }];
        var dataset = await ada.Ouro.Datasets.CreateAsync("typed", rows);
        dataset.Rows.ShouldBe(new WrittenRows(3, 0));
        dataset.Visibility.ShouldBe(Visibility.Private);

        (await ada.Ouro.Datasets.SchemaAsync(dataset.Id)).Select(c => (c.Name, c.Type)).ShouldBe([
            ("count", "bigint"), ("small", "bigint"), ("value", "double precision"), ("maybe_value", "double precision"), ("price", "numeric"),
            ("ok", "boolean"), ("maybe_ok", "boolean"), ("at", "timestamp with time zone"), ("day", "date"), ("note", "text"), ("station", "text"),
            ("sky", "text"), ("renamed", "text")]);
        // A time is kept as an instant: it comes back in UTC.
        (await ada.Ouro.Datasets.RowsAsync<Reading>(dataset.Id).ToListAsync()).ShouldBe(rows.Select(r => r with { At = r.At.ToUniversalTime() }));
        (await ada.Ouro.Datasets.QueryAsync<Reading>(dataset.Id, "select * from {{table}} where count > 0")).ShouldHaveSingleItem().ShouldBe(Full with { At = Full.At.ToUniversalTime() });
    }

    [Fact]
    public async Task A_dataset_is_read_row_by_row_over_its_pages()
    {
        var ada = await server.Join("sdk_pages");
        var dataset = await ada.Ouro.Datasets.CreateAsync("pages", Enumerable.Range(0, 2500).Select(i => new { Number = i, Text = $"row {i}" }));
        var rows = await ada.Ouro.Datasets.RowsAsync<JsonElement>(dataset.Id).ToListAsync();
        rows.Select(r => r.GetProperty("number").GetInt32()).ShouldBe(Enumerable.Range(0, 2500));

        var page = await ada.Ouro.Datasets.RowPageAsync(dataset.Id, 2, 2498);
        page.Rows.ToString().ShouldBe("""[{"number":2498,"text":"row 2498"},{"number":2499,"text":"row 2499"}]""");
        page.Pagination.ShouldBe(new Pagination(2498, 2, false));
        (await ada.Ouro.Datasets.RowPageAsync(dataset.Id)).Pagination.HasMore.ShouldBeTrue();
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.RowPageAsync(dataset.Id, 1001))).Details!.Value.GetProperty("limit").GetString().ShouldNotBeNull();
    }

    [Fact]
    public async Task Many_rows_are_sent_in_parts_below_a_megabyte()
    {
        var ada = await server.Join("sdk_parts");
        var sizes = new List<long>();
        await using var ouro = new OuroClient(new OuroOptions { ApiKey = ada.Key, BaseAddress = server.Api, Handler = new Watching(TestServer.Checked(), r => sizes.Add(r.Content?.Headers.ContentLength ?? 0)) });
        var rows = Enumerable.Range(0, 3000).Select(i => new { Id = i, Text = new string('x', 1000) });
        var dataset = await ouro.Datasets.CreateAsync("parts", rows);
        dataset.Rows.Inserted.ShouldBe(3000);
        (await ouro.Datasets.StatsAsync(dataset.Id)).Count.ShouldBe(3000);
        sizes.Max().ShouldBeLessThan(1_000_000);
        sizes.Count(s => s > 0).ShouldBe(4);

        (await ouro.Datasets.WriteRowsAsync(dataset.Id, rows, IngestMode.Upsert)).ShouldBe(new WrittenRows(3000, 0, IngestMode.Upsert));
        (await ouro.Datasets.WriteRowsAsync(dataset.Id, rows.Take(2000), IngestMode.Overwrite)).Inserted.ShouldBe(2000);
        (await ouro.Datasets.StatsAsync(dataset.Id)).Count.ShouldBe(2000);
        (await ouro.Datasets.WriteRowsAsync(dataset.Id, rows.Take(0), IngestMode.Overwrite)).Inserted.ShouldBe(0);
        (await ouro.Datasets.StatsAsync(dataset.Id)).Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_dataset_whose_rows_fail_half_way_is_taken_back()
    {
        var ada = await server.Join("sdk_half_way");
        var rows = Enumerable.Range(0, 3000).Select(i => new { Id = i, Text = i == 2999 ? "\0" : new string('x', 1000) });
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.CreateAsync("half way", rows))).Status.ShouldBe(400);
        (await ada.Ouro.Assets.SearchAsync(new() { UserId = ada.Id }).CountAsync()).ShouldBe(0);

        using var stop = new CancellationTokenSource();
        var cancelled = Enumerable.Range(0, 3000).Select(i =>
        {
            if (i == 2500) stop.Cancel();
            return new { Id = i, Text = new string('x', 1000) };
        });
        await Should.ThrowAsync<OperationCanceledException>(() => ada.Ouro.Datasets.CreateAsync("cancelled", cancelled, stop.Token));
        (await ada.Ouro.Assets.SearchAsync(new() { UserId = ada.Id }).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Columns_are_changed_and_rows_written_as_they_come()
    {
        var ada = await server.Join("sdk_columns");
        var datasets = ada.Ouro.Datasets;
        var dataset = await datasets.CreateAsync(new CreateDataset
        {
            Name = "Columns", Schema = "create table t (id bigint, owner text)", Refs = new Dictionary<string, ColumnRef?> { ["owner"] = new(RefKind.Asset) },
        });
        (await datasets.AddColumnAsync(dataset.Id, new("Kind", EnumValues: ["x", "y"]))).EnumValues.ShouldBe(["x", "y"]);
        (await datasets.UpdateColumnAsync(dataset.Id, "Kind", new() { NewName = "sort of", Label = "Sort" })).Name.ShouldBe("sort_of");
        var written = await datasets.WriteRowsAsync(dataset.Id, Rows(), IngestMode.Overwrite);
        (written.Inserted, written.Skipped, written.Mode).ShouldBe((29_990, 10, IngestMode.Overwrite));
        written.Warning!.Refs!.MissingCount.ShouldBe(10);
        written.Warning.Rows!.Count.ShouldBe(10);
        (await datasets.StatsAsync(dataset.Id)).Count.ShouldBe(29_990);
        (await datasets.RowPageAsync(dataset.Id, 1, resolveRefs: true)).ResolvedRefs!["owner"][dataset.Id].Name.ShouldBe("Columns");

        var changed = await datasets.UpdateAsync(dataset.Id, new() { Name = "Changed", EnumColumns = new Dictionary<string, ColumnValues?> { ["sort_of"] = null } });
        changed.Name.ShouldBe("Changed");
        (await datasets.SchemaAsync(dataset.Id)).Select(c => (c.Name, c.SemanticType, c.Label)).ShouldBe([("id", null, null), ("owner", "reference", null), ("sort_of", null, "Sort")]);
        (await datasets.DropColumnAsync(dataset.Id, "sort_of")).Dropped.ShouldBe("sort_of");
        (await Should.ThrowAsync<OuroException>(() => datasets.DropColumnAsync(dataset.Id, "sort_of"))).Code.ShouldBe("column_not_found");

        async IAsyncEnumerable<object> Rows()
        {
            for (var id = 0; id < 30_000; id++)
            {
                if (id % 1000 == 0) await Task.Yield();
                yield return new { id, owner = id % 3000 == 2999 ? Guid.CreateVersion7() : dataset.Id, sort_of = "x" };
            }
        }
    }

    [Fact]
    public async Task A_dataset_is_created_from_a_schema_written_to_and_deleted()
    {
        var ada = await server.Join("sdk_schema");
        var eve = await server.Join("sdk_schema_eve");
        var dataset = await ada.Ouro.Datasets.CreateAsync(new CreateDataset
        {
            Name = "By schema", Schema = "create table t (id bigint, note text)", Visibility = Visibility.Public, Description = Content.Of("What it is."),
            Rows = JsonElement.Parse("""[{"id":1,"note":"a","other":2}]"""),
        });
        dataset.Rows.Inserted.ShouldBe(1);
        dataset.Rows.Warning!.IgnoredColumns.ShouldBe([new IgnoredColumn("other", 1)]);
        var read = await eve.Ouro.Datasets.GetAsync(dataset.Id);
        (read.Name, read.Description!.Text, read.User!.Username).ShouldBe(("By schema", "What it is.", "sdk_schema"));

        (await ada.Ouro.Datasets.WriteRowsAsync(dataset.Id, new WriteRows(JsonElement.Parse("""[{"id":2,"note":"b"},{"id":3,"x":0}]""")))).Warning!.IgnoredColumns.ShouldHaveSingleItem();
        (await ada.Ouro.Datasets.WriteRowsAsync(dataset.Id, [new { id = 2, note = "B" }, new { id = 4, note = "d" }], IngestMode.Upsert)).Inserted.ShouldBe(2);
        (await eve.Ouro.Datasets.RowsAsync<Dictionary<string, JsonElement>>(dataset.Id).Select(r => r["note"].ToString()).ToListAsync()).ShouldBe(["a", "B", "", "d"]);
        var stats = await eve.Ouro.Datasets.StatsAsync(dataset.Id);
        (stats.Count, stats.ColumnCount, stats.TableName).ShouldBe((4, 2, "by_schema"));
        (await eve.Ouro.Datasets.PermissionsAsync(dataset.Id)).ShouldHaveSingleItem().UserId.ShouldBe(ada.Id);

        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Datasets.WriteRowsAsync(dataset.Id, [new { id = 9 }]))).Code.ShouldBe("update_forbidden");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.WriteRowsAsync(dataset.Id, [new { id = "nine" }]))).Code.ShouldBe("value_does_not_fit");
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.CreateAsync(new CreateDataset { Name = "x", Schema = "drop table users" }))).Status.ShouldBe(400);
        await Should.ThrowAsync<ArgumentException>(() => ada.Ouro.Datasets.CreateAsync("numbers", new[] { 1, 2, 3 }));
        (await Should.ThrowAsync<OuroException>(() => eve.Ouro.Datasets.DeleteAsync(dataset.Id))).Status.ShouldBe(403);

        (await ada.Ouro.Datasets.DeleteAsync(dataset.Id, dryRun: true)).DryRun.ShouldBeTrue();
        (await ada.Ouro.Datasets.DeleteAsync(dataset.Id)).Name.ShouldBe("By schema");
        foreach (var gone in (Func<Task>[])[() => ada.Ouro.Datasets.GetAsync(dataset.Id), () => ada.Ouro.Datasets.SchemaAsync(dataset.Id), () => ada.Ouro.Datasets.StatsAsync(dataset.Id),
            () => ada.Ouro.Datasets.RowPageAsync(dataset.Id), () => ada.Ouro.Datasets.PermissionsAsync(dataset.Id), () => ada.Ouro.Datasets.QueryAsync(dataset.Id, "select 1")])
            (await Should.ThrowAsync<OuroException>(gone)).Code.ShouldBe("asset_not_found");
    }

    [Fact]
    public async Task A_dataset_without_rows_has_its_columns()
    {
        var ada = await server.Join("sdk_empty");
        var dataset = await ada.Ouro.Datasets.CreateAsync<Reading>(new CreateDataset { Name = "empty", Visibility = Visibility.Public }, []);
        (await ada.Ouro.Datasets.SchemaAsync(dataset.Id)).Count.ShouldBe(13);
        (await ada.Ouro.Datasets.RowsAsync<Reading>(dataset.Id).CountAsync()).ShouldBe(0);
        (dataset.Visibility, dataset.Rows.Inserted).ShouldBe((Visibility.Public, 0));
    }

    [Fact]
    public async Task A_query_answers_with_its_columns_or_with_rows_of_a_type_and_says_why_it_failed()
    {
        var ada = await server.Join("sdk_query");
        var dataset = await ada.Ouro.Datasets.CreateAsync("asked", new[] { new { Id = 1L << 53, Name = "Åse" }, new { Id = 2L, Name = "Bo" } });
        var answer = await ada.Ouro.Datasets.QueryAsync(dataset.Id, "select id, upper(name) as name, null::numeric as nothing from {{table}} order by id desc");
        answer.Columns.Select(c => (c.Name, c.Type)).ShouldBe([("id", "bigint"), ("name", "text"), ("nothing", "numeric")]);
        (answer.RowCount, answer.Truncated).ShouldBe((2, null));
        answer.Rows.ToString().ShouldBe("""[{"id":9007199254740992,"name":"ÅSE","nothing":null},{"id":2,"name":"BO","nothing":null}]""");
        (await ada.Ouro.Datasets.QueryAsync<Named>(dataset.Id, "select name from {{table}} order by id")).ShouldBe([new("Bo"), new("Åse")]);

        var wrong = await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.QueryAsync(dataset.Id, "select nme from {{table}}"));
        (wrong.Status, wrong.Code).ShouldBe((400, "42703"));
        wrong.Message.ShouldContain("nme");
        var misread = await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.QueryAsync<Named>(dataset.Id, "select id as name from {{table}}"));
        (misread.Status, misread.Code).ShouldBe((200, "unexpected_answer"));
        misread.Message.ShouldContain("$.data[0].name");

        const string Many = "select n from generate_series(1, 10001) n";
        (await ada.Ouro.Datasets.QueryAsync(dataset.Id, Many)).Truncated.ShouldNotBeNull();
        (await Should.ThrowAsync<OuroException>(() => ada.Ouro.Datasets.QueryAsync<JsonElement>(dataset.Id, Many))).Code.ShouldBe("result_truncated");
    }

    [Fact]
    public async Task Reading_rows_stops_between_pages_when_it_is_cancelled()
    {
        var ada = await server.Join("sdk_stop");
        var dataset = await ada.Ouro.Datasets.CreateAsync("stop", Enumerable.Range(0, 1500).Select(i => new { Number = i }));
        using var stop = new CancellationTokenSource();
        var read = 0;
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in ada.Ouro.Datasets.RowsAsync<JsonElement>(dataset.Id).WithCancellation(stop.Token))
                if (++read == 10) await stop.CancelAsync();
        });
        read.ShouldBeLessThanOrEqualTo(1000);
    }

    [Fact]
    public async Task A_client_in_any_culture_writes_numbers_as_numbers()
    {
        var ada = await server.Join("sdk_culture");
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("", false) { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
        try
        {
            var dataset = await ada.Ouro.Datasets.CreateAsync("culture", new[] { new { Value = -1.5 } });
            (await ada.Ouro.Datasets.RowPageAsync(dataset.Id)).Rows.ToString().ShouldBe("""[{"value":-1.5}]""");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task What_is_no_number_of_JSON_is_read_as_the_number_it_is()
    {
        var ada = await server.Join("sdk_nan");
        var dataset = await ada.Ouro.Datasets.CreateAsync("nan", new[] { new { A = 1 } });
        var row = (await ada.Ouro.Datasets.QueryAsync<Extreme>(dataset.Id, "select 'NaN'::float8 as a, '-Infinity'::float8 as b, 'Infinity'::float8 as c")).ShouldHaveSingleItem();
        (row.A, row.B, row.C).ShouldBe((double.NaN, double.NegativeInfinity, double.PositiveInfinity));
    }

    public sealed record Named(string Name);

    public sealed record Extreme(double A, double B, double C);

    sealed class Watching(HttpMessageHandler inner, Action<HttpRequestMessage> see) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            see(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
