using System.Text;
using Ouro.Server.Data;
using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

public sealed class JsonRowsInputTests(ScratchDatabase database) : ImportTest(database)
{
    static readonly TableColumn[] Columns =
    [
        new("us_gross", ColumnType.Bigint), new("share", ColumnType.DoublePrecision), new("ok", ColumnType.Boolean),
        new("at", ColumnType.Timestamptz),
        new("day", ColumnType.Date), new("word", ColumnType.Text), new("exact", ColumnType.Numeric), new("ref", ColumnType.Uuid, SkipsMisfits: true),
    ];

    static JsonRowsInput Read(string rows) => JsonRowsInput.Read(Encoding.UTF8.GetBytes(rows), Columns);

    async Task<int> Write(JsonRowsInput input, params int[] leftOut)
    {
        await using var tx = await Db.Begin(Ct);
        var columns = string.Join(", ", Columns.Select(column => $"{column.Name} {column.Type.SqlName()}"));
        await tx.Run($"create table datasets.{Sql.Identifier(Table)} (_row bigint generated always as identity, {Sql.Trusted(columns)})", Ct);
        var written = await input.CopyTo(tx, $"datasets.{Sql.Identifier(Table)}", leftOut.ToHashSet(), Ct);
        await tx.Commit(Ct);
        return written;
    }

    [Fact]
    public async Task Values_arrive_in_the_columns_that_their_names_mean()
    {
        var id = Guid.CreateVersion7();
        var input = Read($$"""
            [{"US Gross": 1099511627776, "share": 0.30000000000000004, "ok": true, "at": "2024-05-31T12:00:00+02:00", "day": "2024-05-31",
              "word": "x", "exact": 12345678901234567890.5, "ref": "{{id}}"},
             {"us_gross": "5", "share": "1e3", "ok": "False", "at": "2024-05-31", "day": "2024-05-31T00:00:00", "word": {"a": [1]},
              "exact": "0.10", "ref": null},
             {"usGross": 5.0, "share": null, "ok": "", "at": "", "word": 1.50}]
            """);

        (await Write(input)).ShouldBe(3);
        (await Rows()).ShouldBe([
            $"1|1099511627776|0.30000000000000004|true|2024-05-31T10:00:00Z|2024-05-31|x|12345678901234567890.5|{id}",
            "2|5|1000|false|2024-05-31T00:00:00Z|2024-05-31|{\"a\": [1]}|0.10|∅",
            "3|5|∅|∅|∅|∅|1.50|∅|∅",
        ]);
        input.IgnoredColumns.ShouldBeEmpty();
        input.NamedColumns.ShouldBe(Columns.Select(column => column.Name));
        input.FirstWithout("ref").ShouldBe(1);
        input.FirstWithout("us_gross").ShouldBeNull();
    }

    [Fact]
    public async Task Unknown_columns_are_ignored_and_counted()
    {
        var input = Read("""[{"word": "a", "Other": 1}, {"Other": 2, "more": null}]""");

        input.IgnoredColumns.ShouldBe([new("Other", 2), new("more", 1)]);
        (await Write(input)).ShouldBe(2);
        (await Rows("word")).ShouldBe(["a", "∅"]);
    }

