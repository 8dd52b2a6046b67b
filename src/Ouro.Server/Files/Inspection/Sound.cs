namespace Ouro.Server.Files;

/// <summary>How long a sound lasts, from the headers of its file; null where they do not say.</summary>
static class Sound
{
    public static double? Duration(FileBytes file, string type) => type switch
    {
        "audio/wav" => Wav(file),
        "audio/flac" => Flac(file),
        "audio/ogg" => OggPages.Duration(file),
        "audio/mpeg" => Mpeg(file),
        "audio/x-aiff" => Aiff(file),
        "audio/aac" => Adts(file),
        "audio/x-ms-wma" => AsfDuration(file.Head),
        "audio/amr" => Amr(file),
        _ => null,
    };

    /// <summary>What a tag of the kind ID3 stands before.</summary>
    public static string BehindTag(FileBytes file)
    {
        ReadOnlySpan<byte> start = file.Read(AfterTag(file), 4096);
        return start.StartsWith("fLaC"u8) ? "audio/flac" : Frames(start) ?? "audio/mpeg";
    }

    /// <summary>Frames of sound have a mark of eleven bits only, so that a second one must follow where the first says that it ends.</summary>
    public static string? Frames(ReadOnlySpan<byte> bytes)
    {
        if (AdtsFrame.At(bytes, 0) is { } adts) return AdtsFrame.At(bytes, adts.Length) is { } next && next.Rate == adts.Rate ? "audio/aac" : null;
        if (MpegFrame.At(bytes, 0) is { } frame) return MpegFrame.At(bytes, frame.Length) is { } next && next.Rate == frame.Rate ? "audio/mpeg" : null;
        return null;
    }

    static long AfterTag(FileBytes file)
    {
        ReadOnlySpan<byte> head = file.Head;
        if (!head.StartsWith("ID3"u8) || head.Length < 10) return 0;
        return 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + ((head[5] & 0x10) != 0 ? 10 : 0);
    }

    static double? Wav(FileBytes file)
    {
        long rate = 0;
        long at = 12;
        for (var chunks = 0; chunks < 100; chunks++)
        {
            ReadOnlySpan<byte> chunk = file.Read(at, 24);
            if (chunk.Length < 8) return null;
            var size = chunk.Little32(4);
            if (chunk.StartsWith("fmt "u8)) rate = chunk.Little32(16);
            // A length that is not known yet, or longer than the file, means to its end.
            if (chunk.StartsWith("data"u8)) return Seconds(Math.Min(size, file.Length - at - 8), rate);
            at += 8 + size + (size & 1);
        }
        return null;
    }

    static double? Flac(FileBytes file)
    {
        ReadOnlySpan<byte> info = file.Read(AfterTag(file), 42);
        var rate = info.Big24(18) >> 4;
        var samples = (long)(info[21] & 0xf) << 32 | info.Big32(22);
        return samples == 0 ? null : Seconds(samples, rate);
    }

    static double? Mpeg(FileBytes file)
    {
        var begin = AfterTag(file);
        ReadOnlySpan<byte> bytes = file.Read(begin, 8192);
        for (var at = 0; at < bytes.Length - 4; at++)
        {
            if (MpegFrame.At(bytes, at) is not { } frame || MpegFrame.At(bytes, at + frame.Length) is not { } next || next.Rate != frame.Rate) continue;
            // An encoder that varies its rate says in the first frame how many there are.
            var told = at + 4 + frame.SideInformation;
            if ((bytes.Has(told, "Xing"u8) || bytes.Has(told, "Info"u8)) && (bytes[told + 7] & 1) != 0) return Seconds((long)bytes.Big32(told + 8) * frame.Samples, frame.Rate);
            if (bytes.Has(at + 36, "VBRI"u8)) return Seconds((long)bytes.Big32(at + 50) * frame.Samples, frame.Rate);
            return Seconds(file.Length - begin - at, frame.BitRate / 8);
        }
        return null;
    }

    static double? Aiff(FileBytes file)
    {
        long at = 12;
        for (var chunks = 0; chunks < 100; chunks++)
        {
            ReadOnlySpan<byte> chunk = file.Read(at, 26);
            if (chunk.Length < 8) return null;
            if (chunk.StartsWith("COMM"u8))
            {
                // The rate is a float of eighty bits, of which whole numbers need few.
                var exponent = (chunk.Big16(16) & 0x7fff) - 16383;
                return exponent is < 0 or > 40 ? null : Seconds(chunk.Big32(10), chunk.Big64(18) / Math.Pow(2, 63 - exponent));
            }
            at += 8 + chunk.Big32(4) + (chunk.Big32(4) & 1);
        }
        return null;
    }

