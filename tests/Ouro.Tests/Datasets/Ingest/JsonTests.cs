using System.Text;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

public sealed class JsonTests(ScratchDatabase database) : ImportTest(database)
{
    const string Array = """
        [ {"Title": "Ä \"x\"", "US Gross": 1099511627776, "rate": 6.1, "on": "2024-05-31", "ok": true, "tags": ["a", {"b": null}]},
          {"rate": null, "Title": "y", "ok": false, "late": "12"} ]
        """;

    [Fact]
    public async Task An_array_of_objects_is_a_table_with_the_columns_of_all()
    {
        var report = await Load(Array);

        Types(report).ShouldBe("title:Text us_gross:Bigint rate:DoublePrecision on:Date ok:Boolean tags:Text late:Text");
        (await Rows()).ShouldBe([
            "1|Ä \"x\"|1099511627776|6.1|2024-05-31|true|[\"a\", {\"b\": null}]|∅",
            "2|y|∅|∅|∅|false|∅|12",
        ]);
    }

    [Theory]
    [InlineData("{\"a\": 1}\n{\"a\": 2}\n")]
    [InlineData("{\"a\": 1}\r\n\r\n{\"a\": 2}")]
    [InlineData("{\"a\": 1} {\"a\": 2}")]
    [InlineData("\uFEFF[{\"a\": 1},{\"a\": 2}]")]
    public async Task Objects_may_stand_in_an_array_or_one_after_another(string text)
    {
        (await Load(text)).Kind.ShouldBe(FileKind.Json);
        (await Rows("a")).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Text_is_never_taken_for_a_number()
    {
        Types(await Load("""[{"a": "1", "b": "true", "c": "", "d": 1}, {"a": "2", "b": "false", "c": "2024-01-01T00:00Z", "d": "x"}]"""))
            .ShouldBe("a:Text b:Text c:Timestamptz d:Text");
    }

    [Fact]
    public async Task Objects_longer_than_the_buffer_are_read_whole()
    {
        var value = new string('x', 700_000);
        await Load($$"""[{"a": 1, "b": "{{value}}"}, {"a": 2, "b": ["{{value}}"]}, {"a": 3}]""");
        (await Rows("a, length(b)")).ShouldBe(["1|700000", "2|700004", "3|∅"]);
    }

    [Theory]
    [InlineData("[{\"a\": 1}, 5]", "row_not_an_object", "Row 2 is a number")]
    [InlineData("[{\"a\": 1}, [2]]", "row_not_an_object", "Row 2 is a list")]
    [InlineData("[{\"a\": 1}, {\"a\": 2}", "invalid_json", "After row 2")]
    [InlineData("[{\"a\": 1}, {\"a\": \"cut", "invalid_json", "After row 1")]
    [InlineData("[{\"a\": 1}, {\"a\": NaN}]", "invalid_json", "After row 1")]
    [InlineData("[]", "no_columns", "no columns")]
    [InlineData("[{}]", "no_columns", "no columns")]
    [InlineData("[{\"a\": \"\\ud800\"}]", "invalid_text", "Row 1")]
    [InlineData("[{\"a\": \"x\\u0000\"}]", "invalid_text", "Row 1 holds a NUL")]
    public async Task What_is_not_a_list_of_objects_is_refused(string text, string code, string message)
    {
        var refusal = await Refused(text);
        refusal.Code.ShouldBe(code);
        refusal.Message.ShouldContain(message);
    }

    [Fact]
    public async Task More_keys_than_a_table_has_columns_are_refused_wherever_they_come()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 1601; i++) text.Append($"{{\"k{i}\": 1}}\n");
        (await Refused(text.ToString())).Code.ShouldBe("too_many_columns");
    }
}
