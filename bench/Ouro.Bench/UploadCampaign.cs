using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Ouro.Server.Data.Embedded;

namespace Ouro.Bench;

/// <summary>What came of a campaign.</summary>
/// <param name="Kills">How many died, by who.</param>
/// <param name="Findings">What was not as it must be.</param>
/// <param name="InFlight">How many died between the first byte and the answer to the last one.</param>
/// <param name="Resumed">Uploads that went on where they stood.</param>
/// <param name="Repeated">Uploads that cannot be resumed, or whose beginning was not answered, and were sent anew.</param>
/// <param name="Abandoned">Uploads that nobody went on with.</param>
/// <param name="MostAgain">The most bytes that one upload had to send again: of those sent in pieces what was written, of those in one request what the server had received.</param>
/// <param name="MostWritten">The most bytes that one client had written beyond where its upload stood, those in the buffers of the network included.</param>
/// <param name="SlowestServer">The longest time until the server served again.</param>
/// <param name="SlowestDatabase">The longest time until the database did, by itself.</param>
/// <param name="Orphans">Objects that the database did not know before the sweep.</param>
/// <param name="Objects">Objects that are referred to in the end.</param>
public sealed record UploadOutcome(
    IReadOnlyDictionary<string, int> Kills, IReadOnlyList<string> Findings, int InFlight, int Resumed, int Repeated, int Abandoned, long MostAgain, long MostWritten,
    TimeSpan SlowestServer, TimeSpan SlowestDatabase, long Orphans, long Objects);

