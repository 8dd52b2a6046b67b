using System.Text;
using Parquet;
using Parquet.Schema;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Files;

/// <summary>What the room of datasets says of files that could become some.</summary>
public sealed class TableLookTests(Inspector inspector) : IClassFixture<Inspector>
{
    [Fact]
    public async Task A_table_tells_its_columns_and_shows_its_first_rows()
    {
        var text = new StringBuilder("id;name;note\n");
        for (var n = 1; n <= 500; n++) text.Append(n).Append(";Ada;").Append(n == 2 ? new string('x', 300) : "").Append('\n');
        var seen = await inspector.Look(text.ToString(), "people.csv");
        DetailTests.Words(seen.Classification!.Value, "inspector", "kind", "format", "columns", "column_count", "rows", "delimiter", "has_header")
            .ShouldBe("""table table csv ["id","name","note"] 3 500 ; True""");
        seen.Preview!.Value.GetArrayLength().ShouldBe(12);
        seen.Preview!.Value[0].GetRawText().ShouldBe("""{"id":"1","name":"Ada","note":null}""");
        seen.Preview!.Value[1].GetProperty("note").GetString()!.Length.ShouldBe(200);
    }

    [Fact]
    public async Task JSON_lines_and_lists_of_objects_are_tables()
    {
        var lines = await inspector.Look("{\"a\": 1, \"b\": [1, 2]}\n{\"a\": null, \"c\": true}\n", "x.jsonl");
        DetailTests.Words(lines.Classification!.Value, "kind", "format", "columns", "rows").ShouldBe("""table json ["a","b","c"] 2""");
        lines.Preview!.Value[0].GetRawText().ShouldBe("""{"a":"1","b":"[1, 2]"}""");
        DetailTests.Words((await inspector.Look("[{\"a\": 1}]", "x.json")).Classification!.Value, "kind", "rows").ShouldBe("table 1");
        (await inspector.Look("{\"a\": 1}", "x.json")).Classification.ShouldBeNull();
        (await inspector.Look("[1, 2]", "x.json")).Classification.ShouldBeNull();
    }

    [Fact]
    public async Task Parquet_is_a_table_and_says_how_many_rows_it_has()
    {
        using var stream = new MemoryStream();
        var field = new DataField<int>("n");
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(field), stream))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<int>(field, Enumerable.Range(1, 1000).ToArray());
        }
        var seen = await inspector.Look(stream.ToArray(), "x.bin");
        DetailTests.Words(seen.Classification!.Value, "kind", "format", "columns", "rows").ShouldBe("""table parquet ["n"] 1000""");
        seen.Preview!.Value.GetArrayLength().ShouldBe(12);
        seen.Preview!.Value[11].GetProperty("n").GetString().ShouldBe("12");
        // Cut off, it is still Parquet and no table.
        (await inspector.Look(stream.ToArray()[..50])).ShouldBe(new("application/vnd.apache.parquet"));
    }

    [Fact]
    public async Task The_rows_of_a_long_file_are_shown_and_not_counted()
    {
        var bytes = new byte[40 << 20];
        var row = "1,grün\n"u8;
        for (var at = 0; at + row.Length <= bytes.Length; at += row.Length) row.CopyTo(bytes.AsSpan(at));
        bytes.AsSpan(bytes.Length / row.Length * row.Length).Fill((byte)'\n');
        var seen = await inspector.Look(bytes, "long.csv");
        seen.Classification!.Value.TryGetProperty("rows", out _).ShouldBeFalse();
        seen.Preview!.Value.GetArrayLength().ShouldBe(12);
        seen.Preview!.Value[3].GetRawText().ShouldContain("grün");
    }

    [Fact]
    public async Task A_table_that_breaks_off_shows_what_could_be_read()
    {
        var seen = await inspector.Look("a,b\n1,2\n3,4\n5,6,7\n", "x.csv");
        seen.Classification!.Value.TryGetProperty("rows", out _).ShouldBeFalse();
        seen.Preview!.Value.GetArrayLength().ShouldBe(2);
        (await inspector.Look("a,a,\n1,2,3\n", "x.csv")).Preview!.Value[0].GetRawText().ShouldBe("""{"a":"1","a_2":"2","column_3":"3"}""");
    }
}
