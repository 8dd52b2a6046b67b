using System.Globalization;
using System.Text;
using CsCheck;
using CsvHelper;
using CsvHelper.Configuration;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

public sealed class CsvTests(ScratchDatabase database) : ImportTest(database)
{
    [Fact]
    public async Task Types_are_guessed_from_the_values()
    {
        var report = await Load("""
            Day,At,Count,Share,Open,Word
            2024-02-29,2024-02-29T12:30:00+02:00,1099511627776,0.1,true,x
            2024-03-01,2024-03-01 00:00:00.5,-7,1e3,FALSE,

            """);

        Types(report).ShouldBe("day:Date at:Timestamptz count:Bigint share:DoublePrecision open:Boolean word:Text");
        (await Rows()).ShouldBe([
            "1|2024-02-29|2024-02-29T10:30:00Z|1099511627776|0.1|true|x",
            "2|2024-03-01|2024-03-01T00:00:00.5Z|-7|1000|false|∅",
        ]);
        report.Columns[5].Nulls.ShouldBe(1);
        report.Columns[0].SentAs.ShouldBe("Day");
        report.Restarted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("a;b\n1,5;x\n2,5;y\n", ';')]
    [InlineData("a\tb\n1,5\tx\n2,5\ty, z\n", '\t')]
    [InlineData("a|b\n1,5|x\n2|y\n", '|')]
    [InlineData("a,b\n\"1;5\",x;x\n2,y;y\n", ',')]
    public async Task The_delimiter_is_the_sign_that_divides_the_rows_regularly(string text, char delimiter)
    {
        var report = await Load(text);

        report.Delimiter.ShouldBe(delimiter);
        report.Columns.Select(column => column.Name).ShouldBe(["a", "b"]);
        report.Rows.ShouldBe(2);
    }

    [Fact]
    public async Task Quotation_marks_keep_delimiters_line_ends_and_themselves()
    {
        await Load("a,b\r\n\"x, \"\"y\"\"\r\nz\",\"\"\r\n\"q\"tail,plain \"word\"\r\n");

        (await Rows("a, b, b is null")).ShouldBe(["x, \"y\"\r\nz||false", "qtail|plain \"word\"|false"]);
    }

    [Theory]
    [InlineData("a,b\n1,x\n2,y")]
    [InlineData("a,b\r1,x\r2,y\r")]
    [InlineData("\r\na,b\r\n\r\n1,x\r\n\n2,y\r\n\r\n")]
    public async Task Every_line_end_ends_a_row_and_blank_lines_are_none(string text)
    {
        await Load(text);
        (await Rows("a, b")).ShouldBe(["1|x", "2|y"]);
    }

    [Theory]
    [InlineData("1,x\n2,y\n", false)]
    [InlineData("id,x\n2,y\n", true)]
    [InlineData("name,town\nada,ulm\n", true)]
    [InlineData("2024-01-01,x\n2024-01-02,y\n", false)]
    [InlineData("year,2019\n5,6\n", true)]
    public async Task A_header_is_what_does_not_read_like_the_rows(string text, bool header) =>
        (await Load(text)).HasHeader.ShouldBe(header);

    [Fact]
    public async Task Without_a_header_the_columns_are_numbered()
    {
        var report = await Load("1,x\n2,y,z\n");

        report.Columns.Select(column => column.Name).ShouldBe(["column_1", "column_2", "column_3"]);
        (await Rows("column_3")).ShouldBe(["∅", "z"]);
    }

