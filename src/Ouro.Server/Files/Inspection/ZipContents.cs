using System.Text;

namespace Ouro.Server.Files;

/// <summary>What lies in an archive: a name of each, and how large it says it is. Nothing is unpacked for it.</summary>
/// <param name="Entries">Those that were read.</param>
/// <param name="Count">How many there are; null where not all were read and nothing says it.</param>
sealed record Contents(List<(string Name, long Size)> Entries, long? Count)
{
    /// <summary>Entries beyond so many are counted and not listed.</summary>
    public const int MostEntries = 20_000;
}

/// <summary>The list of contents at the end of a ZIP file.</summary>
static class ZipContents
{
    const int MostListing = 8 << 20;

    static readonly string[] SaidFirst =
        ["application/epub+zip", "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.presentation"];

    public static string Type(FileBytes file)
    {
        // Some kinds say in their first entry what they are, uncompressed, so that it can be read from here.
        ReadOnlySpan<byte> head = file.Head;
        if (head.Has(30, "mimetype"u8) && head.Length > 38)
        {
            var said = head[38..Math.Min(head.Length, 120)];
            foreach (var type in SaidFirst)
                if (said.StartsWith(Encoding.ASCII.GetBytes(type))) return type;
        }
        List<(string Name, long)> entries = [];
        try
        {
            entries = Of(file)?.Entries ?? [];
        }
        catch (ArgumentOutOfRangeException)
        {
            // A list that is cut off tells nothing; it is still a ZIP.
        }
        var names = entries.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        if (names.Contains("[Content_Types].xml"))
            return names.Contains("word/document.xml") ? "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
                : names.Contains("xl/workbook.xml") ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                : names.Contains("ppt/presentation.xml") ? "application/vnd.openxmlformats-officedocument.presentationml.presentation" : "application/zip";
        if (names.Contains("META-INF/MANIFEST.MF")) return "application/java-archive";
        return names.Count > 0 && names.All(n => n.EndsWith(".npy", StringComparison.Ordinal)) ? "application/x-npz" : "application/zip";
    }

    public static Contents? Of(FileBytes file)
    {
        ReadOnlySpan<byte> tail = file.Tail(22 + ushort.MaxValue);
        var end = tail.LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || tail.Length < end + 22) return null;
        var (count, size, offset) = ((long)tail.Little16(end + 10), (long)tail.Little32(end + 12), (long)tail.Little32(end + 16));
        var before = file.Length - tail.Length + end;
        if ((count == 0xffff || size == uint.MaxValue || offset == uint.MaxValue) && end >= 20 && tail.Has(end - 20, "PK\x06\x07"u8))
        {
            ReadOnlySpan<byte> large = file.Read((long)tail.Little64(end - 12), 56);
            if (!large.StartsWith("PK\x06\x06"u8)) return null;
            (count, size, offset) = ((long)large.Little64(32), (long)large.Little64(40), (long)large.Little64(48));
            before = (long)tail.Little64(end - 12);
        }
        // Where something was put in front of the archive, its list lies right before its end all the same.
        if (!((ReadOnlySpan<byte>)file.Read(offset, 4)).StartsWith("PK\x01\x02"u8)) offset = before - size;
        ReadOnlySpan<byte> listing = file.Read(offset, (int)Math.Clamp(size, 0, MostListing));
        var entries = new List<(string, long)>();
        for (var at = 0; listing.Has(at, "PK\x01\x02"u8) && listing.Length >= at + 46 && entries.Count < Contents.MostEntries;)
        {
            var (name, extra, comment) = (listing.Little16(at + 28), listing.Little16(at + 30), listing.Little16(at + 32));
            if (listing.Length < at + 46 + name + extra) break;
            var unpacked = (long)listing.Little32(at + 24);
            if (unpacked == uint.MaxValue) unpacked = Large(listing.Slice(at + 46 + name, extra));
            entries.Add((Text(listing.Slice(at + 46, name)), Math.Max(0, unpacked)));
            at += 46 + name + extra + comment;
        }
        return new(entries, count is >= 0 and < int.MaxValue ? Math.Max(count, entries.Count) : null);
    }

    static long Large(ReadOnlySpan<byte> extra)
    {
        for (var at = 0; at + 12 <= extra.Length; at += 4 + extra.Little16(at + 2))
            if (extra.Little16(at) == 1) return (long)extra.Little64(at + 4);
        return 0;
    }

    /// <summary>Names that are no UTF-8 are of some old code page; nobody says which.</summary>
    static string Text(ReadOnlySpan<byte> name) => (System.Text.Unicode.Utf8.IsValid(name) ? Encoding.UTF8 : Encoding.Latin1).GetString(name);
}
