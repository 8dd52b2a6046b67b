using System.Text;
using Ouro.Server.Storage;

namespace Ouro.Server.Datasets;

/// <summary>
/// The encoding of a text file: by its byte order mark, UTF-8 where all of its bytes are, and else Windows-1252, which is Latin-1 with the
/// quotation marks and the euro sign that such files really hold. Readers see UTF-8 only.
/// </summary>
sealed record TextEncoding(string Name, Encoding? Other, int Preamble)
{
    static readonly TextEncoding Utf8 = new("utf-8", null, 0);
    static readonly TextEncoding Windows1252 = new("windows-1252", CodePagesEncodingProvider.Instance.GetEncoding(1252)!, 0);

    /// <summary>Opens the text as UTF-8.</summary>
    public (Stream Text, FileStream File) Open(SpooledFile file)
    {
        var bytes = file.Open(Preamble);
        return (Other is null ? bytes : Encoding.CreateTranscodingStream(bytes, Other, Encoding.UTF8), bytes);
    }

    /// <summary>Reads the whole file once, which takes less time than any of its rows would to be taken back.</summary>
    public static async Task<TextEncoding> Detect(SpooledFile file, CancellationToken ct)
    {
        await using var stream = file.Open();
        var buffer = new byte[256 * 1024];
        var kept = await stream.ReadAtLeastAsync(buffer, 4, throwOnEndOfStream: false, ct);
        if (Marked(buffer.AsSpan(0, kept)) is { } marked && marked.Other is not null) return marked;

        var start = buffer.AsSpan(0, kept).StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        var valid = true;
        while (kept > 0)
        {
            if (buffer.AsSpan(0, kept).Contains((byte)0))
                throw Refusal.Invalid("not_text", "The file holds NUL characters, so it is not a text file.",
                    "Send UTF-8 text, or UTF-16 with a byte order mark.");
            var whole = valid ? WholeRunes(buffer.AsSpan(0, kept)) : kept;
            valid = valid && System.Text.Unicode.Utf8.IsValid(buffer.AsSpan(0, whole));
            buffer.AsSpan(whole, kept - whole).CopyTo(buffer);
            kept -= whole;
            var read = await stream.ReadAsync(buffer.AsMemory(kept), ct);
            // A rune that the end of the file cuts is not UTF-8.
            if (read == 0)
            {
                valid = valid && kept == 0;
                break;
            }
            kept += read;
        }
        return valid ? Utf8 with { Preamble = start } : Windows1252;
    }

    /// <summary>The encoding of a text of which its name and its first four bytes are known.</summary>
    public static TextEncoding Named(string name, ReadOnlySpan<byte> start) =>
        Marked(start) ?? (name == Utf8.Name ? Utf8 with { Preamble = start.StartsWith(Encoding.UTF8.Preamble) ? 3 : 0 } : Windows1252);

    static TextEncoding? Marked(ReadOnlySpan<byte> start) => start switch
    {
        [0xff, 0xfe, 0, 0, ..] => new("utf-32", Encoding.UTF32, 4),
        [0xff, 0xfe, ..] => new("utf-16", Encoding.Unicode, 2),
        [0xfe, 0xff, ..] => new("utf-16", Encoding.BigEndianUnicode, 2),
        _ => null,
    };

    /// <summary>The length without a last rune that may go on in the next buffer.</summary>
    static int WholeRunes(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0xc0) == 0x80) continue;
            var length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc0 ? 2 : 1;
            return length > back ? bytes.Length - back : bytes.Length;
        }
        return bytes.Length;
    }
}