    [Fact]
    public async Task What_the_sender_says_wins_over_what_it_looks_like()
    {
        var report = await Load("1;2,3\n4;5,6\n", new(FileName: "x.csv", Delimiter: ',', HasHeader: true));

        report.Columns.Select(column => column.SentAs).ShouldBe(["1;2", "3"]);
        report.Rows.ShouldBe(1);
    }

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "utf-8", Encoding.UTF8.GetBytes("größe,ort\n1,Zürich €\n") },
        { "utf-8", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("größe,ort\n1,Zürich €\n")] },
        { "utf-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("größe,ort\n1,Zürich €\n")] },
        { "utf-16", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("größe,ort\n1,Zürich €\n")] },
        { "windows-1252", [.. "gr"u8, 0xf6, 0xdf, .. "e,ort\n1,Z"u8, 0xfc, .. "rich "u8, 0x80, (byte)'\n'] },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task The_text_is_the_same_in_every_encoding(string encoding, byte[] bytes)
    {
        var report = await Load(bytes);

        report.Encoding.ShouldBe(encoding);
        report.Columns.Select(column => column.Name).ShouldBe(["größe", "ort"]);
        (await Rows("ort")).ShouldBe(["Zürich €"]);
    }

    [Fact]
    public async Task A_letter_across_two_readings_is_still_utf8_and_one_Latin_letter_at_the_very_end_is_not()
    {
        var text = "a,b\n" + new string('x', 256 * 1024 - 5) + "ü,y\n";
        (await Load(text)).Encoding.ShouldBe("utf-8");
        (await Load([.. Encoding.UTF8.GetBytes(text), 0xfc])).Encoding.ShouldBe("windows-1252");
    }

    [Fact]
    public async Task Rows_longer_than_the_buffer_are_read_whole()
    {
        var long_ = string.Join("\"\"", Enumerable.Repeat(new string('x', 1000), 1000));
        await Load($"a,b\n1,\"{long_}\"\n2,y\n");

        (await Rows("a, length(b)")).ShouldBe([$"1|{1_000_000 + 999}", "2|1"]);
    }

    [Fact]
    public async Task A_row_may_lack_values_at_its_end()
    {
        await Load("a,b\n1\n2,x,,\n");
        (await Rows("a, b")).ShouldBe(["1|∅", "2|x"]);
    }

    [Fact]
    public async Task A_row_may_not_have_values_too_many()
    {
        var refusal = await Refused("a,b\n1,x\n2,y,z\n");
        refusal.Code.ShouldBe("too_many_values");
        refusal.Message.ShouldContain("Row 2 has 3 values");
    }

    [Theory]
    [InlineData("", "empty_file")]
    [InlineData("\n\n", "no_columns")]
    [InlineData("a,b\n1,\"cut off", "unclosed_quotation")]
    [InlineData("a,b\n1,x\0y\n", "not_text")]
    [InlineData("PK\u0003\u0004...", "unsupported_file")]
    public async Task A_file_that_holds_no_rows_is_refused(string text, string code) => (await Refused(text)).Code.ShouldBe(code);

    [Fact]
    public async Task More_columns_than_a_table_holds_are_refused()
    {
        (await Refused(string.Join(",", Enumerable.Range(1, 1600).Select(n => $"c{n}")) + "\n")).Code.ShouldBe("too_many_columns");
        (await Load(string.Join(",", Enumerable.Range(1, 1599).Select(n => $"c{n}")) + "\n")).Columns.Count.ShouldBe(1599);
    }

    [Fact]
    public async Task A_row_that_no_page_holds_is_refused()
    {
        var header = string.Join(",", Enumerable.Range(1, 1599).Select(n => $"c{n}"));
        var row = string.Join(",", Enumerable.Range(1, 1599).Select(n => $"{n}.5"));
        (await Refused($"{header}\n{row}\n")).Code.ShouldBe("row_too_wide");
    }

    [Fact]
    public void It_reads_what_the_usual_reader_reads() =>
        Gen.String[Gen.Char["ab,\"\n é"], 0, 6].Array[1, 4].Array[1, 6].Sample(rows =>
        {
            var text = new StringBuilder();
            using (var writer = new CsvWriter(new StringWriter(text), new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
                foreach (var row in rows)
                {
                    foreach (var value in row) writer.WriteField(value, shouldQuote: true);
                    writer.NextRecord();
                }

            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            var record = new CsvRecord((byte)',');
            var read = new Row();
            var at = 0;
            foreach (var row in rows)
            {
                at = record.Read(bytes, at, bytes.Length, ended: true, read);
                Enumerable.Range(0, read.Count).Select(i => Encoding.UTF8.GetString(read.Text(read[i]))).ShouldBe(row);
            }
            at.ShouldBe(bytes.Length);
        });
}
