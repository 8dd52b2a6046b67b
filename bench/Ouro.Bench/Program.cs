using System.Globalization;
using System.Runtime.InteropServices;

namespace Ouro.Bench;

/// <summary><c>Ouro.Bench [--list] [--trial] [NAME…]</c>: the named benches, or all.</summary>
static class Program
{
    static async Task<int> Main(string[] args)
    {
        if (args.Contains("--list")) return List();
        if (args.Contains(BareServer.Argument))
        {
            await BareServer.Serve();
            return 0;
        }
        if (args.FirstOrDefault() == UploadSender.Argument) return await UploadSender.Serve(args[1..]);
        var pace = args.Contains("--trial") ? Pace.Trial : Pace.Full;
        var names = args.Where(arg => !arg.StartsWith("--", StringComparison.Ordinal)).ToArray();
        if (names.FirstOrDefault(name => Bench.All.All(bench => bench.Name != name)) is { } unknown)
        {
            Progress.Say($"there is no bench “{unknown}”; there are {string.Join(", ", Bench.All.Select(bench => bench.Name))}.");
            return 2;
        }

        // Whoever stops a bench stops what it started: everything is ended on the way out.
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        var crashed = false;
        foreach (var bench in Bench.All.Where(bench => names.Length == 0 || names.Contains(bench.Name)))
            try
            {
                var rows = await bench.Run(Repository.Find(), pace, stop.Token);
                Table.Print(Console.Out, rows);
                Console.WriteLine(Table.LastLine(bench, rows, pace));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return 130;
            }
            catch (Exception e)
            {
                Progress.Say(e is BenchException ? e.Message : e.ToString());
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench {bench.Name}: ratio 0.00 bar {bench.Bars[0].Least:0.##} short"));
                crashed = true;
            }
        return crashed ? 1 : 0;
    }

    static int List()
    {
        foreach (var bench in Bench.All)
            foreach (var bar in bench.Bars)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bench.Name}\t{bar.Work}\t{bar.Peer ?? bar.Limit}\t{bar.Least:0.##}"));
        return 0;
    }
}
