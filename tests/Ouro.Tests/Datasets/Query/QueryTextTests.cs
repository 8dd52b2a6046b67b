using Ouro.Server.Datasets;
using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

public sealed class QueryTextTests
{
    [Theory]
    [InlineData("select * from {{table}}", "select * from T")]
    [InlineData("select * from {{table}};", "select * from T ")]
    [InlineData("select * from {{table}} ; -- done\n", "select * from T   -- done\n")]
    [InlineData("select {{table}}.id from {{table}} join {{table}} b using (id)", "select T.id from T join T b using (id)")]
    [InlineData("select '{{table}}'", "select '{{table}}'")]
    [InlineData("select 'it''s {{table}}' from {{table}}", "select 'it''s {{table}}' from T")]
    [InlineData("select '\\' from {{table}}", "select '\\' from T")]
    [InlineData("select E'\\' {{table}}' from {{table}}", "select E'\\' {{table}}' from T")]
    [InlineData("select e'\\\\' from {{table}}", "select e'\\\\' from T")]
    [InlineData("select E'a'\n'\\' {{table}}' from {{table}}", "select E'a'\n'\\' {{table}}' from T")]
    [InlineData("select E'a' -- x\n '\\' {{table}}' from {{table}}", "select E'a' -- x\n '\\' {{table}}' from T")]
    [InlineData("select U&'{{table}}', N'{{table}}', B'1', x'{{table}}'", "select U&'{{table}}', N'{{table}}', B'1', x'{{table}}'")]
    [InlineData("select \"{{table}}\" from {{table}}", "select \"{{table}}\" from T")]
    [InlineData("select \"a\"\"{{table}}\" from {{table}}", "select \"a\"\"{{table}}\" from T")]
    [InlineData("select $${{table}}$$, $a$ {{table}} $$ $b$ $a$ from {{table}}", "select $${{table}}$$, $a$ {{table}} $$ $b$ $a$ from T")]
    [InlineData("select 1 -- {{table}}\nfrom {{table}}", "select 1 -- {{table}}\nfrom T")]
    [InlineData("select 1 --{{table}}\r from {{table}}", "select 1 --{{table}}\r from T")]
    [InlineData("select /* {{table}} /* {{table}} */ {{table}} */ 1 from {{table}}", "select /* {{table}} /* {{table}} */ {{table}} */ 1 from T")]
    [InlineData("select a$1, a$$ from {{table}}", "select a$1, a$$ from T")]
    [InlineData("select '$1', $x$ $1 $x$ /* $1 */ -- $1", "select '$1', $x$ $1 $x$ /* $1 */ -- $1")]
    [InlineData("select 1 as datasets from {{table}}", "select 1 as datasets from T")]
    [InlineData("select '€😀{{table}}' from {{table}}", "select '€😀{{table}}' from T")]
    [InlineData("select '{{table}}", "select '{{table}}")]
    [InlineData("select {{ table }}", "select {{ table }}")]
    public void The_placeholder_is_replaced_where_a_name_may_stand(string written, string sent) =>
        Sent(written).Sql.Replace(Table.Qualified, "T", StringComparison.Ordinal).ShouldBe(sent);

    [Theory]
    [InlineData("", "42601")]
    [InlineData(" ;", "42601")]
    [InlineData("-- nothing", "42601")]
    [InlineData("select 1; select 2", "42601")]
    [InlineData("select $1", "42P02")]
    [InlineData("select 1$1", "42P02")]
    [InlineData("select *from {{table}} where id=$12and true", "42P02")]
    [InlineData("select U&\"a\"", "0A000")]
    [InlineData("select * from datasets.x", "42501")]
    [InlineData("select * from \"datasets\" . x", "42501")]
    [InlineData("select 1\0", "22021")]
    public void What_cannot_be_sent_is_refused_at_once(string written, string code)
    {
        var refusal = Should.Throw<Refusal>(() => Sent(written));

        (refusal.Status, refusal.Code).ShouldBe((400, code));
        refusal.Message.ShouldStartWith("Query failed: ");
    }

