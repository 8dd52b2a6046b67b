using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Ouro.Bench;

/// <summary>Files in and out: large ones by each way there is, many small ones, and what memory the largest take.</summary>
static class FilesBench
{
    const double Enough = 300, Share = 0.6, Base64Limit = 150, SmallLimit = 500;
    const long GrowthLimit = 32L << 20, Base64Size = 256L << 20, Largest = 5 * Cargo.Gibibyte;
    const int SmallFiles = 1_000, SmallSize = 4 << 10, Connections = 16;

    // The rounds of a gigabyte are long enough for themselves.
    static readonly TimeSpan MostWarmUp = TimeSpan.FromSeconds(5);

    static readonly Bar Tus = new("1 GiB up by tus, pieces of 8 MiB", $"{Coreutils.Name} (300 MB/s are enough)", null, Share);
    static readonly Bar Put = new("1 GiB up by PUT to a signed address", $"{Coreutils.Name} (300 MB/s are enough)", null, Share);
    static readonly Bar TusBeside = new("1 GiB up by tus, pieces of 8 MiB", TusServer.Name, null, 1.5);
    static readonly Bar PutBeside = new("1 GiB up by PUT to a signed address", TusServer.Name, null, 1.5);
    static readonly Bar Text = new("256 MiB up as base64 in JSON", null, "150 MB/s", 1);
    static readonly Bar Down = new("1 GiB down", Nginx.Name, null, 0.8);
    static readonly Bar Small = new($"{SmallFiles:N0} files of 4 KiB up, {Connections} connections", null, "500 files/s", 1);
    static readonly Bar UpGrowth = new("memory growth while 5 GiB go up by tus", null, "32 MB", 1);
    static readonly Bar DownGrowth = new("memory growth while 5 GiB go down", null, "32 MB", 1);

    public static Bench Bench { get; } = new("files", [Tus, Put, TusBeside, PutBeside, Text, Down, Small, UpGrowth, DownGrowth], Run);

