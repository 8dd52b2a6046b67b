using System.Diagnostics;

namespace Ouro.Bench;

/// <summary>A file through the REST door, followed until it is a dataset.</summary>
static class Imported
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>The time from the request to the dataset. At each look at how far it is, <paramref name="look"/> may look at something else.</summary>
    public static async Task<(double Seconds, Guid Dataset)> Of(Product product, string file, CancellationToken ct, Action? look = null)
    {
        var began = Stopwatch.GetTimestamp();
        await using var bytes = File.OpenRead(file);
        using var body = new StreamContent(bytes, 1 << 16);
        using var answer = await product.Http.PostAsync(new Uri($"/api/datasets/create/from-file?wait=0&name=bench&file_name={Path.GetFileName(file)}", UriKind.Relative), body, ct);
        var job = await Product.Data(answer, ct);
        // A wait of none answers with the job, unless it is done by then.
        if (!job.TryGetProperty("stage", out _)) return (Stopwatch.GetElapsedTime(began).TotalSeconds, job.GetProperty("id").GetGuid());
        while (job.GetProperty("status").GetString() is not "success")
        {
            if (job.GetProperty("status").GetString() is "error") throw new BenchException($"The import failed: {job}");
            look?.Invoke();
            await Task.Delay(Look, ct);
            using var told = await product.Http.GetAsync(new Uri($"/api/datasets/imports/{job.GetProperty("id").GetGuid()}", UriKind.Relative), ct);
            job = await Product.Data(told, ct);
        }
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, job.GetProperty("dataset_id").GetGuid());
    }
}
