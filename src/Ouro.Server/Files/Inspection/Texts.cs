using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Ouro.Server.Files;

/// <summary>
/// Text: how its letters are written, and how it begins. UTF-8 where its bytes are that, UTF-16 where a mark says so, else Windows-1252, as browsers
/// have it. Bytes that no text holds make it none.
/// </summary>
/// <param name="Charset">Its name.</param>
/// <param name="Head">The letters that it begins with, without a mark.</param>
/// <param name="Encoding">What turns the rest into letters.</param>
sealed record Texts(string Charset, string Head, Encoding Encoding)
{
    // So much of a file is looked through; a longer one at its beginning, its end and some places between.
    const int MostWhole = 16 << 20;
    const int Samples = 16;

    /// <summary>The control characters that text does not hold: all but tabs, line ends, form feeds and escapes.</summary>
    static readonly SearchValues<byte> NoText = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x0b, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1c, 0x1d, 0x1e, 0x1f]);

    public static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    public static Texts? Of(FileBytes file)
    {
        ReadOnlySpan<byte> head = file.Head;
        if (head is [0xff, 0xfe, 0, 0, ..]) return null;
        if (head is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
        {
            var encoding = head[0] == 0xff ? Encoding.Unicode : Encoding.BigEndianUnicode;
            var text = encoding.GetString(head[2..]);
            return text.AsSpan().IndexOfAnyInRange('\0', '\b') < 0 ? new("utf-16", text, encoding) : null;
        }
        var isUtf8 = true;
        for (var sample = 0; sample < Samples; sample++)
        {
            var (bytes, isFirst, isLast) = Sample(file, sample);
            if (bytes.AsSpan().ContainsAny(NoText)) return null;
            isUtf8 = isUtf8 && Utf8.IsValid(WholeRunes(bytes, isFirst, isLast));
            if (isFirst && isLast) break;
        }
        if (!isUtf8) return new("windows-1252", Windows1252.GetString(head), Windows1252);
        var begin = head.StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        return new("utf-8", Encoding.UTF8.GetString(WholeRunes(head[begin..], true, file.IsInHead)), Encoding.UTF8);
    }

    /// <summary>The letters of the file, or of as much of it as was asked for.</summary>
    public string Read(FileBytes file, int most)
    {
        if (file.IsInHead) return Head;
        var bytes = file.Read(0, most);
        var begin = Encoding is UnicodeEncoding ? 2 : bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        return Encoding.GetString(bytes, begin, bytes.Length - begin);
    }

    static (byte[] Bytes, bool IsFirst, bool IsLast) Sample(FileBytes file, int number)
    {
        if (file.IsInHead) return (file.Head, true, true);
        if (file.Length <= MostWhole) return (file.Read(0, MostWhole), true, true);
        var isLast = number == Samples - 1;
        return (isLast ? file.Tail(FileBytes.HeadLength) : file.Read(file.Length / (Samples - 1) * number, FileBytes.HeadLength), number == 0, isLast);
    }

    /// <summary>The bytes without a first and a last letter that are cut.</summary>
    static ReadOnlySpan<byte> WholeRunes(ReadOnlySpan<byte> bytes, bool isFirst, bool isLast)
    {
        if (!isFirst)
            for (var cut = 0; cut < 3 && bytes.Length > 0 && (bytes[0] & 0xc0) == 0x80; cut++) bytes = bytes[1..];
        if (isLast) return bytes;
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xc0) == 0x80) continue;
            return (b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1) > back ? bytes[..^back] : bytes;
        }
        return bytes;
    }
}
