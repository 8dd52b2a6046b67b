using System.Text.Json;

namespace Ouro.Server.Datasets;

/// <summary>
/// The body of a write of rows: <c>{"rows": […], "mode": "append", "finalize": false}</c>. It is read into memory once, and its rows stay the bytes
/// that they are, because as objects they would take ten times as much.
/// </summary>
/// <param name="Rows">The JSON text of the list.</param>
/// <param name="Mode">What becomes of the rows that are there.</param>
/// <param name="Finalize">Whether these are the last of several parts.</param>
public sealed record RowsBody(ReadOnlyMemory<byte> Rows, IngestMode Mode = IngestMode.Append, bool Finalize = false)
{
    const int FirstGuess = 64 * 1024;

    /// <summary>Called by the framework with the request.</summary>
    public static async ValueTask<RowsBody> BindAsync(HttpContext context) => Of(await Read(context.Request, context.RequestAborted));

    /// <summary>The body that these bytes are.</summary>
    public static RowsBody Of(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Refusal.Fields(("rows", "The body is an object with the key “rows”: a list of objects."));
        var body = new RowsBody(Rows: default);
        var keys = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            // Of two that disagree, one would be done and the other not, and the one may be an overwrite.
            if (key is "rows" or "mode" or "finalize" && !keys.Add(key)) throw Refusal.Fields((key, $"The body names “{key}” twice. Send it once."));
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            body = key switch
            {
                "mode" => body with { Mode = reader.TokenType == JsonTokenType.Null ? IngestMode.Append : Contract.One<IngestMode>(reader.TokenType == JsonTokenType.String ? reader.GetString()! : "", "mode") },
                "finalize" when reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null => body with { Finalize = reader.TokenType == JsonTokenType.True },
                "finalize" => throw Refusal.Fields(("finalize", "finalize is true or false.")),
                _ => body,
            };
            reader.Skip();
            if (key == "rows") body = body with { Rows = json[start..(int)reader.BytesConsumed] };
        }
        // What stands behind the object is no JSON either.
        reader.Read();
        return body.Rows.IsEmpty ? throw Refusal.Fields(("rows", "rows is a list of objects.")) : body;
    }

    static async Task<ReadOnlyMemory<byte>> Read(HttpRequest request, CancellationToken ct)
    {
        // A length is believed only as far as it costs little; a body that is compressed has none.
        var buffer = new byte[request.ContentLength is { } length and < 64 << 20 ? (int)length + 1 : FirstGuess];
        var read = 0;
        for (int more; (more = await request.Body.ReadAsync(buffer.AsMemory(read), ct)) > 0;)
        {
            read += more;
            if (read == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
        }
        return buffer.AsMemory(0, read);
    }
}