/// <summary>
/// Uploads that are killed: in turn the server, the client and the database die at a moment that follows from the seed, and what was acknowledged must be
/// there. Then the product's own verification and its sweep must find nothing to complain of.
/// </summary>
public sealed class UploadCampaign
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly string program, data;
    readonly Action<string> say;
    readonly Stream log;
    readonly Dictionary<string, int> kills = [];
    readonly List<string> findings = [];
    readonly Dictionary<string, (string Sha256, long Size)> contents = [];
    readonly List<Guid> acknowledged = [];
    int inFlight, resumed, repeated, abandoned;
    long mostAgain, mostWritten;
    TimeSpan slowestServer, slowestDatabase;
    Product product = null!;

    UploadCampaign(string program, string data, Stream log, Action<string> say) => (this.program, this.data, this.log, this.say) = (program, data, log, say);

    /// <param name="program">The server's program.</param>
    /// <param name="data">A data directory that is not there yet.</param>
    /// <param name="seed">From which everything follows but the speed of the machine.</param>
    /// <param name="count">How many kills.</param>
    /// <param name="largest">The largest upload in bytes.</param>
    /// <param name="say">Told what happens.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<UploadOutcome> Run(string program, string data, int seed, int count, int largest, Action<string> say, CancellationToken ct)
    {
        await using var log = new FileStream(data + ".log", FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var campaign = new UploadCampaign(program, data, log, say);
        campaign.product = await Product.Start(program, data, Product.FreePort(), ct, log);
        long orphans;
        try
        {
            for (var number = 0; number < count; number++) await campaign.Run(UploadKill.Of(seed, number, largest), ct);
            orphans = await campaign.Verify(ct);
        }
        finally
        {
            await campaign.product.DisposeAsync();
        }
        var aftermath = await UploadAftermath.Sweep(data, campaign.contents, campaign.acknowledged, ct);
        campaign.findings.AddRange(aftermath.Findings);
        return new(campaign.kills, campaign.findings, campaign.inFlight, campaign.resumed, campaign.repeated, campaign.abandoned, campaign.mostAgain, campaign.mostWritten,
            campaign.slowestServer, campaign.slowestDatabase, orphans, aftermath.Objects);
    }

    async Task Run(UploadKill kill, CancellationToken ct)
    {
        var content = UploadSender.Noise(kill.Seed, kill.Length);
        contents[kill.Name] = (Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
        kills[kill.Victim.ToString()] = kills.GetValueOrDefault(kill.Victim.ToString()) + 1;
        try
        {
            var sending = new Sending(kill.Moment);
            await Die(kill, content, sending, ct);
            var isInFlight = sending.Sent > sending.Kept && !sending.IsWhole && sending.Asset is null;
            if (isInFlight) inFlight++;
            say(string.Create(CultureInfo.InvariantCulture, $"{kill}; {sending.Sent:N0} sent, {sending.Kept:N0} kept{(sending.Asset is not null ? ", created" : sending.IsCreating ? ", creating" : sending.IsWhole ? ", whole" : "")}"));
            using var sender = new UploadSender(product.Http.BaseAddress!, product.Key, _ => { });
            if (await Recover(kill, content, sending, sender, ct) is not { } asset) return;
            acknowledged.Add(asset);
            if (!(await Patiently(() => sender.Read(asset, ct), ct)).AsSpan().SequenceEqual(content)) Find(kill, $"the file {asset} has other bytes than were sent");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or BenchException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            Find(kill, e.Message);
        }
    }

    void Find(UploadKill kill, string what)
    {
        findings.Add($"{kill}: {what}");
        say("FOUND " + findings[^1]);
    }

    /// <summary>Sends, kills at the moment, and returns when both ends are there again.</summary>
    async Task Die(UploadKill kill, byte[] content, Sending sending, CancellationToken ct)
    {
        using var dropped = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var client = kill is { Victim: Victim.Client, IsProcess: true } ? Child.Start("dotnet",
            [typeof(UploadCampaign).Assembly.Location, UploadSender.Argument, $"{kill.Way}", $"{product.Http.BaseAddress}", product.Key, $"{kill.Seed}", $"{kill.Length}", kill.Name],
            Path.GetDirectoryName(program)!, sending.Take) : null;
        using var sender = new UploadSender(product.Http.BaseAddress!, product.Key, sending.Take);
        var sent = client is not null ? client.Ended(ct) : Send();
        _ = sent.ContinueWith(_ => sending.End(), TaskScheduler.Default);
        await sending.Hit.WaitAsync(Patience, ct);
        await Task.Delay(kill.Moment.Later, ct);
        switch (kill.Victim)
        {
            case Victim.Server:
                await product.Kill();
                await sent;
                await Restart(ct);
                break;
            case Victim.Client when client is not null:
                await client.Kill();
                await sent;
                break;
            case Victim.Client:
                await dropped.CancelAsync();
                await sent;
                break;
            default:
                var (before, began) = (product.Postmaster(), Stopwatch.GetTimestamp());
                Posix.Signal(before, kill.Signal);
                await sent;
                await DatabaseIsBack(kill, before, began, ct);
                break;
        }

        async Task Send()
        {
            try
            {
                await sender.Send(kill.Way, content, kill.Name, dropped.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !ct.IsCancellationRequested)
            {
                if (kill.Victim == Victim.Database && e is HttpRequestException { StatusCode: { } status and not HttpStatusCode.ServiceUnavailable })
                    Find(kill, $"without its database the server answers {(int)status}: {e.Message}");
            }
        }
    }

    async Task Restart(CancellationToken ct)
    {
        var port = product.Port;
        await product.DisposeAsync();
        product = await Product.Start(program, data, port, ct, log);
        slowestServer = TimeSpan.FromTicks(Math.Max(slowestServer.Ticks, product.ReadyAfter.Ticks));
    }

    /// <summary>The server starts its database again by itself; where it does not, an operator would start the server again, and that is a finding.</summary>
    async Task DatabaseIsBack(UploadKill kill, int before, long began, CancellationToken ct)
    {
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            try
            {
                using var answer = await product.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), ct);
                if (answer.IsSuccessStatusCode && product.Postmaster() is var now && now != before && now != int.MaxValue)
                {
                    slowestDatabase = TimeSpan.FromTicks(Math.Max(slowestDatabase.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
                    return;
                }
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // The file with its id is not there at the moment.
            }
            await Task.Delay(Pause, ct);
        }
        Find(kill, "the database did not come back by itself");
        await Restart(ct);
    }

    /// <summary>Does what the client of a killed upload does, and checks what it is told. The asset that the upload becomes; null where it is abandoned.</summary>
    async Task<Guid?> Recover(UploadKill kill, byte[] content, Sending sending, UploadSender sender, CancellationToken ct)
    {
        if (sending.Asset is { } made) return made;
        if (kill.Way is Way.Pieces or Way.Stream && sending.Url is { } url)
        {
            var upload = UploadSender.UploadOf(url);
            if (await Patiently(() => Continue(kill, content, sending, sender, url, ct), ct)) return kill.IsAbandoned ? null : await Create(upload);
            return await Became(upload);
        }
        if (sending.Url is { } place && (kill.Way == Way.Link || sending.IsWhole))
        {
            if (kill.IsAbandoned) return Abandon();
            // One that was said to be whole is; another is sent again, to the same link.
            if (!sending.IsWhole) await Patiently(() => Put(place), ct);
            return await Create(UploadSender.UploadOf(place));
        }
        if (kill.IsAbandoned) return Abandon();
        repeated++;
        return await Patiently(() => sender.Send(kill.Way, content, kill.Name, ct), ct);

        Guid? Abandon()
        {
            abandoned++;
            return null;
        }

        async Task<bool> Put(string link)
        {
            try
            {
                await sender.Put(link, content, ct);
                repeated++;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.Conflict)
            {
                // It was whole, and only the answer died.
            }
            return true;
        }

        async Task<Guid?> Create(Guid upload)
        {
            try
            {
                return await Patiently(() => sender.Create(upload, ct), ct);
            }
            catch (HttpRequestException e) when (sending.IsCreating && e.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
            {
                return await Became(upload);
            }
        }

        Task<Guid?> Became(Guid upload) =>
            sending.IsCreating ? Task.FromResult<Guid?>(upload) : throw new BenchException($"the upload is gone, of which {sending.Kept} bytes were acknowledged");
    }

    /// <summary>Goes on where an upload stands; false where it is not there.</summary>
    async Task<bool> Continue(UploadKill kill, byte[] content, Sending sending, UploadSender sender, string url, CancellationToken ct)
    {
        var spooled = Path.Combine(data, "uploads", UploadSender.UploadOf(url).ToString("N"));
        var onDisk = File.Exists(spooled) ? new FileInfo(spooled).Length : 0;
        if (await sender.Stands(url, ct) is not { } stands) return false;
        if (stands < sending.Kept || sending.IsWhole && stands != content.Length) Find(kill, $"it stands at {stands}, and {(sending.IsWhole ? content.Length : sending.Kept)} were acknowledged");
        if (stands > sending.Sent) Find(kill, $"it stands at {stands}, and {sending.Sent} were sent");
        if (stands < content.Length && !await Begins(spooled, content, stands, ct)) Find(kill, $"the file on the server's disk does not begin with the {stands} bytes that count");
        if (kill.IsAbandoned)
        {
            abandoned++;
            return true;
        }
        try
        {
            await sender.Append(kill.Way, url, stands, content, ct);
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // What was still on its way when it was asked has come in meanwhile; it is asked again.
            throw new HttpRequestException(e.Message, e, HttpStatusCode.Locked);
        }
        if (stands == content.Length) return true;
        resumed++;
        // Of one long request a part was still in the buffers of the network, where no server sees it; what it had seen is on its disk.
        var again = kill.Way == Way.Pieces ? sending.Sent - stands : Math.Max(0, onDisk - stands);
        (mostAgain, mostWritten) = (Math.Max(mostAgain, again), Math.Max(mostWritten, sending.Sent - stands));
        say(string.Create(CultureInfo.InvariantCulture, $"it stands at {stands:N0}: {sending.Sent - stands:N0} bytes are sent again, of which {Math.Max(0, onDisk - stands):N0} were on the server's disk"));
        if (again > UploadSender.Piece) Find(kill, $"{again} bytes have to be sent again");
        return true;
    }

    static async Task<bool> Begins(string path, byte[] content, long length, CancellationToken ct)
    {
        if (length == 0) return true;
        if (!File.Exists(path)) return false;
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[length];
        return await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct) == length && bytes.AsSpan().SequenceEqual(content.AsSpan(0, (int)length));
    }

    /// <summary>Asks until the answer is more than that now is not the time.</summary>
    static async Task<T> Patiently<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        for (var began = Stopwatch.GetTimestamp(); ; await Task.Delay(Pause, ct))
            try
            {
                return await ask();
            }
            catch (HttpRequestException e) when (e.StatusCode is null or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Locked && Stopwatch.GetElapsedTime(began) < Patience)
            {
            }
    }

    /// <summary>What the command says, beside the server that runs; the objects that nobody knows.</summary>
    async Task<long> Verify(CancellationToken ct)
    {
        var outcome = await Child.Run("dotnet", [program, "storage", "verify", "--data", data], Path.GetDirectoryName(program)!, [], ct);
        if (outcome is not { Succeeded: true })
        {
            findings.Add($"the verification ended with {outcome?.ExitCode}: {outcome?.Errors}");
            return 0;
        }
        var verified = JsonElement.Parse(outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return verified.GetProperty("orphan_count").GetInt64();
    }
}
