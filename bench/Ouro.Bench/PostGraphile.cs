using System.Text.Json;

namespace Ouro.Bench;

/// <summary>PostGraphile on Node 22: GraphQL over the same rows, in a table of its own with a primary key.</summary>
sealed class PostGraphile : IAsyncDisposable
{
    public const string Name = "PostGraphile";
    const string Script = "postgraphile/dist/cli-run.js", Node = "node/bin/node";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Child child;

    PostGraphile(Child child, int port) => (this.child, Port) = (child, port);

    public int Port { get; }

    public long? Memory() => TreeMemory.Of(child.Id);

    /// <summary>The request of a page of 20 rows.</summary>
    public byte[] Page(long offset) => Load.Post(Port, "/graphql", Question(offset), ("accept", "application/json"));

    static string Question(long offset) => JsonSerializer.Serialize(new
    {
        query = $"query Page($offset: Int!) {{ allPageds(first: 20, offset: $offset, orderBy: ID_ASC) {{ nodes {{ {string.Join(' ', Million.Columns.Select(Camel))} }} pageInfo {{ hasNextPage }} }} }}",
        variables = new { offset },
    });

    static string Camel(string column) => column is "seen_at" ? "seenAt" : column;

    /// <summary>Null where it cannot be installed or does not start.</summary>
    public static async Task<PostGraphile?> Start(Repository repository, Product product, CancellationToken ct)
    {
        if (await repository.Package(Script, ct) is not { } script || await repository.Package(Node, ct) is not { } node) return null;
        var port = Product.FreePort();
        var server = new PostGraphile(Child.Start(node,
            [script, "-P", "postgraphile/presets/v4", "-c", "postgres:///ouro", "-s", "bench", "-p", $"{port}", "-n", "127.0.0.1", "--no-watch"],
            System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(script)!)!)!,
            [.. product.PsqlEnvironment(), ("NODE_ENV", "production"), ("GRAPHILE_ENV", "production")]), port);
        using var http = new HttpClient();
        for (var began = System.Diagnostics.Stopwatch.GetTimestamp(); ;)
            try
            {
                using var content = new StringContent(Question(0), System.Text.Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{port}/graphql"), content, ct);
                var said = await answer.Content.ReadAsStringAsync(ct);
                if (answer.IsSuccessStatusCode && said.Contains("\"number\"", StringComparison.Ordinal)) return server;
                Progress.Say($"PostGraphile said {(int)answer.StatusCode}: {said[..Math.Min(300, said.Length)]}");
                break;
            }
            catch (HttpRequestException) when (!server.child.HasEnded && System.Diagnostics.Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(100, ct);
            }
            catch (HttpRequestException)
            {
                break;
            }
        await server.DisposeAsync();
        return null;
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();
}
