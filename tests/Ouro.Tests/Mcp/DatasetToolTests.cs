using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

public sealed class DatasetToolTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_agent_makes_changes_and_edits_a_dataset()
    {
        var ada = await server.Join("ada_tools");
        var target = (await ada.Ask("create_dataset", new { name = "Target", data = new[] { new { a = 1 } } })).One.GetProperty("id").GetGuid();
        var made = (await ada.Ask("create_dataset", new
        {
            name = "Made", data = new object[] { new { id = 1, who = target, kind = "x" }, new { id = 2, who = Guid.CreateVersion7(), kind = "y" } },
            refs = """{"who": {"kind": "asset", "asset_type": "dataset"}}""", enum_columns = new { kind = new { values = new[] { "x", "y" } } },
        })).One;
        made.GetProperty("refs").GetRawText().ShouldBe("""{"who":{"kind":"asset","asset_type":"dataset"}}""");
        made.GetProperty("enum_columns").GetRawText().ShouldBe("""{"kind":{"values":["x","y"]}}""");
        made.GetProperty("row_ingest").GetProperty("skipped").GetInt32().ShouldBe(1);
        made.GetProperty("ingest_warning").GetProperty("refs").GetProperty("missing_count").GetInt32().ShouldBe(1);
        var id = made.GetProperty("id").GetGuid();

        var answers = await ada.Ask(
            Agent.Call("update_dataset", new { id, name = "Changed", data = """[{"id": 1, "kind": "y"}, {"id": 3, "kind": "x"}]""", data_mode = "upsert", enum_columns = """{"kind": null}""" }),
            Agent.Call("edit_dataset_columns", new
            {
                dataset_id = id,
                operations = new object[]
                {
                    new { op = "add", name = "Note", type = "text", label = "N" }, new { op = "rename", column = "kind", newName = "sort" },
                    new { op = "update", column = "note", type = "enum", enumValues = new[] { "a" } }, new { op = "drop", column = "id" },
                },
            }),
            Agent.Call("query_dataset", new { dataset_id = id, resolve_refs = true, response_format = "json" }),
            Agent.Call("edit_dataset_columns", new { dataset_id = id, operations = new object[] { new { op = "add", name = "more" }, new { op = "drop", column = "nothing" } } }),
            Agent.Call("edit_dataset_columns", new { dataset_id = id, operations = new object[] { new { op = "explode" } } }),
            Agent.Call("update_dataset", new { id, refs = new { who = "asset" } }),
            Agent.Call("update_dataset", new { id = Guid.CreateVersion7(), name = "x" }),
            Agent.Call("get_asset", new { id, detail = "full" }));
        answers[0].One.GetProperty("name").GetString().ShouldBe("Changed");
        answers[0].One.GetProperty("row_ingest").GetProperty("inserted").GetInt32().ShouldBe(2);
        answers[0].One.GetProperty("enum_columns").GetRawText().ShouldBe("{}");

        var edited = answers[1].One;
        edited.GetProperty("operations").EnumerateArray().Select(o => o.GetProperty("op").GetString()).ShouldBe(["add", "rename", "update", "drop"]);
        edited.GetProperty("operations")[3].GetProperty("result").GetRawText().ShouldBe("""{"dropped":"id"}""");
        edited.GetProperty("schema").EnumerateArray().Select(c => $"{c.GetProperty("column_name")} {c.GetProperty("data_type")}").ShouldBe(["who uuid", "sort text", "note text"]);

        answers[2].One.GetProperty("resolved_refs").GetProperty("who").GetProperty(target.ToString()).GetProperty("name").GetString().ShouldBe("Target");
        answers[3].Refused("not_found", 404, "column_not_found").GetProperty("message").GetString()!.ShouldStartWith("Change 2 of 2:");
        answers[4].Refused("bad_request", 400, "invalid_fields").GetProperty("message").GetString()!.ShouldContain("operations[0]");
        answers[5].Refused("bad_request", 400, "invalid_fields").GetProperty("message").GetString()!.ShouldContain("refs");
        answers[6].Refused("not_found", 404, "asset_not_found");
        answers[7].One.GetProperty("schema").EnumerateArray().Select(c => c.GetProperty("column_name").GetString()).ShouldBe(["who", "sort", "note"]);
    }
}