    static async Task<IReadOnlyList<Row>> Run(Repository repository, Pace pace, CancellationToken ct)
    {
        pace = pace with { WarmUp = pace.WarmUp < MostWarmUp ? pace.WarmUp : MostWarmUp, Slice = TimeSpan.Zero };
        using var scratch = new Scratch();
        using var cargo = Cargo.Load(scratch);
        await using var ours = await Product.Start(repository, scratch.File("data"), ct);
        await using var node = await TusServer.Start(repository, scratch.File("tus"), ct);
        var sender = new FileSender(ours, cargo, scratch.File(Path.Combine("data", "objects")));
        var nodeTus = node is null ? null : new TusClient(node.Http, new(node.Http.BaseAddress!, "/files"));

        var tus = Megabytes("tus", Cargo.Gibibyte, token => sender.ByTus(Cargo.Gibibyte, token));
        var put = Megabytes("PUT", Cargo.Gibibyte, sender.ByPut);
        var text = Megabytes("base64", Base64Size, token => sender.AsText(Base64Size, token));
        var core = Megabytes(Coreutils.Name, Cargo.Gibibyte, token => Coreutils.WriteAndHash(cargo, scratch, token));
        var peer = nodeTus is null ? null : Megabytes(TusServer.Name, Cargo.Gibibyte, async token =>
        {
            var began = Stopwatch.GetTimestamp();
            var upload = await nodeTus.Send(cargo, Cargo.Gibibyte, token);
            var took = Stopwatch.GetElapsedTime(began);
            await nodeTus.Remove(upload, token);
            return took;
        });
        var ups = await Rounds.Alternate(pace, [tus, put, core, .. peer is null ? [] : new[] { peer }, text], ct);

        var (file, sha256) = await sender.Publish(Cargo.Gibibyte, ct);
        await using var nginx = await Nginx.Start(scratch, sender.Folder, ct);
        var down = Megabytes("download", Cargo.Gibibyte, token => FileSender.Fetch(ours.Http, $"/api/files/{file}/content", Cargo.Gibibyte, token));
        var nginxDown = nginx is null ? null : Megabytes(Nginx.Name, Cargo.Gibibyte, token => FileSender.Fetch(nginx.Http, $"/{sha256[..2]}/{sha256}", Cargo.Gibibyte, token));
        var downs = await Rounds.Alternate(pace, [down, .. nginxDown is null ? [] : new[] { nginxDown }], ct);

        var small = new Side("small files", (time, token) => SmallBatches(ours, time, token));
        var smalls = await Rounds.Alternate(pace, [small], ct);

        Progress.Say("5 GiB up");
        long? upGrowth, downGrowth;
        await using (var watch = MemoryWatch.Begin(ours.Memory))
        {
            (file, _) = await sender.Publish(Largest, ct);
            upGrowth = await watch.Growth();
        }
        Progress.Say("5 GiB down");
        await using (var watch = MemoryWatch.Begin(ours.Memory))
        {
            await FileSender.Fetch(ours.Http, $"/api/files/{file}/content", Largest, ct);
            downGrowth = await watch.Growth();
        }

        var memory = $"ours {TreeMemory.Shown(ours.Memory())}";
        string Rate(Rounds of, Side side) => of.Of(side).Shown("N0", " MB/s");
        Row BesideCore(Bar bar, Side side) => new(bar, Rate(ups, side), Rate(ups, core), AtLeast(ups.Ratio(side, core), IngestBench.Against(ups.Of(side), Enough / Share)), "");
        Row BesideNode(Bar bar, Side side) => new(bar, Rate(ups, side), peer is null ? null : Rate(ups, peer), peer is null ? null : ups.Ratio(side, peer),
            node is null ? "" : $"peer {TreeMemory.Shown(node.Memory())}");
        Row Grown(Bar bar, long? growth) =>
            new(bar, TreeMemory.Shown(growth), null, growth is { } g ? Spread.Of([GrowthLimit / (double)Math.Max(1, g)]) : null, memory);
        return
        [
            BesideCore(Tus, tus), BesideCore(Put, put), BesideNode(TusBeside, tus), BesideNode(PutBeside, put),
            new(Text, Rate(ups, text), null, IngestBench.Against(ups.Of(text), Base64Limit), ""),
            new(Down, Rate(downs, down), nginxDown is null ? null : Rate(downs, nginxDown), nginxDown is null ? null : downs.Ratio(down, nginxDown),
                nginx is null ? "" : $"peer {TreeMemory.Shown(nginx.Memory())}"),
            new(Small, smalls.Of(small).Shown("N0", " files/s"), null, IngestBench.Against(smalls.Of(small), SmallLimit), ""),
            Grown(UpGrowth, upGrowth), Grown(DownGrowth, downGrowth),
        ];
    }

    /// <summary>Whichever of two measures is the kinder.</summary>
    static Spread AtLeast(Spread ratio, Spread enough) => ratio.Median >= enough.Median ? ratio : enough;

    /// <summary>Transfers one after the other until the time is over, at least one; what is tidied up between them does not count.</summary>
    static Side Megabytes(string name, long bytes, Func<CancellationToken, Task<TimeSpan>> once) => new(name, async (time, ct) =>
    {
        var (count, spent) = (0, TimeSpan.Zero);
        for (; count == 0 || spent < time; count++) spent += await once(ct);
        return count * (bytes / 1e6) / spent.TotalSeconds;
    });

    static async Task<double> SmallBatches(Product product, TimeSpan time, CancellationToken ct)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Connection.Open(product.Port, ct)));
        try
        {
            var (count, spent) = (0, TimeSpan.Zero);
            for (; count == 0 || spent < time; count += SmallFiles)
            {
                var requests = Enumerable.Range(0, SmallFiles).Select(_ => SmallFile(product)).ToArray();
                var (next, began) = (-1, Stopwatch.GetTimestamp());
                await Task.WhenAll(connections.Select(async connection =>
                {
                    while (Interlocked.Increment(ref next) is var mine && mine < requests.Length) await connection.Send(requests[mine], "\"asset_type\":\"file\""u8.ToArray(), ct);
                }));
                spent += Stopwatch.GetElapsedTime(began);
            }
            return count / spent.TotalSeconds;
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    static byte[] SmallFile(Product product)
    {
        var bytes = new byte[SmallSize];
        Random.Shared.NextBytes(bytes);
        return
        [
            .. Encoding.ASCII.GetBytes($"POST /api/files/create/from-file?file_name=small.bin HTTP/1.1\r\nhost: 127.0.0.1:{product.Port}\r\nauthorization: Bearer {product.Key}\r\n"
                + string.Create(CultureInfo.InvariantCulture, $"content-type: application/octet-stream\r\ncontent-length: {bytes.Length}\r\n\r\n")),
            .. bytes,
        ];
    }
}

