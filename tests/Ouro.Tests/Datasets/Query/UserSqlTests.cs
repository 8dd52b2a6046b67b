using Ouro.Server.Kernel;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets.Query;

public sealed class UserSqlTests(QueryWorld world)
{
    [Fact]
    public async Task A_query_reads_its_own_dataset()
    {
        var result = await world.Query("select id, name, score, even from {{table}} order by id limit 2;");

        result.Rows.ToString().ShouldBe("""
            [{"id":1,"name":"row 1","score":1.5,"even":false},{"id":2,"name":"row 2","score":3.0,"even":true}]
            """);
        result.Columns.Select(c => c.Type).ShouldBe(["integer", "text", "numeric", "boolean"]);
        (result.Count, result.Truncated).ShouldBe((2, null));
    }

    [Fact]
    public async Task A_delete_is_refused()
    {
        var refusal = await Should.ThrowAsync<Refusal>(() => world.Query("delete from {{table}}"));

        (refusal.Status, refusal.Code).ShouldBe((400, "25006"));
        refusal.Message.ShouldBe("Query failed: only reads are possible; this one starts with DELETE.");
    }
}
