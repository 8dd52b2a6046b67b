using System.Net;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Datasets;

public sealed class ReferenceTests(TestServer server) : IClassFixture<TestServer>
{
    static readonly object AnyAsset = new { kind = "asset" };

    [Fact]
    public async Task Rows_whose_references_name_nothing_that_the_writer_may_see_are_left_out_and_told()
    {
        var (ada, eve) = (await server.Join("ada_refs"), await server.Join("eve_refs"));
        var (mine, hers) = (await Plain(ada), await Plain(eve));
        var nobody = Guid.CreateVersion7();
        var rows = new object?[] { mine, hers, nobody, "no id", null, nobody, 7 }.Select((who, n) => new { n, who });
        var created = await ada.Post("/datasets/create/from-schema", new
        {
            dataset = new { name = "Refs", schema = "CREATE TABLE t (\"n\" INTEGER, \"who\" TEXT)", refs = new { who = AnyAsset }, metadata = new { refs = new { who = AnyAsset } }, rows },
        });
        var id = created.Id();
        (created.GetProperty("row_ingest").GetProperty("inserted").GetInt32(), created.GetProperty("row_ingest").GetProperty("skipped").GetInt32()).ShouldBe((2, 5));
        var warning = created.GetProperty("warning");
        warning.GetProperty("message").GetString()!.ShouldStartWith("5 of 7 rows");
        var refs = warning.GetProperty("refs");
        (refs.GetProperty("missing_count").GetInt32(), refs.GetProperty("malformed_count").GetInt32(), refs.GetProperty("type_mismatch_count").GetInt32(), refs.GetProperty("skipped_row_count").GetInt32())
            .ShouldBe((3, 2, 0, 5));
        refs.GetProperty("columns").GetRawText().ShouldBe($$"""[{"column":"who","kind":"asset","missing":["{{hers}}","{{nobody}}"]}]""");
        warning.GetProperty("rows").EnumerateArray().Select(r => $"{r.GetProperty("row")} {r.GetProperty("problem")}").ShouldBe(["2 missing", "3 missing", "6 missing", "4 malformed", "7 malformed"]);
        created.Data().GetProperty("metadata").GetProperty("refs").GetRawText().ShouldBe("""{"who":{"kind":"asset"}}""");

        var column = (await ada.Get($"/datasets/{id}/schema")).Data()[1];
        (Text(column, "data_type"), Text(column, "semantic_type"), Text(column, "ref_kind")).ShouldBe(("uuid", "reference", "asset"));
        (Text(column, "foreign_table_schema"), Text(column, "foreign_table_name"), Text(column, "foreign_column_name")).ShouldBe(("public", "assets", "id"));
        (await server.Db.Maybe<bool>($"select convalidated from pg_constraint where conname = {Text(column, "fk_constraint_name")}", default)).ShouldBeTrue();

        foreach (var (mode, inserted, skipped) in new[] { ("append", 1, 1), ("overwrite", 1, 1) })
        {
            var sent = await ada.Post($"/datasets/{id}/data", new { rows = new[] { new { n = 10, who = mine }, new { n = 11, who = hers } }, mode });
            (sent.Data().GetProperty("inserted").GetInt32(), sent.Data().GetProperty("skipped").GetInt32()).ShouldBe((inserted, skipped));
            sent.GetProperty("warning").GetProperty("refs").GetProperty("missing_count").GetInt32().ShouldBe(1);
        }
        (await ada.Get($"/datasets/{id}/data")).Data().GetRawText().ShouldBe($$"""[{"n":10,"who":"{{mine}}"}]""");
        // What is deleted leaves an empty place.
        await ada.Delete($"/datasets/{mine}");
        (await ada.Get($"/datasets/{id}/data")).Data().GetRawText().ShouldBe("""[{"n":10,"who":null}]""");
    }

    [Fact]
    public async Task A_reference_may_take_only_one_type_and_upserts_skip_like_appends()
    {
        var ada = await server.Join("ada_types");
        var mine = await Plain(ada);
        var id = await Made(ada, "CREATE TABLE t (id INTEGER, who TEXT, post TEXT)", new { who = new { kind = "asset", asset_type = "dataset" }, post = new { kind = "asset", asset_type = "post" } });
        var sent = await ada.Post($"/datasets/{id}/data", new
        {
            rows = new object[] { new { id = 1, who = mine, post = (Guid?)null }, new { id = 2, who = mine, post = (Guid?)mine }, new { id = 1, who = (Guid?)null } }, mode = "upsert",
        });
        (sent.Data().GetProperty("inserted").GetInt32(), sent.Data().GetProperty("skipped").GetInt32()).ShouldBe((1, 1));
        sent.GetProperty("warning").GetProperty("refs").GetProperty("type_mismatch_count").GetInt32().ShouldBe(1);
        (await ada.Get($"/datasets/{id}/data")).Data().GetRawText().ShouldBe("""[{"id":1,"who":null,"post":null}]""");
    }

