namespace Ouro.Server.Files;

/// <summary>How many pixels an image has, from its header, as it is meant to be looked at: a photograph that says it lies on its side is stood up.</summary>
static class Pictures
{
    public static (int Width, int Height)? Size(FileBytes file, string type)
    {
        ReadOnlySpan<byte> head = file.Head;
        return type switch
        {
            "image/png" when head.Has(12, "IHDR"u8) => Possible(head.Big32(16), head.Big32(20)),
            "image/gif" => Possible((uint)head.Little16(6), (uint)head.Little16(8)),
            "image/bmp" => head.Little32(14) == 12 ? Possible((uint)head.Little16(18), (uint)head.Little16(20))
                : Possible(head.Little32(18), (uint)Math.Abs((long)(int)head.Little32(22))),
            "image/webp" => WebP(head),
            "image/vnd.microsoft.icon" => Icon(head),
            "image/jpeg" => Jpeg(file),
            "image/tiff" => Tiff(file),
            "image/avif" or "image/heic" => Boxed(head),
            "image/jp2" => head.IndexOf("ihdr"u8) is >= 0 and var at ? Possible(head.Big32(at + 8), head.Big32(at + 4)) : null,
            "image/vnd.adobe.photoshop" => Possible(head.Big32(18), head.Big32(14)),
            _ => null,
        };
    }

    static (int, int)? Possible(uint width, uint height) => width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue ? ((int)width, (int)height) : null;

    static (int, int)? WebP(ReadOnlySpan<byte> head) =>
        head.Has(12, "VP8 "u8) ? Possible((uint)head.Little16(26) & 0x3fff, (uint)head.Little16(28) & 0x3fff)
        : head.Has(12, "VP8L"u8) ? Possible((head.Little32(21) & 0x3fff) + 1, (head.Little32(21) >> 14 & 0x3fff) + 1)
        : head.Has(12, "VP8X"u8) ? Possible((uint)head.Little24(24) + 1, (uint)head.Little24(27) + 1)
        : null;

    /// <summary>The largest of an icon's images; 0 stands for 256.</summary>
    static (int, int)? Icon(ReadOnlySpan<byte> head)
    {
        (int Width, int Height) largest = (0, 0);
        for (var at = 6; at < 6 + 16 * head.Little16(4) && at + 1 < head.Length; at += 16)
        {
            var size = (head[at] == 0 ? 256 : head[at], head[at + 1] == 0 ? 256 : head[at + 1]);
            if (size.Item1 > largest.Width) largest = size;
        }
        return largest.Width > 0 ? largest : null;
    }

    static (int, int)? Jpeg(FileBytes file)
    {
        var isTurned = false;
        long at = 2;
        for (var segments = 0; segments < 1000; segments++)
        {
            ReadOnlySpan<byte> segment = file.Read(at, 10);
            if (segment.Length < 4 || segment[0] != 0xff) return null;
            var marker = segment[1];
            if (marker is 0xff)
            {
                at++;
                continue;
            }
            if (marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc))
            {
                var size = Possible((uint)segment.Big16(7), (uint)segment.Big16(5));
                return isTurned && size is var (width, height) ? (height, width) : size;
            }
            if (marker is 0xd9 or 0xda) return null;
            if (marker == 0xe1 && !isTurned) isTurned = IsTurned(file.Read(at + 4, segment.Big16(2)));
            at += 2 + segment.Big16(2);
        }
        return null;
    }

    static bool IsTurned(ReadOnlySpan<byte> exif)
    {
        if (!exif.StartsWith("Exif\0\0"u8)) return false;
        var orientation = 0;
        Directory(exif[6..], 0, (tag, value) => orientation = tag == 0x112 ? (int)value : orientation);
        return orientation is >= 5 and <= 8;
    }

    static (int, int)? Tiff(FileBytes file)
    {
        uint width = 0, height = 0, orientation = 0;
        ReadOnlySpan<byte> head = file.Head;
        if (head[2] == 43 || head[3] == 43) return null;
        var begin = head[0] == 'I' ? head.Little32(4) : head.Big32(4);
        // The directory may be anywhere; it is read as if it came right behind the mark of the byte order.
        byte[] bytes = [.. head[..4], .. (head[0] == 'I' ? (byte[])[8, 0, 0, 0] : [0, 0, 0, 8]), .. file.Read(begin, 2 + 12 * 200)];
        Directory(bytes, 0, (tag, value) => (width, height, orientation) = tag switch
        {
            256 => (value, height, orientation),
            257 => (width, value, orientation),
            0x112 => (width, height, value),
            _ => (width, height, orientation),
        });
        return orientation is >= 5 and <= 8 ? Possible(height, width) : Possible(width, height);
    }

    /// <summary>The short and long numbers of the first directory of a TIFF, of which Exif is a kind.</summary>
    static void Directory(ReadOnlySpan<byte> tiff, int at, Action<int, uint> told)
    {
        if (tiff.Length < at + 8) return;
        var isLittle = tiff[at] == 'I';
        var directory = (int)Math.Min(isLittle ? tiff.Little32(at + 4) : tiff.Big32(at + 4), int.MaxValue / 2);
        if (tiff.Length < directory + 2) return;
        var count = isLittle ? tiff.Little16(directory) : tiff.Big16(directory);
        for (var entry = directory + 2; count-- > 0 && entry + 12 <= tiff.Length; entry += 12)
        {
            var (tag, kind) = isLittle ? (tiff.Little16(entry), tiff.Little16(entry + 2)) : (tiff.Big16(entry), tiff.Big16(entry + 2));
            if (kind == 3) told(tag, (uint)(isLittle ? tiff.Little16(entry + 8) : tiff.Big16(entry + 8)));
            else if (kind == 4) told(tag, isLittle ? tiff.Little32(entry + 8) : tiff.Big32(entry + 8));
        }
    }

    /// <summary>AVIF and HEIC list the sizes of all their parts, of which the whole is the largest.</summary>
    static (int, int)? Boxed(ReadOnlySpan<byte> head)
    {
        (int Width, int Height)? largest = null;
        for (var at = 0; head[at..].IndexOf("ispe"u8) is >= 0 and var next && at + next + 16 <= head.Length; at += next + 4)
            if (Possible(head.Big32(at + next + 8), head.Big32(at + next + 12)) is var (width, height) && (long)width * height > (largest is var (w, h) ? (long)w * h : 0))
                largest = (width, height);
        var isTurned = head.IndexOf("irot"u8) is >= 0 and var turn && turn + 4 < head.Length && (head[turn + 4] & 1) != 0;
        return isTurned && largest is { } l ? (l.Height, l.Width) : largest;
    }
}
