using System.Text;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

/// <summary>What the first ten thousand rows say, and what a later one may say against it.</summary>
public sealed class WideningTests(ScratchDatabase database) : ImportTest(database)
{
    static string File(string header, string usual, params string[] late)
    {
        var text = new StringBuilder(header).Append('\n');
        for (var i = 0; i < 10_000; i++) text.Append(usual).Append('\n');
        foreach (var row in late) text.Append(row).Append('\n');
        return text.ToString();
    }

    [Theory]
    [InlineData("5", "1.5", ColumnType.DoublePrecision)]
    [InlineData("9007199254740993", "1.5", ColumnType.Numeric)]
    [InlineData("5", "12345678901234567890123", ColumnType.Numeric)]
    [InlineData("1.5", "x", ColumnType.Text)]
    [InlineData("true", "maybe", ColumnType.Text)]
    [InlineData("true", "1", ColumnType.Text)]
    [InlineData("2024-01-01", "2024-01-01T10:00", ColumnType.Timestamptz)]
    [InlineData("2024-01-01", "soon", ColumnType.Text)]
    [InlineData("2024-01-01T10:00Z", "17", ColumnType.Text)]
    [InlineData("5", "007", ColumnType.Text)]
    [InlineData("", "5", ColumnType.Bigint)]
    public async Task A_later_value_widens_its_column_and_no_other(string usual, string late, ColumnType type)
    {
        var report = await Load(File("a,b", $"{usual},1", $"{late},2", $"{usual},3"));

        report.Restarted.ShouldBeTrue();
        report.Columns.Select(column => column.Type).ShouldBe([type, ColumnType.Bigint]);
        report.Columns[0].Widened.ShouldNotBeNull().Row.ShouldBe(10_001);
        report.Columns[0].Widened!.Value.ShouldBe(late);
        report.Columns[1].Widened.ShouldBeNull();
        report.Rows.ShouldBe(10_002);
        (await Rows("a::text, b")).Skip(10_000).ShouldBe(type == ColumnType.Timestamptz
            ? ["2024-01-01 10:00:00+00|2", "2024-01-01 00:00:00+00|3"]
            : [$"{late}|2", usual == "" ? "∅|3" : $"{usual}|3"]);
    }

    [Fact]
    public async Task Several_contradictions_cost_one_restart()
    {
        var report = await Load(File("a,b,c", "1,true,2024-01-01", "1.5,true,2024-01-01", "1,no,2024-01-01", "x,true,never"));

        report.Columns.Select(column => column.Type).ShouldAllBe(type => type == ColumnType.Text);
        report.Columns.Select(column => column.Widened!.Row).ShouldBe([10_001, 10_002, 10_003]);
        report.Columns[0].Widened!.From.ShouldBe(ColumnType.Bigint);
    }

    [Fact]
    public async Task A_later_key_of_a_json_object_is_a_column()
    {
        var lines = string.Join("\n", Enumerable.Range(0, 10_000).Select(n => $$"""{"a": {{n}}}""")) + "\n{\"b\": \"x\", \"a\": 1.5}\n{\"a\": null}";
        var report = await Load(lines);

        Types(report).ShouldBe("a:DoublePrecision b:Text");
        report.Columns[1].Nulls.ShouldBe(10_001);
        (await Rows("a, b")).Skip(10_000).ShouldBe(["1.5|x", "∅|∅"]);
    }

    [Fact]
    public async Task Words_for_missing_are_null_except_in_text()
    {
        var report = await Load("n,at,w\n1,2024-01-01,NA\nNA,NULL,x\nnan,n/a,null\n");

        Types(report).ShouldBe("n:Bigint at:Date w:Text");
        (await Rows("n, at, w")).ShouldBe(["1|2024-01-01|NA", "∅|∅|x", "∅|∅|null"]);
        report.Columns.Select(column => column.Nulls).ShouldBe([2L, 2L, 0L]);
    }

