using System.Diagnostics;
using Ouro.Server.Organizations;
using Ouro.Server.Users;

namespace Ouro.Server.Commands;

/// <summary>
/// Fills the running server with a small world of real data, through the doors that everybody uses. What is there already stays as it is, so
/// the command may run again after it was stopped, or after it learned to tell more.
/// </summary>
static class DemoCommand
{
    const string Package = "vega-datasets@3.2.1";
    const string Organization = "weather-lab";
    const string Agent = "curator";

    sealed record Sample(string File, string Name, string Description, Visibility Visibility, string As);

    static readonly Sample[] Samples =
    [
        new("seattle-weather.csv", "Seattle weather", "Daily weather of Seattle, 2012 to 2015: precipitation, temperatures, wind, and one word for the day.", Visibility.Public, UpCommand.Owner),
        new("movies.json", "Movies", "3,201 films with their grosses, budgets, ratings and release dates, as uneven as such lists are.", Visibility.Public, Agent),
        new("penguins.json", "Palmer penguins", "Size measurements of three penguin species on three islands of the Palmer Archipelago.", Visibility.Public, Agent),
        new("sp500.csv", "S&P 500, monthly", "The index at the beginning of each month, 2000 to 2010.", Visibility.Private, UpCommand.Owner),
        new("seattle-weather-hourly-normals.csv", "Seattle hourly normals", "What an hour of the year is usually like in Seattle: temperature, wind, pressure.", Visibility.Organization, UpCommand.Owner),
        new("flights-3m.parquet", "Flights", "Three million flights inside the United States in 2001, with their delays and distances.", Visibility.Public, UpCommand.Owner),
    ];

    public static async Task<int> Run(Settings settings, string? from, CancellationToken ct)
    {
        await using var ouro = await WithoutServer.Open(settings, ct);
        var address = ouro.Directory.Address
            ?? throw new SettingException($"No server runs on {ouro.Directory.Path}. Start one with ./ouro up, then run this beside it.");
        var folder = from ?? await Fetch(ouro.Directory.File("demo"), ct);

        var lab = await Lab(ouro, ct);
        foreach (var group in Samples.GroupBy(s => s.As))
        {
            var account = await ouro.As(group.Key, ct);
            var key = await ouro.Get<ApiKeyOperations>().Create(account, new("demo"), ct);
            try
            {
                await using var client = new OuroClient(key.Secret, new(address + "/api"));
                foreach (var sample in group) await Load(client, sample, lab, folder, ct);
            }
            finally
            {
                await ouro.Get<ApiKeyOperations>().Revoke(account, key.Key.Id, CancellationToken.None);
            }
        }
        await Console.Error.WriteLineAsync($"Look around at {address}");
        return 0;
    }

    /// <summary>The laboratory that some of it belongs to, and the agent that keeps its data.</summary>
    static async Task<Guid> Lab(WithoutServer ouro, CancellationToken ct)
    {
        try
        {
            await ouro.Get<UserOperations>().Create(Agent, ActorType.Agent, null, isOperator: false, ct);
        }
        catch (Refusal refusal) when (refusal.Code == "username_taken") { }
        try
        {
            var owner = await ouro.As(UpCommand.Owner, ct);
            return (await ouro.Get<OrganizationOperations>().Create(owner, new() { Name = Organization }, ct)).Id;
        }
        catch (Refusal refusal) when (refusal.Code == "organization_name_taken")
        {
            return await ouro.Get<OrganizationOperations>().IdOf(Organization, ct);
        }
    }

    static async Task Load(OuroClient client, Sample sample, Guid lab, string folder, CancellationToken ct)
    {
        var me = await client.Users.CurrentAsync(ct);
        await foreach (var found in client.Assets.SearchAsync(new() { UserId = me.Id, Types = [AssetType.Dataset] }, ct))
            if (found.Name == sample.Name)
            {
                await Console.Error.WriteLineAsync($"  {sample.Name}: there already");
                return;
            }
        var began = Stopwatch.GetTimestamp();
        var made = await client.Datasets.ImportAsync(Path.Combine(folder, sample.File), new()
        {
            Name = sample.Name, Description = sample.Description, Visibility = sample.Visibility,
            OrgId = sample.Visibility == Visibility.Organization ? lab : null,
        }, new Line(sample.Name), ct);
        await Console.Error.WriteLineAsync($"\r  {sample.Name}: {made.Rows?.Inserted:N0} rows in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s   {made.Url}");
    }

    static async Task<string> Fetch(string folder, CancellationToken ct)
    {
        var data = Path.Combine(folder, "node_modules", "vega-datasets", "data");
        if (Directory.Exists(data)) return data;
        await Console.Error.WriteLineAsync($"Fetching the npm package {Package} …");
        Directory.CreateDirectory(folder);
        try
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", folder, Package])
            {
                RedirectStandardOutput = true,
            })!;
            await npm.WaitForExitAsync(ct);
            if (npm.ExitCode == 0 && Directory.Exists(data)) return data;
        }
        catch (System.ComponentModel.Win32Exception) { }
        throw new SettingException($"The npm package {Package} could not be fetched. Install Node.js with npm, or name the folder of its data with --from.");
    }

    sealed class Line(string name) : IProgress<ImportProgressReport>
    {
        readonly bool isTerminal = !Console.IsErrorRedirected;

        public void Report(ImportProgressReport value)
        {
            if (isTerminal) Console.Error.Write($"\r  {name}: {value.Stage}, {(value.RowsDone > 0 ? $"{value.RowsDone:N0} rows" : $"{value.BytesDone:N0} bytes")}     ");
        }
    }
}
