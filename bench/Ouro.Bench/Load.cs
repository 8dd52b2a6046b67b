using System.Diagnostics;
using System.Text;

namespace Ouro.Bench;

/// <summary>Clients that ask the same again and again, each as soon as it has its answer.</summary>
/// <param name="port">Where they ask.</param>
/// <param name="requests">The request of each client.</param>
/// <param name="expected">What every right answer holds.</param>
sealed class Load(int port, IReadOnlyList<byte[]> requests, string expected)
{
    readonly byte[] needle = Encoding.UTF8.GetBytes(expected);
    readonly List<double> waited = [];

    /// <summary>The 99th of a hundred waiting times in milliseconds, a figure for each run but the first, which warms up.</summary>
    public Spread Waited => Spread.Of(waited.Skip(1));

    /// <summary>Answers in a second, all clients together. One wrong answer ends the bench: what is fast and wrong is no figure.</summary>
    public async Task<double> Run(TimeSpan time, CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(requests.Select(request => Client(request, began, time, all)));
        var rate = counts.Sum(own => own.Count) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        var sorted = counts.SelectMany(own => own).Order().ToList();
        waited.Add(sorted[(int)(sorted.Count * 0.99)]);
        return rate;
    }

    /// <summary>A POST with a JSON body, ready to be sent.</summary>
    public static byte[] Post(int port, string path, string json, params IEnumerable<(string Name, string Value)> headers)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var head = new StringBuilder($"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n");
        foreach (var (name, value) in headers) head.Append($"{name}: {value}\r\n");
        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>A GET, ready to be sent.</summary>
    public static byte[] Get(int port, string path, params IEnumerable<(string Name, string Value)> headers)
    {
        var head = new StringBuilder($"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n");
        foreach (var (name, value) in headers) head.Append($"{name}: {value}\r\n");
        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }

    async Task<List<float>> Client(byte[] request, long began, TimeSpan time, CancellationTokenSource all)
    {
        try
        {
            using var connection = await Connection.Open(port, all.Token);
            var waits = new List<float>(1 << 12);
            for (var sent = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < time; sent = Stopwatch.GetTimestamp())
            {
                await connection.Send(request, needle, all.Token);
                waits.Add((float)Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
            return waits;
        }
        catch
        {
            await all.CancelAsync();
            throw;
        }
    }
}
