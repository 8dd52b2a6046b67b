using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Ouro.Server.Files;

/// <summary>
/// Reads a JSON object whose key <c>file_base64</c> holds a whole file, as the public client sends it: the text is decoded as it arrives and never
/// held, the other keys are kept and read at the end. The framework's reader cannot, because it waits for the end of a string.
/// </summary>
sealed class Base64Body
{
    const int Chunk = 256 << 10;
    const int MostBesides = 1 << 20;

    static readonly SearchValues<byte> EndsText = SearchValues.Create("\"\\ \t\r\n"u8);

    readonly Stream body;
    readonly Func<ReadOnlyMemory<byte>, ValueTask> decoded;
    readonly ArrayBufferWriter<byte> besides = new(512);
    readonly byte[] input = ArrayPool<byte>.Shared.Rent(Chunk);
    readonly byte[] text = ArrayPool<byte>.Shared.Rent(Chunk + 4);
    readonly byte[] bytes = ArrayPool<byte>.Shared.Rent(Chunk);
    int at, end, held;
    bool found;

    Base64Body(Stream body, Func<ReadOnlyMemory<byte>, ValueTask> decoded) => (this.body, this.decoded) = (body, decoded);

    /// <summary>The object without the file, and whether there was one; its bytes go to <paramref name="decoded"/> in order.</summary>
    public static async Task<(UploadBody Besides, bool HasFile)> Read(Stream body, Func<ReadOnlyMemory<byte>, ValueTask> decoded, CancellationToken ct)
    {
        var reading = new Base64Body(body, decoded);
        try
        {
            await reading.Scan(ct);
            var read = JsonSerializer.Deserialize<UploadBody>(reading.besides.WrittenSpan, OuroJson.Options);
            Contract.Present(read, "file_name");
            return (read, reading.found);
        }
        finally
        {
            foreach (var rented in (byte[][])[reading.input, reading.text, reading.bytes]) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Follows the object's shape just far enough to know its own keys; whether all of it is JSON is told when the rest is read.</summary>
    async Task Scan(CancellationToken ct)
    {
        var (depth, isKey, isString, isEscaped, keyStart) = (0, false, false, false, 0);
        var isOurs = false;
        while (at < end || await More(ct))
        {
            var b = input[at++];
            if (isString)
            {
                Keep(b);
                if (isEscaped) isEscaped = false;
                else if (b == '\\') isEscaped = true;
                else if (b == '"')
                {
                    isString = false;
                    if (depth == 1 && isKey) isOurs = besides.WrittenSpan[keyStart..].SequenceEqual("\"file_base64\""u8);
                }
                continue;
            }
            if (b == '"' && depth == 1 && !isKey && isOurs)
            {
                if (found) throw Refusal.Fields(("file_base64", "file_base64 stands twice in the body. Send one file."));
                found = true;
                await Decode(ct);
                Keep("null"u8);
                isOurs = false;
                continue;
            }
            if (b == '"')
            {
                (isString, keyStart) = (true, besides.WrittenCount);
            }
            else if (b is (byte)'{' or (byte)'[')
            {
                depth++;
                isKey = depth == 1;
            }
            else if (b is (byte)'}' or (byte)']') depth--;
            else if (depth == 1 && b == ':') isKey = false;
            else if (depth == 1 && b == ',') (isKey, isOurs) = (true, false);
            Keep(b);
        }
    }

    async Task Decode(CancellationToken ct)
    {
        while (true)
        {
            if (at == end && !await More(ct)) throw Cut();
            var run = input.AsSpan(at, end - at);
            var stop = run.IndexOfAny(EndsText);
            var length = stop < 0 ? run.Length : stop;
            while (length > 0)
            {
                var fits = Math.Min(length, Chunk - held);
                input.AsSpan(at, fits).CopyTo(text.AsSpan(held));
                (at, held, length) = (at + fits, held + fits, length - fits);
                if (held == Chunk) await Turn(isLast: false);
            }
            if (stop < 0) continue;
            var sign = input[at++];
            if (sign == '"') break;
            // What is no letter of it takes no room: the rest stays four by four.
            if (sign == '\\') await Escape(ct);
        }
        await Turn(isLast: true);
    }

    /// <summary>Of the escapes of JSON, base64 has a use for the slash and for signs by their number; line breaks mean nothing in it.</summary>
    async Task Escape(CancellationToken ct)
    {
        var sign = await Next(ct);
        if (sign is (byte)'n' or (byte)'r' or (byte)'t') return;
        if (sign == 'u')
        {
            var number = new byte[4];
            for (var i = 0; i < 4; i++) number[i] = await Next(ct);
            sign = Utf8Parser.TryParse(number, out ushort code, out var used, 'x') && used == 4 && code < 128 ? (byte)code : (byte)'?';
        }
        else if (sign != '/') sign = (byte)'?';
        if (held == Chunk) await Turn(isLast: false);
        text[held++] = sign;
    }

    async Task Turn(bool isLast)
    {
        // The last four letters may be the end, with its =, until another comes.
        var status = Base64.DecodeFromUtf8(text.AsSpan(0, isLast ? held : held - 4), bytes, out var consumed, out var written, isLast);
        if (status == OperationStatus.InvalidData || isLast && status != OperationStatus.Done)
            throw Refusal.Fields(("file_base64", "file_base64 is not base64: letters, digits, + and /, four by four, with = at the end."));
        if (written > 0) await decoded(bytes.AsMemory(0, written));
        text.AsSpan(consumed, held - consumed).CopyTo(text);
        held -= consumed;
    }

    async ValueTask<byte> Next(CancellationToken ct) => at < end || await More(ct) ? input[at++] : throw Cut();

    async Task<bool> More(CancellationToken ct)
    {
        (at, end) = (0, await body.ReadAsync(input.AsMemory(0, Chunk), ct));
        return end > 0;
    }

    void Keep(byte b)
    {
        if (besides.WrittenCount >= MostBesides)
            throw new Refusal(413, "body_too_large", "Besides the file, the body is larger than 1 MB.", "Shorten the description or the metadata.");
        besides.GetSpan(1)[0] = b;
        besides.Advance(1);
    }

    void Keep(ReadOnlySpan<byte> some) => besides.Write(some);

    static Refusal Cut() => Refusal.Invalid("malformed_body", "The body ends within file_base64.", "Send it again, whole.");
}
