using System.Buffers.Binary;

namespace Ouro.Server.Files;

/// <summary>How long a film lasts and how large its picture is, from the headers of its file.</summary>
readonly record struct Film(double? Duration, int? Width, int? Height)
{
    const int MostParts = 10_000;

    public static Film Of(FileBytes file, string type) => type switch
    {
        "video/mp4" or "video/quicktime" or "video/3gpp" or "audio/mp4" => Boxes(file),
        "video/webm" or "video/x-matroska" => Matroska.Of(file),
        "video/avi" => Avi(file.Head),
        "video/x-flv" => Flv(file.Head),
        "video/mpeg" => Mpeg(file.Head),
        "video/ogg" => new(OggPages.Duration(file), OggPages.Size(file)?.Width, OggPages.Size(file)?.Height),
        "video/x-ms-wmv" => new(Sound.AsfDuration(file.Head), null, null),
        _ => default,
    };

    static Film Boxes(FileBytes file)
    {
        var left = MostParts;
        var film = new Film();
        Walk(file, 0, file.Length, 0, ref left, ref film);
        return film;
    }

    /// <summary>The boxes between two places. Their heads are read and their content is passed over, which may be gigabytes.</summary>
    static void Walk(FileBytes file, long at, long end, int depth, ref int left, ref Film film)
    {
        while (at + 8 <= end && left-- > 0)
        {
            ReadOnlySpan<byte> box = file.Read(at, 108);
            if (box.Length < 8) return;
            var (size, header) = box.Big32(0) switch
            {
                0 => (end - at, 8),
                1 when box.Length >= 16 => ((long)Math.Min(box.Big64(8), long.MaxValue), 16),
                var small => (small, 8),
            };
            if (size < header) return;
            if ((box.Has(4, "moov"u8) || box.Has(4, "trak"u8)) && depth < 4) Walk(file, at + header, Math.Min(end, at + Math.Min(size, end - at)), depth + 1, ref left, ref film);
            else if (box.Has(4, "mvhd"u8))
                film = film with { Duration = box[8] == 1 ? Sound.Seconds(box.Big64(32), box.Big32(28)) : Sound.Seconds(box.Big32(24), box.Big32(20)) };
            else if (box.Has(4, "tkhd"u8)) film = Picture(box, film);
            if (size > end - at) return;
            at += size;
        }
    }

    static Film Picture(ReadOnlySpan<byte> box, Film film)
    {
        var matrix = box[8] == 1 ? 60 : 48;
        var (width, height) = ((int)(box.Big32(matrix + 36) >> 16), (int)(box.Big32(matrix + 40) >> 16));
        if (width == 0 || height == 0 || film.Width is not null) return film;
        // A film that was taken with the camera on its side says so in the matrix.
        var isTurned = box.Big32(matrix) == 0 && box.Big32(matrix + 4) != 0;
        return film with { Width = isTurned ? height : width, Height = isTurned ? width : height };
    }

    static Film Avi(ReadOnlySpan<byte> head)
    {
        var at = head[..Math.Min(head.Length, 4096)].IndexOf("avih"u8);
        if (at < 0) return default;
        var (width, height) = (head.Little32(at + 40), head.Little32(at + 44));
        return new(Sound.Seconds((double)head.Little32(at + 8) * head.Little32(at + 24), 1e6), Pixels(width), Pixels(height));
    }

    static Film Flv(ReadOnlySpan<byte> head) => new(
        Told(head, "duration"u8) is { } d ? Sound.Seconds(d, 1) : null, Pixels(Told(head, "width"u8)), Pixels(Told(head, "height"u8)));

    static double? Told(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        return at >= 0 && head.Length >= at + name.Length + 9 && head[at + name.Length] == 0 ? BinaryPrimitives.ReadDoubleBigEndian(head[(at + name.Length + 1)..]) : null;
    }

    static Film Mpeg(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> sequence = [0, 0, 1, 0xb3];
        return head.IndexOf(sequence) is >= 0 and var at ? new(null, Pixels(head.Big24(at + 4) >> 12), Pixels(head.Big24(at + 4) & 0xfff)) : default;
    }

    public static int? Pixels(double? count) => count is >= 1 and <= 1_000_000 ? (int)count : null;
}

/// <summary>Matroska, of which WebM is a part: elements within elements, each with a number and a length of as many bytes as they need.</summary>
static class Matroska
{
    const uint Segment = 0x18538067, Info = 0x1549a966, Tracks = 0x1654ae6b, Entry = 0xae, Video = 0xe0;
    const uint Scale = 0x2ad7b1, Duration = 0x4489, Width = 0xb0, Height = 0xba, Cluster = 0x1f43b675;

    public static Film Of(FileBytes file)
    {
        var (left, scale, ticks, film) = (2_000, 1_000_000.0, 0.0, new Film());
        Walk(file, 0, file.Length, 0);
        return film with { Duration = Sound.Seconds(ticks * scale, 1e9) };

        void Walk(FileBytes bytes, long at, long end, int depth)
        {
            while (at < end && left-- > 0)
            {
                ReadOnlySpan<byte> element = bytes.Read(at, 24);
                var (id, idLength) = Number(element, keepsMark: true);
                if (idLength == 0) return;
                var (size, sizeLength) = Number(element[idLength..], keepsMark: false);
                if (sizeLength == 0) return;
                var header = idLength + sizeLength;
                var isOpen = size == (1UL << 7 * sizeLength) - 1;
                var length = isOpen || size > (ulong)(end - at - header) ? end - at - header : (long)size;
                ReadOnlySpan<byte> content = element[header..(int)Math.Min(element.Length, header + Math.Max(0, Math.Min(length, 8)))];
                switch (id)
                {
                    case Segment or Info or Tracks or Entry or Video when depth < 6: Walk(bytes, at + header, at + header + length, depth + 1); break;
                    case Scale: scale = Whole(content); break;
                    case Duration: ticks = content.Length == 4 ? BinaryPrimitives.ReadSingleBigEndian(content) : BinaryPrimitives.ReadDoubleBigEndian(content); break;
                    case Width: film = film with { Width = Film.Pixels(Whole(content)) }; break;
                    case Height: film = film with { Height = Film.Pixels(Whole(content)) }; break;
                    // What comes from here on is the film itself.
                    case Cluster: return;
                }
                at += header + length;
            }
        }
    }

    static (ulong Value, int Length) Number(ReadOnlySpan<byte> b, bool keepsMark)
    {
        if (b.IsEmpty || b[0] == 0) return default;
        var length = System.Numerics.BitOperations.LeadingZeroCount((uint)b[0]) - 23;
        if (b.Length < length) return default;
        ulong value = keepsMark ? b[0] : b[0] & (0xffu >> length);
        foreach (var next in b[1..length]) value = value << 8 | next;
        return (value, length);
    }

    static double Whole(ReadOnlySpan<byte> b)
    {
        ulong value = 0;
        foreach (var next in b) value = value << 8 | next;
        return value;
    }
}
