using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ouro.Bench;

/// <summary>The real server, as <c>./ouro up</c> starts it, on a data directory and a port of its own.</summary>
sealed class Product : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    readonly Child child;
    readonly string data;

    Product(Child child, string data, int port)
    {
        (this.child, this.data, Port) = (child, data, port);
        Http = new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(10) };
    }

    public int Port { get; }

    public HttpClient Http { get; }

    /// <summary>From the start of the process to the first answer that it is ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>The owner's API key.</summary>
    public string Key { get; private set; } = "";

    public int Id => child.Id;

    public static Task<Product> Start(Repository repository, string data, CancellationToken ct) => Start(repository.Server, data, FreePort(), ct);

    /// <summary>A program of one's own choice, at a port that an earlier one may have had; what it tells its operator goes to <paramref name="log"/>.</summary>
    public static async Task<Product> Start(string program, string data, int port, CancellationToken ct, Stream? log = null)
    {
        var began = Stopwatch.GetTimestamp();
        var product = new Product(Child.Start("dotnet", [program, "up", "--port", $"{port}", "--data", data], Path.GetDirectoryName(program)!,
            [("OURO_RATE_LIMIT", "0"), ("DOTNET_NOLOGO", "1")], log), data, port);
        try
        {
            await product.Ready(began, ct);
            return product;
        }
        catch
        {
            await product.DisposeAsync();
            throw;
        }
    }

    /// <summary>Of the server and its database, which may have been started by an earlier server and is then not its descendant.</summary>
    public long? Memory() => TreeMemory.Of(Id, Postmaster());

    /// <summary>The database's processes that serve users' SQL just now.</summary>
    public IReadOnlyList<Backend> Busy() => Backend.Busy(Postmaster());

    /// <summary>Signs in as a client does: the key is exchanged for a token.</summary>
    public async Task SignIn(CancellationToken ct)
    {
        using var answer = await Http.PostAsJsonAsync("/api/users/get-token", new { pat = Key }, ct);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<Guid> CreateDataset(string name, int rows, CancellationToken ct)
    {
        var data = Enumerable.Range(1, rows).Select(i => new { number = i, half = i / 2.0, word = $"word {i % 17}" });
        using var answer = await Http.PostAsJsonAsync("/api/datasets/create/from-schema", new { dataset = new { name, rows = data } }, ct);
        return (await Data(answer, ct)).GetProperty("id").GetGuid();
    }

    public async Task<Guid> CreateEmpty(string name, string schema, CancellationToken ct)
    {
        using var answer = await Http.PostAsJsonAsync("/api/datasets/create/from-schema", new { dataset = new { name, schema } }, ct);
        return (await Data(answer, ct)).GetProperty("id").GetGuid();
    }

    public async Task Delete(Guid dataset, CancellationToken ct)
    {
        using var answer = await Http.DeleteAsync(new Uri($"/api/datasets/{dataset}", UriKind.Relative), ct);
        answer.EnsureSuccessStatusCode();
    }

    public async Task Query(Guid dataset, string sql, CancellationToken ct)
    {
        using var answer = await Http.PostAsJsonAsync($"/api/datasets/{dataset}/query-custom", new { query = sql }, ct);
        await Data(answer, ct);
    }

    public static async Task<JsonElement> Data(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        return answer.IsSuccessStatusCode ? JsonElement.Parse(text).GetProperty("data")
            : throw new BenchException($"{answer.RequestMessage!.RequestUri!.AbsolutePath} answered {(int)answer.StatusCode}: {text}");
    }

    /// <summary>How psql reaches the embedded database: the socket that PostgreSQL wrote down, as the role of the application.</summary>
    public (string Name, string Value)[] PsqlEnvironment()
    {
        var lines = File.ReadAllLines(PidFile);
        // Every secret follows from the one of the data directory; see ServerKey.
        var password = HMACSHA256.HashData(File.ReadAllBytes(Path.Combine(data, "server.key")), "application role"u8.ToArray());
        return
        [
            ("PGPORT", lines[3]), ("PGHOST", lines[4]), ("PGUSER", "ouro_app"), ("PGDATABASE", "ouro"),
            ("PGPASSWORD", System.Buffers.Text.Base64Url.EncodeToString(password)),
        ];
    }

    /// <summary>Ends the server as nothing can be done against; its database stays.</summary>
    public Task Kill() => child.Kill();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await child.DisposeAsync();
    }

    string PidFile => Path.Combine(data, "postgres", "postmaster.pid");

    /// <summary>The first process of the database.</summary>
    public int Postmaster() => int.Parse(File.ReadLines(PidFile).First(), System.Globalization.CultureInfo.InvariantCulture);

    async Task Ready(long began, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative), ct);
                if (answer.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException)
            {
                // Nothing listens yet.
            }
            if (child.HasEnded || Stopwatch.GetElapsedTime(began) > Patience) throw new BenchException("The server did not become ready.");
            await Task.Delay(Glance, ct);
        }
        ReadyAfter = Stopwatch.GetElapsedTime(began);
        Key = (await File.ReadAllTextAsync(Path.Combine(data, "owner.key"), Encoding.ASCII, ct)).Trim();
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
    }

    /// <summary>A port that nobody has at the moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