    [Fact]
    public void Half_a_character_is_refused() => Should.Throw<Refusal>(() => Sent("select '\ud83d'")).Code.ShouldBe("22021");

    [Fact]
    public void Places_in_what_was_sent_are_found_in_what_was_written()
    {
        const string written = "select '😀' from {{table}} join {{table}} using (x)";
        var text = Sent(written);

        text.Written(1).ShouldBe(1);
        text.Written(text.Sql.IndexOf("join", StringComparison.Ordinal)).ShouldBe(written.IndexOf("join", StringComparison.Ordinal));
        text.Written(text.Sql.IndexOf("(x)", StringComparison.Ordinal)).ShouldBe(written.IndexOf("(x)", StringComparison.Ordinal));
        text.Written(text.Sql.IndexOf("d_01", StringComparison.Ordinal)).ShouldBe(written.IndexOf("{{", StringComparison.Ordinal));
    }

    [Fact]
    public void A_dataset_that_is_named_by_its_id_is_replaced_where_a_name_may_stand()
    {
        var other = new DatasetTable(Guid.CreateVersion7(), "d_9876543210");
        var name = QueryText.Named(other.Id);
        var written = $"select '{name}', \"{name}\" /* {name} */ from {{{{table}}}} t join {name} o on t.id = o.id and nope $${name}$$ -- {name}";
        var text = QueryText.Read(written);

        text.Others.ShouldBe([other.Id]);
        var sent = text.Over(Table, new Dictionary<Guid, DatasetTable> { [other.Id] = other });

        sent.Sql.ShouldBe($"select '{name}', \"{name}\" /* {name} */ from {Table.Qualified} t join {other.Qualified} o on t.id = o.id and nope $${name}$$ -- {name}");
        sent.Tables.ShouldBe([Table, other]);
        sent.Written(sent.Sql.IndexOf("nope", StringComparison.Ordinal) + 1).ShouldBe(written.IndexOf("nope", StringComparison.Ordinal) + 1);
        sent.Told($"relation datasets.d_9876543210, {Table.Name}, t_9876543210").ShouldBe($"relation {name}, {{{{table}}}}, {name}");
    }

    [Theory]
    [InlineData("select * from {{dataset:}}", "42602", 15)]
    [InlineData("select * from {{dataset:1}}", "42602", 15)]
    [InlineData("select '😀' from {{dataset:0190a000-0000-7000-8000-00000000000}} x", "42602", 17)]
    [InlineData("select * from {{dataset:0190a000-0000-7000-8000-000000000000", "42602", 15)]
    [InlineData("select * from {{dataset:0190a000-0000-7000-8000-000000000000}\n}", "42602", 15)]
    [InlineData("select * from {{dataset:0190a000-0000-7000-8000-000000000000' or 1=1 --}}", "42602", 15)]
    [InlineData("select * from {{dataset:0190a000-0000-7000-8000-000000000000}}.x.y from datasets.z", "42501", 81)]
    public void A_name_of_a_dataset_that_is_none_is_refused_with_its_place(string written, string code, int position)
    {
        var refusal = Should.Throw<Refusal>(() => QueryText.Read(written));

        (refusal.Code, refusal.Details!.Value.GetProperty("position").GetInt32()).ShouldBe((code, position));
    }

    [Fact]
    public void A_query_names_at_most_sixteen_datasets()
    {
        QueryText.Read(Naming(16)).Others.Count.ShouldBe(16);
        Should.Throw<Refusal>(() => QueryText.Read(Naming(17))).Code.ShouldBe("54001");

        static string Naming(int count) => "select * from " + string.Join(", ", Enumerable.Range(0, count).Select(_ => QueryText.Named(Guid.CreateVersion7())));
    }

    static readonly DatasetTable Table = new(Guid.CreateVersion7(), "d_0123456789");

    static SentQuery Sent(string written) => QueryText.Read(written).Over(Table, new Dictionary<Guid, DatasetTable>());
}
