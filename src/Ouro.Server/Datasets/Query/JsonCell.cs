using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Ouro.Server.Datasets;

/// <summary>One value: from the text that PostgreSQL writes to JSON.</summary>
static class JsonCell
{
    static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Writes a value. <paramref name="text"/> may be changed on the way: elements of arrays are unquoted in place.</summary>
    public static void Write(Utf8Buffer output, ResultType type, Memory<byte> text)
    {
        if (type.Array) WriteArray(output, type.Form, text.Span);
        else WriteValue(output, type.Form, text.Span);
    }

    public static void WriteString(Utf8Buffer output, string text) => WriteString(output, Encoding.UTF8.GetBytes(text));

    static void WriteValue(Utf8Buffer output, JsonForm form, ReadOnlySpan<byte> text)
    {
        switch (form)
        {
            // NaN and Infinity are no JSON numbers; they end in a letter, as strings like PostgreSQL's own to_json.
            case JsonForm.Number when text.Length > 0 && text[^1] is >= (byte)'0' and <= (byte)'9':
            case JsonForm.Json:
                output.Write(text);
                break;
            case JsonForm.Boolean:
                output.Write(text is [(byte)'t'] ? "true"u8 : "false"u8);
                break;
            case JsonForm.Timestamp or JsonForm.TimestampTz:
                WriteTimestamp(output, text, form == JsonForm.TimestampTz);
                break;
            default:
                WriteString(output, text);
                break;
        }
    }

    /// <summary><c>2026-01-02 03:04:05+00</c> to <c>2026-01-02T03:04:05+00:00</c>; infinity stays a word, and BC stays behind.</summary>
    static void WriteTimestamp(Utf8Buffer output, ReadOnlySpan<byte> text, bool zone)
    {
        output.Write((byte)'"');
        var space = text.IndexOf((byte)' ');
        if (space < 0) output.Write(text);
        else
        {
            output.Write(text[..space]);
            output.Write((byte)'T');
            var time = text[(space + 1)..];
            var era = time.IndexOf((byte)' ');
            var clock = era < 0 ? time : time[..era];
            output.Write(clock);
            if (zone && clock.Length > 3 && clock[^3] is (byte)'+' or (byte)'-') output.Write(":00"u8);
            if (era >= 0) output.Write(time[era..]);
        }
        output.Write((byte)'"');
    }

    /// <summary><c>{1,NULL,"a b"}</c>, nested as deep as it is, with or without bounds in front (<c>[0:1]={…}</c>).</summary>
    static void WriteArray(Utf8Buffer output, JsonForm form, Span<byte> text)
    {
        var i = text.Length > 0 && text[0] == (byte)'[' ? text.IndexOf((byte)'=') + 1 : 0;
        while (i < text.Length)
        {
            switch (text[i])
            {
                case (byte)'{':
                    output.Write((byte)'[');
                    i++;
                    break;
                case (byte)'}':
                    output.Write((byte)']');
                    i++;
                    break;
                case (byte)',':
                    output.Write((byte)',');
                    i++;
                    break;
                case (byte)'"':
                    var (from, to) = (++i, i);
                    while (i < text.Length && text[i] != (byte)'"')
                    {
                        if (text[i] == (byte)'\\') i++;
                        text[to++] = text[i++];
                    }
                    WriteValue(output, form, text[from..to]);
                    i++;
                    break;
                default:
                    var end = text[i..].IndexOfAny((byte)',', (byte)'}');
                    var value = end < 0 ? text[i..] : text.Slice(i, end);
                    if (value.SequenceEqual("NULL"u8)) output.Write("null"u8);
                    else WriteValue(output, form, value);
                    i += value.Length;
                    break;
            }
        }
    }

    public static void WriteString(Utf8Buffer output, ReadOnlySpan<byte> text)
    {
        // The type "char" lets single bytes out that are no text.
        if (!Utf8.IsValid(text))
        {
            WriteString(output, Encoding.UTF8.GetString(text));
            return;
        }
        output.Write((byte)'"');
        while (text.IndexOfAny(Escaped) is >= 0 and var at)
        {
            output.Write(text[..at]);
            output.Write(text[at] switch
            {
                (byte)'"' => "\\\""u8,
                (byte)'\\' => "\\\\"u8,
                (byte)'\n' => "\\n"u8,
                (byte)'\r' => "\\r"u8,
                (byte)'\t' => "\\t"u8,
                (byte)'\b' => "\\b"u8,
                (byte)'\f' => "\\f"u8,
                var other => [(byte)'\\', (byte)'u', (byte)'0', (byte)'0', Hex(other >> 4), Hex(other & 15)],
            });
            text = text[(at + 1)..];
        }
        output.Write(text);
        output.Write((byte)'"');
    }

    static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