    /// <summary>Each frame has a length of its own; those at the beginning stand for the others.</summary>
    static double? Adts(FileBytes file)
    {
        ReadOnlySpan<byte> bytes = file.Read(AfterTag(file), FileBytes.HeadLength);
        int at = 0, frames = 0, rate = 0;
        for (; AdtsFrame.At(bytes, at) is { } frame; at += frame.Length, frames++) rate = frame.Rate;
        return frames == 0 ? null : Seconds((double)(file.Length - AfterTag(file)) / at * frames * 1024, rate);
    }

    static double? Amr(FileBytes file)
    {
        ReadOnlySpan<byte> sizes = [12, 13, 15, 17, 19, 20, 26, 31, 5];
        if (file.Head.AsSpan().StartsWith("#!AMR-WB"u8) || file.Whole(8 << 20) is not { } bytes) return null;
        var frames = 0;
        for (var at = 6; at < bytes.Length; frames++)
        {
            var mode = bytes[at] >> 3 & 0xf;
            at += 1 + (mode < sizes.Length ? sizes[mode] : 0);
        }
        return frames * 0.02;
    }

    /// <summary>The file properties of Windows Media: how long it plays, less what is read ahead.</summary>
    public static double? AsfDuration(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> properties = [0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11, 0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65];
        return head.IndexOf(properties) is >= 0 and var at ? Seconds(head.Little64(at + 64) / 10_000.0 - head.Little64(at + 80), 1000) : null;
    }

    /// <summary>Whatever the numbers of a header are: seconds that can be, to the millisecond, or none.</summary>
    public static double? Seconds(double count, double rate) =>
        rate > 0 && count / rate is > 0 and < 1e8 and var seconds ? Math.Round(seconds, 3) : null;

    readonly record struct AdtsFrame(int Length, int Rate)
    {
        static ReadOnlySpan<int> Rates => [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

        public static AdtsFrame? At(ReadOnlySpan<byte> b, int at)
        {
            if (at < 0 || b.Length < at + 7 || b[at] != 0xff || (b[at + 1] & 0xf6) != 0xf0) return null;
            var (rate, length) = (b[at + 2] >> 2 & 0xf, (b[at + 3] & 3) << 11 | b[at + 4] << 3 | b[at + 5] >> 5);
            return rate < Rates.Length && length >= 8 ? new(length, Rates[rate]) : null;
        }
    }

    readonly record struct MpegFrame(int Length, int Rate, int BitRate, int Samples, int SideInformation)
    {
        static ReadOnlySpan<short> Kilobits =>
        [
            0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
            0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
            0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
            0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
            0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160,
        ];

        static ReadOnlySpan<int> Rates => [44100, 48000, 32000];

        public static MpegFrame? At(ReadOnlySpan<byte> b, int at)
        {
            if (at < 0 || b.Length < at + 4 || b[at] != 0xff || (b[at + 1] & 0xe0) != 0xe0) return null;
            var (version, layer) = (b[at + 1] >> 3 & 3, 4 - (b[at + 1] >> 1 & 3));
            var (bits, rates, padding) = (b[at + 2] >> 4, b[at + 2] >> 2 & 3, b[at + 2] >> 1 & 1);
            if (version == 1 || layer == 4 || bits is 0 or 15 || rates == 3) return null;
            var isFirst = version == 3;
            var bitRate = 1000 * Kilobits[15 * (isFirst ? layer - 1 : layer == 1 ? 3 : 4) + bits];
            var rate = Rates[rates] >> (isFirst ? 0 : version == 2 ? 1 : 2);
            var samples = layer == 1 ? 384 : layer == 3 && !isFirst ? 576 : 1152;
            var length = layer == 1 ? (12 * bitRate / rate + padding) * 4 : samples / 8 * bitRate / rate + padding;
            var isMono = b[at + 3] >> 6 == 3;
            return new(length, rate, bitRate, samples, isFirst ? isMono ? 17 : 32 : isMono ? 9 : 17);
        }
    }
}
