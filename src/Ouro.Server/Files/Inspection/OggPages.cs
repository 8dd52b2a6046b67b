namespace Ouro.Server.Files;

/// <summary>Ogg: pages of several streams, the last of which says how far its stream goes.</summary>
static class OggPages
{
    public static double? Duration(FileBytes file)
    {
        // Each stream introduces itself in a page of its own, before anything else comes.
        ReadOnlySpan<byte> head = file.Head;
        var rates = new Dictionary<uint, (double Rate, long Before)>();
        for (var at = 0; Page(head, at) is { } page && rates.Count < 16; at += page.Length)
        {
            if ((page.Flags & 2) == 0) break;
            if (Introduced(head[(at + page.Header)..]) is { } introduced) rates[page.Stream] = introduced;
        }
        if (rates.Count == 0) return null;

        ReadOnlySpan<byte> tail = file.Tail(2 * FileBytes.HeadLength);
        for (var at = tail.LastIndexOf("OggS"u8); at >= 0; at = tail[..at].LastIndexOf("OggS"u8))
            if (tail.Length >= at + 27 && rates.TryGetValue(tail.Little32(at + 14), out var stream) && (long)tail.Little64(at + 6) is > 0 and var position)
                return Sound.Seconds(position - stream.Before, stream.Rate);
        return null;
    }

    /// <summary>Pixels of the film in it.</summary>
    public static (int Width, int Height)? Size(FileBytes file)
    {
        ReadOnlySpan<byte> head = file.Head;
        return head.IndexOf(Theora) is >= 0 and var at ? (head.Big24(at + 14), head.Big24(at + 17)) : null;
    }

    static ReadOnlySpan<byte> Theora => [0x80, (byte)'t', (byte)'h', (byte)'e', (byte)'o', (byte)'r', (byte)'a'];

    static (int Flags, uint Stream, int Header, int Length)? Page(ReadOnlySpan<byte> b, int at)
    {
        if (!b.Has(at, "OggS"u8) || b.Length < at + 27 || b.Length < at + 27 + b[at + 26]) return null;
        var header = 27 + b[at + 26];
        var length = header;
        foreach (var segment in b.Slice(at + 27, b[at + 26])) length += segment;
        return (b[at + 5], b.Little32(at + 14), header, length);
    }

    static (double Rate, long Before)? Introduced(ReadOnlySpan<byte> packet) =>
        packet.StartsWith("\u0001vorbis"u8) ? (packet.Little32(12), 0)
        : packet.StartsWith("OpusHead"u8) ? (48_000, packet.Little16(10))
        : packet.StartsWith("Speex   "u8) ? (packet.Little32(36), 0)
        : packet.Has(1, "FLAC"u8) ? (packet.Big24(27) >> 4, 0)
        : null;
}
