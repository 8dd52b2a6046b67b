using System.Text;
using System.Text.Json;
using CsCheck;
using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Ingest;

public sealed class NamesAndSchemaTests
{
    [Theory]
    [InlineData("Title", "title")]
    [InlineData("US Gross", "us_gross")]
    [InlineData("IMDBRating", "imdb_rating")]
    [InlineData("userID", "user_id")]
    [InlineData("already_normal_2", "already_normal_2")]
    [InlineData("  Running Time (min) ", "running_time_min")]
    [InlineData("Größe", "größe")]
    [InlineData("温度", "温度")]
    [InlineData("2024", "_2024")]
    [InlineData("ctid", "ctid_")]
    [InlineData("XMin", "x_min")]
    [InlineData("xmin", "xmin_")]
    [InlineData("_row", "_row_")]
    [InlineData("_id", "_id")]
    [InlineData("a\"; drop table x; --", "a_drop_table_x")]
    [InlineData("%%", "")]
    public void A_header_becomes_lowercase_snake_case(string header, string name) => ColumnNames.Normalize(header).ShouldBe(name);

    [Fact]
    public void Names_are_distinct_and_never_empty() =>
        ColumnNames.For(["a", "A", "a b", "", "a_2", "a", "%", "_row", "_ROW"])
            .ShouldBe(["a", "a_2", "a_b", "column_4", "a_2_2", "a_3", "column_7", "_row_", "_row__2"]);

    [Fact]
    public void A_name_is_cut_at_63_bytes_between_letters()
    {
        var names = ColumnNames.For([new string('a', 64), new string('a', 70), new string('a', 62) + "ü"]);
        names.ShouldBe([new string('a', 63), new string('a', 61) + "_2", new string('a', 62)]);
    }

    [Fact]
    public void What_is_normal_stays_normal() => Gen.String.Sample(header =>
    {
        var name = ColumnNames.Normalize(header);
        ColumnNames.Normalize(name).ShouldBe(name);
        Encoding.UTF8.GetByteCount(name).ShouldBeLessThanOrEqualTo(63);
    });

    [Fact]
    public void No_columns_and_too_many_columns_are_refused()
    {
        Should.Throw<Refusal>(() => ColumnNames.For([])).Code.ShouldBe("no_columns");
        Should.Throw<Refusal>(() => ColumnNames.For([.. Enumerable.Range(0, 1600).Select(n => $"c{n}")])).Code.ShouldBe("too_many_columns");
    }

    static string Parsed(string text, params string[] names) =>
        string.Join(" ", CreateTableText.Parse(text, names).Select(column => $"{column.SentAs}:{column.Type}"));

    [Fact]
    public void The_clients_statement_is_read() => Parsed("""
        CREATE TABLE IF NOT EXISTS datasets."dataset" (
        "Mixed Name" INTEGER,
          "share" REAL,
          "a ""quoted"" one" TEXT,
          "at" TIMESTAMP WITH TIME ZONE,
          "day" DATE,
          "time" TIME
        )
        """).ShouldBe("Mixed Name:Bigint share:DoublePrecision a \"quoted\" one:Text at:Timestamptz day:Date time:Text");

    [Fact]
    public void A_newer_clients_statement_is_read() => Parsed("""
        CREATE TABLE "datasets"."dataset" ("id" BIGINT NOT NULL PRIMARY KEY, x DOUBLE PRECISION NULL, ok BOOLEAN, at TIMESTAMP(6) WITH TIME ZONE,
          price NUMERIC(10, 2), word VARCHAR(20) UNIQUE, PRIMARY KEY ("id"));
        """).ShouldBe("id:Bigint x:DoublePrecision ok:Boolean at:Timestamptz price:Numeric word:Text");

    [Fact]
    public void Names_that_the_clients_replacement_mangled_are_restored() => Parsed("""
        CREATE TABLE IF NOT EXISTS datasets."dataset" ("TIMESTAMP WITH TIME ZONE" TIMESTAMP WITH TIME ZONE, "b" TEXT)
        """, "TIMESTAMP", "b").ShouldBe("TIMESTAMP:Timestamptz b:Text");

    [Theory]
    [InlineData("", "Expected CREATE")]
    [InlineData("drop table users", "Expected CREATE")]
    [InlineData("create table t (a text); drop table users", "more than one")]
    [InlineData("create table t (a text) -- x", "Unexpected character")]
    [InlineData("create table t (a text /* */)", "Unexpected character")]
    [InlineData("create table t (a text default 'x')", "Unexpected character")]
    [InlineData("create table t (a text references users)", "not a known type")]
    [InlineData("create table t (a text check (true))", "Expected a number")]
    [InlineData("create table t (a geometry)", "not a known type")]
    [InlineData("create table t (a)", "Expected a type")]
    [InlineData("create table t (a text", "Expected “,” or “)” at the end")]
    [InlineData("create table t ()", "Expected a column name")]
    [InlineData("create table t (a text,)", "Expected a column name")]
    [InlineData("create table t (\"a text)", "not closed")]
    [InlineData("create table t as select 1", "Expected “(”")]
    [InlineData("create table t (\n a text,\n b $1)", "line 3")]
    public void Anything_else_is_refused_and_says_where(string text, string problem)
    {
        var refusal = Should.Throw<Refusal>(() => CreateTableText.Parse(text));
        refusal.Code.ShouldBe("invalid_schema");
        refusal.Message.ShouldContain(problem);
        refusal.Hint.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("""[{"a": true, "b": 1}, {"a": null}, {"a": false}]""", ColumnType.Boolean)]
    [InlineData("""[{"a": true}, {"a": 1}]""", ColumnType.Bigint)]
    [InlineData("""[{"a": null}]""", ColumnType.Bigint)]
    [InlineData("""[]""", ColumnType.Bigint)]
    public void Integers_whose_values_are_truths_are_truths(string rows, ColumnType type) =>
        Typing.FromRows([new("a", ColumnType.Bigint), new("b", ColumnType.Bigint)], JsonDocument.Parse(rows).RootElement)
            .Select(column => column.Type).ShouldBe([type, ColumnType.Bigint]);
}