    [Fact]
    public async Task References_are_resolved_as_far_as_the_reader_may_see()
    {
        var (ada, eve) = (await server.Join("ada_resolve"), await server.Join("eve_resolve"));
        var (open, secret) = (await Plain(ada, "Open", "public"), await Plain(ada, "Secret"));
        var run = Guid.CreateVersion7();
        await server.Db.Run($"insert into actions (id, route_id, user_id, status, created_at, last_updated) values ({run}, {open}, {ada.Id}, 'success', now(), now())", default);
        var id = await Made(ada, "CREATE TABLE t (who TEXT, run TEXT)", new { who = AnyAsset, run = new { kind = "action" } }, "public");
        await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { who = open, run }, new { who = secret }, new { who = open } } });

        var resolved = (await ada.Get($"/datasets/{id}/data?resolve_refs=true")).GetProperty("resolved_refs");
        var named = resolved.GetProperty("who").GetProperty(open.ToString());
        (Text(named, "kind"), Text(named, "id"), Text(named, "asset_type"), Text(named, "name")).ShouldBe(("asset", open.ToString(), "dataset", "Open"));
        Text(named, "web_url")!.ShouldEndWith("/datasets/ada_resolve/open");
        resolved.GetProperty("who").TryGetProperty(secret.ToString(), out _).ShouldBeTrue();
        var action = resolved.GetProperty("run").GetProperty(run.ToString());
        (Text(action, "kind"), Text(action, "status"), Text(action, "route_id"), Text(action, "route_name")).ShouldBe(("action", "success", open.ToString(), "Open"));

        resolved = (await eve.Get($"/datasets/{id}/data?resolve_refs=true")).GetProperty("resolved_refs");
        resolved.GetProperty("who").EnumerateObject().Select(p => p.Name).ShouldBe([open.ToString()]);
        resolved.GetProperty("run").EnumerateObject().ShouldBeEmpty();
        (await eve.Get($"/datasets/{id}/data")).TryGetProperty("resolved_refs", out _).ShouldBeFalse();

        var page = await ada.Ouro.Datasets.RowPagesAsync(id).SingleAsync();
        page.ResolvedRefs!["who"][secret].Name.ShouldBe("Secret");
        page.ResolvedRefs["run"][run].Kind.ShouldBe(RefKind.Action);
    }

    [Fact]
    public async Task A_column_becomes_a_reference_when_all_its_values_are_and_plain_again()
    {
        var (ada, eve) = (await server.Join("ada_promote"), await server.Join("eve_promote"));
        var (mine, hers) = (await Plain(ada), await Plain(eve));
        var id = await Made(ada, "CREATE TABLE t (who TEXT)", null);
        await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { who = mine }, new { who = "" }, new { who = hers }, new { who = "word" } } });
        var promote = new { dataset = new { name = "Promoted", refs = new { who = AnyAsset }, metadata = new { refs = new { who = AnyAsset } } } };

        var refused = await ada.Put($"/datasets/{id}", promote, HttpStatusCode.BadRequest);
        refused.Code().ShouldBe("values_do_not_fit");
        refused.GetProperty("error").GetProperty("details").GetProperty("values").GetRawText().ShouldBe("""["word"]""");
        await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { who = mine }, new { who = hers } }, mode = "overwrite" });
        refused = await ada.Put($"/datasets/{id}", promote, HttpStatusCode.BadRequest);
        refused.GetProperty("error").GetProperty("details").GetProperty("values").GetRawText().ShouldBe($"""["{hers}"]""");
        (await ada.Get($"/datasets/{id}")).Data().GetProperty("name").GetString().ShouldBe("Refs");

        await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { who = mine }, new { who = (Guid?)null } }, mode = "overwrite" });
        (await ada.Put($"/datasets/{id}", promote)).Data().GetProperty("name").GetString().ShouldBe("Promoted");
        var constraint = Text((await ada.Get($"/datasets/{id}/schema")).Data()[0], "fk_constraint_name");
        (await server.Db.Maybe<bool>($"select convalidated from pg_constraint where conname = {constraint}", default)).ShouldBeTrue();
        (await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { who = hers } } })).Data().GetProperty("skipped").GetInt32().ShouldBe(1);

        await ada.Put($"/datasets/{id}", new { dataset = new { refs = new { who = (object?)null } } });
        var plain = (await ada.Get($"/datasets/{id}/schema")).Data()[0];
        (Text(plain, "data_type"), Text(plain, "semantic_type")).ShouldBe(("uuid", null));
        (await ada.Post($"/datasets/{id}/data", new { rows = new object[] { new { who = hers } } })).Data().GetProperty("skipped").GetInt32().ShouldBe(0);
        (await server.Db.Maybe<long>($"select count(*) from pg_class where relname = {constraint}", default)).ShouldBe(0);
    }

    [Fact]
    public async Task Fifty_datasets_with_references_are_deleted_behind_a_slow_reader_without_holding_up_others()
    {
        var ada = await server.Join("ada_fifty");
        var mine = await Plain(ada);
        var ids = new List<Guid>();
        for (var n = 0; n < 50; n++)
            ids.Add(await Made(ada, "CREATE TABLE t (who TEXT)", new { who = AnyAsset }));
        await ada.Post($"/datasets/{ids[0]}/data", new { rows = new[] { new { who = mine } } });
        var tables = (await server.Db.Query<string>($"select 't_' || substr(name, 3) from dataset_tables where asset_id = any({ids.ToArray()})", default)).ToArray();

        var slowest = TimeSpan.Zero;
        await using (var reader = await server.Db.Begin(default))
        {
            await reader.Run($"lock table public.assets in access share mode", default);
            using var stop = new CancellationTokenSource();
            var others = Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    var started = System.Diagnostics.Stopwatch.GetTimestamp();
                    await server.Db.Query<Guid>($"select id from assets where id = {mine}", default);
                    var took = System.Diagnostics.Stopwatch.GetElapsedTime(started);
                    if (took > slowest) slowest = took;
                    await Task.Delay(5);
                }
            });
            await Task.WhenAll(ids.Chunk(10).Select(async some =>
            {
                foreach (var id in some) await ada.Delete($"/datasets/{id}");
            }));
            foreach (var id in ids) await ada.Get($"/datasets/{id}", HttpStatusCode.NotFound);
            (await Left()).ShouldBe(50);
            await Task.Delay(2500);
            (await Left()).ShouldBe(50);
            await stop.CancelAsync();
            await others;
        }
        // Every other reader waited for a try at most, which is 200 ms.
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        for (var waited = 0; await Left() > 0; waited++)
        {
            waited.ShouldBeLessThan(200);
            await Task.Delay(100);
        }

        async Task<long> Left() => await server.Db.Maybe<long>($"select count(*) from pg_class where relname = any({tables})", default);
    }

    [Fact]
    public async Task A_foreign_key_waits_for_a_writer_of_assets_and_then_gives_up_kindly()
    {
        var ada = await server.Join("ada_waits");
        var id = await Made(ada, "CREATE TABLE t (who TEXT)", null);
        await using (var writer = await server.Db.Begin(default))
        {
            await writer.Run($"lock table public.assets in row exclusive mode", default);
            (await ada.Put($"/datasets/{id}", new { dataset = new { refs = new { who = AnyAsset } } }, HttpStatusCode.ServiceUnavailable)).Code().ShouldBe("table_busy");
        }
        await ada.Put($"/datasets/{id}", new { dataset = new { refs = new { who = AnyAsset } } });
    }

    [Fact]
    public async Task Many_make_datasets_with_references_at_once()
    {
        var ada = await server.Join("ada_many");
        var mine = await Plain(ada);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(n => ada.Post("/datasets/create/from-schema", new
        {
            dataset = new { name = $"Many {n}", schema = "CREATE TABLE t (who TEXT)", refs = new { who = AnyAsset }, rows = new[] { new { who = mine } } },
        })));
    }

    static string? Text(JsonElement of, string key) => of.GetProperty(key).GetString();

    static async Task<Guid> Plain(Person person, string name = "Plain", string visibility = "private") =>
        (await person.Post("/datasets/create/from-schema", new { dataset = new { name, visibility, schema = "CREATE TABLE t (a INTEGER)" } })).Id();

    static async Task<Guid> Made(Person person, string schema, object? refs, string visibility = "private") =>
        (await person.Post("/datasets/create/from-schema", new { dataset = new { name = "Refs", visibility, schema, refs } })).Id();
}
