using System.Globalization;

namespace Ouro.Bench;

/// <summary>Who dies.</summary>
enum Victim
{
    Server,
    Client,
    Database,
}

/// <summary>When somebody dies.</summary>
/// <param name="Share">When so much of the bytes was sent, from 0 to 1.</param>
/// <param name="Milliseconds">So long after the first word of the sender.</param>
/// <param name="Line">When the sender says this.</param>
/// <param name="Later">Milliseconds between that moment and the death.</param>
sealed record Moment(double? Share = null, int? Milliseconds = null, string? Line = null, int Later = 0)
{
    public override string ToString() => this switch
    {
        { Share: 1 } => $"{Later} ms after the last byte",
        { Share: { } share } => $"at {(int)(100 * share)} % of the bytes",
        { Milliseconds: { } some } => $"after {some} ms",
        _ => $"{Later} ms after “{Line}”",
    };
}

/// <summary>One upload and the death that it meets; all of it follows from the seed.</summary>
sealed record UploadKill(int Number, Victim Victim, Way Way, Moment Moment, bool IsProcess, int Seed, int Length, int Signal, bool IsAbandoned)
{
    const int Quit = 3, Sure = 9;

    public string Name => $"kill-{Number}.bin";

    public static UploadKill Of(int seed, int number, int largest)
    {
        var random = new Random(Mixed(seed, number));
        var length = random.Next(12) switch
        {
            0 => 0,
            1 => random.Next(1, 64 << 10),
            2 => UploadSender.Piece * random.Next(1, 4),
            // One request of several pieces is where most could be lost.
            < 9 when (Way)(number % 5) == Way.Stream => random.Next(2 * UploadSender.Piece, largest),
            _ => random.Next(64 << 10, largest),
        };
        var moment = random.Next(20) switch
        {
            < 9 => new Moment(Share: random.NextDouble()),
            < 12 => new(Milliseconds: random.Next(0, 300)),
            // With the last byte the server begins to look at the file and to put it away.
            < 17 => new(Share: 1, Later: random.Next(0, 60)),
            _ => new(Line: "creating", Later: random.Next(0, 25)),
        };
        // Every seventh brings what another one brought: the same content is stored once.
        var content = Mixed(seed, number % 7 == 6 ? number - 3 : number);
        if (number % 7 == 6) length = Of(seed, number - 3, largest).Length;
        var victim = (Victim)(number % 3);
        return new(number, victim, (Way)(number % 5), moment, number / 3 % 2 == 1, content, length, random.Next(2) == 0 ? Quit : Sure, victim == Victim.Client && random.Next(4) == 0);
    }

    // The framework's own differs from run to run.
    static int Mixed(int seed, int number)
    {
        // Neighbours must be strangers: Random does not see to it by itself.
        var mixed = unchecked((uint)seed * 486_187_739 + (uint)number * 16_777_619);
        for (var round = 0; round < 3; round++) mixed = unchecked((mixed ^ (mixed >> 15)) * 0x2C1B_3C6D);
        return (int)((mixed ^ (mixed >> 16)) & int.MaxValue);
    }

    public override string ToString()
    {
        var who = Victim switch
        {
            Victim.Server => "the server",
            Victim.Client => IsProcess ? "the client's process" : "the connection",
            _ => Signal == Quit ? "the database (SIGQUIT)" : "the database (SIGKILL)",
        };
        return string.Create(CultureInfo.InvariantCulture, $"kill {Number}: {who} {Moment}, {Way}, {Length:N0} bytes");
    }
}

/// <summary>How far a sender is, as it says so.</summary>
sealed class Sending(Moment moment)
{
    readonly TaskCompletionSource hit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool began;

    /// <summary>The address of the upload, or its id; null before the answer that has it.</summary>
    public string? Url { get; private set; }

    /// <summary>Bytes that were acknowledged.</summary>
    public long Kept { get; private set; }

    /// <summary>Bytes that were written, the ones about to be included.</summary>
    public long Sent { get; private set; }

    /// <summary>Whether it was acknowledged that the upload is whole.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether it was asked to become an asset.</summary>
    public bool IsCreating { get; private set; }

    /// <summary>The asset that was acknowledged.</summary>
    public Guid? Asset { get; private set; }

    /// <summary>The moment has come, or nothing will be said any more.</summary>
    public Task Hit => hit.Task;

    public void End() => hit.TrySetResult();

    public void Take(string line)
    {
        var words = line.Split(' ');
        if (words[0] == "began") Url = words[1];
        if (words[0] == "kept") Kept = Number(words[1]);
        if (words[0] == "whole") IsWhole = true;
        if (words[0] == "creating") IsCreating = true;
        if (words[0] == "created") Asset = Guid.Parse(words[1]);
        if (words[0] == "sending")
        {
            Sent = Number(words[1]);
            if (Sent >= moment.Share * Number(words[2])) End();
        }
        // An upload without bytes is whole without sending any.
        if (words[0] == moment.Line || moment.Share is not null && IsWhole) End();
        if (!began && moment.Milliseconds is { } some) _ = Task.Delay(some).ContinueWith(_ => End(), TaskScheduler.Default);
        began = true;
    }

    static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