    [Fact]
    public void No_more_than_twenty_ignored_columns_are_told() =>
        Read($"[{{{string.Join(",", Enumerable.Range(0, 30).Select(n => $"\"x{n}\": 1"))}}}]").IgnoredColumns.Count.ShouldBe(20);

    [Theory]
    [InlineData("us_gross", "1.5", "bigint")]
    [InlineData("us_gross", "\"x\"", "bigint")]
    [InlineData("us_gross", "true", "bigint")]
    [InlineData("us_gross", "9223372036854775808", "bigint")]
    [InlineData("us_gross", "[1]", "bigint")]
    [InlineData("share", "\"much\"", "double precision")]
    [InlineData("ok", "1", "boolean")]
    [InlineData("ok", "\"maybe\"", "boolean")]
    [InlineData("at", "5", "timestamp with time zone")]
    [InlineData("at", "\"soon\"", "timestamp with time zone")]
    [InlineData("day", "\"2024-05-31T10:00:00\"", "date")]
    [InlineData("exact", "\"NaN\"", "numeric")]
    [InlineData("word", "\"a\\u0000b\"", "text")]
    public void A_value_that_does_not_fit_refuses_the_rows_by_row_column_and_type(string column, string value, string type)
    {
        var refusal = Should.Throw<Refusal>(() => Read($$"""[{"word": "fine"}, {"{{column}}": {{value}}}]"""));

        refusal.Status.ShouldBe(400);
        refusal.Code.ShouldBe("value_does_not_fit");
        refusal.Message.ShouldContain("Row 2");
        refusal.Message.ShouldContain($"“{column}” of type {type}");
    }

    [Theory]
    [InlineData("""{"rows": []}""", "invalid_fields")]
    [InlineData("""[{"word": "x"}, ["y"]]""", "row_not_an_object")]
    [InlineData("""[null]""", "row_not_an_object")]
    [InlineData("""[{"word": "\ud800"}]""", "invalid_text")]
    public void Rows_that_are_no_objects_are_refused(string rows, string code) => Should.Throw<Refusal>(() => Read(rows)).Code.ShouldBe(code);

    [Fact]
    public async Task A_malformed_reference_leaves_its_row_out()
    {
        var input = Read("""[{"word": "a", "ref": "nobody"}, {"word": "b"}, {"word": "c", "ref": 5}, {"word": "d"}]""");

        input.Misfits.ShouldBe([new(0, "ref", "nobody"), new(2, "ref", "5")]);
        (await Write(input, 3)).ShouldBe(1);
        (await Rows("word")).ShouldBe(["b"]);
    }

    [Fact]
    public async Task Keys_in_any_order_and_spelling_find_their_columns_and_the_last_of_two_counts()
    {
        var input = Read("""[{"word": "a", "us_gross": 1}, {"us_gross": 2, "word": "b"}, {"\u0077ord": "c", "us_gross": 3, "us_gross": 4}, {"word": "\u00fc\n"}]""");

        (await Write(input)).ShouldBe(4);
        (await Rows("us_gross, word")).ShouldBe(["1|a", "2|b", "4|c", "∅|ü\n"]);
    }

    [Fact]
    public async Task Rows_are_left_out_wherever_they_stand_among_many()
    {
        var input = Read($"[{string.Join(",", Enumerable.Range(0, 20_000).Select(n => $$"""{"us_gross": {{n}}, "word": "some text that takes its room"}"""))}]");
        int[] leftOut = [0, 1, 4_321, 4_322, 12_345, 19_999];

        (await Write(input, leftOut)).ShouldBe(19_994);
        (await Rows("us_gross")).ShouldBe(Enumerable.Range(0, 20_000).Except(leftOut).Select(n => $"{n}"));
    }

    [Fact]
    public void A_row_of_more_than_sixteen_megabytes_is_refused_by_its_number()
    {
        var refusal = Should.Throw<Refusal>(() => Read($$"""[{"word": "a"}, {"word": "{{new string('x', 50 << 20)}}"}]"""));
        (refusal.Status, refusal.Code).ShouldBe((400, "row_too_long"));
        refusal.Message.ShouldContain("Row 2");
    }

    [Fact]
    public void Small_rows_that_are_large_in_the_table_are_refused_before_they_take_memory()
    {
        TableColumn[] wide = [.. Enumerable.Range(0, 1599).Select(n => new TableColumn($"c{n}", ColumnType.Boolean))];
        var rows = Encoding.UTF8.GetBytes($"[{string.Join(",", Enumerable.Repeat("{}", 30_000))}]");
        var refusal = Should.Throw<Refusal>(() => JsonRowsInput.Read(rows, wide));
        (refusal.Status, refusal.Code).ShouldBe((413, "body_too_large"));
    }
}