/// <summary>Sends large files to the product by each of its doors, and takes them away again.</summary>
sealed class FileSender(Product product, Cargo cargo, string folder)
{
    const int Buffer = 1 << 20;

    readonly TusClient tus = new(product.Http, new(product.Http.BaseAddress!, "/api/files/uploads"));

    /// <summary>Where the product keeps content.</summary>
    public string Folder => folder;

    public async Task<TimeSpan> ByTus(long length, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        var upload = await tus.Send(cargo, length, ct);
        var took = Stopwatch.GetElapsedTime(began);
        await tus.Remove(upload, ct);
        Empty();
        return took;
    }

    public async Task<TimeSpan> ByPut(CancellationToken ct)
    {
        using var announced = await product.Http.PostAsJsonAsync("/api/files/upload-url", new { file_name = "cargo.bin" }, ct);
        var address = new Uri((await Product.Data(announced, ct)).GetProperty("upload_url").GetString()!);
        var began = Stopwatch.GetTimestamp();
        using var body = cargo.Body(Cargo.Gibibyte, "application/octet-stream");
        using var answer = await product.Http.PutAsync(new Uri(address.PathAndQuery, UriKind.Relative), body, ct);
        var upload = await Product.Data(answer, ct);
        var took = Stopwatch.GetElapsedTime(began);
        await Discard(upload, Cargo.Gibibyte, ct);
        return took;
    }

    public async Task<TimeSpan> AsText(long length, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        using var body = cargo.Json(length);
        using var answer = await product.Http.PostAsync(new Uri("/api/files/upload", UriKind.Relative), body, ct);
        var upload = await Product.Data(answer, ct);
        var took = Stopwatch.GetElapsedTime(began);
        await Discard(upload, length, ct);
        return took;
    }

    /// <summary>Makes a file that stays, sent by tus; its id, and the sum by which its content is named.</summary>
    public async Task<(Guid Id, string Sha256)> Publish(long length, CancellationToken ct)
    {
        var upload = await tus.Send(cargo, length, ct);
        using var created = await product.Http.PostAsJsonAsync("/api/files/create", new { file = new { name = "cargo", id = upload.Segments[^1], visibility = "public" } }, ct);
        var id = (await Product.Data(created, ct)).GetProperty("id").GetGuid();
        var content = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Single(file => file.Length == length);
        return (id, content.Name);
    }

    /// <summary>Reads an answer's bytes and does nothing with them.</summary>
    public static async Task<TimeSpan> Fetch(HttpClient http, string path, long length, CancellationToken ct)
    {
        var (buffer, all) = (new byte[Buffer], 0L);
        var began = Stopwatch.GetTimestamp();
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
        answer.EnsureSuccessStatusCode();
        await using var bytes = await answer.Content.ReadAsStreamAsync(ct);
        for (int read; (read = await bytes.ReadAsync(buffer, ct)) > 0;) all += read;
        return all == length ? Stopwatch.GetElapsedTime(began) : throw new BenchException($"{path} has {length:N0} bytes, and {all:N0} came.");
    }

    async Task Discard(JsonElement upload, long length, CancellationToken ct)
    {
        if (upload.GetProperty("size").GetInt64() != length) throw new BenchException($"{length:N0} bytes were sent, and others are told of: {upload}");
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri("/api/files/upload", UriKind.Relative))
        {
            Content = JsonContent.Create(new { upload_id = upload.GetProperty("upload_id").GetString() }),
        };
        using var answer = await product.Http.SendAsync(request, ct);
        await Product.Data(answer, ct);
        Empty();
    }

    /// <summary>The product keeps content for a while that nobody has a use for; the disk of a bench is smaller than that.</summary>
    void Empty()
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)) file.Delete();
    }
}
