using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ouro.Tests.Files;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Mcp;

public sealed class FileToolTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task An_agent_makes_changes_and_downloads_files()
    {
        var ada = await server.Join("ada_file_tools");
        var made = (await ada.Ask("create_file", new { name = "Iron", file_content_text = Sent.Cif, file_name = "Fe.cif", visibility = "public", description = "A cell" })).One;
        (made.GetProperty("asset_type").GetString(), made.GetProperty("size").GetInt32()).ShouldBe(("file", Sent.Cif.Length));
        var id = made.GetProperty("id").GetGuid();
        (await server.Follow(made.GetProperty("file_url").GetString()!)).Bytes.ShouldBe(Encoding.UTF8.GetBytes(Sent.Cif));

        var answers = await ada.Ask(
            Agent.Call("update_file", new { id, name = "Iron, changed", file_content_base64 = "eA==", file_name = "x.bin" }),
            Agent.Call("get_asset", new { id, detail = "full" }),
            Agent.Call("download_asset", new { id }),
            Agent.Call("create_file", new { name = "Two ways", file_content_text = "a", file_content_base64 = "eA==", file_name = "a.txt" }),
            Agent.Call("create_file", new { name = "No name", file_content_text = "a" }),
            Agent.Call("create_file", new { name = "Not base64", file_content_base64 = "***", file_name = "a.bin" }),
            Agent.Call("update_file", new { id = Guid.CreateVersion7(), name = "x" }),
            Agent.Call("create_file", new { name = "No upload", upload_id = "files/nobody/0190a000-0000-7000-8000-000000000001.bin" }));
        (answers[0].One.GetProperty("name").GetString(), answers[0].One.GetProperty("size").GetInt32()).ShouldBe(("Iron, changed", 1));
        answers[1].One.GetProperty("metadata").GetProperty("file_name").GetString().ShouldBe("x.bin");
        (await server.Follow(answers[1].One.GetProperty("file_url").GetString()!)).Bytes.ShouldBe("x"u8.ToArray());
        answers[2].One.GetProperty("command").GetString().ShouldStartWith("curl -f -o 'x.bin' ");
        foreach (var refused in answers.GetRange(3, 3)) refused.Refused("bad_request", 400, "invalid_fields");
        answers[6].Refused("not_found", 404, "asset_not_found");
        answers[7].Refused("not_found", 404, "upload_not_found");
    }

    [Fact]
    public async Task An_agent_sends_a_large_file_to_an_address_and_makes_it_a_file()
    {
        var ada = await server.Join("ada_upload_tools");
        var bytes = new byte[3_000_000];
        Random.Shared.NextBytes(bytes);
        var to = (await ada.Ask("create_upload_url", new { file_name = "o'clock.bin" })).One;
        to.GetProperty("command").GetString().ShouldStartWith("curl -f -X PUT -H 'Content-Type: application/octet-stream' --data-binary @'o'\\''clock.bin' 'http");
        using var http = server.Anonymous();
        using var body = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        (await http.PutAsync(new Uri(to.GetProperty("upload_url").GetString()!).PathAndQuery, body)).EnsureSuccessStatusCode();
        var made = (await ada.Ask("create_file", new { name = "Large", upload_id = to.GetProperty("upload_id") })).One;
        made.GetProperty("size").GetInt32().ShouldBe(bytes.Length);

        var read = await Agent.Run(server, new { Authorization = "Bearer " + ada.Key }, [new { resource = $"ouro://files/{made.GetProperty("id")}" }]);
        var file = JsonElement.Parse(read.GetProperty("answers")[0].GetProperty("contents")[0].GetProperty("text").GetString()!);
        file.GetProperty("metadata").GetProperty("size").GetInt32().ShouldBe(bytes.Length);
        (await server.Follow(file.GetProperty("file_url").GetString()!)).Bytes.ShouldBe(bytes);
    }
}
