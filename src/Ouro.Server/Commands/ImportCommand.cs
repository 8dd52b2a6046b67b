using System.Diagnostics;
using Ouro.Server.Datasets;

namespace Ouro.Server.Commands;

/// <summary>Loads a file of this machine as a dataset, with a progress bar on standard error.</summary>
static class ImportCommand
{
    public static async Task<int> Run(Settings settings, string path, string? name, string user, CancellationToken ct)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file {path}.");
        await using var ouro = await WithoutServer.Open(settings, ct);
        var actor = await ouro.As(user, ct);
        var bar = new Bar();
        var dataset = await ouro.Get<ImportOperations>().ImportLocal(actor, new() { Name = name, FileName = Path.GetFileName(path) }, Path.GetFullPath(path), bar, ct);
        bar.End();
        var stats = await ouro.Get<DatasetOperations>().Stats(actor, dataset.Id, ct);
        var url = (ouro.Directory.Address ?? ouro.Get<WebAddress>().Root) + dataset.Slug;
        return WithoutServer.Print(new { dataset_id = dataset.Id, rows = stats.Count, url });
    }

    sealed class Bar : IProgress<IngestProgress>
    {
        const int Width = 30;
        readonly long started = Stopwatch.GetTimestamp();
        readonly bool isTerminal = !Console.IsErrorRedirected;
        IngestProgress last;

        public void Report(IngestProgress value)
        {
            last = value;
            if (isTerminal) Console.Error.Write("\r" + Line());
        }

        public void End() => Console.Error.WriteLine((isTerminal ? "\r" : "") + Line());

        string Line()
        {
            var part = last.TotalBytes == 0 ? 1 : Math.Clamp((double)last.Bytes / last.TotalBytes, 0, 1);
            var full = (int)(part * Width);
            var rate = last.Rows / Math.Max(0.001, Stopwatch.GetElapsedTime(started).TotalSeconds);
            return $"[{new string('█', full)}{new string('░', Width - full)}] {part,4:0 %}  {last.Rows,11:N0} rows  {rate,9:N0} rows/s";
        }
    }
}
