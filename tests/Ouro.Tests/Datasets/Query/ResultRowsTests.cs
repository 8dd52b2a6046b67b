using System.Text.Json;
using Npgsql;
using Ouro.Server.Datasets;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

public sealed class JsonRowsTests(QueryWorld world)
{
    [Theory]
    [InlineData("true", "true", "boolean")]
    [InlineData("false", "false", "boolean")]
    [InlineData("null::int", "null", "integer")]
    [InlineData("null", "null", "text")]
    [InlineData("(-32768)::int2", "-32768", "smallint")]
    [InlineData("9223372036854775807", "9223372036854775807", "bigint")]
    [InlineData("123456789012345678901234567890.10", "123456789012345678901234567890.10", "numeric")]
    [InlineData("-0.5::numeric(10,2)", "-0.50", "numeric")]
    [InlineData("'NaN'::numeric", "\"NaN\"", "numeric")]
    [InlineData("1e300::float8", "1e+300", "double precision")]
    [InlineData("0.1::float4", "0.1", "real")]
    [InlineData("'-0'::float8", "-0", "double precision")]
    [InlineData("'Infinity'::float8", "\"Infinity\"", "double precision")]
    [InlineData("'-infinity'::float4", "\"-Infinity\"", "real")]
    [InlineData("'{\"a\": [1, 2]}'::json", "{\"a\": [1, 2]}", "json")]
    [InlineData("'{\"b\":null}'::jsonb", "{\"b\": null}", "jsonb")]
    [InlineData("'2026-01-02 03:04:05.123456+02'::timestamptz", "\"2026-01-02T01:04:05.123456+00:00\"", "timestamp with time zone")]
    [InlineData("'2026-01-02 03:04:05'::timestamp", "\"2026-01-02T03:04:05\"", "timestamp without time zone")]
    [InlineData("'0044-03-15 12:00:00+00 BC'::timestamptz", "\"0044-03-15T12:00:00+00:00 BC\"", "timestamp with time zone")]
    [InlineData("'infinity'::timestamptz", "\"infinity\"", "timestamp with time zone")]
    [InlineData("'-infinity'::timestamp", "\"-infinity\"", "timestamp without time zone")]
    [InlineData("'2026-01-02'::date", "\"2026-01-02\"", "date")]
    [InlineData("'25:00'::interval + '1 mon'", "\"1 mon 25:00:00\"", "interval")]
    [InlineData("'03:04:05.5'::time", "\"03:04:05.5\"", "time without time zone")]
    [InlineData("'a\"b\\c'::text", "\"a\\\"b\\\\c\"", "text")]
    [InlineData("E'\\b\\f\\n\\r\\t\\x01\\x1f\\x7f'", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\u007f\"", "text")]
    [InlineData("'“Grüße” 😀 </script>'", "\"“Grüße” 😀 </script>\"", "text")]
    [InlineData("''", "\"\"", "text")]
    [InlineData("'x'::char(3)", "\"x  \"", "character")]
    [InlineData("'0b5bd7e8-6f0a-4d8c-9e57-0123456789ab'::uuid", "\"0b5bd7e8-6f0a-4d8c-9e57-0123456789ab\"", "uuid")]
    [InlineData("'\\x0102'::bytea", "\"\\\\x0102\"", "bytea")]
    [InlineData("array[1,null,3]", "[1,null,3]", "integer[]")]
    [InlineData("'{}'::int[]", "[]", "integer[]")]
    [InlineData("array[[1,2],[3,4]]", "[[1,2],[3,4]]", "integer[]")]
    [InlineData("'[0:1]={1,2}'::int[]", "[1,2]", "integer[]")]
    [InlineData("array['a','b,c','d\"e','f\\g','NULL',null,'','{}']", "[\"a\",\"b,c\",\"d\\\"e\",\"f\\\\g\",\"NULL\",null,\"\",\"{}\"]", "text[]")]
    [InlineData("array[true,false]", "[true,false]", "boolean[]")]
    [InlineData("array['{\"a\": \"x\\\\y\"}'::jsonb, 'null']", "[{\"a\": \"x\\\\y\"},null]", "jsonb[]")]
    [InlineData("array['NaN'::float8, 1.5]", "[\"NaN\",1.5]", "double precision[]")]
    [InlineData("array['2026-01-02 03:04:05+00'::timestamptz]", "[\"2026-01-02T03:04:05+00:00\"]", "timestamp with time zone[]")]
    [InlineData("array['2026-01-02'::date, null]", "[\"2026-01-02\",null]", "date[]")]
    [InlineData("row(1, 'a b')", "\"(1,\\\"a b\\\")\"", "record")]
    [InlineData("int4range(1, 5)", "\"[1,5)\"", "int4range")]
    [InlineData("'192.168.0.1/24'::inet", "\"192.168.0.1/24\"", "inet")]
    [InlineData("'12.34'::money", "\"$12.34\"", "money")]
    [InlineData("to_tsvector('simple', 'a b')", "\"'a':1 'b':2\"", "tsvector")]
    [InlineData("B'101'", "\"101\"", "bit")]
    [InlineData("1::oid", "\"1\"", "oid")]
    [InlineData("repeat('é', 5000)", null, "text")]
    public async Task A_value_becomes_json_by_its_type(string expression, string? json, string type)
    {
        var result = await world.Query($"select {expression} as v");

        if (json is not null) result.Rows.ToString().ShouldBe($$"""[{"v":{{json}}}]""");
        using var parsed = result.Rows.Parse();
        parsed.RootElement.GetArrayLength().ShouldBe(1);
        result.Columns.ShouldBe([new("v", type)]);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_do_not_break_the_json()
    {
        var result = await world.Query("""select '\377'::"char" as c, array['\377'::"char"] as a, ('\377'::"char")::text as t""");

        using var parsed = JsonDocument.Parse(result.Rows.Utf8);
        parsed.RootElement[0].EnumerateObject().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Every_character_survives()
    {
        var result = await world.Query(
            "select i, chr(i) as c from generate_series(1, 70000) i where i not between 55296 and 57343", QueryLimits.Default with { Rows = 100_000 });

        foreach (var row in result.Rows.As<List<JsonElement>>()!)
            row.GetProperty("c").GetString().ShouldBe(char.ConvertFromUtf32(row.GetProperty("i").GetInt32()));
    }

    [Fact]
    public async Task Columns_of_one_name_get_two()
    {
        var result = await world.Query("""select 1 as a, 2 as a, 3 as "a_2", 4 as a, 5 as "q""q" """);

        result.Rows.ToString().ShouldBe("""[{"a":1,"a_2":2,"a_2_2":3,"a_3":4,"q\"q":5}]""");
        result.Columns.Select(c => c.Name).ShouldBe(["a", "a_2", "a_2_2", "a_3", "q\"q"]);
    }

    [Fact]
    public async Task No_rows_and_no_columns_are_fine()
    {
        (await world.Query("select 1 as a where false")).Rows.ToString().ShouldBe("[]");
        (await world.Query("select from generate_series(1, 2)")).Rows.ToString().ShouldBe("[{},{}]");
    }

    [Fact]
    public async Task The_same_rows_come_of_an_ordinary_command()
    {
        await using var all = await world.All.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select i as id, repeat('x', i * 3000) as big, null as none from generate_series(1, 5) i", all)
        {
            AllResultTypesAreUnknown = true,
        };
        await using var reader = await command.ExecuteReaderAsync();

        var result = await ResultRows.Read(reader, 100, 1 << 20, default);

        result.Count.ShouldBe(5);
        result.Rows.As<List<JsonElement>>()![4].GetProperty("big").GetString()!.Length.ShouldBe(15_000);
    }

    [Fact]
    public void Raw_json_is_written_as_it_is_and_read_back()
    {
        var raw = new RawJson("""[{"a": 1.50, "b":"é\u0041"}]"""u8.ToArray());

        var text = JsonSerializer.Serialize(new { Data = raw, Nothing = default(RawJson) }, OuroJson.Options);
        text.ShouldBe("""{"data":[{"a": 1.50, "b":"é\u0041"}],"nothing":null}""");

        var read = JsonSerializer.Deserialize<Dictionary<string, RawJson>>(text, OuroJson.Options)!;
        read["data"].ShouldBe(raw);
        read["nothing"].ShouldBe(default);
        read["data"].As<List<Dictionary<string, JsonElement>>>()![0]["b"].GetString().ShouldBe("éA");
    }
}
