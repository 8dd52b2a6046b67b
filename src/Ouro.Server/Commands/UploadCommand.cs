using System.Diagnostics;
using Ouro.Server.Data.Embedded;

namespace Ouro.Server.Commands;

/// <summary>Where uploaded files go, and what one is called.</summary>
sealed record Destination(string? Name, Visibility? Visibility, string? Organization, string? Team);

/// <summary>Uploads files through the SDK, as anybody would, with a progress bar on standard error. Run again, it goes on where it stopped.</summary>
static class UploadCommand
{
    public static async Task<int> Run(Settings settings, string[] paths, Destination into, string? to, string? key, CancellationToken ct)
    {
        foreach (var path in paths)
            if (!File.Exists(path)) throw new FileNotFoundException($"There is no file {path}.");
        if (into.Name is not null && paths.Length > 1) throw new SettingException("--name is for one file. Leave it away, and each keeps its own.");
        await using var ouro = to is not null ? new OuroClient(key, new(to)) : await Running(settings, key, ct);
        var (org, team) = await Place(ouro, into, ct);
        List<object> made = [];
        foreach (var path in paths)
        {
            var bar = new Bar(Path.GetFileName(path), new FileInfo(path).Length);
            var file = await ouro.Files.UploadAsync(path, new() { Name = into.Name, Visibility = into.Visibility, OrgId = org, TeamId = team }, bar, ct);
            bar.End();
            made.Add(new { id = file.Id, name = file.Name, size = new FileInfo(path).Length, url = file.Url });
        }
        return WithoutServer.Print(new { files = made });
    }

    static async Task<OuroClient> Running(Settings settings, string? key, CancellationToken ct)
    {
        var none = new SettingException($"No server runs on {settings.Data}. Start one with ./ouro up, or name another with --to and --key.");
        if (!Directory.Exists(settings.Data)) throw none;
        using var directory = await DataDirectory.Open(settings.Data, HolderKind.Command, ct: ct);
        var address = directory.Address ?? throw none;
        return new(key ?? (await File.ReadAllTextAsync(directory.File("owner.key"), ct)).Trim(), new(address + "/api"));
    }

    /// <summary>The ids of what people call by name.</summary>
    static async Task<(Guid? Organization, Guid? Team)> Place(OuroClient ouro, Destination into, CancellationToken ct)
    {
        Guid? org = into.Organization is null ? null : Guid.TryParse(into.Organization, out var id) ? id : (await ouro.Organizations.ByNameAsync(into.Organization, ct)).Id;
        if (into.Team is null) return (org, null);
        if (Guid.TryParse(into.Team, out var team)) return (org, team);
        if (into.Organization is null) throw new SettingException("A team is named within an organization: give --org too, or the team's id.");
        return (org, (await ouro.Teams.GetByNameAsync(into.Organization, into.Team, ct)).Id);
    }

    sealed class Bar(string name, long size) : IProgress<UploadProgress>
    {
        const int Width = 30;
        readonly long started = Stopwatch.GetTimestamp();
        readonly bool isTerminal = !Console.IsErrorRedirected;
        long? first;
        long done;

        public void Report(UploadProgress value)
        {
            // What an earlier run sent says nothing of how fast this one is.
            first ??= value.BytesDone;
            done = value.BytesDone;
            if (isTerminal) Console.Error.Write("\r" + Line());
        }

        public void End()
        {
            done = size;
            Console.Error.WriteLine((isTerminal ? "\r" : "") + Line());
        }

        string Line()
        {
            var part = size == 0 ? 1 : Math.Clamp((double)done / size, 0, 1);
            var full = (int)(part * Width);
            var rate = (done - (first ?? 0)) / Math.Max(0.001, Stopwatch.GetElapsedTime(started).TotalSeconds);
            return $"{name}  [{new string('█', full)}{new string('░', Width - full)}] {part,4:0 %}  {done / 1e6,9:N1} MB  {rate / 1e6,7:N1} MB/s";
        }
    }
}
