using System.Net;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Assets;

/// <summary>What an asset says of itself stays within bounds, because every list and every client carries it.</summary>
public sealed class DescriptionTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("""  "attribution": {"originality": "zz"} """)]
    [InlineData("""  "attribution": {"relation_type": "Nope"} """)]
    [InlineData("""  "attribution": {"citation": {"title": "\u0000"}} """)]
    [InlineData("""  "license_id": "a\u0000" """)]
    [InlineData("""  "description": {"json": {"type": "doc", "content": [{"text": "\u0000"}]}, "text": "x"} """)]
    [InlineData("""  "description": {"json": {"type": "\ud800"}, "text": "x"} """)]
    [InlineData("""  "description": "a\u0000b" """)]
    public async Task What_a_client_cannot_read_or_the_database_not_hold_is_refused(string key)
    {
        var ada = await server.Join("ada_" + Guid.CreateVersion7().ToString("N")[20..]);
        var body = """{"dataset": {"name": "Said", "schema": "CREATE TABLE t (a INTEGER)", """ + key + "}}";
        (await ada.PostText("/datasets/create/from-schema", body, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
    }

    [Fact]
    public async Task It_has_a_length()
    {
        var ada = await server.Join("ada_long");
        foreach (var said in new object[]
        {
            new { name = "Long", schema = "CREATE TABLE t (a INTEGER)", description = new string('x', 100_001) },
            new { name = "Long", schema = "CREATE TABLE t (a INTEGER)", license_id = new string('x', 101) },
            new { name = "Long", schema = "CREATE TABLE t (a INTEGER)", attribution = new { paper_url = new string('x', 10_000) } },
        })
            (await ada.Post("/datasets/create/from-schema", new { dataset = said }, HttpStatusCode.BadRequest)).Code().ShouldBe("invalid_fields");
        await ada.PostText("/datasets/create/from-file?name=x&description=%00", "a\n1\n", HttpStatusCode.BadRequest, "text/csv");
        var plain = await ada.PostText("/datasets/create/from-schema", """{"dataset": {"name": "Plain", "schema": "CREATE TABLE t (a INTEGER)", "attribution": {"originality": null}}}""");
        plain.Data().GetProperty("attribution").GetProperty("originality").GetString().ShouldBe("original");
    }

    [Fact]
    public async Task Of_several_who_delete_at_once_one_does()
    {
        var ada = await server.Join("ada_race");
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Race"))).Id();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ada.Http.DeleteAsync($"/api/assets/{id}")));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        (await server.Db.Maybe<long>($"select count(*) from events where name = 'asset.deleted' and subject_id = {id}", default)).ShouldBe(1);
    }

    [Fact]
    public async Task Of_several_with_one_name_each_gets_an_address()
    {
        var ada = await server.Join("ada_same");
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ada.Post("/datasets/create/from-schema", Calls.Scores("Same name"))));
        made.Select(m => m.Data().GetProperty("url").GetString()).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public async Task Who_gives_their_own_right_away_is_told_that_it_is_gone()
    {
        var (ada, eve) = (await server.Join("ada_gives"), await server.Join("eve_gives"));
        var id = (await ada.Post("/datasets/create/from-schema", Calls.Scores("Given"))).Id();
        await ada.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "admin" } });
        (await eve.Put($"/assets/{id}/share", new { permission = new { user = new { user_id = eve.Id }, role = "none" } })).Data().GetArrayLength().ShouldBe(0);
        await eve.Get($"/assets/{id}", HttpStatusCode.NotFound);
    }
}
