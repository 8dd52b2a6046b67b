using System.IO.Compression;
using System.Text;

namespace Ouro.Server.Files;

/// <summary>The headers of a tar file, one before each entry.</summary>
static class TarContents
{
    const int MostUnpacked = 32 << 20;

    /// <summary>Whether 512 bytes are a header: the sum of its bytes stands in it.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> header)
    {
        var sum = 8 * ' ';
        for (var i = 0; i < 512; i++)
            if (i is < 148 or >= 156) sum += header[i];
        return header[0] != 0 && Number(header.Slice(148, 8)) == sum;
    }

    public static Contents? Of(FileBytes file)
    {
        var listing = new Listing();
        for (long at = 0; listing.Add(file.Read(at, 512), size => Text(file.Read(at + 512, size))) is { } next; at += next)
            if (at + next > file.Length) return listing.Contents(isWhole: false);
        return listing.Contents(isWhole: listing.Ended);
    }

    /// <summary>A tar file within gzip is unpacked to pass over its entries, and what is unpacked is forgotten at once; after so much of it no more is.</summary>
    public static Contents? OfGzip(FileBytes file, CancellationToken ct)
    {
        using var stream = file.File.Open();
        using var unpacked = new GZipStream(new BufferedStream(stream, FileBytes.HeadLength), CompressionMode.Decompress);
        var listing = new Listing();
        var block = new byte[FileBytes.HeadLength];
        long read = 0;
        try
        {
            while (read < MostUnpacked)
            {
                ct.ThrowIfCancellationRequested();
                var header = new byte[512];
                read += 512;
                if (unpacked.ReadAtLeast(header, 512, throwOnEndOfStream: false) < 512) break;
                long taken = 0;
                if (listing.Add(header, Ahead) is not { } next) return listing.Contents(listing.Ended);
                for (var rest = next - 512 - taken; rest > 0 && read < MostUnpacked;)
                {
                    var passed = unpacked.Read(block, 0, (int)Math.Min(block.Length, rest));
                    if (passed == 0) return listing.Contents(isWhole: false);
                    (rest, read) = (rest - passed, read + passed);
                }

                string Ahead(int size)
                {
                    var text = new byte[size];
                    taken = unpacked.ReadAtLeast(text, size, throwOnEndOfStream: false);
                    read += taken;
                    return Text(text);
                }
            }
        }
        catch (InvalidDataException)
        {
            // Up to here it could be unpacked.
        }
        return listing.Contents(isWhole: false);
    }

    sealed class Listing
    {
        readonly List<(string Name, long Size)> entries = [];
        string? longName;

        public bool Ended { get; private set; }

        /// <summary>Takes a header and says how far behind it the next one is; null at the end.</summary>
        public long? Add(ReadOnlySpan<byte> header, Func<int, string> content)
        {
            Ended = header.Length < 512 || header.IndexOfAnyExcept((byte)0) < 0;
            if (Ended || !IsHeader(header) || entries.Count >= Files.Contents.MostEntries) return null;
            var size = Math.Max(0, Number(header.Slice(124, 12)));
            var kind = (char)header[156];
            if (kind is 'L' or 'x' && size <= 64 << 10)
                longName = kind == 'L' ? content((int)size).TrimEnd('\0') : PathOf(content((int)size)) ?? longName;
            else if (kind is '\0' or '0' or '7')
            {
                var prefix = header.Has(257, "ustar\0"u8) ? Text(header.Slice(345, 155)) : "";
                var name = Text(header[..100]);
                entries.Add((longName ?? (prefix.Length > 0 ? $"{prefix}/{name}" : name), size));
                longName = null;
            }
            else if (kind is not ('g' or 'K')) longName = null;
            return 512 + (size + 511) / 512 * 512;
        }

        public Contents? Contents(bool isWhole) => entries.Count == 0 ? null : new(entries, isWhole ? entries.Count : null);

        /// <summary>Extended headers are lines such as <c>27 path=…</c>.</summary>
        static string? PathOf(string lines)
        {
            foreach (var line in lines.Split('\n'))
                if (line.IndexOf(" path=", StringComparison.Ordinal) is >= 0 and var at) return line[(at + 6)..];
            return null;
        }
    }

    static string Text(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)0) is >= 0 and var end ? Text(field[..end]) : (System.Text.Unicode.Utf8.IsValid(field) ? Encoding.UTF8 : Encoding.Latin1).GetString(field);

    /// <summary>Octal digits, or a number of bytes where the first bit says so; -1 for neither.</summary>
    static long Number(ReadOnlySpan<byte> field)
    {
        long number = 0;
        if (field[0] == 0x80)
        {
            foreach (var b in field[^8..]) number = number << 8 | b;
            return number is >= 0 and < 1L << 50 ? number : -1;
        }
        var digits = field.TrimStart((byte)' ');
        if (digits.IsEmpty || digits[0] is < (byte)'0' or > (byte)'7') return -1;
        foreach (var b in digits)
        {
            if (b is < (byte)'0' or > (byte)'7') break;
            number = number * 8 + b - '0';
        }
        return number;
    }
}