    [Fact]
    public async Task A_column_of_nothing_but_words_for_missing_keeps_them_as_text()
    {
        Types(await Load("a,b\nNA,1\nNA,2\n")).ShouldBe("a:Text b:Bigint");
        (await Rows("a")).ShouldBe(["NA", "NA"]);
    }

    [Theory]
    [InlineData("00123")]
    [InlineData("+491234")]
    [InlineData("1,000.5")]
    [InlineData("0x1f")]
    [InlineData("1e999")]
    [InlineData("2023-02-29")]
    [InlineData("2024-1-1")]
    [InlineData("12:30")]
    [InlineData("1-2")]
    public async Task What_only_looks_like_a_number_or_a_date_stays_as_it_is(string value)
    {
        Types(await Load($"k,v\nx,\"{value}\"\n", new(HasHeader: true, Delimiter: ','))).ShouldBe("k:Text v:Text");
        (await Rows("v")).ShouldBe([value]);
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("123456789.12345678")]
    [InlineData("1.7976931348623157E+308")]
    [InlineData("-2.2250738585072014E-308")]
    [InlineData("0.30000000000000004")]
    public async Task A_double_keeps_seventeen_digits(string value)
    {
        Types(await Load($"k,v\nx,{value}\n", new(HasHeader: true))).ShouldBe("k:Text v:DoublePrecision");
        (await Rows("v")).ShouldBe([value]);
    }

    [Theory]
    [InlineData("9223372036854775807", ColumnType.Bigint)]
    [InlineData("-9223372036854775808", ColumnType.Bigint)]
    [InlineData("9223372036854775808", ColumnType.Numeric)]
    [InlineData("0.1234567890123456789", ColumnType.Numeric)]
    [InlineData("-10000000000000000.00001", ColumnType.Numeric)]
    [InlineData("123456789012345678901234567890.000123456789", ColumnType.Numeric)]
    public async Task Numbers_of_any_length_keep_every_digit(string value, ColumnType type)
    {
        (await Load($"k,v\nx,{value}\n", new(HasHeader: true))).Columns[1].Type.ShouldBe(type);
        (await Rows("v::text")).ShouldBe([value]);
    }

    [Fact]
    public async Task Rows_keep_their_order_and_the_next_one_gets_the_next_number()
    {
        await Load("a\n5\n3\n4\n");
        await Db.Run($"insert into datasets.{Ouro.Server.Data.Sql.Identifier(Table)} (a) values (9)", Ct);
        (await Rows("_row, a")).ShouldBe(["1|5", "2|3", "3|4", "4|9"]);
    }

    [Fact]
    public async Task A_refusal_after_a_good_import_leaves_the_good_one()
    {
        await Load("a\n5\n");
        await using (var tx = await Db.Begin(Ct))
        {
            await Should.ThrowAsync<Server.Kernel.Refusal>(() =>
                Importing.Load(tx, Table, Spool(Encoding.UTF8.GetBytes("a\n1\n2\n3,4\n")), new(), null, Ct));
            await tx.Commit(Ct);
        }
        (await Rows("a")).ShouldBe(["5"]);
    }

    [Fact]
    public async Task Progress_tells_rows_and_bytes_and_ends_with_all_of_them()
    {
        var told = new List<IngestProgress>();
        var file = Spool(Encoding.UTF8.GetBytes(File("a,b", "1,x")));
        await Load(file, progress: new Told(told.Add));

        told[^1].ShouldBe(new(10_000, file.Length, file.Length));
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_nothing_behind()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await using (var tx = await Db.Begin(Ct))
        {
            var file = Spool(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(File("a,b", "1,some text that fills buffers"), 100))));
            await Should.ThrowAsync<OperationCanceledException>(() => Importing.Load(
                tx, Table, file, new(Delimiter: ',', HasHeader: false), new Told(_ => source.Cancel()), source.Token));
        }
        (await Count($"select count(*) from pg_class where relname = {Table}")).ShouldBe(0);
    }

    sealed class Told(Action<IngestProgress> tell) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => tell(value);
    }
}
