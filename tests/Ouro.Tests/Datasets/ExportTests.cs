using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

/// <summary>A dataset leaves as a file, and comes back as what it was.</summary>
public sealed class ExportTests(TestServer server) : IClassFixture<TestServer>
{
    // Each kind of value, with what formats like to lose: 2^63 - 1, 17 digits, long decimals, quotes, line ends, the empty text beside the missing one.
    const string Schema = "create table t (n bigint, half double precision, exact numeric, yes boolean, day date, at timestamptz, words text)";

    static readonly object?[][] Values =
    [
        [9223372036854775807L, 0.1, "12345678901234567890.123456789", true, "2024-02-29", "2024-02-29T23:59:59.123456Z", "say \"hi\",\nthen\r\ngo; 🐙"],
        [-1L, -1.7976931348623157E+308, "0.10", false, "0001-01-01", "1969-07-20T20:17:40Z", "\\. and \\N"],
        [null, null, null, null, null, null, null],
        [1L << 40, 123456789.12345679, "-5", true, "9999-12-31", "2026-01-01T00:00:00+05:30", ""],
    ];

    static readonly string[] Names = ["n", "half", "exact", "yes", "day", "at", "words"];

    async Task<(Person Person, Guid Id)> Made(string name, string dataset = "Odd values")
    {
        var person = await server.Join(name);
        var rows = Values.Select(row => Names.Zip(row).ToDictionary(p => p.First, p => p.Second)).ToList();
        var made = await person.Post("/datasets/create/from-schema", new { dataset = new { name = dataset, schema = Schema, rows, visibility = "private" } });
        return (person, made.Id());
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("jsonl", "application/jsonl")]
    [InlineData("parquet", "application/vnd.apache.parquet")]
    public async Task What_leaves_as_a_file_comes_back_as_it_was(string format, string type)
    {
        var (ada, id) = await Made("ada_" + format);
        using var answer = await ada.Http.GetAsync($"/api/datasets/{id}/export?format={format}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        answer.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe($"odd-values.{format}");
        var bytes = await answer.Content.ReadAsByteArrayAsync();

        using var body = new ByteArrayContent(bytes);
        using var back = await ada.Http.PostAsync($"/api/datasets/create/from-file?name=back&file_name=back.{format}&wait=10", body);
        var told = JsonSerializer.Deserialize<JsonElement>(await back.Content.ReadAsStringAsync());
        back.StatusCode.ShouldBe(HttpStatusCode.OK, told.ToString());
        // The formats have no type for decimals without bounds, or no types at all: what matters is that no value changed.
        var (before, after) = (await ada.Get($"/datasets/{id}/data"), await ada.Get($"/datasets/{told.Id()}/data"));
        Texts(after).ShouldBe(Texts(before));
    }

    [Fact]
    public async Task Csv_is_what_spreadsheets_and_programs_expect()
    {
        var (ada, id) = await Made("ada_text");
        var lines = (await ada.Http.GetStringAsync($"/api/datasets/{id}/export")).Split('\n');
        lines[0].ShouldBe("n,half,exact,yes,day,at,words");
        lines[1].ShouldStartWith("9223372036854775807,0.1,12345678901234567890.123456789,true,2024-02-29,2024-02-29T23:59:59.123456+00:00,\"say \"\"hi\"\",");
        lines.ShouldContain(",,,,,,", "a missing value is nothing");
        lines[^2].ShouldEndWith(",\"\"", customMessage: "and the empty text is not");
    }

    [Fact]
    public async Task Json_lines_are_objects_with_the_columns_in_their_order()
    {
        var (ada, id) = await Made("ada_lines");
        var lines = (await ada.Http.GetStringAsync($"/api/datasets/{id}/export?format=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(Values.Length);
        foreach (var line in lines) JsonSerializer.Deserialize<JsonElement>(line).EnumerateObject().Select(p => p.Name).ShouldBe(Names);
        lines[0].ShouldContain("\"words\":\"say \\\"hi\\\",\\nthen\\r\\ngo; 🐙\"");
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public async Task A_dataset_without_rows_is_a_file_all_the_same(string format)
    {
        var ada = await server.Join("ada_empty_" + format);
        var made = await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "empty", schema = Schema } });
        using var answer = await ada.Http.GetAsync($"/api/datasets/{made.Id()}/export?format={format}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        if (format == "csv") System.Text.Encoding.UTF8.GetString(bytes).ShouldBe("n,half,exact,yes,day,at,words\n");
        if (format == "jsonl") bytes.ShouldBeEmpty();
        if (format == "parquet") System.Text.Encoding.ASCII.GetString(bytes[^4..]).ShouldBe("PAR1");
    }

    [Fact]
    public async Task A_format_that_is_none_is_refused_by_name()
    {
        var (ada, id) = await Made("ada_format");
        var told = await ada.Get($"/datasets/{id}/export?format=xlsx", HttpStatusCode.BadRequest);
        told.GetProperty("error").GetProperty("details").ToString().ShouldContain("format");
    }

    [Theory]
    [InlineData("date '0044-03-15 BC'", "0044-03-15 BC")]
    [InlineData("date 'infinity'", "infinity")]
    [InlineData("timestamptz '10000-01-01 00:00:00+00'", "10000-01-01T00:00:00+00:00")]
    [InlineData("timestamptz '-infinity'", "-infinity")]
    public async Task A_date_that_Parquet_has_no_place_for_is_refused_by_its_column_before_the_file_begins(string value, string text)
    {
        var ada = await server.Join("ada_" + Guid.CreateVersion7().ToString("N")[20..]);
        var source = (await ada.Post("/datasets/create/from-schema", Calls.Scores())).Id();
        var odd = await ada.Ouro.Datasets.CreateFromQueryAsync(new() { Name = "Odd", Query = $"select date '2026-01-01' as fine, {value} as ides from {{{{table}}}} limit 1", DatasetId = source });

        var told = await ada.Get($"/datasets/{odd.Id}/export?format=parquet", HttpStatusCode.BadRequest);

        told.Code().ShouldBe("value_not_in_format");
        told.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("“ides”");
        (await ada.Http.GetStringAsync($"/api/datasets/{odd.Id}/export")).ShouldBe($"fine,ides\n2026-01-01,{text}\n");
    }

    [Fact]
    public async Task What_is_not_yours_does_not_leave()
    {
        var (_, id) = await Made("ada_private");
        var eve = await server.Join("eve_export");
        (await eve.Get($"/datasets/{id}/export", HttpStatusCode.NotFound)).Code().ShouldBe("asset_not_found");
        (await server.Anonymous().GetAsync($"/api/datasets/{id}/export")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Many_rows_leave_in_the_order_in_which_they_came()
    {
        var ada = await server.Join("ada_many");
        var rows = Enumerable.Range(0, 70_000).Select(i => new { n = i * 7919 % 70_001, words = $"row {i}" });
        var made = await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "many", rows } });
        var lines = (await ada.Http.GetStringAsync($"/api/datasets/{made.Id()}/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Skip(1).Select(line => line.Split(',')[1]).ShouldBe(Enumerable.Range(0, 70_000).Select(i => $"row {i}"));
        // More than one row group.
        var parquet = await ada.Http.GetByteArrayAsync($"/api/datasets/{made.Id()}/export?format=parquet");
        using var body = new ByteArrayContent(parquet);
        using var back = await ada.Http.PostAsync("/api/datasets/create/from-file?name=back&file_name=back.parquet&wait=10", body);
        var told = JsonSerializer.Deserialize<JsonElement>(await back.Content.ReadAsStringAsync());
        (await ada.Get($"/datasets/{told.Id()}/stats")).Data().GetProperty("count").GetInt64().ShouldBe(70_000);
        (await ada.Get($"/datasets/{told.Id()}/data?offset=69999")).Data()[0].GetProperty("words").GetString().ShouldBe("row 69999");
    }

    [Fact]
    public async Task Days_and_moments_of_all_times_are_spelled_as_in_every_other_answer()
    {
        var ada = await server.Join("ada_times");
        var one = (await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "one", rows = new[] { new { a = 1 } } } })).Id();
        const string Query = """
            select d::date as day, d::timestamptz + n * interval '1 second 7 microseconds' as at
            from {{table}}, generate_series(0, 400) n, lateral (select timestamp '4000-01-01 BC' + n * interval '49 years 37 days 5 hours' as d) t
            union all values (date 'infinity', timestamptz 'infinity'), ('-infinity', '-infinity'), ('0001-01-01', '0001-01-01 00:00:00+00'), ('0001-12-31 BC', '0001-12-31 23:59:59.999999+00 BC'),
              ('2000-02-29', '1999-12-31 23:59:59.5+00'), ('1900-03-01', '2100-02-28 12:00:00+00')
            """;
        var id = (await ada.Post("/datasets/create/from-query", new { name = "times", dataset_id = one, query = Query })).Id();
        var rows = (await ada.Get($"/datasets/{id}/data?limit=1000")).Data().EnumerateArray().Select(row => $"{row.GetProperty("day").GetString()},{row.GetProperty("at").GetString()}").ToList();
        rows.Count.ShouldBe(407);
        (await ada.Http.GetStringAsync($"/api/datasets/{id}/export")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ShouldBe(rows);
        (await ada.Http.GetStringAsync($"/api/datasets/{id}/export?format=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line)).Select(row => $"{row.GetProperty("day").GetString()},{row.GetProperty("at").GetString()}").ShouldBe(rows);
    }

    [Fact]
    public async Task A_row_larger_than_any_buffer_leaves_whole()
    {
        var ada = await server.Join("ada_wide");
        var words = string.Concat(Enumerable.Range(0, 120_000).Select(i => $"{i},\""));
        var made = await ada.Post("/datasets/create/from-schema", new { dataset = new { name = "wide", rows = new[] { new { n = 1, words }, new { n = 2, words = "short" } } } });
        var csv = await ada.Http.GetStringAsync($"/api/datasets/{made.Id()}/export");
        csv.ShouldBe($"n,words\n1,\"{words.Replace("\"", "\"\"")}\"\n2,short\n");
    }

    static IEnumerable<string> Texts(JsonElement page) =>
        page.Data().EnumerateArray().Select(row => string.Join(" | ", row.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString() : p.Value.GetRawText())));
}
