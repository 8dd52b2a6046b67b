using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Ouro.Tests.Commands;

/// <summary>The first command, as a person runs it.</summary>
public sealed class UpTests : IDisposable
{
    readonly string data = Path.Combine(Path.GetTempPath(), "ouro-up-" + Guid.CreateVersion7().ToString("N")[20..]);

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task The_first_start_says_where_it_is_and_how_to_get_in()
    {
        await using var server = new ServerProcess(data);
        await server.Start();
        server.Output.ShouldContain($"http://localhost:{server.Port}");
        server.Output.ShouldContain($"http://localhost:{server.Port}/sign-in/link?code=");
        server.Output.ShouldContain($"http://localhost:{server.Port}/api");
        server.Output.ShouldContain(server.Key);
        File.GetUnixFileMode(Path.Combine(data, "owner.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await server.Get("/user")).GetProperty("username").GetString().ShouldBe("owner");

        var second = await ServerProcess.Run(data, "up", "--port", "0");
        second.Code.ShouldBe(1);
        second.Errors.ShouldContain("already runs");
        second.Errors.ShouldContain(server.Id.ToString());

        var (code, took) = await server.Terminate();
        code.ShouldBe(0);
        took.ShouldBeLessThan(TimeSpan.FromSeconds(20));

        await using var again = new ServerProcess(data);
        await again.Start();
        again.Output.ShouldNotContain("ouro_pat_");
        again.Output.ShouldNotContain("code=");
        (await again.Get("/user")).GetProperty("username").GetString().ShouldBe("owner");
    }

    [Fact]
    public async Task The_small_commands_work_beside_the_server_and_without_it()
    {
        await using (var server = new ServerProcess(data))
        {
            await server.Start();
            await Accounts("beside", async key =>
            {
                using var http = server.Http();
                http.DefaultRequestHeaders.Remove("Authorization");
                http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", key);
                (await http.GetAsync("/api/user")).StatusCode.ShouldBe(HttpStatusCode.OK);
            });
        }
        await Accounts("without", _ => Task.CompletedTask);
    }

    async Task Accounts(string name, Func<string, Task> works)
    {
        var user = Last(await ServerProcess.Run(data, "user", "add", name, "--agent", "--email", $"{name}@example.org"));
        user.GetProperty("username").GetString().ShouldBe(name);
        user.GetProperty("user_id").GetGuid().ShouldNotBe(Guid.Empty);
        await works(user.GetProperty("api_key").GetString()!);

        var org = Last(await ServerProcess.Run(data, "org", "add", $"{name}-lab", "--admin", name));
        org.GetProperty("org_id").GetGuid().ShouldNotBe(org.GetProperty("default_team_id").GetGuid());
        foreach (var bound in (string[])["personal", $"{name}-lab"])
            await works(Last(await ServerProcess.Run(data, "key", "add", name, "--org", bound)).GetProperty("api_key").GetString()!);

        var invitation = new Uri(Last(await ServerProcess.Run(data, "user", "invite", "--email", $"guest-{name}@example.org")).GetProperty("url").GetString()!);
        (invitation.Host, invitation.AbsolutePath, invitation.Query.Length).ShouldBe(("localhost", "/sign-up", "?invitation=".Length + 43));
        Last(await ServerProcess.Run(data, "user", "links")).GetProperty("links").GetArrayLength().ShouldBe(0);

        var csv = Path.Combine(data, "..", $"{Path.GetFileName(data)}.csv");
        await File.WriteAllTextAsync(csv, "a,b\n1,x\n2,y\n");
        try
        {
            var import = await ServerProcess.Run(data, "import", csv, "--name", name, "--as", name);
            Last(import).GetProperty("rows").GetInt32().ShouldBe(2);
            import.Errors.ShouldContain("100 %");
        }
        finally
        {
            File.Delete(csv);
        }
        foreach (var (refused, why) in new (string[], string)[]
        {
            (["user", "add", name], "already"), (["user", "add", "no spaces"], "letters"), (["org", "add", "Not A Slug", "--admin", name], "lowercase"),
            (["key", "add", "nobody_there"], "no account"), (["key", "add", name, "--org", "nowhere"], "no organization"), (["import", "/nowhere.csv"], "no file"),
            (["user", "invite", "--as", name], "operators"), (["user", "links", "--as", name], "operators"),
        })
        {
            var answer = await ServerProcess.Run(data, refused);
            answer.Code.ShouldBe(1, string.Join(' ', refused));
            answer.Output.ShouldBeEmpty();
            answer.Errors.ShouldContain(why);
        }
    }

    [Fact]
    public async Task A_kill_of_server_and_database_during_an_import_leaves_the_dataset_whole_or_absent()
    {
        var before = new Dictionary<Guid, string>();
        await using (var server = new ServerProcess(data))
        {
            await server.Start();
            using var http = server.Http();
            // One that is loading, and one that is still arriving.
            var rows = string.Concat(Enumerable.Range(0, 600_000).Select(i => $"{i},some words that take their time\n"));
            var loading = await http.PostAsync("/api/datasets/create/from-file?name=Loading&wait=0&file_name=l.csv", new StringContent("a,b\n" + rows));
            before[(await loading.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetGuid()] = "Loading";
            _ = http.PostAsync("/api/datasets/create/from-file?name=Arriving&file_name=a.csv", new StreamContent(new Endless()));
            for (var tries = 0; (await server.Get("/datasets/imports")).GetArrayLength() < 2 && tries < 100;) await Task.Delay(20);
            foreach (var import in (await server.Get("/datasets/imports")).EnumerateArray()) before.TryAdd(import.GetProperty("id").GetGuid(), "Arriving");
            await server.KillEverything();
        }
        before.Count.ShouldBe(2);

        await using var again = new ServerProcess(data);
        await again.Start();
        foreach (var (id, name) in before)
        {
            JsonElement import;
            for (var tries = 0; (import = await again.Get($"/datasets/imports/{id}")).GetProperty("status").GetString() is "queued" or "in-progress"; tries++)
            {
                tries.ShouldBeLessThan(600);
                await Task.Delay(100);
            }
            if (name == "Arriving")
            {
                import.GetProperty("error").GetProperty("code").GetString().ShouldBe("import_interrupted");
                (await again.Get("/search/assets?query=arriving")).GetArrayLength().ShouldBe(0);
                continue;
            }
            import.GetProperty("status").GetString().ShouldBe("success");
            var dataset = import.GetProperty("dataset_id").GetGuid();
            (await again.Get($"/datasets/{dataset}/stats")).GetProperty("count").GetInt32().ShouldBe(600_000);
            (await again.Get("/search/assets?query=loading")).GetArrayLength().ShouldBe(1);
        }
        Directory.GetFiles(Path.Combine(data, "spool")).ShouldBeEmpty();
    }

    static JsonElement Last((int Code, string Output, string Errors) run)
    {
        run.Code.ShouldBe(0, run.Errors);
        return JsonSerializer.Deserialize<JsonElement>(run.Output.Trim().Split('\n')[^1]);
    }

    /// <summary>A file that never ends, at a pace that leaves the machine to others.</summary>
    sealed class Endless : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => 0; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(20, cancellationToken);
            var count = Math.Min(buffer.Length, 4096);
            buffer.Span[..count].Fill((byte)'1');
            return count;
        }
    }
}
